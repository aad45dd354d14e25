"""A draft tried on the matters of a past period: what would have gone elsewhere, or been due otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.queries import Region, within_region
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.foundation.rulebooks.queries import Changed, Past, decisions, replay
from gongzhi.governance.matters.models import Matter
from gongzhi.governance.matters.rules import CUT_OFF, known
from gongzhi.methods import decision_tables as dt

#: So many decisions of the period are made again, and so many matters read at a time.
MOST = 50_000
_AT_ONCE = 500

ELSEWHERE, EARLIER, LATER, OTHERWISE, OPEN = "elsewhere", "earlier", "later", "otherwise", "open"
WAYS = (ELSEWHERE, EARLIER, LATER, OTHERWISE, OPEN)
GROUPS = ("category", "region", "organisation")


@dataclass(frozen=True)
class Turned:
    """A matter that would have been decided otherwise, and in which way.

    ``elsewhere`` led by another body; due ``earlier`` or ``later``; ``open``, as no row decides it;
    ``otherwise`` in any other respect.
    """

    matter: Matter
    changed: Changed
    way: str


@dataclass(frozen=True)
class Tally:
    """How many decisions a category, region or organisation had, and how many come out in which way."""

    of: Any
    count: int
    ways: dict[str, int]


@dataclass(frozen=True)
class Report:
    """What a table would have changed; ``is_cut_short`` where the period has more than are tried."""

    count: int
    turned: list[Turned]
    ways: dict[str, int]
    by: dict[str, list[Tally]]
    is_cut_short: bool


def report(by: Any, table: dt.Table, top: Region, since: datetime, until: datetime) -> Report:
    """Let a table decide again what was decided on its subject in a region and those below it.

    Only decisions about matters that the actor reaches count, so that every number opens its matters.
    """
    inside = set(within_region(top).values_list("pk", flat=True))
    found = decisions(by, about=table.name, since=since, until=until)
    pasts = list(islice((each for each in found if each.region in inside), MOST + 1))
    cut, pasts = len(pasts) > MOST, pasts[:MOST]
    matters = _matters(by, (each.subject for each in pasts))
    pasts = [each for each in pasts if each.subject in matters]
    turned = [
        Turned(matters[each.past.subject], each, _way(each, matters[each.past.subject].region))
        for each in replay(table, pasts).changed
    ]
    return Report(
        len(pasts),
        turned,
        _counted(each.way for each in turned),
        {group: _tallies(group, pasts, turned, matters) for group in GROUPS},
        cut,
    )


def group_of(matter: Matter, group: str) -> Any:
    """The category, the region or the leading organisation of a matter."""
    return matter.lead if group == "organisation" else getattr(matter, group)


def _matters(by: Any, keys: Iterable[UUID]) -> dict[UUID, Matter]:
    reached = Matter.objects.filter(reach(by, "matter.read", Matter))
    found: dict[UUID, Matter] = {}
    wanted: Iterator[UUID] = iter(dict.fromkeys(keys))
    while some := list(islice(wanted, _AT_ONCE)):
        rows = reached.filter(pk__in=some).select_related("category", "region", "lead").distinct()
        found.update((each.pk, each) for each in rows)
    return found


def _way(each: Changed, region: Region) -> str:
    """In which way a decision comes out otherwise."""
    if each.outcome is None:
        return OPEN
    was, would = each.past.outcome, each.outcome
    if was.get("function") != would.get("function"):
        return ELSEWHERE
    for name in ("finish", "contact"):
        if name not in was or name not in would:
            continue
        before, after = (_due(each.past, region, outcome, name) for outcome in (was, would))
        if before != after:
            return EARLIER if after < before else LATER
    return OTHERWISE


def _due(past: Past, region: Region, outcome: dict[str, Any], name: str) -> datetime:
    decided = known(CUT_OFF, region, past.read, past.at)
    cut_off = decided.value["time"] if decided else None
    return calendar_of(region).add(past.at, int(outcome[name]), outcome[f"{name}_unit"], cut_off=cut_off)


def _tallies(group: str, pasts: list[Past], turned: list[Turned], matters: dict[UUID, Matter]) -> list[Tally]:
    """By what stands in a group, what changes most first."""
    of: dict[Any, Any] = {}
    count: Counter[Any] = Counter()
    ways: dict[Any, Counter[str]] = {}
    for past in pasts:
        one = group_of(matters[past.subject], group)
        key = one.pk if one is not None else None
        of[key] = one
        count[key] += 1
    for each in turned:
        one = group_of(each.matter, group)
        ways.setdefault(one.pk if one is not None else None, Counter())[each.way] += 1
    told = [Tally(of[key], count[key], {way: ways[key][way] for way in WAYS}) for key in ways]
    return sorted(told, key=lambda one: (-sum(one.ways.values()), -one.count, str(one.of)))


def _counted(ways: Iterable[str]) -> dict[str, int]:
    found = Counter(ways)
    return {way: found[way] for way in WAYS}
