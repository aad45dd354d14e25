"""How a matter ends and begins again: verified, called back, pleaded, reopened, joined to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Paper, Plea, Reply, State, Submission
from gongzhi.service.desk.matter_page.asking import agreed, either, line, one_of, words
from gongzhi.service.desk.matter_page.case import Case, Sentence
from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group
from gongzhi.service.desk.matter_page.deeds.joint import named

SATISFIED = [
    (5, _("5: very satisfied")),
    (4, _("4: satisfied")),
    (3, _("3: neither")),
    (2, _("2: dissatisfied")),
    (1, _("1: very dissatisfied")),
]


def _verify(case: Case) -> Sentence:
    if case.matter.state != State.ANSWERED:
        return _("Only what was answered is verified.")
    if case.verified:
        return _("This was verified already.")
    is_own = case.matter.lead_id == case.matter.first_receiver_id
    if case.by.id == case.matter.answered_by or (not is_own and case.is_ours(case.matter.lead_id)):
        return _("Whoever handled a matter does not verify it.")
    return ""


def _verified(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    ours = [body for key, body in case.bodies.items() if key in case.by.organisations]
    return {**told, "body": ours[0] if ours else None}


def _call_back(case: Case) -> Sentence:
    return case.some(case.calls, _("Nobody waits to be called back."))


def _called_back(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    satisfied = told["satisfied"]
    return {
        "call": queries.paper(case.matter, "call", UUID(told["call"])),
        "reply": told["reply"],
        "resolved": {"yes": True, "no": False}.get(told["resolved"]),
        "satisfied": int(satisfied) if satisfied else None,
        "text": told["text"],
    }


def _calls(case: Case) -> list[tuple[Any, str]]:
    return [
        (each.id, _("%(number)s (tried %(n)d times)") % {"number": each.number, "n": each.tries})
        for each in case.calls
    ]


def _rating(case: Case, rating: Paper) -> tuple[Any, str]:
    words = _("resolved") if rating.resolved else _("not resolved")
    return rating.id, f"{rating.number}: {words}, {rating.satisfied}/5"


def _plead(case: Case) -> Sentence:
    open_ = [each for each in case.papers("ratings") if each.plea == Plea.NONE]
    return case.some(open_, _("There is no rating that could be left out.")) or case.speaks(
        *(each.rated for each in open_)
    )


def _pleas(case: Case) -> list[Paper]:
    return [each for each in case.papers("ratings") if each.plea == Plea.OPEN]


def _decide_plea(case: Case) -> Sentence:
    own = any(case.is_ours(each.rated) for each in _pleas(case))
    return case.some(_pleas(case), _("Nobody has asked that a rating be left out.")) or (
        _("Nobody decides in their own case.") if own else ""
    )


def _reopen(case: Case) -> Sentence:
    if case.matter.archived_at is not None:
        return _("This file is archived; bring it in anew.")
    return "" if case.matter.state == State.CLOSED else _("Only a closed matter can be opened again.")


def _merge(case: Case) -> Sentence:
    if case.matter.sealed:
        return _("A sealed matter is handled by itself.")
    busy = _("Settle first who leads this matter, and release those who support it.")
    return case.unanswered() or (busy if case.live or case.open_supports else "")


def _merged(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    into = queries.matter_numbered(case.by, told["number"])
    if into is None:
        raise Invalid(_("You reach no matter with this number."), field="number")
    return {"into": into, "reason": told["reason"]}


def _unmerge(case: Case) -> Sentence:
    return "" if case.matter.state == State.MERGED else _("This matter is handled by itself.")


def _represent(case: Case) -> Sentence:
    if not case.submissions:
        return _("Your reach goes to the matter, and not to what was brought in.")
    return _("Only one person has brought this in.") if len(case.submissions) < 2 else ""


def _spoken_for(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    found = submission_of(case, told)
    return {"speaks": not found.represents}


def submission_of(case: Case, told: Mapping[str, Any]) -> Submission:
    """The submission that a form names, among those that the reader reaches."""
    return next(each for each in case.submissions if str(each.pk) == told["submission"])


def _voices(case: Case) -> list[tuple[Any, str]]:
    now = {True: _("speaks for the group"), False: _("speaks for themselves")}
    return [(each.pk, f"{each.number} · {now[each.represents]}") for each in case.submissions]


def _one_voice(case: Case) -> list[tuple[Any, str]]:
    return [(each.pk, each.number) for each in case.submissions if each.withdrawn_at is None]


def _still_said(case: Case) -> Sentence:
    if not _one_voice(case):
        return _("Your reach goes to the matter, and not to what was brought in.")
    return case.not_over()


def _only(name: str) -> Any:
    return lambda case, told: {name: told[name]}


ENDING = [
    Deed(
        "verify", acts.verify, _("Verify whether it was done"), _("Verify"), Group.HANDLE,
        {
            "passed": either(_("Was it done?"), _("it was done"), _("it was not done")),
            "text": words(_("What you saw")),
        },
        against=_verify, asked=lambda case: not _verify(case), told=_verified, done=_("Verified."),
    ),
    Deed(
        "call_back", acts.call_back, _("Call back"), _("Note the call"), Group.HANDLE,
        {
            "call": one_of(_("Who"), _calls),
            "reply": one_of(
                _("What came of it"),
                lambda case: [pair for pair in Reply.choices if pair[0] != Reply.WAITING],
            ),
            "resolved": one_of(
                _("Was it resolved?"),
                lambda case: [("yes", _("yes")), ("no", _("no"))], required=False,
            ),
            "satisfied": one_of(_("How satisfied are they?"), lambda case: SATISFIED, required=False),
            "text": words(_("What they said"), required=False, rows=2),
        },
        against=_call_back, asked=lambda case: not _call_back(case), told=_called_back, done=_("Noted."),
    ),
    Deed(
        "reopen", acts.reopen, _("Open it again"), _("Open again"), Group.FILE,
        {"reason": words(_("What was not done"))},
        against=_reopen, done=_("Opened again; new clocks run."),
    ),
    Deed(
        "plead", acts.plead, _("Ask that a rating be left out"), _("Ask"), Group.FILE,
        {
            "rating": one_of(
                _("Which rating"),
                lambda case: [_rating(case, e) for e in case.papers("ratings") if e.plea == Plea.NONE],
            ),
            "reason": words(_("Why it should not count")),
        },
        against=_plead, told=named("rating"), done=_("Asked. Somebody else decides."),
    ),
    Deed(
        "decide_plea", acts.decide_plea, _("Decide whether a rating counts"), _("Decide"), Group.FILE,
        {
            "rating": one_of(_("Which rating"), lambda case: [_rating(case, e) for e in _pleas(case)]),
            "granted": either(_("This rating"), _("is left out"), _("counts")),
            "reason": words(_("Why"), _("Both sides read it.")),
        },
        against=_decide_plea, asked=lambda case: not _decide_plea(case), told=named("rating"),
        done=_("Decided."),
    ),
    Deed(
        "merge", acts.merge, _("Handle it together with another"), _("Join it"), Group.FILE,
        {
            "number": line(_("Number of the other matter"), _("Both are about the same thing.")),
            "reason": words(_("Why"), required=False, rows=2),
        },
        against=_merge, told=_merged, done=_("Joined. Every voice keeps its number."),
    ),
    Deed(
        "unmerge", acts.unmerge, _("Take it apart again"), _("Take it apart"), Group.FILE,
        {"reason": words(_("Why"), required=False, rows=2)},
        against=_unmerge, done=_("Taken apart; its clocks run on."),
    ),
    Deed(
        "represent", acts.represent, _("Let somebody speak for the group"), _("Change it"), Group.FILE,
        {"submission": one_of(_("Who"), _voices)},
        against=_represent, told=_spoken_for, done=_("Changed."),
    ),
]  # fmt: skip

#: What a clerk does for somebody who rings and has no secret at hand.
FOR_THE_PERSON = [
    Deed(
        "chase", acts.chase, _("Note that the person asks how far it is"), _("Note"), Group.FILE,
        {
            "submission": one_of(_("Who"), _one_voice),
            "text": words(_("What they said"), required=False, rows=2),
        },
        against=_still_said, told=_only("text"), done=_("Noted."),
    ),
    Deed(
        "supplement", acts.supplement, _("Add what the person says"), _("Add"), Group.FILE,
        {
            "submission": one_of(_("Who"), _one_voice),
            "text": words(_("What they add")),
        },
        against=_still_said, told=_only("text"), done=_("Added."),
    ),
    Deed(
        "withdraw", acts.withdraw, _("Withdraw it, as the person wishes"),
        pgettext_lazy("submission", "Withdraw"), Group.FILE,
        {
            "submission": one_of(_("Who"), _one_voice),
            "reason": words(_("What they said"), required=False, rows=2),
            "sure": agreed(_("The person said so themselves")),
        },
        against=lambda case: _still_said(case) or case.unanswered(),
        told=_only("reason"), done=_("Withdrawn."), is_grave=True,
    ),
]  # fmt: skip
