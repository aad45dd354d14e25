"""Many facts at once on arrays: for each input a look-up of a whole column, then the `and` of the rows.

The rows that accept a value are bits of as many 64-bit words as the table needs. Whole numbers are
looked up by their place between the edges of the cells, in a list of all of them where the domain is
narrow; anything else by distinct value.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._columns import Input
from ._lookups import Look, Steps
from ._values import NotOfType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

MOST_ROWS = 512
FEWEST_FACTS = 256
_NARROW = 1 << 20
_FAR = 1 << 62
_FACTORS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)


class Arrays:
    """The look-ups of a table's inputs for whole columns; what was prepared is kept."""

    def __init__(
        self, inputs: Sequence[Input], looks: Sequence[Look], steps: Sequence[Steps | None], rows: int
    ) -> None:
        self.columns = list(zip(inputs, looks, steps, strict=True))
        self.width = max(1, (rows + 63) // 64)
        self._narrow: dict[str, Words] = {}

    def rows(self, lists: Sequence[Any]) -> "tuple[list[int], NDArray[np.intp]] | None":
        """The sets of rows, as bits, that accept some of the facts, and for each of the facts which it is.

        None where a fact cannot be looked up so; then each is looked at by itself.
        """
        found: Any = None
        for (column, look, steps), values in zip(self.columns, lists, strict=True):
            try:
                accepting = self._accepting(column, look, steps, values)
            except (NotOfType, TypeError, ValueError, ArithmeticError):
                return None
            found = accepting if found is None else found & accepting
        found = found.reshape(len(found), self.width)
        examples, which = _grouped(found)
        sets = found[examples].tolist()
        return [sum(word << 64 * i for i, word in enumerate(words)) for words in sets], which

    def _accepting(self, column: Input, look: Look, steps: Steps | None, values: Any) -> "Words":
        import numpy as np

        is_array = hasattr(values, "dtype")
        if steps is not None and (values.dtype.kind in "iu" if is_array else set(map(type, values)) == {int}):
            return self._of_numbers(column, steps, np.asarray(values, np.int64))
        return self._of_distinct(look, values.tolist() if is_array else values)

    def _of_numbers(self, column: Input, steps: Steps, values: Any) -> "Words":
        """By place between edges; NotOfType if one lies outside the domain."""
        import numpy as np

        low, high = column.low, column.high
        if not isinstance(low, int) or not isinstance(high, int) or high - low > _NARROW:
            return self._between(steps, values)
        if column.name not in self._narrow:
            self._narrow[column.name] = self._between(steps, np.arange(low, high + 1))
        if values.min() < low or values.max() > high:
            raise NotOfType
        found: Words = self._narrow[column.name].take(values - low if low else values, axis=0)
        return found

    def _between(self, steps: Steps, values: Any) -> "Words":
        import numpy as np

        edges = np.array(steps.edges, np.int64)
        at = np.searchsorted(edges, values)
        is_on = np.append(edges, _FAR)[at] == values
        slot = 2 * at + is_on
        if any(rows is None for rows in steps.accepting):
            outside = np.array([rows is None for rows in steps.accepting])
            if outside[slot].any():
                raise NotOfType
        found: Words = self._words([rows or 0 for rows in steps.accepting])[slot]
        return found

    def _of_distinct(self, look: Look, values: Sequence[Any]) -> "Words":
        """By distinct value, of one class: 1, True and 1.0 would be the same otherwise."""
        import numpy as np

        if len(set(map(type, values)) - {type(None)}) > 1:
            raise NotOfType
        place: dict[Any, int] = {}
        for value in values:
            place.setdefault(value, len(place))
        accepting = self._words([look(value)[1] for value in place])
        return accepting[np.fromiter(map(place.__getitem__, values), np.int64, len(values))]

    def _words(self, accepting: Sequence[int]) -> "Words":
        import numpy as np

        size = 8 * self.width
        raw = b"".join(rows.to_bytes(size, "little") for rows in accepting)
        words = np.frombuffer(raw, "<u8")
        return words if self.width == 1 else words.reshape(len(accepting), self.width)


def _grouped(found: "Words") -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
    """Of equal lines of words one place of each, and for every line which of them it is.

    Lines are put in slots by a product that mixes their bits; if unequal ones share a slot, by another;
    and if those do too, they are sorted.
    """
    import numpy as np

    size = 12 if len(found) < 1 << 12 else 16
    for factor in _FACTORS:
        mixed = found[:, 0] * np.uint64(factor)
        for c in range(1, found.shape[1]):
            mixed = (mixed ^ (mixed >> np.uint64(32)) ^ found[:, c]) * np.uint64(factor)
        slot = (mixed >> np.uint64(64 - size)).astype(np.intp)
        example = np.full(1 << size, -1, np.intp)
        example[slot] = np.arange(len(found))
        if (found[example[slot]] == found).all():
            used = np.flatnonzero(example >= 0)
            number = np.empty(1 << size, np.intp)
            number[used] = np.arange(len(used))
            return example[used], number[slot]
    _, examples, which = np.unique(found, axis=0, return_index=True, return_inverse=True)
    return examples, which.reshape(-1)
