"""Handover: offered, accepted or returned, arbitrated, designated; between authorities nobody commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible, Undecidable
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.rulebooks.queries import Decision, decide_jointly
from gongzhi.governance.matters.acts.clocks import _hand_clocks, _meet, _running, _start_by_rule, _void
from gongzhi.governance.matters.acts.joint import _add_support
from gongzhi.governance.matters.acts.settling import SETTLING, _commanders, _end_handover, _live
from gongzhi.governance.matters.acts.taking_part import (
    _answer_to_person,
    _lead_with,
    _leave,
    _speaks_for,
    _take_part,
)
from gongzhi.governance.matters.models import (
    Clock,
    Handover,
    Matter,
    Role,
    State,
    Step,
)  # fmt: skip
from gongzhi.governance.matters.rules import DESIGNATION, SETTLE, TAKE, asked_of, due_after, facts_of


@dataclass(frozen=True)
class Duty:
    """What a body is to do in a matter, and by when; without a time the rule on support says."""

    body: Organisation
    task: str
    due: datetime | None = None


def _words(text: str, field: str = "reason") -> None:
    if not text.strip():
        raise Invalid(_("Say why, so that the others can understand it."), field=field)


def _given(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason.strip() else {}


@act("matter.hand_over", _("Offer the matter to another body"), audience=PARTICIPANTS)
def hand_over(by: Actor, matter: Matter, *, to: Organisation, reason: str) -> Handover:
    """Ask another body to take a matter over; until it has, nothing changes for the person."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    if _live(matter) is not None:
        raise NotPossible(_("This matter is being handed over already."))
    if matter.bound:
        raise NotPossible(_("A body that was designated cannot hand the matter on."))
    giver = _speaks_for(by, matter.lead, matter.answering)
    if giver is None:
        raise NotPossible(_("Nobody has this matter yet."))
    if to.pk in (giver.pk, matter.lead_id):
        raise NotPossible(_("This body leads the matter already."), field="to")
    if to.dissolved is not None:
        raise NotPossible(_("This body has been dissolved."), field="to")
    _words(reason)
    handover = Handover(
        matter=matter,
        giver=giver,
        asked=to,
        is_across=not _commanders(giver, to),
        reason=reason,
        offered_at=moment(),
    )
    _take_part(matter, to, Role.ASKED)
    keep(handover)
    clock = _start_by_rule(matter, Clock.TAKE, TAKE, to, across=handover.is_across)
    record(
        facts={
            "to": to.code,
            "from": giver.code,
            "across": handover.is_across,
            "due": clock.due_at if clock else None,
        },
        private={"reason": reason},
    )
    return handover


@act("matter.return", _("Return"), audience=PARTICIPANTS)
def return_(by: Actor, matter: Matter, *, reason: str, proposal: Organisation | None = None) -> Handover:
    """Return a matter that was sent or offered, in time, saying why and who should lead instead.

    It goes back to whoever gave it, who answers to the person; a body that is bound cannot return it.
    """
    _words(reason)
    if matter.bound:
        raise NotPossible(
            _("This body was designated; it is bound."),
            instead=_("Whoever designated it can designate another."),
        )
    live = _live(matter)
    if live is not None and live.step == Step.OFFERED:
        _speaks_for(by, live.asked)
        _check_may_return(matter, live)
    else:
        live = _returned_dispatch(by, matter, live)
    if proposal is not None and proposal.pk == live.asked_id:
        raise Invalid(_("Propose another body than the one that returns it."), field="proposal")
    live.step, live.objection, live.proposed, live.returned_at = Step.RETURNED, reason, proposal, moment()
    keep(live, "step", "objection", "proposed", "returned_at")
    matter.returns += 1
    keep(matter, "returns")
    in_time = _meet(_running(matter, Clock.TAKE))
    _start_by_rule(matter, Clock.ARBITRATE, SETTLE, live.giver, step="arbitrate")
    record(
        facts={
            "body": live.asked.code,
            "to": live.giver.code,
            "proposal": proposal.code if proposal else None,
            "returns": matter.returns,
            "in_time": in_time,
        },
        private={"reason": reason},
    )
    return live


def _returned_dispatch(by: Any, matter: Matter, live: Handover | None) -> Handover:
    """A matter that was sent, and not offered, goes back to whoever answers to the person."""
    if live is not None or matter.state != State.DISPATCHED or matter.lead is None:
        raise NotPossible(_("There is nothing to return here."))
    _speaks_for(by, matter.lead)
    if matter.answering is None or matter.answering_id == matter.lead_id:
        raise NotPossible(
            _("This body has taken the matter over."), instead=_("Offer it to the body that should lead.")
        )
    body, giver = matter.lead, matter.answering
    live = Handover(
        matter=matter,
        giver=giver,
        asked=body,
        is_across=not _commanders(giver, body),
        offered_at=matter.dispatched_at or moment(),
    )
    _check_may_return(matter, live)
    keep(live)
    _leave(matter, body, Role.LEAD)
    _take_part(matter, body, Role.ASKED)
    matter.lead, matter.state = None, State.OPEN
    _hand_clocks(matter, giver)
    keep(matter, "lead", "state")
    return live


def _check_may_return(matter: Matter, handover: Handover) -> None:
    """Refuse a return that comes too late, or once too often for this body."""
    rule = asked_of(TAKE, matter, across=handover.is_across)
    if rule is None:
        return
    amount, unit = rule.value["amount"], rule.value["unit"]
    until = due_after(amount, unit, matter.region, facts_of(matter), handover.offered_at)
    if moment() > until:
        raise NotPossible(
            _("The time for returning it has run out."), instead=_("Ask for an arbiter to decide.")
        )
    earlier = [
        each
        for each in standing(Handover, matter_id=matter.pk)
        if each.asked_id == handover.asked_id and each.returned_at is not None and each.pk != handover.pk
    ]
    if len(earlier) >= rule.value["returns"]:
        raise NotPossible(
            _("This body has returned the matter as often as the rule allows."),
            instead=_("Ask for an arbiter to decide."),
        )


@act("matter.withdraw_offer", _("Withdraw the offer"), audience=PARTICIPANTS)
def withdraw_offer(by: Actor, matter: Matter, *, reason: str = "") -> Handover:
    """Take an offer back: whoever gave it keeps the matter."""
    live = _live_or_refuse(matter)
    _speaks_for(by, live.giver)
    _end_handover(matter, live, Step.WITHDRAWN)
    record(facts={"body": live.giver.code}, private=_given(reason))
    return live


def _live_or_refuse(matter: Matter) -> Handover:
    live = _live(matter)
    if live is None:
        raise NotPossible(_("Nothing is being handed over here."))
    return live


@act("matter.arbitrate", _("Ask an arbiter"), audience=PARTICIPANTS)
def arbitrate(by: Actor, matter: Matter, *, arbiter: Organisation, reason: str = "") -> Handover:
    """Ask a body above both to decide who leads; between authorities, one that coordinates the area."""
    live = _live_or_refuse(matter)
    _speaks_for(by, live.giver, live.asked)
    if arbiter.pk in (live.giver_id, live.asked_id):
        raise NotPossible(_("Nobody decides in their own case."), field="arbiter")
    if not live.is_across and not _binds(arbiter, live.giver, live.asked):
        raise NotPossible(
            _("%(body)s does not stand above both.") % {"body": arbiter},
            field="arbiter",
            instead=_("Choose their common superior, or the centre that acts for it."),
        )
    _to_arbiter(matter, live, arbiter)
    record(
        facts={"arbiter": arbiter.code, "across": live.is_across},
        private=_given(reason),
    )
    return live


def _binds(arbiter: Organisation, *bodies: Organisation) -> bool:
    """Whether a body commands some others: as their superior, or as the centre that acts for it."""
    above = _commanders(*bodies)
    return arbiter.pk in above or ("centre" in arbiter.functions and arbiter.superior_id in above)


def _to_arbiter(matter: Matter, live: Handover, arbiter: Organisation) -> None:
    if live.arbiter is not None and live.arbiter_id != arbiter.pk:
        _leave(matter, live.arbiter, Role.ARBITER)
    live.step, live.arbiter = Step.ARBITRATION, arbiter
    keep(live, "step", "arbiter")
    _take_part(matter, arbiter, Role.ARBITER)
    _void(_running(matter, *SETTLING))
    _start_by_rule(matter, Clock.ARBITRATE, SETTLE, arbiter, step="arbitrate")


@act("matter.designate", _("Designate who leads"), audience=PARTICIPANTS)
def designate(
    by: Actor, matter: Matter, *, to: Organisation, reason: str, supports: Sequence[Duty] = ()
) -> Handover:
    """Decide, as arbiter, who leads; that body is bound and cannot return it.

    Between authorities nobody commands: it binds only where a joint rule that the members of all bodies
    named had adopted beforehand covers the category, and the entry cites it.
    """
    live = _live_or_refuse(matter)
    bodies = [to, *(duty.body for duty in supports)]
    arbiter = _arbiter(live, bodies)
    _speaks_for(by, arbiter)
    _words(reason)
    if to.dissolved is not None:
        raise NotPossible(_("This body has been dissolved."), field="to")
    decided = None
    if live.is_across or not _binds(arbiter, *bodies):
        decided = _jointly(matter, [live.giver, live.asked, *bodies])
        live.rule, live.row, live.basis = decided.digest, _row_of(decided), decided.basis[:300]
        keep(live, "rule", "row", "basis")
    live.designated = to
    keep(live, "designated")
    in_time = _meet(_running(matter, Clock.ARBITRATE))
    _bind(matter, live, to)
    for duty in supports:
        _add_support(matter, duty.body, duty.task, duty.due)
    record(
        facts={
            "to": to.code,
            "arbiter": arbiter.code,
            "supports": [duty.body.code for duty in supports],
            "across": live.is_across,
            "rule": decided.digest if decided else None,
            "row": _row_of(decided) if decided else None,
            "in_time": in_time,
        },
        private={"reason": reason},
    )
    return live


def _arbiter(live: Handover, bodies: Sequence[Organisation]) -> Organisation:
    """Who decides: the arbiter that was asked; else the centre that sent what came back, where it commands.

    A centre that received a matter is no party to the question who handles it.
    """
    if live.arbiter is not None:
        return live.arbiter
    giver = live.giver
    is_between = live.step == Step.RETURNED and "centre" in giver.functions
    if not is_between or giver in bodies or not _binds(giver, live.asked, *bodies):
        raise NotPossible(
            _("No arbiter has been asked yet."), instead=_("Ask one that stands above both bodies.")
        )
    return giver


def _bind(matter: Matter, live: Handover, to: Organisation) -> None:
    """A body leads, answers to the person, and cannot return it."""
    _end_handover(matter, live, Step.DESIGNATED)
    _lead_with(matter, to)
    _answer_to_person(matter, to)
    matter.bound = True
    keep(matter, "bound")


def _row_of(decided: Decision) -> int | None:
    return decided.rows[0] if decided.rows else None


def _jointly(matter: Matter, bodies: Sequence[Organisation]) -> Decision:
    """What the joint rule says, which every member concerned has adopted; refused without one."""
    instead = _("Call a conference, or put the question to the superiors of both.")
    try:
        decided = decide_jointly(DESIGNATION, [body.region for body in bodies], facts_of(matter), moment())
    except Undecidable as refusal:
        raise NotPossible(
            _("Nobody commands both bodies, and no rule that both had adopted covers this: %(why)s")
            % {"why": refusal},
            instead=instead,
        ) from None
    if not decided.value["designate"]:
        raise NotPossible(
            _("The joint rule that both have adopted leaves this category to their own agreement."),
            instead=instead,
        )
    return decided


# -- conference and superiors ----------------------------------------------------------------------------


@act("matter.take_silently", _("Note that a body has taken over by silence"), audience=PARTICIPANTS)
def take_silently(by: Actor, matter: Matter) -> Matter:
    """A body that neither took over nor returned in time has taken over, inside one authority."""
    live = _live_or_refuse(matter)
    if live.step != Step.OFFERED or live.is_across:
        raise NotPossible(_("Silence takes nothing over here."))
    if any(clock.due_at > moment() for clock in _running(matter, Clock.TAKE)):
        raise NotPossible(_("The time for returning it has not run out."))
    _end_handover(matter, live, Step.ACCEPTED)
    _lead_with(matter, live.asked)
    _answer_to_person(matter, live.asked)
    record(facts={"body": live.asked.code})
    return matter
