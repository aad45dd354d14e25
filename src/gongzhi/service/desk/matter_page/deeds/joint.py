"""Several bodies on one matter, and its time: supports, musters, instructions, more time, stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Clock, Paper, Stop
from gongzhi.service.desk.matter_page.asking import (
    agreed,
    bodies_told,
    body,
    either,
    moment,
    number,
    one_of,
    several_bodies,
    words,
)
from gongzhi.service.desk.matter_page.case import Case, Sentence
from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group


def named(kind: str, *others: str) -> Callable[[Case, Mapping[str, Any]], dict[str, Any]]:
    """The arguments of an act on one thing of the matter, found by its key."""

    def told(case: Case, said: Mapping[str, Any]) -> dict[str, Any]:
        return {**said, kind: queries.paper(case.matter, kind, UUID(said[kind]))}

    return told


def _supports_of_ours(case: Case) -> list[Paper]:
    return [part for part in case.open_supports if case.is_ours(part.organisation)]


def _report(case: Case) -> Sentence:
    waits = case.open_supports
    lacking = case.some(waits, _("No supporting body has a part to report on."))
    return lacking or case.speaks(*(part.organisation for part in waits))


def _release(case: Case) -> Sentence:
    lacking = case.some(case.open_supports, _("No supporting body has a part to report on."))
    return lacking or case.speaks(case.matter.lead_id, case.matter.answering_id)


def _muster(case: Case) -> Sentence:
    return case.unanswered() or case.speaks(case.matter.lead_id, case.matter.answering_id)


def _called(case: Case, muster: Paper) -> list[Paper]:
    return [part for part in case.papers("parts") if part.muster == muster.id]


def _waiting(case: Case) -> list[tuple[Paper, Paper]]:
    """Of each muster that goes on, who has not reported in."""
    return [
        (muster, part)
        for muster in case.musters
        for part in _called(case, muster)
        if part.arrived_at is None and part.released_at is None
    ]


def _arrive(case: Case) -> Sentence:
    waits = _waiting(case)
    lacking = case.some([part for _m, part in waits], _("Nobody is waited for on the spot."))
    return lacking or case.speaks(*(part.organisation for _m, part in waits))


def _conclude(case: Case) -> Sentence:
    lacking = case.some(case.musters, _("No muster goes on."))
    return lacking or case.speaks(*(muster.caller for muster in case.musters))


def _judging(case: Case) -> list[tuple[Paper, UUID]]:
    """Of each muster that was concluded, whom the reader's bodies can still judge."""
    said = {(each.muster, each.judge, each.judged) for each in case.papers("judgements")}
    found = []
    for muster in case.papers("musters"):
        if muster.concluded_at is None:
            continue
        called = [part.organisation for part in _called(case, muster)]
        pairs = [(muster.caller, each) for each in called] + [(each, muster.caller) for each in called]
        found += [
            (muster, judged)
            for judge, judged in dict.fromkeys(pairs)
            if case.is_ours(judge) and (muster.id, judge, judged) not in said
        ]
    return found


def _judge(case: Case) -> Sentence:
    return "" if _judging(case) else _("No muster waits for your judgement.")


def _judged(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    muster, judged = told["whom"].split(" ")
    return {
        "muster": queries.paper(case.matter, "muster", UUID(muster)),
        "judged": case.bodies[UUID(judged)],
        "mark": told["mark"],
        "text": told["text"],
    }


def _ours(case: Case) -> list[Organisation]:
    return [body for key, body in case.bodies.items() if key in case.by.organisations]


def _own(case: Case) -> Organisation | None:
    """The body for which the reader speaks here: one that takes part, if there is one."""
    taking_part = {part.organisation for part in case.papers("parts")}
    found = sorted(_ours(case), key=lambda each: each.pk not in taking_part)
    return found[0] if found else None


def _for_own(name: str) -> Callable[[Case, Mapping[str, Any]], dict[str, Any]]:
    return lambda case, told: {**told, name: _own(case)}


def _supervise(case: Case) -> Sentence:
    watching = any(
        part.role == "watcher" and part.released_at is None and case.is_ours(part.organisation)
        for part in case.papers("parts")
    )
    return case.not_over() or (_("This body watches the matter already.") if watching else "")


def _escalate(case: Case) -> Sentence:
    lead = case.matter.lead_id
    none = "" if case.superior(lead) else _("The lead has no superior here.")
    return case.handled() or case.nothing_live() or case.runs() or none


def _superior_of_lead(case: Case) -> Organisation | None:
    above = case.superior(case.matter.lead_id)
    return case.bodies.get(above) if above else None


def _carry_out(case: Case) -> Sentence:
    lacking = case.some(case.instructions, _("No instruction waits to be carried out."))
    return lacking or case.speaks(*(each.to for each in case.instructions))


def _ask_extension(case: Case) -> Sentence:
    asked = _("More time has been asked for already.") if case.extensions else ""
    ends = [each for each in case.clocks if each.clock == Clock.FINISH and each.met_at is None]
    over = (
        "" if ends and ends[0].due_at > case.at else _("The time has run out, or no clock of the end runs.")
    )
    return case.handled() or case.runs() or asked or over or case.speaks(case.matter.lead_id)


def _sign(case: Case) -> Sentence:
    held = case.extensions
    if not held:
        return _("Nobody has asked for more time.")
    if all(each.asked_by == case.by.id for each in held):
        return _("Nobody signs what they asked for themselves.")
    asker = held[0].asker
    return case.speaks(asker, case.superior(asker), case.matter.first_receiver_id)


def _stop(case: Case) -> Sentence:
    return (
        case.handled()
        or case.runs()
        or case.nothing_live()
        or case.speaks(case.matter.lead_id, case.matter.answering_id)
    )


def _go_on(case: Case) -> Sentence:
    running = "" if case.matter.stopped else _("The clocks of this matter run.")
    return running or case.speaks(case.matter.lead_id, case.matter.answering_id)


def _parts(papers: Callable[[Case], Sequence[Paper]]) -> Callable[[Case], list[tuple[Any, str]]]:
    return lambda case: [
        (part.id, f"{case.name(part.organisation)}: {part.task[:60]}") for part in papers(case)
    ]


TOGETHER = [
    Deed(
        "report", acts.report, _("Report on your part"), _("Report"), Group.TOGETHER,
        {
            "part": one_of(_("Which part"), _parts(_supports_of_ours)),
            "text": words(_("What was done, or why it could not be"), rows=4),
        },
        against=_report, asked=lambda case: bool(_supports_of_ours(case)), told=named("part"),
        done=_("Reported."),
    ),
    Deed(
        "arrive", acts.arrive, _("Report in on the spot"), _("We are here"), Group.TOGETHER,
        {
            "muster": one_of(
                _("Which muster"),
                lambda case: [
                    (m.id, m.grounds[:60]) for m, part in _waiting(case) if case.is_ours(part.organisation)
                ],
            )
        },
        against=_arrive, asked=lambda case: not _arrive(case), told=named("muster"),
        done=_("Reported in."),
    ),
    Deed(
        "carry_out", acts.carry_out, _("Report that an instruction was carried out"), _("Report it"),
        Group.TOGETHER,
        {
            "instruction": one_of(
                _("Which instruction"),
                lambda case: [(e.id, e.text[:60]) for e in case.instructions if case.is_ours(e.to)],
            ),
            "text": words(_("What was done, or why it could not be")),
        },
        against=_carry_out, asked=lambda case: not _carry_out(case), told=named("instruction"),
        done=_("Reported."),
    ),
    Deed(
        "add_support", acts.add_support, _("Ask a body for support"), _("Ask"), Group.TOGETHER,
        {
            "body": body(_("Who")),
            "task": words(_("What it is to do"), rows=2),
            "due": moment(_("By when"), _("Left empty, the rule on support says.")),
        },
        against=lambda case: case.unanswered(), done=_("Asked for support."),
    ),
    Deed(
        "release", acts.release, _("Release a body from its part"), _("Release"), Group.TOGETHER,
        {
            "part": one_of(_("Which part"), _parts(lambda case: case.open_supports)),
            "reason": words(_("Why it is no longer wanted"), rows=2),
        },
        against=_release, told=named("part"), done=_("Released."),
    ),
    Deed(
        "muster", acts.muster, _("Call bodies to the spot"), _("Call them"), Group.TOGETHER,
        {
            "grounds": words(_("Why they are needed on the spot")),
            **several_bodies("body", _("Who is called"), _("And who")),
        },
        against=_muster, done=_("Called. The rule says how soon they arrive."),
        told=lambda case, told: {"bodies": bodies_told("body", told), "grounds": told["grounds"]},
    ),
    Deed(
        "conclude_muster", acts.conclude_muster, _("Conclude a muster"), _("Conclude"), Group.TOGETHER,
        {
            "muster": one_of(
                _("Which muster"),
                lambda case: [(m.id, m.grounds[:60]) for m in case.musters if case.is_ours(m.caller)],
            ),
            "conclusion": words(_("What was found and agreed on the spot"), rows=4),
        },
        against=_conclude, told=named("muster"), done=_("Concluded. Each side can judge the other now."),
    ),
    Deed(
        "judge_muster", acts.judge_muster, _("Judge the other side of a muster"), _("Judge"),
        Group.TOGETHER,
        {
            "whom": one_of(
                _("Whom"),
                lambda case: [(f"{m.id} {judged}", case.name(judged)) for m, judged in _judging(case)],
            ),
            "mark": number(_("Mark, from 1 (bad) to 5 (good)"), 1, 5),
            "text": words(_("In a few words"), required=False, rows=2),
        },
        against=_judge, asked=lambda case: not _judge(case), told=_judged, done=_("Judged."),
    ),
    Deed(
        "instruct", acts.instruct, _("Give an instruction"), _("Instruct"), Group.TOGETHER,
        {
            "to": body(_("To whom"), likely=lambda case: case.matter.lead or case.matter.answering),
            "text": words(_("What is to be done")),
            "due": moment(_("By when")),
        },
        against=lambda case: case.not_over(), told=_for_own("giver"),
        done=_("Instructed; it is watched until it is carried out."),
    ),
    Deed(
        "supervise", acts.supervise, _("Watch until it is done"), _("Watch it"), Group.TOGETHER,
        {"reason": words(_("Why"), required=False, rows=2)},
        against=_supervise, told=_for_own("watcher"), done=_("Your body watches it now."),
    ),
    Deed(
        "escalate", acts.escalate, _("Handle one level up"), _("Take it up"), Group.WHO,
        {"reason": words(_("Why it is handled one level up"))},
        against=_escalate, done=_("Handled one level up; the former lead goes on in support."),
        told=lambda case, told: {"to": _superior_of_lead(case), "reason": told["reason"]},
    ),
]  # fmt: skip

TIME = [
    Deed(
        "sign_extension", acts.sign_extension, _("Decide on more time"), _("Decide"), Group.TIME,
        {
            "extension": one_of(
                _("Which request"),
                lambda case: [(each.id, each.reason[:60]) for each in case.extensions],
            ),
            "granted": either(_("More time"), _("granted"), _("refused")),
            "reason": words(_("Why"), required=False, rows=2),
        },
        against=_sign, asked=lambda case: not _sign(case), told=named("extension"), done=_("Decided."),
    ),
    Deed(
        "ask_extension", acts.ask_extension, _("Ask for more time"), _("Ask"), Group.TIME,
        {
            "days": number(_("How many working days more"), 1, 90),
            "reason": words(_("Why more time is needed")),
            "told": agreed(_("The person has been told that it takes longer, and why")),
        },
        against=_ask_extension, done=_("Asked. A leader signs it."),
    ),
    Deed(
        "stop", acts.stop, _("Let the clocks stand still"), _("Stop the clocks"), Group.TIME,
        {
            "kind": one_of(_("How"), lambda case: Stop.choices),
            "reason": words(_("Why"), _("The person reads it.")),
            "until": moment(_("Until when at most"), _("Left empty, as long as the rule allows.")),
        },
        against=_stop, done=_("The clocks stand still."),
    ),
    Deed(
        "go_on", acts.go_on, _("Let the clocks run on"), _("Go on"), Group.TIME,
        {"reason": words(_("Why"), required=False, rows=2)},
        against=_go_on, done=_("The clocks run on with the time they had left."),
    ),
]  # fmt: skip
