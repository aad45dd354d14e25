"""Tables in a form that belongs to no database: what a backup and an export are made of.

A value is told as JSON: keys as hyphenated UUIDs, moments in UTC, bytes in base64, all else as it is. So
what one database wrote, another can read.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

#: Sessions end with a node, and Django makes the others by itself.
PASSING = frozenset(
    {"django_session", "django_content_type", "django_migrations"}
    | {f"auth_{name}" for name in ("permission", "group", "group_permissions")}
)
CHUNK = 2_000
#: Kinds of columns by Django's names for them; all else is text.
_KINDS = {
    "UUIDField": "uuid",
    "DateTimeField": "moment",
    "BinaryField": "bytes",
    "JSONField": "json",
    "BooleanField": "boolean",
    "FloatField": "number",
    "DecimalField": "decimal",
}


_KINDS |= {
    f"{size}{name}": "integer"
    for name in ("AutoField", "IntegerField", "PositiveIntegerField")
    for size in ("", "Big", "Small")
}
_KINDS |= {f"Positive{size}IntegerField": "integer" for size in ("Big", "Small")}


@dataclass(frozen=True)
class Table:
    """A table, the kind of each of its columns, and the columns that order its rows."""

    name: str
    columns: dict[str, str]
    order: tuple[str, ...]


def tables() -> list[Table]:
    """All tables that hold a node's state, by name."""
    kinds = apps.get_models(include_auto_created=True)
    found = {kind._meta.db_table: _table(kind) for kind in kinds if kind._meta.managed}
    return [found[name] for name in sorted(found) if name not in PASSING]


def _table(kind: type[models.Model]) -> Table:
    meta: Any = kind._meta
    columns = {f.column: _kind(f) for f in meta.local_concrete_fields if f.column}
    order = tuple(f.column for f in getattr(meta, "pk_fields", [meta.pk]))
    return Table(meta.db_table, columns, order)


def _kind(field: Any) -> str:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return _KINDS.get(field.get_internal_type(), "text")


class Snapshot(Protocol):
    """The whole database as it stood at one moment."""

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """The rows of a table, in order, their values as JSON tells them."""


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Read the database as it stands now, however long that takes and whoever writes meanwhile."""
    if connection.vendor == "sqlite":
        own = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None, timeout=30)
        try:
            own.execute("PRAGMA query_only = ON")
            own.execute("BEGIN")
            own.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it stands still
            yield _Sqlite(own)
        finally:
            own.close()
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield _Postgresql()


def _select(table: Table) -> str:
    names = ", ".join(f'"{name}"' for name in table.columns)
    order = ", ".join(f'"{name}"' for name in table.order)
    return f'SELECT {names} FROM "{table.name}" ORDER BY {order}'


class _Sqlite:
    def __init__(self, own: sqlite3.Connection) -> None:
        self._own = own

    def rows(self, table: Table) -> Iterator[list[Any]]:
        return _told(self._own.execute(_select(table)), table, _FROM_SQLITE)


class _Postgresql:
    def rows(self, table: Table) -> Iterator[list[Any]]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(_select(table))
            yield from _told(cursor, table, _FROM_POSTGRESQL)


_Change = Callable[[Any], Any]


def _told(cursor: Any, table: Table, changes: dict[str, _Change]) -> Iterator[list[Any]]:
    change = [changes.get(kind) for kind in table.columns.values()]
    while rows := cursor.fetchmany(CHUNK):
        for row in rows:
            yield [
                value if how is None or value is None else how(value)
                for how, value in zip(change, row, strict=True)
            ]


def _moment_of_text(text: str) -> str:
    return f"{text[:10]}T{text[11:]}" + ("Z" if len(text) > 19 else ".000000Z")


def _moment_of(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _base64(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


_FROM_SQLITE: dict[str, _Change] = {
    "uuid": lambda text: f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}",
    "moment": _moment_of_text,
    "bytes": _base64,
    "json": json.loads,
    "boolean": bool,
    "number": float,
    "decimal": str,
}
_FROM_POSTGRESQL: dict[str, _Change] = {
    "uuid": str,
    "moment": _moment_of,
    "bytes": _base64,
    "json": json.loads,
    "decimal": str,
    "text": str,
}


def _sqlite_moment(text: str) -> str:
    """As Django writes it: microseconds only where there are some."""
    return text[:10] + " " + (text[11:19] if text[19:26] == ".000000" else text[11:26])


_INTO: dict[str, dict[str, _Change]] = {
    "sqlite": {
        "uuid": lambda text: UUID(text).hex,
        "moment": _sqlite_moment,
        "bytes": base64.b64decode,
        "json": json.dumps,
        "boolean": int,
    },
    "postgresql": {"bytes": base64.b64decode, "json": json.dumps},
}


def insert(name: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> int:
    """Put rows in a table as JSON tells them; returns how many. The caller has set triggers aside.

    What a migration put there by itself goes: the rows that come know better.
    """
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{name}"')
    changes = _INTO[connection.vendor]
    change = [changes.get(kind) for kind in columns.values()]
    names = ", ".join(f'"{column}"' for column in columns)
    ready = (
        [
            value if how is None or value is None else how(value)
            for how, value in zip(change, row, strict=True)
        ]
        for row in rows
    )
    put = _copy if connection.vendor == "postgresql" else _execute_many
    return put(f'"{name}" ({names})', len(columns), ready)


def _copy(target: str, width: int, rows: Iterator[list[Any]]) -> int:
    number = 0
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            number += 1
    return number


def _execute_many(target: str, width: int, rows: Iterator[list[Any]]) -> int:
    sql = f"INSERT INTO {target} VALUES ({', '.join(['%s'] * width)})"
    number = 0
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            cursor.executemany(sql, chunk)
            number += len(chunk)
    return number


@contextmanager
def without_triggers() -> Iterator[None]:
    """Rows as they were, while nothing reacts to them: triggers wait, references are checked at the end."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            yield from _without_triggers_sqlite(cursor)
        else:
            yield from _without_triggers_postgresql(cursor)


def _without_triggers_sqlite(cursor: Any) -> Iterator[None]:
    cursor.execute("PRAGMA defer_foreign_keys = ON")
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        cursor.execute(sql, None)


def _without_triggers_postgresql(cursor: Any) -> Iterator[None]:
    cursor.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    names = [name for (name,) in cursor.fetchall()]
    for name in names:
        cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def number_on(names: Iterable[str]) -> None:
    """Let automatic keys go on after the highest one that was inserted; SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE %s)",
            ["nextval%"],
        )
        wanted = set(names)
        for table, column in cursor.fetchall():
            if table in wanted:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'),"
                    f' coalesce(max("{column}"), 1), max("{column}") IS NOT NULL) FROM "{table}"'
                )
