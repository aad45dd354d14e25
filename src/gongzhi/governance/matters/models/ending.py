"""How a matter ends: verified by another, the person called back and rating, merged with others."""

from __future__ import annotations

from django.db import models

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.rows import Row
from gongzhi.governance.matters.models.matter import through_matter
from gongzhi.governance.matters.models.words import Plea, Reply


class Verification(Row):
    """Somebody other than the handler looked whether it was done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    by = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    reached = through_matter()

    class Meta:
        indexes = [models.Index(fields=["matter", "round"], name="verification_round")]


class CallBack(Row):
    """Whoever brought something in is called back, by the body that took it in; tried a few times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey("matters.Submission", on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    caller = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    reply = models.CharField(max_length=10, choices=Reply.choices, default=Reply.WAITING)
    tries = models.SmallIntegerField(default=0)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    reached = through_matter()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "matter", "round"], name="call_back_once")
        ]
        indexes = [models.Index(fields=["caller", "reply", "since"], name="call_back_waiting")]


class Rating(Row):
    """What the person says of one handling: was it resolved, are they satisfied (1 to 5).

    Said by themselves or to a call-back clerk. A handling body may plead that it be left out of the
    rates; somebody else decides.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey("matters.Submission", on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    rated = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    by_call = models.BooleanField(default=False)
    resolved = models.BooleanField(null=True)
    satisfied = models.SmallIntegerField(null=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    plea = models.CharField(max_length=8, choices=Plea.choices, blank=True)
    plea_by = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    plea_reason = models.TextField(blank=True)
    plea_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    reached = through_matter()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "matter", "round"], name="rating_once")]
        indexes = [models.Index(fields=["rated", "at"], name="rating_rated")]


class Merging(Row):
    """A matter was joined to another; its submissions can be taken out again, and it goes on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    submissions = models.JSONField(default=list)
    clocks = models.JSONField(default=list)
    former = models.CharField(max_length=10)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    reached = through_matter("source")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(undone_at=None), name="merging_one_live"
            )
        ]
