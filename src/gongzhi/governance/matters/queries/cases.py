"""Matters of a period as the facts that rules read, counted: what a rule is tried on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.models import Matter, Submission

Cases = list[tuple[dict[str, str], int]]


def cases(by: Any, paths: Iterable[str], since: datetime, until: datetime) -> Cases:
    """How many submissions there were with each kind, category and channel, in regions at or below paths.

    Only matters that the actor reaches count; what was imported counts as what was done here.
    """
    rows = _filed(by, paths).filter(filed_at__gte=since, filed_at__lt=until)
    counted = rows.values("kind", "channel", "category__code").annotate(count=Count("pk")).order_by()
    return [
        ({"kind": row["kind"], "category": row["category__code"], "channel": row["channel"]}, row["count"])
        for row in counted
    ]


def newest(by: Any, paths: Iterable[str]) -> datetime | None:
    """When the last submission came in that `cases` would count."""
    found: datetime | None = _filed(by, paths).aggregate(last=Max("filed_at"))["last"]
    return found


def mapped(told: Cases, categories: Mapping[str, str]) -> tuple[Cases, Counter[str]]:
    """Cases of one place under the categories of another, and those left out, by the category they had.

    ``categories`` says which category of the other place each one is.
    """
    kept: Cases = []
    left: Counter[str] = Counter()
    for facts, count in told:
        if facts["category"] in categories:
            kept.append(({**facts, "category": categories[facts["category"]]}, count))
        else:
            left[facts["category"]] += count
    return kept, left


def _filed(by: Any, paths: Iterable[str]) -> QuerySet[Submission]:
    inside = Q()
    for path in paths:
        inside |= Q(region__path__startswith=path)
    reached = Matter.objects.filter(reach(by, "matter.read", Matter)).values("pk")
    return Submission.objects.filter(inside, matter__in=reached)
