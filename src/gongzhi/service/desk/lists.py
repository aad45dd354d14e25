"""The lists of a desk as a page shows them: tabs with counts, one line for each matter, filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import Clock, Deadline, Matter, Narrowing, Span, State, Tab
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.words import CLOCKS, deadline_of, short_rule_of, state_of

TITLES = {
    Tab.TODAY: gettext_lazy("Binds today"),
    Tab.WEEK: gettext_lazy("This week"),
    Tab.LATER: gettext_lazy("Later"),
    Tab.OFFERED: gettext_lazy("Offered to me"),
    Tab.RETURNED: gettext_lazy("Returned to me"),
    Tab.SUPPORTS: gettext_lazy("Supports due"),
    Tab.DECIDE: gettext_lazy("To decide who leads"),
    Tab.VERIFY: gettext_lazy("To verify"),
    Tab.CALL_BACK: gettext_lazy("To call back"),
    Tab.WAITING: gettext_lazy("Waiting for others"),
    Tab.DISPATCH: gettext_lazy("To dispatch"),
    Tab.CLOSE: gettext_lazy("Answered, to close"),
    Tab.ALL: gettext_lazy("All"),
}
_NOTHING = {
    Tab.TODAY: gettext_lazy("Nothing binds you today."),
    Tab.WEEK: gettext_lazy("Nothing binds you in the coming seven days."),
    Tab.LATER: gettext_lazy("Nothing is due later, and nothing is without a deadline."),
    Tab.OFFERED: gettext_lazy("Nothing waits for you to take it over."),
    Tab.RETURNED: gettext_lazy("Nobody has returned anything to you."),
    Tab.SUPPORTS: gettext_lazy("You owe nobody a report on your part."),
    Tab.DECIDE: gettext_lazy("No question of who leads waits for you."),
    Tab.VERIFY: gettext_lazy("Nothing waits to be verified."),
    Tab.CALL_BACK: gettext_lazy("Nobody waits to be called back."),
    Tab.WAITING: gettext_lazy("You are waiting for nobody."),
    Tab.DISPATCH: gettext_lazy("Everything has been sent to a handling body."),
    Tab.CLOSE: gettext_lazy("Nothing answered is waiting to be closed."),
    Tab.ALL: gettext_lazy("Nothing has come in yet."),
}

#: The lists that have a tab only while something is in them.
_WHILE_FULL = {
    Tab.LATER, Tab.OFFERED, Tab.RETURNED, Tab.SUPPORTS, Tab.DECIDE, Tab.VERIFY, Tab.CALL_BACK,
}  # fmt: skip

#: A list without filters.
WHOLE = Narrowing()


@dataclass(frozen=True)
class TabLink:
    """One list: its title, how many matters it holds, and where it is."""

    tab: Tab
    title: str
    count: int | None
    url: str
    is_current: bool


@dataclass(frozen=True)
class Line:
    """One matter in a list: what binds it, what it is, who is waited for."""

    matter: Matter
    title: str
    url: str
    state: parts.State
    word: str
    since: datetime | None
    deadline: parts.Deadline | None
    clock: str
    rule: str
    waits_for: str
    undecided: str
    role: str


def tab_of(told: str, counts: Mapping[Tab, int]) -> Tab:
    """The list that an address names; without one the first that holds anything."""
    if told:
        return Tab(told)
    first = (Tab.TODAY, Tab.DISPATCH, Tab.VERIFY, Tab.CALL_BACK, Tab.WEEK, Tab.CLOSE, Tab.WAITING)
    return next((tab for tab in first if counts.get(tab)), Tab.TODAY)


def narrowing_of(told: QueryDict) -> Narrowing:
    """What an address narrows a list to."""
    state = told.get("state", "")
    return Narrowing(
        words=told.get("words", "")[:200],
        state=state if state in State.values else "",
        category=told.get("category", "")[:60],
        region=told.get("region", "")[:30],
        lead=told.get("lead", "")[:60],
        overdue=state == "overdue",
    )


def address(tab: Tab, narrowing: Narrowing = WHOLE, view: str = "list", **more: str) -> str:
    """The address of a list, as it can be sent to a colleague."""
    every = {
        "words": narrowing.words,
        "state": "overdue" if narrowing.overdue else narrowing.state,
        "category": narrowing.category,
        "region": narrowing.region,
        "lead": narrowing.lead,
        **more,
    }
    said = urlencode({key: value for key, value in every.items() if value})
    where = reverse(f"desk:{view}", args=[tab.value])
    return f"{where}?{said}" if said else where


def tab_links(counts: Mapping[Tab, int], current: Tab, available: Iterable[Tab]) -> list[TabLink]:
    """The tabs; some only while something is there."""
    return [
        TabLink(tab, str(TITLES[tab]), counts.get(tab), address(tab), tab is current)
        for tab in available
        if tab not in _WHILE_FULL or counts.get(tab) or tab is current
    ]


def filters(by: Any, tab: Tab, narrowing: Narrowing) -> list[parts.Filter]:
    """The ways to narrow a list."""
    categories = queries.categories_at_work(by)
    options = [parts.Option(c.code, name_of(c.name)) for c in categories]
    states = [parts.Option(state.value, str(state.label)) for state in State]
    states.insert(0, parts.Option("overdue", _("overdue")))
    state = "overdue" if narrowing.overdue else narrowing.state
    found = [
        parts.Filter("words", _("Number or words"), value=narrowing.words, kind="text"),
        parts.Filter("category", _("Category"), options, narrowing.category),
    ]
    return [*found, parts.Filter("state", _("State"), states, state)] if tab is Tab.ALL else found


def lines(by: Any, rows: list[Matter], span: Span) -> list[Line]:
    """The matters of a page, each with what binds it."""
    binding = queries.binding(rows, by)
    return [_line(by, row, binding.get(row.pk), span) for row in rows]


def _line(by: Any, row: Matter, deadline: Deadline | None, span: Span) -> Line:
    ours: frozenset[UUID] = by.organisations
    is_open = row.state == State.OPEN
    waits = _waited_for(row, deadline, ours)
    zone = row.region.zone
    return Line(
        row,
        row.title or name_of(row.category.name),
        reverse("desk:matter", args=[row.pk]),
        state_of(row, span.at),
        str(State(row.state).label),
        row.closed_at or row.answered_at or row.opened_at,
        deadline_of(deadline, zone, span.at) if deadline else None,
        str(CLOCKS[Clock(deadline.clock)]) if deadline and deadline.clock != Clock.FINISH else "",
        short_rule_of(deadline) if deadline else "",
        waits,
        row.undecided if is_open else "",
        _role(row, ours),
    )


def _waited_for(row: Matter, deadline: Deadline | None, ours: frozenset[UUID]) -> str:
    """Who is waited for, if it is not the reader: whoever holds the clock, or the lead."""
    if deadline is not None and deadline.holder is not None:
        return "" if deadline.holder_id in ours else name_of(deadline.holder.name)
    waits = row.lead is not None and row.lead_id not in ours and row.state == State.DISPATCHED
    return name_of(row.lead.name) if waits and row.lead else ""


def _role(row: Matter, ours: frozenset[UUID]) -> str:
    """The part that the reader's body has; that of any other is told by the clock that it holds."""
    if row.lead_id in ours:
        return _("lead")
    if row.first_receiver_id in ours:
        return _("first receiver")
    return ""


def empty(tab: Tab, narrowing: Narrowing, counts: Mapping[Tab, int]) -> parts.Empty:
    """Why a list is empty, and where something is instead."""
    if narrowing != WHOLE:
        return parts.Empty(_("Nothing here fits these filters."), "", address(tab), _("Show without filters"))
    other = next((each for each in counts if counts[each] and each is not tab), None)
    if other is None:
        return parts.Empty(str(_NOTHING[tab]), _("What comes in for you appears here by itself."))
    text = _("%(list)s: %(count)d") % {"list": TITLES[other], "count": counts[other]}
    return parts.Empty(str(_NOTHING[tab]), text, address(other), _("Show these"))
