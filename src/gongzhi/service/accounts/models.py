"""Accounts: how a person signs in. Who they are and what they may do is the parties' business."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.reach import Reached, of_person, within


class Account(AbstractBaseUser):
    """A name to sign in with, a password, and a second factor if its holder has set one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField("parties.Person", on_delete=models.PROTECT, related_name="+")
    totp_secret = models.CharField(max_length=200, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    recovery_codes = models.JSONField(default=list)
    lists = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()

    last_login = None  # Django would write it at sign-in, outside any act; the ledger tells it anyway

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    reached = Reached(own=of_person("person"), region=within("person__home"))


class Failure(models.Model):
    """A sign-in or follow-up that failed; enough of them lock the name or the address for a while."""

    name_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_hash", "at"], name="failure_name"),
            models.Index(fields=["address_hash", "at"], name="failure_address"),
        ]
