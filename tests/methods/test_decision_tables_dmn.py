"""DMN XML in and out: nothing is lost on the way round, and what cannot be read is refused where it stands."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from gongzhi.methods import decision_tables as dt
from tests.methods.test_decision_tables_verification import tables

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(table: str, *, space: str = SPACE, name: str = "t", before: str = "") -> str:
    return (
        f'<definitions xmlns="{space}" name="m" namespace="n">{before}'
        f'<decision name="{name}">{table}</decision></definitions>'
    )


def plain(
    cell: str = "&gt;= 18",
    answer: str = '"yes"',
    *,
    expression: str = "age",
    reference: str = 'typeRef="number"',
) -> str:
    return (
        f"<decisionTable><input><inputExpression {reference}><text>{expression}</text></inputExpression></input>"
        f'<output name="said"/><rule><inputEntry><text>{cell}</text></inputEntry>'
        f"<outputEntry><text>{answer}</text></outputEntry></rule></decisionTable>"
    )


FULL = """
table: matters.deadline
title: {zh: 时限, en: Deadline}
note: "<kept> & \\"as it is\\",\\n on two lines"
hit: P
inputs:
  - {name: kind, type: string, title: Kind, values: {road: {zh: 道路, en: Road}, "noise & <dust>": {zh: 噪声}}, nullable: true}
  - {name: count, type: integer, low: 0, below: 100}
  - {name: share, type: number, above: 0, high: 1.5}
  - {name: day, type: date, low: 2026-01-01}
  - {name: at, type: time, high: "17:00:00"}
  - {name: moment, type: datetime}
  - {name: local, type: local_datetime}
  - {name: wait, type: duration}
  - {name: open, type: boolean, nullable: true}
outputs:
  - {name: days, type: integer, values: [3, 1, 2], title: {zh: 天数}}
  - {name: why, type: string, nullable: true}
rules:
  - when: {kind: '"road", null', count: '[1..5)', share: '> 0.1', day: 'date("2026-02-01")', at: '< time("09:00:00.000001")'}
    then: {days: 3, why: null}
    basis: {law: {zh: 条例, en: Regulation}, article: "§ 4 <5>", link: "https://example.org/?a=1&b=2", note: {zh: 注}}
    note: {zh: 说明, en: Note}
  - when: {moment: '>= date and time("2026-01-01T00:00:00+08:00")', local: '< date and time("2026-01-01T00:00:00")'}
    then: {days: 1, why: "a\\tb\\rc"}
    basis: Law on something
  - when: {kind: 'not("road")', wait: '> duration("P1DT2H")', open: 'not(true)'}
    then: {days: 2, why: " blank around "}
default:
  then: {days: 1, why: none}
  basis: {law: By default, article: "1"}
  note: where nothing else applies
"""


def test_nothing_is_lost_between_yaml_and_dmn() -> None:
    [table] = dt.load(FULL)
    written = dt.dump(table, "dmn")
    [again] = dt.load(written)
    assert again.content() == table.content()
    assert dt.dump(dt.load(dt.dump(again, "yaml"))[0], "dmn") == written
    assert again.rules[0].basis == table.rules[0].basis
    assert again.default == table.default


@pytest.mark.parametrize("hit", list(dt.Hit))
def test_every_hit_policy_and_aggregator_survives(hit: dt.Hit) -> None:
    inputs, outputs = (dt.Input("x", "integer"),), (dt.Output("y", "integer", values=(2, 1)),)
    rules = (dt.rule(inputs, outputs, {"x": "> 1"}, {"y": 2}),)
    may_be_empty = not hit.is_single and hit not in (dt.Hit.MIN, dt.Hit.MAX)
    table = dt.Table("t", inputs, outputs, rules, hit, may_be_empty=may_be_empty)
    assert dt.load(dt.dump(table, "dmn")) == [table]


@settings(max_examples=60)
@given(tables())
def test_every_table_survives_dmn(table: dt.Table) -> None:
    written = dt.dump(table, "dmn")
    assert dt.load(written) == [table]
    assert dt.dump(dt.load(written)[0], "dmn") == written


@pytest.mark.parametrize(
    "space",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_all_versions_are_read(space: str) -> None:
    [table] = dt.load(model(plain(), space=space))
    assert table.decide({"age": 18}).value == "yes"
    assert [table] == dt.load(model(plain(), space=space).encode())


def test_names_become_ours_and_keep_their_title() -> None:
    before = '<inputData name="Years of Service 2"/>'
    [table] = dt.load(model(plain(expression="Years of Service 2"), name="Extra days", before=before))
    assert (table.name, table.title, table.inputs[0].name) == (
        "Extra_days",
        "Extra days",
        "Years_of_Service_2",
    )
    assert table.inputs[0].title == "Years of Service 2"


def test_types_are_taken_from_the_model_or_else_from_the_literals() -> None:
    before = (
        '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues>'
        '</itemDefinition><inputData name="kind"><variable name="kind" typeRef="tKind"/></inputData>'
    )
    [table] = dt.load(model(plain('"a"', expression="kind", reference=""), before=before))
    assert (table.inputs[0].type, table.inputs[0].values) == ("string", ("a", "b"))
    [table] = dt.load(model(plain('date("2026-01-01"), null', "1.5", reference="")))
    assert (table.inputs[0].type, table.inputs[0].nullable, table.outputs[0].type) == ("date", True, "number")
    with pytest.raises(
        dt.FormatError, match="no type is declared, and its cells hold nothing; write a typeRef"
    ):
        dt.load(model(plain("-", reference="")))


def test_annotations_named_for_it_are_the_basis_and_others_the_note() -> None:
    text = model(plain()).replace("<rule>", '<annotation name="依据"/><annotation name="remark"/><rule>')
    text = text.replace(
        "</rule>",
        "<annotationEntry><text>Law, art. 1</text></annotationEntry>"
        "<annotationEntry><text>look twice</text></annotationEntry></rule>",
    )
    [table] = dt.load(text)
    assert (table.rules[0].basis, table.rules[0].note) == (dt.Basis("Law, art. 1"), "look twice")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (model(plain("floor(2)")), r"t, row 1, column age, line 1: a function call, floor\(…\)"),
        (model(plain("a.b")), "t, row 1, column age, line 1: a name, a.b, in a cell is not supported"),
        (model(plain("")), "t, row 1, column age, line 1: the cell is empty; write - for any value"),
        (model(plain(answer="1 + 1")), "t, row 1, column said, line 1: arithmetic"),
        (model(plain(answer="1, 2")), "'1, 2' is not a value; only a literal stands here"),
        (model(plain(answer="")), "t, row 1, column said, line 1: the cell is empty"),
        (model(plain(expression="age + 1")), "the expression 'age \\+ 1' is not supported"),
        (model(plain(expression="a and b")), "an input is a name"),
        (model(plain(reference='typeRef="yearMonthDuration"')), "the type 'yearMonthDuration' is not supported"),
        (model("<literalExpression><text>1</text></literalExpression>"), "no decision table in the model"),
        (model(f"<context><contextEntry>{plain()}</contextEntry></context>"), "inside a boxed context"),
        (model(plain().replace("<decisionTable>", '<decisionTable hitPolicy="BEST">')), "'BEST' is not a hit policy"),
        (model(plain().replace("<decisionTable>", '<decisionTable aggregation="SUM">')), "aggregation 'SUM' of UNIQUE"),
        (model(plain().replace("<rule>", "<rule><inputEntry><text>-</text></inputEntry>")), "2 input and 1 output entries"),
        (model(plain().replace("<rule>", "<rule><boxed/>")), "<boxed> in <rule> is not supported"),
        (model(plain(), space="urn:other"), "not a DMN model"),
        ("<a/>", "not a DMN model"),
        ("<a>", "line 1: not XML"),
        ("<", "not XML"),
        ("<a>\ud800</a>", "not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a document type declaration"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a document type declaration"),
        ("<a>&b;</a>", "not XML"),
        ("<a>" * 200 + "</a>" * 200, "nested too deeply"),
        ("<a>" + "<b/>" * 500_001 + "</a>", "more than 500,000 elements"),
        ("<" + "a" * 10_000_001, "longer than 10,000,000"),
    ],
    ids=lambda value: None if len(value) < 60 else "",
)  # fmt: skip
def test_what_cannot_be_read_is_refused_where_it_stands(text: str, said: str) -> None:
    with pytest.raises(dt.FormatError, match=said):
        dt.load(text)


def test_a_text_that_xml_cannot_hold_is_refused_in_writing() -> None:
    inputs, outputs = (dt.Input("x", "string"),), (dt.Output("y", "string"),)
    table = dt.Table("t", inputs, outputs, (dt.rule(inputs, outputs, {}, {"y": "a\x01"}),))
    with pytest.raises(dt.FormatError, match="cannot be written in XML"):
        dt.dump(table, "dmn")


def test_only_the_tables_asked_for_are_read() -> None:
    second = '<decision name="other"><decisionTable hitPolicy="BEST"/></decision></definitions>'
    text = model(plain()).replace("</definitions>", second)
    assert [t.name for t in dt.load(text, only=["t"])] == ["t"]
    with pytest.raises(dt.FormatError, match="other"):
        dt.load(text)


def test_values_of_every_type_come_back_equal() -> None:
    values: dict[str, dt.Value] = {
        "number": Decimal("-0.50"),
        "integer": 7,
        "string": 'a "b" \\ 中',
        "boolean": False,
        "date": date(2026, 2, 28),
        "time": time(9, 30, 0, 5),
        "datetime": datetime(2026, 1, 1, tzinfo=UTC),
        "local_datetime": datetime(2026, 1, 1, 12),  # noqa: DTZ001  local by its type
        "duration": -timedelta(days=1, seconds=5),
    }
    inputs = (dt.Input("x", "integer"),)
    outputs = tuple(dt.Output(f"y_{name}", name) for name in values)
    rules = (dt.rule(inputs, outputs, {}, {f"y_{name}": value for name, value in values.items()}),)
    table = dt.Table("t", inputs, outputs, rules)
    assert dt.load(dt.dump(table, "dmn")) == [table]
