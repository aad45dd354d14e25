"""What the API tells: the shapes of its answers, and how rows become them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, reverse
from pydantic import BaseModel

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import Version
from gongzhi.governance.matters.notices import sentence
from gongzhi.governance.matters.queries import (
    Attachment,
    Category,
    Deadline,
    Matter,
    Notice,
    Part,
    Submission,
)
from gongzhi.service.portal.sentences import status_of

Name = dict[str, str]


class RegionTold(BaseModel):
    """A node of the administrative tree. ``path`` lists the codes from the root."""

    code: str
    name: Name
    level: str
    path: str
    zone: str
    calendar: str
    invented: bool


class CategoryTold(BaseModel):
    """A class of matters. Where ``refer_to`` says whose door is the right one, it is not taken in here."""

    code: str
    name: Name
    hint: Name
    refer_to: Name


class RuleTold(BaseModel):
    """A version of a rule: whose it is, what it decides, and since when."""

    subject: str
    region: str | None
    area: str | None
    number: int
    digest: str
    effective_from: datetime
    effective_until: datetime | None


class RuleTable(RuleTold):
    """A version of a rule with its decision table as YAML; the digest is that of the table."""

    table: str


class BodyTold(BaseModel):
    """An organisation."""

    code: str
    name: Name


class StatusTold(BaseModel):
    """How a matter stands, as a word for machines and a sentence for people."""

    state: str
    sentence: str


class DeadlineTold(BaseModel):
    """By when, and by which row of which rule. ``rule`` is empty for a deadline set elsewhere."""

    clock: str
    due: datetime
    precision: str
    met: datetime | None
    measure: str
    rule: str
    row: int | None
    basis: str


class EntryTold(BaseModel):
    """Something that was done. ``position`` is its place in the ledger, null for a moment."""

    verb: str
    title: str
    occurred: datetime
    precision: str
    origin: str
    position: int | None
    rules: list[str]
    facts: dict[str, Any]
    private: dict[str, Any] | None
    erased: bool


class FileTold(BaseModel):
    """An attached file."""

    id: UUID
    name: str
    media_type: str
    size: int
    url: str


class NoticeTold(BaseModel):
    """What was told to whoever brought something in."""

    code: str
    sentence: str
    at: datetime
    delivery: str


class SubmissionTold(BaseModel):
    """Something brought in, and what became of it."""

    number: str
    kind: str
    category: str
    channel: str
    region: str
    filed: datetime
    precision: str
    anonymous: bool
    confidential: bool
    answer_by: str
    text: str
    place: str
    erased: bool
    status: StatusTold | None
    answer: str
    lead: BodyTold | None
    receiver: BodyTold | None
    deadlines: list[DeadlineTold]
    links: dict[str, str]


class SubmissionFiled(SubmissionTold):
    """Something that was just brought in: its secret, and the signed promise that it is in the ledger."""

    secret: str
    promise: str | None


class SubmissionFollowed(SubmissionTold):
    """Something brought in with its whole story, for whoever has its secret or reaches it."""

    timeline: list[EntryTold]
    files: list[FileTold]
    notices: list[NoticeTold]


class MatterTold(BaseModel):
    """A matter as lists show it."""

    number: str
    kind: str
    category: str
    region: str
    title: str
    state: str
    status: StatusTold
    opened: datetime
    precision: str
    due: datetime | None
    answered: datetime | None
    closed: datetime | None
    lead: BodyTold | None
    origin: str
    links: dict[str, str]


class PartTold(BaseModel):
    """A body's part in a matter."""

    organisation: BodyTold
    role: str
    since: datetime


class MatterWhole(MatterTold):
    """A matter with everything that its reader reaches."""

    answer: str
    undecided: str
    keep_until: date | None
    receiver: BodyTold | None
    parts: list[PartTold]
    deadlines: list[DeadlineTold]
    submissions: list[str]
    timeline: list[EntryTold]


class ActTold(BaseModel):
    """Something that can be done on the platform."""

    verb: str
    title: str
    audience: str
    description: str


def region(row: Region) -> dict[str, Any]:
    """A region."""
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "path": row.path,
        "zone": row.zone,
        "calendar": row.calendar,
        "invented": row.invented,
    }


def category(row: Category) -> dict[str, Any]:
    """A category."""
    return {"code": row.code, "name": row.name, "hint": row.hint, "refer_to": row.refer_to}


def rule(row: Version) -> dict[str, Any]:
    """A version of a rule: of a region, or of a cooperation area."""
    whose = row.rule.rule_set
    return {
        "subject": row.rule.subject,
        "region": whose.region.code if whose.region else None,
        "area": whose.area.code if whose.area else None,
        "number": row.number,
        "digest": row.digest,
        "effective_from": row.effective_from,
        "effective_until": row.effective_until,
    }


def body(row: Organisation | None) -> dict[str, Any] | None:
    """An organisation."""
    return None if row is None else {"code": row.code, "name": row.name}


def status(row: Matter, where: Region) -> dict[str, str]:
    """How a matter stands."""
    return {"state": row.state, "sentence": status_of(row, where).sentence}


def deadline(row: Deadline) -> dict[str, Any]:
    """A deadline."""
    return {
        "clock": row.clock,
        "due": row.due_at,
        "precision": row.precision,
        "met": row.met_at,
        "measure": row.measure,
        "rule": row.rule,
        "row": row.row,
        "basis": row.basis,
    }


def entry(told: Told) -> dict[str, Any]:
    """An entry that its reader may read."""
    act = ACTS.get(told.verb)
    return {
        "verb": told.verb,
        "title": str(act.title) if act else told.verb,
        "occurred": told.occurred,
        "precision": told.precision,
        "origin": told.origin,
        "position": told.position,
        "rules": told.rules,
        "facts": told.facts,
        "private": told.private,
        "erased": told.erased,
    }


def attached(row: Attachment) -> dict[str, Any]:
    """An attached file."""
    return {
        "id": row.pk,
        "name": row.file.name,
        "media_type": row.file.media_type,
        "size": row.file.size,
        "url": reverse("api:file", args=[row.pk]),
    }


def notice(row: Notice) -> dict[str, Any]:
    """A notice."""
    return {"code": row.code, "sentence": sentence(row), "at": row.at, "delivery": row.delivery}


def submission(row: Submission, clocks: list[Deadline]) -> dict[str, Any]:
    """A submission that was reached, with how its matter stands."""
    handled, here = row.matter, f"{_root()}submissions/{row.number}"
    return {
        "number": row.number,
        "kind": row.kind,
        "category": row.category.code,
        "channel": row.channel,
        "region": row.region.code,
        "filed": row.filed_at,
        "precision": row.precision,
        "anonymous": row.person_id is None,
        "confidential": row.confidential,
        "answer_by": row.answer_by,
        "text": row.text,
        "place": row.place,
        "erased": row.erased is not None,
        "status": status(handled, row.region) if handled else None,
        "answer": handled.answer if handled else "",
        "lead": body(handled.lead) if handled else None,
        "receiver": body(handled.first_receiver) if handled else None,
        "deadlines": [deadline(each) for each in clocks],
        "links": {
            "self": here,
            "receipt": f"{here}/receipt",
            "page": reverse("portal:followed", args=[row.number]),
        },
    }


def matter(row: Matter) -> dict[str, Any]:
    """A matter as lists show it."""
    return {
        "number": row.number,
        "kind": row.kind,
        "category": row.category.code,
        "region": row.region.code,
        "title": row.title,
        "state": row.state,
        "status": status(row, row.region),
        "opened": row.opened_at,
        "precision": row.precision,
        "due": row.due_at,
        "answered": row.answered_at,
        "closed": row.closed_at,
        "lead": body(row.lead),
        "origin": row.origin,
        "links": {"self": f"{_root()}matters/{row.number}"},
    }


def part(row: Part) -> dict[str, Any]:
    """A body's part in a matter."""
    return {"organisation": body(row.organisation), "role": row.role, "since": row.since}


def _root() -> str:
    return _root_under(get_script_prefix())


@cache
def _root_under(_prefix: str) -> str:
    return reverse("api:v1:api-root")
