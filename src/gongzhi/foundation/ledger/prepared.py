"""Queries that are compiled once and asked often.

Django takes several times as long to write the SQL of a small query as the database to answer it.
What is asked at every request is therefore written once for each process, and asked with other values.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Q, QuerySet
from django.db.models.base import ModelState

from gongzhi.foundation.ledger import statements
from gongzhi.foundation.ledger.reach import Among

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
        if self._compiled is None:
            marks = [_MARKS[kind](n) for n, kind in enumerate(self._kinds)]
            self._compiled = _Compiled(self._build(*marks), marks)
        return self._compiled.ask(values)

    def first(self, *values: Any) -> M | None:
        """The first row for these values."""
        return next(iter(self(*values)), None)


class NotAsItIs(TypeError):
    """A value does not stand in the query as it is, so that another one could not take its place."""


class _Compiled:
    """The SQL of a query, which of its parameters are whose, and how rows become objects."""

    def __init__(self, rows: QuerySet[Any], marks: Sequence[Any]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self._sql = ""
        try:
            self._sql, params = compiler.as_sql()
        except EmptyResultSet:  # nothing can be found, whatever the values
            if any(isinstance(mark, int) for mark in marks):  # but a mark may be too large for its column
                raise NotAsItIs("a number is asked for that the column may not hold") from None
            return
        self._told = _hex if connection.vendor == "sqlite" else _as_it_is
        told = {self._told(mark): place for place, mark in enumerate(marks)}
        self._params = [(told.get(each) if _is_plain(each) else None, each) for each in params]
        if {place for place, _each in self._params if place is not None} != set(range(len(marks))):
            raise NotAsItIs("a value does not stand in the query as it is")
        select: Any = compiler.select
        self._columns = _Columns(compiler.klass_info, select)
        self._connection = compiler.connection
        converters = compiler.get_converters([each[0] for each in select[: compiler.col_count]])
        self._converters = [
            (place, convert, expression)
            for place, (those, expression) in converters.items()
            for convert in those
        ]

    def ask(self, values: Sequence[Any]) -> list[Any]:
        """The rows for these values."""
        if not self._sql:
            return []
        params = [each if place is None else self._told(values[place]) for place, each in self._params]
        return [self._object(list(row)) for row in statements.rows(self._sql, params)]

    def _object(self, row: list[Any]) -> Any:
        for place, convert, expression in self._converters:
            row[place] = convert(row[place], expression, self._connection)
        return self._columns.made(row)


class _Columns:
    """Which columns of a row are an object's, and which those of the objects that it points to."""

    def __init__(self, info: Any, select: Any) -> None:
        chosen = info["select_fields"]
        self._begin, self._end = chosen[0], chosen[-1] + 1
        self._model = info["model"]
        self._names = [each[0].target.attname for each in select[self._begin : self._end]]
        self._key = self._begin + self._names.index(self._model._meta.pk.attname)
        self._related = [
            (_Columns(each, select), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", ())
        ]

    def made(self, row: list[Any]) -> Any:
        """What `Model.from_db` makes of a row, without the signals, which nobody here listens to."""
        if row[self._key] is None:
            return None
        made = self._model.__new__(self._model)
        held = made.__dict__
        held.update(zip(self._names, row[self._begin : self._end], strict=True))
        state = held["_state"] = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        for columns, tell, tell_back in self._related:
            other = columns.made(row)
            tell(made, other)
            if other is not None:
                tell_back(other, made)
        return made


def _hex(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def _as_it_is(value: Any) -> Any:
    return value


_PLAIN = (str, int, bool, UUID, type(None))


def _is_plain(value: Any) -> bool:
    return isinstance(value, _PLAIN)


# -- through a reach -----------------------------------------------------------------------------------

_MOST = 500


class Through(Generic[M]):
    """A query narrowed by a reach, compiled once for each shape that reaches have.

    ``build`` gets a reach and marks. A reach that holds more than plain values is asked as it is.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._held: OrderedDict[Any, Prepared[M] | None] = OrderedDict()
        self._lock = Lock()

    def __call__(self, reach: Q, *values: Any) -> list[M]:
        """The rows for these values that the reach gets to."""
        said: list[Any] = []
        shape = _shape(reach, said)
        asked = self._asked(shape, said) if shape is not None else None
        if asked is not None:
            try:
                return asked(*said, *values)
            except NotAsItIs:
                self._held[shape] = None
        return self._plainly(reach, values)

    def _plainly(self, reach: Q, values: tuple[Any, ...]) -> list[M]:
        return list(self._build(reach, *values))

    def first(self, reach: Q, *values: Any) -> M | None:
        """The first row for these values that the reach gets to."""
        return next(iter(self(reach, *values)), None)

    def _asked(self, shape: Any, said: list[Any]) -> Prepared[M] | None:
        with self._lock:
            held = self._held.get(shape)
            if shape not in self._held:
                held = self._held[shape] = self._prepared(shape, [type(each) for each in said])
                if len(self._held) > _MOST:
                    self._held.popitem(last=False)
            else:
                self._held.move_to_end(shape)
        return held

    def _prepared(self, shape: Any, kinds: list[type]) -> Prepared[M]:
        def build(*marks: Any) -> QuerySet[M]:
            reach = _reach_of(shape, iter(marks[: len(kinds)]))
            return self._build(reach, *marks[len(kinds) :])

        return Prepared(build, *kinds, *self._kinds)


#: What stands in the place of a value that differs from one asking to the next.
_OPEN = object()


def _shape(reach: Q, said: list[Any]) -> Any:
    """A reach without the values that it says, which are added to ``said``; None if it says others."""
    children = []
    for each in reach.children:
        told = _shape(each, said) if isinstance(each, Q) else _leaf(each, said)
        if told is None:
            return None
        children.append(told)
    return (reach.connector, reach.negated, tuple(children))


def _leaf(each: Any, said: list[Any]) -> Any:
    if not isinstance(each, tuple):
        return None
    lookup, value = each
    if isinstance(value, Among):
        told = _shape(value.told, said)
        return None if told is None else (lookup, _Through(value.rows, told))
    if isinstance(value, list | tuple):
        if not all(type(one) in (str, UUID) for one in value):
            return None
        said += value
        return (lookup, len(value))
    if type(value) is UUID or (type(value) is str and not lookup.endswith(("startswith", "contains"))):
        said.append(value)
        return (lookup, _OPEN)
    return (lookup, _Said(value)) if _is_plain(value) else None


@dataclass(frozen=True)
class _Said:
    """A value that belongs to the shape."""

    value: Any


@dataclass(frozen=True)
class _Through:
    """The shape of what is found through other rows."""

    rows: Callable[[Q], QuerySet[Any, Any]]
    told: Any


def _reach_of(shape: Any, marks: Iterator[Any]) -> Q:
    """The reach of a shape, with marks for its values."""
    connector, negated, children = shape
    found = Q()
    found.connector, found.negated = connector, negated
    for each in children:
        if len(each) == 3:
            found.children.append(_reach_of(each, marks))
            continue
        lookup, said = each
        if said is _OPEN:
            value = next(marks)
        elif isinstance(said, _Through):
            value = Among(said.rows, _reach_of(said.told, marks))
        else:
            value = said.value if isinstance(said, _Said) else [next(marks) for _ in range(said)]
        found.children.append((lookup, value))
    return found


def by_key(kind: type[M], reach: Q, key: UUID, *, lock: bool) -> M | None:
    """The row with a key if the reach gets to it, locked for the transaction if that is wanted."""
    return _by_key(kind, lock).first(reach, key)


@cache
def _by_key(kind: type[M], lock: bool) -> Through[M]:
    def build(reach: Q, key: Any) -> QuerySet[M]:
        rows = kind._base_manager.filter(reach, pk=key)
        return rows.select_for_update(of=("self",)) if lock else rows

    return Through(build, UUID)
