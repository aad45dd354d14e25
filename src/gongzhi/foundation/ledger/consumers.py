"""Consumers: whatever happens by itself when the ledger grows or the clock ticks.

A consumer reads sequenced entries in order, at least once, through a cursor of its own. What it does
and the step of its cursor are one transaction. What fails is retried a few times and then stays on a
list that people can see. No other queue exists.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import close_old_connections, connection
from django.db.models import F, QuerySet

from gongzhi.foundation.ledger import acts, guard, sequencer
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Cursor, Entry, Origin, Position, Undone
from gongzhi.foundation.ledger.queries import size

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
ATTEMPTS = 5
BATCH = 200
#: So many entries share a commit: few enough that nobody who wants to write waits for long.
TOGETHER = 20


@dataclass(frozen=True)
class Consumer:
    """Something that reads the ledger: which verbs it wants, and whether history too."""

    name: str
    verbs: frozenset[str]
    handle: Callable[[Entry], None]
    history: bool


@dataclass(frozen=True)
class Ticker:
    """Something that the clock starts."""

    name: str
    every: timedelta
    tick: Callable[[], None]


CONSUMERS: dict[str, Consumer] = {}
TICKERS: dict[str, Ticker] = {}


def consumer(
    name: str, verbs: Iterable[str], *, history: bool = False
) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    """Make a function the consumer of some verbs; imported and invented entries only on request."""

    def register(handle: Callable[[Entry], None]) -> Callable[[Entry], None]:
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
    """Sequence what waits and let every consumer read all there is; returns how many entries were handled."""
    sequencer.sequence()
    who, done = holder or _holder(), 0
    reached, late = _standing(), _late()
    end = size()
    for each in list(CONSUMERS.values()):
        waits = reached.get(each.name, (0, None))[0] < end or each.name in late
        if waits and _lease(each.name, who, LEASE):
            while handled := _read(each):
                done += handled
            done += _retry(each)
            _release(each.name, who)
    at = now()
    for each_ticker in list(TICKERS.values()):
        name = f"tick:{each_ticker.name}"
        held_until = reached.get(name, (0, None))[1]
        if (held_until is None or held_until <= at) and _lease(name, who, each_ticker.every):
            _tick(each_ticker)
    return done


def _standing() -> dict[str, tuple[int, datetime | None]]:
    """How far every cursor is, and until when it is held: one question for all of them."""
    rows = Cursor.objects.values_list("consumer", "position", "held_until")
    return {name: (position, held_until) for name, position, held_until in rows}


def _late() -> set[str]:
    """The consumers that have something to try again."""
    if not _anything_undone():
        return set()
    waits = Undone.objects.filter(attempts__lt=ATTEMPTS, next_attempt__lte=now())
    return set(waits.values_list("consumer", flat=True).distinct())


def _anything_undone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_undone LIMIT 1")
        return cursor.fetchone() is not None


def _position(name: str) -> int:
    return Cursor.objects.filter(pk=name).values_list("position", flat=True).first() or 0


def _due(each: Consumer) -> QuerySet[Undone]:
    return Undone.objects.filter(consumer=each.name, attempts__lt=ATTEMPTS, next_attempt__lte=now())


def _read(each: Consumer) -> int:
    """Handle one batch of entries that the consumer wants; returns how far the cursor moved."""
    begin, end = _position(each.name), size()
    if begin >= end:
        return 0
    wanted = Position.objects.filter(position__gte=begin, position__lt=end, entry__verb__in=each.verbs)
    if not each.history:
        wanted = wanted.exclude(entry__origin__in=(Origin.IMPORTED, Origin.GENERATED))
    places = list(wanted.select_related("entry").order_by("position")[:BATCH])
    for start in range(0, len(places), TOGETHER):
        _handle(each, places[start : start + TOGETHER])
    reached = places[-1].position + 1 if len(places) == BATCH else end
    _move(each.name, reached)
    return reached - begin


def _handle(each: Consumer, places: list[Position]) -> None:
    """Handle a few entries: each of them wholly or not at all, and all of them with one commit."""
    with guard.writing():
        for place in places:
            try:
                with acts.together():
                    each.handle(place.entry)
            except Exception as error:
                _note(each, place, error)
        _move(each.name, places[-1].position + 1)


def _note(each: Consumer, place: Position, error: Exception) -> None:
    """Put what could not be done on the list."""
    log.warning("consumer.undone", consumer=each.name, position=place.position, kind=type(error).__name__)
    Undone.objects.update_or_create(
        consumer=each.name,
        position=place.position,
        defaults={
            "reason": f"{type(error).__name__}: {error}"[:300],
            "attempts": 1,
            "next_attempt": now() + timedelta(seconds=10),
        },
    )


def _retry(each: Consumer) -> int:
    done = 0
    for undone in list(_due(each).order_by("position")[:BATCH]):
        place = Position.objects.select_related("entry").get(pk=undone.position)
        try:
            with acts.together():
                each.handle(place.entry)
                undone.delete()
            done += 1
        except Exception as error:
            with guard.writing():
                Undone.objects.filter(pk=undone.pk).update(
                    attempts=F("attempts") + 1,
                    reason=f"{type(error).__name__}: {error}"[:300],
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
        log.warning("ticker.failed", ticker=each.name, kind=type(error).__name__, reason=str(error)[:300])


def _move(name: str, position: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_cursor SET position = %s WHERE consumer = %s AND position < %s",
            [position, name, position],
        )


def _holder() -> str:
    return f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"


def _lease(name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds or whose time has run out; one statement decides."""
    at = now()
    with guard.writing(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_cursor (consumer, position, holder, held_until) VALUES (%s, 0, '', NULL)"
            " ON CONFLICT (consumer) DO NOTHING",
            [name],
        )
        cursor.execute(
            "UPDATE ledger_cursor SET holder = %s, held_until = %s WHERE consumer = %s"
            " AND (held_until IS NULL OR held_until < %s OR (holder = %s AND %s))",
            [holder, at + length, name, at, holder, not name.startswith("tick:")],
        )
        return bool(cursor.rowcount)


def _release(name: str, holder: str) -> None:
    Cursor.objects.filter(pk=name, holder=holder).update(held_until=None)


class Runner:
    """Threads that sequence and consume while the server serves, woken by each act."""

    def __init__(self, idle_seconds: float = 0.5) -> None:
        self._wake, self._stop = threading.Event(), threading.Event()
        self._idle = idle_seconds
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work."""
        acts.committed.append(self._wake.set)
        for work in (self._sequence, self._consume):
            thread = threading.Thread(target=self._loop, args=(work,), name=work.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 10) -> None:
        """Finish what is under way and stop."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout)

    def _loop(self, work: Callable[[], Any]) -> None:
        while not self._stop.is_set():
            try:
                work()
            except Exception as error:
                log.warning("runner.failed", kind=type(error).__name__, reason=str(error)[:300])
                close_old_connections()
                self._stop.wait(2)
        connection.close()

    def _sequence(self) -> None:
        self._wake.wait(self._idle)
        self._wake.clear()
        self._stop.wait(0.05)  # a few acts share one batch and one signature
        sequencer.sequence()

    def _consume(self) -> None:
        self._stop.wait(self._idle)
        run_once()
