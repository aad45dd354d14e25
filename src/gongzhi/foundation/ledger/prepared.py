"""Queries that are compiled once and asked often.

Django takes several times as long to write the SQL of a small query as the database to answer it.
What is asked at every request is therefore written once for each process, and asked with other values.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import Q, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)

#: Values that no query has of its own, to find the places that differ from one asking to the next.
_MARKS: dict[type, Callable[[int], Any]] = {
    str: lambda n: f"\ue000{n}\ue001",
    int: lambda n: 9_007_199_254_740_000 + n,
    UUID: lambda n: UUID(int=0xFEED << 96 | n),
}


class Prepared(Generic[M]):
    """A query with places for values of some kinds (`str`, `int` or `UUID`).

    ``build`` is called once, with marks for values, and must put each of them into the query as it is.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._compiled: _Compiled | None = None

    def __call__(self, *values: Any) -> list[M]:
        """The rows for these values."""
        if self._compiled is None or self._compiled.vendor != connection.vendor:
            marks = [_MARKS[kind](n) for n, kind in enumerate(self._kinds)]
            self._compiled = _Compiled(self._build(*marks), marks)
        return self._compiled.ask(values)

    def first(self, *values: Any) -> M | None:
        """The first row for these values."""
        return next(iter(self(*values)), None)


class _Compiled:
    """The SQL of a query, which of its parameters are whose, and how rows become objects."""

    def __init__(self, rows: QuerySet[Any], marks: Sequence[Any]) -> None:
        self.vendor = connection.vendor
        compiler = rows.query.get_compiler(connection=connection)
        self._sql, params = compiler.as_sql()
        told = {_told(mark): place for place, mark in enumerate(marks)}
        self._params = [(told.get(each) if _is_plain(each) else None, each) for each in params]
        if {place for place, _each in self._params if place is not None} != set(range(len(marks))):
            raise TypeError("a value does not stand in the query as it is")
        info: Any = compiler.klass_info
        select: Any = compiler.select
        chosen = info["select_fields"]
        self._begin, self._end = chosen[0], chosen[-1] + 1
        self._model = info["model"]
        self._names = [each[0].target.attname for each in select[self._begin : self._end]]
        self._related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]
        self._converters = compiler.get_converters([each[0] for each in select[: compiler.col_count]])
        self._convert = compiler.apply_converters

    def ask(self, values: Sequence[Any]) -> list[Any]:
        """The rows for these values."""
        params = [each if place is None else _told(values[place]) for place, each in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows: Iterable[Any] = cursor.fetchall()
        if self._converters:
            rows = self._convert(rows, self._converters)
        return [self._object(row) for row in rows]

    def _object(self, row: Sequence[Any]) -> Any:
        made = self._model.from_db(connection.alias, self._names, row[self._begin : self._end])
        for each in self._related:
            each.populate(row, made)
        return made


def _told(value: Any) -> Any:
    """A value as the database is told it."""
    return value.hex if isinstance(value, UUID) and connection.vendor == "sqlite" else value


_PLAIN = (str, int, bool, UUID, type(None))


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN)


# -- one row by its key, through a reach ---------------------------------------------------------------

_MOST = 500
_by_key: OrderedDict[tuple[Any, ...], Prepared[Any]] = OrderedDict()
_lock = Lock()


def by_key(kind: type[M], reach: Q, key: UUID, *, lock: bool) -> M | None:
    """The row with a key if the reach gets to it, locked for the transaction if that is wanted."""

    def build(of: Any) -> QuerySet[M]:
        rows = kind._base_manager.filter(reach, pk=of)
        return rows.select_for_update(of=("self",)) if lock else rows

    if not isinstance(key, UUID) or not _says_the_same(reach):
        return next(iter(build(key)[:1]), None)
    name = (kind, lock, reach, connection.vendor)
    with _lock:
        asked = _by_key.get(name)
        if asked is None:
            asked = _by_key[name] = Prepared(build, UUID)
            if len(_by_key) > _MOST:
                _by_key.popitem(last=False)
        else:
            _by_key.move_to_end(name)
    return asked.first(key)


def _says_the_same(reach: Q) -> bool:
    """Whether a reach is made of plain values, so that an equal one asks the same."""
    for each in reach.children:
        if isinstance(each, Q):
            if not _says_the_same(each):
                return False
        elif not isinstance(each, tuple) or not _is_plain(each[1]):
            return False
    return True
