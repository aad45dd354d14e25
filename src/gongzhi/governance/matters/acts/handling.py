"""What a body does with a matter, from the dispatch to the closed file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    STAFF,
    Actor,
    Machine,
    act,
    historical,
    keep,
    moment,
    record,
    standing,
)  # fmt: skip
from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.acts.clocks import LEADS_CLOCKS, _is_imported, _meet, _running, _start, _void
from gongzhi.governance.matters.acts.settling import _accept_offer, _end_handover, _live
from gongzhi.governance.matters.acts.taking_part import (
    _answer_to_person,
    _lead_with,
    _open_supports,
    _speaks_for,
    _take_over,
)
from gongzhi.governance.matters.acts.verdicts import _ask_for_the_end, _check_may_close
from gongzhi.governance.matters.models import (
    Clock,
    Deadline,
    Matter,
    Outcome,
    Part,
    Role,
    State,
    Step,
)  # fmt: skip
from gongzhi.governance.matters.rules import ENDING, RETENTION, asked_of, kept_until


@act("matter.dispatch", _("Send the matter to a handling body"), audience=PARTICIPANTS)
def dispatch(by: Actor, matter: Matter, *, to: Organisation) -> Matter:
    """Send a matter to the body that leads it.

    Whoever received it first goes on answering to the person until this body has taken over.
    """
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    if matter.lead_id == to.pk:
        raise NotPossible(_("This body leads the matter already."), field="to")
    if to.dissolved is not None:
        raise NotPossible(_("This body has been dissolved."), field="to")
    if not _lies_within_reach(by, matter):  # whoever only supports, watches or is asked sends nobody away
        _speaks_for(by, matter.lead, matter.first_receiver, matter.answering)
    _check_may_send(matter, to)
    before, receiver = matter.lead, matter.first_receiver
    if matter.answering_id is None or _is_imported():
        _answer_to_person(matter, to)
    elif before is not None and matter.answering_id == before.pk:  # whoever had taken over leads no longer
        _answer_to_person(matter, receiver if receiver is not None and receiver.dissolved is None else to)
    if receiver is None:
        matter.first_receiver = to
        keep(matter, "first_receiver")
    _lead_with(matter, to)
    record(facts={"to": to.code, "from": before.code if before else None})
    return matter


def _lies_within_reach(by: Any, matter: Matter) -> bool:
    """Whether the actor sends what lies in the matter's region, whoever takes part in it."""
    return any(
        held.scope.everywhere or any(matter.region.path.startswith(path) for path in held.scope.paths)
        for held in getattr(by, "held", ())
        if "region" in held.grants.get("matter.dispatch", ())
    )


def _check_may_send(matter: Matter, to: Organisation) -> None:
    """Refuse what a handover, a designation or two failures stand against."""
    if historical() is not None:
        return
    if matter.bound:
        raise NotPossible(
            _("%(body)s was designated and is bound.") % {"body": matter.lead},
            instead=_("Whoever designated it can designate another."),
        )
    if not work.current().is_new(matter) and (live := _live(matter)) is not None:
        if live.step != Step.RETURNED or live.is_across:
            raise NotPossible(
                _("This matter is being handed over."), instead=_("Withdraw the offer, or let it be decided.")
            )
        if live.asked_id == to.pk:
            raise NotPossible(
                _("%(body)s has returned this matter.") % {"body": to},
                field="to",
                instead=_("Send it elsewhere, or let an arbiter designate."),
            )
        _end_handover(matter, live, Step.WITHDRAWN)
    if matter.failures:
        rule = asked_of(ENDING, matter)
        if rule is not None and matter.failures >= rule.value["second_after"] and _has_failed(matter, to):
            raise NotPossible(
                _("%(body)s has failed at this matter; another body handles it now.") % {"body": to},
                field="to",
            )


def _has_failed(matter: Matter, body: Organisation) -> bool:
    """Whether a body led a matter that was then not found done."""
    return any(
        each.organisation_id == body.pk for each in standing(Part, matter_id=matter.pk, role=Role.LEAD)
    )


@act("matter.note", _("Note something for colleagues"), audience=STAFF)
def note(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Write a note on a matter that staff who reach it can read."""
    if not text.strip():
        raise Invalid(_("Write what you want to note."), field="text")
    record(private={"text": text})
    return matter


@act("matter.contact", _("Note the first contact"), audience=PARTICIPANTS)
def contact(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Note that whoever brought the matter in was spoken to, or that the place was looked at.

    Ends the clock of the first contact; what was said is read by that person too.
    """
    if matter.state != State.DISPATCHED:
        raise NotPossible(_("Contact is noted while a body handles the matter."))
    if not text.strip():
        raise Invalid(_("Say in a few words who was reached, or what was seen."), field="text")
    running = [deadline for deadline in _running(matter) if deadline.clock == Clock.CONTACT]
    if not running and not _is_imported():
        raise NotPossible(_("The first contact was noted already, or no rule asks for one."))
    due = min((deadline.due_at for deadline in running), default=None)
    if _speaks_for_lead(by, matter):
        _take_over(matter)
    record(facts={"due": due, "in_time": _meet(running)}, private={"text": text})
    return matter


def _speaks_for_lead(by: Any, matter: Matter) -> bool:
    return historical() is not None or matter.lead_id in getattr(by, "organisations", ())


@act("matter.accept", _("Take over"), audience=PARTICIPANTS)
def accept(by: Actor, matter: Matter) -> Matter:
    """Take a matter over that was sent or offered: from now on this body answers to the person."""
    live = _live(matter)
    if live is not None and live.step == Step.OFFERED:
        _speaks_for(by, live.asked)
        _accept_offer(matter, live)
    else:
        if matter.state != State.DISPATCHED or live is not None:
            raise NotPossible(_("Nothing was offered here."))
        _speaks_for(by, matter.lead)
        if matter.answering_id == matter.lead_id:
            raise NotPossible(_("This body has taken over already."))
        _take_over(matter)
    record(facts={"body": matter.lead.code if matter.lead else None})
    return matter


@act("matter.answer_interim", _("Answer in the meantime"), audience=PARTICIPANTS)
def answer_interim(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Tell whoever brought the matter in how far it is; ends the clock of the interim answer alone."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has been answered."))
    _speaks_for(by, matter.answering, matter.lead)
    if not text.strip():
        raise Invalid(_("Write the answer in words that the person understands."), field="text")
    if _speaks_for_lead(by, matter):
        _take_over(matter)
    in_time = _meet(_running(matter, Clock.INTERIM))
    record(facts={"in_time": in_time}, private={"text": text})
    return matter


@act("matter.answer", _("Answer"), audience=PARTICIPANTS)
def answer(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Answer whoever brought the matter in; ends the clocks that ran for it."""
    if matter.state != State.DISPATCHED:
        raise NotPossible(
            _("This matter has been answered.")
            if matter.state in (State.ANSWERED, State.CLOSED)
            else _("Somebody has to be sent this matter before it can be answered."),
        )
    if not text.strip() and historical() is None:
        raise Invalid(_("Write the answer in words that the person understands."), field="text")
    if historical() is None:
        _check_may_answer(by, matter)
        _take_over(matter)
    matter.state = State.ANSWERED
    matter.answered_at = moment()
    matter.answer = text
    matter.answered_by = None if isinstance(by, Machine) else by.id
    running = _running(matter)
    due = matter.due_at or min((deadline.due_at for deadline in running), default=None)
    matter.due_at = None
    keep(matter, "state", "answered_at", "answer", "answered_by", "due_at")
    _meet([deadline for deadline in running if deadline.clock == Clock.CONTACT])
    in_time = _meet([deadline for deadline in running if deadline.clock in LEADS_CLOCKS[1:]])
    record(
        facts={"due": due, "in_time": in_time, **({} if _is_imported() else {"round": matter.round})},
        private={"text": text} if text else {},
    )
    if historical() is None:
        _ask_for_the_end(matter)
    return matter


def _check_may_answer(by: Any, matter: Matter) -> None:
    """A final answer is the lead's, when nobody else still owes a part."""
    _speaks_for(by, matter.lead)
    if matter.stopped:
        raise NotPossible(_("The clocks of this matter stand still."), instead=_("Let them run first."))
    if _live(matter) is not None:
        raise NotPossible(
            _("This matter is being handed over."), instead=_("Answer when it is settled who leads.")
        )
    if waiting := _open_supports(matter):
        raise NotPossible(
            _("%(bodies)s have not reported yet.")
            % {"bodies": ", ".join(str(part.organisation) for part in waiting)},
            instead=_("Wait for them, or release them from their part."),
        )


@act("matter.promise", _("Give a deadline"), audience=PARTICIPANTS)
def promise(by: Actor, matter: Matter, *, due: datetime, precision: str = "exact") -> Matter:
    """Record a deadline that was set elsewhere, such as an imported target.

    An imported one is kept as a fact and binds nobody: no clock ticks for history.
    """
    holder = None if _is_imported() else matter.lead or matter.answering
    deadline = Deadline(matter=matter, clock=Clock.FINISH, holder=holder, due_at=due, precision=precision)
    _start(deadline)
    if matter.state in (State.OPEN, State.DISPATCHED) and matter.origin != Origin.IMPORTED:
        matter.due_at = due
        keep(matter, "due_at")
    record(facts={"clock": Clock.FINISH.value, "due": due})
    return matter


@act("matter.close", _("Close"), audience=PARTICIPANTS)
def close(by: Actor, matter: Matter, *, outcome: str = Outcome.ANSWERED.value) -> Matter:
    """Close an answered matter; a rule says how long its file is kept.

    Before that it was verified and everybody called back, where the rule asks for it.
    """
    if matter.state != State.ANSWERED:
        raise NotPossible(
            _("This matter is closed already.")
            if matter.state == State.CLOSED
            else _("A matter is answered before it is closed.")
        )
    if historical() is None:
        _check_may_close(matter)
    _close(matter, outcome)
    record(facts={"outcome": outcome, "keep_until": matter.keep_until})
    return matter


def _close(matter: Matter, outcome: str) -> None:
    """End a matter: no clock runs on, and a rule says how long the file is kept."""
    matter.state, matter.outcome = State.CLOSED, outcome if outcome in Outcome.values else Outcome.ANSWERED
    matter.closed_at, matter.due_at = moment(), None
    if not _is_imported():
        _void(_running(matter))
        asked = {"kind": matter.kind, "category": matter.category.code, "channel": ""}
        matter.keep_until = kept_until(RETENTION, matter.region, asked)
    keep(matter, "state", "outcome", "closed_at", "due_at", "keep_until")
