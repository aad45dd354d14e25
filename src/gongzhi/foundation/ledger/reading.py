"""Entries as rows of the plain values that `leaf` wants, the same from either database.

The databases bring keys and times into their written form themselves: they do it faster than Python.
"""

from __future__ import annotations

from functools import cache

from django.db import connection

from gongzhi.foundation.ledger.canonical import COLUMNS

_TIMES = ("occurred", "recorded")
_KEYS = ("actor", "appointment", "subject", "made", "region")

#: SQLite keeps UUIDs as 32 digits already, and times as text, with microseconds unless there are none.
_SQLITE_TIME = (
    "substr(e.{0}, 1, 10) || 'T' || substr(e.{0}, 12) ||"
    " CASE length(e.{0}) WHEN 26 THEN 'Z' ELSE '.000000Z' END"
)
_POSTGRESQL_TIME = """to_char(e.{0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_POSTGRESQL_KEY = "encode(uuid_send(e.{0}), 'hex')"


def selected() -> str:
    """The columns of `COLUMNS` as SQL, of a table called ``e``, in the form that `leaf` wants."""
    return _selected(connection.vendor)


@cache
def _selected(vendor: str) -> str:
    time, key = (_SQLITE_TIME, "e.{0}") if vendor == "sqlite" else (_POSTGRESQL_TIME, _POSTGRESQL_KEY)
    forms = dict.fromkeys(_TIMES, time) | dict.fromkeys(_KEYS, key)
    return ", ".join(forms.get(name, "e.{0}").format(name) for name in COLUMNS)
