"""Reading the knowledge base: found by words, Chinese or English, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongzhi.foundation.parties.reach import may, reach
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.models import Article, Question, Readers

__all__ = [
    "Article", "Question", "Readers", "article", "articles", "found", "open_questions",
    "overdue_for_review", "owned", "public_articles", "question", "terms", "to_review",
]  # fmt: skip

_LATIN = re.compile(r"[a-z0-9]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_MOST, _LOOKED_AT = 30, 400
#: English words that tell nothing.
_EMPTY = frozenset(
    (
        "the",
        "and",
        "for",
        "are",
        "was",
        "you",
        "can",
        "how",
        "what",
        "when",
        "where",
        "who",
        "why",
        "does",
        "with",
        "from",
        "have",
        "has",
        "this",
        "that",
        "not",
        "do",
        "is",
        "it",
    )
)


def terms(text: str) -> list[str]:
    """What a text is searched by: its Latin words, and every two Chinese characters that stand together.

    >>> terms("How do I get 居住证?"), terms("水")
    (['get', '居住', '住证'], ['水'])
    """
    told = text.lower()
    pairs = [run[at : at + 2] for run in _HAN.findall(told) for at in range(max(len(run) - 1, 1))]
    words = [word for word in _LATIN.findall(told) if word not in _EMPTY]
    return list(dict.fromkeys([*words, *pairs]))[:40]


def _in_force(at: datetime) -> QuerySet[Article]:
    rows = Article.objects.filter(retired_at=None).filter(Q(expires_on=None) | Q(expires_on__gt=at.date()))
    return rows.select_related("owner", "region").defer("region__outline")


def public_articles(region: Region, at: datetime) -> QuerySet[Article]:
    """What anybody may read in a region: its own articles and those of the regions above and below."""
    codes = region.path.strip("/").split("/")
    where = Q(region__code__in=codes) | Q(region__path__startswith=region.path)
    return _in_force(at).filter(where, readers=Readers.PUBLIC).order_by("-reviewed_at", "pk")


def articles(by: Any, at: datetime) -> QuerySet[Article]:
    """What somebody at a desk may read: what is public, and what their posts reach."""
    if not may(by, "article.read"):
        return _in_force(at).filter(readers=Readers.PUBLIC)
    return (
        _in_force(at)
        .filter(Q(readers=Readers.PUBLIC) | reach(by, "article.read", Article))
        .order_by("-reviewed_at", "pk")
    )


def article(by: Any, key: UUID, at: datetime) -> Article | None:
    """An article in force that the actor may read; without a post, a public one."""
    rows = (
        articles(by, at) if getattr(by, "is_staff", False) else _in_force(at).filter(readers=Readers.PUBLIC)
    )
    return rows.filter(pk=key).first()


def found(rows: QuerySet[Article], words: str) -> list[Article]:
    """The articles that hold words, those that hold the most of them first; all of them without words."""
    wanted = terms(words)
    if not wanted:
        return list(rows[:_MOST])
    any_of = Q()
    for term in wanted:
        any_of |= Q(words__contains=term)
    scored = [(_score(each, wanted), each) for each in rows.filter(any_of)[:_LOOKED_AT]]
    best = max((score for score, _each in scored), default=0)
    kept = [(score, each) for score, each in scored if score * 3 >= best]
    return [each for _score_, each in sorted(kept, key=lambda pair: -pair[0])][:_MOST]


def _score(row: Article, wanted: Iterable[str]) -> int:
    """A word in the title or the keywords counts three times."""
    head = " ".join([*row.title.values(), *row.keywords]).lower()
    return sum(3 if term in head else 1 for term in wanted if term in row.words)


def to_review(by: Any, at: datetime) -> QuerySet[Article]:
    """The articles of the actor's own bodies whose review date has come, the oldest first."""
    rows = Article.objects.filter(retired_at=None, owner__in=list(by.organisations))
    return rows.filter(review_on__lte=at.date()).select_related("owner", "region").order_by("review_on", "pk")


def overdue_for_review(at: datetime) -> QuerySet[Article]:
    """Every article whose review date has passed and whose owner was not reminded of it yet."""
    rows = Article.objects.filter(retired_at=None, reminded_at=None, review_on__lte=at.date())
    return rows.order_by(F("review_on"), "pk")


def open_questions(by: Any) -> QuerySet[Question]:
    """What the actor's own bodies were asked and have not settled, the oldest first."""
    rows = Question.objects.filter(owner__in=list(by.organisations), settled_at=None)
    return (
        rows.filter(reach(by, "question.read", Question)).select_related("asker").order_by("raised_at", "pk")
    )


def question(by: Any, key: UUID) -> Question | None:
    """A question that the actor reaches."""
    return Question.objects.filter(reach(by, "question.read", Question), pk=key).first()


def owned(by: Any, key: UUID) -> Article | None:
    """An article that the actor may look at again."""
    rows = Article.objects.filter(reach(by, "article.review", Article), pk=key, retired_at=None)
    return rows.select_related("owner", "region").first()
