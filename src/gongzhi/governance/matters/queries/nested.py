"""JSON columns inside JSON objects: the same values in Python from either database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Func, JSONField


class Parsed(Func):
    """A JSON column as a part of a `JSONObject`, where SQLite would put its text as a string."""

    arity = 1
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return compiler.compile(self.source_expressions[0])


def instant(told: str | None) -> datetime | None:
    """A moment that was read inside JSON, from either database."""
    if not told:
        return None
    found = datetime.fromisoformat(told)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
