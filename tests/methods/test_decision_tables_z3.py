"""Verification against z3, which knows nothing of boxes: the same sets, proved over all whole numbers."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.methods import decision_tables as dt
from tests.methods.test_decision_tables_properties import OUTPUT
from tests.methods.test_decision_tables_verification import tables

z3 = pytest.importorskip("z3")
MANY = 300 if settings.get_current_profile_name() == "thorough" else 12
INPUTS = tuple(dt.Input(f"x{i}", "integer", **bounds) for i, bounds in enumerate(({"low": 0, "high": 7}, {})))
X = {i.name: z3.Int(i.name) for i in INPUTS}
DOMAIN = z3.And(X["x0"] >= 0, X["x0"] <= 7)
SINGLE = st.sampled_from([h for h in dt.Hit if h.is_single])


def holds(test: dt.Span | None, x: Any) -> Any:
    assert test is not None
    low = [] if test.low is None else [x > test.low if test.low_open else x >= test.low]
    high = [] if test.high is None else [x < test.high if test.high_open else x <= test.high]
    return z3.And(*low, *high)


def cell_holds(cell: dt.Cell, x: Any) -> Any:
    if cell.is_any:
        return z3.BoolVal(True)
    any_of = z3.Or([holds(t, x) for t in cell.tests])
    return z3.Not(any_of) if cell.is_negated else any_of


def rule_holds(rule: dt.Rule) -> Any:
    return z3.And([cell_holds(c, X[i.name]) for c, i in zip(rule.when, INPUTS, strict=True)])


def region_holds(region: Mapping[str, tuple[str, ...]]) -> Any:
    return z3.And([cell_holds(dt.cell(i, ", ".join(region[i.name])), X[i.name]) for i in INPUTS])


def regions_hold(findings: Iterable[dt.Finding]) -> Any:
    return z3.Or([region_holds(f.region) for f in findings])


def can_be(*claims: Any) -> bool:
    solver = z3.Solver()
    solver.add(DOMAIN, *claims)
    return bool(solver.check() == z3.sat)


def answer(table: dt.Table) -> Any:
    """What a table answers: an output, -1 for no rule, -2 for a conflict."""
    rules = list(table.rules)
    held = [rule_holds(r) for r in rules]
    value = z3.IntVal(table.default.then[0] if table.default else -1)
    order = list(range(len(rules)))
    if table.hit == dt.Hit.PRIORITY:
        order.sort(key=lambda r: OUTPUT.values.index(rules[r].then[0]))
    for r in reversed(order):
        value = z3.If(held[r], z3.IntVal(rules[r].then[0]), value)
    return z3.If(z3.Or([z3.And(held[a], held[b]) for a, b in contradicting(table)]), z3.IntVal(-2), value)


def contradicting(table: dt.Table) -> list[tuple[int, int]]:
    pairs = combinations(range(len(table.rules)), 2)
    if table.hit == dt.Hit.UNIQUE:
        return list(pairs)
    if table.hit == dt.Hit.ANY:
        return [(a, b) for a, b in pairs if table.rules[a].then != table.rules[b].then]
    return []


@settings(max_examples=MANY)
@given(tables(inputs=INPUTS))
def test_gaps_and_overlaps_are_those_that_z3_knows(table: dt.Table) -> None:
    held = [rule_holds(r) for r in table.rules]
    if table.default is None and not table.may_be_empty:
        assert not can_be(z3.Not(z3.Or(held)) != regions_hold(dt.gaps(table)))
    if table.hit in ("U", "A"):
        found = {tuple(r - 1 for r in f.rows): f for f in dt.overlaps(table)}
        assert set(found) == {(a, b) for a, b in contradicting(table) if can_be(held[a], held[b])}
        for (a, b), finding in found.items():
            assert not can_be(z3.And(held[a], held[b]) != region_holds(finding.region))


@settings(max_examples=MANY)
@given(st.data())
def test_unreachable_rows_and_differences_are_those_that_z3_knows(data: st.DataObject) -> None:
    a = data.draw(tables(inputs=INPUTS, hit=data.draw(SINGLE)))
    b = data.draw(tables(inputs=INPUTS, hit=data.draw(SINGLE)))
    assert not can_be((answer(a) != answer(b)) != regions_hold(dt.difference(a, b)))
    if a.hit == dt.Hit.FIRST:
        held = [rule_holds(r) for r in a.rules]
        hidden = {n for n in range(len(held)) if not can_be(held[n], z3.Not(z3.Or(held[:n])))}
        assert {f.rows[0] - 1 for f in dt.unreachable(a)} == hidden
