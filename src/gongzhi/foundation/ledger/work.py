"""The unit of work: what one transaction of acts changes, written once when all of them are done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from gongzhi.foundation.ledger.canonical import COLUMNS, canonical, commit
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Concern, Entry, Erasure, Origin, Precision, Private

#: From this many rows on, PostgreSQL is fed by COPY.
_COPY_FROM = 50


@dataclass(slots=True)
class Draft:
    """An entry in the making."""

    verb: str
    actor: UUID
    audience: str
    subject_kind: str
    subject: UUID
    region: UUID | None
    appointment: UUID | None = None
    made_kind: str | None = None
    made: UUID | None = None
    first: Draft | None = None
    history: History | None = None
    claim: str | None = None
    rules: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    persons: set[UUID] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    id: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """That what is being recorded happened elsewhere or earlier, and where that is written."""

    occurred: datetime
    origin: str = Origin.IMPORTED.value
    source: str | None = None
    attributed: str | None = None
    precision: str = Precision.EXACT.value


class Work:
    """Rows and entries of one transaction. Each final row is written once, however many acts changed it."""

    def __init__(self) -> None:
        self.new: dict[type[models.Model], dict[Any, models.Model]] = {}
        self.changed: dict[type[models.Model], dict[Any, tuple[models.Model, set[str]]]] = {}
        self.gone: dict[type[models.Model], set[Any]] = {}
        self.locked: dict[tuple[type[models.Model], Any], models.Model] = {}
        self.entries: list[Draft] = []
        self.stack: list[Draft] = []
        self.history: History | None = None
        self.moment = now()
        self.broken = False

    def is_new(self, row: models.Model) -> bool:
        """Whether the row was made in this very transaction."""
        return row.pk in self.new.get(type(row), ())

    def keep(self, row: models.Model, fields: Sequence[str]) -> None:
        kind = type(row)
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
        self.gone.setdefault(type(row), set()).add(row.pk)

    def flush(self) -> None:
        """Write every row and entry; ids of entries are given here, under the transaction."""
        if self.broken:
            raise RuntimeError("an act inside this one was refused and the refusal was swallowed")
        for kind, rows in self.new.items():
            _insert(kind, list(rows.values()))
        for kind, changes in self.changed.items():
            _update(kind, list(changes.values()))
        for kind, keys in self.gone.items():
            kind._base_manager.filter(pk__in=keys).delete()
        self._write_entries()

    def _write_entries(self) -> None:
        if not self.entries:
            return
        for draft, id_ in zip(self.entries, _entry_ids(len(self.entries)), strict=True):
            draft.id = id_
        entries, privates, concerns = [], [], []
        for draft in self.entries:
            commitment = ""
            if draft.private:
                salt, text = os.urandom(32), canonical(draft.private)
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
            told.precision if told else "exact", self.moment, canonical(draft.rules), draft.audience,
            canonical(draft.facts), commitment, draft.claim,
        )  # fmt: skip


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


def _entry_ids(count: int) -> Sequence[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # the write lock is held
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ledger_entry'")
            row = cursor.fetchone()
            start = row[0] + 1 if row else 1
            return range(start, start + count)
        cursor.execute("SELECT nextval('ledger_entry_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


@cache
def _fields(kind: type[models.Model], names: tuple[str, ...] | None) -> tuple[models.Field[Any, Any], ...]:
    meta: Any = kind._meta
    if names is None:
        return tuple(f for f in meta.concrete_fields if not isinstance(f, models.AutoField))
    return tuple(meta.get_field(n) for n in names)


@cache
def _insert_sql(kind: type[models.Model], names: tuple[str, ...] | None) -> str:
    columns = ", ".join(f'"{f.column}"' for f in _fields(kind, names))
    marks = ", ".join(["%s"] * len(_fields(kind, names)))
    meta: Any = kind._meta
    return f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})'


def _insert(kind: type[models.Model], rows: list[models.Model]) -> None:
    fields = _fields(kind, None)
    meta: Any = kind._meta
    if isinstance(meta.pk, models.AutoField):  # the database numbers these
        kind._base_manager.bulk_create(rows)
        return
    names = [f.attname for f in fields]
    insert_rows(kind, None, [[getattr(row, name) for name in names] for row in rows])
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def insert_rows(
    kind: type[models.Model], names: tuple[str, ...] | None, rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows of Python values, in the order of the named fields (all but an automatic key)."""
    fields = _fields(kind, names)
    sql = _insert_sql(kind, names)
    prepare = [_preparation(f) for f in fields]
    ready = [
        [
            value if how is None or value is None else how(value)
            for how, value in zip(prepare, row, strict=True)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        if len(ready) == 1:
            cursor.execute(sql, ready[0])
        elif connection.vendor == "postgresql" and len(ready) >= _COPY_FROM:
            target = sql.removeprefix("INSERT INTO ").split(" VALUES")[0]
            with cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            cursor.executemany(sql, ready)


@cache
def _preparation(field: models.Field[Any, Any]) -> Any:
    """How a value of this field is told to the database; None where it goes as it is."""
    if isinstance(field, models.JSONField | models.BinaryField | models.DecimalField | models.FileField):
        return lambda value: field.get_db_prep_save(value, connection)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex
    if isinstance(field, models.DateTimeField | models.DateField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _update(kind: type[models.Model], changes: list[tuple[models.Model, set[str]]]) -> None:
    groups: dict[tuple[str, ...], list[models.Model]] = {}
    for row, changed in changes:
        groups.setdefault(tuple(sorted(changed)), []).append(row)
    meta: Any = kind._meta
    for names, rows in groups.items():
        fields = _fields(kind, names)
        sets = ", ".join(f'"{f.column}" = %s' for f in fields)
        sql = f'UPDATE "{meta.db_table}" SET {sets} WHERE "{meta.pk.column}" = %s'
        values = [
            [f.get_db_prep_save(getattr(row, f.attname), connection) for f in (*fields, meta.pk)]
            for row in rows
        ]
        with connection.cursor() as cursor:
            if len(values) == 1:
                cursor.execute(sql, values[0])
            else:
                cursor.executemany(sql, values)
