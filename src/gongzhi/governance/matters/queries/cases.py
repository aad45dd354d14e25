"""Matters of a period as the facts that rules read, counted: what a rule is tried on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.models import Matter, Submission


def cases(
    by: Any, paths: Iterable[str], since: datetime, until: datetime
) -> list[tuple[dict[str, str], int]]:
    """How many submissions there were with each kind, category and channel, in regions at or below paths.

    Only matters that the actor reaches count; what was imported counts as what was done here.
    """
    inside = Q()
    for path in paths:
        inside |= Q(region__path__startswith=path)
    reached = Matter.objects.filter(reach(by, "matter.read", Matter)).values("pk")
    rows = Submission.objects.filter(inside, matter__in=reached, filed_at__gte=since, filed_at__lt=until)
    counted = rows.values("kind", "channel", "category__code").annotate(count=Count("pk")).order_by()
    return [
        ({"kind": row["kind"], "category": row["category__code"], "channel": row["channel"]}, row["count"])
        for row in counted
    ]
