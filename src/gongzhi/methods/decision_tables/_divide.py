"""Dividing a space until each part is settled: which parts no box covers, where two tables differ.

All parts of one depth are divided together, on flat arrays: `part` says for each pair to which part
it belongs, `box` which box may matter there. A part is cut on the axis, and at the face of a box,
that leave the fewest boxes on the fuller side. Where pairs become too many for the memory, the parts
are dealt with in two lots, one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._space import Boxes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_AT_ONCE = 200_000  # pairs
_FAR = 1 << 62


@dataclass
class Parts:
    """Parts of the space, each of a `root`, and the pairs (part, box) in order of parts.

    `places` of the parts are as those of `Boxes`: its `row` is the root.
    """

    places: Boxes
    part: "Ints"
    box: "Ints"

    @classmethod
    def of(cls, places: Boxes, boxes: Boxes) -> "Parts":
        """Every box in every part."""
        import numpy as np

        count, each = len(places), len(boxes)
        return cls(places, np.repeat(np.arange(count), each), np.tile(np.arange(each), count))

    def only(self, keep: "Bools") -> "Parts":
        """Those parts alone."""
        import numpy as np

        number = np.cumsum(keep) - 1
        pairs = keep[self.part]
        return Parts(self.places.take(keep), number[self.part[pairs]], self.box[pairs])

    def without(self, pairs: "Bools") -> "Parts":
        """The same parts without some pairs."""
        return Parts(self.places, self.part[~pairs], self.box[~pairs])

    def lots(self) -> Iterator["Parts"]:
        """The parts in lots that are not too large."""
        import numpy as np

        if len(self.box) <= _AT_ONCE or len(self.places) == 1:
            yield self
            return
        first = np.arange(len(self.places)) < len(self.places) // 2
        yield from self.only(first).lots()
        yield from self.only(~first).lots()


@dataclass
class Fit:
    """How each pair's box lies in its part: clipped to it, and whether it covers all of it."""

    parts: Parts
    low: "Ints"
    high: "Ints"
    mask: "Ints"
    covers: "Bools"

    def only(self, pairs: "Bools", parts: Parts) -> "Fit":
        return Fit(parts, self.low[pairs], self.high[pairs], self.mask[pairs], self.covers[pairs])


def fitted(parts: Parts, boxes: Boxes) -> Fit:
    """The pairs whose box meets its part."""
    import numpy as np

    at, of, places = parts.part, parts.box, parts.places
    floor, top, all_of = places.low[at], places.high[at], places.mask[at]
    low, high = np.maximum(boxes.low[of], floor), np.minimum(boxes.high[of], top)
    mask = boxes.mask[of] & all_of
    meets = (low < high).all(1) & (mask != 0).all(1)
    covers = (low == floor).all(1) & (high == top).all(1) & (mask == all_of).all(1)
    return Fit(Parts(places, at[meets], of[meets]), low[meets], high[meets], mask[meets], covers[meets])


def divided(fit: Fit) -> Parts:
    """Each part cut in two; every part must have a box that does not cover it."""
    import numpy as np

    part, places = fit.parts.part, fit.parts.places
    starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    at, cost = _cuts_of_lines(fit, starts)
    some, mask_cost = _cuts_of_points(fit, starts)
    best = np.concatenate([cost, mask_cost], axis=1).argmin(1)
    lines = cost.shape[1]
    left, right = places.take(slice(None)), places.take(slice(None))
    left.high, right.low = places.high.copy(), places.low.copy()
    left.mask, right.mask = places.mask.copy(), places.mask.copy()
    on_line = np.flatnonzero(best < lines)
    axis = best[on_line]
    left.high[on_line, axis] = right.low[on_line, axis] = at[on_line, axis]
    on_point = np.flatnonzero(best >= lines)
    axis = best[on_point] - lines
    left.mask[on_point, axis] = some[on_point, axis]
    right.mask[on_point, axis] &= ~some[on_point, axis]
    halves = Boxes(
        *(np.concatenate([getattr(left, n), getattr(right, n)]) for n in ("low", "high", "mask", "row"))
    )
    return Parts(halves, np.concatenate([part, part + len(places)]), np.tile(fit.parts.box, 2))


def _cuts_of_lines(fit: Fit, starts: "Ints") -> tuple["Ints", Any]:
    """For each part and line, the face next to the mean of those inside it, and what a cut there costs."""
    import numpy as np

    part, places = fit.parts.part, fit.parts.places
    rises, falls = fit.low > places.low[part], fit.high < places.high[part]
    count = np.add.reduceat(rises.astype(np.int64) + falls, starts)
    total = np.add.reduceat(np.where(rises, fit.low, 0) + np.where(falls, fit.high, 0), starts)
    mean = (total // np.maximum(count, 1))[part]
    nearest = np.minimum(
        np.where(rises & (fit.low >= mean), fit.low, _FAR),
        np.where(falls & (fit.high >= mean), fit.high, _FAR),
    )
    at = np.minimum.reduceat(nearest, starts)
    below = np.add.reduceat((fit.low < at[part]).astype(np.int64), starts)
    above = np.add.reduceat((fit.high > at[part]).astype(np.int64), starts)
    return at, _cost(below, above, count > 0)


def _cuts_of_points(fit: Fit, starts: "Ints") -> tuple["Ints", Any]:
    """The same on axes of points: one of the sets that boxes have there against what is left."""
    import numpy as np

    part, places = fit.parts.part, fit.parts.places
    proper = fit.mask != places.mask[part]
    some = np.minimum.reduceat(np.where(proper, fit.mask, _FAR), starts)
    exists = some < _FAR
    some = np.where(exists, some, places.mask)
    inside = np.add.reduceat((fit.mask & some[part] != 0).astype(np.int64), starts)
    outside = np.add.reduceat((fit.mask & ~some[part] != 0).astype(np.int64), starts)
    return some, _cost(inside, outside, exists)


def _cost(one: "Ints", other: "Ints", is_possible: "Bools") -> Any:
    import numpy as np

    return np.where(is_possible, 2 * np.maximum(one, other) + np.minimum(one, other), _FAR)


class Effort:
    """How many pairs may be looked at before a question is given up."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, pairs: int) -> bool:
        """Whether there is any left."""
        self.left -= pairs
        return self.left > 0


def uncovered(parts: Parts, boxes: Boxes, effort: Effort, *, one_each: bool = False) -> Iterator[Boxes]:
    """Disjoint boxes, in lots, that together are all of the parts that no box covers.

    With `one_each`, what is left of a root is not looked at once a hole in it is found.
    """
    import numpy as np

    done: set[int] = set()
    todo = [parts]
    while todo:
        here = todo.pop()
        if done:
            here = here.only(~np.isin(here.places.row, list(done)))
        if not len(here.places) or not effort.spend(len(here.box)):
            continue
        fit = fitted(here, boxes)
        counts = np.bincount(fit.parts.part, minlength=len(here.places))
        is_hole = counts == 0
        if is_hole.any():
            holes = here.places.take(is_hole)
            done |= set(holes.row.tolist()) if one_each else set()
            yield holes
        is_covered = np.zeros(len(here.places), bool)
        is_covered[fit.parts.part[fit.covers]] = True
        is_open = ~is_hole & ~is_covered
        if is_open.any():
            fit = fit.only(is_open[fit.parts.part], fit.parts.only(is_open))
            todo += list(divided(fit).lots())
