"""Decision tables: rules as data, decided strictly.

A table reads typed inputs, has a row for each rule and answers by its hit policy. Cells are S-FEEL
simple unary tests (DMN). Nothing is guessed: what is missing, ill-typed, out of its domain, not
covered or in conflict is an error that names the table, the input and the value.

    tables = load(text)
    outcome = tables[0].decide({"kind": "complain", "urgency": 2})
    outcome.value, outcome.rows, outcome.basis
"""

from ._cells import Cell, CellError, Span, anything, cell
from ._columns import Column, Input, Label, Output
from ._errors import BadInput, DecisionError, FormatError, InvalidFacts, Problem, Undecidable
from ._exchange import dump, load
from ._outcome import Outcome, Outcomes
from ._table import Basis, Default, Hit, Rule, Table, rule
from ._values import KINDS, Value

__all__ = [
    "KINDS",
    "BadInput",
    "Basis",
    "Cell",
    "CellError",
    "Column",
    "DecisionError",
    "Default",
    "FormatError",
    "Hit",
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
    "Undecidable",
    "Value",
    "anything",
    "cell",
    "dump",
    "load",
    "rule",
]
