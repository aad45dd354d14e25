"""Inserting rows: one statement for many, and on PostgreSQL a COPY.

Values are made ready column by column, for a column has one kind and a row has many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from gongzhi.foundation.ledger import statements

#: From this many rows on, PostgreSQL is fed by COPY.
COPY_FROM = 50

_Ready = Callable[[Any], Any]
_Column = Sequence[Any]

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def insert_rows(
    kind: type[models.Model], names: tuple[str, ...] | None, rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows of Python values, in the order of the named fields (all but an automatic key)."""
    if not rows:
        return
    several = len(rows) > 1 and connection.vendor == "postgresql"
    if several and len(rows) >= COPY_FROM:
        target, lines = _copy_sql(kind, names), _copied(kind, names, rows)
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.cursor.copy(target) as copy,
        ):
            copy.write(lines)
        return
    made = _made_ready(rows, _preparations(kind, names))
    if several:
        marks = _marks(kind, names)
        values = ", ".join([statements.bound(marks, row) for row in made])
        statements.run_each(f"INSERT INTO {_target(kind, names)} VALUES {values}", [None])
    else:
        statements.run_each(_insert_sql(kind, names), made)


def insert(kind: type[models.Model], rows: list[models.Model]) -> None:
    """Insert new rows of one kind."""
    meta: Any = kind._meta
    if isinstance(meta.pk, models.AutoField):  # the database numbers these
        kind._base_manager.bulk_create(rows)
        return
    values = attrgetter(*(field.attname for field in fields_of(kind, None)))
    insert_rows(kind, None, [values(row) for row in rows])
    alias = connection.alias
    for row in rows:
        row._state.adding = False
        row._state.db = alias


@cache
def fields_of(kind: type[models.Model], names: tuple[str, ...] | None) -> tuple[models.Field[Any, Any], ...]:
    """The named fields of a kind of row, or all that the database does not number itself."""
    meta: Any = kind._meta
    if names is None:
        return tuple(f for f in meta.concrete_fields if not isinstance(f, models.AutoField))
    return tuple(meta.get_field(n) for n in names)


@cache
def _insert_sql(kind: type[models.Model], names: tuple[str, ...] | None) -> str:
    return f"INSERT INTO {_target(kind, names)} VALUES {_marks(kind, names)}"


@cache
def _marks(kind: type[models.Model], names: tuple[str, ...] | None) -> str:
    return f"({', '.join(['%s'] * len(fields_of(kind, names)))})"


@cache
def _copy_sql(kind: type[models.Model], names: tuple[str, ...] | None) -> str:
    return f"COPY {_target(kind, names)} FROM STDIN"


@cache
def _target(kind: type[models.Model], names: tuple[str, ...] | None) -> str:
    meta: Any = kind._meta
    columns = ", ".join(f'"{field.column}"' for field in fields_of(kind, names))
    return f'"{meta.db_table}" ({columns})'


def _made_ready(rows: Sequence[Sequence[Any]], how: Sequence[_Ready | None]) -> list[tuple[Any, ...]]:
    columns: list[_Column] = list(zip(*rows, strict=True))
    for place, ready in enumerate(how):
        if ready is not None:
            columns[place] = _each(ready, columns[place])
    return list(zip(*columns, strict=True))


def _each(ready: _Ready, column: _Column) -> _Column:
    if ready is _hex:  # the most frequent kind by far, so without a call for each value
        return [None if value is None else f"{value.int:032x}" for value in column]
    return [None if value is None else ready(value) for value in column]


@cache
def _preparations(kind: type[models.Model], names: tuple[str, ...] | None) -> list[_Ready | None]:
    return [_preparation(field) for field in fields_of(kind, names)]


def _preparation(field: models.Field[Any, Any]) -> _Ready | None:
    """How a value of this field is told to the driver; None where it goes as it is."""
    on_postgresql = connection.vendor == "postgresql"
    if isinstance(field, models.JSONField) and on_postgresql:
        return json.dumps
    if isinstance(field, models.JSONField | models.BinaryField | models.DecimalField | models.FileField):
        return lambda value: field.get_db_prep_save(value, connection)
    field = _target_field(field)
    if isinstance(field, models.UUIDField):
        return _hex
    if isinstance(field, models.DateTimeField):  # the driver writes texts several times as fast
        return _told_moment if on_postgresql else _naive
    if on_postgresql:
        return None
    if isinstance(field, models.DateField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _target_field(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _hex(value: UUID) -> str:
    return value.hex


def _naive(value: datetime) -> str:
    """A moment as Django's SQLite has it: UTC, without saying so."""
    return _spaced(_in_utc(value))[:-6]


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value!r} does not say in which zone it is")
    return value.astimezone(UTC)


# One moment stands in many rows of a batch. Only UTC may be remembered: in other zones the two
# moments of a repeated hour are equal to a dictionary.
@lru_cache(maxsize=8192)
def _spaced(value: datetime) -> str:
    return value.isoformat(" ")


def _told_moment(value: datetime) -> str:
    return _spaced(_in_utc(value))


def _copied(kind: type[models.Model], names: tuple[str, ...] | None, rows: Sequence[Sequence[Any]]) -> str:
    """Rows in the text form of COPY."""
    columns = [
        _copied_column(field, values)
        for field, values in zip(fields_of(kind, names), zip(*rows, strict=True), strict=True)
    ]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _copied_column(field: models.Field[Any, Any], values: Sequence[Any]) -> Sequence[str]:
    ready = _told_in_copy(_target_field(field))
    told = values if ready is None else _each(ready, values)
    if ready is None or ready in (str, json.dumps):
        told = _escaped(told)
    return [r"\N" if value is None else value for value in told] if None in told else told


def _escaped(values: Sequence[str | None]) -> Sequence[str | None]:
    whole = "".join([value for value in values if value])
    if not any(special in whole for special in _ESCAPES):
        return values
    return [value and _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value) for value in values]


@cache
def _told_in_copy(field: models.Field[Any, Any]) -> _Ready | None:
    """How a value of this field is written in the text form of COPY; None for texts."""
    if isinstance(field, models.UUIDField):
        return _hex
    if isinstance(field, models.DateTimeField | models.DateField):
        return _told_moment if isinstance(field, models.DateTimeField) else date.isoformat
    if isinstance(field, models.BooleanField):
        return lambda value: "t" if value else "f"
    if isinstance(field, models.IntegerField):
        return int.__repr__
    if isinstance(field, models.FloatField):
        return lambda value: repr(float(value))
    if isinstance(field, models.BinaryField):
        return lambda value: f"\\\\x{bytes(value).hex()}"
    if isinstance(field, models.JSONField):
        return json.dumps
    return None if isinstance(field, models.CharField | models.TextField) else str
