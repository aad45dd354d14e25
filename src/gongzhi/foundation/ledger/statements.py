"""Statements of our own words, asked through one cursor that each connection keeps.

Django makes, checks and closes a cursor for every statement, which costs more than most of those here.
What is found is fetched wholly before anything else is asked, so that one cursor is enough.
Each message to PostgreSQL and its answer costs about as much again: `at_once` sends several in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

_KEPT = "_gongzhi_cursor"
_GATHERED = "_gongzhi_gathered"

Row = tuple[Any, ...]


def rows(sql: str, values: Sequence[Any] | None = None) -> list[Row]:
    """All that is found."""
    cursor = _cursor()
    cursor.execute(sql, values)
    found: list[Row] = cursor.fetchall()
    return found


def row(sql: str, values: Sequence[Any] | None = None) -> Row | None:
    """The first that is found; for statements that find few."""
    found = rows(sql, values)
    return found[0] if found else None


def run(sql: str, values: Sequence[Any] | None = None) -> int:
    """Change something; returns how many rows it was done to."""
    cursor = _cursor()
    cursor.execute(sql, values)
    return int(cursor.rowcount)


def run_each(sql: str, many: Sequence[Sequence[Any] | None]) -> None:
    """Change something once for each of many values; with None the statement holds them already."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    gathered = here.__dict__.get(_GATHERED)
    if gathered is not None:
        gathered += [sql if values is None else bound(sql, values) for values in many]
    elif len(many) == 1:
        _cursor_of(here).execute(sql, many[0])
    elif many:
        _cursor_of(here).executemany(sql, many)


@contextmanager
def at_once() -> Iterator[None]:
    """Send what `run_each` changes within in one message at its end, where that is cheaper: to PostgreSQL.

    What is asked or changed otherwise meanwhile is done before it.
    """
    here: Any = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql" or _GATHERED in here.__dict__:
        yield
        return
    gathered: list[str] = []
    here.__dict__[_GATHERED] = gathered
    try:
        yield
    finally:
        del here.__dict__[_GATHERED]
    if gathered:
        _cursor().execute("; ".join(gathered))


def bound(sql: str, values: Sequence[Any]) -> str:
    """A statement, or a part of one, with its values in it, as PostgreSQL reads it.

    Each %s in it is the place of a value. Plain values are written here, for the driver takes several
    times as long; it writes all others, and every text that could end its own quotes.
    """
    pieces = _pieces(sql)
    told = [""] * (2 * len(values) + 1)
    told[::2], told[1::2] = pieces, [_literal(value) for value in values]
    return "".join(told)


@lru_cache
def _pieces(sql: str) -> list[str]:
    return sql.split("%s")


def _literal(value: Any) -> str:
    if isinstance(value, str):
        if not _ENDS_QUOTES(value):
            return f"'{value}'"
    elif value is None:
        return "NULL"
    elif isinstance(value, int) and value >= 0:
        return str(value)
    with connection.wrap_database_errors:
        told: str = _cursor().mogrify("%s", [value])
    return told


_ENDS_QUOTES = re.compile(r"['\\\0]").search


@contextmanager
def snapshot() -> Iterator[None]:
    """Read all that is read within as it stood at one moment, and keep nobody from writing meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        run("BEGIN DEFERRED")  # Django's own way would take the place of the one who may write
        try:
            yield
        finally:
            run("ROLLBACK")


def _cursor() -> Any:
    """This thread's cursor."""
    return _cursor_of(connections[DEFAULT_DB_ALIAS])


def _cursor_of(here: Any) -> Any:
    """A connection's cursor: made anew with it, and where queries begin to be logged."""
    of, logged, cursor = here.__dict__.get(_KEPT, (None, False, None))
    if of is None or of is not here.connection or logged is not here.force_debug_cursor:
        cursor = here.cursor()
        here.__dict__[_KEPT] = (here.connection, here.force_debug_cursor, cursor)
    return cursor
