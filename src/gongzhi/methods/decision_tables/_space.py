"""One or more tables as boxes in one space, an axis for each input.

A cell is a set of slots of its axis (see `_axes`). On axes of points a box has that set as bits, on
lines a stretch `low` ≤ slot < `high`; a row whose cells on lines have several stretches is several
boxes. All work is on whole arrays of boxes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from operator import attrgetter, itemgetter, or_
from typing import TYPE_CHECKING, Any

from ._axes import Axis, Cells, Run, axis
from ._columns import Input
from ._errors import TooComplex
from ._table import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

MOST_BOXES = 2_000_000  # of all rows of a table together

Region = tuple[int, ...]  # for each axis its slots, as bits


@dataclass
class Boxes:
    """`low` and `high`: boxes by lines; `mask`: boxes by axes of points; `row`: whose each box is, from 0."""

    low: "Ints"
    high: "Ints"
    mask: "Ints"
    row: "Ints"

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: Any) -> "Boxes":
        return Boxes(self.low[places], self.high[places], self.mask[places], self.row[places])


def joined(a: Boxes, b: Boxes) -> Boxes:
    """All of both, the first first."""
    import numpy as np

    return Boxes(*(np.concatenate([getattr(a, n), getattr(b, n)]) for n in ("low", "high", "mask", "row")))


class Space:
    """The axes of some tables that read the same inputs, over what all their domains share."""

    def __init__(self, *tables: Table) -> None:
        self.names = tuple(i.name for i in tables[0].inputs)
        self.place = {name: place for place, name in enumerate(self.names)}
        self._columns = [[_column(t, name) for name in self.names] for t in tables]
        self._cells = [
            [_cells(t)[place] for place, _ in inputs] for t, inputs in zip(tables, self._columns, strict=True)
        ]
        self.axes: list[Axis] = [
            axis([inputs[c][1] for inputs in self._columns], [cells[c] for cells in self._cells])
            for c in range(len(self.names))
        ]
        self.lines = [c for c, a in enumerate(self.axes) if a.is_line]
        self.points = [c for c, a in enumerate(self.axes) if not a.is_line]

    @property
    def is_empty(self) -> bool:
        """Whether the domains have nothing in common."""
        return any(a.size == 0 for a in self.axes)

    @property
    def whole(self) -> Boxes:
        """The space itself, as one box."""
        import numpy as np

        ends = [[self.axes[c].size] for c in self.lines]
        masks = [[self.axes[c].everything] for c in self.points]
        return Boxes(
            np.zeros((1, len(ends)), np.int64), _across(ends, 1), _across(masks, 1), np.zeros(1, np.int64)
        )

    def boxes(self, table: Table, which: int = 0) -> Boxes:
        """The boxes of a table's rows, row by row; `which` of the tables it is."""
        import numpy as np

        rows = len(table.rules)
        cells = self._cells[which]
        columns = [column for _, column in self._columns[which]]
        masks = [[self.axes[c].mask(columns[c], cell) for cell in cells[c]] for c in self.points]
        ends = [self.axes[c].ends(columns[c], cells[c]) for c in self.lines]
        if None in ends:
            runs = [[self.axes[c].runs(columns[c], cell) for cell in cells[c]] for c in self.lines]
            low, high, row = _multiplied(runs, rows)
        else:
            low, high, row = [e[0] for e in ends if e], [e[1] for e in ends if e], np.arange(rows)
        made = Boxes(_across(low, len(row)), _across(high, len(row)), _across(masks, rows)[row], row)
        exists = (made.mask != 0).all(1)
        return made if exists.all() else made.take(exists)

    @property
    def size(self) -> int:
        """How many points the space has, if each slot is one."""
        return prod(a.size for a in self.axes)

    def volume(self, boxes: Boxes) -> int:
        """How many points the boxes have, each by itself."""
        import numpy as np

        sides = np.concatenate(
            [boxes.high - boxes.low, np.bitwise_count(boxes.mask).astype(np.int64)], axis=1
        )
        if self.size * (len(boxes) + 1) >= 1 << 63:
            sides = sides.astype(object)
        return int(sides.prod(axis=1).sum())

    # ---- back to values -------------------------------------------------------------------

    def regions(self, boxes: Boxes) -> list[Region]:
        """Each box as a region."""
        slots = dict(zip(self.points, boxes.mask.T.tolist(), strict=True))
        for c, low, high in zip(self.lines, boxes.low.T.tolist(), boxes.high.T.tolist(), strict=True):
            slots[c] = [(1 << end) - (1 << start) for start, end in zip(low, high, strict=True)]
        return list(zip(*(slots[c] for c in range(len(self.axes))), strict=True))

    def of_rows(self, boxes: Boxes, rows: set[int]) -> dict[int, Region]:
        """Some rows as regions, each all of its boxes."""
        import numpy as np

        boxes = boxes.take(np.isin(boxes.row, list(rows)))
        found: dict[int, Region] = {}
        for row, region in zip(boxes.row.tolist(), self.regions(boxes), strict=True):
            found[row] = tuple(map(or_, found[row], region)) if row in found else region
        return found

    def cells(self, row: int, which: int = 0) -> Region:
        """A row as a region."""
        of = zip(self.axes, self._columns[which], self._cells[which], strict=True)
        return tuple(a.mask(column, cells[row]) for a, (_, column), cells in of)

    def texts(self, region: Region) -> Mapping[str, tuple[str, ...]]:
        return Texts(self, region)

    def witness(self, region: Region) -> dict[str, Any]:
        return {n: a.witness(mask) for n, a, mask in zip(self.names, self.axes, region, strict=True)}


class Texts(Mapping[str, tuple[str, ...]]):
    """A region by input, each as S-FEEL tests, which are written when they are read."""

    def __init__(self, space: Space, region: Region) -> None:
        self._space, self._region = space, region

    def __getitem__(self, name: str) -> tuple[str, ...]:
        place = self._space.place[name]
        return self._space.axes[place].texts(self._region[place])

    def __iter__(self) -> Iterator[str]:
        return iter(self._space.names)

    def __len__(self) -> int:
        return len(self._region)

    def __repr__(self) -> str:
        return repr(dict(self))


def _across(columns: Sequence[Sequence[int]], rows: int) -> "Ints":
    """Columns side by side, in the layout of rows."""
    import numpy as np

    return np.ascontiguousarray(np.array(columns, np.int64).reshape(len(columns), rows).T)


def _multiplied(runs: Sequence[Sequence[Sequence[Run]]], rows: int) -> tuple[Any, Any, "Ints"]:
    """A box for each way to take one run out of every cell of a row."""
    import numpy as np

    boxes: list[tuple[Run, ...]] = []
    row_of: list[int] = []
    for row in range(rows):
        cells = [line[row] for line in runs]
        if len(boxes) + prod(map(len, cells)) > MOST_BOXES:
            raise TooComplex(
                f"rows of more than {MOST_BOXES:,} boxes; write fewer lists of values in one row"
            )
        made = list(product(*cells))
        boxes += made
        row_of += [row] * len(made)
    ends = np.array(boxes, np.int64).reshape(len(boxes), len(runs), 2)
    return ends[:, :, 0].T, ends[:, :, 1].T, np.array(row_of, np.int64)


def _cells(table: Table) -> list[Cells]:
    """For each input the sets of its cells, row by row."""
    if "cells" not in table.kept:
        rows, sets = [rule.when for rule in table.rules], attrgetter("intervals")
        table.kept["cells"] = [Cells(map(sets, map(itemgetter(c), rows))) for c in range(len(table.inputs))]
    cells: list[Cells] = table.kept["cells"]
    return cells


def _column(table: Table, name: str) -> tuple[int, Input]:
    return next((place, i) for place, i in enumerate(table.inputs) if i.name == name)


def merged(regions: Sequence[Region]) -> list[Region]:
    """Disjoint regions that together are the same, fewer: those that differ on one axis become one."""
    sets: list[int] = []
    number: dict[int, int] = {}

    def numbered(mask: int) -> int:
        if mask not in number:
            number[mask] = len(sets)
            sets.append(mask)
        return number[mask]

    found = [tuple(map(numbered, region)) for region in regions]
    axes = len(found[0]) if len(found) > 1 else 0
    but = [itemgetter(slice(0), *(a for a in range(axes) if a != c)) for c in range(axes)]
    c = idle = 0
    while idle < axes:  # until no axis has given anything since it was last tried
        others = list(map(but[c], found))
        idle += 1
        if len(set(others)) < len(found):
            idle = 1
            beside: dict[Any, list[Region]] = {}
            for key, region in zip(others, found, strict=True):
                beside.setdefault(key, []).append(region)
            found = [
                (*first[:c], numbered(reduce(or_, (sets[r[c]] for r in (first, *more)))), *first[c + 1 :])
                if more
                else first
                for first, *more in beside.values()
            ]
        c = (c + 1) % axes
    return [tuple(sets[n] for n in region) for region in found]
