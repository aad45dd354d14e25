"""The administrative tree, cooperation areas across it, and the grids below it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, of_area, within


class Level(models.TextChoices):
    """What kind of node a region is. Levels may be missing: depth is never constant."""

    STATE = "state", _("state")
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    VILLAGE = "village", _("village or community")


class Region(models.Model):
    """A node of the administrative tree.

    ``path`` lists the codes from the root, ``/31/310118/310118110/``, so that "at or below" is a
    prefix. ``zone`` is an IANA zone, ``calendar`` a working calendar's code.
    """

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=30, unique=True)
    name = models.JSONField()
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=255, unique=True)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    calendar = models.CharField(max_length=12, default="CN")
    outline = models.JSONField(null=True)
    invented = models.BooleanField(default=False)

    reached = Reached(region=within(""))

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return str(self.name.get("zh") or self.name.get("en") or self.code)

    @property
    def region_id(self) -> object:
        """A region's region is itself, so that entries about it name it."""
        return self.pk


class CooperationArea(models.Model):
    """Regions that govern something together across the tree, by agreement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=30, unique=True)
    name = models.JSONField()

    reached = Reached(area=of_area())


class Membership(models.Model):
    """A region belongs to a cooperation area for a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(CooperationArea, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    reached = Reached(region=within())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "region", "since"], name="member_once")]


class Grid(models.Model):
    """The smallest cell of responsibility, inside exactly one village, community or town."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("general grid")
        SPECIAL = "special", _("special grid")
        MICRO = "micro", _("micro grid")

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=30, unique=True)
    name = models.JSONField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.GENERAL)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    outline = models.JSONField(null=True)

    reached = Reached(region=within())
