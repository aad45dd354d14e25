"""The duty: who leads and who supports, by when, what was reported, what stands still and what is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gongzhi.governance.matters.queries import Clock, Deadline, Paper, Role, Stop
from gongzhi.service.design import parts
from gongzhi.service.desk.matter_page.case import Case
from gongzhi.service.desk.words import SETTLING, deadline_of


@dataclass(frozen=True)
class Holder:
    """A body with its role, its deadlines, and what it reported."""

    party: parts.Party
    clocks: list[parts.Deadline]
    task: str = ""
    report: str = ""
    reported: datetime | None = None
    arrived: datetime | None = None


@dataclass(frozen=True)
class Told:
    """Something that hangs on a matter: a heading, a sentence, and its clock."""

    title: str
    text: str
    state: parts.State
    about: str = ""
    at: datetime | None = None
    clock: parts.Deadline | None = None


def holders(case: Case) -> list[Holder]:
    """Lead, first receiver and supports, each with the clocks that are its own."""
    matter = case.matter
    own = [
        clock
        for clock in case.clocks
        if clock.part is None and not clock.void and clock.clock not in SETTLING
    ]
    found = []
    if matter.lead is not None:
        found.append(Holder(_party(case, matter.lead_id, _lead_role(case)), _shown(case, own)))
    if matter.first_receiver is not None and matter.first_receiver_id != matter.lead_id:
        clocks = _shown(case, own) if matter.lead is None else []
        found.append(Holder(_party(case, matter.first_receiver_id, _receiver_role(case)), clocks))
    return [*found, *(_support(case, part) for part in case.supports)]


def _lead_role(case: Case) -> str:
    if case.matter.bound:
        return _("lead, bound by designation")
    if case.matter.answering_id != case.matter.lead_id:
        return _("lead, has not taken over yet")
    return _("lead, answers to the person")


def _receiver_role(case: Case) -> str:
    answers = case.matter.answering_id == case.matter.first_receiver_id
    return _("first receiver, answers to the person") if answers else _("first receiver")


def _support(case: Case, part: Paper) -> Holder:
    clocks = [clock for clock in case.clocks if clock.part == part.id and not clock.void]
    role = _("called to the spot") if part.muster else _("support")
    return Holder(
        _party(case, part.organisation, role),
        _shown(case, clocks),
        part.task,
        part.report,
        part.reported_at,
        part.arrived_at,
    )


def _party(case: Case, key: UUID | None, role: str) -> parts.Party:
    body: Any = case.bodies.get(key) if key else None
    if body is None:
        return parts.Party("–", role)
    return parts.Party(body.name, role, body.region.name, note=body.phone)


def _shown(case: Case, clocks: list[Deadline]) -> list[parts.Deadline]:
    return [deadline_of(each, case.zone, case.at) for each in clocks]


def asked(case: Case) -> list[str]:
    """Who else takes part: asked to take over, asked to decide, watching."""
    words = {
        Role.ASKED: _("asked to take over"),
        Role.ARBITER: _("asked to decide"),
        Role.WATCHER: _("watches"),
    }
    return [
        f"{case.name(part.organisation)} ({words[Role(part.role)]})"
        for part in case.papers("parts")
        if part.role in words and part.released_at is None
    ]


def hanging(case: Case) -> list[Told]:
    """Stops, requests for time, instructions, musters, conferences, verdicts and ratings, in this order."""
    return [
        *_pauses(case), *_extensions(case), *_instructions(case), *_musters(case), *_conferences(case),
        *_verdicts(case), *_ratings(case), *_joined(case),
    ]  # fmt: skip


def _clock(case: Case, key: UUID, kind: Clock) -> parts.Deadline | None:
    found = next((each for each in case.clocks if each.part == key and each.clock == kind), None)
    return deadline_of(found, case.zone, case.at) if found is not None and not found.void else None


def _pauses(case: Case) -> list[Told]:
    words = {Stop.SUSPENDED: _("Suspended"), Stop.SHELVED: _("On the public list of the unresolved")}
    return [
        Told(words[Stop(each.kind)], each.reason, parts.State.SUSPENDED, case.name(each.by), each.since,
             parts.Deadline(each.until, case.zone, _("Runs on"), now=case.at) if each.until else None)
        for each in case.papers("pauses")
        if each.ended_at is None
    ]  # fmt: skip


def _extensions(case: Case) -> list[Told]:
    words = {None: _("to be decided"), True: _("granted"), False: _("refused")}
    states = {None: parts.State.WAITING, True: parts.State.DONE, False: parts.State.REFUSED}
    return [
        Told(
            _("%(days)d working days more: %(word)s") % {"days": each.days, "word": words[each.granted]},
            each.reason, states[each.granted], case.name(each.asker), each.asked_at,
        )
        for each in case.papers("extensions")
    ]  # fmt: skip


def _instructions(case: Case) -> list[Told]:
    return [
        Told(
            _("Instruction of %(giver)s to %(to)s")
            % {"giver": case.name(each.giver), "to": case.name(each.to)},
            f"{each.text}\n{each.report}".strip(),
            parts.State.DONE if each.done_at else parts.State.WAITING,
            _("carried out") if each.done_at else _("to be carried out"),
            each.done_at or each.given_at,
            _clock(case, each.id, Clock.INSTRUCTION),
        )
        for each in case.papers("instructions")
    ]


def _musters(case: Case) -> list[Told]:
    return [
        Told(
            _("Muster called by %(body)s") % {"body": case.name(each.caller)},
            each.conclusion or each.grounds,
            parts.State.DONE if each.concluded_at else parts.State.WAITING,
            _("concluded") if each.concluded_at else _("goes on"),
            each.concluded_at or each.called_at,
        )
        for each in case.papers("musters")
    ]


def _conferences(case: Case) -> list[Told]:
    return [
        Told(
            _("Conference called by %(body)s") % {"body": case.name(each.convenor)},
            each.minutes or each.about,
            parts.State.DONE if each.minuted_at else parts.State.WAITING,
            _("minuted") if each.minuted_at else _("to be minuted"),
            each.minuted_at or each.meets_at,
        )
        for each in case.papers("conferences")
    ]


def _verdicts(case: Case) -> list[Told]:
    return [
        Told(
            _("Verified: it was done") if each.passed else _("Verified: it was not done"),
            each.text, parts.State.DONE if each.passed else parts.State.REFUSED, case.name(each.by), each.at,
        )
        for each in case.papers("verifications")
    ]  # fmt: skip


def _ratings(case: Case) -> list[Told]:
    pleas = {"": "", "open": _("asked to be left out"), "granted": _("left out"), "refused": _("counts")}
    return [
        Told(
            _("Rated by %(number)s: %(word)s, %(mark)d of 5")
            % {
                "number": each.number,
                "word": _("resolved") if each.resolved else _("not resolved"),
                "mark": each.satisfied or 0,
            },
            "\n".join(text for text in (each.text, each.plea_reason) if text),
            parts.State.DONE if each.resolved else parts.State.ATTENTION,
            pleas[each.plea],
            each.at,
        )
        for each in case.papers("ratings")
    ]


def _joined(case: Case) -> list[Told]:
    into = [
        Told(_("Handled together with %(number)s") % {"number": each.number}, "", parts.State.INFORMATION,
             at=each.merged_at)
        for each in case.papers("mergings") if each.undone_at is None
    ]  # fmt: skip
    from_ = [
        Told(_("%(number)s is handled together with this") % {"number": each.number}, each.title,
             parts.State.INFORMATION, at=each.merged_at)
        for each in case.papers("merged") if each.undone_at is None
    ]  # fmt: skip
    return [*into, *from_]
