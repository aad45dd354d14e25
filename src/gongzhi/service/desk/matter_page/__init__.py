"""A matter on one page: left the story, right the duty, and everything that can be done there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import AtDesk, Matter, Submission
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.forms import RevealForm, functions_of
from gongzhi.service.desk.masks import masked
from gongzhi.service.desk.matter_page.asking import shown
from gongzhi.service.desk.matter_page.case import Case
from gongzhi.service.desk.matter_page.conversation import conversations
from gongzhi.service.desk.matter_page.doing import (
    Attempt,
    Doing,
    attempted,
    doings,
    is_known,
    not_possible,
)
from gongzhi.service.desk.matter_page.duty import asked, hanging, holders
from gongzhi.service.desk.told import codes_in, steps_of
from gongzhi.service.desk.words import status_of
from gongzhi.service.portal import money

__all__ = ["Attempt", "Doing", "attempted", "case_of", "context_of", "is_known"]


def _read(by: Any, desk: AtDesk, at: datetime) -> tuple[Case, list[Any]]:
    """What a page needs of a matter, and its story."""
    matter = desk.matter
    submissions = queries.brought_in(by, matter)
    story = queries.story(desk, submissions)
    keys = queries.bodies_in(desk.papers) | set(by.organisations)
    keys |= {key for key in (matter.lead_id, matter.first_receiver_id, matter.answering_id) if key}
    codes = codes_in(story) | {code for held in desk.papers["conferences"] for code in held.invited}
    named, offered = queries.bodies_of(by, matter, keys, codes)
    bodies = {each.pk: each for each in (*offered, *named)}
    return Case(by, desk, at, submissions, queries.clocks(matter), bodies, offered), story


def case_of(by: Any, desk: AtDesk, at: datetime) -> Case:
    """What an act on a matter is tried with."""
    return _read(by, desk, at)[0]


def context_of(by: Any, desk: AtDesk, at: datetime, attempt: Attempt | None = None) -> dict[str, Any]:
    """Everything that the page of a matter shows."""
    case, story = _read(by, desk, at)
    matter, zone = desk.matter, case.zone
    names = {each.code: each.name for each in case.bodies.values()}

    def proof(told: Any) -> str:
        return reverse("desk:proof", args=[matter.pk, told.id])

    first, shelves = doings(case, attempt)
    return {
        "matter": matter,
        "zone": zone,
        "status": status_of(matter, case.clocks, at, case.live),
        "brought_in": [_shown(each, attempt) for each in case.submissions],
        "place": _place(matter, case.submissions),
        "steps": steps_of(story, names, zone, proof),
        "conversations": conversations(case),
        "holders": holders(case),
        **_money(case),
        "asked": asked(case),
        "urgents": desk.urgents,
        "may_report_urgent": may(by, "urgent.report") and not matter.sealed and not desk.urgents,
        "hanging": hanging(case),
        "doings": first,
        "shelves": shelves,
        "bodies": [(shown(each), functions_of(each)) for each in case.offered] if first or shelves else [],
        "not_possible": not_possible(case),
        "attempt": attempt,
        "refusal": attempt.refusal if attempt else None,
    }


def _money(case: Case) -> dict[str, Any]:
    """The public account of a matter that residents lead, or led."""
    account = queries.account_of(case.papers("money"))
    if account is None:
        return {}
    return {"money": money.figures_of(account), "money_lines": money.lines_of(account, case.name)}


def _shown(submission: Submission, attempt: Attempt | None) -> dict[str, Any]:
    person = submission.person
    revealed = attempt.shown if attempt and person and attempt.shown.get("person") == person.pk else None
    is_asked = attempt is not None and attempt.name == "reveal" and revealed is None
    return {
        "submission": submission,
        "files": [
            {"name": each["name"], "url": reverse("portal:file", args=[UUID(each["id"])])}
            for each in submission.files or []  # type: ignore[attr-defined]
        ],
        "person": person,
        "contact": {} if person is None or submission.confidential else masked(person),
        "revealed": revealed,
        "reveal": (attempt.form if attempt and is_asked else RevealForm(auto_id=f"id_{submission.pk}_%s"))
        if person is not None and person.erased is None and not submission.sealed
        else None,
    }


def _place(matter: Matter, submissions: list[Submission]) -> parts.Place:
    words = next((each.place for each in submissions if each.place), "")
    where = [words, name_of(matter.grid.name) if matter.grid else "", name_of(matter.region.name)]
    points = [] if matter.lon is None or matter.lat is None else [parts.Point(matter.lon, matter.lat)]
    grid = matter.grid
    areas = [parts.Area(grid.outline, name_of(grid.name))] if grid is not None and grid.outline else []
    told = " · ".join(each for each in where if each)
    return parts.Place(words=told, points=points, areas=areas, title=_("Where it is"), short=True, zoom=14)
