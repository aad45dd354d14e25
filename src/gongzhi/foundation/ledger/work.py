"""The unit of work: what one transaction of acts changes, written once when all of them are done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from gongzhi.foundation.ledger import statements
from gongzhi.foundation.ledger.bulk import fields_of, insert, insert_rows
from gongzhi.foundation.ledger.canonical import COLUMNS, canonical, commit
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.models import Claim, Concern, Entry, Erasure, Origin, Precision, Private
from gongzhi.foundation.ledger.prepared import Prepared

_CLAIM = ("actor", "verb", "key", "digest", "result_kind", "result", "made")
#: Where a unit of work knows the edition (see `remembered`).
EDITION = "ledger.edition"
#: Bytes of salt behind a commitment.
_SALT = 32


class Draft:
    """An entry in the making."""

    __slots__ = (
        "actor", "appointment", "audience", "claim", "erased", "facts", "first", "history", "id",
        "made", "made_kind", "persons", "private", "region", "rules", "subject", "subject_kind", "verb",
    )  # fmt: skip

    def __init__(
        self,
        verb: str,
        actor: UUID,
        audience: str,
        subject_kind: str,
        subject: UUID,
        region: UUID | None,
        first: Draft | None = None,
        history: History | None = None,
    ) -> None:
        self.verb, self.actor, self.audience = verb, actor, audience
        self.subject_kind, self.subject, self.region = subject_kind, subject, region
        self.first, self.history = first, history
        self.appointment: UUID | None = None
        self.made_kind: str | None = None
        self.made: UUID | None = None
        self.claim: str | None = None
        self.rules: list[str] = []
        self.facts: dict[str, Any] = {}
        self.private: dict[str, Any] = {}
        self.persons: set[UUID] = set()
        self.erased: set[int] = set()
        self.id = 0


@dataclass(frozen=True, slots=True)
class History:
    """That what is being recorded happened elsewhere or earlier, and where that is written.

    What is ``played`` is invented, and done by those who may do it under the rules of its moment: it is
    checked like anything done here, and only its time and its origin are told.
    """

    occurred: datetime
    origin: str = Origin.IMPORTED.value
    source: str | None = None
    attributed: str | None = None
    precision: str = Precision.EXACT.value
    played: bool = False


class Work:
    """Rows and entries of one transaction. Each final row is written once, however many acts changed it."""

    def __init__(self) -> None:
        self.new: dict[type[models.Model], dict[Any, models.Model]] = {}
        self.changed: dict[type[models.Model], dict[Any, tuple[models.Model, set[str]]]] = {}
        self.gone: dict[type[models.Model], set[Any]] = {}
        self.locked: dict[tuple[type[models.Model], Any], models.Model] = {}
        #: Rows that were asked for by what they are about, each once, so that no two copies are changed.
        self.asked: dict[type[models.Model], dict[Any, models.Model]] = {}
        #: Rows that an actor was found to reach with a verb.
        self.reached: dict[tuple[str, UUID, type[models.Model], Any], models.Model] = {}
        self.entries: list[Draft] = []
        #: Idempotency keys that are used here.
        self.claims: list[Claim] = []
        self.stack: list[Draft] = []
        #: What was asked of the database once and holds for all of this, by who asked.
        self.known: dict[str, Any] = {}
        self.history: History | None = None
        self.recounter: object = None
        self.moment = now()
        self.broken = False
        #: Whether anything was put in that seldom changes.
        self.renews = False
        #: How often anything was put in: tells whether an act that was refused had changed something.
        self.kept = 0

    def is_new(self, row: models.Model) -> bool:
        """Whether the row was made in this very transaction."""
        return row.pk in self.new.get(type(row), ())

    def standing(self, kind: type[models.Model], about: dict[str, Any]) -> list[Any]:
        """The rows of a kind with some values, as they stand now: with what was made and changed by this."""
        made, held = self.new.get(kind, {}), self.asked.setdefault(kind, {})
        if not any(value in rows for value in about.values() for rows in self.new.values()):
            for row in _found(kind, about):
                locked = self.locked.get((kind, row.pk))
                changed = self.changed.get(kind, {}).get(row.pk)
                held.setdefault(row.pk, locked or (changed[0] if changed else row))
        gone = self.gone.get(kind, ())
        rows = {**held, **made}
        return [
            rows[key]
            for key in sorted(rows)
            if key not in gone and all(getattr(rows[key], name) == value for name, value in about.items())
        ]

    def keep(self, row: models.Model, fields: Sequence[str]) -> None:
        kind = type(row)
        self._count(kind)
        if row.pk in self.new.get(kind, ()):
            return
        if row._state.adding:
            self.new.setdefault(kind, {})[row.pk] = row
        elif not fields:
            raise TypeError(f"say which fields of the {kind.__name__} have changed")
        else:
            held = self.changed.setdefault(kind, {}).setdefault(row.pk, (row, set()))
            if held[0] is not row:
                raise RuntimeError(f"two copies of one {kind.__name__} were changed in one act")
            held[1].update(fields)

    def drop(self, row: models.Model) -> None:
        self._count(type(row))
        self.gone.setdefault(type(row), set()).add(row.pk)

    def _count(self, kind: type[models.Model]) -> None:
        self.kept += 1
        if getattr(kind, "seldom_changes", False):
            self.renews = True
            self.known[EDITION] = uuid7()  # what is found from now on is for this unit alone

    def flush(self) -> None:
        """Write every row and entry; ids of entries are given here, under the transaction."""
        if self.broken:
            raise RuntimeError("an act inside this one was refused and the refusal was swallowed")
        if self.entries:
            for draft, id_ in zip(self.entries, _entry_ids(len(self.entries)), strict=True):
                draft.id = id_
        if self.gone:
            self._write_rows()
            for kind, keys in self.gone.items():
                kind._base_manager.filter(pk__in=keys).delete()
            self._write_entries()
            return
        with statements.at_once():
            self._write_rows()
            self._write_entries()

    def _write_rows(self) -> None:
        if self.renews:
            self.known[EDITION] = token = uuid7()
            statements.run(_RENEWED, [token.hex])
        insert_rows(Claim, _CLAIM, [[getattr(claim, name) for name in _CLAIM] for claim in self.claims])
        for kind, rows in self.new.items():
            insert(kind, list(rows.values()))
        for kind, changes in self.changed.items():
            _update(kind, list(changes.values()))

    def _write_entries(self) -> None:
        if not self.entries:
            return
        entries, privates, concerns = [], [], []
        salts = _cut(os.urandom(_SALT * sum(1 for draft in self.entries if draft.private)), _SALT)
        for draft in self.entries:
            commitment = ""
            if draft.private:
                salt, text = next(salts), canonical(draft.private)
                commitment = commit(salt, text)
                privates.append((draft.id, salt, text))
            concerns += [(draft.id, person) for person in draft.persons]
            entries.append(self._columns(draft, commitment))
        insert_rows(Entry, COLUMNS, entries)
        if privates:
            insert_rows(Private, ("entry", "salt", "text"), privates)
        if concerns:
            insert_rows(Concern, ("entry", "person"), concerns)
        for draft in self.entries:
            if draft.erased:
                Private.objects.filter(pk__in=draft.erased).delete()
                insert_rows(Erasure, ("entry", "by"), [(each, draft.id) for each in sorted(draft.erased)])

    def _columns(self, draft: Draft, commitment: str) -> tuple[Any, ...]:
        told = draft.history
        return (
            draft.id, draft.verb, draft.actor, draft.appointment, draft.subject_kind, draft.subject,
            draft.made_kind, draft.made, draft.region, draft.first.id if draft.first else None,
            told.origin if told else "here", told.source if told else None,
            told.attributed if told else None, told.occurred if told else self.moment,
            told.precision if told else "exact", self.moment,
            canonical(draft.rules) if draft.rules else "[]", draft.audience,
            canonical(draft.facts), commitment, draft.claim,
        )  # fmt: skip


_RENEWED = (
    "INSERT INTO ledger_edition (id, token) VALUES (1, %s) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)


def _cut(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work:
    """The unit of work of the act that is running."""
    work = _current.get()
    if work is None:
        raise RuntimeError("no act is running")
    return work


def running() -> Work | None:
    """The unit of work of the act that is running, if one is."""
    return _current.get()


@contextmanager
def opened(work: Work) -> Iterator[Work]:
    """Make a unit of work the current one."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def _found(kind: type[models.Model], about: dict[str, Any]) -> list[Any]:
    """The rows of a kind with some values, as the database has them: asked in words written once.

    Keys and texts differ from one asking to the next; numbers and what is empty belong to the words.
    """
    if not all(type(value) in (UUID, str, int, type(None)) for value in about.values()):
        return list(kind._base_manager.filter(**about))
    open_to = tuple((name, type(value)) for name, value in about.items() if type(value) in (UUID, str))
    names = {name for name, _kind in open_to}
    said = tuple((name, value) for name, value in about.items() if name not in names)
    return _asked(kind, open_to, said)(*(about[name] for name, _kind in open_to))


@lru_cache(maxsize=500)
def _asked(
    kind: type[models.Model], open_to: tuple[tuple[str, type], ...], said: tuple[tuple[str, Any], ...]
) -> Prepared[Any]:
    def build(*marks: Any) -> models.QuerySet[Any]:
        named = {name: mark for (name, _kind), mark in zip(open_to, marks, strict=True)}
        return kind._base_manager.filter(**named, **dict(said))

    return Prepared(build, *(each for _name, each in open_to))


def _entry_ids(count: int) -> Sequence[int]:
    if connection.vendor == "sqlite":  # the write lock is held
        row = statements.row("SELECT seq FROM sqlite_sequence WHERE name = 'ledger_entry'")
        start = row[0] + 1 if row else 1
        return range(start, start + count)
    found = statements.rows("SELECT nextval('ledger_entry_id_seq') FROM generate_series(1, %s)", [count])
    return [row[0] for row in found]


def _update(kind: type[models.Model], changes: list[tuple[models.Model, set[str]]]) -> None:
    groups: dict[tuple[str, ...], list[models.Model]] = {}
    for row, changed in changes:
        groups.setdefault(tuple(sorted(changed)), []).append(row)
    meta: Any = kind._meta
    for names, rows in groups.items():
        fields = fields_of(kind, names)
        sets = ", ".join(f'"{f.column}" = %s' for f in fields)
        sql = f'UPDATE "{meta.db_table}" SET {sets} WHERE "{meta.pk.column}" = %s'
        values = [
            [f.get_db_prep_save(getattr(row, f.attname), connection) for f in (*fields, meta.pk)]
            for row in rows
        ]
        statements.run_each(sql, values)
