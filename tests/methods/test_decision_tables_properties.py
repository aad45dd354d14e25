"""Random tables against an interpretation of their own: no silent answer, and never another one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.methods import decision_tables as dt

Test = Callable[[Any], bool]
EPOCH = date(2026, 1, 1)

WRONG: dict[str, list[Any]] = {
    "integer": ["1", 1.0, True, Decimal("0.5"), date(2026, 1, 1)],
    "number": ["1", 1.0, False, Decimal("NaN")],
    "string": [1, b"a", date(2026, 1, 1)],
    "boolean": [0, 1, "true"],
    "date": ["2026-01-01", 20260101, timedelta(1)],
    "duration": [1, "P1D"],
}
LISTED = ("a", "b", "c")


@dataclass
class Written:
    """A cell as text, and what it means by plain comparisons."""

    text: str
    means: Test


@dataclass
class Case:
    table: dt.Table
    cells: list[list[Test]]
    answers: list[tuple[Any, ...]]


def literal(type_: str, value: Any) -> str:
    if type_ == "string":
        return f'"{value}"'
    if type_ == "boolean":
        return "true" if value else "false"
    if type_ == "date":
        return f'date("{value:%Y-%m-%d}")'
    if type_ == "duration":
        return f'duration("PT{value // timedelta(hours=1)}H")'
    return str(value)


def some_value(type_: str) -> st.SearchStrategy[Any]:
    small = st.integers(0, 6)
    return {
        "integer": small,
        "number": st.builds(lambda n, d: Decimal(n) + Decimal(d) / 2, small, st.integers(0, 1)),
        "string": st.sampled_from(LISTED),
        "boolean": st.booleans(),
        "date": small.map(lambda n: EPOCH + timedelta(days=n)),
        "duration": small.map(lambda n: timedelta(hours=n)),
    }[type_]


@st.composite
def columns(draw: st.DrawFn, name: str) -> dt.Input:
    type_ = draw(st.sampled_from(sorted(WRONG)))
    bounds: dict[str, Any] = {}
    if type_ == "string" and draw(st.booleans()):
        bounds["values"] = LISTED
    elif type_ in ("integer", "number") and draw(st.booleans()):
        bounds = {"low": 0, "high": 7}
    return dt.Input(name, type_, nullable=draw(st.booleans()), **bounds)


@st.composite
def single_tests(draw: st.DrawFn, column: dt.Input) -> Written:
    type_ = column.type
    a = draw(some_value(type_))
    forms = ["is"]
    if type_ not in ("string", "boolean"):
        forms += ["<", "<=", ">", ">=", "..", ".."]
    if column.nullable:
        forms.append("null")
    form = draw(st.sampled_from(forms))
    if form == "null":
        return Written("null", lambda v: v is None)
    if form == "is":
        return Written(literal(type_, a), lambda v: v is not None and v == a)
    if form == "..":
        return draw(intervals(type_))
    compare: Test = {
        "<": lambda v: v < a,
        "<=": lambda v: v <= a,
        ">": lambda v: v > a,
        ">=": lambda v: v >= a,
    }[form]
    return Written(f"{form} {literal(type_, a)}", lambda v: v is not None and compare(v))


@st.composite
def intervals(draw: st.DrawFn, type_: str) -> Written:
    low, high = sorted((draw(some_value(type_)), draw(some_value(type_))))
    opening, closing = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))

    def means(v: Any) -> bool:
        if v is None:
            return False
        after = v >= low if opening == "[" else v > low
        return bool(after and (v <= high if closing == "]" else v < high))

    return Written(f"{opening}{literal(type_, low)}..{literal(type_, high)}{closing}", means)


@st.composite
def cells(draw: st.DrawFn, column: dt.Input) -> Written:
    if draw(st.integers(0, 2)) == 0:
        return Written("-", lambda v: True)
    tests = draw(st.lists(single_tests(column), min_size=1, max_size=3))
    text = ", ".join(t.text for t in tests)
    if draw(st.integers(0, 3)) == 0:
        return Written(f"not({text})", lambda v: not any(t.means(v) for t in tests))
    return Written(text, lambda v: any(t.means(v) for t in tests))


OUTPUT = dt.Output("points", "integer", values=(3, 1, 2, 0))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    hit = draw(st.sampled_from(list(dt.Hit)))
    inputs = tuple(draw(columns(f"x{i}")) for i in range(draw(st.integers(1, 3))))
    rules: list[dt.Rule] = []
    meanings: list[list[Test]] = []
    for _ in range(draw(st.integers(0, 6))):
        row = [draw(cells(i)) for i in inputs]
        then = {"points": draw(st.integers(0, 3))}
        try:
            rules.append(
                dt.rule(inputs, (OUTPUT,), {i.name: c.text for i, c in zip(inputs, row, strict=True)}, then)
            )
        except dt.CellError:
            continue  # an empty interval, or a test that nothing of the domain can meet
        meanings.append([c.means for c in row])
    default = draw(st.booleans()) and hit != dt.Hit.COUNT
    empty = not default and not hit.is_single and hit not in (dt.Hit.MIN, dt.Hit.MAX) and draw(st.booleans())
    table = dt.Table(
        "t", inputs, (OUTPUT,), tuple(rules), hit,
        default=dt.Default((0,)) if default else None, may_be_empty=empty,
    )  # fmt: skip
    return Case(table, meanings, [r.then for r in rules])


@st.composite
def facts_for(draw: st.DrawFn, table: dt.Table) -> dict[str, Any]:
    return {
        i.name: draw(st.none() if i.nullable and draw(st.integers(0, 3)) == 0 else some_value(i.type))
        for i in table.inputs
    }


def interpretation(case: Case, facts: dict[str, Any]) -> tuple[Any, list[int]] | None:
    """Value and rows by reading the policy's definition; None where there is no answer."""
    table, values = case.table, list(facts.values())
    rows = [
        n for n, row in enumerate(case.cells) if all(means(v) for means, v in zip(row, values, strict=True))
    ]
    found = [case.answers[n][0] for n in rows]
    hit = table.hit
    if not rows:
        if table.default:
            return (0 if hit.is_single or hit.is_aggregate else [0]), []
        if table.may_be_empty:
            return (0 if hit.is_aggregate else []), []
        return None
    rank = [3, 1, 2, 0].index
    if hit == "U":
        return (found[0], rows) if len(rows) == 1 else None
    if hit == "A":
        return (found[0], rows) if len(set(found)) == 1 else None
    if hit == "F":
        return found[0], rows[:1]
    if hit == "P":
        best = sorted(found, key=rank)[0]
        return best, [rows[found.index(best)]]
    if hit == "O":
        return sorted(found, key=rank), [r for _, r in sorted(zip(map(rank, found), rows, strict=True))]
    totals = {"C+": sum, "C<": min, "C>": max, "C#": len}
    return (totals[str(hit)](found) if hit in totals else found), rows  # type: ignore[operator]


@settings(max_examples=400)
@given(st.data())
def test_decide_agrees_with_a_naive_interpretation(data: st.DataObject) -> None:
    case = data.draw(cases())
    for _ in range(5):
        facts = data.draw(facts_for(case.table))
        expected = interpretation(case, facts)
        try:
            outcome = case.table.decide(facts)
        except dt.Undecidable as error:
            assert expected is None
            assert "t: " in str(error)
            assert all(name in str(error) for name in facts)
        else:
            assert expected is not None
            assert (outcome.value, outcome.rows) == (expected[0], tuple(n + 1 for n in expected[1]))
            assert outcome.inputs == facts


@settings(max_examples=200)
@given(st.data())
def test_missing_mistyped_and_outlying_facts_are_always_named(data: st.DataObject) -> None:
    table = data.draw(cases()).table
    facts = data.draw(facts_for(table))
    spoilt = data.draw(st.sampled_from(table.inputs))
    ways = [*WRONG[spoilt.type], *([] if spoilt.nullable else [None]), "missing"]
    if spoilt.values:
        ways.append("d")
    if spoilt.high is not None:
        ways += [8, -1]
    way = data.draw(st.sampled_from(ways))
    if way == "missing":
        del facts[spoilt.name]
    else:
        facts[spoilt.name] = way
    for attempt in (table.decide, lambda f: table.decide_many({k: [v] for k, v in f.items()})):
        try:
            attempt(facts)
        except dt.InvalidFacts as error:
            assert [p.input for p in error.problems] == [spoilt.name]
            assert spoilt.name in str(error)
            assert spoilt.expected in str(error)
        else:
            raise AssertionError(f"answered although {spoilt.name} is spoilt")


@settings(max_examples=100)
@given(st.data())
def test_many_are_decided_as_one_by_one(data: st.DataObject) -> None:
    table = data.draw(cases()).table
    rows = data.draw(st.lists(facts_for(table), max_size=12))
    for facts in rows:
        if data.draw(st.integers(0, 9)) == 0:
            facts[table.inputs[0].name] = data.draw(st.sampled_from([1.5, [], object]))
    many = table.decide_many({i.name: [f[i.name] for f in rows] for i in table.inputs}, keep_errors=True)
    for place, facts in enumerate(rows):
        try:
            one = table.decide(facts)
        except dt.DecisionError as error:
            assert str(many.errors[place]) == str(error)
        else:
            assert many[place] == one
            assert (many.values[place], many.rows[place]) == (one.value, one.rows)


@settings(max_examples=100)
@given(cases())
def test_every_table_survives_being_written_and_read(case: Case) -> None:
    [again] = dt.load(dt.dump(case.table))
    assert again == case.table
    assert dt.dump(again) == dt.dump(case.table)


@settings(max_examples=60)
@given(st.data())
def test_thousands_are_decided_as_one_by_one(data: st.DataObject) -> None:
    table = data.draw(cases()).table
    rows = data.draw(st.lists(facts_for(table), min_size=1, max_size=12)) * 300
    if data.draw(st.booleans()):
        rows[data.draw(st.integers(0, len(rows) - 1))] = {i.name: True for i in table.inputs}
    columns: dict[str, Any] = {i.name: [f[i.name] for f in rows] for i in table.inputs}
    if data.draw(st.booleans()):
        columns |= {n: np.array(c) for n, c in columns.items() if set(map(type, c)) == {int}}
    many = table.decide_many(columns, keep_errors=True)
    for place in (0, len(rows) - 1, len(rows) // 2, *list(many.errors)[:3]):
        try:
            one = table.decide(rows[place])
        except dt.DecisionError as error:
            assert str(many.errors[place]) == str(error)
        else:
            assert many[place] == one
            assert (many.values[place], many.rows[place]) == (one.value, one.rows)
            assert [type(v) for v in many[place].inputs.values()] == [type(v) for v in one.inputs.values()]
