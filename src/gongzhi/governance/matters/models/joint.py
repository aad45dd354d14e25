"""Bodies on one matter together: musters, conferences, instructions, stops and extensions."""

from __future__ import annotations

from django.db import models

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.rows import Row
from gongzhi.governance.matters.models.matter import through_matter
from gongzhi.governance.matters.models.words import Stop


class Muster(Row):
    """A grass-roots body calls others to the spot; each arrives, all conclude, both sides are judged.

    What each body was called for is a part of the matter that names the muster.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    caller = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField()
    arrive_by = models.DateTimeField()
    called_at = models.DateTimeField()
    conclusion = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True)

    reached = through_matter()

    class Meta:
        indexes = [models.Index(fields=["caller", "called_at"], name="muster_caller")]


class Judgement(Row):
    """What one side of a muster thinks of the other: marks from 1 to 5, with a word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    muster = models.ForeignKey(Muster, on_delete=models.PROTECT, related_name="+")
    judge = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    judged = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    mark = models.SmallIntegerField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    reached = through_matter("muster__matter")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muster", "judge", "judged"], name="judgement_once"),
            models.CheckConstraint(condition=models.Q(mark__gte=1, mark__lte=5), name="judgement_mark"),
        ]


class Conference(Row):
    """Bodies meet on a matter; what the minutes give a body to do becomes a part of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    convenor = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    invited = models.JSONField(default=list)
    about = models.CharField(max_length=300)
    meets_at = models.DateTimeField()
    minutes = models.TextField(blank=True)
    minuted_at = models.DateTimeField(null=True)

    reached = through_matter()


class Instruction(Row):
    """A leader's word on a matter, watched until it is carried out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    given_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    reached = through_matter()


class Pause(Row):
    """A time in which a matter's clocks stand still, by a rule, with its reason and its end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Stop.choices)
    reason = models.TextField()
    by = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    reached = through_matter()

    class Meta:
        indexes = [models.Index(fields=["ended_at", "until"], name="pause_until")]


class Extension(Row):
    """More time, asked for by the lead, told to the person, and signed by somebody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_by = models.UUIDField()
    days = models.SmallIntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    due_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=300, blank=True)

    reached = through_matter()
