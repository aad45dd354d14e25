"""Verification against every point of random tables, and against z3, which knows nothing of boxes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.methods import decision_tables as dt
from tests.methods.test_decision_tables_properties import EPOCH, LISTED, OUTPUT, columns, literal

# The thorough profile has two thousand for each of the five properties: ten thousand tables.
MANY = 2_000 if settings.get_current_profile_name() == "thorough" else 40
Facts = dict[str, Any]


# A row is made of a number by a generator of its own: a fifth of the time of drawing every part of it, and
# a failing table still shrinks, row by row and to smaller numbers.
SEED = st.integers(0, (1 << 32) - 1)


def a_value(chance: Random, type_: str) -> str:
    n = chance.randrange(7)
    values = {
        "integer": n,
        "number": Decimal(n) + Decimal(chance.randrange(2)) / 2,
        "string": chance.choice(LISTED),
        "boolean": n % 2 == 0,
        "date": EPOCH + timedelta(days=n),
        "duration": timedelta(hours=n),
    }
    return literal(type_, values[type_])


def a_test(chance: Random, column: dt.Input) -> str:
    forms = ["{a}"] + ["null"] * column.nullable
    if column.type not in ("string", "boolean"):
        forms += [
            "< {a}",
            "<= {a}",
            "> {a}",
            ">= {a}",
            *("[{a}..{b}]", "({a}..{b})", "[{a}..{b})", "({a}..{b}]"),
        ]
    return chance.choice(forms).format(a=a_value(chance, column.type), b=a_value(chance, column.type))


def a_cell(chance: Random, column: dt.Input) -> str:
    if chance.randrange(3) == 0:
        return "-"
    tests = ", ".join(a_test(chance, column) for _ in range(chance.choice((1, 1, 2, 3))))
    return f"not({tests})" if chance.randrange(4) == 0 else tests


def a_row(seed: int, inputs: tuple[dt.Input, ...]) -> dt.Rule | None:
    """None if no row came of some attempts: of an interval that is empty, or lies outside the domain."""
    chance = Random(seed)
    for _ in range(8):
        when = {i.name: a_cell(chance, i) for i in inputs}
        try:
            return dt.rule(inputs, (OUTPUT,), when, {"points": chance.randrange(4)})
        except dt.CellError:
            continue
    return None


@st.composite
def tables(
    draw: st.DrawFn, inputs: tuple[dt.Input, ...] | None = None, hit: dt.Hit | None = None
) -> dt.Table:
    if inputs is None:
        inputs = tuple(draw(columns(f"x{i}")) for i in range(draw(st.integers(1, 2))))
    hit = hit or draw(st.sampled_from(list(dt.Hit)))
    seeds = draw(st.lists(SEED, min_size=draw(st.sampled_from((0, 2, 3))), max_size=6))
    rules = [rule for seed in seeds if (rule := a_row(seed, inputs))]
    default = draw(st.integers(0, 3)) == 0 and hit != dt.Hit.COUNT
    empty = not default and not hit.is_single and hit not in (dt.Hit.MIN, dt.Hit.MAX) and draw(st.booleans())
    return dt.Table(
        "t", inputs, (OUTPUT,), tuple(rules), hit,
        default=dt.Default((0,)) if default else None, may_be_empty=empty,
    )  # fmt: skip


def probes(column: dt.Input) -> list[Any]:
    """A value out of every stretch that cells with values from 0 to 6 can tell apart."""
    tick = timedelta(microseconds=1)
    found: list[Any] = {
        "integer": list(range(-1, 9)),
        "number": [Decimal(n) / 4 for n in range(-1, 30)],
        "string": [*LISTED, "elsewhere"],
        "boolean": [False, True],
        "date": [EPOCH + timedelta(days=n) for n in range(-1, 8)],
        "duration": [timedelta(hours=n) + d * tick for n in range(7) for d in (-1, 0, 1)],
    }[column.type]
    return [v for v in [*found, *([None] if column.nullable else [])] if column.admits(v)]


def points(table: dt.Table) -> Iterable[Facts]:
    for values in product(*(probes(i) for i in table.inputs)):
        yield dict(zip((i.name for i in table.inputs), values, strict=True))


def regions_of(table: dt.Table, findings: Sequence[dt.Finding]) -> dt.Table:
    """The regions of findings as the rows of a table: which also shows that they can be read again."""
    output = dt.Output("n", "integer")
    rules = [
        dt.rule(table.inputs, (output,), {n: ", ".join(t) for n, t in f.region.items()}, {"n": k})
        for k, f in enumerate(findings)
    ]
    return dt.Table("regions", table.inputs, (output,), tuple(rules), dt.Hit.RULE_ORDER, may_be_empty=True)


def collecting(table: dt.Table) -> dt.Table:
    return replace(table, hit=dt.Hit.RULE_ORDER, default=None, may_be_empty=True)


def answer(table: dt.Table, facts: Mapping[str, Any]) -> Any:
    try:
        outcome = table.decide(facts)
    except dt.Undecidable as error:
        return error.reason
    return outcome.value


@settings(max_examples=MANY)
@given(tables())
def test_gaps_are_exactly_what_no_row_covers(table: dt.Table) -> None:
    found = dt.gaps(table)
    here = regions_of(table, found)
    for facts in points(table):
        assert len(here.decide(facts).rows) == (answer(table, facts) == "uncovered")
    for gap in found:
        assert (gap.kind, gap.rows) == ("gap", ())
        assert answer(table, gap.witness) == "uncovered"
        assert isinstance(gap.answers[0], dt.Undecidable)


@settings(max_examples=MANY)
@given(tables())
def test_overlaps_are_exactly_the_pairs_that_meet_and_may_not(table: dt.Table) -> None:
    every = collecting(table)
    met: dict[tuple[int, int], list[Facts]] = {}
    for facts in points(table):
        for pair in combinations(every.decide(facts).rows, 2):
            met.setdefault(pair, []).append(facts)
    if table.hit not in ("U", "A", "F", "P"):
        met = {}
    then = [r.then for r in table.rules]
    faulty = {p for p in met if table.hit == "U" or then[p[0] - 1] != then[p[1] - 1]}
    found = dt.overlaps(table)
    assert {tuple(sorted(f.rows)) for f in found} == faulty
    for finding in found:
        here = regions_of(table, [finding])
        inside = [f for f in points(table) if here.decide(f).rows]
        assert inside == met[tuple(sorted(finding.rows))]
        assert set(finding.rows) <= set(every.decide(finding.witness).rows)
        if table.hit in ("U", "A"):
            assert (finding.kind, answer(table, finding.witness)) == ("overlap", "conflict")
        else:
            assert finding.kind == "masked"
            assert finding.rows[1] not in table.decide(finding.witness).rows


@settings(max_examples=MANY)
@given(tables())
def test_unreachable_rows_are_exactly_those_that_never_answer(table: dt.Table) -> None:
    answering: set[int] = set()
    for facts in points(table):
        try:
            answering |= set(table.decide(facts).rows)
        except dt.Undecidable:
            continue
    found = dt.unreachable(table)
    assert {f.rows[0] for f in found} == set(range(1, len(table.rules) + 1)) - answering
    for finding in found:
        assert finding.rows[0] in collecting(table).decide(finding.witness).rows
        assert len(finding.rows) > 1


def outcome_for_comparison(table: dt.Table, facts: Facts, other: dt.Table) -> Any:
    value = answer(table, facts)
    return Counter(value) if isinstance(value, list) and "C" in (table.hit, other.hit) else value


@settings(max_examples=MANY)
@given(st.data())
def test_differences_are_exactly_where_the_answers_differ(data: st.DataObject) -> None:
    a = data.draw(tables())
    hits = [h for h in dt.Hit if (h.is_single, h.is_aggregate) == (a.hit.is_single, a.hit.is_aggregate)]
    b = data.draw(tables(inputs=a.inputs, hit=data.draw(st.sampled_from([a.hit, *hits]))))
    if data.draw(st.booleans()):  # two versions that have most rows in common
        rules = [*a.rules, *b.rules[:2]]
        b = replace(b, rules=tuple(data.draw(st.permutations(rules))))
    found = dt.difference(a, b)
    here = regions_of(a, found)
    for facts in points(a):
        differ = outcome_for_comparison(a, facts, b) != outcome_for_comparison(b, facts, a)
        assert len(here.decide(facts).rows) == differ, facts
    for finding in found:
        assert outcome_for_comparison(a, finding.witness, b) != outcome_for_comparison(b, finding.witness, a)
        for table, told, rows in zip((a, b), finding.answers, finding.rows, strict=True):
            said = answer(table, finding.witness)
            assert (told.value if isinstance(told, dt.Outcome) else told.reason) == said
            assert told.rows == rows
    assert not dt.difference(a, a)


@settings(max_examples=MANY)
@given(tables())
def test_mergeable_rows_may_be_written_as_one(table: dt.Table) -> None:
    for finding in dt.mergeable(table):
        first, *others = finding.rows
        cells_of = {n: ", ".join(t) for n, t in finding.region.items()}
        rules = list(table.rules)
        rules[first - 1] = dt.rule(table.inputs, (OUTPUT,), cells_of, {"points": rules[first - 1].then[0]})
        kept = tuple(r for n, r in enumerate(rules, 1) if n not in others)
        assert not dt.difference(table, replace(table, rules=kept))
        assert set(collecting(table).decide(finding.witness).rows) & set(finding.rows)


def test_a_region_is_a_mapping_by_input() -> None:
    inputs = (dt.Input("a", "integer", low=0, high=9), dt.Input("b", "string", values=("x", "y")))
    rule = dt.rule(inputs, (OUTPUT,), {"a": "> 3"}, {"points": 1})
    [gap] = dt.gaps(dt.Table("t", inputs, (OUTPUT,), (rule,)))
    assert gap.region == {"a": ("[0..3]",), "b": ("-",)}
    assert list(gap.region) == ["a", "b"]
    assert "elsewhere" not in gap.region
    assert repr(gap.region) == repr(dict(gap.region))
