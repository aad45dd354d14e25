"""Several bodies on one matter: each support has its part, its deadline and its report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, STAFF, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.governance.matters.acts.clocks import (
    _deadline,
    _go_on,
    _let_run,
    _meet,
    _running,
    _stand_still,
    _start,
    _void,
)
from gongzhi.governance.matters.acts.settling import _live
from gongzhi.governance.matters.acts.taking_part import (
    _answer_to_person,
    _end_part,
    _lead_with,
    _parts,
    _speaks_for,
    _take_part,
)
from gongzhi.governance.matters.models import (
    Clock,
    Extension,
    Instruction,
    Matter,
    Part,
    Pause,
    Role,
    State,
    Stop,
)  # fmt: skip
from gongzhi.governance.matters.rules import EXTENSION, STOP, SUPPORT, asked_of, due_after, facts_of


def _add_support(
    matter: Matter,
    body: Organisation,
    task: str,
    due: datetime | None = None,
    *,
    muster: UUID | None = None,
    point: UUID | None = None,
) -> Part:
    """Give a body a part with its own clock, which ends before the lead's."""
    if not task.strip():
        raise Invalid(_("Say what %(body)s is to do.") % {"body": body}, field="task")
    if body.dissolved is not None:
        raise NotPossible(_("%(body)s has been dissolved.") % {"body": body})
    part = _take_part(matter, body, Role.SUPPORT, task=task[:500], muster=muster, point=point)
    decided = asked_of(SUPPORT, matter) if due is None else None
    measure = ""
    if decided is not None:
        amount, unit = decided.value["amount"], decided.value["unit"]
        due, measure = due_after(amount, unit, matter.region, facts_of(matter)), f"{amount} {unit}"
    if due is not None:
        part.due_at = _before_lead(matter, due)
        _start(_deadline(matter, Clock.SUPPORT, part.due_at, body, decided, measure, part.pk))
    return part


def _before_lead(matter: Matter, due: datetime) -> datetime:
    """A support is due before the lead: halfway to its end where its own time would be longer."""
    ends = matter.due_at
    if ends is None or due < ends or ends <= moment():
        return due
    return moment() + (ends - moment()) / 2


@act("matter.add_support", _("Ask a body for support"), audience=PARTICIPANTS)
def add_support(
    by: Actor, matter: Matter, *, body: Organisation, task: str, due: datetime | None = None
) -> Part:
    """Ask a body to do its part of a matter, by a deadline that ends before the lead's."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    if body.pk == matter.lead_id:
        raise NotPossible(_("This body leads the matter already."), field="body")
    part = _add_support(matter, body, task, due)
    record(facts={"body": body.code, "due": part.due_at, "part": part.pk}, private={"task": task})
    return part


def _part_of(matter: Matter, part: Part) -> Part:
    """A part as it stands within the act."""
    found = next((each for each in _parts(matter, Role.SUPPORT) if each.pk == part.pk), None)
    if found is None:
        raise NotPossible(_("This part has ended."))
    return found


@act("matter.report", _("Report on one's part"), audience=PARTICIPANTS)
def report(by: Actor, matter: Matter, *, part: Part, text: str) -> Part:
    """Report, as supporting body, what was done; ends the clock of that part."""
    held = _part_of(matter, part)
    _speaks_for(by, held.organisation)
    if not held.is_open:
        raise NotPossible(_("This body has reported already."))
    if not text.strip():
        raise Invalid(_("Say what was done, or why it could not be."), field="text")
    held.reported_at, held.report = moment(), text
    keep(held, "reported_at", "report")
    clocks = [clock for clock in _running(matter) if clock.part == held.pk]
    in_time = _meet(clocks)
    record(
        facts={"body": held.organisation.code, "part": held.pk, "due": held.due_at, "in_time": in_time},
        private={"text": text},
    )
    return held


@act("matter.release", _("Release a body from its part"), audience=PARTICIPANTS)
def release(by: Actor, matter: Matter, *, part: Part, reason: str) -> Part:
    """Release a supporting body from a part that is no longer wanted, saying why."""
    held = _part_of(matter, part)
    _speaks_for(by, matter.lead, matter.answering)
    if not held.is_open:
        raise NotPossible(_("This body has reported already."))
    if not reason.strip():
        raise Invalid(_("Say why this part is no longer wanted."), field="reason")
    _release(matter, held)
    record(facts={"body": held.organisation.code, "part": held.pk}, private={"reason": reason})
    return held


def _release(matter: Matter, part: Part) -> None:
    _end_part(matter, part)
    _void(clock for clock in _running(matter) if clock.part == part.pk)


# -- instruction and supervision -----------------------------------------------------------------------


@act("matter.instruct", _("Give an instruction"), audience=STAFF)
def instruct(
    by: Actor,
    matter: Matter,
    *,
    to: Organisation,
    text: str,
    giver: Organisation,
    due: datetime | None = None,
) -> Instruction:
    """A leader's word on a matter to a body that takes part; watched until it is carried out."""
    _speaks_for(by, giver)
    if not text.strip():
        raise Invalid(_("Write the instruction."), field="text")
    if matter.state in (State.CLOSED, State.MERGED):
        raise NotPossible(_("This matter is closed."))
    if to.pk not in {part.organisation_id for part in _parts(matter)}:
        raise NotPossible(_("%(body)s takes no part in this matter.") % {"body": to}, field="to")
    if due is not None and due <= moment():
        raise Invalid(_("The deadline lies in the past."), field="due")
    instruction = Instruction(matter=matter, giver=giver, to=to, text=text, given_at=moment(), due_at=due)
    keep(instruction)
    _take_part(matter, giver, Role.WATCHER)
    if due is not None:
        _start(_deadline(matter, Clock.INSTRUCTION, due, to, part=instruction.pk))
    record(
        facts={"to": to.code, "giver": giver.code, "due": due, "instruction": instruction.pk},
        private={"text": text},
    )
    return instruction


@act("matter.carry_out", _("Report that an instruction was carried out"), audience=STAFF)
def carry_out(by: Actor, matter: Matter, *, instruction: Instruction, text: str) -> Instruction:
    """Say how an instruction was carried out; ends its clock."""
    rows = standing(Instruction, matter_id=matter.pk)
    held = next((each for each in rows if each.pk == instruction.pk and each.done_at is None), None)
    if held is None:
        raise NotPossible(_("This instruction has been carried out already."))
    _speaks_for(by, held.to)
    if not text.strip():
        raise Invalid(_("Say what was done, or why it could not be."), field="text")
    held.done_at, held.report = moment(), text
    keep(held, "done_at", "report")
    in_time = _meet(clock for clock in _running(matter) if clock.part == held.pk)
    record(facts={"body": held.to.code, "instruction": held.pk, "in_time": in_time}, private={"text": text})
    return held


@act("matter.supervise", _("Watch until it is done"), audience=STAFF)
def supervise(by: Actor, matter: Matter, *, watcher: Organisation, reason: str = "") -> Matter:
    """Put a matter under supervision: a body watches it until it is done."""
    if matter.state in (State.CLOSED, State.MERGED):
        raise NotPossible(_("This matter is closed."))
    _speaks_for(by, watcher)
    if any(part.organisation_id == watcher.pk for part in _parts(matter, Role.WATCHER)):
        raise NotPossible(_("This body watches the matter already."))
    _take_part(matter, watcher, Role.WATCHER)
    record(facts={"watcher": watcher.code}, private={"reason": reason} if reason else {})
    return matter


@act("matter.escalate", _("Handle one level up"), audience=PARTICIPANTS)
def escalate(by: Actor, matter: Matter, *, to: Organisation, reason: str) -> Matter:
    """Let the superior of the lead handle a matter; the lead goes on in support."""
    if matter.state != State.DISPATCHED or matter.lead is None:
        raise NotPossible(_("Only what a body handles is handled one level up."))
    if _live(matter) is not None or matter.stopped:
        raise NotPossible(_("Settle first who leads, and let the clocks run."))
    former = matter.lead
    if former.superior_id != to.pk:
        raise NotPossible(_("%(body)s is not the superior of the lead.") % {"body": to}, field="to")
    if not reason.strip():
        raise Invalid(_("Say why it is handled one level up."), field="reason")
    _lead_with(matter, to)
    _answer_to_person(matter, to)
    matter.bound = True
    keep(matter, "bound")
    part = _add_support(matter, former, str(_("Go on handling under the guidance of the superior.")))
    record(facts={"to": to.code, "from": former.code, "part": part.pk}, private={"reason": reason})
    return matter


# -- time ----------------------------------------------------------------------------------------------


@act("matter.ask_extension", _("Ask for more time"), audience=STAFF)
def ask_extension(by: Actor, matter: Matter, *, days: int, reason: str, told: bool) -> Extension:
    """Ask, as lead, for more time before it has run out; the person is told first where the rule says so."""
    if matter.state != State.DISPATCHED:
        raise NotPossible(_("More time is asked for while a body handles the matter."))
    lead = _speaks_for(by, matter.lead)
    if lead is None:
        raise NotPossible(_("Nobody has this matter yet."))
    if matter.stopped:
        raise NotPossible(_("The clocks of this matter stand still."))
    if not reason.strip():
        raise Invalid(_("Say why more time is needed."), field="reason")
    earlier = standing(Extension, matter_id=matter.pk)
    if any(each.granted is None for each in earlier):
        raise NotPossible(_("More time has been asked for already."))
    decided = asked_of(EXTENSION, matter)
    if decided is None:
        raise NotPossible(_("No rule allows more time here."))
    if days < 1 or days > decided.value["days"]:
        raise Invalid(
            _("The rule allows at most %(days)d working days.") % {"days": decided.value["days"]},
            field="days",
        )
    if sum(bool(each.granted) for each in earlier) >= decided.value["times"]:
        raise NotPossible(_("The time was extended as often as the rule allows."))
    if decided.value["told_first"] and not told:
        raise Invalid(_("Tell the person first that it takes longer, and why."), field="told")
    finish = _running(matter, Clock.FINISH)
    if not finish or finish[0].due_at < moment():
        raise NotPossible(_("The time has run out; it can no longer be extended."))
    extension = Extension(
        matter=matter,
        asker=lead,
        asked_by=by.id,
        days=days,
        reason=reason,
        asked_at=moment(),
        told_at=moment() if told else None,
        rule=decided.digest,
        basis=decided.basis[:300],
    )
    keep(extension)
    record(facts={"body": lead.code, "days": days, "told": told}, private={"reason": reason})
    return extension


@act("matter.sign_extension", _("Decide on more time"), audience=PARTICIPANTS)
def sign_extension(
    by: Actor, matter: Matter, *, extension: Extension, granted: bool, reason: str = ""
) -> Extension:
    """Grant or refuse more time; never by whoever asked for it."""
    rows = standing(Extension, matter_id=matter.pk)
    held = next((each for each in rows if each.pk == extension.pk and each.granted is None), None)
    if held is None:
        raise NotPossible(_("This has been decided already."))
    if held.asked_by == by.id:
        raise NotPossible(_("Nobody signs what they asked for themselves."), instead=_("A leader signs it."))
    _speaks_for(by, held.asker, held.asker.superior, matter.first_receiver)
    held.granted, held.decided_at = granted, moment()
    keep(held, "granted", "decided_at")
    due = None
    for clock in _running(matter, Clock.FINISH) if granted else ():
        _go_on(clock)
        clock.due_at = calendar_of(matter.region).add(clock.due_at, held.days, "working_days")
        keep(clock, "due_at")
        due = matter.due_at = held.due_at = clock.due_at
        keep(matter, "due_at")
        keep(held, "due_at")
    record(
        facts={"granted": granted, "days": held.days, "due": due, "rule": held.rule},
        private={"reason": reason} if reason else {},
    )
    return held


@act("matter.stop", _("Let the clocks stand still"), audience=PARTICIPANTS)
def stop(by: Actor, matter: Matter, *, kind: str, reason: str, until: datetime | None = None) -> Pause:
    """Suspend a matter, or shelve it on the public list of the unresolved, where a rule allows it."""
    if kind not in Stop.values:
        raise Invalid(_("A matter is suspended or shelved."), field="kind")
    if matter.state != State.DISPATCHED:
        raise NotPossible(_("Clocks stand still only while a body handles the matter."))
    if matter.stopped:
        raise NotPossible(_("The clocks of this matter stand still already."))
    if _live(matter) is not None:
        raise NotPossible(_("This matter is being handed over."))
    body = _speaks_for(by, matter.lead, matter.answering)
    if not reason.strip():
        raise Invalid(_("Say why; the person reads it."), field="reason")
    decided = asked_of(STOP, matter, stop=kind)
    if decided is None or not decided.value["allowed"]:
        raise NotPossible(_("No rule allows this here."))
    latest = calendar_of(matter.region).add(moment(), decided.value["days"] * 24, "hours")
    if until is not None and (until <= moment() or until > latest):
        raise Invalid(
            _("The rule allows at most %(days)d days.") % {"days": decided.value["days"]}, field="until"
        )
    _stand_still(matter)
    pause = Pause(
        matter=matter,
        kind=kind,
        reason=reason,
        by=body,
        rule=decided.digest,
        basis=decided.basis[:300],
        since=moment(),
        until=until or latest,
    )
    keep(pause)
    matter.stopped = kind
    keep(matter, "stopped")
    record(facts={"kind": kind, "until": pause.until, "rule": decided.digest}, private={"reason": reason})
    return pause


@act("matter.go_on", _("Let the clocks run on"), audience=PARTICIPANTS)
def go_on(by: Actor, matter: Matter, *, reason: str = "") -> Matter:
    """End a suspension, or take a matter off the list of the unresolved; clocks have the time they had."""
    if not matter.stopped:
        raise NotPossible(_("The clocks of this matter run."))
    _speaks_for(by, matter.lead, matter.answering)
    _go_on_with(matter)
    record(facts={"due": matter.due_at}, private={"reason": reason} if reason else {})
    return matter


def _go_on_with(matter: Matter) -> None:
    """Let a matter's clocks run on, if they stand still."""
    if not matter.stopped:
        return
    for pause in standing(Pause, matter_id=matter.pk, ended_at=None):
        pause.ended_at = moment()
        keep(pause, "ended_at")
    matter.stopped = ""
    keep(matter, "stopped")
    _let_run(matter)
