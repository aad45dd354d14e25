"""An input as an axis of slots: the fewest stretches that no cell of the tables at hand divides.

Within a slot all values are alike: every cell accepts all of them or none. So a set of values is a
set of slots, kept as the bits of an integer, and slots are read back as values and S-FEEL texts.

A *line* orders its slots between cuts. *Points* are the values of a list, or those texts that some
cell names and one slot for all other texts; points that no cell tells apart share a slot.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Context, Decimal
from functools import cached_property
from itertools import chain, count, pairwise
from operator import ge, itemgetter
from typing import TYPE_CHECKING, Any

from ._cells import test_text
from ._columns import HIGHEST, LOWEST, NULL, Column, Cut, Interval, intersection, union

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Ends = tuple[Sequence[int] | Ints, Sequence[int] | Ints]

MOST_POINTS = 62  # what the bits of a signed 64-bit integer can tell apart

Intervals = tuple[Interval, ...]
Run = tuple[int, int]

_OTHER = object()
_ZERO: dict[str, Any] = {
    "number": 0,
    "integer": 0,
    "date": date(2000, 1, 1),
    "time": time(0),
    "datetime": datetime(2000, 1, 1, tzinfo=UTC),
    "local_datetime": datetime(2000, 1, 1),  # noqa: DTZ001  it has no zone by its type
    "duration": timedelta(0),
}


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def runs_of(mask: int) -> list[Run]:
    """The stretches of neighbouring bits, as half-open pairs."""
    found = []
    start = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        mask >>= skip
        length = (~mask & (mask + 1)).bit_length() - 1
        found.append((start + skip, start + skip + length))
        mask >>= length
        start += skip + length
    return found


class Cells(list[Intervals]):
    """The cells of one input of a table, row by row, each as the set it stands for."""

    @cached_property
    def numbers(self) -> "tuple[Ints, Ints] | None":
        """Where the cells begin and end, as numbers in the order of cuts.

        None if some cell is not one stretch, or does not end at whole numbers.
        """
        import numpy as np

        if not self:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        names = list(map(id, self))
        distinct = dict(zip(names, self, strict=True))  # a cell that was read once is one object
        if set(map(len, distinct.values())) != {1}:
            return None
        stretches = list(chain.from_iterable(distinct.values()))
        low, high = (_numbers(list(map(itemgetter(end), stretches))) for end in (0, 1))
        if low is None or high is None:
            return None
        if len(distinct) == len(self):
            return low, high
        place = dict(zip(distinct, range(len(distinct)), strict=True))
        which = np.array(list(map(place.__getitem__, names)), np.intp)
        return low.take(which), high.take(which)


_FAR = 1 << 60
_ENDLESS: dict[Cut, int] = {NULL: -4 * _FAR, LOWEST: -3 * _FAR, HIGHEST: 3 * _FAR}


def _numbers(cuts: Sequence[Cut]) -> "Ints | None":
    """Cuts at whole numbers as numbers in their order; None if others are among them."""
    import numpy as np

    kinds, values, after = (list(map(itemgetter(part), cuts)) for part in (0, 1, 2))
    if set(map(type, values)) != {int} or max(values) >= _FAR or min(values) <= -_FAR:
        return None
    found: Ints = 2 * np.array(values, np.int64) + np.array(after, np.int64)
    if set(kinds) != {2}:
        kind = np.array(kinds)
        for cut, number in _ENDLESS.items():
            found[kind == cut[0]] = number
    return found


def _cut(number: int) -> Cut:
    """The cut that a number stands for."""
    return _ENDS.get(number) or (2, number >> 1, number & 1)


_ENDS = {number: cut for cut, number in _ENDLESS.items()}


class Axis:
    """What lines and points have in common: `size` slots, named 0 … size - 1."""

    column: Column
    size: int
    is_line: bool

    @property
    def everything(self) -> int:
        return (1 << self.size) - 1

    def runs(self, column: Column, intervals: Intervals) -> list[Run]:
        """The slots of a cell of one of the columns, clipped to the axis, as half-open stretches."""
        raise NotImplementedError

    def ends(self, column: Column, cells: Cells) -> "Ends | None":
        """Where the one run of each cell begins and ends; None if some cell has none or several."""
        runs = {intervals: self.runs(column, intervals) for intervals in set(cells)}
        if any(len(run) != 1 for run in runs.values()):
            return None
        return [runs[i][0][0] for i in cells], [runs[i][0][1] for i in cells]

    def mask(self, column: Column, intervals: Intervals) -> int:
        """The same as bits."""
        return sum((1 << end) - (1 << start) for start, end in self.runs(column, intervals))

    def texts(self, mask: int) -> tuple[str, ...]:
        """A set of slots as S-FEEL tests, any of which holds; ("-",) for all."""
        raise NotImplementedError

    def witness(self, mask: int) -> Any:
        """A value out of a set of slots, as plain as there is one; null only where nothing else is."""
        raise NotImplementedError


def axis(columns: Sequence[Column], cells: Sequence[Cells]) -> Axis:
    """The axis of one input of one or more tables, over what all their domains share (maybe nothing).

    `cells` are the cells of each column.
    """
    if all(c.is_listed or not c.kind.ordered for c in columns):
        return Points(columns, cells)
    shared = on_line(columns[0], columns[0].domain)
    for column in columns[1:]:
        shared = intersection(shared, on_line(column, column.domain))
    if len(shared) == 1 and not any(c.is_listed for c in columns):
        domain, numbers = Cells([shared]).numbers, [of.numbers for of in cells]
        if domain is not None and None not in numbers:
            return Numbers(columns[0], domain, [n for n in numbers if n is not None])
    return Line(columns, cells, shared)


# ---- points -------------------------------------------------------------------------------


class Points(Axis):
    """Values without an order that matters; each slot is a group of values that no cell tells apart."""

    def __init__(self, columns: Sequence[Column], cells: Sequence[Sequence[Intervals]]) -> None:
        self.column = columns[0]
        each = [(c, list(dict.fromkeys(of))) for c, of in zip(columns, cells, strict=True)]
        self._named = list(dict.fromkeys(v for c, of in each for v in _named(c, of)))
        points = [*self._named, _OTHER, None]
        kept = [v for v in points if all(_contains(c, c.domain, v) for c in columns)]
        sets = [{v for v in kept if _contains(c, cell, v)} for c, of in each for cell in of]
        groups: dict[tuple[bool, ...], list[Any]] = {}
        for value in kept:
            groups.setdefault((*(value in s for s in sets), value is None), []).append(value)
        self.groups = list(groups.values())
        self.size = len(self.groups)
        self.is_line = self.size > MOST_POINTS
        self._known: dict[tuple[int, Intervals], int] = {}

    def mask(self, column: Column, intervals: Intervals) -> int:
        key = id(column), intervals
        if key not in self._known:
            inside = (_contains(column, intervals, group[0]) for group in self.groups)
            self._known[key] = sum(1 << i for i, is_in in enumerate(inside) if is_in)
        return self._known[key]

    def runs(self, column: Column, intervals: Intervals) -> list[Run]:
        return runs_of(self.mask(column, intervals))

    def texts(self, mask: int) -> tuple[str, ...]:
        if mask == self.everything:
            return ("-",)
        inside = [v for i in bits(mask) for v in self.groups[i]]
        outside = [v for i in bits(self.everything & ~mask) for v in self.groups[i]]
        if _OTHER in inside:
            return (f"not({', '.join(self._literals(outside))})",)
        return tuple(self._literals(inside))

    def _literals(self, values: Sequence[Any]) -> list[str]:
        order = {v: i for i, v in enumerate(self._named)}
        given = sorted((v for v in values if v is not None), key=lambda v: order.get(v, len(order)))
        literals = [self.column.kind.literal(v) for v in given]
        return [*literals, "null"] if None in values else literals

    def witness(self, mask: int) -> Any:
        values = [v for i in bits(mask) for v in self.groups[i]]
        best = next((v for v in values if v is not None and v is not _OTHER), None)
        if best is None and _OTHER in values:
            taken = set(self._named)
            more = (f"other {n}" for n in count(2))
            return next(text for text in chain(("other",), more) if text not in taken)
        return best


def _named(column: Column, cells: Iterable[Intervals]) -> Iterable[Any]:
    if column.is_listed:
        return column.values or column.points
    return sorted({cut[1] for intervals in cells for i in intervals for cut in i if cut[0] == 2})


def _contains(column: Column, intervals: Intervals, value: Any) -> bool:
    if value is None:
        cut: Cut = NULL
    elif value is _OTHER:
        if column.is_listed:
            return False
        cut = LOWEST
    elif column.is_listed:
        if value not in column.place:
            return False
        cut = (2, column.place[value], 0)
    else:
        cut = (2, value, 0)
    return any(low <= cut < high for low, high in intervals)


# ---- lines --------------------------------------------------------------------------------


class Line(Axis):
    """Values in their order; each slot is a stretch between two neighbouring cuts. Null comes first."""

    is_line = True

    def __init__(
        self, columns: Sequence[Column], cells: Sequence[Sequence[Intervals]], shared: Intervals
    ) -> None:
        self._begin(next(c for c in columns if not c.is_listed))
        cuts = {cut for i in shared for cut in i}
        for column, of in zip(columns, cells, strict=True):
            if column.is_listed:
                of = [on_line(column, intervals) for intervals in of]
            cuts.update(chain.from_iterable(chain.from_iterable(of)))
        if NULL in cuts:
            cuts.add(LOWEST)  # null is a slot of its own
        self._lay(sorted(cuts), shared)

    def _begin(self, column: Column) -> None:
        self.column = column
        self._start_of: dict[int, tuple[Any, bool, str | None]] = {}
        self._end_of: dict[int, tuple[Any, bool, str | None]] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        self._witnesses: dict[int, Any] = {}

    def _lay(self, cuts: list[Cut], shared: Intervals) -> None:
        """Number the stretches between cuts that lie in what is shared."""
        slots: list[Interval] = []
        self._rank = {}
        stretches = iter((*shared, (HIGHEST, HIGHEST)))
        low, high = next(stretches)
        for i, cut in enumerate(cuts):
            self._rank[cut] = len(slots)
            while high <= cut < HIGHEST:
                low, high = next(stretches)
            if low <= cut < high:
                slots.append((cut, cuts[i + 1]))
        self._slots, self.size = slots, len(slots)
        self._first, self._last = (slots[0][0], slots[-1][1]) if slots else (HIGHEST, HIGHEST)
        self._breaks = [
            i + 1
            for i, (slot, following) in enumerate(pairwise(slots))
            if slot[1] != following[0] or slot[0] == NULL
        ]

    def slot(self, place: int) -> Interval:
        """The cuts between which a slot lies."""
        return self._slots[place]

    def ends(self, column: Column, cells: Cells) -> "Ends | None":
        if column.is_listed or not cells or set(map(len, cells)) != {1}:
            return super().ends(column, cells)
        lows, highs = zip(*chain.from_iterable(cells), strict=True)
        rank = self._rank.__getitem__
        low, high = list(map(rank, lows)), list(map(rank, highs))
        return None if any(map(ge, low, high)) else (low, high)

    def mask(self, column: Column, intervals: Intervals) -> int:
        if len(intervals) == 1 and not column.is_listed:
            ((low, high),) = intervals
            start, end = self._rank[low], self._rank[high]
            return (1 << end) - (1 << start) if start < end else 0
        return super().mask(column, intervals)

    def runs(self, column: Column, intervals: Intervals) -> list[Run]:
        rank = self._rank
        if column.is_listed:
            intervals = on_line(column, intervals)
        if len(intervals) == 1:
            ((low, high),) = intervals
            start, end = rank[low], rank[high]
            return [(start, end)] if start < end else []
        found = [(rank[low], rank[high]) for low, high in intervals]
        return runs_of(sum((1 << end) - (1 << start) for start, end in found if start < end))

    def texts(self, mask: int) -> tuple[str, ...]:
        found = self._texts.get(mask)
        if found is None:
            found = self._texts[mask] = ("-",) if mask == self.everything else self._written(mask)
        return found

    def _written(self, mask: int) -> tuple[str, ...]:
        stretches = [piece for run in runs_of(mask) for piece in self._stretches(run)]
        if self._last == HIGHEST and any(
            end == self.size and self.slot(start)[0] == LOWEST for start, end in stretches
        ):
            return ("not(null)",)
        found = [self._test(*s) for s in stretches if s[0] or self._first != NULL]
        return (*found, "null") if len(found) < len(stretches) else tuple(found)

    def _stretches(self, run: Run) -> Iterator[Run]:
        """A run of slots without a break: there is one after null, and where no domain is."""
        start, end = run
        for at in self._breaks:
            if start < at < end:
                yield start, at
                start = at
        yield start, end

    def _test(self, start: int, end: int) -> str:
        """Neighbouring slots as a test. What is written of an end is kept: many stretches share it."""
        if start not in self._start_of:
            self._start_of[start] = self._written_end(self.slot(start)[0], is_start=True)
        if end not in self._end_of:
            self._end_of[end] = self._written_end(self.slot(end - 1)[1], is_start=False)
        low, low_open, low_text = self._start_of[start]
        high, high_open, high_text = self._end_of[end]
        return test_text(low_text, high_text, low_open, high_open, is_one=low == high)

    def _written_end(self, cut: Cut, *, is_start: bool) -> tuple[Any, bool, str | None]:
        value, is_open = _end(self.column, cut, is_start=is_start)
        return value, is_open, None if value is None else self.column.kind.literal(value)

    def witness(self, mask: int) -> Any:
        if mask > 1 and self._first == NULL:
            mask &= ~1
        slot = (mask & -mask).bit_length() - 1
        if slot not in self._witnesses:
            low, high = self.slot(slot)
            self._witnesses[slot] = None if low == NULL else _between(self.column, low, high)
        return self._witnesses[slot]


class Numbers(Line):
    """A line cut at whole numbers only, laid out on arrays."""

    def __init__(
        self, column: Column, domain: "tuple[Ints, Ints]", cells: "Sequence[tuple[Ints, Ints]]"
    ) -> None:
        import numpy as np

        self._begin(column)
        cuts = np.unique(np.concatenate([end for ends in (domain, *cells) for end in ends]))
        if cuts[0] == _ENDLESS[NULL]:
            cuts = np.unique(np.append(cuts, _ENDLESS[LOWEST]))  # null is a slot of its own
        self._cuts = cuts
        self._start, end = (int(np.searchsorted(cuts, end)[0]) for end in domain)
        self._inside = cuts[self._start : end + 1].tolist()
        self.size = end - self._start
        self._first, self._last = _cut(self._inside[0]), _cut(self._inside[-1])
        self._breaks = [1] if self.size > 1 and self._first == NULL else []

    def slot(self, place: int) -> Interval:
        return _cut(self._inside[place]), _cut(self._inside[place + 1])

    @cached_property
    def _rank(self) -> dict[Cut, int]:  # type: ignore[override]
        return dict(zip(map(_cut, self._cuts.tolist()), self._places(self._cuts).tolist(), strict=True))

    def _places(self, numbers: "Ints") -> "Ints":
        import numpy as np

        places: Ints = (np.searchsorted(self._cuts, numbers) - self._start).clip(0, self.size)
        return places

    def ends(self, column: Column, cells: Cells) -> "Ends | None":
        if cells.numbers is None:
            return super().ends(column, cells)
        low, high = map(self._places, cells.numbers)
        return None if (low >= high).any() else (low, high)


def on_line(column: Column, intervals: Intervals) -> Intervals:
    """The intervals of a column by its values, where they were by places in its list."""
    if not column.is_listed:
        return intervals
    bare = Column(column.name, column.type)
    found = [(low, high) for low, high in intervals if low == NULL]
    for low, high in intervals:
        for place in range(low[1], high[1]):
            value = column.points[place]
            found.append((bare.cut(value, after=False), bare.cut(value, after=True)))
    return union([(NULL, LOWEST)] * bool(found and found[0][0] == NULL) + [f for f in found if f[0] != NULL])


def _end(column: Column, cut: Cut, *, is_start: bool) -> tuple[Any, bool]:
    """The value at an end of a stretch and whether it is left out; None where there is no end."""
    if cut in (LOWEST, HIGHEST):
        return None, True
    _, value, after = cut
    if column.type == "integer":
        return (value, False) if is_start else (value - 1, False)
    before = column.kind.before(value) if column.kind.step is not None else None
    if before is None or (is_start and not _is_rounder(before, value)):
        return value, bool(after) if is_start else not after
    if not is_start and _is_rounder(value, before):
        return value, True
    return before, is_start


def _is_rounder(a: Any, b: Any) -> bool:
    return bool(getattr(a, "microsecond", getattr(a, "microseconds", 1)) == 0) and bool(
        getattr(b, "microsecond", getattr(b, "microseconds", 0))
    )


def _between(column: Column, low: Cut, high: Cut) -> Any:
    """A value between two cuts of a line."""
    kind = column.kind
    if low == LOWEST:
        if high == HIGHEST:
            return _ZERO[kind.name]
        if high[2]:
            return high[1]
        return high[1] - 1 if kind.step is None else kind.before(high[1])
    if not low[2]:
        return low[1]
    following = Decimal(low[1]).to_integral_value(ROUND_FLOOR) + 1
    if high == HIGHEST or (2, following, 0) < high:
        return following
    return high[1] if high[2] else _middle(low[1], high[1])


def _middle(low: Decimal, high: Decimal) -> Decimal:
    """The number with the fewest digits strictly between two."""
    exact = Context(prec=200)
    digits = 1
    while True:
        unit = Decimal(1).scaleb(-digits)
        found = exact.add(Decimal(low).quantize(unit, ROUND_FLOOR, context=exact), unit)
        if found < high:
            return found
        digits += 1
