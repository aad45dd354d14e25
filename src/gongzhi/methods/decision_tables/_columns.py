"""Inputs and outputs: a name, a type and a domain, and the axis of cuts that a domain spans.

An end of an interval is not a value but a *cut* between values: `(v, 0)` stands just before v and
`(v, 1)` just after it, so every interval, open or closed, is half-open in cuts. On whole numbers,
days and times the cut after v is the cut before the next value; else `<= 5` beside `>= 6` would show
a gap that no fact can fall into. Null is a point of its own, before all values.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ._values import KINDS, Kind, NotOfType, Value, show

Label = str | Mapping[str, str]
Cut = tuple[int, Any, int]
Interval = tuple[Cut, Cut]

NULL: Cut = (0, 0, 0)
LOWEST: Cut = (1, 0, 0)
HIGHEST: Cut = (3, 0, 0)


@dataclass(frozen=True)
class Column:
    """An input or an output.

    `values` lists what it may be (for an output in order of priority). A type with an order may
    have bounds instead: `low` and `high` belong to the domain, `above` and `below` do not.
    """

    name: str
    type: str
    title: Label | None = None
    values: tuple[Value, ...] = ()
    value_titles: Mapping[Value, Label] = field(default_factory=dict)
    low: Value = None
    above: Value = None
    high: Value = None
    below: Value = None
    nullable: bool = False

    @cached_property
    def kind(self) -> Kind:
        return KINDS[self.type]

    @cached_property
    def cells(self) -> dict[str, Any]:
        """The cells of the column that were read, by their text: they repeat. For this package alone."""
        return {}

    @property
    def is_listed(self) -> bool:
        """Whether the axis is a list of values rather than a line."""
        return bool(self.values) or self.type == "boolean"

    @cached_property
    def points(self) -> tuple[Any, ...]:
        """The values of a listed column in the order of its axis."""
        if not self.values:
            return (False, True)
        return tuple(sorted(self.values)) if self.kind.ordered else self.values

    @cached_property
    def place(self) -> dict[Any, int]:
        return {value: i for i, value in enumerate(self.points)}

    # ---- the axis -------------------------------------------------------------------------

    def cut(self, value: Any, *, after: bool) -> Cut:
        if after and self.kind.step is not None:
            following = self.kind.after(value)
            return HIGHEST if following is None else (2, following, 0)
        if not after and value == self.kind.least:
            return LOWEST
        return (2, value, int(after))

    @cached_property
    def domain(self) -> tuple[Interval, ...]:
        """All that the column may be, as intervals of cuts in order."""
        line = self.span(
            self.low if self.above is None else self.above,
            self.above is not None,
            self.high if self.below is None else self.below,
            self.below is not None,
        )
        return union([(NULL, LOWEST), line] if self.nullable else [line])

    def span(self, low: Any, low_open: bool, high: Any, high_open: bool) -> Interval:
        """The interval between two values; None where it has no end. May be empty."""
        if self.is_listed:
            return self._listed_span(low, low_open, high, high_open)
        return (
            LOWEST if low is None else self.cut(low, after=low_open),
            HIGHEST if high is None else self.cut(high, after=not high_open),
        )

    def _listed_span(self, low: Any, low_open: bool, high: Any, high_open: bool) -> Interval:
        if not self.kind.ordered and low is not None:
            start = self.place.get(low, len(self.points))
            return (2, start, 0), (2, start + 1 if low in self.place else start, 0)
        find_start = bisect_right if low_open else bisect_left
        find_end = bisect_left if high_open else bisect_right
        start = 0 if low is None else find_start(self.points, low)
        end = len(self.points) if high is None else find_end(self.points, high)
        return (2, start, 0), (2, end, 0)

    # ---- facts ----------------------------------------------------------------------------

    def accept(self, value: Any) -> Any:
        """The fact as the engine keeps it; NotOfType if it is not of the type."""
        if value is None:
            if not self.nullable:
                raise NotOfType
            return None
        return self.kind.accept(value)

    def admits(self, value: Any) -> bool:
        """Whether an accepted value lies in the domain."""
        if value is None:
            return self.nullable
        if self.is_listed:
            return value in self.place
        return (
            (self.low is None or value >= self.low)
            and (self.above is None or value > self.above)
            and (self.high is None or value <= self.high)
            and (self.below is None or value < self.below)
        )

    @cached_property
    def expected(self) -> str:
        """What the column takes, in words."""
        literal = self.kind.literal
        if self.values:
            shown = ", ".join(literal(v) for v in self.values[:12])
            more = f" and {len(self.values) - 12} more" if len(self.values) > 12 else ""
            text = f"one of {shown}{more}" if len(self.values) > 1 else shown
        else:
            bounds = [("from", self.low), ("above", self.above), ("to", self.high), ("below", self.below)]
            words = [f"{word} {literal(v)}" for word, v in bounds if v is not None]
            text = " ".join([self.kind.noun, *words])
            if self.low is None and self.above is None and self.high is not None:
                text = f"{self.kind.noun} up to {literal(self.high)}"
        return f"{text}, or null" if self.nullable else text


def is_name(text: str) -> bool:
    """Names are identifiers, or several joined by dots."""
    return all(part.isidentifier() for part in text.split("."))


def column_faults(c: Column) -> list[str]:
    """What is wrong with a column's declaration."""
    if c.type not in KINDS:
        return [f"{c.type!r} is not a type; expected one of {', '.join(KINDS)}"]
    faults = []
    if not is_name(c.name):
        faults.append(f"{c.name!r} is not a name; write letters, digits, _ and dots, a letter first")
    bounds = {n: getattr(c, n) for n in ("low", "above", "high", "below") if getattr(c, n) is not None}
    for value in (*c.values, *bounds.values()):
        try:
            if value is None:
                raise NotOfType
            c.kind.accept(value)
        except NotOfType:
            faults.append(f"{show(value)} is not {c.kind.noun}")
    if faults:
        return faults
    if len(set(c.values)) < len(c.values):
        faults.append("a value is listed twice")
    if bounds and not c.kind.ordered:
        faults.append(f"{', '.join(bounds)}: {c.kind.noun} has no order; list the values instead")
    elif bounds and c.values:
        faults.append(f"{', '.join(bounds)} beside values; write one or the other")
    elif {"low", "above"} <= bounds.keys() or {"high", "below"} <= bounds.keys():
        faults.append("two bounds on one side; write low or above, high or below")
    elif bounds and not any(high > LOWEST for _, high in c.domain):
        faults.append("nothing lies between its bounds")
    if c.type == "boolean" and c.values:
        faults.append("true or false needs no list of values")
    unknown = [v for v in c.value_titles if v not in c.values]
    if unknown:
        faults.append(f"a title for {show(unknown[0])}, which is not among its values")
    return faults


class Input(Column):
    """What a table reads."""


class Output(Column):
    """What a table answers."""


def union(intervals: list[Interval]) -> tuple[Interval, ...]:
    """The same set as disjoint intervals in order."""
    out: list[Interval] = []
    for low, high in sorted(i for i in intervals if i[0] < i[1]):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def intersection(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return union([(max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b])


def difference(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """What of a is not in b; both disjoint and in order."""
    out = []
    for low, high in a:
        for start, end in b:
            if end <= low or start >= high:
                continue
            out.append((low, start))
            low = end
        out.append((low, high))
    return union(out)
