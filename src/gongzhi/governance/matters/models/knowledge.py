"""The knowledge base: articles that their owners keep true, and questions that it could not answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, of_organisation, within
from gongzhi.foundation.ledger.rows import Row


class Readers(models.TextChoices):
    """For whom an article is."""

    PUBLIC = "public", _("everybody")
    STAFF = "staff", _("staff only")


class Article(Row):
    """What is known about something that people ask; its owner looks again whether it is still true.

    ``words`` are all its words in small letters, by which it is found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    readers = models.CharField(max_length=6, choices=Readers.choices, default=Readers.PUBLIC)
    title = models.JSONField()
    text = models.JSONField()
    keywords = models.JSONField(default=list)
    words = models.TextField(blank=True)
    number = models.SmallIntegerField(default=1)
    written_at = models.DateTimeField()
    reviewed_at = models.DateTimeField()
    review_on = models.DateField()
    expires_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    reached = Reached(organisation=of_organisation("owner"), region=within())

    class Meta:
        indexes = [
            models.Index(fields=["region", "retired_at"], name="article_region"),
            models.Index(fields=["retired_at", "review_on"], name="article_review"),
        ]


class Question(Row):
    """What a clerk could not answer from the knowledge base: a task for whoever should know."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    article = models.ForeignKey(Article, null=True, on_delete=models.PROTECT, related_name="+")
    reply = models.TextField(blank=True)

    reached = Reached(organisation=of_organisation("owner"), region=within())

    class Meta:
        indexes = [models.Index(fields=["owner", "settled_at"], name="question_owner")]
