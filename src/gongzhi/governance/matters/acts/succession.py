"""A matter goes on when a body that had it is no more."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, PLATFORM, Actor, act, keep, record, standing
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.parties.queries import Organisation, charges_over, command_over
from gongzhi.governance.matters.acts.clocks import _running
from gongzhi.governance.matters.acts.filing import RECEIVING
from gongzhi.governance.matters.acts.joint import _add_support, _go_on_with, _release
from gongzhi.governance.matters.acts.settling import _end_handover, _live
from gongzhi.governance.matters.acts.taking_part import (
    _answer_to_person,
    _is_accused,
    _lead_with,
    _leave,
    _open_supports,
    _parts,
    _take_part,
)
from gongzhi.governance.matters.models import (
    Accusal,
    CallBack,
    Matter,
    Merging,
    Reply,
    Role,
    State,
    Step,
    Submission,
)  # fmt: skip


@act("matter.succeed", _("Let another body go on with a matter"), audience=PARTICIPANTS)
def succeed(
    by: Actor, matter: Matter, *, body: Organisation, successor: Organisation | None = None
) -> Matter:
    """Put a successor in the place of a dissolved body; without one, whoever receives matters here.

    What was being handed over to or by it ends, its part goes to the successor, and the person still has
    exactly one body that answers. The successor of a body that is accused is accused too. Whoever is accused
    goes on with nothing: in its place its nearest superior does, or the nearest body, that may read it.
    """
    if body.dissolved is None and not _is_accused(matter, body):
        raise NotPossible(_("This body has not been dissolved."))
    if successor is not None and body.dissolved is not None and _accuse_too(matter, body, successor):
        return matter
    if successor is not None and _is_accused(matter, successor):
        successor = _instead_of(matter, body)
    heir = successor or _receiver(matter, body)
    if heir is None or heir.pk == body.pk:
        raise NotPossible(_("Nobody here can go on with this matter."))
    live = _live(matter)
    if live is not None and body.pk in (live.giver_id, live.asked_id, live.arbiter_id):
        _end_handover(matter, live, Step.WITHDRAWN)
    if matter.first_receiver_id == body.pk:
        matter.first_receiver = heir
        _take_part(matter, heir, Role.FIRST_RECEIVER)
        keep(matter, "first_receiver")
    if matter.answering_id == body.pk:
        _answer_to_person(matter, heir)
    if matter.lead_id == body.pk:
        _lead_after(matter, successor)
    for part in [part for part in _open_supports(matter) if part.organisation_id == body.pk]:
        _release(matter, part)
        if successor is not None and successor.pk != matter.lead_id:
            _add_support(matter, successor, part.task, part.due_at)
    _leave(matter, body, *Role)
    _inherit(matter, body, heir)
    record(facts={"body": body.code, "to": heir.code})
    return matter


def _accuse_too(matter: Matter, body: Organisation, successor: Organisation) -> bool:
    """Bar the successor of an accused body, and take from it and those it commands what they have."""
    accused = {each.organisation_id for each in standing(Accusal, matter_id=matter.pk)}
    if not matter.sealed or body.pk not in accused:
        return False
    if successor.pk not in accused:
        keep(Accusal(matter=matter, organisation=successor))
    record(facts={"body": body.code, "to": successor.code})
    for holder in {part.organisation_id: part.organisation for part in _parts(matter)}.values():
        if _is_accused(matter, holder) and (heir := _instead_of(matter, holder)) is not None:
            succeed(PLATFORM, matter, body=holder, successor=heir)
    return True


def _instead_of(matter: Matter, body: Organisation) -> Organisation | None:
    """The nearest superior of a body, or else the nearest that receives matters, that is not accused."""
    above = command_over(body)[1:]
    superiors = {each.pk: each for each in Organisation.objects.filter(pk__in=above, dissolved=None)}
    in_order = [superiors[key] for key in above if key in superiors]
    return _first_unaccused(matter, in_order) or _first_unaccused(matter, _receiving(matter))


def _first_unaccused(matter: Matter, bodies: Iterable[Organisation]) -> Organisation | None:
    return next((body for body in bodies if not _is_accused(matter, body)), None)


def _receiving(matter: Matter) -> list[Organisation]:
    return [charge.organisation for charge in charges_over([RECEIVING], matter.region)]


def _receiver(matter: Matter, body: Organisation) -> Organisation | None:
    if matter.first_receiver is not None and matter.first_receiver_id != body.pk:
        return matter.first_receiver
    return _first_unaccused(matter, _receiving(matter))


def _lead_after(matter: Matter, successor: Organisation | None) -> None:
    """The successor leads what was being handled; without one it waits to be sent again."""
    _go_on_with(matter)
    if matter.state == State.DISPATCHED and successor is not None:
        _lead_with(matter, successor)
        return
    if matter.state == State.MERGED:
        _comes_out(matter, successor)
    if matter.lead is not None:
        _leave(matter, matter.lead, Role.LEAD)
    matter.lead, matter.bound = successor, False
    if matter.state == State.DISPATCHED:
        matter.state = State.OPEN
    keep(matter, "lead", "bound", "state")


def _comes_out(matter: Matter, successor: Organisation | None) -> None:
    """What is handled together with another comes out of it to the successor, or to be sent again."""
    if successor is not None:
        _take_part(matter, successor, Role.LEAD)
        return
    for merging in standing(Merging, source_id=matter.pk, undone_at=None):
        merging.former = State.OPEN
        keep(merging, "former")


def _inherit(matter: Matter, body: Organisation, heir: Organisation) -> None:
    """Clocks, call-backs and submissions that were the body's are the heir's.

    A submission that is handled together with another is found by whoever took it in, wherever it is.
    """
    for clock in _running(matter):
        if clock.holder_id == body.pk:
            clock.holder = heir
            keep(clock, "holder")
    for submission in standing(Submission, matter_id=matter.pk):
        if submission.received_by_id == body.pk:
            submission.received_by = heir
            keep(submission, "received_by")
    for call in standing(CallBack, matter_id=matter.pk):
        if call.caller_id == body.pk and call.reply == Reply.WAITING:
            call.caller = heir
            keep(call, "caller")
