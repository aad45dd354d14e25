"""A node as an operator has it: a folder, a database, and the command ``gongzhi``, each run for real."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
GONGZHI = Path(sys.executable).parent / "gongzhi"
WORLD = """
from gongzhi.service.commands import console, schema
console.start_django()
schema.migrate()
from tests.builders import world
place = world()
console.sequence()
"""


class Preloaded:
    """Runs commands quickly: see `tests.service.commands.preloaded`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, words: list[str] | None, environ: dict[str, str], code: str = "") -> tuple[int, str, str]:
        """Run a command, or code; its exit code and what it said."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.commands.preloaded"],
                cwd=ROOT,
                env={k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_"))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(self._process.terminate)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            wanted = {"words": words, "code": code, "environ": environ, "out": str(out), "err": str(err)}
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            left = int(self._process.stdout.readline())
            return left, out.read_text("utf-8"), err.read_text("utf-8")


PRELOADED = Preloaded()


@dataclass
class Node:
    """Where one node lies."""

    folder: Path
    database_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """What its commands see: none of the settings of whoever runs the tests."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_", "LC_", "LANG"))
        }
        own = {"GONGZHI_DATA_DIR": str(self.folder), "GONGZHI_LANGUAGE": "en", "GONGZHI_API_RATE": "0"}
        if self.database_url:
            own["GONGZHI_DATABASE_URL"] = self.database_url
        return kept | own | self.settings

    def run(self, *words: object, code: int = 0, said: str = "") -> str:
        """Give a command, expect its exit code; returns what it gave, and looks for what it should say."""
        left, out, err = PRELOADED.run([str(word) for word in words], self.environ)
        told = f"gongzhi {' '.join(map(str, words))}: {left}\n{out}\n{err}"
        assert left == code, told
        assert said in out + err, told
        return out

    def told(self, *words: object, code: int = 0) -> dict[str, Any]:
        """The object that a command gives with --json."""
        answer: dict[str, Any] = json.loads(self.run(*words, "--json", code=code).splitlines()[-1])
        return answer

    def python(self, text: str, *, ready: bool = True) -> str:
        """Run Python in the node, with Django ready."""
        begin = "from gongzhi.service.commands import console\nconsole.start_django()\n" if ready else ""
        code, out, err = PRELOADED.run(None, self.environ, begin + text)
        assert code == 0, out + err
        return out

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Statements behind the platform's back; the rows of the last one."""
        if self.database_url:
            import psycopg

            with psycopg.connect(self.database_url, autocommit=True) as own:
                own.execute("SET session_replication_role = replica")
                for statement in statements:
                    cursor = own.execute(statement)
                return cursor.fetchall() if cursor.description else []
        import sqlite3

        own = sqlite3.connect(self.folder / "gongzhi.sqlite3", isolation_level=None, timeout=30)
        try:
            if all(each.startswith("SELECT") for each in statements):
                return [own.execute(each).fetchall() for each in statements][-1]
            own.execute("BEGIN IMMEDIATE")  # whoever writes meanwhile must not find the triggers gone
            for name, _ in (triggers := _triggers(own)):
                own.execute(f"DROP TRIGGER {name}")
            rows: list[tuple[Any, ...]] = []
            for statement in statements:
                rows = own.execute(statement).fetchall()
            for _, sql in triggers:
                own.execute(sql)
            own.execute("COMMIT")
            return rows
        finally:
            own.close()

    def start(self, *words: object) -> Serving:
        """Start a command that serves and wait until it tells its address."""
        with (self.folder / ".log").open("ab") as log:
            process = subprocess.Popen(
                [GONGZHI, *map(str, words)],
                env=self.environ,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("http://"):
                return Serving(process, line.strip(), lines)
        process.wait()
        raise AssertionError(f"{process.returncode}: {lines} {self.log()}")

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        """The node while it serves."""
        served = self.start("serve", "--port", free_port())
        try:
            yield served
        finally:
            served.kill()

    def log(self) -> str:
        """What serving has written to standard error."""
        return (self.folder / ".log").read_text(encoding="utf-8")


def _triggers(own: Any) -> list[tuple[str, str]]:
    return own.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()  # type: ignore[no-any-return]


@dataclass
class Serving:
    """A process that serves."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str]

    def get(self, path: str, **headers: str) -> tuple[int, bytes, Any]:
        """Ask for a page: status, content, headers."""
        return self.ask(urllib.request.Request(f"{self.address}/{path}", headers=headers))

    def post(self, path: str, content: dict[str, Any], **headers: str) -> tuple[int, bytes, Any]:
        """Send an object."""
        headers = {"Content-Type": "application/json", **headers}
        data = json.dumps(content).encode()
        return self.ask(urllib.request.Request(f"{self.address}/{path}", data=data, headers=headers))

    def submit(self, text: str, key: str | None = None) -> dict[str, Any]:
        """Bring something in by the API; only what was acknowledged comes back."""
        status, content, _ = self.post(
            "api/v1/submissions",
            {"region": "310118110", "kind": "complain", "category": "smell", "text": text},
            **{"Idempotency-Key": key or uuid.uuid4().hex},
        )
        assert status == 201, (status, content)
        answer: dict[str, Any] = json.loads(content)
        return answer

    @staticmethod
    def ask(request: urllib.request.Request) -> tuple[int, bytes, Any]:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """End it and all its children at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Databases:
    """New databases for nodes, and their end."""

    def __init__(self, server: str | None) -> None:
        self.server = server
        self._made: list[str] = []

    def new(self, like: str | None = None) -> str | None:
        """The address of a new database, empty or a copy; None for SQLite, which lies in the folder."""
        if self.server is None:
            return None
        name = f"gongzhi_{uuid.uuid4().hex[:12]}"
        self._made.append(name)
        template = f' TEMPLATE "{like.rpartition("/")[2]}"' if like else ""
        self._do(f'CREATE DATABASE "{name}"{template}')
        return f"{self.server.rpartition('/')[0]}/{name}"

    def drop(self) -> None:
        """Remove all that were made."""
        for name in self._made:
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _do(self, statement: str) -> None:
        import psycopg

        assert self.server is not None
        with psycopg.connect(self.server, autocommit=True) as own:
            own.execute(statement)


def copy(node: Node, folder: Path, databases: Databases) -> Node:
    """Another node that is like one."""
    shutil.copytree(node.folder, folder)
    return Node(folder, databases.new(node.database_url))
