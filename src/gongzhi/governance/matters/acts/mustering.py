"""Muster 吹哨报到: a grass-roots body calls others to the spot; they report in, and both sides are judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, STAFF, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.acts.clocks import _deadline, _meet, _running, _start
from gongzhi.governance.matters.acts.joint import _release
from gongzhi.governance.matters.acts.taking_part import _parts, _speaks_for, _take_part
from gongzhi.governance.matters.models import (
    Clock,
    Judgement,
    Matter,
    Muster,
    Part,
    Role,
    State,
)  # fmt: skip
from gongzhi.governance.matters.rules import MUSTER, asked_of, due_after, facts_of


@act("matter.muster", _("Call bodies to the spot"), audience=PARTICIPANTS)
def muster(by: Actor, matter: Matter, *, bodies: Sequence[Organisation], grounds: str) -> Muster:
    """Call bodies to the spot, saying why; the rule says how soon they arrive and how often one may call."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    caller = _speaks_for(by, matter.lead, matter.answering)
    if caller is None:
        raise NotPossible(_("Nobody has this matter yet."))
    if not bodies or caller.pk in {body.pk for body in bodies}:
        raise Invalid(_("Choose the bodies that are needed on the spot."), field="bodies")
    if not grounds.strip():
        raise Invalid(_("Say why they are needed on the spot."), field="grounds")
    decided = asked_of(MUSTER, matter)
    if decided is None:
        raise NotPossible(_("No rule on musters is in force here."))
    recent = [
        each
        for each in standing(Muster, caller_id=caller.pk)
        if each.called_at > moment() - timedelta(days=30)
    ]
    if len(recent) >= decided.value["per_month"]:
        raise NotPossible(
            _("This body has called as often as the rule allows in 30 days: %(n)d times.")
            % {"n": len(recent)},
            instead=_("Ask for support instead, or a coordinator to call."),
        )
    amount, unit = decided.value["amount"], decided.value["unit"]
    due = due_after(amount, unit, matter.region, facts_of(matter))
    call = Muster(matter=matter, caller=caller, grounds=grounds, arrive_by=due, called_at=moment())
    keep(call)
    for body in bodies:
        part = _take_part(matter, body, Role.SUPPORT, task=grounds[:500], muster=call.pk, due_at=due)
        _start(_deadline(matter, Clock.ARRIVE, due, body, decided, f"{amount} {unit}", part.pk))
    record(
        facts={
            "caller": caller.code,
            "bodies": [body.code for body in bodies],
            "due": due,
            "muster": call.pk,
        },
        private={"grounds": grounds},
    )
    return call


def _called(matter: Matter, call: Muster) -> list[Part]:
    return [part for part in _parts(matter, Role.SUPPORT) if part.muster == call.pk]


def _muster_of(matter: Matter, call: Muster) -> Muster:
    found = next((each for each in standing(Muster, matter_id=matter.pk) if each.pk == call.pk), None)
    if found is None:
        raise NotPossible(_("This muster belongs to another matter."))
    return found


@act("matter.arrive", _("Report in on the spot"), audience=PARTICIPANTS)
def arrive(by: Actor, matter: Matter, *, muster: Muster) -> Part:
    """Report in on the spot, as a body that was called; ends the clock of arrival."""
    held = _muster_of(matter, muster)
    if held.concluded_at is not None:
        raise NotPossible(_("This muster has been concluded."))
    waiting = [part for part in _called(matter, held) if part.arrived_at is None]
    body = _speaks_for(by, *(part.organisation for part in waiting))
    part = next((each for each in waiting if body is not None and each.organisation_id == body.pk), None)
    if part is None:
        raise NotPossible(_("Everybody who was called has reported in."))
    part.arrived_at = moment()
    keep(part, "arrived_at")
    in_time = _meet(clock for clock in _running(matter, Clock.ARRIVE) if clock.part == part.pk)
    record(facts={"body": part.organisation.code, "muster": held.pk, "in_time": in_time})
    return part


@act("matter.conclude_muster", _("Conclude a muster"), audience=PARTICIPANTS)
def conclude_muster(by: Actor, matter: Matter, *, muster: Muster, conclusion: str) -> Muster:
    """Write down what all found on the spot; whoever did not come is noted and let go."""
    held = _muster_of(matter, muster)
    if held.concluded_at is not None:
        raise NotPossible(_("This muster has been concluded."))
    _speaks_for(by, held.caller)
    if not conclusion.strip():
        raise Invalid(_("Say what was found and agreed on the spot."), field="conclusion")
    held.conclusion, held.concluded_at = conclusion, moment()
    keep(held, "conclusion", "concluded_at")
    absent = []
    for part in _called(matter, held):
        if part.arrived_at is None:
            absent.append(part.organisation.code)
            _release(matter, part)
        elif part.is_open:
            part.reported_at, part.report = moment(), conclusion
            keep(part, "reported_at", "report")
    record(facts={"muster": held.pk, "absent": absent}, private={"conclusion": conclusion})
    return held


@act("matter.judge_muster", _("Judge the other side of a muster"), audience=STAFF)
def judge_muster(
    by: Actor, matter: Matter, *, muster: Muster, judged: Organisation, mark: int, text: str = ""
) -> Judgement:
    """Judge whoever called, or a body that was called, with a mark from 1 to 5; each side once."""
    held = _muster_of(matter, muster)
    if held.concluded_at is None:
        raise NotPossible(_("A muster is judged when it has been concluded."))
    if not 1 <= mark <= 5:
        raise Invalid(_("A mark is a number from 1 to 5."), field="mark")
    called = {
        part.organisation_id: part.organisation
        for part in standing(Part, matter_id=matter.pk, role=Role.SUPPORT)
        if part.muster == held.pk
    }
    judge = _speaks_for(by, held.caller, *called.values())
    sides = (judge is not None and judge.pk == held.caller_id, judged.pk == held.caller_id)
    if (
        judge is None
        or sides not in ((True, False), (False, True))
        or not (judged.pk in called or judged.pk == held.caller_id)
    ):
        raise NotAllowed(_("Each side of a muster judges the other."))
    earlier = standing(Judgement, muster_id=held.pk, judge_id=judge.pk, judged_id=judged.pk)
    if earlier:
        raise NotPossible(_("You have judged this already."))
    judgement = Judgement(muster=held, judge=judge, judged=judged, mark=mark, text=text, at=moment())
    keep(judgement)
    record(
        facts={"muster": held.pk, "judge": judge.code, "judged": judged.code, "mark": mark},
        private={"text": text} if text.strip() else {},
    )
    return judgement
