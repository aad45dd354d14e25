"""What anybody may know: answers that stand already, and what is unresolved in public."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.actors import anyone
from gongzhi.foundation.regions import queries as regions
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.queries import knowledge, open_to_all

router = Router(tags=["public"])


class ArticleTold(BaseModel):
    """An article of the knowledge base."""

    id: UUID
    owner: str
    title: dict[str, str]
    text: dict[str, str]
    keywords: list[str]
    reviewed: datetime
    expires: date | None


class UnresolvedTold(BaseModel):
    """What cannot be done for now, and why."""

    category: dict[str, str]
    town: dict[str, str]
    body: dict[str, str]
    since: datetime
    until: datetime | None
    reason: str
    basis: str


@router.get("/articles", response=list[ArticleTold], summary="What is known already")
def list_articles(request: Any, region: str, words: str = "") -> Any:
    """The public articles of a region that hold the words, those that hold the most of them first."""
    rows = knowledge.found(knowledge.public_articles(_region(region), now()), words[:200])
    return [_article(each) for each in rows]


@router.get("/articles/{key}", response=ArticleTold, summary="One article")
def one_article(request: Any, key: UUID) -> Any:
    """A public article in force."""
    found = knowledge.article(anyone(), key, now())
    if found is None:
        raise Http404
    return _article(found)


@router.get("/unresolved", response=list[UnresolvedTold], summary="What stands unresolved")
def list_unresolved(request: Any, region: str) -> Any:
    """The public list of what cannot be done for now; never whose it is, and the place to the town alone."""
    return [asdict(each) for each in open_to_all.unresolved(_region(region))]


def _region(code: str) -> Region:
    found = regions.region(code)
    if found is None:
        raise Invalid(_("There is no region with this code."), field="region")
    return found


def _article(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "owner": row.owner.code,
        "title": row.title,
        "text": row.text,
        "keywords": row.keywords,
        "reviewed": row.reviewed_at,
        "expires": row.expires_on,
    }
