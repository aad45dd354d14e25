"""What can go wrong, said so that the person who reads it knows where to look and what to do.

Messages are plain English for logs and developers; every part of them is also an attribute, from
which a face renders its own sentence in its own language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ._values import show


class DecisionError(Exception):
    """Any refusal of this package."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a table's text. Rows are counted from 1, lines too; None where it has none."""

    text: str
    table: str | None = None
    row: int | None = None
    column: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = [
            self.table,
            f"row {self.row}" if self.row is not None else None,
            f"column {self.column}" if self.column is not None else None,
            f"line {self.line}" if self.line is not None else None,
        ]
        return ": ".join([", ".join(w for w in where if w) or "decision table", self.text])


class FormatError(DecisionError, ValueError):
    """A table that cannot be read. Nothing of it is used. `.problems` lists all that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        lines = [str(p) for p in self.problems[:20]]
        if len(self.problems) > 20:
            lines.append(f"and {len(self.problems) - 20} more")
        return "\n".join(lines)


@dataclass(frozen=True)
class BadInput:
    """One input that a table cannot take, and what it expected instead."""

    input: str
    reason: Literal["missing", "type", "domain", "length"]
    expected: str
    value: Any = None

    def __str__(self) -> str:
        if self.reason == "missing":
            return f"{self.input} is missing; expected {self.expected}"
        return f"{self.input} = {show(self.value)} is not {self.expected}"


class InvalidFacts(DecisionError, ValueError):
    """Facts with an input missing, of the wrong type or outside its domain.

    `.table` and `.digest` name the table, `.problems` every input at fault.
    """

    def __init__(self, table: str, digest: str, problems: Sequence[BadInput]) -> None:
        super().__init__(table, digest, tuple(problems))
        self.table, self.digest = table, digest
        self.problems: tuple[BadInput, ...] = tuple(problems)

    def __str__(self) -> str:
        return f"{self.table}: " + "; ".join(str(p) for p in self.problems)


class Undecidable(DecisionError):
    """Sound facts to which the table has no answer, or more than its hit policy admits.

    `.reason` is "uncovered" or "conflict"; `.rows` the rows in conflict, counted from 1; `.inputs`
    the facts read; `.barren` the inputs whose value no row accepts, whatever the others are.
    """

    def __init__(
        self,
        table: str,
        digest: str,
        reason: Literal["uncovered", "conflict"],
        inputs: Mapping[str, Any],
        rows: Sequence[int] = (),
        barren: Sequence[str] = (),
        policy: str = "U",
    ) -> None:
        super().__init__(table, digest, reason, dict(inputs), tuple(rows), tuple(barren), policy)
        self.table, self.digest, self.reason = table, digest, reason
        self.inputs = dict(inputs)
        self.rows, self.barren, self.policy = tuple(rows), tuple(barren), policy

    def __str__(self) -> str:
        facts = ", ".join(f"{name} = {show(value)}" for name, value in self.inputs.items())
        if self.reason == "conflict":
            rows = ", ".join(map(str, self.rows))
            need = "one row at most may match" if self.policy == "U" else "rows that match must agree"
            return f"{self.table}: rows {rows} conflict for {facts}; {need} (hit policy {self.policy})"
        text = f"{self.table}: no row covers {facts}"
        if self.barren:
            text += (
                f"; no row at all accepts {' or '.join(f'{n} = {show(self.inputs[n])}' for n in self.barren)}"
            )
        return text + "; write a row or a default"


class Incomparable(DecisionError, ValueError):
    """Two tables that do not answer the same question."""


class TooComplex(DecisionError):
    """A table too large or too entangled to be verified within bounds."""
