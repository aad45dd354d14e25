"""What a body does with a matter, from the dispatch to the closed file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    STAFF,
    Actor,
    act,
    historical,
    keep,
    moment,
    record,
)  # fmt: skip
from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.acts.clocks import _is_imported, _meet, _running, _start
from gongzhi.governance.matters.models import (
    Clock,
    Deadline,
    Matter,
    Part,
    Role,
    State,
)  # fmt: skip
from gongzhi.governance.matters.rules import RETENTION, consult


@act("matter.dispatch", _("Send the matter to a handling body"), audience=PARTICIPANTS)
def dispatch(by: Actor, matter: Matter, *, to: Organisation) -> Matter:
    """Send a matter to the body that leads it."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    if matter.lead_id == to.pk:
        raise NotPossible(_("This body leads the matter already."), field="to")
    before = matter.lead
    matter.lead = to
    matter.state = State.DISPATCHED
    matter.dispatched_at = moment()
    matter.undecided = ""
    if matter.first_receiver_id is None:
        matter.first_receiver = to
    keep(matter, "lead", "state", "dispatched_at", "undecided", "first_receiver")
    if not (before and Part.objects.filter(matter=matter.pk, organisation=to.pk, role=Role.LEAD).exists()):
        keep(Part(matter=matter, organisation=to, role=Role.LEAD, since=moment()))
    record(facts={"to": to.code, "from": before.code if before else None})
    return matter


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
    record(facts={"due": due, "in_time": _meet(running)}, private={"text": text})
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
    matter.state = State.ANSWERED
    matter.answered_at = moment()
    matter.answer = text
    running = _running(matter)
    due = matter.due_at or min((deadline.due_at for deadline in running), default=None)
    matter.due_at = None
    keep(matter, "state", "answered_at", "answer", "due_at")
    _meet([deadline for deadline in running if deadline.clock == Clock.CONTACT])
    in_time = _meet([deadline for deadline in running if deadline.clock != Clock.CONTACT])
    record(facts={"due": due, "in_time": in_time}, private={"text": text} if text else {})
    return matter


@act("matter.promise", _("Give a deadline"), audience=PARTICIPANTS)
def promise(by: Actor, matter: Matter, *, due: datetime, precision: str = "exact") -> Matter:
    """Record a deadline that was set elsewhere, such as an imported target.

    An imported one is kept as a fact and binds nobody: no clock ticks for history.
    """
    deadline = Deadline(matter=matter, clock=Clock.FINISH, due_at=due, precision=precision)
    _start(deadline)
    if matter.state in (State.OPEN, State.DISPATCHED) and matter.origin != Origin.IMPORTED:
        matter.due_at = due
        keep(matter, "due_at")
    record(facts={"clock": Clock.FINISH.value, "due": due})
    return matter


@act("matter.close", _("Close"), audience=PARTICIPANTS)
def close(by: Actor, matter: Matter, *, outcome: str = "answered") -> Matter:
    """Close an answered matter; a rule says how long its file is kept."""
    if matter.state != State.ANSWERED:
        raise NotPossible(
            _("This matter is closed already.")
            if matter.state == State.CLOSED
            else _("A matter is answered before it is closed.")
        )
    matter.state = State.CLOSED
    matter.closed_at = moment()
    if not _is_imported():
        matter.keep_until = _keep_until(matter)
    keep(matter, "state", "closed_at", "keep_until")
    record(facts={"outcome": outcome, "keep_until": matter.keep_until})
    return matter


def _keep_until(matter: Matter) -> Any:
    told = {"kind": matter.kind, "category": matter.category.code, "channel": ""}
    decided = consult(RETENTION, matter.region, told, [])
    if decided is None or matter.closed_at is None:
        return None
    day = matter.closed_at.date()
    return day.replace(year=day.year + decided.value["years"], day=min(day.day, 28))
