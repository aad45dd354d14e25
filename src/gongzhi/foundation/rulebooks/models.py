"""Rule sets of authorities, their rules, and the immutable versions of each rule."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, Scope, either, of_area, within
from gongzhi.foundation.regions.queries import Membership


class RuleSet(models.Model):
    """The rules that one authority has in force for its region and those below, or a cooperation area's.

    What an area holds binds those of its members who have adopted it, and nobody else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.OneToOneField("regions.Region", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.OneToOneField(
        "regions.CooperationArea", null=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.JSONField()

    reached = Reached(region=within(), area=either(within(), of_area("area")))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, area__isnull=True)
                | Q(region__isnull=True, area__isnull=False),
                name="rule_set_of_one",
            )
        ]


class Rule(models.Model):
    """What a rule set decides about one subject, such as ``matters.deadline``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_set", "subject"], name="rule_once")]


def _of_member(scope: Scope) -> Q:
    """Versions of the rules of areas in which a region of the scope is a member."""
    joined = Membership.objects.filter(within()(scope), until=None).values("area")
    return Q(rule__rule_set__area__in=joined)


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

    reached = Reached(
        region=either(within("rule__rule_set__region"), _of_member),
        area=either(within("rule__rule_set__region"), of_area("rule__rule_set__area")),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="version_once"),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gt=F("effective_from")),
                name="version_effective",
            ),
        ]


class Adoption(models.Model):
    """A member of a cooperation area has made a version of a joint rule its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "region"], name="adopted_once")]
