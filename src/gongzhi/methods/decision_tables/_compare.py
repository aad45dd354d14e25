"""Where two tables answer differently, exactly, over all facts that either takes.

Where either table has exactly one box at every point, the two differ where two boxes meet that answer
differently. Else the space of both is divided until each part is settled. A table that takes one row is
a list of boxes in order of preference, of which the first that covers a part decides it; a table that
takes several is settled where every box left covers the part. A part is left alone as soon as all that
may answer in it gives one answer, or the same boxes with the same answers stand in it on both sides.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._axes import Cells, Intervals, axis, bits, on_line
from ._columns import LOWEST, NULL, Column
from ._columns import difference as without
from ._divide import Effort, Parts
from ._errors import Incomparable, Undecidable
from ._findings import Finding, Findings, answered
from ._outcome import Verdict
from ._space import Boxes, Region, Space, joined, merged
from ._table import Hit, Table
from ._values import Value
from ._verify import EFFORT, LIMIT, MOST_TO_PAIR, Prepared, contradicting, is_sound, preference, prepared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_NOWHERE = 1 << 62
_MOST_PAIRS = 1_000_000

Rows = tuple[int, ...]


def difference(a: Table, b: Table, *, limit: int = LIMIT, effort: int = EFFORT) -> Findings:
    """Where two tables answer differently: disjoint regions by the rows that answer, the largest first.

    "No rule applies" and "rows conflict" are answers too, and so is a default; what only one table
    takes at all is told by input, with None for the answer of the other. `rows` are those of a and
    those of b. COLLECT compares without order. Raises Incomparable for other inputs or outputs.
    """
    _comparable(a, b)
    apart = [*_outside(a, b, is_first=True), *_outside(b, a, is_first=False)]
    space = Space(a, b)
    allowed = Effort(effort)
    found: dict[tuple[Rows, Rows], list[Region]] = {}
    if not space.is_empty:
        for rows, region in _differing(space, a, b, allowed):
            found.setdefault(rows, []).append(region)
    told = [(rows, region) for rows, regions in found.items() for region in merged(regions)]
    told.sort(key=lambda each: -sum(mask.bit_count() for mask in each[1]))
    findings = apart + [_finding(a, b, space, rows, region) for rows, region in told[:limit]]
    return Findings(findings, more=max(0, len(told) - limit), is_cut_short=allowed.left <= 0)


def _finding(a: Table, b: Table, space: Space, rows: tuple[Rows, Rows], region: Region) -> Finding:
    witness = space.witness(region)
    told = tuple(_rows(t, r, witness) for t, r in zip((a, b), rows, strict=True))
    return Finding("difference", told, witness, space.texts(region), (a, b))


def _rows(table: Table, rows: Rows, witness: Mapping[str, Any]) -> Rows:
    """The rows that answer, or conflict: those found, where the policy takes one row; else as decided."""
    if table.hit in (Hit.UNIQUE, Hit.FIRST, Hit.PRIORITY) and is_sound(table):
        return tuple(r + 1 for r in rows)
    answer = answered(table, witness)
    return () if answer is None else answer.rows


# ---- whether they can be compared ---------------------------------------------------------


def _comparable(a: Table, b: Table) -> None:
    faults = []
    for what, of_a, of_b in (("input", a.inputs, b.inputs), ("output", a.outputs, b.outputs)):
        types = {c.name: c.type for c in of_b}
        for column in of_a:
            if column.name not in types:
                faults.append(f"only {a.name} has the {what} {column.name}")
            elif types[column.name] != column.type:
                faults.append(
                    f"{column.name} is {column.type} in {a.name} and {types[column.name]} in {b.name}"
                )
        names = {c.name for c in of_a}
        faults += [f"only {b.name} has the {what} {c.name}" for c in of_b if c.name not in names]
    if _shape(a) != _shape(b):
        faults.append(f"{a.name} answers {_shape(a)} (hit policy {a.hit}) and {b.name} {_shape(b)} ({b.hit})")
    if faults:
        raise Incomparable(f"{a.name} and {b.name} cannot be compared: {'; '.join(faults)}")


def _shape(table: Table) -> str:
    if table.hit.is_aggregate:
        return "an aggregate"
    return "one value" if table.hit.is_single else "a list"


def _outside(table: Table, other: Table, *, is_first: bool) -> Iterator[Finding]:
    """For each input, what only the one table takes."""
    columns = {c.name: c for c in other.inputs}
    cells = [_taken_alone(column, columns[column.name]) for column in table.inputs]
    space = prepared(table).space if any(cells) else None
    for place, (column, cell) in enumerate(zip(table.inputs, cells, strict=True)):
        if space is None or not cell:
            continue
        alone = axis([column], [Cells([cell])])
        mask = alone.mask(column, cell)
        everything = tuple(each.everything for each in space.axes)
        witness = space.witness(everything) | {column.name: alone.witness(mask)}
        region = dict.fromkeys(space.names, ("-",)) | {space.names[place]: alone.texts(mask)}
        answer = answered(table, witness)
        rows = answer.rows if answer is not None else ()
        if is_first:
            yield Finding("difference", (rows, ()), witness, region, (table, None))
        else:
            yield Finding("difference", ((), rows), witness, region, (None, table))


def _taken_alone(column: Column, other: Column) -> Intervals:
    """What lies in the domain of one column and not in that of another, as a cell of the first."""
    if not column.is_listed:
        return without(column.domain, on_line(other, other.domain))
    null = ((NULL, LOWEST),) if column.nullable and not other.nullable else ()
    values = enumerate(column.points)
    return (*null, *(((2, i, 0), (2, i + 1, 0)) for i, v in values if not other.admits(v)))


# ---- the two as lists of boxes ------------------------------------------------------------


class _Side:
    """A table's boxes in order of preference, with a code for the answer of each.

    Where one row at most answers (`takes_one`), the last box is the whole space, with the answer
    that holds where no row applies and no row (-1).
    """

    def __init__(
        self, table: Table, space: Space, boxes: Boxes, codes: dict[Any, int], *, unordered: bool
    ) -> None:
        import numpy as np

        self.table, self.unordered, self._codes = table, unordered, codes
        self._by_name = sorted(range(len(table.outputs)), key=lambda i: table.outputs[i].name)
        self.takes_one = table.hit.is_single and is_sound(table)
        default = table.default
        if self.takes_one:
            self.nothing = self._number((self._said(default.then),) if default else "uncovered")
            each = {then: self._number((self._said(then),)) for then in {rule.then for rule in table.rules}}
            codes_of = [each[rule.then] for rule in table.rules]
        else:
            self.nothing = self.code(0)
            codes_of = [self.code(1 << row) for row in range(len(table.rules))]
        self.code_of_row = code = np.array(codes_of, np.int64)
        order = np.argsort(np.argsort(preference(table), kind="stable")[boxes.row], kind="stable")
        self.boxes = boxes.take(order.astype(np.int64))
        self.code_of = code[self.boxes.row]
        if self.takes_one:
            whole = space.whole
            whole.row[:] = -1
            self.boxes = joined(self.boxes, whole)
            self.code_of = np.append(self.code_of, self.nothing)

    def code(self, rows: int) -> int:
        """A number for what the table answers where these rows match: equal for equal answers."""
        return self._number(self._answer(self.table.engine.verdict(rows)))

    def _number(self, answer: Any) -> int:
        return self._codes.setdefault(answer, len(self._codes))

    def _said(self, then: tuple[Value, ...]) -> Any:
        """The values of an answer in the order of their outputs' names."""
        return tuple((isinstance(then[i], bool), then[i]) for i in self._by_name)

    def _answer(self, verdict: Verdict | Undecidable) -> Any:
        if isinstance(verdict, Undecidable):
            return verdict.reason
        if verdict.shape == "aggregate":
            return "aggregate", verdict.aggregate
        answers = [self._said(then) for then in verdict.answers]
        return frozenset(Counter(answers).items()) if self.unordered else tuple(answers)

    @property
    def order_matters(self) -> bool:
        return self.table.hit in (Hit.FIRST, Hit.PRIORITY, Hit.RULE_ORDER, Hit.OUTPUT_ORDER)


class _Both:
    """The boxes of both sides: which side each is of, its answer, and a number for box and answer."""

    def __init__(self, a: _Side, b: _Side) -> None:
        import numpy as np

        self.sides = (a, b)
        self.boxes = joined(a.boxes, b.boxes)
        self.side = np.repeat([0, 1], [len(a.boxes), len(b.boxes)])
        self.code = np.concatenate([a.code_of, b.code_of])
        told = np.concatenate([self.boxes.low, self.boxes.high, self.boxes.mask, self.code[:, None]], axis=1)
        _, self.same = np.unique(told, axis=0, return_inverse=True)
        self.same = self.same.reshape(-1)
        self.takes_one = np.array([a.takes_one, b.takes_one])
        if not (a.order_matters or b.order_matters):
            self._sort()
        in_one = a.takes_one and b.takes_one
        alike = a.table.hit == b.table.hit and a.takes_one == b.takes_one and a.nothing == b.nothing
        orders = [[o.values for o in sorted(s.table.outputs, key=lambda o: o.name)] for s in self.sides]
        self.same_boxes_answer_alike = in_one or (
            alike and (a.table.hit != Hit.OUTPUT_ORDER or orders[0] == orders[1])
        )

    def _sort(self) -> None:
        """Where no order matters, put equal boxes into an equal order; the whole space stays last."""
        import numpy as np

        order = np.lexsort((self.same, self.boxes.row < 0, self.side))
        self.boxes, self.same, self.code = self.boxes.take(order), self.same[order], self.code[order]


def _differing(
    space: Space, a: Table, b: Table, allowed: Effort
) -> Iterator[tuple[tuple[Rows, Rows], Region]]:
    pairs = _Pairs(space, (a, b))
    if pairs.are_few and _take_the_same(a, b):
        pairs.tell_whether_sound()
    codes: dict[Any, int] = {}
    unordered = Hit.COLLECT in (a.hit, b.hit)
    sides = [
        _Side(t, space, boxes, codes, unordered=unordered)
        for t, boxes in zip((a, b), pairs.boxes, strict=True)
    ]
    apart = pairs.apart(*sides) if pairs.are_partitions else None
    if apart is not None and allowed.spend(len(apart[0])):
        yield from _of_pairs(space, *apart)
    else:
        yield from _divided(space, sides, allowed)


# ---- by pairs -----------------------------------------------------------------------------


class _Pairs:
    """The boxes of both tables, and which of them meet which."""

    def __init__(self, space: Space, tables: tuple[Table, Table]) -> None:
        self.space, self.tables = space, tables
        self.boxes = [space.boxes(table, which) for which, table in enumerate(tables)]
        self.are_few = sum(map(len, self.boxes)) <= MOST_TO_PAIR

    @cached_property
    def _meets(self) -> tuple[list[int], list[int], list[int]]:
        """As bits: for each box of a what it meets of a; for each of b, of b; for each of a, of b."""
        count = len(self.boxes[0])
        meets = Prepared(self.space, joined(*self.boxes)).meets
        of_a = (1 << count) - 1
        return (
            [m & of_a for m in meets[:count]],
            [m >> count for m in meets[count:]],
            [m >> count for m in meets[:count]],
        )

    def tell_whether_sound(self) -> None:
        """For tables whose space this is: what meets here is all that meets."""
        for which, table in enumerate(self.tables):
            if table.hit in (Hit.UNIQUE, Hit.ANY) and not table.kept.keys() & {"is_sound", "prepared"}:
                meets = self._meets[which]
                table.kept["is_sound"] = not any(contradicting(table, meets, self.boxes[which]))

    @property
    def are_partitions(self) -> bool:
        """Whether either table has exactly one box at every point."""
        return (
            self.are_few
            and all(self.space.volume(boxes) == self.space.size for boxes in self.boxes)
            and all(met == 1 << box for of in self._meets[:2] for box, met in enumerate(of))
        )

    def apart(self, a: _Side, b: _Side) -> tuple[Boxes, Boxes] | None:
        """The pairs of boxes that meet and answer differently; None if they are too many."""
        import numpy as np

        codes = [side.code_of_row[boxes.row] for side, boxes in zip((a, b), self.boxes, strict=True)]
        alike: dict[int, int] = {}
        for box, code in enumerate(codes[1].tolist()):
            alike[code] = alike.get(code, 0) | 1 << box
        others = [m & ~alike.get(c, 0) for m, c in zip(self._meets[2], codes[0].tolist(), strict=True)]
        count = [o.bit_count() for o in others]
        if sum(count) > _MOST_PAIRS:
            return None
        in_b = np.array([box for o in others for box in bits(o)], np.int64)
        return self.boxes[0].take(np.repeat(np.arange(len(count)), count)), self.boxes[1].take(in_b)


def _of_pairs(space: Space, a: Boxes, b: Boxes) -> Iterator[tuple[tuple[Rows, Rows], Region]]:
    """What each two boxes share, with their rows."""
    import numpy as np

    shared = Boxes(np.maximum(a.low, b.low), np.minimum(a.high, b.high), a.mask & b.mask, a.row)
    for in_a, in_b, region in zip(a.row.tolist(), b.row.tolist(), space.regions(shared), strict=True):
        yield ((in_a,), (in_b,)), region


def _take_the_same(a: Table, b: Table) -> bool:
    """Whether the domains of all inputs are the same."""
    taken = [{c.name: (c.is_listed and c.points, c.domain) for c in t.inputs} for t in (a, b)]
    return taken[0] == taken[1]


# ---- dividing -----------------------------------------------------------------------------


def _divided(
    space: Space, sides: Sequence[_Side], allowed: Effort
) -> Iterator[tuple[tuple[Rows, Rows], Region]]:
    both = _Both(*sides)
    todo = [Parts.of(space.whole, both.boxes)]
    while todo:
        here = todo.pop()
        if not allowed.spend(len(here.box)):
            return
        here = _in_doubt(here, both)
        is_settled = _settled(here)
        yield from _told_apart(here, both, is_settled, space)
        if not is_settled.all():
            todo += list(here.only(~is_settled).divided().lots())


def _in_doubt(parts: Parts, both: _Both) -> Parts:
    """Without what a preferred box hides, and without the parts that certainly have one answer."""
    import numpy as np

    side = both.side[parts.box]
    key, place = parts.part * 2 + side, np.arange(len(parts.box))
    decides = parts.covers & both.takes_one[side]
    first = np.full(2 * len(parts.places), _NOWHERE)
    first[key[decides][::-1]] = place[decides][::-1]
    parts = parts.with_pairs(place <= first[key])
    is_open = ~_same_boxes(parts, both)
    if both.takes_one.all():
        is_open &= ~_one_answer(parts, both)
    return parts.only(is_open)


def _one_answer(parts: Parts, both: _Both) -> "Bools":
    """Which parts have but one answer, whoever gives it; each has a box of either side."""
    import numpy as np

    code = both.code[parts.box]
    starts = np.flatnonzero(np.r_[True, parts.part[1:] != parts.part[:-1]])
    alike: Bools = np.minimum.reduceat(code, starts) == np.maximum.reduceat(code, starts)
    return alike


def _same_boxes(parts: Parts, both: _Both) -> "Bools":
    """Which parts have the same boxes with the same answers in the same order on both sides."""
    import numpy as np

    count = len(parts.places)
    if not both.same_boxes_answer_alike:
        return np.zeros(count, bool)
    part, side, same = parts.part, both.side[parts.box], both.same[parts.box]
    of_a, of_b = (np.bincount(part[side == s], minlength=count) for s in (0, 1))
    alike: Bools = of_a == of_b
    pairs = alike[part]
    in_a, in_b = pairs & (side == 0), pairs & (side == 1)
    alike[part[in_a][same[in_a] != same[in_b]]] = False
    return alike


def _settled(parts: Parts) -> "Bools":
    """Which parts have on both sides one and the same set of matching rows throughout."""
    import numpy as np

    settled = np.ones(len(parts.places), bool)
    settled[parts.part[~parts.covers]] = False
    return settled


def _told_apart(
    parts: Parts, both: _Both, settled: "Bools", space: Space
) -> Iterator[tuple[tuple[Rows, Rows], Region]]:
    """Of the settled parts those whose answers differ, each with the rows that answer."""
    import numpy as np

    count = len(parts.places)
    pairs = settled[parts.part]
    part, box = parts.part[pairs], parts.box[pairs]
    code = np.zeros((2, count), np.int64)
    for s, side in enumerate(both.sides):
        of_side = both.side[box] == s
        if side.takes_one:
            code[s][part[of_side]] = both.code[box[of_side]]
        else:
            matching = _matching(part[of_side], both.boxes.row[box[of_side]], count)
            code[s][settled] = [side.code(matching[p]) for p in np.flatnonzero(settled)]
    differs = settled & (code[0] != code[1])
    differ = np.flatnonzero(differs)
    rows = []
    for s in (0, 1):
        told = differs[part] & (both.side[box] == s)
        matching = _matching(part[told], both.boxes.row[box[told]], count)
        rows.append([tuple(bits(matching[p])) for p in differ])
    for in_a, in_b, region in zip(*rows, space.regions(parts.places.take(differ)), strict=True):
        yield (in_a, in_b), region


def _matching(part: "Ints", row: "Ints", count: int) -> list[int]:
    """For each part the rows that match in it, as bits."""
    found = [0] * count
    for p, r in zip(part.tolist(), row.tolist(), strict=True):
        found[p] |= 1 << r if r >= 0 else 0
    return found
