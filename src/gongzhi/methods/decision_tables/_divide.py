"""Dividing a space until each part is settled: which parts no box covers, where two tables differ.

All parts of one depth are divided together, on flat arrays. Of a box that meets a part only its faces
inside the part are kept; a box without one covers the part. A part is cut on the axis, at the middle
one of the faces there, that leaves the fewest boxes on the fuller side, so that what is left to look
at shrinks with every cut. Parts that are too many for the memory are dealt with in lots.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._space import Boxes, joined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_AT_ONCE = 1_000_000  # pairs
_FAR = 1 << 62


@dataclass
class Faces:
    """Where boxes end inside their parts, in order of part, axis and `at`.

    On a line `at` is twice the slot, and one more for a low face: high faces come before low ones. On an
    axis of points it is the set that the box has of those of the part.
    """

    pair: "Ints"
    axis: "Ints"
    at: "Ints"

    def take(self, keep: Any, pair: "Ints") -> "Faces":
        return Faces(pair, self.axis[keep], self.at[keep])

    def of_pairs(self, keep: "Bools") -> "Faces":
        """Those of some pairs, which are numbered anew."""
        if not len(self.pair):
            return self
        mine = keep[self.pair]
        return self.take(mine, (keep.cumsum() - 1)[self.pair[mine]])

    def of_halves(self, kept: "Bools", number: "Ints", stays: "Bools", at: "Ints") -> "Faces":
        """Those that stay in the one half and then in the other; rows of the arguments are halves.

        `kept` and `number` are by pair, `stays` and `at` by face.
        """
        import numpy as np

        if not len(self.pair):
            return self
        one, other = (np.flatnonzero(s & k.take(self.pair)) for s, k in zip(stays, kept, strict=True))
        both = np.concatenate([one, other])
        old = self.pair.take(both)
        pair = np.concatenate([number[0].take(old[: len(one)]), number[1].take(old[len(one) :])])
        at = np.concatenate([at[0].take(one), at[1].take(other)])
        return Faces(pair, self.axis.take(both), at)

    def __add__(self, other: "Faces") -> "Faces":
        import numpy as np

        return Faces(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in ("pair", "axis", "at")))


@dataclass
class Parts:
    """Parts of the space (their `row` is the root of each), and the pairs of a part and a box that meets it.

    Pairs are in order of parts, and within a part of boxes.
    """

    places: Boxes
    part: "Ints"
    box: "Ints"
    on_lines: Faces
    on_points: Faces

    @classmethod
    def of(
        cls, places: Boxes, boxes: Boxes, part: "Ints | None" = None, box: "Ints | None" = None
    ) -> "Parts":
        """Parts with the pairs given, or else with every box in every part."""
        import numpy as np

        if part is None or box is None:
            part = np.repeat(np.arange(len(places)), len(boxes))
            box = np.tile(np.arange(len(boxes)), len(places))
        low, high = boxes.low[box], boxes.high[box]
        floor, top, whole = places.low[part], places.high[part], places.mask[part]
        mask = boxes.mask[box] & whole
        meets = (np.maximum(low, floor) < np.minimum(high, top)).all(1) & (mask != 0).all(1)
        low, high, mask, floor, top, whole = (each[meets] for each in (low, high, mask, floor, top, whole))
        part, box = part[meets], box[meets]
        ends = _faces(2 * low + 1, low > floor) + _faces(2 * high, high < top)
        sets = _faces(mask, mask != whole)
        along = _along(ends, part[ends.pair] * low.shape[1] + ends.axis).argsort()
        across = np.lexsort((sets.at, sets.axis, part[sets.pair]))
        return cls(
            places, part, box, ends.take(along, ends.pair[along]), sets.take(across, sets.pair[across])
        )

    @property
    def covers(self) -> "Bools":
        """Which pairs' boxes cover their part."""
        import numpy as np

        is_whole = np.ones(len(self.box), bool)
        is_whole[self.on_lines.pair] = False
        is_whole[self.on_points.pair] = False
        return is_whole

    def only(self, keep: "Bools") -> "Parts":
        """Those parts alone."""
        if keep.all():
            return self
        made = self.with_pairs(keep[self.part])
        made.places, made.part = self.places.take(keep), (keep.cumsum() - 1)[made.part]
        return made

    def with_pairs(self, keep: "Bools") -> "Parts":
        """The same parts with some of their pairs."""
        faces = self.on_lines.of_pairs(keep), self.on_points.of_pairs(keep)
        return Parts(self.places, self.part[keep], self.box[keep], *faces)

    def lots(self) -> Iterator["Parts"]:
        """The parts in lots that are not too large."""
        import numpy as np

        if len(self.box) <= _AT_ONCE or len(self.places) == 1:
            yield self
            return
        first = np.arange(len(self.places)) < len(self.places) // 2
        yield from self.only(first).lots()
        yield from self.only(~first).lots()

    def divided(self) -> "Parts":
        """Each part cut in two; every part must have a box that does not cover it."""
        import numpy as np

        count, lines, points = len(self.places), self.places.low.shape[1], self.places.mask.shape[1]
        boxes = np.bincount(self.part, minlength=count)
        at, cost = on_line = _cuts_of_lines(self.on_lines, self.part, boxes, lines)
        if points:
            on_point = _cuts_of_points(self.on_points, self.part, self.places, boxes, points)
            at, cost = (np.concatenate(each, axis=1) for each in zip(on_line, on_point, strict=True))
        axis = cost.argmin(1)
        at = at[np.arange(count), axis]
        places = [self._places_of_half(axis, at, is_left=is_left) for is_left in (True, False)]
        kept = np.ones((2, len(self.box)), bool)
        faces = self._faces_of_halves(axis, at, kept)
        sets = self._sets_of_halves(places, kept)
        pairs = [np.flatnonzero(keep) for keep in kept]
        number = kept.cumsum().reshape(kept.shape) - 1
        both = np.concatenate(pairs)
        part = self.part.take(both)
        part[len(pairs[0]) :] += count
        return Parts(
            joined(*places),
            part,
            self.box.take(both),
            self.on_lines.of_halves(kept, number, *faces),
            self.on_points.of_halves(kept, number, *sets),
        )

    def _faces_of_halves(self, axis: "Ints", at: "Ints", kept: "Bools") -> tuple["Bools", "Ints"]:
        """Which faces lie below and above the cut of their part; takes out of `kept` whose box does not."""
        import numpy as np

        faces = self.on_lines
        part = self.part.take(faces.pair)
        of_cut = np.flatnonzero(faces.axis == axis.take(part))
        pair, face = faces.pair.take(of_cut), faces.at.take(of_cut)
        cut = 2 * at.take(part.take(of_cut))
        is_low = face & 1 == 1
        kept[0, pair[is_low & (face > cut)]] = False
        kept[1, pair[~is_low & (face <= cut)]] = False
        stays = np.ones((2, len(part)), bool)
        stays[0, of_cut] = face < cut
        stays[1, of_cut] = face > cut + 1
        return stays, np.broadcast_to(faces.at, (2, len(part)))

    def _sets_of_halves(self, places: list[Boxes], kept: "Bools") -> tuple["Bools", "Ints"]:
        """The same of sets, and what is left of them on either side."""
        import numpy as np

        sets = self.on_points
        if not len(sets.pair):
            return np.ones((2, 0), bool), np.zeros((2, 0), np.int64)
        whole = np.stack([half.mask[self.part[sets.pair], sets.axis] for half in places])
        left = sets.at & whole
        for half in (0, 1):
            kept[half, sets.pair[left[half] == 0]] = False
        return left != whole, left

    def _places_of_half(self, axis: "Ints", at: "Ints", *, is_left: bool) -> Boxes:
        import numpy as np

        lines = self.places.low.shape[1]
        made = self.places.take(np.arange(len(self.places)))
        on_line, on_point = np.flatnonzero(axis < lines), np.flatnonzero(axis >= lines)
        (made.high if is_left else made.low)[on_line, axis[on_line]] = at[on_line]
        made.mask[on_point, axis[on_point] - lines] &= at[on_point] if is_left else ~at[on_point]
        return made


def _faces(values: "Ints", inside: "Bools") -> Faces:
    """Those of the values, pairs by axes, that lie inside."""
    import numpy as np

    pair, axis = np.nonzero(inside)
    return Faces(pair, axis, values[pair, axis])


def _along(faces: Faces, key: "Ints") -> "Ints":
    """Numbers in the order of faces on lines, of which a key tells part and axis."""
    found: Ints = key * (int(faces.at.max(initial=0)) + 2) + faces.at
    return found


def _groups(faces: Faces, part: "Ints", axes: int) -> tuple["Ints", "Ints"]:
    """For each face its part and axis as one number, and where a new one begins."""
    import numpy as np

    key = part.take(faces.pair) * axes + faces.axis
    return key, np.concatenate([key[:1] * 0, np.flatnonzero(key[1:] != key[:-1]) + 1])


def _cuts_of_lines(faces: Faces, part: "Ints", boxes: "Ints", lines: int) -> tuple["Ints", "Ints"]:
    """For each part and line the middle one of the faces inside it, and what a cut there costs."""
    import numpy as np

    count = len(boxes) * lines
    key, starts = _groups(faces, part, lines)
    at, cost = np.zeros(count, np.int64), np.full(count, _FAR)
    if len(key):
        where, ends = key[starts], np.append(starts[1:], len(key))
        at[where] = cut = faces.at[(starts + ends) // 2] >> 1
        along = _along(faces, key)
        middle = along.searchsorted(along[starts] - faces.at[starts] + 2 * cut + 1)
        lows = np.append(0, (faces.at & 1).cumsum())
        of = boxes[where // lines]
        below = of - (lows[ends] - lows[middle])
        above = of - (middle - starts - (lows[middle] - lows[starts]))
        cost[where] = _cost(below, above)
    return at.reshape(len(boxes), lines), cost.reshape(len(boxes), lines)


def _cuts_of_points(
    sets: Faces, part: "Ints", places: Boxes, boxes: "Ints", points: int
) -> tuple["Ints", "Ints"]:
    """The same on axes of points: the middle one of the sets there against what is left."""
    import numpy as np

    count = len(boxes) * points
    key, starts = _groups(sets, part, points)
    at, cost = np.zeros(count, np.int64), np.full(count, _FAR)
    if len(key):
        where, ends = key[starts], np.append(starts[1:], len(key))
        at[where] = sets.at[(starts + ends) // 2]
        cut = at[key]
        of = boxes[where // points]
        inside = of - np.bincount(key[sets.at & cut == 0], minlength=count)[where]
        outside = of - np.bincount(key[sets.at & ~cut == 0], minlength=count)[where]
        cost[where] = _cost(inside, outside)
    return at.reshape(len(boxes), points), cost.reshape(len(boxes), points)


def _cost(one: "Ints", other: "Ints") -> "Ints":
    import numpy as np

    return 2 * np.maximum(one, other) + np.minimum(one, other)


class Effort:
    """How many pairs may be looked at before a question is given up."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, pairs: int) -> bool:
        """Whether there is any left."""
        self.left -= pairs
        return self.left > 0


def uncovered(parts: Parts, effort: Effort, *, one_each: bool = False) -> Iterator[Boxes]:
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
        is_hole = np.bincount(here.part, minlength=len(here.places)) == 0
        if is_hole.any():
            holes = here.places.take(is_hole)
            done |= set(holes.row.tolist()) if one_each else set()
            yield holes
        is_open = ~is_hole
        is_open[here.part[here.covers]] = False
        if is_open.any():
            todo += list(here.only(is_open).divided().lots())
