"""Who holds what: of each body what it leads, what of that is overdue, what it returned and what it owes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.models import Handover, Matter, Part, Role, State, Step

#: Returns are counted over so many days.
COUNTED = timedelta(days=30)


@dataclass(frozen=True)
class Holding:
    """One body: matters that it leads and are unanswered, those overdue, and what else waits for it."""

    body: Organisation
    open: int = 0
    overdue: int = 0
    offered: int = 0
    returned: int = 0
    owed: int = 0
    owed_late: int = 0


def who_holds_what(by: Any, at: datetime) -> list[Holding]:
    """Every body with anything in hand that the actor may read; who has most that is overdue comes first."""
    counted: dict[UUID, dict[str, int]] = {}

    def add(rows: Iterable[dict[str, Any]], body: str, *columns: str) -> None:
        for row in rows:
            told = counted.setdefault(row[body], {})
            for column in columns:
                told[column] = row[column]

    add(_led(by, at), "lead", "open", "overdue")
    add(_asked(by, at), "asked", "offered", "returned")
    add(_owed(by, at), "organisation", "owed", "owed_late")
    bodies = Organisation.objects.filter(pk__in=counted).select_related("region").defer("region__outline")
    found = [Holding(body, **counted[body.pk]) for body in bodies]
    return sorted(found, key=lambda each: (-each.overdue - each.owed_late, -each.open, each.body.code))


def _led(by: Any, at: datetime) -> Any:
    rows = Matter.objects.filter(reach(by, "matter.read", Matter), state=State.DISPATCHED)
    overdue = Count("pk", filter=Q(due_at__lt=at))
    return rows.values("lead").annotate(open=Count("pk"), overdue=overdue).order_by()


def _asked(by: Any, at: datetime) -> Any:
    rows = Handover.objects.filter(reach(by, "matter.read", Handover))
    rows = rows.filter(Q(step=Step.OFFERED) | Q(returned_at__gte=at - COUNTED))
    return (
        rows.values("asked")
        .annotate(
            offered=Count("pk", filter=Q(step=Step.OFFERED)),
            returned=Count("pk", filter=Q(returned_at__gte=at - COUNTED)),
        )
        .order_by()
    )


def _owed(by: Any, at: datetime) -> Any:
    rows = Part.objects.filter(
        Q(matter__in=Matter.objects.filter(reach(by, "matter.read", Matter))),
        role=Role.SUPPORT,
        reported_at=None,
        released_at=None,
    )
    return (
        rows.values("organisation")
        .annotate(owed=Count("pk"), owed_late=Count("pk", filter=Q(due_at__lt=at, matter__stopped="")))
        .order_by()
    )
