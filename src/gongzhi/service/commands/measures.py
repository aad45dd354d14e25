"""What the counters of /metrics and the checks of /readyz say, read from the database when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db import connection

from gongzhi.foundation.ledger import consumers
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import size
from gongzhi.service.commands.observing import BUCKETS, REQUESTS
from gongzhi.service.commands.schema import Shape, schema

#: An entry that waits longer for its place means that nobody sequences.
OLDEST_TAIL = timedelta(minutes=1)

_right_shape = False


def readiness() -> dict[str, bool]:
    """What must hold for the node to be sent requests."""
    global _right_shape
    _right_shape = _right_shape or schema().shape is Shape.RIGHT  # it is right for this process for good
    count, oldest = tail()
    return {"database": True, "schema": _right_shape, "sequencer": not count or now() - oldest < OLDEST_TAIL}


def tail() -> tuple[int, datetime]:
    """How many entries wait for their place, and since when the oldest does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(e.recorded) FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id"
        )
        count, oldest = cursor.fetchone()
    return int(count), as_moment(oldest) if oldest else now()


def as_moment(value: Any) -> datetime:
    """A moment as a database gives it by a plain query: SQLite says it as text, without its zone."""
    return datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value


class Acts:
    """How often each act was done; counted once, then only what has been added."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._upto = 0

    def read(self) -> dict[tuple[str, str], int]:
        """Entries by verb and origin, of all that have a place in the ledger."""
        with self._lock, connection.cursor() as cursor:
            end = size()
            if end < self._upto:  # another database, in tests
                self._counted.clear()
                self._upto = 0
            cursor.execute(
                "SELECT e.verb, e.origin, count(*) FROM ledger_position p"
                " JOIN ledger_entry e ON e.id = p.entry_id"
                " WHERE p.position >= %s AND p.position < %s GROUP BY e.verb, e.origin",
                [self._upto, end],
            )
            for verb, origin, number in cursor.fetchall():
                self._counted[verb, origin] += number
            self._upto = end
            return dict(self._counted)


ACTS = Acts()


def lags() -> dict[str, int]:
    """How far each consumer is behind the ledger, in entries."""
    end = size()
    with connection.cursor() as cursor:
        cursor.execute("SELECT consumer, position FROM ledger_cursor WHERE consumer NOT LIKE 'tick:%%'", [])
        held = dict(cursor.fetchall())
    names = {*held, *consumers.CONSUMERS}
    return {name: max(0, end - held.get(name, 0)) for name in sorted(names)}


def undone() -> dict[str, int]:
    """What each consumer could not do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT consumer, count(*) FROM ledger_undone GROUP BY consumer")
        return dict(cursor.fetchall())


def prometheus() -> str:
    """Everything counted, in the text format of Prometheus."""
    answered, within, seconds = REQUESTS.read()
    waiting, oldest = tail()
    lines = [
        *_family(
            "gongzhi_requests_total",
            "counter",
            "Requests by method, route and status.",
            (({"method": m, "route": r, "status": s}, n) for (m, r, s), n in answered.items()),
        ),
        *_durations(within, seconds),
        *_family(
            "gongzhi_acts_total",
            "counter",
            "Entries of the ledger by verb and origin.",
            (({"verb": v, "origin": o}, n) for (v, o), n in ACTS.read().items()),
        ),
        *_family("gongzhi_ledger_size", "gauge", "Entries that have a place.", [({}, size())]),
        *_family("gongzhi_ledger_waiting", "gauge", "Entries without a place yet.", [({}, waiting)]),
        *_family(
            "gongzhi_ledger_waiting_seconds",
            "gauge",
            "How long the oldest of them has waited.",
            [({}, round((now() - oldest).total_seconds(), 3) if waiting else 0)],
        ),
        *_family(
            "gongzhi_consumer_lag",
            "gauge",
            "Entries that a consumer has not read yet.",
            (({"consumer": name}, n) for name, n in lags().items()),
        ),
        *_family(
            "gongzhi_consumer_undone",
            "gauge",
            "Entries that a consumer could not handle.",
            (({"consumer": name}, n) for name, n in undone().items()),
        ),
    ]
    return "\n".join(lines) + "\n"


def _family(
    name: str, kind: str, about: str, samples: Iterable[tuple[Mapping[str, Any], float]]
) -> list[str]:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {value}" for labels, value in samples]
    return lines


def _durations(within: Mapping[tuple[str, float], int], seconds: Mapping[str, float]) -> list[str]:
    name = "gongzhi_request_seconds"
    lines = [f"# HELP {name} How long requests took, by route.", f"# TYPE {name} histogram"]
    for route, total in seconds.items():
        running = 0
        for end in (*BUCKETS, float("inf")):
            running += within.get((route, end), 0)
            shown = "+Inf" if end == float("inf") else f"{end:g}"
            lines.append(f"{name}_bucket{_labels({'route': route, 'le': shown})} {running}")
        lines.append(f"{name}_sum{_labels({'route': route})} {total:.6f}")
        lines.append(f"{name}_count{_labels({'route': route})} {running}")
    return lines


def _labels(labels: Mapping[str, Any]) -> str:
    if not labels:
        return ""
    said = ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items())
    return "{" + said + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
