"""Decisions of the past made again: by the same version as a check, by another to see what it changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.queries import Region, regions
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.foundation.rulebooks.queries.deciding import as_dict, storable, table_of
from gongzhi.foundation.rulebooks.queries.reading import READ
from gongzhi.foundation.rulebooks.queries.reading import version as version_called
from gongzhi.foundation.rulebooks.subjects import untold
from gongzhi.methods import decision_tables as dt


@dataclass(frozen=True)
class Past:
    """A decision as it was recorded: by which entry, when, for which region, what was read and said."""

    entry: int
    subject: UUID
    at: datetime
    region: UUID | None
    about: str
    digest: str
    read: dict[str, Any]
    rows: tuple[int, ...]
    outcome: dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """A decision of the past that would be another one; ``outcome`` is None where none would be made."""

    past: Past
    outcome: dict[str, Any] | None
    rows: tuple[int, ...]
    why: str = ""


@dataclass(frozen=True)
class Replay:
    """How many decisions were made again, and those that came out otherwise."""

    count: int
    changed: list[Changed]


def decisions(
    by: Any,
    *,
    about: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    digest: str | None = None,
) -> Iterator[Past]:
    """The decisions on record in the regions that an actor reaches, in the order of the ledger."""
    inside = regions().filter(reach(by, READ, Region)).values("pk")
    rows = Entry.objects.filter(region__in=inside, facts__contains='"decided":')
    if since is not None:
        rows = rows.filter(occurred__gte=since)
    if until is not None:
        rows = rows.filter(occurred__lt=until)
    if digest is not None:
        rows = rows.filter(rules__contains=digest)
    columns = rows.order_by("id").values_list("id", "made", "subject", "occurred", "region", "facts")
    for key, made, subject, occurred, region, facts in columns.iterator(chunk_size=1000):
        for each in json.loads(facts)["decided"]:
            if about not in (None, each["subject"]) or digest not in (None, each["digest"]):
                continue
            at = datetime.fromisoformat(each["at"]) if "at" in each else occurred
            yield Past(
                key,
                made or subject,
                at,
                region,
                each["subject"],
                each["digest"],
                each["read"],
                tuple(each["rows"]),
                each["outcome"],
            )


def replay(by_version: Version | dt.Table, pasts: Iterable[Past]) -> Replay:
    """Let a version, or a draft's table, decide again what was decided; facts it asks for and that nobody
    recorded leave a decision undecided."""
    table = table_of(by_version.table) if isinstance(by_version, Version) else by_version
    count, changed = 0, []
    for past in pasts:
        count += 1
        outcome, rows, why = again(table, past.read)
        if outcome != past.outcome:
            changed.append(Changed(past, outcome, rows, why))
    return Replay(count, changed)


def check(pasts: Iterable[Past]) -> Replay:
    """Let the very versions that decided do it again: every outcome must be the recorded one."""
    count, changed = 0, []
    for past in pasts:
        count += 1
        found = version_called(past.digest)
        if found is None:
            changed.append(Changed(past, None, (), f"no version has the digest {past.digest}"))
            continue
        outcome, rows, why = again(table_of(found.table), past.read)
        if (outcome, rows) != (past.outcome, past.rows):
            changed.append(Changed(past, outcome, rows, why))
    return Replay(count, changed)


def again(table: dt.Table, read: dict[str, Any]) -> tuple[dict[str, Any] | None, tuple[int, ...], str]:
    """What a table says of facts as an entry holds them: outcome and rows, or why there is none."""
    try:
        facts = {
            each.name: _value(each, read.get(each.name, untold(table.name, each.name)))
            for each in table.inputs
        }
        outcome = table.decide(facts)
    except (dt.DecisionError, ValueError) as error:
        return None, (), str(error)
    value = as_dict(table, outcome.value)
    return {name: storable(each) for name, each in value.items()}, tuple(outcome.rows), ""


def _value(column: dt.Column, told: Any) -> Any:
    """A fact as the table takes it, from how an entry holds it."""
    if not isinstance(told, str) or column.type == "string":
        return told
    return dt.KINDS[column.type].read(told)
