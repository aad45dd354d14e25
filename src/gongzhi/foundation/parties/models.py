"""Who takes part: persons, organisations, posts, appointments, and the roles that give reach."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, of_organisation, of_person, within


def _digits() -> Func | F:
    """A telephone number without what people write between its digits."""
    found: Func | F = F("phone")
    for mark in " ()/.+-":
        found = Replace(found, Value(mark))
    return found


#: What a telephone number is found by.
DIGITS = _digits()


class Person(models.Model):
    """A human being as far as the platform knows one. The key is the pseudonym that entries use."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    invented = models.BooleanField(default=False)
    home = models.ForeignKey("regions.Region", null=True, on_delete=models.PROTECT, related_name="+")
    erased = models.DateTimeField(null=True)

    reached = Reached(own=of_person("pk"), region=within("home"))

    class Meta:
        indexes = [models.Index(DIGITS, name="person_digits", condition=~Q(phone=""))]


class Organisation(models.Model):
    """A party that is a body. ``superior`` is a relation of its own, independent of regions."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("government body")
        JUDICIAL = "judicial", _("judicial body")
        PARTY = "party", _("Party organisation")
        PLATFORM = "platform", _("platform company")
        ENTERPRISE = "enterprise", _("enterprise")
        SOCIAL = "social", _("social organisation")
        COMMITTEE = "committee", _("self-governing committee")
        COMMUNITY = "community", _("online community")

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, unique=True)
    name = models.JSONField()
    aliases = models.JSONField(default=list)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    functions = models.JSONField(default=list)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=30, blank=True)
    invented = models.BooleanField(default=False)
    dissolved = models.DateTimeField(null=True)

    reached = Reached(organisation=of_organisation("pk"), region=within())

    def __str__(self) -> str:
        return str(self.name.get("zh") or self.name.get("en") or self.code)


class Charge(models.Model):
    """An organisation has a function in its region: what rules route by."""

    seldom_changes = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=40)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "function", "region"], name="charge_once")
        ]
        indexes = [models.Index(fields=["function", "region"], name="charge_where")]


class Role(models.Model):
    """A set of (verb, kind of reach): ``grants`` maps each verb to its kinds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.JSONField()
    grants = models.JSONField()


class Post(models.Model):
    """A place in an organisation, with a role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    title = models.JSONField()

    reached = Reached(organisation=of_organisation("organisation"), region=within("organisation__region"))


class Appointment(models.Model):
    """A person holds a post for a time, with an extent.

    The extent is the listed regions, grids and cooperation area, or where none is listed the region
    of the organisation. ``deputy_for`` is the appointment whose holder is stood in for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    regions = models.JSONField(default=list)
    grids = models.JSONField(default=list)
    area = models.ForeignKey("regions.CooperationArea", null=True, on_delete=models.PROTECT, related_name="+")
    deputy_for = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    reached = Reached(
        own=of_person("person"),
        organisation=of_organisation("post__organisation"),
        region=within("post__organisation__region"),
    )

    class Meta:
        indexes = [models.Index(fields=["person", "until"], name="appointment_person")]
