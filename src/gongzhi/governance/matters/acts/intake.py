"""What becomes of a submission at the door, and what whoever brought it in may still say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.governance.matters.acts.clocks import LEADS_CLOCKS, _meet, _running
from gongzhi.governance.matters.acts.filing import TEXT_LENGTH
from gongzhi.governance.matters.acts.handling import _close
from gongzhi.governance.matters.acts.joint import _go_on_with, _release
from gongzhi.governance.matters.acts.settling import _end_handover, _live
from gongzhi.governance.matters.acts.taking_part import _open_supports, _speaks_for
from gongzhi.governance.matters.models import Matter, Outcome, State, Step, Submission


@act("matter.decline", _("Not take in"), audience=PARTICIPANTS)
def decline(by: Actor, matter: Matter, *, reason: str, right_door: str) -> Matter:
    """Not take something in, saying why and where the right door is; emergencies go to 110, 119 or 120."""
    if matter.state not in (State.OPEN, State.DISPATCHED) or matter.round > 1:
        raise NotPossible(_("What is being handled is answered, not declined."))
    _speaks_for(by, matter.answering, matter.first_receiver)
    if not reason.strip():
        raise Invalid(_("Say why it is not taken in."), field="reason")
    if not right_door.strip():
        raise Invalid(_("Say where the right door is."), field="right_door")
    _end_quietly(matter)
    matter.answer = f"{reason}\n\n{right_door}"
    matter.answered_at = moment()
    keep(matter, "answer", "answered_at")
    _close(matter, Outcome.DECLINED.value)
    record(
        facts={"outcome": Outcome.DECLINED.value, "keep_until": matter.keep_until},
        private={"reason": reason, "right_door": right_door},
    )
    return matter


@act("matter.answer_directly", _("Answer at once"), audience=PARTICIPANTS)
def answer_directly(by: Actor, matter: Matter, *, text: str, article: str = "") -> Matter:
    """Answer at once what needs nobody to handle it, from the knowledge base where it knows; and close it."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has been answered."))
    if _live(matter) is not None or _open_supports(matter):
        raise NotPossible(_("Several bodies are at this matter already."))
    _speaks_for(by, matter.answering, matter.first_receiver)
    if not text.strip():
        raise Invalid(_("Write the answer in words that the person understands."), field="text")
    _go_on_with(matter)
    in_time = _meet(_running(matter, *LEADS_CLOCKS))
    matter.answer, matter.answered_at, matter.answered_by = text, moment(), by.id
    keep(matter, "answer", "answered_at", "answered_by")
    _close(matter, Outcome.DIRECT.value)
    record(
        facts={
            "outcome": Outcome.DIRECT.value,
            "article": article or None,
            "in_time": in_time,
            "keep_until": matter.keep_until,
        },
        private={"text": text},
    )
    return matter


def _end_quietly(matter: Matter) -> None:
    """Let go of whatever was asked of anybody."""
    _go_on_with(matter)
    if (live := _live(matter)) is not None:
        _end_handover(matter, live, Step.WITHDRAWN)
    for part in _open_supports(matter):
        _release(matter, part)


@act("submission.chase", _("Ask how far it is"), audience=PARTICIPANTS)
def chase(by: Actor, submission: Submission, *, text: str = "") -> Submission:
    """Ask, as the person who brought it in, how far it is; whoever answers for it sees that it was asked."""
    _still_open(submission)
    submission.chases += 1
    keep(submission, "chases")
    record(facts={"chases": submission.chases, "matter": submission.matter_id}, private=_said(text))
    return submission


@act("submission.supplement", _("Add something"), audience=PARTICIPANTS)
def supplement(by: Actor, submission: Submission, *, text: str) -> Submission:
    """Add something to what was brought in, for whoever handles it."""
    _still_open(submission)
    if not text.strip():
        raise Invalid(_("Write what you want to add."), field="text")
    if len(submission.text) + len(text) > 4 * TEXT_LENGTH:
        raise Invalid(_("This is too long to be added."), field="text")
    submission.text = f"{submission.text}\n\n{text}"
    keep(submission, "text")
    record(facts={"matter": submission.matter_id}, private={"text": text})
    return submission


@act("submission.withdraw", _("Withdraw"), audience=PARTICIPANTS)
def withdraw(by: Actor, submission: Submission, *, reason: str = "") -> Submission:
    """Withdraw what one brought in; a matter that nobody wants any more ends with it."""
    matter = _still_open(submission)
    if matter.state == State.ANSWERED:
        raise NotPossible(_("This has been answered; rate it instead."))
    submission.withdrawn_at = moment()
    keep(submission, "withdrawn_at")
    others = [
        each
        for each in standing(Submission, matter_id=matter.pk)
        if each.withdrawn_at is None and each.pk != submission.pk
    ]
    if not others:
        _end_quietly(matter)
        _close(matter, Outcome.WITHDRAWN.value)
    record(facts={"matter": matter.pk, "ended": not others}, private=_said(reason))
    return submission


def _still_open(submission: Submission) -> Matter:
    if submission.withdrawn_at is not None:
        raise NotPossible(_("This was withdrawn."))
    if submission.matter_id is None:
        raise NotPossible(_("This belongs to no matter."))
    (matter,) = standing(Matter, id=submission.matter_id)
    if matter.state in (State.CLOSED, State.MERGED):
        raise NotPossible(_("This is closed."), instead=_("Open it again, or bring it in anew."))
    return matter


def _said(text: str) -> dict[str, str]:
    return {"text": text} if text.strip() else {}
