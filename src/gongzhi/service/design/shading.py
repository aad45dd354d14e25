"""How much there is, in up to five shades of round steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil

from django.utils.formats import number_format

SHADES = 5


@dataclass(frozen=True)
class Step:
    """One shade, and the values from the lowest to the highest that have it."""

    shade: int
    low: int
    high: int

    @property
    def text(self) -> str:
        """The values in words: ``11–20``."""
        ends = [number_format(end, force_grouping=True) for end in (self.low, self.high)]
        return ends[0] if self.low == self.high else "–".join(ends)


def steps(values: Iterable[float], least: int = 1) -> list[Step]:
    """Steps of equal and round width, at least so wide, from one to the greatest value; none for nothing."""
    most = max(values, default=0)
    if most <= 0:
        return []
    width = _round_up(max(least, most / SHADES))
    needed = ceil(most / width)
    return [Step(n, (n - 1) * width + 1, n * width) for n in range(1, needed + 1)]


def shade_of(value: float, steps: Sequence[Step]) -> int:
    """The shade of a value; 0 for nothing at all."""
    if value <= 0 or not steps:
        return 0
    return next(step.shade for step in steps if value <= step.high)


def _round_up(wanted: float) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten."""
    for power in count():
        for digit in (1, 2, 3, 4, 5, 6, 8):
            if (width := digit * 10**power) >= wanted:
                return width
    raise AssertionError("powers of ten have no end")
