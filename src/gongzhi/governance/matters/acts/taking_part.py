"""Who takes part in a matter, who may speak for a body, and which body answers to the person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import Machine, historical, keep, moment, standing
from gongzhi.foundation.ledger.refusals import NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation, command_over
from gongzhi.governance.matters.acts.clocks import _hand_clocks, _is_imported, _running, _void
from gongzhi.governance.matters.models import Accusal, Clock, Matter, Part, Role, State


def _speaks_for(by: Any, *bodies: Organisation | None) -> Organisation | None:
    """The first of some bodies for which the actor speaks; refused where there is none.

    The platform speaks for whoever has to, and so does history.
    """
    named = [body for body in bodies if body is not None]
    if isinstance(by, Machine) or historical() is not None:
        return named[0] if named else None
    for body in named:
        if body.pk in by.organisations:
            return body
    raise NotAllowed(
        _("Only %(bodies)s can do this.") % {"bodies": " / ".join(str(body) for body in named) or "–"},
        instead=_("Ask them, or write a note on the matter."),
    )


def _parts(matter: Matter, *roles: Role) -> list[Part]:
    """The parts that stand in a matter, of some roles if these are named."""
    rows = standing(Part, matter_id=matter.pk, released_at=None)
    return [row for row in rows if not roles or row.role in roles]


def _is_accused(matter: Matter, body: Organisation) -> bool:
    """Whether a matter accuses a body, or one that commands it."""
    if not matter.sealed:
        return False
    accused = {each.organisation_id for each in standing(Accusal, matter_id=matter.pk)}
    return bool(accused & set(command_over(body)))


def _take_part(matter: Matter, body: Organisation, role: Role, **more: Any) -> Part:
    """Give a body a part, or the part it once had again; never a body that the matter accuses."""
    if _is_accused(matter, body):
        raise NotPossible(
            _("%(body)s, or a body that commands it, is accused in this report and must not see it.")
            % {"body": body},
            instead=_("Choose a body that is not named in it, nor under the orders of one that is."),
        )
    if role != Role.SUPPORT and not _is_imported():
        for held in standing(Part, matter_id=matter.pk, organisation_id=body.pk, role=role):
            if held.released_at is not None:
                held.released_at, held.since = None, moment()
                keep(held, "released_at", "since")
            return held
    part = Part(matter=matter, organisation=body, role=role, since=moment(), **more)
    keep(part)
    return part


def _leave(matter: Matter, body: Organisation, *roles: Role) -> None:
    """End the parts of some roles that a body has."""
    for part in _parts(matter, *roles):
        if part.organisation_id == body.pk:
            _end_part(matter, part)


def _end_part(matter: Matter, part: Part) -> None:
    """End a part; a body that has no other one is not waited for to carry out instructions."""
    part.released_at = moment()
    keep(part, "released_at")
    body = part.organisation_id
    if not _is_imported() and all(each.organisation_id != body for each in _parts(matter)):
        _void(clock for clock in _running(matter, Clock.INSTRUCTION) if clock.holder_id == body)


def _lead_with(matter: Matter, body: Organisation) -> None:
    """Make a body the lead of a matter, in place of the one before, and the holder of its clocks."""
    before = matter.lead
    if before is not None and before.pk != body.pk and not _is_imported():
        _leave(matter, before, Role.LEAD)
    matter.lead, matter.state, matter.dispatched_at, matter.undecided = body, State.DISPATCHED, moment(), ""
    _take_part(matter, body, Role.LEAD)
    _hand_clocks(matter, body)
    keep(matter, "lead", "state", "dispatched_at", "undecided")


def _answer_to_person(matter: Matter, body: Organisation) -> None:
    """From now on a body answers to whoever brought the matter in; there is always exactly one."""
    if matter.answering_id != body.pk:
        matter.answering = body
        keep(matter, "answering")


def _take_over(matter: Matter) -> None:
    """The lead has taken over, by word or by deed."""
    if matter.lead is not None:
        _answer_to_person(matter, matter.lead)
        _void(_running(matter, Clock.TAKE))


def _open_supports(matter: Matter) -> list[Part]:
    return [part for part in _parts(matter, Role.SUPPORT) if part.is_open]
