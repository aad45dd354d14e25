"""How a handover stands and ends: what its acts share."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gongzhi.foundation.ledger.acts import keep, moment, standing
from gongzhi.foundation.parties.queries import Organisation, command_over
from gongzhi.governance.matters.acts.clocks import _meet, _running, _void
from gongzhi.governance.matters.acts.taking_part import _answer_to_person, _end_part, _lead_with, _parts
from gongzhi.governance.matters.models import LIVE_STEPS, Clock, Handover, Matter, Role, Step

#: What the steps of a handover wait for.
SETTLING = (Clock.TAKE, Clock.ARBITRATE, Clock.CONFER, Clock.SUPERIOR)


def _live(matter: Matter) -> Handover | None:
    """The handover of a matter that is not settled, if there is one."""
    rows = standing(Handover, matter_id=matter.pk)
    return next((row for row in rows if row.step in LIVE_STEPS), None)


def _accept_offer(matter: Matter, handover: Handover) -> None:
    """Whoever was asked leads and answers to the person from now on."""
    _meet(_running(matter, Clock.TAKE))
    _end_handover(matter, handover, Step.ACCEPTED)
    _lead_with(matter, handover.asked)
    _answer_to_person(matter, handover.asked)


def _end_handover(matter: Matter, handover: Handover, step: Step) -> None:
    """Settle a handover: nothing is asked of anybody any more, and no clock of it runs on."""
    handover.step, handover.ended_at = step, moment()
    keep(handover, "step", "ended_at")
    _void(_running(matter, *SETTLING))
    for part in _parts(matter, Role.ASKED, Role.ARBITER):
        _end_part(matter, part)


def _commanders(*bodies: Organisation) -> set[UUID]:
    """The bodies that command all of some bodies, by way of their superiors; each commands itself."""
    chains: Iterable[set[UUID]] = (set(command_over(body)) for body in bodies)
    return set.intersection(*chains)
