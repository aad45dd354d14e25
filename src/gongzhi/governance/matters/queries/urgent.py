"""Urgent reports: those that a body wrote, and those that were written to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject

from gongzhi.foundation.ledger.queries import Told, entries_on
from gongzhi.foundation.parties.queries import Appointment
from gongzhi.foundation.parties.reach import audience_columns, audiences_of, may, reach, reaches
from gongzhi.governance.matters.models import Matter, Urgent
from gongzhi.governance.matters.queries.joint import JSONList
from gongzhi.governance.matters.queries.nested import Parsed

#: What somebody may do with an urgent report.
URGENT_VERBS = (
    "urgent.report_further", "urgent.report_finally", "urgent.acknowledge", "urgent.instruct",
)  # fmt: skip


def urgents(by: Any) -> QuerySet[Urgent]:
    """The urgent reports that the actor reads."""
    rows = Urgent.objects.filter(reach(by, "urgent.read", Urgent))
    return rows.select_related("body__region", "superior", "region")


def urgent_list(by: Any) -> QuerySet[Urgent]:
    """The urgent reports that the actor reads: what is not acknowledged, what goes on, then the newest."""
    waits, goes_on = Q(acknowledged_at=None), Q(final_at=None)
    rows = urgents(by).alias(waits=ExpressionWrapper(waits, BooleanField()))
    rows = rows.alias(goes_on=ExpressionWrapper(goes_on, BooleanField()))
    return rows.order_by("-waits", "-goes_on", "-first_at", "-pk")


@dataclass(frozen=True)
class UrgentAtDesk:
    """An urgent report that was reached, and with which verbs."""

    urgent: Urgent
    may: frozenset[str]
    audiences: tuple[str, ...] = field(default=())


def urgent_at_desk(by: Any, key: UUID) -> UrgentAtDesk | None:
    """An urgent report that the actor reads, with all that reach says about it, in one query."""
    asked = {f"may_{n}": reaches(by, verb, Urgent) for n, verb in enumerate(URGENT_VERBS)}
    matter = Matter.objects.filter(reach(by, "matter.read", Matter), pk=OuterRef("matter"))
    row = (
        urgents(by)
        .annotate(
            **asked,
            **audience_columns(by, "urgent.read", Urgent),
            told_matter=Subquery(matter.values("number")[:1]),
        )
        .filter(pk=key)
        .first()
    )
    if row is None:
        return None
    verbs = frozenset(verb for n, verb in enumerate(URGENT_VERBS) if getattr(row, f"may_{n}"))
    return UrgentAtDesk(row, verbs, audiences_of(by, row.__dict__))


def urgent_story(desk: UrgentAtDesk) -> list[Told]:
    """The reports on an urgent affair and what came of them, each with whose post wrote it."""
    posts = Appointment.objects.filter(pk=OuterRef("appointment"))
    named = JSONObject(organisation=Parsed("post__organisation__name"), title=Parsed("post__title"))
    beside = {"post": Subquery(posts.values(named=named)[:1])}
    return entries_on([desk.urgent.pk], desk.audiences, beside=beside)


def of_matter(by: Any) -> Subquery:
    """What to read beside a matter: the urgent reports on it that the actor reads, as one JSON list."""
    rows = Urgent.objects.filter(reach(by, "urgent.read", Urgent), matter=OuterRef("pk"))
    told = JSONObject(id="pk", body=Parsed("body__name"), superior=Parsed("superior__name"))
    return Subquery(rows.order_by().values("matter").annotate(list=JSONList(told)).values("list"))


def waiting_column(by: Any) -> Combinable | None:
    """What to read beside other counts: how many urgent reports wait for the actor to acknowledge them."""
    if not may(by, "urgent.acknowledge"):
        return None
    rows = Urgent.objects.filter(superior__in=list(by.organisations), acknowledged_at=None)
    counted = rows.order_by().annotate(every=Value(1)).values("every").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
