"""What others have brought in at about the same place, about the same thing, lately."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.borders import across
from gongzhi.governance.matters.models import Kind, Matter, State
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.rules import NEAR, facts_of, known

__all__ = ["across", "alike", "how_many_alike"]

_METRES_PER_DEGREE = 111_320
_MOST = 20


def alike(by: Any, matter: Matter, at: datetime) -> list[Matter]:
    """Open matters that the actor may read and that a matter might be one with, the nearest first."""
    found = _near(
        matters(by), matter.region, facts_of(matter), matter.category.code, matter.lon, matter.lat, at
    )
    rows = found.exclude(pk=matter.pk).select_related("category", "region", "lead").order_by("-opened_at")
    kept = [row for row in rows[: 5 * _MOST] if _metres(row, matter.lon, matter.lat) <= _reach(matter, at)]
    return sorted(kept, key=lambda row: _metres(row, matter.lon, matter.lat))[:_MOST]


def how_many_alike(
    region: Region, kind: str, category: str, lon: float | None, lat: float | None, at: datetime
) -> int:
    """How many open matters, whoever brought them in, something new might be one with."""
    told = {"kind": kind, "category": category, "channel": "", "urgency": "ordinary"}
    decided = known(NEAR, region, told, at)
    if decided is None or lon is None or lat is None:
        return 0
    rows = _near(Matter.objects.exclude(kind=Kind.REPORT), region, told, category, lon, lat, at)
    limit = decided.value["alike_metres"]
    return sum(_metres(row, lon, lat) <= limit for row in rows.only("lon", "lat")[: 5 * _MOST])


def _reach(matter: Matter, at: datetime) -> float:
    decided = known(NEAR, matter.region, facts_of(matter), at)
    return 0 if decided is None else decided.value["alike_metres"]


def _near(
    rows: QuerySet[Matter], region: Region, told: dict[str, Any], category: str,
    lon: float | None, lat: float | None, at: datetime,
) -> QuerySet[Matter]:  # fmt: skip
    decided = known(NEAR, region, told, at)
    if decided is None or lon is None or lat is None:
        return rows.none()
    up = decided.value["alike_metres"] / _METRES_PER_DEGREE
    aside = up / max(math.cos(math.radians(lat)), 0.01)
    inside = Q(lat__range=(lat - up, lat + up), lon__range=(lon - aside, lon + aside))
    since = at - timedelta(days=decided.value["alike_days"])
    open_ones = rows.filter(state__in=(State.OPEN, State.DISPATCHED), sealed=False, opened_at__gte=since)
    return open_ones.filter(inside, category__code=category)


def _metres(row: Matter, lon: float | None, lat: float | None) -> float:
    if row.lon is None or row.lat is None or lon is None or lat is None:
        return math.inf
    aside = (row.lon - lon) * math.cos(math.radians(lat))
    return math.hypot(aside, row.lat - lat) * _METRES_PER_DEGREE
