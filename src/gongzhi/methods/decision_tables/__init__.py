"""Decision tables: rules as data, decided strictly.

A table reads typed inputs, has a row for each rule and answers by its hit policy. Cells are S-FEEL
simple unary tests (DMN). Nothing is guessed: what is missing, ill-typed, out of its domain, not
covered or in conflict is an error that names the table, the input and the value.

    tables = load(text)
    outcome = tables[0].decide({"kind": "complain", "urgency": 2})
    outcome.value, outcome.rows, outcome.basis

A table is verified over its whole domain: `gaps`, `overlaps`, `unreachable` and `mergeable` rows, and
the `difference` of two tables, each finding with facts that show it.
"""

from ._cells import Cell, CellError, Span, anything, cell
from ._columns import Column, Input, Label, Output
from ._compare import difference
from ._errors import (
    BadInput,
    DecisionError,
    FormatError,
    Incomparable,
    InvalidFacts,
    Problem,
    TooComplex,
    Undecidable,
)
from ._exchange import MAX_LENGTH, dump, load
from ._findings import Answer, Finding, Findings
from ._outcome import Outcome, Outcomes
from ._table import Basis, Default, Hit, Rule, Table, rule
from ._values import KINDS, Value, plain, show
from ._verify import gaps, mergeable, overlaps, unreachable

__all__ = [
    "KINDS",
    "MAX_LENGTH",
    "Answer",
    "BadInput",
    "Basis",
    "Cell",
    "CellError",
    "Column",
    "DecisionError",
    "Default",
    "Finding",
    "Findings",
    "FormatError",
    "Hit",
    "Incomparable",
    "Input",
    "InvalidFacts",
    "Label",
    "Outcome",
    "Outcomes",
    "Output",
    "Problem",
    "Rule",
    "Span",
    "Table",
    "TooComplex",
    "Undecidable",
    "Value",
    "anything",
    "cell",
    "difference",
    "dump",
    "gaps",
    "load",
    "mergeable",
    "overlaps",
    "plain",
    "rule",
    "show",
    "unreachable",
]
