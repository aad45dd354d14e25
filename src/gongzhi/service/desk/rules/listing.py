"""The list of rules: what waits for the reader first, then what is due, then whose rules there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.rulebooks import queries
from gongzhi.foundation.rulebooks.queries import Overtaken, Rule, Version
from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.service.design import parts
from gongzhi.service.desk.rules import wording
from gongzhi.service.desk.rules.forms import ArrangementForm, LawForm
from gongzhi.service.portal import ruling


@dataclass
class Line:
    """A rule as the list shows it: the version that counts now, and what is being written."""

    version: Version
    title: str
    about: str
    standing: str
    word: str
    state: str
    others: list[tuple[Version, str, str]] = field(default_factory=list)


@dataclass
class Book:
    """The rules of one authority or area."""

    name: str
    lines: list[Line] = field(default_factory=list)


#: What a state waits for, and who gives it.
_WAITS = {"draft": "rule.verify", "verified": "rule.review", "reviewed": "rule.approve"}


def listing(by: Any, at: datetime, law: LawForm | None = None, arrangement: Any = None) -> dict[str, Any]:
    """Everything that the list of rules shows."""
    versions = list(queries.versions_reached(by))
    regions = list(queries.regions_to_write(by, "law.note"))
    places = list(queries.regions_to_write(by, "rule.arrange"))
    return {
        "waiting": [_line(each, at) for each in versions if _waits_for(by, each)],
        "books": _books(versions, at),
        "due": [_line(each, at) for each in queries.due_for_review(by, at)],
        "overtaken": [
            (each, _line(each.version, at), _overtaken(each)) for each in queries.overtaken_reached(by, at)
        ],
        "may_draft": may(by, "rule.draft"),
        "areas": [
            (
                area,
                [
                    (each.title, reverse("desk:rules_compare", args=[area.code, each.name]))
                    for each in subjects()
                ],
            )
            for area in queries.areas_reached(by, at)
        ],
        "law_form": law or (LawForm(regions=regions, auto_id="law_%s") if regions else None),
        "arrangement_form": arrangement
        or (ArrangementForm(regions=places, auto_id="arrange_%s") if places else None),
    }


def _waits_for(by: Any, version: Version) -> bool:
    """Whether it is the reader who can take the next step."""
    verb = _WAITS.get(version.state)
    if verb is None or version.rule.kind != Rule.Kind.BINDING or not may(by, verb):
        return False
    is_author = str(by.id) in version.authors
    if verb == "rule.verify":
        return True
    return not is_author and not (verb == "rule.approve" and version.reviewer == by.id)


def _line(version: Version, at: datetime) -> Line:
    standing = version.standing(at)
    return Line(
        version,
        ruling.called(version),
        ruling.title_of(version.rule.subject),
        standing,
        wording.standing_word(standing),
        str(wording.STATES.get(standing, parts.State.INFORMATION)),
    )


def _books(versions: list[Version], at: datetime) -> list[Book]:
    """The rules by authority; of each rule the version in force, else the newest."""
    by_rule: dict[Any, list[Version]] = {}
    for each in versions:
        by_rule.setdefault(each.rule_id, []).append(each)
    books: dict[str, Book] = {}
    for rows in by_rule.values():
        now_in_force = next((each for each in rows if each.standing(at) == "in_force"), rows[0])
        line = _line(now_in_force, at)
        line.others = [
            (each, wording.standing_word(each.standing(at)), str(wording.STATES[each.standing(at)]))
            for each in rows
            if each.pk != now_in_force.pk
            and each.standing(at) in ("draft", "verified", "reviewed", "approved")
        ]
        whose = ruling.whose(now_in_force)
        books.setdefault(whose, Book(whose)).lines.append(line)
    return list(books.values())


def _overtaken(each: Overtaken) -> str:
    told = {
        "law": each.law.title + (f" {each.law.article}" if each.law.article else ""),
        "change": each.law.get_change_display(),
        "day": each.law.changed_on.isoformat(),
        "rows": ", ".join(map(str, each.rows)),
    }
    return _("%(law)s: %(change)s on %(day)s; rows %(rows)s rest on it") % told
