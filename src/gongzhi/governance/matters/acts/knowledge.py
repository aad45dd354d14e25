"""What keeps the knowledge base true: written, looked at again, retired; and asked what it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, STAFF, Actor, Machine, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.models import Article, Question, Readers

TITLE_LENGTH, ARTICLE_LENGTH, MOST_KEYWORDS = 120, 8000, 20

Words = Mapping[str, str]


@act("article.write", _("Write an article of the knowledge base"), audience=PUBLIC, creates=True)
def write_article(
    by: Actor,
    owner: Organisation,
    *,
    title: Words,
    text: Words,
    review_on: date,
    keywords: Sequence[str] = (),
    readers: str = Readers.PUBLIC.value,
    expires_on: date | None = None,
) -> Article:
    """Write down what is known, for the public or for staff; its owner answers for it being true."""
    _check(title, text, keywords, readers)
    _check_days(review_on, expires_on)
    article = Article(
        owner=owner,
        region=owner.region,
        readers=readers,
        title=dict(title),
        text=dict(text),
        keywords=list(keywords),
        words=_words(title, text, keywords),
        written_at=moment(),
        reviewed_at=moment(),
        review_on=review_on,
        expires_on=expires_on,
    )
    keep(article)
    record(
        facts={"owner": owner.code, "readers": readers, "review_on": review_on, "expires_on": expires_on},
        region=owner.region_id,
        audience=PUBLIC if readers == Readers.PUBLIC else STAFF,
        **_told(article),
    )
    return article


@act("article.review", _("Look at an article again"), audience=STAFF)
def review_article(
    by: Actor,
    article: Article,
    *,
    review_on: date,
    title: Words | None = None,
    text: Words | None = None,
    keywords: Sequence[str] | None = None,
    readers: str | None = None,
    expires_on: date | None = None,
) -> Article:
    """Say that an article is true as it stands, or as it is changed now, and when to look again."""
    _standing_one(article)
    _answers_for(by, article.owner)
    new = {"title": title, "text": text, "keywords": keywords, "readers": readers}
    changed = sorted(
        name for name, value in new.items() if value is not None and value != getattr(article, name)
    )
    for name in changed:
        value = new[name]
        setattr(article, name, dict(value) if isinstance(value, Mapping) else value)
    _check(article.title, article.text, article.keywords, article.readers)
    _check_days(review_on, expires_on)
    article.words = _words(article.title, article.text, article.keywords)
    article.number += bool(changed)
    article.reviewed_at, article.review_on, article.expires_on = moment(), review_on, expires_on
    article.reminded_at = None
    keep(
        article, "title", "text", "keywords", "readers", "words", "number", "reviewed_at", "review_on",
        "expires_on", "reminded_at",
    )  # fmt: skip
    told = _told(article) if changed else {}
    record(facts={"changed": changed, "number": article.number, "review_on": review_on}, **told)
    return article


@act("article.retire", _("Retire an article"), audience=STAFF)
def retire_article(by: Actor, article: Article, *, reason: str) -> Article:
    """Take an article out of the knowledge base; what was answered from it stands."""
    _standing_one(article)
    _answers_for(by, article.owner)
    if not reason.strip():
        raise Invalid(_("Say why it is no longer needed."), field="reason")
    article.retired_at = moment()
    keep(article, "retired_at")
    record(facts={"owner": article.owner.code}, private={"reason": reason})
    return article


@act("article.remind", _("Remind the owner of an article"), audience=STAFF)
def remind_of_article(by: Actor, article: Article) -> Article:
    """Put an article whose review date has passed on its owner's list; once for each date."""
    _standing_one(article)
    if article.reminded_at is not None:
        raise NotPossible(_("Its owner has been reminded already."))
    article.reminded_at = moment()
    keep(article, "reminded_at")
    record(facts={"owner": article.owner.code, "review_on": article.review_on})
    return article


@act("question.raise", _("Ask what the knowledge base does not know"), audience=STAFF, creates=True)
def raise_question(
    by: Actor, owner: Organisation, *, text: str, asker: Organisation | None = None
) -> Question:
    """Put a question that could not be answered on the list of the body that should know."""
    if not text.strip():
        raise Invalid(_("Write what was asked, without saying who asked."), field="text")
    if owner.dissolved is not None:
        raise NotPossible(_("This body has been dissolved."), field="owner")
    question = Question(owner=owner, region=owner.region, asker=asker, text=text, raised_at=moment())
    keep(question)
    record(facts={"owner": owner.code}, private={"text": text}, region=owner.region_id)
    return question


@act("question.settle", _("Settle a question"), audience=STAFF)
def settle_question(
    by: Actor, question: Question, *, article: Article | None = None, reply: str = ""
) -> Question:
    """Answer a question by an article that knows it, or say why none is needed."""
    if question.settled_at is not None:
        raise NotPossible(_("This question has been settled."))
    _answers_for(by, question.owner)
    if article is None and not reply.strip():
        raise Invalid(_("Name the article, or say why none is needed."), field="reply")
    question.settled_at, question.article, question.reply = moment(), article, reply
    keep(question, "settled_at", "article", "reply")
    record(
        facts={"owner": question.owner.code, "article": article.pk if article else None},
        private={"text": reply} if reply.strip() else {},
    )
    return question


def _standing_one(article: Article) -> None:
    if article.retired_at is not None:
        raise NotPossible(_("This article has been retired."))


def _answers_for(by: Any, owner: Organisation) -> None:
    """Only the owner answers for what is true."""
    if isinstance(by, Machine) or owner.pk in by.organisations:
        return
    raise NotAllowed(
        _("Only %(body)s answers for this.") % {"body": owner}, instead=_("Ask them to look at it again.")
    )


def _check(title: Words, text: Words, keywords: Sequence[str], readers: str) -> None:
    if readers not in Readers.values:
        raise Invalid(_("Say for whom the article is."), field="readers")
    for language in ("zh", "en"):
        if not title.get(language, "").strip():
            raise Invalid(_("An article has a title in both languages."), field=f"title_{language}")
        if not text.get(language, "").strip():
            raise Invalid(_("An article has a text in both languages."), field=f"text_{language}")
        if len(title[language]) > TITLE_LENGTH:
            raise Invalid(_("The title is too long."), field=f"title_{language}")
        if len(text[language]) > ARTICLE_LENGTH:
            raise Invalid(_("The text is too long."), field=f"text_{language}")
    if len(keywords) > MOST_KEYWORDS:
        raise Invalid(_("There are too many keywords."), field="keywords")


def _check_days(review_on: date, expires_on: date | None) -> None:
    today = moment().date()
    if review_on <= today:
        raise Invalid(_("The day on which to look again lies in the past."), field="review_on")
    if expires_on is not None and expires_on <= today:
        raise Invalid(_("The day on which it expires lies in the past."), field="expires_on")


def _words(title: Words, text: Words, keywords: Sequence[str]) -> str:
    return "\n".join([*title.values(), *keywords, *text.values()]).lower()


def _told(article: Article) -> dict[str, Any]:
    """Where its words stand in the entry: erasable, though nothing in them is personal."""
    return {"private": {"title": article.title, "text": article.text, "keywords": article.keywords}}
