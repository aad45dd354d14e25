"""Whether the rules in the database are those of the ledger: what was changed or deleted is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gongzhi.foundation.ledger.canonical import plain
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.rulebooks.models import Force, Rule, Version
from gongzhi.foundation.rulebooks.reading import arrangement_digest
from gongzhi.methods import decision_tables as dt

CHANGED, DELETED, STRANGE, MOVED = "changed", "deleted", "strange", "moved"


@dataclass(frozen=True)
class Altered:
    """A version that is not as its entry says.

    ``how``: its table or number was ``changed``; it was ``deleted``; no entry made it (``strange``); or
    the time for which it binds was ``moved``.
    """

    how: str
    subject: str
    number: int
    version: UUID | None
    entry: int | None


@dataclass(frozen=True)
class _Said:
    entry: int
    subject: str
    number: int
    digest: str


def altered() -> list[Altered]:
    """Every version that differs from what the ledger last said of it."""
    said, forces = _from_ledger()
    found = list(_compared(said))
    for rule, (entry, force) in forces.items():
        if force != _in_database(rule):
            row = Rule.objects.filter(pk=rule).first()
            found.append(Altered(MOVED, row.subject if row else "", 0, None, entry))
    return found


def _compared(said: dict[UUID, _Said]) -> Iterator[Altered]:
    rows = {row.pk: row for row in Version.objects.select_related("rule")}
    for key, told in said.items():
        row = rows.pop(key, None)
        if row is None:
            yield Altered(DELETED, told.subject, told.number, key, told.entry)
        elif (row.rule.subject, row.number, _digest(row)) != (told.subject, told.number, told.digest) or (
            row.digest != told.digest
        ):
            yield Altered(CHANGED, told.subject, told.number, key, told.entry)
    for row in rows.values():
        yield Altered(STRANGE, row.rule.subject, row.number, row.pk, None)


def _from_ledger() -> tuple[dict[UUID, _Said], dict[UUID, tuple[int, Any]]]:
    """What the last entry about each version says of it, and the last about each rule of what binds."""
    said: dict[UUID, _Said] = {}
    forces: dict[UUID, tuple[int, Any]] = {}
    rows = Entry.objects.filter(verb__startswith="rule.").order_by("id")
    for key, kind, subject, made_kind, made, text in rows.values_list(
        "id", "subject_kind", "subject", "made_kind", "made", "facts"
    ).iterator(chunk_size=1000):
        facts = json.loads(text)
        version = made if made is not None and made_kind == "rulebooks.version" else subject
        if "digest" in facts and "rulebooks.version" in (kind, made_kind):
            said[version] = _Said(key, facts["subject"], facts["number"], facts["digest"])
        for _code, made_version, digest in facts.get("drafts", ()):
            number = Version.objects.filter(pk=made_version).values_list("number", flat=True).first()
            said[UUID(made_version)] = _Said(key, facts["subject"], number or 0, digest)
        told = facts.get("in_force") or []
        if "force" in facts:
            told = [[facts["rule"], facts["force"]]]
        for rule, force in told:
            forces[UUID(rule)] = (key, force)
    return said, forces


def _in_database(rule: UUID) -> Any:
    rows = Force.objects.filter(version__rule=rule, recorded_until=None).order_by("effective_from")
    return plain(
        [list(row) for row in rows.values_list("version__number", "effective_from", "effective_until")]
    )


def _digest(row: Version) -> str:
    """The digest of what stands in the database now."""
    if row.rule.kind == Rule.Kind.INFORMAL:
        return arrangement_digest(row.rule.subject, row.table)
    try:
        (table,) = dt.load(row.table)
    except ValueError:
        return ""
    return table.digest
