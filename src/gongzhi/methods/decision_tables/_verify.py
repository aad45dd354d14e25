"""Verification of one table by geometry: exact, over its whole domain, each finding with a witness.

A row is a box in the space of the inputs (see `_space`). Two rows overlap where their boxes meet; a
gap is a part of the space that no box covers; a row is unreachable where those that stand before it
cover all of it. Sets of boxes are the bits of integers: for each axis, the boxes that begin before a
slot and the boxes that end before it tell in two steps which boxes meet a stretch.

The idea of rules as boxes: Calvanese et al., "Semantics and Analysis of DMN Decision Tables", BPM 2016.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, reduce
from itertools import accumulate, chain, islice
from operator import and_, or_
from typing import Any

from ._axes import bits
from ._divide import Effort, Parts, uncovered
from ._findings import Finding, Findings, Kind
from ._space import Boxes, Region, Space, merged
from ._table import Hit, Rule, Table

LIMIT = 1_000  # findings
EFFORT = 50_000_000  # pairs of a part and a box
MOST_TO_PAIR = 20_000  # boxes of which it is worth to know which meet which where it is no question


def gaps(table: Table, *, limit: int = LIMIT, effort: int = EFFORT) -> Findings:
    """Where no row applies, and no default: disjoint regions, neighbouring ones made one.

    A table whose default, or `may_be_empty`, answers there has none. At most `limit` findings are
    given, the largest first, and the others counted; a search of more than `effort` steps is cut short.
    """
    if table.default is not None or table.may_be_empty:
        return Findings()
    ready = prepared(table)
    space, boxes = ready.space, ready.boxes
    if ready.is_partition:
        return Findings()
    allowed = Effort(effort)
    found: list[Region] = []
    for holes in uncovered(Parts.of(space.whole, boxes), allowed):
        found += space.regions(holes)
    regions = sorted(merged(found), key=lambda r: -sum(m.bit_count() for m in r))
    return Findings(
        (_finding("gap", table, space, region, ()) for region in regions[:limit]),
        more=max(0, len(regions) - limit),
        is_cut_short=allowed.left <= 0,
    )


def overlaps(table: Table, *, limit: int = LIMIT) -> Findings:
    """Pairs of rows that meet and may not.

    UNIQUE: every pair that meets. ANY: pairs that meet with different outputs. FIRST and PRIORITY:
    pairs that meet with different outputs are told as "masked", the preferred row first: no fault,
    but what the policy decides in silence. The collecting policies take all rows: none.
    """
    if table.hit not in (Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY):
        return Findings()
    ready, space = prepared(table), prepared(table).space
    kind: Kind = "overlap" if table.hit in (Hit.UNIQUE, Hit.ANY) else "masked"
    order = preference(table)
    met = _contrary(table, _by_row(ready.meets, ready.boxes, len(order)))
    place = {row: i for i, row in enumerate(order)}
    later = [others >> row + 1 for row, others in enumerate(met)]
    each = ((row, row + 1 + other) for row, others in enumerate(later) for other in bits(others))
    pairs = [(a, b) if place[a] < place[b] else (b, a) for a, b in islice(each, limit)]
    cells = space.of_rows(ready.boxes, set(chain.from_iterable(pairs)))
    return Findings(
        (_finding(kind, table, space, tuple(map(and_, cells[a], cells[b])), (a, b)) for a, b in pairs),
        more=sum(others.bit_count() for others in later) - len(pairs),
    )


def unreachable(table: Table, *, limit: int = LIMIT, effort: int = EFFORT) -> Findings:
    """Rows that are never among the rows of an outcome; `rows` has them first, then what stands before them.

    FIRST: earlier rows cover all of it. PRIORITY: preferred rows do. UNIQUE: it is nowhere alone.
    ANY: everywhere another row contradicts it. Collecting policies leave no row out.
    """
    if table.hit not in (Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY):
        return Findings()
    ready, space, boxes = prepared(table), prepared(table).space, prepared(table).boxes
    before = _before(table)
    allowed = Effort(effort)
    hidden = _hidden(ready, _spread(before, boxes), allowed)
    rows = []
    for row in sorted(hidden):
        first = reduce(or_, (ready.meets[i] for i in range(len(boxes)) if boxes.row[i] == row))
        by = {int(boxes.row[i]) for i in bits(first)} & set(bits(before[row]))
        rows.append((row, sorted(by)))
    return Findings(
        (_finding("unreachable", table, space, space.cells(row), [row, *by]) for row, by in rows[:limit]),
        more=max(0, len(rows) - limit),
        is_cut_short=allowed.left <= 0,
    )


def mergeable(table: Table, *, limit: int = LIMIT) -> Findings:
    """Rows with the same outputs and basis that differ in one cell: one row could stand for them.

    The table would answer the same. Under UNIQUE and the collecting policies only rows that do not
    overlap are told; where the order of rows matters, only those with no other answer between them.
    """
    space = prepared(table).space
    cells = [space.cells(row) for row in range(len(table.rules))]
    found = []
    for axis in range(len(space.axes)):
        groups: dict[Any, list[int]] = {}
        for row, (rule, region) in enumerate(zip(table.rules, cells, strict=True)):
            key = (region[:axis], region[axis + 1 :], _said(rule))
            groups.setdefault(key, []).append(row)
        for rows in groups.values():
            for together in _joined(table, cells, rows):
                slots = reduce(or_, (cells[r][axis] for r in together))
                first = cells[together[0]]
                found.append(
                    _finding("mergeable", table, space, (*first[:axis], slots, *first[axis + 1 :]), together)
                )
    found.sort(key=lambda f: f.rows)
    return Findings(found[:limit], more=max(0, len(found) - limit))


# ---- which boxes meet ---------------------------------------------------------------------


class Prepared:
    """Boxes in their space, and, as bits, which of them meet which."""

    def __init__(self, space: Space, boxes: Boxes) -> None:
        self.space, self.boxes = space, boxes

    @cached_property
    def is_partition(self) -> bool:
        """Whether every point lies in one box and no more: they do not meet, and they fill the space."""
        return (
            len(self.boxes) <= MOST_TO_PAIR
            and self.space.volume(self.boxes) == self.space.size
            and all(others == 1 << box for box, others in enumerate(self.meets))
        )

    @cached_property
    def meets(self) -> list[int]:
        """For each box those that share a point with it, itself among them."""
        found = [(1 << len(self.boxes)) - 1] * len(self.boxes)
        for low, last, begun, open_ in self._lines():
            meeting = map(and_, map(begun.__getitem__, last), map(open_.__getitem__, low))
            found = list(map(and_, found, meeting))
        for masks, at in self._points():
            met = {mask: reduce(or_, (at[slot] for slot in bits(mask))) for mask in set(masks)}
            found = [others & met[mask] for others, mask in zip(found, masks, strict=True)]
        return found

    @cached_property
    def corners(self) -> list[tuple[int, int]]:
        """For each box those that hold its first point, and those that hold its last."""
        first = [(1 << len(self.boxes)) - 1] * len(self.boxes)
        last = first.copy()
        for low, high, begun, open_ in self._lines():
            holding = list(map(and_, begun, open_))
            first = list(map(and_, first, map(holding.__getitem__, low)))
            last = list(map(and_, last, map(holding.__getitem__, high)))
        for masks, at in self._points():
            first = [others & at[next(bits(mask))] for others, mask in zip(first, masks, strict=True)]
            last = [others & at[mask.bit_length() - 1] for others, mask in zip(last, masks, strict=True)]
        return list(zip(first, last, strict=True))

    def _lines(self) -> Iterator[tuple[list[int], list[int], list[int], list[int]]]:
        """For each line the first and last slots of the boxes, and for each slot the boxes that have begun
        by then and those that have not ended before it."""
        one = [1 << box for box in range(len(self.boxes))]
        for i, c in enumerate(self.space.lines):
            low, last = self.boxes.low[:, i].tolist(), (self.boxes.high[:, i] - 1).tolist()
            begun, ending = ([0] * self.space.axes[c].size for _ in range(2))
            for start, end, box in zip(low, last, one, strict=True):
                begun[start] |= box
                ending[end] |= box
            yield low, last, list(accumulate(begun, or_)), list(accumulate(ending[::-1], or_))[::-1]

    def _points(self) -> Iterator[tuple[list[int], list[int]]]:
        """For each axis of points the sets of the boxes, and for each slot the boxes that have it."""
        for i, c in enumerate(self.space.points):
            masks = self.boxes.mask[:, i].tolist()
            at = [0] * self.space.axes[c].size
            for box, mask in enumerate(masks):
                for slot in bits(mask):
                    at[slot] |= 1 << box
            yield masks, at


def prepared(table: Table) -> Prepared:
    """Kept with the table for all questions that are asked of it."""
    if "prepared" not in table.kept:
        space = Space(table)
        table.kept["prepared"] = Prepared(space, space.boxes(table))
    ready: Prepared = table.kept["prepared"]
    return ready


def is_sound(table: Table) -> bool:
    """Whether no rows contradict one another."""
    if "is_sound" not in table.kept:
        ready = prepared(table) if table.hit in (Hit.UNIQUE, Hit.ANY) else None
        table.kept["is_sound"] = not (ready and any(contradicting(table, ready.meets, ready.boxes)))
    return bool(table.kept["is_sound"])


def contradicting(table: Table, meets: list[int], boxes: Boxes) -> list[int]:
    """For each row, as bits, the rows that it meets and, under UNIQUE or ANY, may not."""
    if table.hit not in (Hit.UNIQUE, Hit.ANY):
        return []
    return _contrary(table, _by_row(meets, boxes, len(table.rules)))


def _by_row(of_boxes: list[int], boxes: Boxes, rows: int) -> list[int]:
    """Bits of boxes for each box, as bits of rows for each row, without the row itself."""
    row_of: list[int] = boxes.row.tolist()
    if len(row_of) == rows:
        return [others & ~(1 << row) for row, others in enumerate(of_boxes)]
    found = [0] * rows
    for row, others in zip(row_of, of_boxes, strict=True):
        for other in bits(others):
            found[row] |= 1 << row_of[other]
    return [others & ~(1 << row) for row, others in enumerate(found)]


def _contrary(table: Table, met: list[int]) -> list[int]:
    """Of rows that meet, those that may not agree; under UNIQUE all."""
    if table.hit == Hit.UNIQUE:
        return met
    alike: dict[Any, int] = {}
    for row, rule in enumerate(table.rules):
        alike[rule.then] = alike.get(rule.then, 0) | 1 << row
    return [others & ~alike[rule.then] for others, rule in zip(met, table.rules, strict=True)]


# ---- which rows stand before which --------------------------------------------------------


def preference(table: Table) -> list[int]:
    """The rows in the order in which a policy that takes one of them prefers them."""
    rows = list(range(len(table.rules)))
    if table.hit == Hit.PRIORITY:
        rows.sort(key=table.engine.priority)
    return rows


def _before(table: Table) -> list[int]:
    """For each row, as bits, the rows that keep it from answering where they meet it."""
    rows = len(table.rules)
    if table.hit in (Hit.UNIQUE, Hit.ANY):
        return _contrary(table, [(1 << rows) - 1 & ~(1 << row) for row in range(rows)])
    found = [0] * rows
    seen = 0
    for row in preference(table):
        found[row] = seen
        seen |= 1 << row
    return found


def _spread(of_rows: list[int], boxes: Boxes) -> list[int]:
    """Bits of rows for each row, as bits of boxes for each box."""
    row_of: list[int] = boxes.row.tolist()
    if len(row_of) == len(of_rows):
        return of_rows
    of_row = [0] * len(of_rows)
    for box, row in enumerate(row_of):
        of_row[row] |= 1 << box
    spread = [reduce(or_, (of_row[r] for r in bits(rows)), 0) for rows in of_rows]
    return [spread[row] for row in row_of]


def _hidden(ready: Prepared, before: list[int], allowed: Effort) -> set[int]:
    """The rows all of whose boxes are covered by boxes before them."""
    import numpy as np

    boxes, row_of = ready.boxes, ready.boxes.row.tolist()
    in_the_way = [met & b for met, b in zip(ready.meets, before, strict=True)]
    seen = {row for row, others in zip(row_of, in_the_way, strict=True) if not others}
    if len(seen) < len(set(row_of)):
        corners = zip(row_of, ready.corners, before, strict=True)
        seen |= {row for row, (first, last), b in corners if not (first & b and last & b)}
    doubtful = [i for i, row in enumerate(row_of) if row not in seen]
    if not doubtful:
        return set()
    others = [list(bits(in_the_way[i])) for i in doubtful]
    places = boxes.take(np.array(doubtful))
    for lot in _lots([len(o) for o in others]):
        part = np.repeat(np.arange(len(lot)), [len(others[i]) for i in lot])
        box = np.array([b for i in lot for b in others[i]], np.int64)
        parts = Parts.of(places.take(np.array(lot)), boxes, part, box)
        for holes in uncovered(parts, allowed, one_each=True):
            seen |= set(holes.row.tolist())
    return set(row_of) - seen if allowed.left > 0 else set()


def _lots(sizes: Sequence[int], most: int = 100_000) -> Iterator[list[int]]:
    """Places in lots of no more than so many pairs, one at least."""
    lot: list[int] = []
    size = 0
    for i, pairs in enumerate(sizes):
        if lot and size + pairs > most:
            yield lot
            lot, size = [], 0
        lot.append(i)
        size += pairs
    if lot:
        yield lot


# ---- rows that could be one ---------------------------------------------------------------


def _said(rule: Rule) -> Any:
    return rule.then, repr(rule.basis), repr(rule.note)


def _joined(table: Table, cells: Sequence[Region], rows: Sequence[int]) -> Iterator[list[int]]:
    """The rows in groups of two and more that may be made one."""
    together: list[int] = []
    for row in rows:
        if together and not _may_join(table, cells, together, row):
            if len(together) > 1:
                yield together
            together = []
        together.append(row)
    if len(together) > 1:
        yield together


def _may_join(table: Table, cells: Sequence[Region], together: list[int], row: int) -> bool:
    if table.hit not in (Hit.ANY, Hit.PRIORITY, Hit.FIRST, Hit.MIN, Hit.MAX) and any(
        _meet(cells[r], cells[row]) for r in together
    ):
        return False
    between = set(range(together[0] + 1, row)) - set(together)
    return not any(_order_matters(table, r, row) and _meet(cells[r], cells[row]) for r in between)


def _order_matters(table: Table, a: int, b: int) -> bool:
    """Whether the answer may depend on which of two rows that both match is written first."""
    if table.rules[a].then == table.rules[b].then:
        return False
    if table.hit in (Hit.PRIORITY, Hit.OUTPUT_ORDER):
        return table.engine.priority(a) == table.engine.priority(b)
    return table.hit in (Hit.FIRST, Hit.RULE_ORDER)


def _meet(a: Region, b: Region) -> bool:
    return all(x & y for x, y in zip(a, b, strict=True))


def _finding(kind: Kind, table: Table, space: Space, region: Region, rows: Sequence[int]) -> Finding:
    return Finding(kind, tuple(r + 1 for r in rows), space.witness(region), space.texts(region), (table,))
