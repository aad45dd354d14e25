"""Everything that hangs on a matter when several bodies handle it, read beside the matter itself.

Handovers, parts, musters and the rest are few for one matter, and a page needs all of them: each kind is
one JSON list in the row of the matter, so that their number does not change how often the database is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Aggregate, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.models import (
    AccountLine,
    CallBack,
    Conference,
    Extension,
    Handover,
    Instruction,
    Judgement,
    Matter,
    Merging,
    Muster,
    Opinion,
    Part,
    Pause,
    Rating,
    Verification,
)
from gongzhi.governance.matters.queries.nested import Parsed, instant


class JSONList(Aggregate):
    """Many values as one JSON list."""

    output_field = JSONField()
    allow_distinct = False

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


@dataclass(frozen=True)
class _Kind:
    """A kind of paper: its model, the way to its matter, and what else of it is not its own."""

    model: type[models.Model]
    matter: str = "matter"
    beside: Mapping[str, str] = field(default_factory=dict)


_KINDS: dict[str, _Kind] = {
    "parts": _Kind(Part),
    "handovers": _Kind(Handover),
    "opinions": _Kind(Opinion, "handover__matter"),
    "musters": _Kind(Muster),
    "judgements": _Kind(Judgement, "muster__matter"),
    "conferences": _Kind(Conference),
    "instructions": _Kind(Instruction),
    "pauses": _Kind(Pause),
    "extensions": _Kind(Extension),
    "verifications": _Kind(Verification),
    "calls": _Kind(CallBack, beside={"number": "submission__number"}),
    "ratings": _Kind(Rating, beside={"number": "submission__number"}),
    "mergings": _Kind(Merging, "source", {"number": "target__number", "region_path": "target__region__path"}),
    "money": _Kind(AccountLine),
    "merged": _Kind(Merging, "target", {"number": "source__number", "title": "source__title"}),
}


class Paper(SimpleNamespace):
    """One row of a kind, with the names of its model; a body in it is its key."""

    def __getattr__(self, name: str) -> Any:  # for the type checker: what there is depends on the kind
        raise AttributeError(name)


def columns() -> dict[str, Subquery]:
    """What to read beside a matter so that `papers_in` can tell what hangs on it."""
    return {f"of_{name}": _listed(kind) for name, kind in _KINDS.items()}


def _listed(kind: _Kind) -> Subquery:
    told: dict[str, Any] = {
        each.name: Parsed(each.name) if isinstance(each, JSONField) else each.attname
        for each in kind.model._meta.concrete_fields
    }
    rows = kind.model._base_manager.filter(**{kind.matter: OuterRef("pk")}).order_by().values(kind.matter)
    return Subquery(rows.annotate(listed=JSONList(JSONObject(**told, **kind.beside))).values("listed"))


def papers_in(row: Matter) -> dict[str, list[Paper]]:
    """What hangs on a matter that was read with `columns`, of each kind the oldest first."""
    return {name: _papers(kind, getattr(row, f"of_{name}")) for name, kind in _KINDS.items()}


def _papers(kind: _Kind, told: Any) -> list[Paper]:
    rows: Iterable[dict[str, Any]] = json.loads(told) if isinstance(told, str) else told or ()
    read = {each.name: _reading(each) for each in kind.model._meta.concrete_fields}
    found = [
        Paper(**{name: read[name](value) if name in read else value for name, value in row.items()})
        for row in rows
    ]
    return sorted(found, key=lambda each: each.id)


def _reading(column: Any) -> Any:
    """How a value of a column is read back from JSON, which either database writes in its own way."""
    if isinstance(column, models.ForeignKey | models.UUIDField):
        return lambda value: None if value is None else UUID(value)
    if isinstance(column, models.DateTimeField):
        return instant
    if isinstance(column, models.DecimalField):
        least = Decimal(1).scaleb(-column.decimal_places)
        return lambda value: Decimal(str(value)).quantize(least)
    if isinstance(column, models.BooleanField):
        return lambda value: None if value is None else bool(value)
    return lambda value: value


def bodies_in(papers: Mapping[str, list[Paper]]) -> set[UUID]:
    """The keys of the organisations that the papers of a matter name."""
    found: set[UUID] = set()
    for name, kind in _KINDS.items():
        named = [
            each.name
            for each in kind.model._meta.concrete_fields
            if isinstance(each, models.ForeignKey)
            and each.related_model._meta.label == "parties.Organisation"
        ]
        found |= {getattr(paper, column) for paper in papers[name] for column in named} - {None}
    return found


def _names_body(column: Any) -> bool:
    return isinstance(column, models.ForeignKey) and column.related_model is Organisation


#: Of each kind that a form can name, the rows of a matter.
NAMED: dict[str, type[models.Model]] = {
    "part": Part,
    "conference": Conference,
    "muster": Muster,
    "instruction": Instruction,
    "extension": Extension,
    "call": CallBack,
    "rating": Rating,
}


def paper(matter: Matter, kind: str, key: UUID) -> Any:
    """A row of a kind that belongs to a matter that was reached; None where it does not."""
    return NAMED[kind]._base_manager.filter(matter=matter.pk, pk=key).first()
