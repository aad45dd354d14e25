"""What the ledger keeps: entries, their private texts, their order, the tree and its checkpoints."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read the entries of a verb, besides needing reach on their subject."""

    PUBLIC = "public", _("public")
    PARTICIPANTS = "participants", _("participants")
    STAFF = "staff", _("staff")
    SEALED = "sealed", _("sealed")


class Origin(models.TextChoices):
    """How an entry came into this ledger."""

    HERE = "here", _("done here")
    IMPORTED = "imported", _("imported")
    GENERATED = "generated", _("invented for demonstration")
    RECEIVED = "received", _("received from another node")


class Precision(models.TextChoices):
    """How exactly the time of an occurrence is known."""

    EXACT = "exact", _("exact")
    DAY = "day", _("day")


class Entry(models.Model):
    """One thing that one party did. Never updated, never deleted.

    ``facts`` and ``rules`` hold canonical JSON as text, because those bytes are what is hashed.
    """

    id = models.BigAutoField(primary_key=True)
    verb = models.CharField(max_length=60)
    actor = models.UUIDField()
    appointment = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject = models.UUIDField()
    made_kind = models.CharField(max_length=40, null=True)
    made = models.UUIDField(null=True)
    region = models.UUIDField(null=True)
    cause = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HERE)
    source = models.CharField(max_length=200, null=True)
    attributed = models.CharField(max_length=200, null=True)
    occurred = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.EXACT)
    recorded = models.DateTimeField()
    rules = models.TextField(default="[]")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    facts = models.TextField(default="{}")
    commitment = models.CharField(max_length=64, default="")
    claim = models.CharField(max_length=64, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="entry_subject"),
            models.Index(fields=["made"], name="entry_made"),
            models.Index(fields=["verb", "occurred"], name="entry_verb"),
        ]


class Private(models.Model):
    """The erasable part of an entry: its text and the salt of its commitment."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    salt = models.BinaryField(max_length=32)
    text = models.TextField()


class Concern(models.Model):
    """An entry concerns a person, so that erasure and "who looked at my data" find it."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    person = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["person", "entry"], name="concern_person")]


class Erasure(models.Model):
    """Why an entry's private text is missing: the entry that erased it."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")


class Claim(models.Model):
    """An idempotency key that an actor has used for a verb, and what came of it."""

    actor = models.UUIDField()
    verb = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    result_kind = models.CharField(max_length=40, default="")
    result = models.CharField(max_length=40, default="")
    made = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "verb", "key"], name="claim_once")]


class Edition(models.Model):
    """One row that changes with anything that seldom changes: see `remembered`."""

    id = models.SmallIntegerField(primary_key=True)
    token = models.UUIDField()


class Pending(models.Model):
    """Committed entries that have no position yet. A trigger on entries fills it."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )


class Position(models.Model):
    """The place of an entry in the order of the ledger: gap-free, from 0."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", db_constraint=False)


class Tile(models.Model):
    """256 neighbouring hashes of the tree at one level (C2SP tlog-tiles); immutable once full."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root; the newest one is the head."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    edge = models.BinaryField()
    note = models.TextField()
    signed = models.DateTimeField()


class Cursor(models.Model):
    """How far a consumer has read, and which process reads for it until when."""

    consumer = models.CharField(primary_key=True, max_length=60)
    position = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=60, default="")
    held_until = models.DateTimeField(null=True)


class Undone(models.Model):
    """What a consumer could not do, with its reason; retried a bounded number of times."""

    consumer = models.CharField(max_length=60)
    position = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    attempts = models.SmallIntegerField(default=1)
    next_attempt = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "position"], name="undone_once")]


@cache
def label(kind: type[models.Model]) -> str:
    """The name of a kind of row, as entries keep it: ``matters.matter``."""
    meta: Any = kind._meta
    return str(meta.label_lower)
