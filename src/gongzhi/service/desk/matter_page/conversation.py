"""Who leads, as a conversation: both sides' reasons, each step with its clock, who decides next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.governance.matters.queries import Clock, Paper, Step
from gongzhi.service.design import parts
from gongzhi.service.desk.matter_page.case import Case
from gongzhi.service.desk.words import deadline_of

STATES = {
    Step.OFFERED: parts.State.WAITING,
    Step.RETURNED: parts.State.ATTENTION,
    Step.ARBITRATION: parts.State.WAITING,
    Step.CONFERENCE: parts.State.WAITING,
    Step.SUPERIORS: parts.State.WAITING,
    Step.ACCEPTED: parts.State.DONE,
    Step.DESIGNATED: parts.State.DONE,
    Step.WITHDRAWN: parts.State.INFORMATION,
}
#: Which clocks tell by when a step ends.
CLOCKS_OF = {
    Step.OFFERED: (Clock.TAKE,),
    Step.RETURNED: (Clock.ARBITRATE,),
    Step.ARBITRATION: (Clock.ARBITRATE,),
    Step.CONFERENCE: (Clock.CONFER, Clock.SUPERIOR),
    Step.SUPERIORS: (Clock.SUPERIOR,),
}
_NEXT = {
    Step.OFFERED: gettext_lazy("%(asked)s takes it over or returns it."),
    Step.RETURNED: gettext_lazy("%(giver)s decides what is next: an arbiter, a conference, or keeping it."),
    Step.ARBITRATION: gettext_lazy("%(arbiter)s designates who leads."),
    Step.CONFERENCE: gettext_lazy("The conference agrees, and its minutes say so."),
    Step.SUPERIORS: gettext_lazy("Both superiors say who should lead; what both say binds."),
    Step.ACCEPTED: gettext_lazy("%(asked)s has taken it over."),
    Step.DESIGNATED: gettext_lazy("%(designated)s was designated and is bound."),
    Step.WITHDRAWN: gettext_lazy("The offer was withdrawn; %(giver)s kept it."),
}


@dataclass(frozen=True)
class Word:
    """What one side said."""

    who: str
    role: str
    text: str
    at: datetime | None = None
    proposes: str = ""


@dataclass(frozen=True)
class Conversation:
    """One handover as it is read."""

    step: str
    state: parts.State
    next: str
    is_live: bool
    across: str
    words: list[Word]
    clocks: list[parts.Deadline] = field(default_factory=list)
    basis: str = ""


def next_of(handover: Any, name: Callable[[Any], str]) -> str:
    """Who decides next, in a sentence."""
    step = Step(handover.step)
    return str(_NEXT[step]) % {
        "asked": name(handover.asked),
        "giver": name(handover.giver),
        "arbiter": name(handover.arbiter),
        "designated": name(handover.designated),
    }


def conversations(case: Case) -> list[Conversation]:
    """The handovers of a matter, the one that is not settled first, then the newest."""
    rows = sorted(case.papers("handovers"), key=lambda each: each.id, reverse=True)
    return [_conversation(case, each) for each in sorted(rows, key=lambda each: each != case.live)]


def _conversation(case: Case, each: Paper) -> Conversation:
    live = case.live is not None and each.id == case.live.id
    clocks = [
        deadline_of(clock, case.zone, case.at)
        for clock in case.clocks
        if live and clock.met_at is None and clock.clock in CLOCKS_OF.get(Step(each.step), ())
    ]
    across = _("No authority commands both: a designation binds only by a rule that both have adopted.")
    return Conversation(
        str(Step(each.step).label),
        STATES[Step(each.step)],
        next_of(each, case.name),
        live,
        across if each.is_across else "",
        [*_sides(case, each), *_others(case, each)],
        clocks,
        each.basis,
    )


def _sides(case: Case, each: Paper) -> list[Word]:
    said = _("Sent by %(body)s.") % {"body": case.name(each.giver)}
    found = [Word(case.name(each.giver), _("offers it"), each.reason or said, each.offered_at)]
    if each.returned_at is not None:
        proposes = case.name(each.proposed) if each.proposed else ""
        found.append(Word(case.name(each.asked), _("returns it"), each.objection, each.returned_at, proposes))
    return found


def _others(case: Case, each: Paper) -> list[Word]:
    if not each.returned_at and not each.arbiter:
        return []
    found = [
        Word(
            case.name(held.convenor),
            _("called a conference with %(bodies)s") % {"bodies": _invited(case, held)},
            held.minutes or held.about,
            held.minuted_at or held.meets_at,
        )
        for held in case.papers("conferences")
        if held.id > each.id and (each.ended_at is None or held.meets_at <= each.ended_at)
    ]
    for opinion in case.papers("opinions"):
        if opinion.handover == each.id and opinion.at is not None:
            found.append(
                Word(
                    case.name(opinion.superior), _("as superior"), opinion.reason, opinion.at,
                    case.name(opinion.names),
                )
            )  # fmt: skip
    return found


def _invited(case: Case, held: Paper) -> str:
    names = {body.code: case.name(key) for key, body in case.bodies.items()}
    return " / ".join(names.get(code, code) for code in held.invited)
