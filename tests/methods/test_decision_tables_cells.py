"""Cells: what S-FEEL admits is read exactly, everything else is refused with words that help."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.methods import decision_tables as dt


def accepts(column: dt.Input, text: str, fact: Any) -> bool:
    """Whether a cell accepts a fact, asked of a table with this one cell."""
    outputs = [dt.Output("n", "integer")]
    table = dt.Table(
        "t", (column,), tuple(outputs), (dt.rule([column], outputs, {column.name: text}, {"n": 1}),),
        dt.Hit.COLLECT, may_be_empty=True,
    )  # fmt: skip
    return bool(table.decide({column.name: fact}).rows)


NUMBER = dt.Input("x", "number")
INTEGER = dt.Input("x", "integer")
TEXT = dt.Input("x", "string")
LISTED = dt.Input("x", "string", values=("red", "green", "blue"))
FLAG = dt.Input("x", "boolean")
DAY = dt.Input("x", "date")
CLOCK = dt.Input("x", "time")
MOMENT = dt.Input("x", "datetime")
LOCAL = dt.Input("x", "local_datetime")
LENGTH = dt.Input("x", "duration")
NINE = datetime(2026, 1, 31, 9)  # noqa: DTZ001
OPTIONAL = dt.Input("x", "integer", nullable=True)


@pytest.mark.parametrize(
    ("column", "text", "yes", "no"),
    [
        (NUMBER, "-", [0, Decimal("-1e30")], []),
        (NUMBER, "5", [5, Decimal("5.00")], [Decimal("5.01"), -5]),
        (NUMBER, "-5", [-5], [5]),
        (NUMBER, ".5", [Decimal("0.5")], [5]),
        (NUMBER, "0.3", [Decimal("0.1") + Decimal("0.2")], [Decimal("0.30000000000000004")]),
        (NUMBER, "<5", [4, Decimal("4.999")], [5, 6]),
        (NUMBER, "<= 5", [5], [Decimal("5.001")]),
        (NUMBER, "> -1.5", [-1], [Decimal("-1.5"), -2]),
        (NUMBER, ">=5", [5, 10**20], [Decimal("4.9")]),
        (NUMBER, "[1..3]", [1, 2, 3], [0, Decimal("3.1")]),
        (NUMBER, "(1..3)", [2, Decimal("1.1")], [1, 3]),
        (NUMBER, "]1..3[", [2], [1, 3]),
        (NUMBER, "[1..3[", [1, 2], [3]),
        (NUMBER, "[1..1]", [1], [0, 2]),
        (NUMBER, "[-3..-1]", [-3, -2], [0]),
        (NUMBER, "<1, [5..6), 9", [0, 5, 9], [1, 6, 8]),
        (NUMBER, "not(5)", [4, 6], [5]),
        (NUMBER, "not(<1, [5..6), 9)", [1, 6, 8], [0, 5, 9]),
        (NUMBER, " not ( 5 , 6 ) ", [4], [5, 6]),
        (INTEGER, "<=5, >=6", [5, 6], []),
        (INTEGER, "> 5", [6, Decimal(7)], [5]),
        (TEXT, '"a", "b"', ["a", "b"], ["c", "A", ""]),
        (TEXT, 'not("a")', ["b"], ["a"]),
        (TEXT, r'"say \"a\\b\"\n"', ['say "a\\b"\n'], ["say"]),
        (TEXT, r'"\u5171\u6CBB"', ["共治"], ["共"]),
        (TEXT, r'"\uD83D\uDE00", "\U01F601"', ["😀", "😁"], []),
        (TEXT, '"null"', ["null"], []),
        (TEXT, '"-"', ["-"], ["x"]),
        (LISTED, 'not("red")', ["green", "blue"], ["red"]),
        (FLAG, "true", [True], [False]),
        (FLAG, "not(true)", [False], [True]),
        (DAY, '> date("2026-01-31")', [date(2026, 2, 1)], [date(2026, 1, 31)]),
        (DAY, '@"2026-01-31"', [date(2026, 1, 31)], [date(2026, 2, 1)]),
        (DAY, '<= date("9999-12-31")', [date.max], []),
        (CLOCK, '[time("09:00:00")..time("17:30:00"))', [time(9)], [time(17, 30), time(8, 59)]),
        (LENGTH, '<= duration("P1DT12H")', [timedelta(hours=36)], [timedelta(hours=37)]),
        (LENGTH, '< duration("-PT0.5S")', [timedelta(seconds=-1)], [timedelta(0)]),
        (LOCAL, '>= date and time("2026-01-31T09:00:00")', [NINE], [NINE - timedelta(seconds=1)]),
        (
            MOMENT,
            '>= date  and time( "2026-01-31T08:00:00+08:00" )',
            [datetime(2026, 1, 31, tzinfo=UTC)],
            [datetime(2026, 1, 30, 23, 59, tzinfo=UTC)],
        ),
        (OPTIONAL, "-", [None, 1], []),
        (OPTIONAL, "null", [None], [1]),
        (OPTIONAL, "null, > 5", [None, 6], [5]),
        (OPTIONAL, "> 5", [6], [None]),
        (OPTIONAL, "not(null)", [5], [None]),
        (OPTIONAL, "not(5)", [None, 4], [5]),
    ],
)  # fmt: skip
def test_a_cell_accepts_what_it_says_and_nothing_else(
    column: dt.Input, text: str, yes: list[Any], no: list[Any]
) -> None:
    assert [v for v in yes if not accepts(column, text, v)] == []
    assert [v for v in no if accepts(column, text, v)] == []


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        (NUMBER, "", "the cell is empty; write - for any value"),
        (NUMBER, "  ", "the cell is empty"),
        (NUMBER, "5,", "ends where a test should follow"),
        (NUMBER, "5 6", "expected a comma before '6'"),
        (NUMBER, "-, 5", "'-' cannot stand where it does"),
        (NUMBER, "5, -", "'-' cannot stand where it does"),
        (NUMBER, "not(-)", "'-' cannot stand"),
        (NUMBER, "not()", "not(…) takes one or more tests"),
        (NUMBER, "not(5), 6", "stands alone in its cell"),
        (NUMBER, "not(5), (5..6)", "expected a comma before ')'"),
        (NUMBER, "not(not(5))", "a function call, not(…)"),
        (NUMBER, "<", "ends where a value should follow"),
        (NUMBER, "< null", "null is not a number"),
        (NUMBER, "[1..", "ends where a value should follow"),
        (NUMBER, "[1..3", "ends where ']' or ')' should follow"),
        (NUMBER, "[1, 3]", "an interval is written [low..high]"),
        (NUMBER, "[3..1]", "no value lies in the interval"),
        (NUMBER, "(3..3]", "no value lies in the interval"),
        (NUMBER, "1e5", "cannot read '1e5'"),
        (NUMBER, "5.", "cannot read '.'"),
        (NUMBER, "= 5", "a value alone means equality"),
        (NUMBER, "!= 5", "write not(…)"),
        (NUMBER, "1 + 2", "arithmetic ('+') in a cell is not supported"),
        (NUMBER, "? > 5", "an expression with '?'"),
        (NUMBER, "max(1, 2)", "a function call, max(…), in a cell is not supported"),
        (NUMBER, "> limit", "a name, limit, in a cell is not supported"),
        (NUMBER, "> a.b", "a name, a.b, in a cell"),
        (NUMBER, '"5"', '"5" is not a number'),
        (NUMBER, "true", "true is not a number"),
        (NUMBER, "null", "this input is never null"),
        (NUMBER, "5，6", "full-width"),
        (NUMBER, "9" * 35, "more than 34 digits"),
        (INTEGER, "> 5.5", "'5.5' is not a whole number"),
        (INTEGER, "(1..2)", "no value lies in (1..2)"),
        (TEXT, "a", 'a text stands in quotes: "a" instead of a'),
        (TEXT, '> "a"', "'>' needs an order; a text has none"),
        (TEXT, '["a".."b"]', "an interval needs an order"),
        (TEXT, '"a', "cannot read '\"'"),
        (TEXT, r'"\x"', "unknown escape"),
        (TEXT, r'"\uD83D"', "half of a surrogate pair"),
        (LISTED, '"pink"', '"pink" is not one of "red", "green", "blue"'),
        (LISTED, 'not("red", "green", "blue")', "excludes every value"),
        (FLAG, '"true"', '"true" is not true or false'),
        (DAY, '"2026-01-31"', 'is a text; write date("2026-01-31")'),
        (DAY, 'date("2026-02-30")', "'2026-02-30' is not a date"),
        (DAY, 'date("20260131")', "is not written as 2026-01-31"),
        (DAY, "date(2026, 1, 31)", "a function call, date(…)"),
        (DAY, 'time("09:00:00")', 'time("09:00:00") is not a date'),
        (MOMENT, 'date and time("2026-01-31T09:00:00")', "needs its offset"),
        (MOMENT, 'date and time("0001-01-01T00:00:00+08:00")', "outside the years"),
        (LOCAL, 'date and time("2026-01-31T09:00:00Z")', "is not written as"),
        (LENGTH, 'duration("P1M")', "no fixed length; write days"),
        (LENGTH, 'duration("P1Y2M3D")', "years or months"),
        (LENGTH, 'duration("P")', "is not written as P3D"),
        (LENGTH, 'duration("P9999999999D")', "is too long"),
        (dt.Input("x", "integer", low=0, high=3), "> 3", "> 3 can never hold; expected a whole number"),
        (dt.Input("x", "number", values=(5, 10)), "[6..9]", "can never hold"),
        (NUMBER, "1," * 20_000 + "1", "longer than"),
    ],
)  # fmt: skip
def test_what_a_cell_may_not_hold_is_refused_by_name(column: dt.Input, text: str, says: str) -> None:
    with pytest.raises(dt.CellError) as refused:
        dt.cell(column, text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("column", "text", "canonical"),
    [
        (NUMBER, "<=5.0 ,[ 01..2.50 )", "<= 5, [1..2.5)"),
        (NUMBER, "]1..2[", "(1..2)"),
        (NUMBER, "[5..5], -0", "5, 0"),
        (TEXT, 'not ( "a","b")', 'not("a", "b")'),
        (MOMENT, '@"2026-01-31T09:00:00.500+00:00"', 'date and time("2026-01-31T09:00:00.500000Z")'),
        (LENGTH, 'duration("PT90M")', 'duration("PT1H30M")'),
        (DAY, '< @"2026-01-31"', '< date("2026-01-31")'),
    ],
)
def test_a_cell_has_one_canonical_form(column: dt.Input, text: str, canonical: str) -> None:
    cell = dt.cell(column, text)
    assert cell.text == canonical
    assert dt.cell(column, canonical) == cell


def test_neighbouring_whole_numbers_and_days_leave_no_gap_between_cuts() -> None:
    below, above = dt.cell(INTEGER, "<= 5"), dt.cell(INTEGER, ">= 6")
    assert below.intervals[-1][1] == above.intervals[0][0]
    before, after = dt.cell(DAY, '<= date("2026-01-31")'), dt.cell(DAY, '>= date("2026-02-01")')
    assert before.intervals[-1][1] == after.intervals[0][0]
    assert dt.cell(NUMBER, "<= 5").intervals[-1][1] != dt.cell(NUMBER, ">= 6").intervals[0][0]


def test_ordered_values_may_be_listed_and_are_compared_by_their_order() -> None:
    sizes = dt.Input("x", "integer", values=(10, 5, 20))
    assert [v for v in (5, 10, 20) if accepts(sizes, ">= 10", v)] == [10, 20]
    assert [v for v in (5, 10, 20) if accepts(sizes, "(5..20)", v)] == [10]
    with pytest.raises(dt.InvalidFacts):
        accepts(sizes, "-", 7)


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for column in (NUMBER, LISTED, DAY, OPTIONAL):
        try:
            cell = dt.cell(column, text)
        except dt.CellError as error:
            assert str(error)
        else:
            assert dt.cell(column, cell.text) == cell


@given(st.text(alphabet='0159-.,[]()<>=" notnulldatetime@PTD:\\', max_size=30))
def test_no_text_that_looks_like_a_cell_breaks_the_reader(text: str) -> None:
    for column in (NUMBER, INTEGER, TEXT, DAY, LENGTH, OPTIONAL):
        try:
            cell = dt.cell(column, text)
        except dt.CellError as error:
            assert str(error)
        else:
            assert dt.cell(column, cell.text) == cell


@given(st.text(max_size=30))
def test_any_text_can_stand_in_a_cell_and_matches_only_itself(text: str) -> None:
    literal = dt.KINDS["string"].literal(text)
    assert accepts(TEXT, literal, text)
    assert not accepts(TEXT, literal, text + "x")


@given(st.timedeltas())
def test_any_duration_can_be_written_and_read(length: timedelta) -> None:
    assert accepts(LENGTH, dt.KINDS["duration"].literal(length), length)
