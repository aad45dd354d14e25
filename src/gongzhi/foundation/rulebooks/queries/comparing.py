"""The rules of a cooperation area's members side by side: where the same facts are decided otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any

from gongzhi.foundation.regions.queries import CooperationArea, Region, members
from gongzhi.foundation.rulebooks.queries.deciding import InForce, in_force
from gongzhi.foundation.rulebooks.subjects import untold
from gongzhi.methods import decision_tables as dt

#: So many differences of one pair are told.
MOST = 100


@dataclass(frozen=True)
class Differs:
    """One difference, and how many of the given cases fall in it."""

    found: dt.Finding
    cases: int


@dataclass(frozen=True)
class Pair:
    """Two members' rules on one subject.

    ``why_not`` says why they cannot be compared: one has none, or they read other facts. ``cases``
    counts the given cases that the two would decide otherwise, ``more`` the differences not told.
    """

    a: Region
    b: Region
    of_a: InForce | None
    of_b: InForce | None
    differences: list[Differs] = field(default_factory=list)
    cases: int = 0
    more: int = 0
    why_not: str = ""


def compare(
    area: CooperationArea,
    subject: str,
    at: datetime,
    cases: Iterable[tuple[Mapping[str, Any], int]] = (),
) -> list[Pair]:
    """All pairs of an area's members: where their rules on a subject differ, each with a witness.

    ``cases`` are facts of matters, each with how many had them; those that two members would treat
    otherwise are counted.
    """
    inside = members(area.pk, at)
    held = {each.pk: in_force(subject, each.path, at)[0] for each in inside}
    counted = _counted(cases)
    return [_pair(a, b, held[a.pk], held[b.pk], counted) for a, b in combinations(inside, 2)]


_Case = tuple[tuple[str, Any], ...]


def _counted(cases: Iterable[tuple[Mapping[str, Any], int]]) -> Counter[_Case]:
    counted: Counter[_Case] = Counter()
    for facts, count in cases:
        counted[tuple(sorted(facts.items()))] += count
    return counted


def _pair(a: Region, b: Region, of_a: InForce | None, of_b: InForce | None, cases: Counter[_Case]) -> Pair:
    if of_a is None or of_b is None:
        return Pair(a, b, of_a, of_b, why_not="missing")
    if of_a.digest == of_b.digest:
        return Pair(a, b, of_a, of_b)
    try:
        found = dt.difference(of_a.table, of_b.table, limit=MOST)
    except (dt.Incomparable, dt.TooComplex) as error:
        return Pair(a, b, of_a, of_b, why_not=str(error))
    fall = cases_apart(of_a.table, of_b.table, cases)
    told = [Differs(each, fall.get(each.rows, 0)) for each in found]
    return Pair(a, b, of_a, of_b, told, sum(fall.values()), found.more)


def cases_apart(a: dt.Table, b: dt.Table, cases: Counter[_Case]) -> Counter[tuple[Any, ...]]:
    """How many cases two tables decide otherwise, by the rows that answer in either."""
    fall: Counter[tuple[Any, ...]] = Counter()
    for case, count in cases.items():
        said_a, rows_a = _answer(a, dict(case))
        said_b, rows_b = _answer(b, dict(case))
        if said_a != said_b:
            fall[rows_a, rows_b] += count
    return fall


def _answer(table: dt.Table, facts: dict[str, Any]) -> tuple[Any, tuple[int, ...]]:
    try:
        outcome = table.decide({c.name: facts.get(c.name, untold(table.name, c.name)) for c in table.inputs})
    except dt.Undecidable as error:
        return "undecidable", tuple(getattr(error, "rows", ()))
    except dt.InvalidFacts:
        return "outside", ()
    return outcome.value, tuple(outcome.rows)
