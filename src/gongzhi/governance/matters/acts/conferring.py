"""What no arbiter settles: a conference minutes what was agreed, or the superiors of both say who leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PARTICIPANTS, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.acts.clocks import _meet, _running, _start_by_rule, _void
from gongzhi.governance.matters.acts.handover import Duty, _bind, _given, _live_or_refuse, _words
from gongzhi.governance.matters.acts.joint import _add_support
from gongzhi.governance.matters.acts.settling import SETTLING, _commanders, _end_handover, _live
from gongzhi.governance.matters.acts.taking_part import (
    _leave,
    _speaks_for,
    _take_part,
)
from gongzhi.governance.matters.models import (
    Clock,
    Conference,
    Handover,
    Matter,
    Opinion,
    Role,
    State,
    Step,
)  # fmt: skip
from gongzhi.governance.matters.rules import SETTLE, TAKE


@act("matter.confer", _("Call a conference"), audience=PARTICIPANTS)
def confer(
    by: Actor, matter: Matter, *, invited: Sequence[Organisation], about: str, meets_at: datetime
) -> Conference:
    """Call bodies together on a matter; what they agree is minuted, and its points become duties."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    live = _live(matter)
    convenor = _speaks_for(by, *_may_convene(matter, live))
    if convenor is None:
        raise NotPossible(_("Nobody has this matter yet."))
    if not invited:
        raise Invalid(_("Choose whom to invite."), field="invited")
    if not about.strip():
        raise Invalid(_("Say what is to be settled."), field="about")
    conference = Conference(
        matter=matter,
        convenor=convenor,
        invited=[body.code for body in invited],
        about=about[:300],
        meets_at=meets_at,
    )
    keep(conference)
    for body in invited:
        _take_part(matter, body, Role.WATCHER)
    if live is not None:
        live.step = Step.CONFERENCE
        keep(live, "step")
        _void(_running(matter, *SETTLING))
        _start_by_rule(matter, Clock.CONFER, SETTLE, convenor, step="confer")
    record(
        facts={"convenor": convenor.code, "invited": conference.invited, "meets_at": meets_at},
        private={"about": about},
    )
    return conference


def _may_convene(matter: Matter, live: Handover | None) -> list[Organisation | None]:
    asked = [live.arbiter, live.giver, live.asked] if live is not None else []
    return [*asked, matter.answering, matter.lead]


@act("matter.minute", _("Minute a conference"), audience=PARTICIPANTS)
def minute(
    by: Actor,
    matter: Matter,
    *,
    conference: Conference,
    minutes: str,
    duties: Sequence[Duty] = (),
    lead: Organisation | None = None,
) -> Conference:
    """Write down what a conference agreed: each point becomes a duty of a body, with its own clock.

    Where it agreed who leads, that body is offered the matter and takes it over itself; where it did not,
    the clock to the superiors runs, and whoever received the matter goes on answering.
    """
    held = next(
        (each for each in standing(Conference, matter_id=matter.pk) if each.pk == conference.pk), None
    )
    if held is None or held.minuted_at is not None:
        raise NotPossible(_("This conference has been minuted already."))
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    convenor = _speaks_for(by, held.convenor)
    _words(minutes, "minutes")
    held.minutes, held.minuted_at = minutes, moment()
    keep(held, "minutes", "minuted_at")
    for duty in duties:
        _add_support(matter, duty.body, duty.task, duty.due, point=held.pk)
    if (live := _live(matter)) is not None:
        _after_conference(matter, live, lead, convenor)
    record(
        facts={
            "conference": held.pk,
            "duties": [duty.body.code for duty in duties],
            "lead": lead.code if lead else None,
        },
        private={"text": minutes},
    )
    return held


def _after_conference(
    matter: Matter, live: Handover, lead: Organisation | None, convenor: Organisation | None
) -> None:
    _meet(_running(matter, Clock.CONFER))
    if lead is None:
        holder = matter.answering or convenor or live.giver
        _start_by_rule(matter, Clock.SUPERIOR, SETTLE, holder, step="superior")
        return
    _void(_running(matter, *SETTLING))
    _leave(matter, live.asked, Role.ASKED)
    live.asked, live.step, live.offered_at, live.returned_at = lead, Step.OFFERED, moment(), None
    live.is_across = not _commanders(live.giver, lead)
    keep(live, "asked", "step", "offered_at", "returned_at", "is_across")
    _take_part(matter, lead, Role.ASKED)
    _start_by_rule(matter, Clock.TAKE, TAKE, lead, across=live.is_across)


@act("matter.ask_superiors", _("Put it to the superiors"), audience=PARTICIPANTS)
def ask_superiors(by: Actor, matter: Matter, *, reason: str) -> Handover:
    """Put the question of who leads to the superiors of both bodies; what both say binds."""
    live = _live_or_refuse(matter)
    _speaks_for(by, live.giver, live.asked, live.arbiter)
    _words(reason)
    if live.step == Step.SUPERIORS:
        raise NotPossible(_("The superiors have been asked already."))
    superiors = {body.pk: body for body in (_superior(live.giver), _superior(live.asked))}
    live.step = Step.SUPERIORS
    keep(live, "step")
    _void(_running(matter, *SETTLING))
    said = {each.superior_id for each in standing(Opinion, handover_id=live.pk)}
    for body in superiors.values():
        _take_part(matter, body, Role.ARBITER)
        if body.pk not in said:
            keep(Opinion(handover=live, superior=body))
        _start_by_rule(matter, Clock.SUPERIOR, SETTLE, body, step="superior")
    record(facts={"superiors": [body.code for body in superiors.values()]}, private={"reason": reason})
    return live


def _superior(body: Organisation) -> Organisation:
    """A body's superior; whoever has none speaks for itself."""
    return body.superior or body


@act("matter.opine", _("Say who should lead"), audience=PARTICIPANTS)
def opine(by: Actor, matter: Matter, *, names: Organisation, reason: str = "") -> Handover:
    """Say, as superior of one side, who should lead: if all say the same, that body is bound.

    If they differ, whoever gave the matter keeps it and answers; the person is not sent away.
    """
    live = _live_or_refuse(matter)
    if live.step != Step.SUPERIORS:
        raise NotPossible(_("The superiors have not been asked."))
    if names.dissolved is not None:
        raise NotPossible(_("This body has been dissolved."), field="names")
    opinions = standing(Opinion, handover_id=live.pk)
    body = _speaks_for(by, *(each.superior for each in opinions if each.at is None))
    mine = next((each for each in opinions if body is not None and each.superior_id == body.pk), None)
    if mine is None:
        raise NotAllowed(_("You have not been asked, or have said it already."))
    mine.names, mine.reason, mine.at = names, reason, moment()
    keep(mine, "names", "reason", "at")
    _meet([clock for clock in _running(matter, Clock.SUPERIOR) if clock.holder_id == mine.superior_id])
    if all(each.at is not None for each in opinions):
        _settle_by(matter, live, opinions)
    record(
        facts={"superior": mine.superior.code, "names": names.code, "step": live.step},
        private=_given(reason),
    )
    return live


def _settle_by(matter: Matter, live: Handover, opinions: Sequence[Opinion]) -> None:
    named = {each.names_id: each.names for each in opinions}
    if len(named) == 1 and (body := next(iter(named.values()))) is not None:
        live.designated = body
        keep(live, "designated")
        _bind(matter, live, body)
    else:
        _end_handover(matter, live, Step.WITHDRAWN)
