"""Public things (部件): what stands in a place, who owns it, and who keeps it in order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, either, in_grid, of_organisation, within
from gongzhi.foundation.ledger.rows import Row


class ThingKind(models.TextChoices):
    """What sort of thing it is; rules may send each sort elsewhere."""

    COVER = "cover", pgettext_lazy("thing", "cover")
    LAMP = "lamp", pgettext_lazy("thing", "lamp")
    POLE = "pole", pgettext_lazy("thing", "pole")
    PIPE = "pipe", pgettext_lazy("thing", "pipe")
    SIGN = "sign", pgettext_lazy("thing", "sign")
    OTHER = "other", pgettext_lazy("thing", "something else")


class Thing(Row):
    """A public thing by the code that stands on it or in its register.

    ``keeper`` looks after it where that is another body than its owner. What was retired stays, because
    matters name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=ThingKind.choices)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(
        "regions.Grid", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    place = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    reached = Reached(
        organisation=either(of_organisation("owner"), of_organisation("keeper")),
        grid=in_grid(),
        region=within(),
    )

    class Meta:
        indexes = [models.Index(fields=["lat", "lon"], condition=Q(retired_at=None), name="thing_point")]
