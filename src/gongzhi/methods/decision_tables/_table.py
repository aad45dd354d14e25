"""A decision table: what it reads, what it answers, its rules and how several matches are settled."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from ._cells import Cell, CellError, anything, cell
from ._columns import Column, Input, Label, Output, column_faults, is_name
from ._engine import Engine
from ._errors import FormatError, Problem
from ._outcome import Outcome, Outcomes, Reply
from ._values import NotOfType, Value, plain, show


class Hit(StrEnum):
    """Hit policies, with the aggregators of COLLECT, by the letters of DMN."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    COLLECT = "C"
    SUM = "C+"
    MIN = "C<"
    MAX = "C>"
    COUNT = "C#"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"

    @property
    def is_single(self) -> bool:
        """Whether the answer is that of one row."""
        return self in "UAPF"

    @property
    def is_aggregate(self) -> bool:
        return len(self) == 2


@dataclass(frozen=True)
class Basis:
    """Why a row stands: the law or decision, its article, where to read it, and what to know of it."""

    law: Label
    article: str | None = None
    link: str | None = None
    note: Label | None = None

    def __str__(self) -> str:
        law = self.law if isinstance(self.law, str) else next(iter(self.law.values()))
        return f"{law} {self.article}" if self.article else law


@dataclass(frozen=True)
class Rule:
    """A row: a cell for each input, a value for each output."""

    when: tuple[Cell, ...]
    then: tuple[Value, ...]
    basis: Basis | None = None
    note: Label | None = None


@dataclass(frozen=True)
class Default:
    """What is answered where no row matches."""

    then: tuple[Value, ...]
    basis: Basis | None = None
    note: Label | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """A decision table, immutable. Two tables are equal when their content is: see `digest`.

    `may_be_empty` says, for a collecting policy, that "no row matches" is an answer.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit: Hit = Hit.UNIQUE
    title: Label | None = None
    note: Label | None = None
    default: Default | None = None
    may_be_empty: bool = False

    def __post_init__(self) -> None:
        problems = [Problem(text, self.name, row, column) for text, row, column in _faults(self)]
        if problems:
            raise FormatError(problems)

    def decide(self, facts: Mapping[str, Any]) -> Outcome:
        """The answer for one set of facts; facts that the table does not read are left alone.

        Raises InvalidFacts for an input missing, ill-typed or outside its domain, and Undecidable
        where no row covers the facts, or rows conflict under the hit policy.
        """
        return self.engine.decide(facts)

    def decide_many(self, columns: Mapping[str, Sequence[Any]], *, keep_errors: bool = False) -> Outcomes:
        """The answers for many sets of facts, given as columns of equal length (lists or arrays).

        The first row that cannot be answered raises as `decide` would; with `keep_errors` all such
        rows are in `.errors` instead, by their place, and answer None.
        """
        return self.engine.decide_many(columns, keep_errors=keep_errors)

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What verification has prepared; for this package alone."""
        return {}

    @cached_property
    def engine(self) -> Engine:
        """The table compiled; for this package alone."""
        return Engine(
            self.name,
            self.digest,
            str(self.hit),
            self.inputs,
            self.outputs,
            [[c.intervals for c in rule.when] for rule in self.rules],
            [Reply(rule.then, rule.basis) for rule in self.rules],
            Reply(self.default.then, self.default.basis) if self.default else None,
            self.may_be_empty,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: the same however the text was laid out."""
        text = json.dumps(self.content(), ensure_ascii=False, default=_as_json)
        return hashlib.sha256(b"gongzhi decision table 1\n" + text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Table) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def content(self) -> dict[str, Any]:
        """The table as dictionaries, lists and plain values, in canonical form."""
        return _filled(
            table=self.name,
            title=_label(self.title),
            note=_label(self.note),
            hit=str(self.hit),
            may_be_empty=self.may_be_empty or None,
            inputs=[_column_content(c) for c in self.inputs],
            outputs=[_column_content(c) for c in self.outputs],
            rules=[self._rule_content(r) for r in self.rules],
            default=self._reply_content(self.default) if self.default else None,
        )

    def _rule_content(self, rule: Rule) -> dict[str, Any]:
        when = {i.name: c.text for i, c in zip(self.inputs, rule.when, strict=True) if not c.is_any}
        return {"when": when, **self._reply_content(rule)}

    def _reply_content(self, reply: Rule | Default) -> dict[str, Any]:
        then = {o.name: plain(v) for o, v in zip(self.outputs, reply.then, strict=True)}
        return {"then": then} | _filled(basis=_basis_content(reply.basis), note=_label(reply.note))


def rule(
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    when: Mapping[str, str],
    then: Mapping[str, Value],
    basis: Basis | None = None,
    note: Label | None = None,
) -> Rule:
    """A rule written in Python: cells as S-FEEL text by input (left out: any value), outputs as values."""
    unknown = [*(when.keys() - {i.name for i in inputs}), *(then.keys() - {o.name for o in outputs})]
    if unknown:
        raise CellError(f"no such column: {', '.join(sorted(unknown))}")
    missing = [o.name for o in outputs if o.name not in then]
    if missing:
        raise CellError(f"no value for {', '.join(missing)}")
    cells = []
    for column in inputs:
        try:
            cells.append(cell(column, when[column.name]) if column.name in when else anything(column))
        except CellError as error:
            raise CellError(f"{column.name}: {error}") from None
    return Rule(tuple(cells), tuple(then[o.name] for o in outputs), basis, note)


# ---- content ------------------------------------------------------------------------------


def _column_content(c: Column) -> dict[str, Any]:
    values: Any = [plain(v) for v in c.values] or None
    if values and c.value_titles:
        values = {c.kind.write(v): _label(c.value_titles.get(v)) for v in c.values}
    bounds = {name: plain(getattr(c, name)) for name in ("low", "above", "high", "below")}
    return _filled(
        name=c.name, type=c.type, title=_label(c.title), values=values, **bounds, nullable=c.nullable or None
    )


def _basis_content(basis: Basis | None) -> Any:
    if basis is None:
        return None
    if not (basis.article or basis.link or basis.note) and isinstance(basis.law, str):
        return basis.law
    return _filled(law=_label(basis.law), article=basis.article, link=basis.link, note=_label(basis.note))


def _label(label: Label | None) -> Any:
    if label is None or isinstance(label, str):
        return label
    return {tongue: label[tongue] for tongue in sorted(label, key=lambda t: ("zh", "en").index(t))}


def _filled(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f").rstrip("0")
    raise TypeError(type(value).__name__)


# ---- soundness of the declaration ---------------------------------------------------------

_Fault = tuple[str, int | None, str | None]


def _faults(table: Table) -> list[_Fault]:
    faults: list[_Fault] = []
    if not is_name(table.name):
        faults.append((f"{table.name!r} is not a name; write letters, digits, _ and dots", None, None))
    for what, columns in (("input", table.inputs), ("output", table.outputs)):
        if not columns:
            faults.append((f"the table has no {what}s", None, None))
        names = [c.name for c in columns]
        doubles = sorted({n for n in names if names.count(n) > 1})
        faults += [(f"two {what}s have this name", None, n) for n in doubles]
        faults += [(text, None, c.name) for c in columns for text in column_faults(c)]
    if faults:
        return faults
    faults += _policy_faults(table)
    for number, row in enumerate(table.rules, 1):
        if len(row.when) != len(table.inputs):
            faults.append((f"{len(row.when)} cells for {len(table.inputs)} inputs", number, None))
        faults += _reply_faults(table, row.then, number)
    if table.default:
        faults += _reply_faults(table, table.default.then, None)
    return faults


def _policy_faults(table: Table) -> list[_Fault]:
    hit, outputs = table.hit, table.outputs
    faults: list[_Fault] = []
    if hit in (Hit.PRIORITY, Hit.OUTPUT_ORDER) and not any(o.values for o in outputs):
        faults.append((f"hit policy {hit} needs an output with its values listed in order", None, None))
    if hit.is_aggregate and hit != Hit.COUNT:
        if len(outputs) != 1:
            faults.append((f"hit policy {hit} needs exactly one output, not {len(outputs)}", None, None))
        for o in outputs:
            if not (o.kind.summable if hit == Hit.SUM else o.kind.ordered) or o.nullable:
                need = "can be added up" if hit == Hit.SUM else "has an order"
                faults.append(
                    (f"hit policy {hit} needs an output that {need} and is never null", None, o.name)
                )
    if hit.is_single and table.may_be_empty:
        faults.append((f"may_be_empty is for collecting policies, not {hit}; write a default", None, None))
    if hit in (Hit.MIN, Hit.MAX) and table.may_be_empty:
        faults.append((f"{hit} of nothing is no value; write a default instead of may_be_empty", None, None))
    if hit == Hit.COUNT and table.default:
        faults.append(("the count of nothing is 0: write may_be_empty instead of a default", None, None))
    if table.default and table.may_be_empty:
        faults.append(("a default and may_be_empty exclude each other", None, None))
    return faults


def _reply_faults(table: Table, then: tuple[Value, ...], row: int | None) -> list[_Fault]:
    if len(then) != len(table.outputs):
        return [(f"{len(then)} values for {len(table.outputs)} outputs", row, None)]
    faults: list[_Fault] = []
    for output, value in zip(table.outputs, then, strict=True):
        try:
            fits = output.admits(output.accept(value))
        except NotOfType:
            fits = False
        if not fits:
            faults.append((f"{show(value)} is not {output.expected}", row, output.name))
    return faults
