"""Who of a body is on duty from when to when, and what one shift leaves to the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, of_organisation, of_person
from gongzhi.foundation.ledger.rows import Row


class Watch(models.TextChoices):
    """As what somebody is on duty."""

    LEADER = "leader", _("leader on duty")
    OFFICER = "officer", _("officer on duty")


class Shift(Row):
    """Somebody of a body is on duty for a while; two of a kind overlap only if stated (``beside``).

    ``person`` is who holds the post of ``holder``, so that a shift tells by itself whose it is. ``note`` is
    what is left over for the next, who takes it; a shift taken off the roster has ``cancelled_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    body = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey("parties.Appointment", on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    kind = models.CharField(max_length=7, choices=Watch.choices)
    since = models.DateTimeField()
    until = models.DateTimeField()
    beside = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    handed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    reached = Reached(own=of_person("person"), organisation=of_organisation("body"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="shift_lasts")
        ]
        indexes = [models.Index(fields=["body", "until"], name="shift_body")]


def next_on_duty(shift: Shift, others: Iterable[Shift], at: datetime) -> set[UUID]:
    """Who takes over from a shift: all after it in its place who have begun by now, else who begins first."""
    later = [
        each
        for each in others
        if (each.body_id, each.kind) == (shift.body_id, shift.kind) and each.pk != shift.pk
        if each.since >= shift.since and each.until > at
    ]
    begun = [each for each in later if each.since <= at]
    first = min((each.since for each in later), default=None)
    return {each.person for each in begun or [each for each in later if each.since == first]}
