"""Reading the ledger. Callers pass subjects that the reader has reached, and the audiences they belong to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from gongzhi.foundation.ledger.models import Checkpoint, Concern, Entry, Erasure, Position, Private

__all__ = ["Told", "concerning", "entries_on", "latest_checkpoint", "size"]


@dataclass(frozen=True)
class Told:
    """An entry as it is told to a reader."""

    id: int
    verb: str
    actor: UUID
    appointment: UUID | None
    subject: UUID
    made: UUID | None
    cause: int | None
    origin: str
    source: str | None
    attributed: str | None
    occurred: datetime
    precision: str
    recorded: datetime
    rules: list[str]
    audience: str
    facts: dict[str, Any]
    private: dict[str, Any] | None
    erased: bool
    position: int | None


def entries_on(subjects: Sequence[UUID], audiences: Sequence[str], limit: int = 500) -> list[Told]:
    """The entries about subjects that belong to one of the audiences, in the order of occurrence."""
    if not audiences:
        return []
    about = Q(subject__in=subjects) | Q(made__in=subjects)
    return _told(list(Entry.objects.filter(about, audience__in=audiences).order_by("occurred", "id")[:limit]))


def concerning(person: UUID, limit: int = 200) -> list[Told]:
    """The entries that concern a person, newest first, for that person."""
    keys = Concern.objects.filter(person=person).order_by("-entry").values_list("entry", flat=True)[:limit]
    return _told(list(Entry.objects.filter(pk__in=list(keys)).order_by("-id")))


def _told(rows: list[Entry]) -> list[Told]:
    keys = [row.pk for row in rows]
    privates = dict(Private.objects.filter(pk__in=keys).values_list("pk", "text"))
    erased = set(Erasure.objects.filter(pk__in=keys).values_list("pk", flat=True))
    positions = dict(Position.objects.filter(entry__in=keys).values_list("entry", "position"))
    return [
        Told(
            row.pk,
            row.verb,
            row.actor,
            row.appointment,
            row.subject,
            row.made,
            row.cause,
            row.origin,
            row.source,
            row.attributed,
            row.occurred,
            row.precision,
            row.recorded,
            json.loads(row.rules),
            row.audience,
            json.loads(row.facts),
            json.loads(privates[row.pk]) if row.pk in privates else None,
            row.pk in erased,
            positions.get(row.pk),
        )
        for row in rows
    ]


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def size() -> int:
    """How many entries have a position."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_position")
        (last,) = cursor.fetchone()
    return 0 if last is None else int(last) + 1
