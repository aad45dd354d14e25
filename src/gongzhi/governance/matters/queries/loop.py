"""From coming in to done as one loop: by which door what came in where, how it was routed, how it is handled.

Each figure counts matters, and the list behind it is narrowed by the same Q. What was routed, and what is
handled, is of the matters that are not answered yet: each stands in one line of either.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.queries.picture import (
    Figure,
    Period,
    Scene,
    behind,
    by_door,
    inside,
    part_of,
    paths_of_posts,
)
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.rules import UNUSUAL, known

ROUTED = (
    Figure.WAITING, Figure.SENT, Figure.OFFERED, Figure.RETURNED, Figure.DISPUTED, Figure.DESIGNATED,
    Figure.TAKEN_OVER,
)  # fmt: skip
HANDLED = (Figure.OVERDUE, Figure.DUE_SOON, Figure.ON_TIME, Figure.NO_DEADLINE, Figure.STOPPED)
JOINT = (Figure.JOINT, Figure.JOINT_LATE)


@dataclass
class Loop:
    """What is counted of a scene: what came in, by three cuts, and what stands in each step now."""

    taken_in: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    category_names: dict[str, Any] = field(default_factory=dict)
    counts: dict[Figure, int] = field(default_factory=dict)


def loop(by: Any, scene: Scene, period: Period) -> Loop:
    """Count the loop of a scene, in two queries."""
    found = Loop()
    rows = matters(by).filter(inside(scene)).order_by()
    where = ["region__path", *(["grid__code"] if scene.by_grid else [])]
    taken_in = by_door(rows.filter(behind(Figure.TAKEN_IN, period)))
    for row in taken_in.values(*where, "category__code", "category__name", "door").annotate(n=Count("pk")):
        n, code = row["n"], row["category__code"]
        found.taken_in += n
        found.channels[row["door"] or ""] += n
        found.parts[part_of(scene, row)] += n
        found.categories[code] += n
        found.category_names[code] = row["category__name"]
    figures = (Figure.OPEN, *ROUTED, *HANDLED, *JOINT)
    open_ones = rows.filter(behind(Figure.OPEN, period))
    counted = open_ones.aggregate(**{each.name: Count("pk", filter=behind(each, period)) for each in figures})
    found.counts = {each: counted[each.name] for each in figures}
    return found


# -- the morning line --------------------------------------------------------------------------------

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Unusual:
    """So many of a category came in, and so many in the same time of each week before, the last first."""

    name: dict[str, str]
    count: int
    before: tuple[int, ...]


@dataclass(frozen=True)
class Morning:
    """What the morning has to know: what is new since a moment, what is overdue, and what is unusual.

    ``unusual`` is None where too little is known of earlier weeks to say, or no rule says what it means.
    """

    period: Period
    taken_in: int
    open: int
    overdue: int
    unusual: tuple[Unusual, ...] | None


#: Fewer weeks than this say nothing.
FEWEST_WEEKS = 4


def morning_of_posts(by: Any, at: datetime) -> Morning | None:
    """The morning of where the actor's posts reach; None where they reach no region."""
    paths = sorted(paths_of_posts(by))
    tops = (Region(path=each, code=each.strip("/").split("/")[-1], zone=by.zone) for each in paths)
    return morning(by, Scene(tuple(tops)), at) if paths else None


def morning(by: Any, scene: Scene, at: datetime) -> Morning:
    """Count a scene since yesterday 08:00 against the same hours of the weeks before, in two queries.

    A rule says what is unusual: of so many ``weeks``, at ``least`` so many, so many ``times`` their mean.
    """
    region = scene.tops[0]
    period = since_yesterday(at, region.zone)
    weekday = period.until.astimezone(period.since.tzinfo).isoweekday()
    decided = known(UNUSUAL, region, {"weekday": weekday}, at)
    rule = decided.value if decided is not None else None
    weeks = rule["weeks"] if rule else 0
    told = _by_week(by, scene, [_earlier(period, n) for n in range(weeks + 1)])
    unusual = None
    if rule and sum(any(row[f"n{n}"] for row in told) for n in range(1, weeks + 1)) >= FEWEST_WEEKS:
        found = [_against(row, weeks) for row in told]
        kept = [each for each in found if _is_unusual(each, rule)]
        unusual = tuple(sorted(kept, key=lambda each: -each.count))
    new, still, over = (sum(row[name] for row in told) for name in ("n0", "open", "over"))
    return Morning(period, new, still, over, unusual)


def _by_week(by: Any, scene: Scene, spans: list[Period]) -> list[dict[str, Any]]:
    """Of each category what came in during each span, and what of all is open and overdue now."""
    is_open, is_over = behind(Figure.OPEN, spans[0]), behind(Figure.OVERDUE, spans[0])
    came = {f"n{n}": behind(Figure.TAKEN_IN, each) for n, each in enumerate(spans)}
    wanted = reduce(or_, came.values(), is_open)
    rows = matters(by).filter(inside(scene)).filter(wanted).order_by()
    columns = {name: Count("pk", filter=which) for name, which in came.items()}
    counted = rows.values("category__code", "category__name").annotate(
        open=Count("pk", filter=is_open), over=Count("pk", filter=is_over), **columns
    )
    return [dict(row) for row in counted]


def _earlier(period: Period, weeks: int) -> Period:
    return Period(period.since - weeks * WEEK, period.until - weeks * WEEK)


def _against(row: dict[str, Any], weeks: int) -> Unusual:
    before = tuple(row[f"n{n}"] for n in range(1, weeks + 1))
    return Unusual(row["category__name"], row["n0"], before)


def _is_unusual(told: Unusual, rule: dict[str, int]) -> bool:
    mean = sum(told.before) / len(told.before)
    return told.count >= max(rule["least"], max(told.before) + 1, rule["times"] * mean)


def since_yesterday(at: datetime, zone: str) -> Period:
    """From yesterday 08:00 in a zone until now."""
    here = at.astimezone(ZoneInfo(zone))
    since = (here - timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    return Period(since, at)
