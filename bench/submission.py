"""What one submission costs: through the public form, through the API, beside a peer and a bare insert.

    python bench/submission.py                        SQLite, everything in turn, twice
    python bench/submission.py --postgres URL         … and on the server of that address
    python bench/submission.py --requests 200 --rounds 1 portal api

Counted is the processor time of the server's whole process tree, from the first request until nothing
waits any more: routing, deadline, entries, signed promise, sequencing and notices are in it. The peer is
the public form of django-helpdesk 2.6.1 making its bare ticket; it is installed from PyPI into a folder
of its own. Everything runs under Granian with one worker and four threads, on the same settings of the
same database, one after the other and again, so that a busy machine weighs on all of them.

    portal     the request that files it, the last of the form's four; its answer carries the signed promise
    portal+    the same, the page that it leads to, and the receipt that is fetched there
    api        POST /api/v1/submissions, which answers with the signed promise
    bare       one row inserted by a view in this project's own stack: what nothing at all costs
    peer       POST /tickets/submit/ of django-helpdesk
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PEER = ("django-helpdesk==2.6.1", "granian==2.8.7", "psycopg[binary,pool]")
THREADS, CONNECTIONS, WARM_UP = 4, 8, 40
TURN = ("peer", "portal", "peer", "api", "peer", "portal+", "bare")
TICKS = os.sysconf("SC_CLK_TCK")
TEXT = "The river behind the school smells of sewage since Monday, worst in the morning."


# -- measuring -----------------------------------------------------------------------------------------


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for each in found:
        found += parents.get(each, [])
    return found


def processor_seconds(root: int) -> float:
    """What a process tree has used of the processor, its ended children included."""
    used = 0
    for each in tree(root):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            used += sum(int(fields[i]) for i in (11, 12, 13, 14))
    return used / TICKS


@dataclass
class Request:
    """One request, and what its answer has to be."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    expected: int = 200
    #: From the answer to the requests that follow it, on the same connection.
    then: Callable[[bytes, http.client.HTTPResponse], list[Request]] | None = None


@dataclass
class Answered:
    """What a load came to."""

    seconds: float
    milliseconds: list[float]


def load(port: int, requests: list[Request]) -> Answered:
    """Send requests over a few kept connections; any unexpected answer ends the benchmark."""
    waiting, taken, wrong = list(reversed(requests)), [], []
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not wrong:
            with lock:
                if not waiting:
                    break
                chain = [waiting.pop()]
            while chain:
                each = chain.pop(0)
                began = time.perf_counter()
                connection.request(each.method, each.path, each.body or None, each.headers)
                answer = connection.getresponse()
                body = answer.read()
                taken.append((time.perf_counter() - began) * 1000)
                if answer.status != each.expected:
                    wrong.append(f"{each.method} {each.path}: {answer.status} {body[:600]!r}")
                    return
                if each.then is not None:
                    chain += each.then(body, answer)
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(wrong[0])
    return Answered(time.perf_counter() - began, taken)


# -- what is asked of each -----------------------------------------------------------------------------

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form(path: str, told: dict[str, str], cookies: dict[str, str], **more: Any) -> Request:
    """A form as a browser sends it."""
    headers = FORM | {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    told = told | ({"csrfmiddlewaretoken": cookies["csrftoken"]} if "csrftoken" in cookies else {})
    return Request("POST", path, urlencode(told).encode(), headers, 302, **more)


def visitor(port: int) -> tuple[dict[str, str], str]:
    """Somebody who has said what, which and where, and is about to say who: cookies and the address."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookies = {"csrftoken": secrets.token_hex(16), "django_language": "en"}
    path = "/report/"
    for told in (
        {"text": f"{TEXT} {secrets.token_hex(4)}", "kind": "complain", "region": "310118"},
        {"category": "c01"},
        {"words": "north bank, by the stone bridge"},
    ):
        each = form(path, told, cookies)
        connection.request(each.method, each.path, each.body, each.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 302:
            words = re.sub(rb"<[^>]+>|\s+", b" ", body)
            raise SystemExit(f"{path}: {answer.status} {words[:1500]!r}")
        for header in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            cookies[name] = value
        path = urlsplit(answer.headers["Location"]).path
    connection.close()
    return cookies, path


def portal(port: int, number: int) -> list[Request]:
    """The request that files it, for so many visitors; prepared beforehand."""
    found = []
    for _ in range(number):
        cookies, path = visitor(port)
        found.append(form(path, {"identity": "anonymous", "answer_by": "page"}, cookies, then=is_promised))
    return found


def is_promised(_body: bytes, answer: http.client.HTTPResponse) -> list[Request]:
    """End the benchmark where no promise came back."""
    if not any(each.startswith("promise=") for each in answer.msg.get_all("Set-Cookie") or ()):
        raise SystemExit("filed without a promise")
    return []


def pages_after(filed: list[Request]) -> tuple[list[Request], list[Request]]:
    """The page after each of those requests, and the receipt that the page leads to.

    The second list fills while the first is answered.
    """
    receipts: list[Request] = []

    def find(cookies: dict[str, str]) -> Callable[[bytes, Any], list[Request]]:
        def found(body: bytes, _answer: Any) -> list[Request]:
            link = re.search(rb'href="(/follow-up/[^"]+/receipt/)"', body)
            if link is None:
                raise SystemExit("the page after the form has no receipt")
            receipts.append(Request("GET", link[1].decode(), b"", cookies))
            return []

        return found

    pages = []
    for each in filed:
        cookies = {"Cookie": each.headers["Cookie"]}
        pages.append(Request("GET", each.path.replace("/who/", "/done/"), b"", cookies, 200, find(cookies)))
    return pages, receipts


def api(port: int, number: int) -> list[Request]:
    """As many submissions through the API; the answer carries the signed promise."""
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    told = {"region": "310118", "kind": "complain", "category": "c01", "place": {"words": "north bank"}}
    return [
        Request(
            "POST",
            "/api/v1/submissions",
            json.dumps(told | {"text": f"{TEXT} {secrets.token_hex(4)}"}).encode(),
            headers | {"Idempotency-Key": secrets.token_hex(16)},
            201,
        )
        for _ in range(number)
    ]


def bare(port: int, number: int) -> list[Request]:
    """As many rows."""
    return [
        Request("POST", "/", urlencode({"text": f"{TEXT} {secrets.token_hex(4)}"}).encode(), FORM)
        for _ in range(number)
    ]


def peer(port: int, number: int) -> list[Request]:
    """As many tickets."""
    told = {"queue": "1", "title": "Smell", "priority": "3", "submitter_email": "li@example.org"}
    return [
        form("/tickets/submit/", told | {"body": f"{TEXT} {secrets.token_hex(4)}"}, {}) for _ in range(number)
    ]


# -- the servers ---------------------------------------------------------------------------------------


@dataclass
class Place:
    """Folder and database of one server, prepared once and used again."""

    folder: Path
    database: str | None

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its processes."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_"))}
        kept |= {
            "GONGZHI_DATA_DIR": str(self.folder),
            "GONGZHI_API_RATE": "0",
            "GONGZHI_LOG_LEVEL": "warning",
            "GONGZHI_LANGUAGE": "en",
        }
        return kept | ({"GONGZHI_DATABASE_URL": self.database} if self.database else {})

    def ask(self, sql: str) -> Any:
        """One value of the database."""
        if self.database:
            import psycopg

            with psycopg.connect(self.database) as held:
                row: Any = held.execute(sql).fetchone()  # type: ignore[arg-type]
                return row[0]
        with contextlib.closing(sqlite3.connect(self.folder / "gongzhi.sqlite3", timeout=30)) as held:
            return held.execute(sql).fetchone()[0]


def is_done(place: Place) -> bool:
    """Whether everything that was filed has its position and its notice, and the notices theirs."""
    waits = place.ask("SELECT count(*) FROM ledger_pending")
    untold = place.ask(
        "SELECT count(*) FROM matters_submission s WHERE s.origin = 'here'"
        " AND NOT EXISTS (SELECT 1 FROM matters_notice n WHERE n.submission_id = s.id)"
    )
    return not waits and not untold


@contextlib.contextmanager
def serving(command: list[str], place: Place, port: int) -> Iterator[int]:
    """A server in a process group of its own, until the block ends."""
    server = subprocess.Popen(
        command, env=place.environ, cwd=place.folder, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if server.poll() is not None:
                raise SystemExit(f"{command} ended")
            time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


@dataclass
class Measured:
    """One turn: processor milliseconds for each request, and what a caller saw."""

    kind: str
    processor: float
    a_second: float
    median: float
    p99: float


class Bench:
    """Everything that one database needs."""

    def __init__(self, folder: Path, peer_folder: Path, postgres: str | None) -> None:
        self.folder, self.peer_folder, self.postgres = folder, peer_folder, postgres
        self.ours = self._place("ours")
        self.theirs = self._place("peer")

    def _place(self, name: str) -> Place:
        path = self.folder / name
        path.mkdir()
        return Place(path, create_database(self.postgres) if self.postgres else None)

    def prepare(self) -> None:
        """A ground to file on, and the peer with one public queue."""
        subprocess.run([sys.executable, __file__, "--step", "ground"], env=self.ours.environ, check=True)
        (self.theirs.folder / "peer.py").write_text(PEER_SETTINGS, encoding="utf-8")
        python = self.peer_folder / "bin" / "python"
        for words in (["-m", "django", "migrate", "-v", "0"], ["-c", PEER_QUEUE]):
            subprocess.run([python, *words], env=self._peer_environ(), cwd=self.theirs.folder, check=True)

    def _peer_environ(self) -> dict[str, str]:
        return self.theirs.environ | {"DJANGO_SETTINGS_MODULE": "peer", "PYTHONPATH": str(self.theirs.folder)}

    def turn(self, kind: str, number: int) -> Measured:
        """One server, started, warmed up, measured and stopped."""
        port = free_port()
        place = self.theirs if kind == "peer" else self.ours
        with serving(self._command(kind, port), place, port) as pid:
            asked = {"peer": peer, "portal": portal, "portal+": portal, "api": api, "bare": bare}[kind]
            self._counted(kind, pid, port, asked(port, WARM_UP))
            requests = asked(port, number)
            rows = self._rows(kind)
            used, answered = self._counted(kind, pid, port, requests)
            if (made := self._rows(kind) - rows) != number:
                raise SystemExit(f"{kind}: {number} were sent, {made} landed")
        taken = sorted(answered.milliseconds)
        return Measured(
            kind,
            used * 1000 / number,
            number / answered.seconds,
            statistics.median(taken),
            taken[int(len(taken) * 0.99)],
        )

    def _counted(self, kind: str, pid: int, port: int, requests: list[Request]) -> tuple[float, Answered]:
        """Send requests, with what belongs to them, until nothing waits; what the server used for it."""
        self._settle(kind)
        began = processor_seconds(pid)
        answered = load(port, requests)
        self._settle(kind)
        used = processor_seconds(pid) - began
        if kind == "portal+":
            for others in pages_after(requests):
                began = processor_seconds(pid)
                load(port, others)
                used += processor_seconds(pid) - began
        return used, answered

    def _command(self, kind: str, port: int) -> list[str]:
        if kind == "peer":
            path = f"import sys; sys.path.insert(0, {str(self.theirs.folder)!r});"
            serve = f"{path} import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'peer'; {PEER_SERVE}"
            return [str(self.peer_folder / "bin" / "python"), "-c", serve, str(port)]
        return [sys.executable, __file__, "--step", "bare" if kind == "bare" else "serve", str(port)]

    def _rows(self, kind: str) -> int:
        table = {"bare": "bench_row", "peer": "helpdesk_ticket"}.get(kind, "matters_submission")
        return int((self.theirs if kind == "peer" else self.ours).ask(f"SELECT count(*) FROM {table}"))

    def _settle(self, kind: str) -> None:
        if kind in ("peer", "bare"):
            return
        for _ in range(1200):
            if is_done(self.ours):
                return
            time.sleep(0.1)
        raise SystemExit("sequencer or consumers do not come to an end")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def create_database(server: str) -> str:
    """A new database on a server; the server is a throw-away one."""
    import psycopg

    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as held:
        held.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    parts = urlsplit(server)
    return parts._replace(path=f"/{name}").geturl()


# -- steps in processes of their own -------------------------------------------------------------------


def step_ground() -> None:
    """The demonstration region, and the table of the bare insert."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from gongzhi.foundation.ledger.sequencer import sequence
    from gongzhi.service.commands.demonstration.load import load as load_region

    call_command("migrate", verbosity=0)
    load_region(lambda _words: None, count=300)
    sequence()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id char(32) PRIMARY KEY, at timestamp, text text)")
        cursor.execute("CREATE INDEX bench_row_at ON bench_row (at)")


def step_serve(port: int) -> None:
    """The platform as ``gongzhi serve`` serves it."""
    from gongzhi.service.commands import console
    from gongzhi.service.commands.running import run_server

    console.start_django(machine_logs=True)
    run_server("127.0.0.1", port, THREADS)


def step_bare(port: int) -> None:
    """One view that inserts one row, behind the platform's own middleware."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "gongzhi.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve(target_loader=bare_application, wrap_loader=False)


def bare_application() -> Any:
    """The application with one address."""
    import types

    from django.conf import settings

    urls = types.ModuleType("bench_urls")
    sys.modules["bench_urls"] = urls
    settings.ROOT_URLCONF = "bench_urls"
    from gongzhi.wsgi import application

    fill(urls)
    return application


def fill(urls: Any) -> None:
    """Put the one view into its module."""
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    from gongzhi.foundation.ledger import guard
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.ledger.identity import uuid7

    @csrf_exempt
    def insert(request: Any) -> HttpResponse:
        with guard.permitted(), guard.writing(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_row (id, at, text) VALUES (%s, %s, %s)",
                [uuid7().hex, now(), request.POST["text"]],
            )
        return HttpResponse("done")

    urls.urlpatterns = [path("", insert)]


# -- the peer ------------------------------------------------------------------------------------------

#: Stock settings, CSRF taken out so that a request can be replayed; the database as ours.
PEER_SETTINGS = '''
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

SECRET_KEY, DEBUG, ALLOWED_HOSTS = "bench", False, ["*"]
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin",
    "django.contrib.humanize", "rest_framework", "helpdesk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "peer"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
STATIC_URL, MEDIA_ROOT, SITE_ID, USE_TZ = "/static/", os.environ["GONGZHI_DATA_DIR"], 1, True
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_TEAMS_MODE_ENABLED = False
LOGIN_URL = "/login/"
url = urlsplit(os.environ.get("GONGZHI_DATABASE_URL", ""))
if url.scheme:
    DATABASES = {"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""), "HOST": url.hostname or "", "PORT": str(url.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 30}},
    }}
else:
    DATABASES = {"default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(os.environ["GONGZHI_DATA_DIR"]) / "gongzhi.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30, "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;"
            " PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY",
        },
    }}


def urlpatterns():
    from django.urls import include, path
    return [path("", include("helpdesk.urls", namespace="helpdesk"))]


class _Late(list):
    """Addresses, built when Django first asks: the settings are this same module."""

    def __iter__(self):
        if not len(self):
            self.extend(_build())
        return super().__iter__()

    def __reversed__(self):
        iter(self)
        return super().__reversed__()


_build, urlpatterns = urlpatterns, _Late()
'''
PEER_QUEUE = (
    "import django; django.setup(); from django.core.management import call_command;"
    "from helpdesk.models import Queue; call_command('loaddata', 'emailtemplate.json', verbosity=0);"
    "Queue.objects.create(id=1, title='City', slug='city', allow_public_submission=True)"
)
PEER_SERVE = (
    "from granian.constants import Interfaces; from granian.server import Server;"
    "import django.core.wsgi as w;"
    "Server('peer', address='127.0.0.1', port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=1,"
    f" blocking_threads={THREADS}, log_enabled=False)"
    ".serve(target_loader=w.get_wsgi_application, wrap_loader=False)"
)


def install_peer(folder: Path) -> None:
    """The peer in a virtual environment of its own."""
    if (folder / "bin" / "python").exists():
        return
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([uv, "pip", "install", "-q", "-p", python, *PEER], check=True)


# -- the whole -----------------------------------------------------------------------------------------


def table(measured: list[Measured]) -> None:
    """Medians, and each against the peer and the bare insert."""
    kinds = list(dict.fromkeys(each.kind for each in measured))
    cost = {kind: statistics.median(m.processor for m in measured if m.kind == kind) for kind in kinds}
    print(
        "\n| | CPU ms each | of the peer | times the bare insert | each turn | a second | p50 ms | p99 ms |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in kinds:
        mine = [each for each in measured if each.kind == kind]
        of_peer = f"{cost[kind] / cost['peer']:.2f}" if "peer" in cost else "–"
        of_bare = f"{cost[kind] / cost['bare']:.1f}" if "bare" in cost else "–"
        turns = " ".join(f"{each.processor:.2f}" for each in mine)
        print(
            f"| {kind} | {cost[kind]:.2f} | {of_peer} | {of_bare} | {turns} |"
            f" {statistics.median(m.a_second for m in mine):.0f} |"
            f" {statistics.median(m.median for m in mine):.1f} |"
            f" {statistics.median(m.p99 for m in mine):.1f} |"
        )


def run(folder: Path, peer_folder: Path, postgres: str | None, wanted: argparse.Namespace) -> list[Measured]:
    """Everything in turn on one database."""
    place = folder / ("postgres" if postgres else "sqlite")
    place.mkdir()
    bench = Bench(place, peer_folder, postgres)
    bench.prepare()
    measured = []
    for _round in range(wanted.rounds):
        for kind in TURN:
            if kind in wanted.kinds or not wanted.kinds:
                measured.append(bench.turn(kind, wanted.requests))
                told = measured[-1]
                print(
                    f"{told.kind}: {told.processor:.2f} ms of processor each, {told.a_second:.0f}/s",
                    flush=True,
                )
    return measured


def main() -> None:
    if sys.argv[1:2] == ["--step"]:
        step = {"ground": step_ground, "serve": step_serve, "bare": step_bare}[sys.argv[2]]
        step(*map(int, sys.argv[3:]))  # type: ignore[operator]
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", help="some of: " + ", ".join(dict.fromkeys(TURN)))
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peer", type=Path, help="folder of an environment that holds the peer already")
    parser.add_argument("--postgres", default=os.environ.get("GONGZHI_TEST_POSTGRES_URL"))
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as name:
        folder = Path(name)
        peer_folder = wanted.peer or folder / "peer"
        if not wanted.kinds or "peer" in wanted.kinds:
            install_peer(peer_folder)
        servers = [None] if wanted.only != "postgres" else []
        servers += [wanted.postgres] if wanted.postgres and wanted.only != "sqlite" else []
        for postgres in servers:
            print(f"\n{'PostgreSQL, the server not counted' if postgres else 'SQLite'}", flush=True)
            table(run(folder, peer_folder, postgres, wanted))


if __name__ == "__main__":
    main()
