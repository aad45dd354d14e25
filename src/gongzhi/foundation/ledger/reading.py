"""Entries as rows of plain values, quickly, the same from either database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from gongzhi.foundation.ledger.canonical import COLUMNS

_TIMES = tuple(i for i, name in enumerate(COLUMNS) if name in ("occurred", "recorded"))
_KEYS = tuple(
    i for i, name in enumerate(COLUMNS) if name in ("actor", "appointment", "subject", "made", "region")
)

#: The columns of `COLUMNS` as SQL, of a table called ``e``.
SELECTED = ", ".join(f"e.{name}" for name in COLUMNS)


def normaliser() -> Callable[[Sequence[Any]], list[Any]]:
    """A function from a raw row, in the order of `COLUMNS`, to the values that `leaf` wants."""
    return _from_sqlite if connection.vendor == "sqlite" else _from_postgresql


def _from_sqlite(row: Sequence[Any]) -> list[Any]:
    """SQLite keeps UUIDs as 32 digits already, and times as text without zone."""
    values = list(row)
    for i in _TIMES:
        text = str(values[i])
        values[i] = f"{text[:10]}T{text[11:]}" + ("Z" if len(text) == 26 else ".000000Z")
    return values


def _from_postgresql(row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for i in _TIMES:
        moment: datetime = values[i]
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC)
        values[i] = moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    for i in _KEYS:
        if values[i] is not None:
            values[i] = values[i].hex
    return values
