"""Lists of work: what binds whoever reads, what waits for others, what is still to be sent or closed.

Every list is narrowed by reach, ordered by what binds first, and read in pages by cursor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, JSONObject

from gongzhi.foundation.ledger.reach import NOTHING, alternatives
from gongzhi.foundation.parties.reach import may, reach
from gongzhi.foundation.regions.queries import Level, Region, regions
from gongzhi.foundation.rulebooks.queries import Version
from gongzhi.governance.matters.models import (
    CallBack,
    Category,
    Clock,
    Deadline,
    Handover,
    Matter,
    Opinion,
    Part,
    Reply,
    Role,
    State,
    Step,
)
from gongzhi.governance.matters.queries.nested import Parsed
from gongzhi.governance.matters.queries.paging import Order, Page, Sought, paged
from gongzhi.governance.matters.queries.roster import OnDuty, duty_column, on_duty
from gongzhi.governance.matters.queries.said import is_indexed, is_number, keys_of, said, says
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.queries.urgent import waiting_column

#: What is read beside a matter of a list.
_SHOWN = ("category", "region", "lead__region", "first_receiver")
#: A matter in one of these states is somebody's work.
WORKING = (State.OPEN, State.DISPATCHED, State.ANSWERED)
UNANSWERED = (State.OPEN, State.DISPATCHED)
DAYS_SHOWN_AHEAD = 7


class Tab(StrEnum):
    """The lists of a desk."""

    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    OFFERED = "offered"
    RETURNED = "returned"
    SUPPORTS = "supports"
    DECIDE = "decide"
    VERIFY = "verify"
    CALL_BACK = "call-back"
    WAITING = "waiting"
    DISPATCH = "dispatch"
    CLOSE = "close"
    ALL = "all"


@dataclass(frozen=True)
class Narrowing:
    """What a list is narrowed to, as the address says it; codes, never keys."""

    words: str = ""
    state: str = ""
    category: str = ""
    region: str = ""
    lead: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class Span:
    """The moments between which a list's days lie, in the reader's zone."""

    at: datetime
    tomorrow: datetime
    ahead: datetime


def days_from(at: datetime, zone: str) -> Span:
    """Today's end, and the end of the days that "this week" shows, in a zone."""
    here = at.astimezone(ZoneInfo(zone) if zone else UTC)

    def midnight(days: int) -> datetime:
        return datetime.combine(here.date() + timedelta(days=days), time(), here.tzinfo)

    return Span(at, midnight(1), midnight(DAYS_SHOWN_AHEAD + 1))


def tabs(by: Any) -> list[Tab]:
    """The lists that make sense for an actor."""
    return [tab for tab in Tab if tab not in _NEEDS or any(may(by, verb) for verb in _NEEDS[tab])]


#: The lists that make sense only for whoever has one of these grants.
_NEEDS = {
    Tab.OFFERED: ("matter.accept",),
    Tab.RETURNED: ("matter.hand_over", "matter.dispatch"),
    Tab.SUPPORTS: ("matter.report",),
    Tab.DECIDE: ("matter.designate", "matter.opine"),
    Tab.VERIFY: ("matter.verify",),
    Tab.CALL_BACK: ("matter.call_back",),
    Tab.DISPATCH: ("matter.dispatch",),
    Tab.CLOSE: ("matter.close",),
}


def _ours(by: Any) -> Q:
    """Matters that wait for one of the actor's own organisations: as their lead, or by a clock it holds."""
    bodies = list(by.organisations)
    if not bodies:
        return NOTHING
    led = Q(state=State.DISPATCHED, lead__in=bodies) | Q(state=State.OPEN, first_receiver__in=bodies)
    return led | Q(pk__in=_running().filter(holder__in=bodies).values("matter"))


def _running() -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, paused_at=None)


def _asked(by: Any, tab: Tab) -> Q:
    """What one of the actor's own organisations is asked to say."""
    bodies = list(by.organisations)
    if tab is Tab.OFFERED:
        offers = Handover.objects.filter(step=Step.OFFERED, asked__in=bodies)
        sent = Q(state=State.DISPATCHED, lead__in=bodies) & ~Q(answering=F("lead"))
        return Q(pk__in=offers.values("matter")) | sent
    if tab is Tab.RETURNED:
        return Q(pk__in=Handover.objects.filter(step=Step.RETURNED, giver__in=bodies).values("matter"))
    if tab is Tab.SUPPORTS:
        owed = Part.objects.filter(role=Role.SUPPORT, organisation__in=bodies, reported_at=None)
        return Q(pk__in=owed.filter(released_at=None).values("matter"))
    decides = Handover.objects.filter(step__in=(Step.ARBITRATION, Step.CONFERENCE), arbiter__in=bodies)
    opinions = Opinion.objects.filter(superior__in=bodies, at=None, handover__step=Step.SUPERIORS)
    return Q(pk__in=decides.values("matter")) | Q(pk__in=opinions.values("handover__matter"))


def _to_verify() -> Q:
    return Q(state=State.ANSWERED, pk__in=_running().filter(clock=Clock.VERIFY).values("matter"))


def _to_call_back() -> Q:
    waiting = CallBack.objects.filter(reply=Reply.WAITING)
    return Q(state=State.ANSWERED, pk__in=waiting.values("matter"))


def _in_tab(by: Any, tab: Tab, span: Span) -> Q:
    """What belongs to a list, among what the actor may read; needs ``binds_at`` (`_bound`)."""
    if tab is Tab.TODAY:
        return _ours(by) & Q(binds_at__lt=span.tomorrow)
    if tab is Tab.WEEK:
        return _ours(by) & Q(binds_at__gte=span.tomorrow, binds_at__lt=span.ahead)
    if tab is Tab.LATER:
        return _ours(by) & (Q(binds_at__gte=span.ahead) | Q(binds_at=None))
    if tab in (Tab.OFFERED, Tab.RETURNED, Tab.SUPPORTS, Tab.DECIDE):
        return _asked(by, tab)
    if tab is Tab.VERIFY:
        return _to_verify() & reach(by, "matter.verify", Matter) & ~Q(answered_by=by.id)
    if tab is Tab.CALL_BACK:
        return _to_call_back() & reach(by, "matter.call_back", Matter)
    if tab is Tab.WAITING:
        return Q(state=State.DISPATCHED) & ~Q(lead__in=list(by.organisations))
    if tab is Tab.DISPATCH:
        return Q(state=State.OPEN) & reach(by, "matter.dispatch", Matter)
    if tab is Tab.CLOSE:
        ready = Q(state=State.ANSWERED) & ~_to_verify() & ~_to_call_back()
        return ready & reach(by, "matter.close", Matter)
    return Q()


def _bound(by: Any, rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """Matters with ``binds_at``: when the first running clock ends that the actor's own bodies hold.

    Without such a clock it is the first of all, be it only of the contact; what stands still binds nobody.
    """
    running = _running().filter(matter=OuterRef("pk")).order_by("due_at")
    held = running.filter(holder__in=list(by.organisations))
    first = [Subquery(each.values("due_at")[:1]) for each in (held, running)]
    return rows.annotate(binds_at=Case(When(stopped="", then=Coalesce(*first, "due_at")), default=None))


@dataclass(frozen=True)
class Counted:
    """How many matters each list holds, as what the actor is on duty, and which reports wait for them."""

    lists: dict[Tab, int] = field(default_factory=dict)
    on_duty: list[OnDuty] = field(default_factory=list)
    urgent_waiting: int = 0


def counted(by: Any, span: Span) -> Counted:
    """What one's work begins with, in one query; all that was ever handled is not counted."""
    lists = [tab for tab in tabs(by) if tab is not Tab.ALL]
    rows = _bound(by, matters(by).filter(state__in=WORKING))
    every = {tab.value: Count("pk", filter=_in_tab(by, tab, span)) for tab in lists}
    columns = {"duty": duty_column(by, span.at), "urgent": waiting_column(by)}
    beside = {  # a column of its own stands beside counts only where it hangs on one
        name: Case(When(Q(whole__gte=0), then=column))
        for name, column in columns.items()
        if column is not None
    }
    found = rows.aggregate(**every, whole=Count("pk"), **beside)
    return Counted(
        {tab: found[tab.value] for tab in lists},
        on_duty(by, span.at, found.get("duty")),
        found.get("urgent") or 0,
    )


def work(by: Any, tab: Tab, narrowing: Narrowing, span: Span) -> QuerySet[Matter]:
    """The matters of a list, narrowed, in its order."""
    rows = _narrowed(matters(by), by, tab, narrowing, span)
    if narrowing.words.strip():
        rows = rows.filter(said(by, narrowing.words))
    return rows.select_related(*_SHOWN).order_by(*_ORDERS[tab].columns)


def _narrowed(rows: QuerySet[Matter], by: Any, tab: Tab, told: Narrowing, span: Span) -> QuerySet[Matter]:
    """What fits everything that a list is narrowed to but the words."""
    rows = rows.filter(archived_at=None)
    if tab is not Tab.ALL:
        rows = _bound(by, rows.filter(state__in=WORKING)).filter(_in_tab(by, tab, span))
    if told.state:
        rows = rows.filter(state=told.state)
    if told.category:
        rows = rows.filter(category__code=told.category)
    if told.region:
        rows = rows.filter(region__path__contains=f"/{told.region}/")
    if told.lead:
        rows = rows.filter(lead__code=told.lead)
    if told.overdue:
        rows = rows.filter(state__in=UNANSWERED, due_at__lt=span.at)
    return rows


# -- pages -------------------------------------------------------------------------------------------


_BY_DUE = Order("binds_at")
_ORDERS = dict.fromkeys(Tab, _BY_DUE) | {
    Tab.CLOSE: Order("answered_at"),
    Tab.ALL: Order("opened_at", descending=True, always=True),
}


def page(by: Any, tab: Tab, narrowing: Narrowing, span: Span, cursor: str = "", *, size: int = 50) -> Page:
    """One page of a list; ``cursor`` is one that an earlier page gave."""
    if not narrowing.words.strip() or not is_indexed():
        return paged(work(by, tab, narrowing, span), _ORDERS[tab], cursor, size)
    rows = _narrowed(matters(by), by, tab, narrowing, span).select_related(*_SHOWN)
    if is_number(narrowing.words):
        return paged(rows.filter(pk__in=keys_of(by, narrowing.words)), _ORDERS[tab], cursor, size)
    every = _narrowed(Matter.objects.all(), by, tab, narrowing, span)
    sought = Sought(
        [every.filter(way) for way in alternatives(reach(by, "matter.read", Matter))],
        says(by, narrowing.words),
        keys_of(by, narrowing.words),
    )
    return paged(rows, _ORDERS[tab], cursor, size, sought)


def page_by_opening(rows: QuerySet[Matter], cursor: str = "", *, size: int = 50) -> Page:
    """One page of any matters, the newest first."""
    order = _ORDERS[Tab.ALL]
    return paged(rows.order_by(*order.columns), order, cursor, size)


# -- what binds --------------------------------------------------------------------------------------


def binding(rows: Iterable[Matter], by: Any = None) -> dict[UUID, Deadline]:
    """Of each matter the running clock that ends first, with the rule that set it.

    A clock that the actor's own bodies hold goes before all that others hold.
    """
    ours = by.organisations if by is not None else ()
    first: dict[UUID, Deadline] = {}
    running = _running().filter(matter__in=[row.pk for row in rows]).select_related("holder")
    in_order = with_rules(running).order_by("due_at", "pk")
    for each in sorted(in_order, key=lambda one: one.holder_id not in ours):
        first.setdefault(each.matter_id, each)
    return first


def with_rules(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Deadlines with ``cited``: whose rule it is, on what, in which version; None where no rule set them.

    Two authorities may have enacted the same table; the one whose region the matter lies in is meant.
    """
    versions = (
        Version.objects.annotate(where=ExpressionWrapper(OuterRef("matter__region__path"), CharField()))
        .filter(digest=OuterRef("rule"), where__startswith=F("rule__rule_set__region__path"))
        .order_by("-rule__rule_set__region__path", "number")
    )
    told = JSONObject(
        subject="rule__subject",
        number="number",
        region=Parsed("rule__rule_set__region__name"),
        code=F("rule__rule_set__region__code"),
    )
    return rows.annotate(cited=Subquery(versions.values(told=told)[:1]))


def categories_at_work(by: Any) -> list[Category]:
    """The categories in use where the actor's posts reach, one for each code."""
    found = Q()
    for held in by.held:
        for path in held.scope.paths:
            codes = path.strip("/").split("/")
            found |= Q(region__path__startswith=path) | Q(region__code__in=codes)
    rows = Category.objects.filter(found, retired=None).order_by("order", "code") if found else ()
    return list({row.code: row for row in rows}.values())


def regions_taking_in(by: Any) -> QuerySet[Region]:
    """The regions for which the actor may take things in, down to towns, in the order of the tree."""
    levels = [level for level in Level if level not in (Level.STATE, Level.PROVINCE, Level.VILLAGE)]
    found = within_reach(by, "submission.file")
    return found.filter(level__in=levels).order_by("path")


def within_reach(by: Any, verb: str) -> QuerySet[Region]:
    """The regions that the actor reaches with a verb."""
    return regions().filter(reach(by, verb, Region))
