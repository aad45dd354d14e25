"""Matters, for those whose posts or submissions reach them."""

from __future__ import annotations

from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router
from pydantic import BaseModel, Field

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.governance.matters.queries import (
    Narrowing,
    Tab,
    days_from,
    deadlines,
    matters,
    page,
    parts,
    submissions_of,
    timeline,
)
from gongzhi.service.api import told
from gongzhi.service.api.paging import Paging
from gongzhi.service.desk.undecided import why_undecided

router = Router(tags=["matters"])


class MattersWanted(Paging):
    """Which matters are wanted; all of the conditions hold."""

    state: Literal["", "open", "dispatched", "answered", "closed"] = ""
    region: str = Field("", description="division code; those below it too")
    category: str = ""
    lead: str = Field("", description="code of the organisation that leads")
    words: str = Field("", description="a number, or words of title or text")
    overdue: bool = False


class MattersPage(BaseModel):
    """Some matters, and the cursor of the next page."""

    items: list[told.MatterTold]
    next: str | None


@router.get("/matters", response=MattersPage, summary="Matters")
def list_matters(request: Any, wanted: Query[MattersWanted]) -> Any:
    """The matters that the caller reaches and that are not archived, the newest first."""
    narrowing = Narrowing(
        words=wanted.words,
        state=wanted.state,
        category=wanted.category,
        region=wanted.region,
        lead=wanted.lead,
        overdue=wanted.overdue,
    )
    by = request.auth
    span = days_from(now(), by.zone)
    found = page(by, Tab.ALL, narrowing, span, wanted.cursor, size=wanted.limit)
    return {"items": [told.matter(each) for each in found.rows], "next": found.after or None}


@router.get("/matters/{number}", response=told.MatterWhole, summary="One matter")
def one_matter(request: Any, number: str) -> Any:
    """A matter with its parts, clocks and story, as far as the caller may read them."""
    try:
        plain = normalise_number(number)
    except ValueError:
        raise Http404 from None
    by = request.auth
    rows = matters(by).select_related("category", "region", "lead", "first_receiver")
    found = rows.filter(number=plain).first()
    if found is None:
        raise Http404
    return told.matter(found) | {
        "answer": found.answer,
        "undecided": why_undecided(found.undecided),
        "keep_until": found.keep_until,
        "receiver": told.body(found.first_receiver),
        "parts": [told.part(each) for each in parts(found)],
        "deadlines": [told.deadline(each) for each in deadlines(found)],
        "submissions": [each.number for each in submissions_of(by, found)],
        "timeline": [told.entry(each) for each in timeline(by, found)],
    }
