"""Handling a matter: take over, contact, answer, close; what happens at the door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.governance.matters import acts
from gongzhi.governance.matters.queries import Clock, State, Step
from gongzhi.service.desk.matter_page.asking import body, words
from gongzhi.service.desk.matter_page.case import UNANSWERED, Case, Sentence
from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group


def _is_offered(case: Case) -> bool:
    """Whether the matter waits for the reader's body to take it over."""
    live, matter = case.live, case.matter
    if live is not None:
        return live.step == Step.OFFERED and case.is_ours(live.asked)
    return (
        matter.state == State.DISPATCHED
        and matter.answering_id != matter.lead_id
        and case.is_ours(matter.lead_id)
    )


def _accept(case: Case) -> Sentence:
    if _is_offered(case):
        return ""
    live = case.live
    if live is not None:
        wrong = live.step != Step.OFFERED
        return _("It was returned, or others decide now.") if wrong else case.speaks(live.asked)
    if case.matter.state == State.DISPATCHED and case.matter.answering_id == case.matter.lead_id:
        return _("This body has taken over already.")
    return case.handled() or case.speaks(case.matter.lead_id)


def _return(case: Case) -> Sentence:
    if case.matter.bound:
        return _("This body was designated; it is bound.")
    return _accept(case)


def _contact(case: Case) -> Sentence:
    if case.handled():
        return case.handled()
    waits = any(clock.clock == Clock.CONTACT and clock.met_at is None for clock in case.clocks)
    return "" if waits else _("The first contact was noted already, or no rule asks for one.")


def _answer(case: Case) -> Sentence:
    if case.matter.state == State.OPEN:
        return _("A matter is sent to a handling body before it is answered.")
    waits = case.open_supports
    return (
        case.handled()
        or case.runs()
        or case.nothing_live()
        or (
            _("%(bodies)s have not reported yet.")
            % {"bodies": " / ".join(dict.fromkeys(case.name(part.organisation) for part in waits))}
            if waits
            else ""
        )
        or case.speaks(case.matter.lead_id)
    )


def _dispatch(case: Case) -> Sentence:
    if case.matter.bound:
        return _("%(body)s was designated and is bound.") % {"body": case.name(case.matter.lead_id)}
    live = case.live
    if live is not None and (live.step != Step.RETURNED or live.is_across):
        return case.nothing_live()
    return case.unanswered()


def _close(case: Case) -> Sentence:
    if case.matter.state in UNANSWERED:
        return _("A matter is answered before it is closed.")
    if case.matter.state != State.ANSWERED:
        return case.why_over()
    if any(each.clock == Clock.VERIFY and each.met_at is None for each in case.clocks) and not case.verified:
        return _("This matter has not been verified yet.")
    return _("Not everybody has been called back yet.") if case.calls else ""


def _at_the_door(case: Case) -> Sentence:
    return case.unanswered() or case.speaks(case.matter.answering_id, case.matter.first_receiver_id)


def _decline(case: Case) -> Sentence:
    again = _("What is being handled is answered, not declined.") if case.matter.round > 1 else ""
    return _at_the_door(case) or again


def _directly(case: Case) -> Sentence:
    busy = _("Several bodies are at this matter already.") if case.open_supports or case.live else ""
    return _at_the_door(case) or busy


HANDLING = [
    Deed(
        "accept", acts.accept, _("Take over"), _("Take over"), Group.HANDLE,
        against=_accept, asked=_is_offered, done=_("Taken over. You answer to the person now."),
    ),
    Deed(
        "return", acts.return_, _("Return, with a reason and a proposal"),
        pgettext_lazy("matter", "Return"), Group.HANDLE,
        {
            "reason": words(_("Why it is not yours"), _("Both sides and whoever decides read it.")),
            "proposal": body(_("Who should lead instead"), required=False),
        },
        against=_return, asked=_is_offered, done=_("Returned."),
    ),
    Deed(
        "contact", acts.contact, _("Note the first contact"), _("Note the contact"), Group.HANDLE,
        {
            "text": words(
                _("Who was reached, or what was seen on the spot"),
                _("The person reads it too. It ends the clock of the first contact."),
            )
        },
        against=_contact, asked=lambda case: case.is_ours(case.matter.lead_id), done=_("Noted."),
    ),
    Deed(
        "answer", acts.answer, _("Answer"), _("Answer"), Group.HANDLE,
        {
            "text": words(
                _("What the person will read"),
                _("It goes out as it stands here. Say what was done, or why not."),
                rows=4,
            )
        },
        against=_answer, asked=lambda case: case.is_ours(case.matter.lead_id),
        done=_("The answer was given."), decides=lambda case: case.name(case.matter.lead_id),
    ),
    Deed(
        "answer_interim", acts.answer_interim, _("Answer in the meantime"), _("Tell the person"),
        Group.HANDLE,
        {
            "text": words(
                _("How far it is, and when it goes on"),
                _("The person reads it. The matter stays open."),
            )
        },
        against=lambda case: case.unanswered() or case.speaks(case.matter.answering_id, case.matter.lead_id),
        done=_("The person was told how far it is."),
    ),
    Deed(
        "close", acts.close, pgettext_lazy("matter", "Close"), pgettext_lazy("matter", "Close"), Group.HANDLE,
        against=_close, asked=lambda case: case.is_ours(case.matter.first_receiver_id), done=_("Closed."),
        told=lambda case, told: {}, decides=lambda case: case.name(case.matter.first_receiver_id),
    ),
    Deed(
        "note", acts.note, _("Note for colleagues"), _("Note"), Group.HANDLE,
        {
            "text": words(
                _("What colleagues should know"), _("Only staff who reach this matter read it.")
            )
        },
        done=_("Noted."),
    ),
    Deed(
        "dispatch", acts.dispatch, _("Send to a handling body"), pgettext_lazy("dispatch", "Send"),
        Group.WHO,
        {"to": body(_("To"))},
        against=_dispatch, asked=lambda case: case.matter.state == State.OPEN, done=_("Sent."),
        decides=lambda case: case.name(case.matter.first_receiver_id),
    ),
    Deed(
        "answer_directly", acts.answer_directly, _("Answer at once, and close it"),
        _("Answer and close"), Group.FILE,
        {"text": words(_("What the person will read"), _("For what nobody has to handle."), rows=4)},
        against=_directly, done=_("Answered and closed."),
    ),
    Deed(
        "decline", acts.decline, _("Not take it in, and tell the right door"), _("Do not take it in"),
        Group.FILE,
        {
            "reason": words(_("Why it is not taken in"), _("The person reads it.")),
            "right_door": words(_("Where the right door is"), _("Emergencies: 110, 119, 120."), rows=2),
        },
        against=_decline, done=_("Not taken in; the person is told why, and where to go."), is_grave=True,
    ),
]  # fmt: skip
