"""The coordinator's board and the director's view, as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import Card, Column, Stack
from gongzhi.service.design.parts import Rule, name_of
from gongzhi.service.design.skipping import pager, skip_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import function_name
from gongzhi.service.desk.matter_page.conversation import next_of
from gongzhi.service.desk.words import deadline_of

TITLES = {
    Column.OFFERED: gettext_lazy("Offered"),
    Column.RETURNED: gettext_lazy("Returned"),
    Column.ARBITRATE: gettext_lazy("To arbitrate"),
    Column.BOUND: gettext_lazy("Bound"),
}
_NOTHING = {
    Column.OFFERED: gettext_lazy("Nothing waits to be taken over."),
    Column.RETURNED: gettext_lazy("Nothing has been returned."),
    Column.ARBITRATE: gettext_lazy("No question waits for an arbiter, a conference or the superiors."),
    Column.BOUND: gettext_lazy("Nobody was designated in the last 30 days."),
}
#: So many cards of a column stand beside the others, and so many on a page of their own.
BESIDE, ALONE = 6, 24


@require_safe
@at_work
def board(request: Any, column: str = "") -> HttpResponse:
    """The handovers in four columns, what binds first on top; or one column, page by page."""
    if column and column not in set(Column):
        raise Http404
    at, skip = now(), skip_of(request) if column else 0
    only = Column(column) if column else None
    stacks = queries.board(request.by, at, column=only, skip=skip, size=ALONE if only else BESIDE)
    told = {
        "stacks": [_stack(request.by, stack, at) for stack in stacks],
        "only": str(TITLES[only]) if only else "",
        "pager": pager(request, request.path, ALONE, is_more=skip + ALONE < stacks[0].total)
        if only
        else None,
    }
    return render(request, "desk/board.html", told)


def _stack(by: Any, stack: Stack, at: datetime) -> dict[str, Any]:
    return {
        "code": stack.column.value,
        "title": TITLES[stack.column],
        "total": stack.total,
        "cards": [_card(by, card, at) for card in stack.cards],
        "nothing": _NOTHING[stack.column],
        "more": stack.total > len(stack.cards),
    }


def _card(by: Any, card: Card, at: datetime) -> dict[str, Any]:
    each, matter = card.handover, card.handover.matter
    zone = matter.region.zone
    bodies = (each.giver, each.asked, each.arbiter, each.designated)
    names = {body.pk: name_of(body.name) for body in bodies if body}
    keys = _Keys(each)
    return {
        "url": reverse("desk:matter", args=[matter.pk]),
        "title": matter.title or name_of(matter.category.name),
        "matter": matter,
        "zone": zone,
        "handover": each,
        "next": next_of(keys, lambda key: names.get(key, _("an arbiter"))),
        "clock": deadline_of(card.clock, zone, at) if card.clock else None,
        "rules": [said for said in (_routing(card), _joint(card)) if said],
        "alike": _alike(card),
    }


class _Keys:
    """A handover with the keys of its bodies, as papers of a matter have them."""

    def __init__(self, handover: Any) -> None:
        self.step = handover.step
        self.giver, self.asked = handover.giver_id, handover.asked_id
        self.arbiter, self.designated = handover.arbiter_id, handover.designated_id


def _routing(card: Card) -> Rule | None:
    """For whom the rule on routing speaks: the side that has its function where the matter lies."""
    decided = card.routing.decision
    if decided is None:
        return Rule(_("No rule on routing covers it."))
    each, function = card.handover, str(decided.value.get("function", ""))
    place = each.matter.region.path
    fits = [body for body in (each.giver, each.asked) if _has(body, function, place)]
    told = {
        "row": decided.rows[0] if decided.rows else "–",
        "function": function_name(function),
        "body": " / ".join(name_of(body.name) for body in fits),
    }
    if fits:
        text = _("Routing, row %(row)s: %(function)s; speaks for %(body)s")
    else:
        text = _("Routing, row %(row)s: %(function)s; speaks for neither")
    return Rule(text % told, basis=decided.basis)


def _has(body: Organisation, function: str, place: str) -> bool:
    return function in body.functions and place.startswith(body.region.path)


def _joint(card: Card) -> Rule | None:
    if not card.handover.is_across:
        return None
    said = card.joint
    if said.decision is None:
        return Rule(said.why or _("No joint rule that both have adopted: a designation would bind nobody."))
    told = {"row": said.decision.rows[0] if said.decision.rows else "–", "area": name_of(said.area)}
    if said.decision.value.get("designate"):
        text = _("Joint rule of %(area)s, row %(row)s: a designation binds both")
    else:
        text = _("Joint rule of %(area)s, row %(row)s: left to their own agreement")
    return Rule(text % told, basis=said.decision.basis)


def _alike(card: Card) -> str:
    """How like cases went, in a sentence."""
    if not card.alike.count:
        return _("No like case between these two has ended yet.")
    went = " · ".join(f"{name_of(name)} {number}" for name, number in card.alike.to)
    return _("Of %(n)d like cases between these two: %(went)s") % {"n": card.alike.count, "went": went}


@require_safe
@at_work
def holding(request: Any) -> HttpResponse:
    """Who holds what: of each body what is open, overdue, returned and owed."""
    rows = queries.who_holds_what(request.by, now())
    total = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("open", "overdue", "offered", "returned", "owed", "owed_late")
    }
    return render(request, "desk/holding.html", {"rows": rows, "total": total})
