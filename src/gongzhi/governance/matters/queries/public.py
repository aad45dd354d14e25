"""What the public sees without a name: how much of what, where to the town, and how it goes.

Nothing here tells of a single matter. Reports of wrongdoing and sealed matters are left out
altogether, and a count below `FEWEST` is not told, so that nobody can work out who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from gongzhi.foundation.parties.models import Charge
from gongzhi.foundation.regions.queries import Region, grids_in, regions, root
from gongzhi.governance.matters.acts import RECEIVING
from gongzhi.governance.matters.models import Clock, Deadline, Kind, Matter, State

#: Fewer than this are told as "fewer than".
FEWEST = 3
#: A share of fewer than this says nothing.
FEWEST_FOR_SHARE = 20

_OVER = (State.ANSWERED, State.CLOSED)


@dataclass(frozen=True)
class Tally:
    """How many matters were brought in, and how many of them have been answered."""

    name: dict[str, str]
    code: str
    count: int
    answered: int
    outline: dict[str, Any] | None = None
    is_grid: bool = False

    @property
    def is_few(self) -> bool:
        """Whether the count is too small to be told."""
        return self.count < FEWEST


@dataclass(frozen=True)
class InTime:
    """Of so many whose deadline has come, so many were answered in time."""

    due: int
    in_time: int

    @property
    def percent(self) -> float | None:
        """The share in percent; None where there are too few to say."""
        return 100 * self.in_time / self.due if self.due >= FEWEST_FOR_SHARE else None


def taking_in() -> list[Region]:
    """The regions that take things in: those with a receiving body, else the root of the tree."""
    bodies = Charge.objects.filter(function=RECEIVING, organisation__dissolved=None)
    found = list(regions().filter(pk__in=bodies.values("region")).defer("outline").order_by("path"))
    top = None if found else root()
    return found or ([top] if top else [])


def _told(top: Region, since: datetime) -> QuerySet[Matter]:
    below = regions().filter(path__startswith=top.path).values("pk")
    rows = Matter.objects.filter(region__in=below, opened_at__gte=since, sealed=False)
    return rows.exclude(kind=Kind.REPORT)


def by_category(top: Region, since: datetime) -> list[Tally]:
    """What was brought in since a moment in a region and below, the most frequent first."""
    rows = _counted(_told(top, since), "category", "category__name", "category__code")
    found = [Tally(name, code, count, answered) for _key, name, code, count, answered in rows]
    return sorted(found, key=lambda tally: (-tally.count, tally.code))


def by_place(top: Region, since: datetime) -> list[Tally]:
    """What was brought in since a moment in each region directly below one, in the order of codes.

    A region without any below it is told by its grids.
    """
    below = list(regions().filter(parent=top).order_by("path"))
    return _by_region(top, since, below) if below else _by_grid(top, since)


def _by_region(top: Region, since: datetime, below: list[Region]) -> list[Tally]:
    counts = list(_counted(_told(top, since), "region__path"))
    return [
        Tally(
            each.name,
            each.code,
            sum(count for path, count, _answered in counts if path.startswith(each.path)),
            sum(answered for path, _count, answered in counts if path.startswith(each.path)),
            each.outline,
        )
        for each in below
    ]


def _by_grid(top: Region, since: datetime) -> list[Tally]:
    counts = {key: (count, answered) for key, count, answered in _counted(_told(top, since), "grid")}
    return [
        Tally(each.name, each.code, *counts.get(each.pk, (0, 0)), each.outline, is_grid=True)
        for each in grids_in(top).order_by("code")
    ]


def _counted(rows: QuerySet[Matter], *by: str) -> QuerySet[Matter, tuple[Any, ...]]:
    """``(*values, count, answered)`` for each value of some columns."""
    counted = rows.order_by().values_list(*by)
    return counted.annotate(count=Count("pk"), answered=Count("pk", filter=Q(state__in=_OVER)))


def in_time(top: Region, since: datetime, at: datetime) -> InTime:
    """Of what was brought in since a moment and whose final deadline has come: how much was in time.

    What was answered early counts as due, so that haste is not punished.
    """
    clocks = Deadline.objects.filter(matter__in=_told(top, since).values("pk"), clock=Clock.FINISH)
    counted = clocks.filter(Q(due_at__lte=at) | Q(met_at__lte=at)).aggregate(
        due=Count("pk"), in_time=Count("pk", filter=Q(met_at__lte=F("due_at")))
    )
    return InTime(counted["due"], counted["in_time"])
