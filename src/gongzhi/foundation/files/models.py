"""Files by their content. Who may read one is decided by what it is attached to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import NOTHING, Reached


class File(models.Model):
    """A stored file: its SHA-256, real type and size. Images were re-encoded without hidden data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    name = models.CharField(max_length=150)
    stored_at = models.DateTimeField()
    erased = models.DateTimeField(null=True)

    reached = Reached(region=lambda scope: Q() if scope.everywhere else NOTHING)
