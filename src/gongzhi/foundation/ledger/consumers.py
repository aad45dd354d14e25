"""Consumers: whatever happens by itself when the ledger grows or the clock ticks.

A consumer reads sequenced entries in order, at least once, through a cursor of its own. What it does
and the step of its cursor are one transaction. What fails is retried a few times and then stays on a
list that people can see. No other queue exists.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import close_old_connections, connection
from django.db.models import F

from gongzhi.foundation.ledger import acts, guard, sequencer, statements
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.faults import fault
from gongzhi.foundation.ledger.models import Cursor, Entry, Position, Undone
from gongzhi.foundation.ledger.prepared import Prepared
from gongzhi.foundation.ledger.queries import size

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
ATTEMPTS = 5
BATCH = 200
#: So many entries share a commit: few enough that nobody who wants to write waits for long.
TOGETHER = 50
#: Acts that come within so many seconds share one batch, one signature and one published checkpoint.
GATHER_SECONDS = 0.4


Handle = Callable[[Sequence[Entry]], None]


@dataclass(frozen=True)
class Consumer:
    """Something that reads the ledger: which verbs it wants, and whether history too."""

    name: str
    verbs: frozenset[str]
    handle: Handle
    history: bool


@dataclass(frozen=True)
class Ticker:
    """Something that the clock starts."""

    name: str
    every: timedelta
    tick: Callable[[], None]


CONSUMERS: dict[str, Consumer] = {}
TICKERS: dict[str, Ticker] = {}


def consumer(name: str, verbs: Iterable[str], *, history: bool = False) -> Callable[[Handle], Handle]:
    """Make a function the consumer of some verbs; imported and invented entries only on request.

    It gets a few entries in order and is called once more for each of them if it fails.
    """

    def register(handle: Handle) -> Handle:
        CONSUMERS[name] = Consumer(name, frozenset(verbs), handle, history)
        return handle

    return register


def ticker(name: str, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a function that runs about so often, in one process at a time."""

    def register(tick: Callable[[], None]) -> Callable[[], None]:
        TICKERS[name] = Ticker(name, every, tick)
        return tick

    return register


def run_once(holder: str = "") -> int:
    """Sequence what waits and let every consumer read all there is; returns how many entries were handled.

    Whoever names itself sequences elsewhere, and keeps its leases for the next time; others give them back.
    """
    if not holder:
        sequencer.sequence()
    who, standing, late, end = holder or _holder(), _standing(), _late(), size()
    done, nothing = 0, []
    for each in list(CONSUMERS.values()):
        at = standing.get(each.name, _NOWHERE)
        if each.name not in late:
            if at.position >= end:
                continue
            if not _wanted(each, at.position, end, limit=1):
                nothing.append(each.name)
                continue
        if _hold(each.name, who, at):
            while handled := _read(each):
                done += handled
            done += _retry(each) if each.name in late else 0
            if not holder:
                _release(each.name, who)
    _pass(nothing, end)
    moment = now()
    for each_ticker in list(TICKERS.values()):
        name = f"tick:{each_ticker.name}"
        held_until = standing.get(name, _NOWHERE).held_until
        if (held_until is None or held_until <= moment) and _lease(name, who, each_ticker.every):
            _tick(each_ticker)
    return done


@dataclass(frozen=True)
class _Standing:
    """How far a cursor is, and who holds it until when."""

    position: int = 0
    holder: str = ""
    held_until: datetime | None = None


_NOWHERE = _Standing()


def _standing() -> dict[str, _Standing]:
    """Every cursor: one question for all of them."""
    return {row.consumer: _Standing(row.position, row.holder, row.held_until) for row in _cursors()}


_cursors: Prepared[Cursor] = Prepared(Cursor.objects.all)


def _late() -> set[str]:
    """The consumers that have something to try again."""
    if statements.row("SELECT 1 FROM ledger_undone LIMIT 1") is None:
        return set()
    waits = Undone.objects.filter(attempts__lt=ATTEMPTS, next_attempt__lte=now())
    return set(waits.values_list("consumer", flat=True).distinct())


def _position(name: str) -> int:
    row = statements.row("SELECT position FROM ledger_cursor WHERE consumer = %s", [name])
    return 0 if row is None else int(row[0])


def _wanted(each: Consumer, begin: int, end: int, *, limit: int) -> list[tuple[int, int]]:
    """Positions, with their entries, that a consumer wants.

    SQLite would begin with all entries of a verb; a cross join makes it begin with the positions.
    """
    join = "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN"
    marks = ", ".join(["%s"] * len(each.verbs))
    past = "" if each.history else " AND e.origin NOT IN ('imported', 'generated')"
    return statements.rows(
        f"SELECT p.position, p.entry_id FROM ledger_position p {join} ledger_entry e ON e.id = p.entry_id"
        f" WHERE p.position >= %s AND p.position < %s AND e.verb IN ({marks}){past}"
        " ORDER BY p.position LIMIT %s",
        [begin, end, *sorted(each.verbs), limit],
    )


def _read(each: Consumer) -> int:
    """Handle one batch of entries that the consumer wants; returns how many."""
    begin, end = _position(each.name), size()
    if begin >= end:
        return 0
    places = _wanted(each, begin, end, limit=BATCH)
    entries = {row.pk: row for row in Entry.objects.filter(pk__in=[entry for _place, entry in places])}
    for start in range(0, len(places), TOGETHER):
        _handle(each, [(place, entries[key]) for place, key in places[start : start + TOGETHER]])
    if len(places) < BATCH and not (places and places[-1][0] + 1 == end):
        _move(each.name, end)
    return len(places)


def _handle(each: Consumer, places: list[tuple[int, Entry]]) -> None:
    """Handle a few entries: each of them wholly or not at all, and all of them with one commit.

    They are one unit of work; only where that fails does each get its own, to find out which it was.
    """
    with guard.writing():
        try:
            with acts.together():
                each.handle([entry for _position, entry in places])
        except Exception:
            _handle_singly(each, places)
        _move(each.name, places[-1][0] + 1)


def _handle_singly(each: Consumer, places: list[tuple[int, Entry]]) -> None:
    for position, entry in places:
        try:
            with acts.together():
                each.handle([entry])
        except Exception as error:
            _note(each, position, error)


def _note(each: Consumer, position: int, error: Exception) -> None:
    """Put what could not be done on the list."""
    log.warning("consumer.undone", consumer=each.name, position=position, error=error)
    Undone.objects.update_or_create(
        consumer=each.name,
        position=position,
        defaults={
            "reason": fault(error),
            "attempts": 1,
            "next_attempt": now() + timedelta(seconds=10),
        },
    )


def _retry(each: Consumer) -> int:
    done = 0
    due = Undone.objects.filter(consumer=each.name, attempts__lt=ATTEMPTS, next_attempt__lte=now())
    for undone in list(due.order_by("position")[:BATCH]):
        place = Position.objects.select_related("entry").get(pk=undone.position)
        try:
            with acts.together():
                each.handle([place.entry])
                undone.delete()
            done += 1
        except Exception as error:
            with guard.writing():
                Undone.objects.filter(pk=undone.pk).update(
                    attempts=F("attempts") + 1,
                    reason=fault(error),
                    next_attempt=now() + timedelta(seconds=10 * 4**undone.attempts),
                )
    return done


def undone() -> list[Undone]:
    """What could not be done, oldest first."""
    return list(Undone.objects.order_by("position", "consumer"))


def try_again(name: str | None = None) -> int:
    """Give what could not be done, of one consumer or of all, its attempts back; returns how many."""
    wanted = Undone.objects.all() if name is None else Undone.objects.filter(consumer=name)
    with guard.writing():
        return wanted.update(attempts=0, next_attempt=now())


def _tick(each: Ticker) -> None:
    try:
        each.tick()
    except Exception as error:
        log.warning("ticker.failed", ticker=each.name, error=error)


def _move(name: str, position: int) -> None:
    statements.run(
        "UPDATE ledger_cursor SET position = %s WHERE consumer = %s AND position < %s",
        [position, name, position],
    )


def _pass(names: list[str], position: int) -> None:
    """Let consumers that want nothing of what there is go past it, all with one commit."""
    if not names:
        return
    with guard.writing(), statements.at_once():
        statements.run_each(
            "INSERT INTO ledger_cursor (consumer, position, holder) VALUES (%s, %s, '')"
            " ON CONFLICT (consumer) DO UPDATE SET position = excluded.position"
            " WHERE ledger_cursor.position < excluded.position",
            [[name, position] for name in names],
        )


def _hold(name: str, who: str, at: _Standing) -> bool:
    """Hold a consumer's lease: the one that is held already while there is time, else a new one."""
    if at.holder == who and at.held_until is not None and at.held_until > now() + LEASE / 2:
        return True
    return _lease(name, who, LEASE)


def _holder() -> str:
    return f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"


def _lease(name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds or whose time has run out; one statement decides."""
    at = now()
    with guard.writing():
        statements.run(
            "INSERT INTO ledger_cursor (consumer, position, holder, held_until) VALUES (%s, 0, '', NULL)"
            " ON CONFLICT (consumer) DO NOTHING",
            [name],
        )
        done = statements.run(
            "UPDATE ledger_cursor SET holder = %s, held_until = %s WHERE consumer = %s"
            " AND (held_until IS NULL OR held_until < %s OR (holder = %s AND %s))",
            [holder, at + length, name, at, holder, not name.startswith("tick:")],
        )
    return bool(done)


def _release(name: str, holder: str) -> None:
    Cursor.objects.filter(pk=name, holder=holder).update(held_until=None)


class Runner:
    """Threads that sequence and consume while the server serves, woken by each act."""

    def __init__(self, idle_seconds: float = 0.5) -> None:
        self._wake, self._grown, self._stop = threading.Event(), threading.Event(), threading.Event()
        self._idle = idle_seconds
        self._name = f"{_holder()}:{id(self):x}"[-60:]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work."""
        acts.committed.append(self._wake.set)
        for work in (self._sequence, self._consume):
            thread = threading.Thread(target=self._loop, args=(work,), name=work.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 10) -> None:
        """Finish what is under way, give the leases back and stop."""
        self._stop.set()
        self._wake.set()
        self._grown.set()
        for thread in self._threads:
            thread.join(timeout)

    def _loop(self, work: Callable[[], Any]) -> None:
        while not self._stop.is_set():
            try:
                work()
            except Exception as error:
                log.warning("runner.failed", error=error)
                close_old_connections()
                self._stop.wait(2)
        if work == self._consume:
            for name in CONSUMERS:
                _release(name, self._name)
        connection.close()

    def _sequence(self) -> None:
        self._wake.wait(self._idle)
        self._wake.clear()
        self._stop.wait(GATHER_SECONDS)
        if sequencer.sequence():
            self._grown.set()

    def _consume(self) -> None:
        self._grown.wait(4 * self._idle)
        self._grown.clear()
        self._stop.wait(self._idle)
        run_once(self._name)
