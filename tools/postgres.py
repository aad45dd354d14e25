"""A throw-away PostgreSQL for tests and development: its own folder, its own port, nothing kept.

As root the server runs as `postgres` or `nobody`, since PostgreSQL refuses to be root.
Durability is off: what a test wrote need not survive the machine.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

STATE = Path(__file__).resolve().parent.parent / ".venv" / "postgres.json"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Cluster:
    """A running server: where it lives, and the address a database URL gives."""

    folder: str
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


def binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: on the path, or the newest that Debian installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return installed[-1].parent if installed else None


def start(buffers: str = "128MB") -> Cluster:
    """Make a cluster and start it; raises RuntimeError where PostgreSQL is missing or will not start."""
    folder_of_binaries = binaries()
    if folder_of_binaries is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-postgres-"))
    user = _unprivileged_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    _run(
        [folder_of_binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
         "--locale=C", "--no-sync"],
        user,
    )  # fmt: skip
    cluster = Cluster(str(folder), _free_port())
    own = {"shared_buffers": buffers, "port": str(cluster.port), "unix_socket_directories": str(folder)}
    options = SETTINGS | own
    words = " ".join(f"-c {name}={value}" for name, value in options.items())
    _run(
        [
            folder_of_binaries / "pg_ctl",
            "-D",
            data,
            "-l",
            folder / "log",
            "-o",
            words,
            "-w",
            "-t",
            "60",
            "start",
        ],
        user,
    )
    return cluster


def stop(cluster: Cluster) -> None:
    """Stop the server and delete its folder."""
    folder_of_binaries = binaries()
    assert folder_of_binaries is not None
    data = Path(cluster.folder) / "data"
    _run([folder_of_binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], _unprivileged_user())
    shutil.rmtree(cluster.folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[Cluster]:
    """A server for the length of a block."""
    cluster = start()
    try:
        yield cluster
    finally:
        stop(cluster)


def _unprivileged_user() -> str | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: Sequence[str | Path], user: str | None) -> None:
    # The server inherits the output of pg_ctl: a pipe would stay open as long as it lives.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
        )
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{Path(command[0]).name} failed: {output.read().decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(cluster: Cluster) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", cluster.port), timeout=2):
            return True
    except OSError:
        return False


def _known() -> Cluster | None:
    if not STATE.exists():
        return None
    cluster = Cluster(**json.loads(STATE.read_text()))
    return cluster if _answers(cluster) else None


def main(arguments: Sequence[str]) -> int:
    """`start` tells the address of the running server, starting one if need be; `stop` ends it.

    A server is small, for many may run beside one another; benchmarks give it more: `start 4GB`.
    """
    if list(arguments[:1]) == ["start"] and len(arguments) <= 2:
        cluster = _known()
        if cluster is None:
            cluster = start(*arguments[1:])
            STATE.parent.mkdir(exist_ok=True)
            STATE.write_text(json.dumps(asdict(cluster)))
        print(cluster.url)
        return 0
    if list(arguments) == ["stop"]:
        if known := _known():
            stop(known)
        STATE.unlink(missing_ok=True)
        return 0
    print("usage: postgres.py start [SHARED_BUFFERS] | stop", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except RuntimeError as problem:
        sys.exit(str(problem))
