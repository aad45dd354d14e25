"""Urgent information that a body reports to the one above it, at first, further on, and in the end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, either, of_organisation, within
from gongzhi.foundation.ledger.rows import Row


class Urgent(Row):
    """An urgent affair as it is reported upward, of a matter or of none.

    What each report says stands in the ledger alone, where it can be erased; the row tells how far it is.
    The first report was due at ``due_at``, counted by a rule from when the affair became known. What was
    reported of a matter is erased with it; of none, at ``keep_until``, which is None when that is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey("matters.Matter", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    known_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    reports = models.SmallIntegerField(default=1)
    final_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    instructed_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    reached = Reached(
        organisation=of_organisation("body"),
        participant=either(of_organisation("body"), of_organisation("superior")),
        region=within(),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "matter"], condition=Q(final_at=None), name="urgent_once")
        ]
        indexes = [
            models.Index(fields=["superior", "first_at"], name="urgent_superior"),
            models.Index(fields=["body", "first_at"], name="urgent_body"),
            models.Index(fields=["matter"], condition=~Q(matter=None), name="urgent_matter"),
            models.Index(fields=["keep_until"], condition=~Q(keep_until=None), name="urgent_kept"),
        ]
