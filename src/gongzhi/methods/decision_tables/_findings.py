"""What verification finds, in a form to be read, shown and acted upon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ._errors import Undecidable
from ._outcome import Outcome
from ._table import Table

Answer = Outcome | Undecidable | None

Kind = Literal["gap", "overlap", "masked", "unreachable", "mergeable", "difference"]


@dataclass(frozen=True)
class Finding:
    """One thing found about a table, or about two.

    kind      "gap" no row applies; "overlap" rows contradict one another; "masked" rows of which the
              hit policy prefers one; "unreachable" a row never has its say; "mergeable" rows that one
              row could stand for; "difference" two tables answer differently
    rows      the rows concerned, numbered from 1; for a difference a pair: those that answer in
              either table
    witness   facts that show it, by input, as `decide` takes them
    region    everywhere that it holds: by input, S-FEEL tests of which any holds; ("-",) for all
    answers   what each table answers to the witness: an Outcome, Undecidable, or None where the
              facts lie outside a table's domain
    """

    kind: Kind
    rows: tuple[Any, ...]
    witness: dict[str, Any]
    texts: Mapping[str, tuple[str, ...]] = field(repr=False)
    tables: tuple[Table | None, ...] = field(repr=False, compare=False)

    @cached_property
    def region(self) -> dict[str, tuple[str, ...]]:
        """The texts of the region, which are written when somebody reads them."""
        return dict(self.texts)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(None if t is None else answered(t, self.witness) for t in self.tables)


class Findings(list[Finding]):
    """Findings in order. `more` counts those left out; `is_cut_short` says that the search was given up."""

    def __init__(self, found: Iterable[Finding] = (), *, more: int = 0, is_cut_short: bool = False) -> None:
        super().__init__(found)
        self.more = more
        self.is_cut_short = is_cut_short


def answered(table: Table, witness: Mapping[str, Any]) -> Answer:
    """What a table says to a witness."""
    try:
        return table.decide(witness)
    except Undecidable as error:
        return error
