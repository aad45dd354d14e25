"""How a matter ends: verified by another, everybody called back, rated; and opened again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    STAFF,
    Actor,
    act,
    keep,
    moment,
    record,
    standing,
)  # fmt: skip
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation, nearest_in_charge
from gongzhi.governance.matters.acts.clocks import _meet, _running, _set_deadlines
from gongzhi.governance.matters.acts.filing import RECEIVING
from gongzhi.governance.matters.acts.taking_part import _answer_to_person, _leave, _take_part
from gongzhi.governance.matters.acts.verdicts import _ask_to_call_back, _is_verified
from gongzhi.governance.matters.models import (
    CallBack,
    Clock,
    Matter,
    Plea,
    Rating,
    Reply,
    Role,
    State,
    Submission,
    Verification,
)  # fmt: skip
from gongzhi.governance.matters.rules import ENDING, asked_of, facts_of


@act("matter.verify", _("Verify"), audience=PARTICIPANTS)
def verify(by: Actor, matter: Matter, *, passed: bool, text: str, body: Organisation | None = None) -> Matter:
    """Say, after looking, whether it was done; never by whoever handled it.

    What was not done goes back to the lead, with new clocks; what failed twice another body handles.
    """
    if matter.state != State.ANSWERED:
        raise NotPossible(_("Only what was answered is verified."))
    if _is_verified(matter):
        raise NotPossible(_("This was verified already."))
    if _has_handled(by, matter):
        raise NotAllowed(
            _("Whoever handled a matter does not verify it."),
            instead=_("A verifier of another body looks whether it was done."),
        )
    if not text.strip():
        raise Invalid(_("Say what you saw."), field="text")
    keep(Verification(matter=matter, round=matter.round, by=body, passed=passed, text=text, at=moment()))
    in_time = _meet(_running(matter, Clock.VERIFY))
    record(
        facts={
            "passed": passed,
            "round": matter.round,
            "in_time": in_time,
            "body": body.code if body else None,
        },
        private={"text": text},
    )
    if not passed:
        _begin_anew(matter, failed=True)
        return matter
    decided = asked_of(ENDING, matter)
    if decided is not None and decided.value["call_back"]:
        _ask_to_call_back(matter, decided)
    return matter


def _has_handled(by: Any, matter: Matter) -> bool:
    """Whether somebody handled a matter: gave the answer, or works where it was handled.

    Where the body that receives matters handled it itself, a colleague looks.
    """
    if by.id == matter.answered_by:
        return True
    is_own = matter.lead_id == matter.first_receiver_id
    return not is_own and matter.lead_id in getattr(by, "organisations", ())


def _begin_anew(matter: Matter, *, failed: bool) -> None:
    """Handling begins again: new clocks under the rules of now; who failed twice does not lead again."""
    _end_calls(matter)
    matter.round += 1
    if failed:
        matter.failures += 1
    decided = asked_of(ENDING, matter)
    again = not (decided is not None and matter.failures >= decided.value["second_after"])
    lead = matter.lead if again and matter.lead is not None and matter.lead.dissolved is None else None
    matter.answered_at = matter.closed_at = matter.keep_until = None
    matter.outcome, matter.answered_by = "", None
    if lead is None:
        _without_lead(matter)
    else:
        matter.state = State.DISPATCHED
    holder = matter.lead or matter.answering
    _set_deadlines(matter, matter.region, facts_of(matter, channel="portal"), [], holder)
    keep(
        matter, "round", "failures", "state", "lead", "bound", "answered_at", "closed_at", "keep_until",
        "outcome", "answered_by", "due_at",
    )  # fmt: skip


def _without_lead(matter: Matter) -> None:
    """Nobody leads: whoever received the matter first answers, and sends it to another body."""
    if matter.lead is not None:
        _leave(matter, matter.lead, Role.LEAD)
    matter.lead, matter.state, matter.bound = None, State.OPEN, False
    receiver = matter.first_receiver
    if receiver is None or receiver.dissolved is not None:
        receiver = nearest_in_charge([RECEIVING], matter.region).get(RECEIVING)
        if receiver is not None:
            matter.first_receiver = receiver
            _take_part(matter, receiver, Role.FIRST_RECEIVER)
            keep(matter, "first_receiver")
    if receiver is not None:
        _answer_to_person(matter, receiver)


def _end_calls(matter: Matter) -> None:
    """Whoever still waited to be called back is not called about what was begun anew."""
    for call in standing(CallBack, matter_id=matter.pk, round=matter.round):
        if call.reply == Reply.WAITING:
            call.reply, call.ended_at = Reply.UNREACHED, moment()
            keep(call, "reply", "ended_at")
    for clock in _running(matter, Clock.VERIFY, Clock.CALL_BACK):
        clock.met_at, clock.void = moment(), True
        keep(clock, "met_at", "void")


@act("matter.call_back", _("Call back"), audience=PARTICIPANTS)
def call_back(
    by: Actor,
    matter: Matter,
    *,
    call: CallBack,
    reply: str,
    resolved: bool | None = None,
    satisfied: int | None = None,
    text: str = "",
) -> CallBack:
    """Note what came of calling somebody back: reached and what they said, refused, or not reached.

    Not reached counts only after as many tries as the rule asks for; until then it is one more try.
    """
    rows = standing(CallBack, matter_id=matter.pk, round=matter.round)
    held = next((each for each in rows if each.pk == call.pk), None)
    if held is None or held.reply != Reply.WAITING:
        raise NotPossible(_("This call has been made already."))
    if reply not in Reply.values or reply == Reply.WAITING:
        raise Invalid(_("Say what came of the call."), field="reply")
    if reply == Reply.REACHED and (resolved is None or satisfied is None):
        raise Invalid(_("Ask whether it was resolved, and how satisfied they are."), field="resolved")
    if satisfied is not None and not 1 <= satisfied <= 5:
        raise Invalid(_("Satisfaction is a number from 1 to 5."), field="satisfied")
    held.tries += 1
    decided = asked_of(ENDING, matter)
    tries = decided.value["tries"] if decided is not None else 1
    ends = reply != Reply.UNREACHED or held.tries >= tries
    if ends:
        held.reply, held.ended_at = reply, moment()
    keep(held, "tries", "reply", "ended_at")
    if reply == Reply.REACHED:
        _keep_rating(matter, held.submission, resolved, satisfied, text, by_call=True)
    in_time = None
    if ends and not any(each.reply == Reply.WAITING for each in rows):
        in_time = _meet(_running(matter, Clock.CALL_BACK))
    record(
        facts={
            "reply": reply,
            "tries": held.tries,
            "ended": ends,
            "resolved": resolved,
            "satisfied": satisfied,
            "submission": held.submission_id,
            "round": matter.round,
            "in_time": in_time,
            **_rated(matter),
        },
        private={"text": text} if text else {},
    )
    return held


def _rated(matter: Matter) -> dict[str, str | None]:
    return {"rated": matter.lead.code if matter.lead else None}


def _keep_rating(
    matter: Matter,
    submission: Submission,
    resolved: bool | None,
    satisfied: int | None,
    text: str,
    *,
    by_call: bool,
) -> Rating:
    """Keep what a person says of this handling; what they say themselves goes before what a clerk noted."""
    earlier = standing(Rating, submission_id=submission.pk, matter_id=matter.pk, round=matter.round)
    if earlier:
        rating = earlier[0]
        if not rating.by_call:
            return rating
        rating.resolved, rating.satisfied, rating.text, rating.by_call = resolved, satisfied, text, by_call
        rating.at = moment()
        keep(rating, "resolved", "satisfied", "text", "by_call", "at")
        return rating
    rating = Rating(
        submission=submission,
        matter=matter,
        rated=matter.lead,
        round=matter.round,
        by_call=by_call,
        resolved=resolved,
        satisfied=satisfied,
        text=text,
        at=moment(),
    )
    keep(rating)
    return rating


@act("submission.rate", _("Rate"), audience=PARTICIPANTS)
def rate(by: Actor, submission: Submission, *, resolved: bool, satisfied: int, text: str = "") -> Rating:
    """Say, as the person who brought it in, whether it was resolved and how satisfied one is (1 to 5)."""
    matter = submission.matter
    if matter is None or matter.state not in (State.ANSWERED, State.CLOSED):
        raise NotPossible(_("What was answered can be rated; this is still being handled."))
    if not 1 <= satisfied <= 5:
        raise Invalid(_("Satisfaction is a number from 1 to 5."), field="satisfied")
    earlier = standing(Rating, submission_id=submission.pk, matter_id=matter.pk, round=matter.round)
    if any(not each.by_call for each in earlier):
        raise NotPossible(_("You have rated this already. Thank you."))
    rating = _keep_rating(matter, submission, resolved, satisfied, text, by_call=False)
    record(
        facts={
            "resolved": resolved,
            "satisfied": satisfied,
            "round": matter.round,
            "matter": matter.pk,
            **_rated(matter),
        },
        private={"text": text} if text else {},
        region=matter.region_id,
    )
    return rating


@act("matter.plead", _("Ask that a rating be left out"), audience=STAFF)
def plead(by: Actor, matter: Matter, *, rating: Rating, reason: str) -> Rating:
    """Ask, as the body that was rated, that a rating be left out of the rates; somebody else decides."""
    held = _rating_of(matter, rating)
    if held.rated_id is None or held.rated_id not in getattr(by, "organisations", ()):
        raise NotAllowed(_("Only the body that was rated can ask this."))
    if held.plea:
        raise NotPossible(_("This was asked already."))
    if not reason.strip():
        raise Invalid(_("Say why the rating should not count."), field="reason")
    held.plea, held.plea_by, held.plea_reason, held.plea_at = Plea.OPEN, held.rated, reason, moment()
    keep(held, "plea", "plea_by", "plea_reason", "plea_at")
    record(
        facts={"submission": held.submission_id, "round": held.round, **_body(held)},
        private={"reason": reason},
    )
    return held


@act("matter.decide_plea", _("Decide whether a rating counts"), audience=PARTICIPANTS)
def decide_plea(by: Actor, matter: Matter, *, rating: Rating, granted: bool, reason: str) -> Rating:
    """Decide on a plea; never by the body that was rated."""
    held = _rating_of(matter, rating)
    if held.plea != Plea.OPEN:
        raise NotPossible(_("Nothing is to be decided here."))
    if held.rated_id in getattr(by, "organisations", ()):
        raise NotAllowed(_("Nobody decides in their own case."))
    if not reason.strip():
        raise Invalid(_("Say why; both sides read it."), field="reason")
    held.plea = Plea.GRANTED if granted else Plea.REFUSED
    held.decided_by, held.decided_at = by.id, moment()
    keep(held, "plea", "decided_by", "decided_at")
    record(
        facts={"granted": granted, "submission": held.submission_id, "round": held.round, **_body(held)},
        private={"reason": reason},
    )
    return held


def _rating_of(matter: Matter, rating: Rating) -> Rating:
    found = next((each for each in standing(Rating, matter_id=matter.pk) if each.pk == rating.pk), None)
    if found is None:
        raise NotPossible(_("This rating belongs to another matter."))
    return found


def _body(rating: Rating) -> dict[str, str | None]:
    return {"body": rating.rated.code if rating.rated else None}


@act("matter.reopen", _("Open again"), audience=PARTICIPANTS)
def reopen(by: Actor, matter: Matter, *, reason: str) -> Matter:
    """Open a closed matter again within the time that the rule gives, counted by the server.

    By the person who brought it in, or by staff for them; if it failed before, another body handles it.
    """
    if matter.state != State.CLOSED or matter.closed_at is None:
        raise NotPossible(_("Only a closed matter can be opened again."))
    if matter.archived_at is not None:
        raise NotPossible(_("This file is archived; bring it in anew."))
    if not reason.strip():
        raise Invalid(_("Say what was not done."), field="reason")
    decided = asked_of(ENDING, matter)
    days = decided.value["reopen_days"] if decided is not None else 0
    if moment() > matter.closed_at + timedelta(days=days):
        raise NotPossible(
            _("It was closed more than %(days)d days ago.") % {"days": days},
            instead=_("Bring it in anew, and name the number of this one."),
        )
    if matter.answering is None and matter.first_receiver is None:
        raise NotPossible(_("Nobody here answers for this matter."))
    matter.reopenings += 1
    keep(matter, "reopenings")
    unresolved = any(
        each.resolved is False for each in standing(Rating, matter_id=matter.pk, round=matter.round)
    )
    _begin_anew(matter, failed=unresolved)
    record(
        facts={
            "reopenings": matter.reopenings,
            "round": matter.round,
            "lead": matter.lead.code if matter.lead else None,
        },
        private={"reason": reason},
    )
    return matter
