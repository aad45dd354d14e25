"""Public lists: what stands unresolved, and who answers how well. Never a person, never a sealed matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q

from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.regions.queries import Level, Region, ancestors
from gongzhi.governance.matters.models import Clock, Deadline, Kind, Matter, Pause, Plea, Rating, Stop
from gongzhi.governance.matters.queries.public import FEWEST_FOR_SHARE

_MOST = 200


@dataclass(frozen=True)
class Unresolved:
    """A matter that cannot be done for now: its category, the town, since and until when, and why."""

    category: dict[str, str]
    town: dict[str, str]
    body: dict[str, str]
    since: datetime
    until: datetime | None
    reason: str
    basis: str


def unresolved(top: Region) -> list[Unresolved]:
    """What is shelved in a region and below, the longest first; the place is told to the town."""
    rows = Pause.objects.filter(
        kind=Stop.SHELVED, ended_at=None, matter__sealed=False, matter__region__path__startswith=top.path
    ).exclude(matter__kind=Kind.REPORT)
    found = rows.select_related("matter__category", "matter__region", "matter__lead").order_by("since")[
        :_MOST
    ]
    return [
        Unresolved(
            each.matter.category.name,
            town_of(each.matter.region),
            each.matter.lead.name if each.matter.lead is not None else {},
            each.since,
            each.until,
            each.reason,
            each.basis,
        )
        for each in found
    ]


def town_of(region: Region) -> dict[str, str]:
    """The town in which a region lies; nothing smaller is told."""
    if region.level != Level.VILLAGE:
        return region.name
    return next((each.name for each in ancestors(region) if each.level != Level.VILLAGE), region.name)


@dataclass(frozen=True)
class Share:
    """So many of so many; in percent only where there are enough to say."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share; None where there are too few."""
        return 100 * self.count / self.of if self.of >= FEWEST_FOR_SHARE else None


@dataclass(frozen=True)
class Answering:
    """How well one body answers: handled, in time, resolved and satisfied as people rated it."""

    code: str
    name: dict[str, str]
    region: dict[str, str]
    phone: str
    led: int
    in_time: Share
    resolved: Share
    satisfied: Share
    mark: float | None


def who_answers(top: Region, since: datetime, at: datetime) -> list[Answering]:
    """The bodies that led matters in a region since a moment, and their rates, those with most first.

    In three queries, however many there are. What a plea left out does not count; history does not either.
    """
    rows = Matter.objects.filter(
        region__path__startswith=top.path, opened_at__gte=since, sealed=False, lead__isnull=False
    ).exclude(kind=Kind.REPORT)
    rows = rows.exclude(origin=Origin.IMPORTED)
    led = {
        code: (name, region, phone, n)
        for code, name, region, phone, n in rows.order_by()
        .values_list("lead__code", "lead__name", "lead__region__name", "lead__phone")
        .annotate(n=Count("pk"))
    }
    due = _due(rows, at)
    rated = dict(_rated(rows))
    found = []
    for code, (name, region, phone, n) in led.items():
        n_rated, resolved, satisfied, mark = rated.get(code, (0, 0, 0, None))
        found.append(
            Answering(
                code, name, region, phone, n, Share(*due.get(code, (0, 0))), Share(resolved, n_rated),
                Share(satisfied, n_rated), mark if n_rated >= FEWEST_FOR_SHARE else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-each.led, each.code))


def _due(rows: Any, at: datetime) -> dict[str, tuple[int, int]]:
    clocks = Deadline.objects.filter(matter__in=rows.values("pk"), clock=Clock.FINISH, void=False)
    counted = (
        clocks.filter(Q(due_at__lte=at) | Q(met_at__lte=at)).order_by().values_list("matter__lead__code")
    )
    told = counted.annotate(due=Count("pk"), kept=Count("pk", filter=Q(met_at__lte=F("due_at"))))
    return {code: (kept, due) for code, due, kept in told}


def _rated(rows: Any) -> Iterator[tuple[str, tuple[int, int, int, float | None]]]:
    ratings = Rating.objects.filter(matter__in=rows.values("pk"), rated__isnull=False, resolved__isnull=False)
    counted = ratings.exclude(plea=Plea.GRANTED).order_by().values_list("rated__code")
    for code, n, resolved, satisfied, mark in counted.annotate(
        n=Count("pk"),
        good=Count("pk", filter=Q(resolved=True)),
        content=Count("pk", filter=Q(satisfied__gte=4)),
        mark=Avg("satisfied"),
    ):
        yield code, (n, resolved, satisfied, mark)
