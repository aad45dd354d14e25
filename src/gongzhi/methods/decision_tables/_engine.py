"""A table compiled for deciding.

For each input, every stretch of its axis that no cell cuts knows the set of rows that accept it,
as the bits of an integer. Deciding is one lookup for each input, the `and` of the sets, and what
the hit policy makes of the bits left; what it makes of the same bits is always the same, and kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from functools import cached_property
from operator import and_
from typing import Any

from ._arrays import FEWEST_FACTS, MOST_ROWS, Arrays
from ._columns import Column, Input, Interval, Output
from ._errors import BadInput, DecisionError, InvalidFacts, Undecidable
from ._lookups import Look, look_up, steps_of
from ._outcome import Outcome, Outcomes, Reply, Verdict
from ._values import NotOfType, Value

_EXACT = Context(prec=200)
_MAX_KEPT = 10_000


class Engine:
    """Decides by one table."""

    def __init__(
        self,
        name: str,
        digest: str,
        hit: str,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        cells: Sequence[Sequence[tuple[Interval, ...]]],
        replies: Sequence[Reply],
        default: Reply | None,
        may_be_empty: bool,
    ) -> None:
        self.name, self.digest, self.hit = name, digest, hit
        self.inputs, self.outputs = inputs, outputs
        self.names = tuple(o.name for o in outputs)
        self.replies, self.default, self.may_be_empty = replies, default, may_be_empty
        self.cells = cells
        self.looks = [
            (column.name, look_up(column, [row[i] for row in cells])) for i, column in enumerate(inputs)
        ]
        self.all_rows = (1 << len(replies)) - 1
        self.verdicts: dict[int, Verdict] = {}

    # ---- one ------------------------------------------------------------------------------

    def decide(self, facts: Mapping[str, Any]) -> Outcome:
        rows = self.all_rows
        read = {}
        try:
            for name, look in self.looks:
                read[name], accepting = look(facts[name])
                rows &= accepting
        except (KeyError, NotOfType):
            raise self._invalid(facts) from None
        verdict = self.verdicts.get(rows)
        if verdict is None:
            verdict = self._settle(rows, read)
        return Outcome(verdict, read)

    def accept(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {i.name: i.accept(facts[i.name]) for i in self.inputs}

    def _invalid(self, facts: Mapping[str, Any]) -> InvalidFacts:
        problems = []
        for column, (name, look) in zip(self.inputs, self.looks, strict=True):
            if name not in facts:
                problems.append(BadInput(name, "missing", column.expected))
                continue
            try:
                look(facts[name])
            except NotOfType:
                problems.append(BadInput(name, _reason(column, facts[name]), column.expected, facts[name]))
        return InvalidFacts(self.name, self.digest, problems)

    # ---- many -----------------------------------------------------------------------------

    def decide_many(self, columns: Mapping[str, Sequence[Any]], *, keep_errors: bool) -> Outcomes:
        lists = self._columns(columns)
        length = len(lists[self.inputs[0].name])
        found: tuple[list[int], Any] | None = None
        if length >= FEWEST_FACTS and len(self.replies) <= MOST_ROWS:
            found = self._arrays.rows(list(lists.values()))
        if found is None:
            lists = {name: _listed(values) for name, values in lists.items()}
            found = self._one_by_one(lists, length)
        sets, which = found
        settled = [self._settled(rows) for rows in sets]
        errors: dict[int, DecisionError] = {}
        if None in settled:
            lists = {name: _listed(values) for name, values in lists.items()}
            for i in (i for i, n in enumerate(_listed(which)) if settled[n] is None):
                errors[i] = self._error({n: c[i] for n, c in lists.items()})
                if not keep_errors:
                    raise errors[i]
        return Outcomes(settled, which, lists, errors, self.accept)

    def _one_by_one(self, lists: Mapping[str, Sequence[Any]], length: int) -> tuple[list[int], list[int]]:
        """The sets of rows, as bits, that accept some of the facts, and for each of the facts which it is.

        -1 stands for facts that are not sound.
        """
        rows: Sequence[int] = [self.all_rows] * length
        bad: set[int] = set()
        for name, look in self.looks:
            rows = list(map(and_, rows, _accepting(look, lists[name], bad)))
        if bad:
            rows = [-1 if i in bad else r for i, r in enumerate(rows)]
        number = {r: n for n, r in enumerate(set(rows))}
        return list(number), list(map(number.__getitem__, rows))

    def _settled(self, rows: int) -> Verdict | None:
        verdict = None if rows < 0 else self.verdict(rows)
        return None if isinstance(verdict, Undecidable) else verdict

    @cached_property
    def _arrays(self) -> Arrays:
        steps = [steps_of(c, [row[i] for row in self.cells]) for i, c in enumerate(self.inputs)]
        return Arrays(self.inputs, [look for _, look in self.looks], steps, len(self.replies))

    def _columns(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        missing = [BadInput(i.name, "missing", i.expected) for i in self.inputs if i.name not in columns]
        if missing:
            raise InvalidFacts(self.name, self.digest, missing)
        lists: dict[str, Sequence[Any]] = {i.name: _sized(columns[i.name]) for i in self.inputs}
        length = len(lists[self.inputs[0].name])
        unequal = [
            BadInput(name, "length", f"as long as {self.inputs[0].name}, {length}", len(values))
            for name, values in lists.items()
            if len(values) != length
        ]
        if unequal:
            raise InvalidFacts(self.name, self.digest, unequal)
        return lists

    def _error(self, facts: Mapping[str, Any]) -> DecisionError:
        try:
            self.decide(facts)
        except DecisionError as error:
            return error
        raise AssertionError("one by one the row can be decided")

    # ---- hit policies ---------------------------------------------------------------------

    def verdict(self, rows: int) -> Verdict | Undecidable:
        """What the policy makes of matching rows, given as bits."""
        try:
            return self.verdicts.get(rows) or self._settle(rows, {})
        except Undecidable as error:
            return error

    def _settle(self, found: int, read: Mapping[str, Any]) -> Verdict:
        rows = list(_bits(found))
        verdict = self._verdict(rows, read) if rows else self._nothing(read)
        if len(self.verdicts) >= _MAX_KEPT:
            self.verdicts.clear()
        self.verdicts[found] = verdict
        return verdict

    def _verdict(self, rows: list[int], read: Mapping[str, Any]) -> Verdict:
        hit = self.hit
        answers = [self.replies[r].then for r in rows]
        if (hit == "U" and len(rows) > 1) or (hit == "A" and any(a != answers[0] for a in answers)):
            raise Undecidable(
                self.name, self.digest, "conflict", read, rows=[r + 1 for r in rows], policy=hit
            )
        if hit == "F":
            rows = rows[:1]
        elif hit == "P":
            rows = [min(rows, key=self.priority)]
        elif hit == "O":
            rows.sort(key=self.priority)
        return self._make(rows, [self.replies[r] for r in rows], is_default=False)

    def _nothing(self, read: Mapping[str, Any]) -> Verdict:
        if self.default is not None:
            return self._make([], [self.default], is_default=True)
        if self.may_be_empty:
            return self._make([], [], is_default=False)
        barren = [
            name for name, look in self.looks if name in read and not look(read[name])[1] & self.all_rows
        ]
        raise Undecidable(self.name, self.digest, "uncovered", read, barren=barren, policy=self.hit)

    def _make(self, rows: list[int], replies: list[Reply], *, is_default: bool) -> Verdict:
        answers = tuple(r.then for r in replies)
        aggregate = None
        if len(self.hit) == 2:
            shape = "aggregate"
            aggregate = answers[0][0] if is_default else self._aggregate([a[0] for a in answers])
        else:
            shape = "list" if self.hit in "CRO" else "one"
            if self.hit == "A":
                answers = answers[:1]
        basis: list[Any] = []
        for reply in replies:
            if reply.basis is not None and reply.basis not in basis:
                basis.append(reply.basis)
        numbers = tuple(r + 1 for r in rows)
        return Verdict(
            self.name, self.digest, numbers, self.names, answers, aggregate, shape, tuple(basis), is_default
        )

    def _aggregate(self, values: list[Any]) -> Value:
        if self.hit == "C#":
            return len(values)
        if self.hit == "C<":
            return min(values)  # type: ignore[no-any-return]
        if self.hit == "C>":
            return max(values)  # type: ignore[no-any-return]
        total = _zero(self.outputs[0])
        for value in values:
            total = _EXACT.add(total, value) if isinstance(total, Decimal) else total + value
        return total  # type: ignore[no-any-return]

    def priority(self, row: int) -> tuple[int, ...]:
        """Where the answer of a row (from 0) stands in the order of output values; less is preferred."""
        return tuple(
            output.values.index(value) if value is not None else len(output.values)
            for output, value in zip(self.outputs, self.replies[row].then, strict=True)
            if output.values
        )


def _zero(output: Output) -> Any:
    return output.kind.read("PT0S" if output.type == "duration" else "0")


def _bits(rows: int) -> Iterator[int]:
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest


def _reason(column: Column, value: Any) -> Any:
    try:
        column.accept(value)
    except NotOfType:
        return "type"
    return "domain"


def _sized(values: Any) -> Any:
    """An array of one dimension as it is, anything else as a list."""
    return values if getattr(values, "ndim", None) == 1 else _listed(values)


def _listed(values: Sequence[Any]) -> Sequence[Any]:
    tolist = getattr(values, "tolist", None)
    listed = tolist() if tolist else values
    return listed if isinstance(listed, (list, tuple)) else list(listed)


def _accepting(look: Look, values: Sequence[Any], bad: set[int]) -> list[int]:
    """The accepting rows of each value. Equal values of one class are looked up once."""
    classes = set(map(type, values)) - {type(None)}
    if len(classes) <= 1 or classes == {int, Decimal}:
        known: dict[Any, int] = {}
        try:
            for value in set(values):
                known[value] = look(value)[1]
            return list(map(known.__getitem__, values))
        except (NotOfType, TypeError, ArithmeticError):
            pass
    out = []
    for i, value in enumerate(values):
        try:
            out.append(look(value)[1])
        except NotOfType:
            bad.add(i)
            out.append(0)
    return out
