"""Reading the ledger. Callers pass subjects that the reader has reached, and the audiences they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from gongzhi.foundation.ledger import statements
from gongzhi.foundation.ledger.models import Checkpoint, Claim, Concern, Entry, Erasure, Position, Private

__all__ = ["Told", "concerning", "entries_on", "latest_checkpoint", "made_under", "size"]


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
    beside: dict[str, Any] = field(default_factory=dict)


def entries_on(
    subjects: Sequence[UUID],
    audiences: Sequence[str],
    limit: int = 500,
    beside: Mapping[str, Any] | None = None,
) -> list[Told]:
    """The entries about subjects that belong to one of the audiences, in the order of occurrence.

    ``beside`` are columns that a room above wants read with each entry, such as a name.
    """
    if not audiences:
        return []
    about = Q(subject__in=subjects) | Q(made__in=subjects)
    rows = Entry.objects.filter(about, audience__in=audiences).order_by("occurred", "id")[:limit]
    return _told(rows, beside or {})


def concerning(person: UUID, limit: int = 200) -> list[Told]:
    """The entries that concern a person, newest first, for that person."""
    keys = Concern.objects.filter(person=person).order_by("-entry").values_list("entry", flat=True)[:limit]
    return _told(Entry.objects.filter(pk__in=list(keys)).order_by("-id"), {})


def _told(rows: QuerySet[Entry], beside: Mapping[str, Any]) -> list[Told]:
    """Entries with their texts, erasures and positions, in one query however many they are."""
    rows = rows.annotate(
        private_text=Subquery(Private.objects.filter(pk=OuterRef("pk")).values("text")),
        is_erased=Exists(Erasure.objects.filter(pk=OuterRef("pk"))),
        place=Subquery(Position.objects.filter(entry=OuterRef("pk")).values("position")),
        **{f"beside_{name}": column for name, column in beside.items()},
    )
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
            json.loads(row.private_text) if row.private_text is not None else None,
            row.is_erased,
            row.place,
            {name: getattr(row, f"beside_{name}") for name in beside},
        )
        for row in rows
    ]


def made_under(actor: UUID, verb: str, key: str) -> UUID | None:
    """What an actor's act under an idempotency key has made, once it is done."""
    rows = Claim.objects.filter(actor=actor, verb=verb, key=key).exclude(result__in=("", "-"))
    found = rows.values_list("result", flat=True).first()
    return UUID(found) if found else None


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def size() -> int:
    """How many entries have a position."""
    ((last,),) = statements.rows("SELECT max(position) FROM ledger_position")
    return 0 if last is None else int(last) + 1
