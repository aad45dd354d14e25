"""What a table answers, and what the answer rests on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ._errors import DecisionError
from ._values import Value, plain


class Reply(NamedTuple):
    """What a row answers, and its legal basis."""

    then: tuple[Value, ...]
    basis: Any


class Verdict(NamedTuple):
    """What the hit policy makes of a set of matching rows."""

    table: str
    digest: str
    rows: tuple[int, ...]
    names: tuple[str, ...]
    answers: tuple[tuple[Value, ...], ...]
    aggregate: Value
    shape: str
    basis: tuple[Any, ...]
    is_default: bool

    def answer(self, then: tuple[Value, ...]) -> Any:
        return then[0] if len(then) == 1 else dict(zip(self.names, then, strict=True))


class Outcome:
    """An answer with what it rests on.

    `value` is the answer: one value, or a dict by output name where there are several outputs; for
    C, R and O the list of such answers; for an aggregator the aggregate. `rows` are the numbers
    (from 1) of the rows it comes from, none for a default; `basis` their legal bases in that order,
    each once; `inputs` the facts read; `table` and `digest` name the content consulted.
    """

    __slots__ = ("_verdict", "inputs")

    def __init__(self, verdict: Verdict, inputs: dict[str, Any]) -> None:
        self._verdict = verdict
        self.inputs = inputs

    @property
    def value(self) -> Any:
        verdict = self._verdict
        if verdict.shape == "aggregate":
            return verdict.aggregate
        return self.values if verdict.shape == "list" else verdict.answer(verdict.answers[0])

    @property
    def values(self) -> list[Any]:
        """The answers of the rows, one for each (for a default, its own)."""
        return [self._verdict.answer(then) for then in self._verdict.answers]

    @property
    def rows(self) -> tuple[int, ...]:
        return self._verdict.rows

    @property
    def basis(self) -> tuple[Any, ...]:
        return self._verdict.basis

    @property
    def is_default(self) -> bool:
        return self._verdict.is_default

    @property
    def table(self) -> str:
        return self._verdict.table

    @property
    def digest(self) -> str:
        return self._verdict.digest

    def content(self) -> dict[str, Any]:
        """The outcome as plain values, for a record of it: numbers, booleans, null and texts."""
        return {
            "table": self.table,
            "digest": self.digest,
            "inputs": _plain(self.inputs),
            "value": _plain(self.value),
            "rows": list(self.rows),
            "is_default": self.is_default,
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcome):
            return NotImplemented
        return (self._verdict, self.inputs) == (other._verdict, other.inputs)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        where = "default" if self.is_default else f"rows {list(self.rows)}"
        return f"<Outcome of {self.table}: {self.value!r} by {where}>"


class Outcomes(Sequence[Outcome]):
    """Many answers, in the order of the facts. `errors` holds the rows that have none, by place."""

    def __init__(
        self,
        settled: Sequence[Verdict | None],
        which: Any,  # for each of the facts the place of its verdict: a list or an array
        columns: Mapping[str, Sequence[Any]],
        errors: Mapping[int, DecisionError],
        accept: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        self._settled, self._which, self._columns, self._accept = settled, which, columns, accept
        self.errors = dict(errors)

    def __len__(self) -> int:
        return len(self._which)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        verdict = self._settled[self._which[place]]
        if verdict is None:
            raise self.errors[place]
        return Outcome(verdict, self._accept({n: _item(c[place]) for n, c in self._columns.items()}))

    @property
    def values(self) -> list[Any]:
        """The answers; None for a row in `errors`."""
        found = [None if v is None else Outcome(v, {}).value for v in self._settled]
        if any(isinstance(value, (list, dict)) for value in found):  # each its own: they can be changed
            settled = (self._settled[i] for i in self._which)
            return [None if v is None else Outcome(v, {}).value for v in settled]
        return self._spread(found)

    @property
    def rows(self) -> list[tuple[int, ...]]:
        """The numbers of the rows each answer comes from."""
        return self._spread([v.rows if v else () for v in self._settled])

    def _spread(self, found: Sequence[Any]) -> list[Any]:
        """What was found for each verdict, for each of the facts."""
        if not hasattr(self._which, "dtype"):
            return list(map(found.__getitem__, self._which))
        import numpy as np

        values = np.empty(len(found), object)
        for place, value in enumerate(found):
            values[place] = value
        spread: list[Any] = values[self._which].tolist()
        return spread


def _item(value: Any) -> Any:
    """A number out of an array as Python's own."""
    return value.item() if hasattr(value, "dtype") else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else plain(value)
