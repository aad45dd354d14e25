"""No write outside an act: a wrapper around every database connection, in tests and in production."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created

#: Tables that keep no state of governance: the machinery may write them at any time.
TECHNICAL = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "django_session",
        "accounts_failure",
        "ledger_pending",
        "ledger_position",
        "ledger_tile",
        "ledger_checkpoint",
        "ledger_cursor",
        "ledger_undone",
    }
)

_WRITE = re.compile(
    r"(?:\s|/\*.*?\*/|--[^\n]*\n)*"
    r"(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|REPLACE\s+INTO"
    r"|TRUNCATE(?:\s+TABLE)?|COPY|MERGE\s+INTO|WITH\b.*?\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM))"
    r"\s+\"?(\w+)\"?",
    re.IGNORECASE | re.DOTALL,
)
_READS = ("SELECT", "SAVEPO", "RELEAS", "ROLLBA", "BEGIN", "COMMIT", "PRAGMA")
_acting: ContextVar[bool] = ContextVar("acting", default=False)
_lock = threading.RLock()


class WriteOutsideAct(RuntimeError):
    """Code tried to change state without an act; nothing was written."""


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not _acting.get() and (";" in sql or not sql.startswith(_READS)):
        for each in sql.split(";"):  # PostgreSQL takes several in one message
            found = _WRITE.match(each)
            if found and found[1].lower() not in TECHNICAL:
                raise WriteOutsideAct(f"{each[:80]!r} writes {found[1]} outside an act")
    return execute(sql, params, many, context)


def _wrap(connection: Any, **_: Any) -> None:
    if _refuse not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _refuse)


def install() -> None:
    """Guard the connections that exist and those to come."""
    connection_created.connect(_wrap, dispatch_uid="gongzhi.guard")
    for each in connections.all(initialized_only=True):
        _wrap(each)


@contextmanager
def permitted() -> Iterator[None]:
    """Let the enclosed code write: for acts, and for migrations that carry data."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that may write.

    SQLite has one writer at a time; queueing for it in a lock of this process keeps the wait fair
    and short, where its own polling does not.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with _lock, transaction.atomic():
        yield
