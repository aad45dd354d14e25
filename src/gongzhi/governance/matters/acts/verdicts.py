"""What must be known before a matter ends: verified by another, everybody called back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import keep, moment, standing
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.rulebooks.queries import Decision
from gongzhi.governance.matters.acts.clocks import _deadline, _start
from gongzhi.governance.matters.acts.settling import _live
from gongzhi.governance.matters.acts.taking_part import _open_supports
from gongzhi.governance.matters.models import (
    CallBack,
    Clock,
    Matter,
    Reply,
    Submission,
    Verification,
)  # fmt: skip
from gongzhi.governance.matters.rules import ENDING, asked_of, due_after, facts_of


def _ask_for_the_end(matter: Matter) -> None:
    """Start the clocks of verification, or of the call-backs where none is asked for."""
    decided = asked_of(ENDING, matter)
    if decided is None:
        return
    if decided.value["verify"]:
        _ask(matter, Clock.VERIFY, decided, decided.value["verify_days"])
    elif decided.value["call_back"]:
        _ask_to_call_back(matter, decided)


def _ask_to_call_back(matter: Matter, decided: Decision) -> None:
    """Ask whoever took each submission in to call the person back; nobody can call the anonymous."""
    waiting = 0
    for submission in standing(Submission, matter_id=matter.pk):
        if submission.person_id is None or submission.withdrawn_at is not None:
            continue
        caller = submission.received_by or matter.answering
        keep(
            CallBack(submission=submission, matter=matter, round=matter.round, caller=caller, since=moment())
        )
        waiting += 1
    if waiting:
        _ask(matter, Clock.CALL_BACK, decided, decided.value["call_back_days"])


def _ask(matter: Matter, clock: Clock, decided: Decision, days: int) -> None:
    due = due_after(days, "working_days", matter.region, facts_of(matter))
    holder = matter.first_receiver or matter.answering
    _start(_deadline(matter, clock, due, holder, decided, f"{days} working_days"))


def _check_may_close(matter: Matter) -> None:
    """Refuse while anything is open: a part, a handover, the verification, a call-back."""
    if _live(matter) is not None:
        raise NotPossible(_("This matter is being handed over."))
    if _open_supports(matter):
        raise NotPossible(_("A supporting body has not reported yet."))
    decided = asked_of(ENDING, matter)
    if decided is None:
        return
    if decided.value["verify"] and not _is_verified(matter):
        raise NotPossible(
            _("This matter has not been verified yet."),
            instead=_("Somebody who did not handle it looks whether it was done."),
        )
    if decided.value["call_back"] and (waiting := _waiting_calls(matter)):
        raise NotPossible(
            _("%(n)d persons have not been called back yet.") % {"n": len(waiting)},
            instead=_("Call them, or note that they could not be reached."),
        )


def _is_verified(matter: Matter) -> bool:
    found = standing(Verification, matter_id=matter.pk, round=matter.round)
    return bool(found) and max(found, key=lambda each: each.at).passed


def _waiting_calls(matter: Matter) -> list[CallBack]:
    rows = standing(CallBack, matter_id=matter.pk, round=matter.round)
    return [row for row in rows if row.reply == Reply.WAITING]
