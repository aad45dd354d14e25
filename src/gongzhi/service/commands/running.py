"""``gongzhi serve`` and ``gongzhi worker``: the processes that stay."""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.config import Config
from gongzhi.service.commands import console
from gongzhi.service.commands.console import Failed, say, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.ledger.consumers import Runner

#: Requests that one process works on at the same time; more only wait for each other.
THREADS = 4
#: So long a request may still take when the node is asked to stop.
PATIENCE_SECONDS = 20
#: So many new objects are waited for before the youngest are looked through for what is left over.
_YOUNG = 20_000


def serve(
    host: str = typer.Option("127.0.0.1", help=_("address to listen at; 0.0.0.0 for every one")),
    port: int = typer.Option(8000, min=1, max=65535, help=_("port to listen at")),
    threads: int = typer.Option(THREADS, min=1, max=64, help=_("requests worked on at the same time")),
) -> None:
    """Serve pages, API and consumers until told to stop."""
    console.start_django(machine_logs=True)
    from gongzhi.service.commands.schema import demand_agreeing, demand_founded

    demand_founded()
    demand_agreeing()
    run_server(host, port, threads)


def run_server(host: str, port: int, threads: int = THREADS) -> None:
    """Serve in the foreground; the address is told once it can be opened."""
    _demand_free(host, port)
    _leave_database()
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "gongzhi.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_FORWARD,
    )
    opened = f"http://{_open_at(host)}:{port}"
    server.serve(target_loader=_Loader(opened), wrap_loader=False)


#: The server's own lines go the way of all others (gongzhi.logs).
_FORWARD: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": []}},
}


def _open_at(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


class _Loader:
    """Prepares the process that serves: the application, and the one runner of consumers beside it."""

    def __init__(self, opened: str) -> None:
        self.opened = opened

    def __call__(self) -> Any:
        from multiprocessing.util import Finalize

        from django.urls import get_resolver
        from granian.utils.proxies import wrap_wsgi_with_proxy_headers

        from gongzhi.foundation.ledger.consumers import Runner
        from gongzhi.wsgi import application

        _end_with_parent()
        get_resolver().url_patterns  # noqa: B018 - so that a broken page stops the start
        runner = Runner()
        runner.start()
        _settle_memory()
        Finalize(None, _stop, (runner,), exitpriority=10)
        threading.Thread(target=_tell_when_open, args=(self.opened,), daemon=True).start()
        return wrap_wsgi_with_proxy_headers(application, list(Config.read().gateways))


def _settle_memory() -> None:
    """Leave out of every later collection what stays anyway, and collect when it is worth it.

    Python's own thresholds walk through the whole application every few requests; that was a fifth of
    the time of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)


def _end_with_parent() -> None:
    """Stop, too, when the process that watches over this one is gone."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _tell_when_open(address: str) -> None:
    from http.client import HTTPException
    from time import sleep
    from urllib.request import urlopen

    for attempt in range(120):
        try:
            with urlopen(f"{address}/healthz", timeout=5):  # noqa: S310
                tell(address)
                return
        except (OSError, HTTPException):
            sleep(min(0.05 * 1.3**attempt, 1))


def _stop(runner: Runner) -> None:
    """Finish what is under way, and give it its place in the ledger."""
    from django.db import connection

    runner.stop()
    try:
        console.sequence()
    finally:
        connection.close()


def _demand_free(host: str, port: int) -> None:
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Failed(
                _("Cannot listen at {host}:{port}: {why}.").format(host=host, port=port, why=error.strerror),
                _("Choose another port with --port, or stop what listens there."),
            ) from None


def _leave_database() -> None:
    """Close what a forked process must not share."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def worker() -> None:
    """Sequence and consume, without serving, until told to stop."""
    console.start_django(machine_logs=True)
    from gongzhi.foundation.ledger.consumers import Runner
    from gongzhi.service.commands.schema import demand_agreeing, demand_founded

    demand_founded()
    demand_agreeing()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    runner = Runner()
    runner.start()
    say(_("Working; stop with Ctrl-C."))
    stopping.wait()
    _stop(runner)
