"""Handovers: a body offers a matter to another, which accepts or returns it; who decides if they disagree."""

from __future__ import annotations

from django.db import models

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.rows import Row
from gongzhi.governance.matters.models.matter import through_matter
from gongzhi.governance.matters.models.words import LIVE_STEPS, Step


class Handover(Row):
    """One question of who leads a matter, from the offer to its end; a matter has one at a time.

    ``is_across`` says that no authority commands both bodies: then a designation binds only where a joint
    rule that both sides had adopted covers the category, and ``rule``, ``row`` and ``basis`` cite it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey("matters.Matter", on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    is_across = models.BooleanField(default=False)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.OFFERED)
    reason = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    proposed = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    arbiter = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    designated = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.CharField(max_length=64, blank=True)
    row = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=300, blank=True)
    offered_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    reached = through_matter()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=models.Q(step__in=[step.value for step in LIVE_STEPS]),
                name="handover_one_live",
            )
        ]
        indexes = [
            models.Index(fields=["asked", "step"], name="handover_asked"),
            models.Index(fields=["arbiter", "step"], name="handover_arbiter"),
            models.Index(fields=["giver", "step"], name="handover_giver"),
        ]

    @property
    def is_live(self) -> bool:
        """Whether somebody still has to say something."""
        return self.step in LIVE_STEPS


class Opinion(Row):
    """What a superior of one of the bodies says about who should lead: both must name the same."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    handover = models.ForeignKey("matters.Handover", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    names = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(null=True)

    reached = through_matter("handover__matter")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "superior"], name="opinion_once")]
