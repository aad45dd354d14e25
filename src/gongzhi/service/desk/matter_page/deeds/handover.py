"""Who leads: offering, withdrawing, arbitrating, designating, conferring, asking the superiors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Clock, Paper, Step
from gongzhi.service.desk.matter_page.asking import (
    bodies_told,
    body,
    duties,
    duties_told,
    line,
    moment,
    one_of,
    several_bodies,
    words,
)
from gongzhi.service.desk.matter_page.case import Case, Sentence
from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group


def _hand_over(case: Case) -> Sentence:
    bound = _("A body that was designated cannot hand the matter on.") if case.matter.bound else ""
    return (
        case.unanswered()
        or case.nothing_live()
        or bound
        or case.speaks(case.matter.lead_id, case.matter.answering_id)
    )


def _of_live(*sides: str) -> Any:
    def against(case: Case) -> Sentence:
        live = case.live
        return case.something_live() or case.speaks(*(getattr(live, side) for side in sides))

    return against


def _ask_superiors(case: Case) -> Sentence:
    live = case.live
    asked = live is not None and live.step == Step.SUPERIORS
    return (_("The superiors have been asked already.") if asked else "") or _of_live(
        "giver", "asked", "arbiter"
    )(case)


def _designate(case: Case) -> Sentence:
    live = case.live
    if live is None:
        return case.something_live()
    return case.speaks(live.arbiter) if live.arbiter else _("No arbiter has been asked yet.")


def _opine(case: Case) -> Sentence:
    live = case.live
    if live is None or live.step != Step.SUPERIORS:
        return _("The superiors have not been asked.")
    return case.speaks(*(each.superior for each in case.opinions if each.at is None))


def _confer(case: Case) -> Sentence:
    live, matter = case.live, case.matter
    sides = [live.arbiter, live.giver, live.asked] if live is not None else []
    return case.unanswered() or case.speaks(*sides, matter.answering_id, matter.lead_id)


def _minute(case: Case) -> Sentence:
    held = case.conferences
    lacking = case.some(held, _("No conference has been called."))
    return case.unanswered() or lacking or case.speaks(*(each.convenor for each in held))


def _ours(case: Case) -> list[Paper]:
    return [each for each in case.conferences if case.is_ours(each.convenor)]


def likely_arbiter(case: Case) -> Organisation | None:
    """Whom one would ask: inside an authority the common superior, across them who coordinates the area."""
    live = case.live
    if live is None:
        return None
    if not live.is_across:
        above = case.superior(live.giver)
        return case.bodies.get(above) if above else None
    return next((each for each in case.offered if "coordination" in each.functions), None)


def _has_clock(case: Case, *clocks: Clock) -> bool:
    return any(each.met_at is None and each.clock in clocks for each in case.clocks)


def _arbitrate_asked(case: Case) -> bool:
    live = case.live
    return live is not None and live.step == Step.RETURNED and case.is_ours(live.giver)


def _designated(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    return {"to": told["to"], "reason": told["reason"], "supports": duties_told(told)}


def _conferred(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "invited": bodies_told("body", told),
        "about": told["about"],
        "meets_at": told["meets_at"],
    }


def _minuted(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    found = queries.paper(case.matter, "conference", UUID(told["conference"]))
    return {
        "conference": found,
        "minutes": told["minutes"],
        "duties": duties_told(told),
        "lead": told["lead"],
    }


def _proposed(case: Case) -> Organisation | None:
    live = case.live
    return case.bodies.get(live.proposed or live.asked) if live is not None else None


WHO_LEADS = [
    Deed(
        "hand_over", acts.hand_over, _("Offer it to another body"), _("Offer"), Group.WHO,
        {
            "to": body(_("To whom")),
            "reason": words(_("Why it should lead"), _("Until it has taken over you go on answering.")),
        },
        against=_hand_over, done=_("Offered. You go on answering until it has been taken over."),
    ),
    Deed(
        "withdraw_offer", acts.withdraw_offer, _("Withdraw the offer, and keep it"), _("Withdraw"),
        Group.WHO, {"reason": words(_("Why"), required=False, rows=2)},
        against=_of_live("giver"), done=_("The offer was withdrawn."),
    ),
    Deed(
        "arbitrate", acts.arbitrate, _("Ask an arbiter"), _("Ask"), Group.WHO,
        {
            "arbiter": body(
                _("Who decides"),
                _("A body above both; between authorities, the one that coordinates the area."),
                likely=likely_arbiter,
            ),
            "reason": words(_("What it should know"), required=False, rows=2),
        },
        against=_of_live("giver", "asked"), asked=_arbitrate_asked, done=_("The arbiter was asked."),
    ),
    Deed(
        "designate", acts.designate, _("Designate who leads"), _("Designate"), Group.WHO,
        {
            "to": body(_("Who leads"), _("It is bound and cannot return it."), likely=_proposed),
            "reason": words(_("Why"), _("All who take part read it.")),
            **duties(),
        },
        against=_designate, asked=lambda case: not _designate(case), told=_designated,
        done=_("Designated. The body is bound."),
    ),
    Deed(
        "confer", acts.confer, _("Call a conference"), _("Call"), Group.WHO,
        {
            "about": line(_("What is to be settled")),
            "meets_at": moment(_("When it meets"), required=True),
            **several_bodies("body", _("Whom to invite"), _("And whom")),
        },
        against=_confer, told=_conferred, done=_("The conference was called."),
    ),
    Deed(
        "minute", acts.minute, _("Minute a conference"), _("Minute"), Group.WHO,
        {
            "conference": one_of(
                _("Which conference"), lambda case: [(each.id, each.about) for each in _ours(case)]
            ),
            "minutes": words(_("What was agreed"), _("All who take part read it."), rows=4),
            "lead": body(
                _("Who was agreed to lead"),
                _("It is offered the matter. Without agreement the superiors are asked next."),
                required=False,
            ),
            **duties(),
        },
        against=_minute, asked=lambda case: bool(_ours(case)), told=_minuted,
        done=_("Minuted; each point is a duty now."),
    ),
    Deed(
        "ask_superiors", acts.ask_superiors, _("Put it to the superiors of both"), _("Put it to them"),
        Group.WHO, {"reason": words(_("What stands between you"))},
        against=_ask_superiors, done=_("The superiors were asked."),
    ),
    Deed(
        "opine", acts.opine, _("Say who should lead"), _("Say so"), Group.WHO,
        {
            "names": body(_("Who should lead"), _("If all superiors name the same body, it is bound.")),
            "reason": words(_("Why"), required=False, rows=2),
        },
        against=_opine, asked=lambda case: not _opine(case), done=_("Said."),
    ),
]  # fmt: skip
