"""YAML: what a person writes is read strictly, and written back in one form that reads as a diff."""

import difflib
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.methods import decision_tables as dt

CANONICAL = """\
table: matters.deadline
title: {zh: 办理时限, en: Deadline}
note: {en: 'Days are working days: see the calendar'}
hit: F
inputs:
- name: kind
  type: string
  values:
    consult: {zh: 咨询, en: enquiry}
    complain: null
- {name: urgency, type: integer, title: Urgency, low: 0, high: 3}
- {name: since, type: date, nullable: true}
outputs:
- {name: days, type: integer, low: 0}
- {name: body, type: string, values: ['no', '1', water works], nullable: true}
- {name: share, type: number}
- {name: is_public, type: boolean}
rules:
- when: {kind: '"consult"', urgency: '<= 1'}
  then: {days: 1, body: 'no', share: 1.5, is_public: true}
  basis: Regulations on hotlines, art. 12
- when: {urgency: '[1..3), 3', since: 'not(null, >= date("2026-01-01"))'}
  then: {days: 5, body: '1', share: 0.25, is_public: false}
  basis:
    law: {zh: 条例, en: Regulations}
    article: art. 12 (2)
    link: https://example.org/law#12
    note: not verified in a primary text
  note: two tests in one cell
default:
  then: {days: 10, body: null, share: 3, is_public: false}
  basis: {zh: 细则, en: Rules}
"""


def read(text: str) -> dt.Table:
    [table] = dt.load(text)
    return table


def test_the_canonical_text_is_written_back_letter_by_letter() -> None:
    expected = CANONICAL.replace("  basis: {zh: 细则, en: Rules}", "  basis:\n    law: {zh: 细则, en: Rules}")
    assert dt.dump(read(CANONICAL)) == expected
    assert read(expected) == read(CANONICAL)


def test_it_is_read_by_the_declared_types() -> None:
    table = read(CANONICAL)
    assert table.outputs[1].values == ("no", "1", "water works")
    assert table.rules[0].then == (1, "no", Decimal("1.5"), True)
    assert table.default == dt.Default((10, None, Decimal(3), False), dt.Basis({"zh": "细则", "en": "Rules"}))
    assert table.inputs[0].value_titles == {"consult": {"zh": "咨询", "en": "enquiry"}}
    assert table.rules[1].basis == dt.Basis(
        {"zh": "条例", "en": "Regulations"},
        "art. 12 (2)",
        "https://example.org/law#12",
        "not verified in a primary text",
    )
    outcome = table.decide({"kind": "complain", "urgency": 0, "since": None})
    assert outcome.value == {"days": 10, "body": None, "share": Decimal(3), "is_public": False}


def test_other_readers_of_yaml_see_the_same_values() -> None:
    content = yaml.safe_load(dt.dump(read(CANONICAL)))
    assert content["outputs"][1]["values"] == ["no", "1", "water works"]
    assert content["rules"][0]["then"] == {"days": 1, "body": "no", "share": 1.5, "is_public": True}


def test_the_digest_is_the_same_however_the_text_is_laid_out() -> None:
    rewritten = (
        CANONICAL.replace("'<= 1'", "'<=01'")
        .replace("hit: F", "hit: F  # the first that matches")
        .replace("share: 1.5", "share: '1.50'")
        .replace("'[1..3), 3'", '"[ 1 .. 3[ ,3"')
        .replace("{zh: 办理时限, en: Deadline}", "\n  en: Deadline\n  zh: 办理时限")
        .replace("{urgency: '[", "{kind: '-', urgency: '[")
    )
    assert rewritten != CANONICAL
    assert read(rewritten).digest == read(CANONICAL).digest
    assert read(rewritten) == read(CANONICAL)
    assert len({read(rewritten), read(CANONICAL)}) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'<= 1'", "'<= 2'"),
        ("hit: F", "hit: C"),
        ("days: 1,", "days: 2,"),
        ("body: null", "body: 'no'"),
        ("art. 12 (2)", "art. 12 (3)"),
        ("['no', '1', water works]", "['1', 'no', water works]"),
        ("complain: null", "complain: {en: complaint}"),
        ("title: Urgency, low: 0", "title: Urgency, low: -1"),
    ],
)  # fmt: skip
def test_whatever_changes_the_content_changes_the_digest(old: str, new: str) -> None:
    changed = CANONICAL.replace(old, new)
    assert changed != CANONICAL
    assert read(changed) != read(CANONICAL)


def test_a_changed_cell_is_a_diff_of_one_line() -> None:
    before, after = (dt.dump(read(t)) for t in (CANONICAL, CANONICAL.replace("'<= 1'", "'<= 2'")))
    changes = [x for x in difflib.ndiff(before.splitlines(), after.splitlines()) if x[0] in "+-"]
    assert changes == [
        """- - when: {kind: '"consult"', urgency: '<= 1'}""",
        """+ - when: {kind: '"consult"', urgency: '<= 2'}""",
    ]


def test_several_tables_are_documents_of_one_text() -> None:
    two = CANONICAL + "---\n" + CANONICAL.replace("matters.deadline", "matters.other")
    assert [t.name for t in dt.load(two.encode())] == ["matters.deadline", "matters.other"]


def test_json_is_read_as_well() -> None:
    text = (
        '{"table": "t", "inputs": [{"name": "x", "type": "string"}],'
        ' "outputs": [{"name": "y", "type": "string"}],'
        ' "rules": [{"when": {"x": "\\"a\\""}, "then": {"y": "null"}}]}'
    )
    assert read(text).decide({"x": "a"}).value == "null"


SMALL = """\
table: t
inputs:
- {name: x, type: integer, low: 0}
- {name: s, type: string, values: [a, b]}
outputs:
- {name: y, type: integer}
rules:
- when: {x: '> 5'}
  then: {y: 1}
- when: {s: '"a"'}
  then: {y: 2}
"""


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("'> 5'", "''", (1, "x", 8), "the cell is empty; write - for any value"),
        ("'> 5'", "", (1, "x", 8), "the cell is empty"),
        ("'> 5'", "[1..3]", (1, "x", 8), "a cell is a text; put it in quotes"),
        ("'> 5'", "'> y'", (1, "x", 8), "a name, y, in a cell is not supported"),
        ("""'"a"'""", '"a"', (2, "s", 10), """a text stands in quotes: "a" instead of a (in YAML"""),
        ("""'"a"'""", """'"c"'""", (2, "s", 10), '"c" is not one of "a", "b"'),
        ("{x: '> 5'}", "{z: '> 5'}", (1, None, 8), "unknown key 'z'; expected one of x, s"),
        ("{x: '> 5'}", "{x: '> 5', x: '> 6'}", (1, None, 8), "x is written twice"),
        ("y: 1", "y: 1.5", (1, "y", 9), "'1.5' is not a whole number"),
        ("y: 1", "y: 1_000", (1, "y", 9), "'1_000' is not a whole number"),
        ("y: 1", "y: null", (1, "y", 9), "null is not a whole number"),
        ("y: 1", "y: ", (1, "y", 9), "expected a whole number"),
        ("y: 1", "y: [1]", (1, "y", 9), "expected a whole number"),
        ("{y: 1}", "{}", (1, None, 9), "y is missing"),
        ("  then: {y: 1}\n", "", (1, None, 8), "then is missing"),
        ("  then: {y: 1}", "  then: {y: 1}\n  because: x", (1, None, 10), "unknown key 'because'"),
        ("  then: {y: 1}", "  then: {y: 1}\n  basis: {article: x}", (1, None, 10), "a basis names its law"),
        ("  then: {y: 1}", "  then: {y: 1}\n  basis: {fr: x}", (1, None, 10), "unknown key 'fr'"),
        ("  then: {y: 1}", "  then: {y: 1}\n  basis: {zh: ' '}", (1, None, 10), "expected a text"),
        ("type: integer, low: 0", "type: int", (None, "x", 3), "'int' is not a type"),
        ("low: 0", "low: zero", (None, "x", 3), "'zero' is not a whole number"),
        ("low: 0", "lowest: 0", (None, None, 3), "unknown key 'lowest'"),
        ("values: [a, b]", "values: [a, a]", (None, "s", 4), "a value is listed twice"),
        ("values: [a, b]", "values: []", (None, "s", 4), "the list of values is empty"),
        ("values: [a, b]", "values: {a: A, a: B}", (None, "s", 4), "a value is listed twice"),
        ("values: [a, b]", "values: [[a]]", (None, "s", 4), "expected a text"),
        ("values: [a, b]", "nullable: 1", (None, "s", 4), "expected true or false"),
        ("table: t", "table: t\nhit: X", (None, None, 2), "'X' is not a hit policy; expected one of U, A, P"),
        ("table: t", "table: t\nhit: C+\nmay_be_empty: yes", (None, None, 3), "expected true or false"),
        ("table: t", "table: t\ntable: u", (None, None, 2), "table is written twice"),
        ("table: t", "table: t t", (None, None, None), "'t t' is not a name"),
        ("table: t", "table: [t]", (None, None, 1), "expected a text"),
        ("table: t", "a: &a [1]\ntable: t", (None, None, 1), "anchors and aliases are not supported"),
        ("table: t", "table: *t", (None, None, 1), "anchors and aliases are not supported"),
        ("table: t", "table: !!python/name:os.system t", (None, None, 1), "the tag tag:yaml.org,2002:python"),
        ("table: t", "table: 'it", (None, None, 8), "not YAML"),
        ("table: t", "table: \x01", (None, None, None), "not YAML"),
        ("table: t", "table: " + "[" * 20, (None, None, 1), "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_row_column_and_line(
    old: str, new: str, where: tuple[Any, ...], says: str
) -> None:
    assert old in SMALL
    with pytest.raises(dt.FormatError) as refused:
        dt.load(SMALL.replace(old, new, 1))
    found = next((p for p in refused.value.problems if says in p.text), None)
    assert found, str(refused.value)
    assert (found.row, found.column, found.line) == where


def test_all_problems_of_a_text_are_told_together() -> None:
    broken = SMALL.replace("'> 5'", "'> z'").replace("y: 2", "y: two")
    with pytest.raises(dt.FormatError) as refused:
        dt.load(broken + "---\n" + broken.replace("table: t", "table: u"))
    assert [(p.table, p.row) for p in refused.value.problems] == [("t", 1), ("t", 2), ("u", 1), ("u", 2)]
    assert str(refused.value).splitlines()[0] == (
        "t, row 1, column x, line 8: a name, z, in a cell is not supported; write the value itself"
    )


@pytest.mark.parametrize(
    "text", ["", "# nothing", "x", "- x", "---", "null", "\ud800", b"\xff\xfe", "<a/>", "\t"]
)
def test_what_is_no_table_is_refused(text: str | bytes) -> None:
    with pytest.raises(dt.FormatError):
        dt.load(text)


def test_a_text_beyond_all_measure_is_refused_unread() -> None:
    with pytest.raises(dt.FormatError, match="longer than 10,000,000 characters"):
        dt.load("x" * 10_000_001)


def test_a_text_of_endless_pieces_is_refused() -> None:
    with pytest.raises(dt.FormatError, match="more than 500,000 keys and values"):
        dt.load("- x\n" * 600_000)


def test_a_table_without_rules_says_so_itself() -> None:
    empty = read(SMALL.partition("rules:")[0] + "rules: []\n")
    assert empty.rules == ()
    with pytest.raises(dt.Undecidable):
        empty.decide({"x": 1, "s": "a"})


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="'xls' is not a format"):
        dt.dump(read(SMALL), format="xls")  # type: ignore[arg-type]


@given(st.text(max_size=60), st.integers(0, len(SMALL)), st.integers(0, 20))
def test_a_mangled_text_is_read_or_refused_but_breaks_nothing(noise: str, at: int, cut: int) -> None:
    try:
        tables = dt.load(SMALL[:at] + noise + SMALL[at + cut :])
    except dt.FormatError as error:
        assert error.problems
    else:
        assert all(dt.load(dt.dump(t)) == [t] for t in tables)


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_any_text_survives_as_title_basis_value_and_answer(text: str) -> None:
    inputs = (dt.Input("x", "string", values=(text,)),)
    outputs = (dt.Output("y", "string", title={"zh": text}),)
    rules = (dt.rule(inputs, outputs, {"x": dt.KINDS["string"].literal(text)}, {"y": text}, dt.Basis(text)),)
    table = dt.Table("t", inputs, outputs, rules, title=text)
    again = read(dt.dump(table))
    assert again == table
    assert again.decide({"x": text}).value == text
