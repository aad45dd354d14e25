"""Rule sets of authorities, their rules, and the immutable versions of each rule."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, within


class RuleSet(models.Model):
    """The rules that one authority has in force for its region and those below."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.OneToOneField("regions.Region", on_delete=models.PROTECT, related_name="+")
    name = models.JSONField()

    reached = Reached(region=within())


class Rule(models.Model):
    """What a rule set decides about one subject, such as ``matters.deadline``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_set", "subject"], name="rule_once")]


class Version(models.Model):
    """One wording of a rule: a decision table, effective for a time, recorded for a time; immutable.

    ``effective_until`` and ``recorded_until`` are the only fields that are ever closed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    table = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    recorded_from = models.DateTimeField()
    recorded_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="version_once"),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gt=F("effective_from")),
                name="version_effective",
            ),
        ]
