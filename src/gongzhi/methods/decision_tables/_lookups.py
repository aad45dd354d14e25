"""For each input: from a fact to the set of rows that accept it, as the bits of an integer."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ._columns import LOWEST, NULL, Column, Cut, Interval
from ._values import NotOfType

Look = Callable[[Any], tuple[Any, int]]


class Steps(NamedTuple):
    """A line of whole numbers: the edges of its cells, and the rows at each slot (None: outside)."""

    edges: Sequence[int]
    accepting: Sequence[int | None]


def steps_of(column: Column, cells: Sequence[tuple[Interval, ...]]) -> Steps | None:
    """For an input of numbers all of whose edges are whole."""
    if column.is_listed or not column.kind.numeric:
        return None
    edges, accepting = _line(column, cells)
    whole = [int(e) for e in edges if e == int(e) and abs(e) < 1 << 62]
    return Steps(whole, accepting) if len(whole) == len(edges) else None


def _edges(column: Column, cells: Sequence[tuple[Interval, ...]]) -> list[Any]:
    sets = (*cells, column.domain)
    return sorted({cut[1] for intervals in sets for i in intervals for cut in i if cut[0] == 2})


def _line(column: Column, cells: Sequence[tuple[Interval, ...]]) -> tuple[list[Any], list[int | None]]:
    """The edges of a line, and the rows at each slot; None outside the domain."""
    edges = _edges(column, cells)
    inside = _sweep(edges, [column.domain])
    return edges, [r if i else None for r, i in zip(_sweep(edges, cells), inside, strict=True)]


def look_up(column: Column, cells: Sequence[tuple[Interval, ...]]) -> Look:
    """From a fact to (the fact as kept, the rows that accept it); NotOfType if it is no such fact."""
    nulls = sum(1 << r for r, intervals in enumerate(cells) if intervals and intervals[0][0] == NULL)
    if column.is_listed:
        rows = _sweep(range(len(column.points)), cells)
        return _listed_look(column, {p: rows[2 * i + 1] for i, p in enumerate(column.points)}, nulls)
    if not column.kind.ordered:
        edges = _edges(column, cells)
        rows = _sweep(edges, cells)
        return _open_look(column, {e: rows[2 * i + 1] for i, e in enumerate(edges)}, rows[0], nulls)
    return _line_look(column, *_line(column, cells), nulls)


def _sweep(edges: Sequence[Any], cells: Sequence[tuple[Interval, ...]]) -> list[int]:
    """The rows at each slot: even slots lie between the edges, odd slots on them."""
    place = {edge: i for i, edge in enumerate(edges)}
    end = 2 * len(edges) + 1

    def slot(cut: Cut) -> int:
        if cut[0] != 2:
            return 0 if cut <= LOWEST else end
        if cut[1] not in place:
            return end
        return 2 * place[cut[1]] + 1 + cut[2]

    turns = [0] * (end + 1)
    for row, intervals in enumerate(cells):
        for low, high in intervals:
            turns[slot(low)] ^= 1 << row
            turns[slot(high)] ^= 1 << row
    for i in range(1, end):
        turns[i] ^= turns[i - 1]
    return turns[:end]


def _listed_look(column: Column, known: Mapping[Any, int], nulls: int) -> Look:
    quick, accept, find = column.kind.quick, column.accept, known.get

    def look(value: Any) -> tuple[Any, int]:
        if type(value) is not quick:
            value = accept(value)
            if value is None:
                return None, nulls
        rows = find(value)
        if rows is None:
            raise NotOfType
        return value, rows

    return look


def _open_look(column: Column, known: Mapping[Any, int], other: int, nulls: int) -> Look:
    quick, accept, find = column.kind.quick, column.accept, known.get

    def look(value: Any) -> tuple[Any, int]:
        if type(value) is not quick:
            value = accept(value)
            if value is None:
                return None, nulls
        return value, find(value, other)

    return look


def _line_look(column: Column, edges: Sequence[Any], accepting: Sequence[int | None], nulls: int) -> Look:
    quick, accept = column.kind.quick, column.accept
    edges = [int(e) if isinstance(e, Decimal) and e == e.to_integral_value() else e for e in edges]
    count = len(edges)

    def look(value: Any) -> tuple[Any, int]:
        if type(value) is not quick:
            value = accept(value)
            if value is None:
                return None, nulls
        i = bisect_left(edges, value)
        rows = accepting[2 * i + 1 if i < count and edges[i] == value else 2 * i]
        if rows is None:
            raise NotOfType
        return value, rows

    return look
