"""What is looked up at every request and seldom changes: found once by each process, and after each change.

A kind of row that is looked up this way says ``seldom_changes = True``. Whoever changes such a row
changes the edition, one row of the database, in the same transaction; what was found holds while that is
the same. It is asked for once in a unit of work, when that has begun, and once in a request outside of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar, cast

from django.db import models
from django.db.models.base import ModelState

from gongzhi.foundation.ledger import statements, work

R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

#: The edition of before may still be asked for by others, while a change is on its way.
_EDITIONS = 2
_ABSENT: Any = object()
_asked: ContextVar[dict[str, Any] | None] = ContextVar("asked", default=None)


class Remembered(Generic[R]):
    """A lookup whose answers are remembered by its keys. They are shared: whoever changes a row takes a copy.

    ``find`` reads kinds of rows that seldom change, and nothing else.
    """

    def __init__(self, find: Callable[..., R], most: int = 10_000) -> None:
        self._find, self._most = find, most
        self._held: dict[str, dict[Any, R]] = {}

    def __call__(self, *key: Any) -> R:
        """What was found for a key."""
        now = edition()
        if not now:
            return self._find(*key)
        held = self._held.get(now)
        if held is None:
            held = {}
            self._held = dict([*self._held.items(), (now, held)][-_EDITIONS:])
        found = held.get(key, _ABSENT)
        if found is _ABSENT:
            if len(held) >= self._most:
                held.clear()
            found = held[key] = self._find(*key)
        return cast(R, found)


def copy_of(row: M) -> M:
    """A row of one's own, to be changed."""
    made = type(row).__new__(type(row))
    made.__dict__.update(row.__dict__)
    state = made.__dict__["_state"] = ModelState()
    state.adding, state.db = row._state.adding, row._state.db
    state.fields_cache = dict(row._state.fields_cache)
    return made


def edition() -> str:
    """What changes with anything that seldom changes; empty in a database that does not tell.

    A unit of work that has changed something of the kind has editions of its own until it ends.
    """
    held = _held()
    if held is not None and work.EDITION in held:
        return str(held[work.EDITION])
    row = statements.row("SELECT token FROM ledger_edition")
    found = _named(row[0] if row else None)
    if held is not None:
        held[work.EDITION] = found
    return found


def is_now(token: Any) -> None:
    """Take the edition from whoever asked the database for more, as a unit of work or a request begins."""
    held = _held()
    if held is not None:
        held.setdefault(work.EDITION, _named(token))


def _held() -> dict[str, Any] | None:
    """Where the edition is kept for as long as it may be."""
    unit = work.running()
    return unit.known if unit is not None else _asked.get()


def _named(token: Any) -> str:
    return "" if token is None else str(token)


@contextmanager
def asked_once() -> Iterator[None]:
    """Ask for the edition once within, outside of units of work: for a request."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def ask_again() -> None:
    """Ask for the edition anew, for it has been changed here."""
    held = _asked.get()
    if held is not None:
        held.clear()
