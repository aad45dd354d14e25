"""What is wrong with a table: what must be mended, or accepted by a named person, before it binds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from gongzhi.methods import decision_tables as dt

#: So many findings of a kind are named; a table with more is far from sound.
MOST = 100

BLOCKING = frozenset({"gap", "overlap", "unreachable", "basis", "unsure"})


@dataclass(frozen=True)
class Fault:
    """One finding about a table, with a key that stays the same while the finding does.

    ``kind`` is a kind of `dt.Finding`, or ``basis`` for rows without a legal basis, or ``unsure`` where
    the search was given up or found more than can be named. ``found`` is the finding that it rests on.
    """

    key: str
    kind: str
    rows: tuple[int, ...]
    found: dt.Finding | None

    @property
    def is_blocking(self) -> bool:
        """Whether the table cannot come into force unless somebody accepts it."""
        return self.kind in BLOCKING


def faults(table: dt.Table) -> list[Fault]:
    """Everything found about a table, what blocks first."""
    found: list[Fault] = []
    for look in (dt.gaps, dt.overlaps, dt.unreachable, dt.mergeable):
        try:
            those = look(table, limit=MOST)
        except dt.TooComplex as error:
            found.append(Fault(_key("unsure", (), str(error)), "unsure", (), None))
            continue
        found += [_fault(each) for each in those]
        if look is not dt.mergeable and (those.more or those.is_cut_short):
            found.append(Fault(_key("unsure", (), look.__name__), "unsure", (), None))
    bare = tuple(number for number, row in enumerate(table.rules, 1) if row.basis is None)
    if bare:
        found.append(Fault(_key("basis", bare, ""), "basis", bare, None))
    return sorted(found, key=lambda each: not each.is_blocking)


def _fault(each: dt.Finding) -> Fault:
    region = {name: list(tests) for name, tests in each.region.items()}
    return Fault(_key(each.kind, each.rows, region), each.kind, tuple(each.rows), each)


def _key(kind: str, rows: Any, region: Any) -> str:
    text = json.dumps([kind, rows, region], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
