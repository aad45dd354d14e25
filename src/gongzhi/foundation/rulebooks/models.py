"""Rule sets of authorities, their rules, the versions of each rule, and when which of them binds."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    """What a rule set decides about one subject, such as ``matters.deadline``.

    An informal arrangement, such as a village's covenant or a memorandum between towns, is kept beside
    the rules that bind: shown and cited, never enforced. Its subject is free and its text plain words.
    """

    class Kind(models.TextChoices):
        BINDING = "binding", _("binding rule")
        INFORMAL = "informal", _("informal arrangement")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.BINDING)
    title = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "subject", "kind"], name="rule_once"),
        ]


def _of_member(scope: Scope) -> Q:
    """Versions of the rules of areas in which a region of the scope is a member."""
    joined = Membership.objects.filter(within()(scope), until=None).values("area")
    return Q(rule__rule_set__area__in=joined)


class Alignment(models.Model):
    """Drafts for members of a cooperation area that come into force together, when the last is approved."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey("regions.CooperationArea", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    proposed_at = models.DateTimeField()
    in_force_from = models.DateTimeField(null=True)

    reached = Reached(area=of_area("area"))


class Version(models.Model):
    """One wording of a rule: a decision table. It can be written anew only while it is a draft.

    ``effective_from`` and ``effective_until`` say for when it is meant; when it does bind, and what was
    believed about that when, is told by `Force`. ``ending`` says how it came to bind no more.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("rule", "draft")
        VERIFIED = "verified", pgettext_lazy("rule", "verified")
        REVIEWED = "reviewed", pgettext_lazy("rule", "reviewed")
        APPROVED = "approved", pgettext_lazy("rule", "approved")
        PROPOSED = "proposed", pgettext_lazy("rule", "proposed to the members")
        WITHDRAWN = "withdrawn", pgettext_lazy("rule", "withdrawn")

    class Ending(models.TextChoices):
        SUPERSEDED = "superseded", pgettext_lazy("rule", "superseded")
        CORRECTED = "corrected", pgettext_lazy("rule", "corrected")
        LAPSED = "lapsed", pgettext_lazy("rule", "lapsed")
        REPEALED = "repealed", pgettext_lazy("rule", "repealed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    ending = models.CharField(max_length=10, choices=Ending.choices, default="", blank=True)
    table = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    recorded_from = models.DateTimeField()
    recorded_until = models.DateTimeField(null=True)
    refinable = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    authors = models.JSONField(default=list)
    reviewer = models.UUIDField(null=True)
    approver = models.UUIDField(null=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    alignment = models.ForeignKey(Alignment, null=True, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(null=True)
    filing_number = models.CharField(max_length=60, default="", blank=True)
    filed_on = models.DateField(null=True)

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

    def standing(self, at: datetime) -> str:
        """How it stands at a moment: its state, or once approved ``in_force`` or how it ended."""
        if self.state != self.State.APPROVED:
            return str(self.state)
        if self.recorded_until is not None:  # corrected, or it never came to bind
            return str(self.ending)
        if at < self.effective_from or (self.alignment and self.alignment.in_force_from is None):
            return str(self.state)
        if self.effective_until is not None and self.effective_until <= at:
            return self.ending or str(self.Ending.LAPSED)
        return "in_force"


class Force(models.Model):
    """For which time a version binds, and for which time that was what the platform knew.

    Rows are never changed but to close ``recorded_until``: what was believed on an earlier day about
    what applied on another stays answerable.
    """

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    recorded_from = models.DateTimeField()
    recorded_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gt=F("effective_from")),
                name="force_effective",
            ),
        ]


class Accepted(models.Model):
    """A named person accepts one finding about a version's table, with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    finding = models.CharField(max_length=16)
    by = models.UUIDField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "digest", "finding"], name="accepted_once")]


class Adoption(models.Model):
    """A member of a cooperation area has made a version of a joint rule its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "region"], name="adopted_once")]


class Law(models.Model):
    """That a law or one article of it was amended or repealed; rules that rest on it are listed."""

    class Change(models.TextChoices):
        AMENDED = "amended", pgettext_lazy("law", "amended")
        REPEALED = "repealed", pgettext_lazy("law", "repealed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    article = models.CharField(max_length=60, default="", blank=True)
    change = models.CharField(max_length=8, choices=Change.choices)
    changed_on = models.DateField()
    link = models.CharField(max_length=300, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)

    reached = Reached(region=within())
