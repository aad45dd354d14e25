"""Deciding: hit policies, what an outcome tells, and errors that name the table, input and value."""

import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from gongzhi.methods import decision_tables as dt

AGE = dt.Input("age", "integer", low=0, high=150)
RISK = dt.Input("risk", "string", values=("high", "medium", "low"))
STATUS = dt.Output("status", "string", values=("approved", "declined"))
POINTS = dt.Output("points", "number")
LAW = dt.Basis("Law", article="art. 1")


def table(
    hit: dt.Hit,
    *rows: tuple[str, str, dt.Value],
    output: dt.Output = POINTS,
    default: dt.Default | None = None,
    may_be_empty: bool = False,
) -> dt.Table:
    inputs, outputs = (AGE, RISK), (output,)
    rules = [
        dt.rule(inputs, outputs, {"age": age, "risk": risk}, {output.name: answer}, dt.Basis(f"row {i}"))
        for i, (age, risk, answer) in enumerate(rows, 1)
    ]
    return dt.Table("t", inputs, outputs, tuple(rules), hit, default=default, may_be_empty=may_be_empty)


def facts(age: Any = 30, risk: Any = "low") -> dict[str, Any]:
    return {"age": age, "risk": risk}


STEPS = [("> 10", "-", Decimal("98.83")), ("> 20", "-", Decimal("150.21")), ("> 30", "-", Decimal("64.32"))]


class TestHitPolicies:
    def test_unique_answers_by_its_one_row(self) -> None:
        outcome = table(dt.Hit.UNIQUE, ("< 18", "-", 1), (">= 18", "-", 2)).decide(facts(18))
        assert (outcome.value, outcome.rows) == (2, (2,))

    def test_unique_refuses_two_rows_even_if_they_agree(self) -> None:
        with pytest.raises(dt.Undecidable) as refused:
            table(dt.Hit.UNIQUE, ("-", "-", 1), (">= 18", "-", 1)).decide(facts(18))
        assert refused.value.rows == (1, 2)
        assert refused.value.reason == "conflict"
        assert str(refused.value) == (
            't: rows 1, 2 conflict for age = 18, risk = "low"; one row at most may match (hit policy U)'
        )

    def test_any_answers_where_all_rows_agree(self) -> None:
        outcome = table(dt.Hit.ANY, ("-", "-", 1), (">= 18", "-", 1)).decide(facts(18))
        assert (outcome.value, outcome.values, outcome.rows) == (1, [1], (1, 2))

    def test_any_refuses_rows_that_disagree(self) -> None:
        with pytest.raises(dt.Undecidable, match=r"rows 1, 2 conflict .* must agree \(hit policy A\)"):
            table(dt.Hit.ANY, ("-", "-", 1), (">= 18", "-", 2)).decide(facts(18))

    def test_first_answers_by_the_earliest_row(self) -> None:
        outcome = table(dt.Hit.FIRST, (">= 60", "-", 1), (">= 18", "-", 2), ("-", "-", 3)).decide(facts(30))
        assert (outcome.value, outcome.rows) == (2, (2,))

    def test_priority_answers_by_the_order_of_output_values(self) -> None:
        rows = [("-", "-", "declined"), (">= 18", "-", "approved"), (">= 19", "-", "approved")]
        outcome = table(dt.Hit.PRIORITY, *rows, output=STATUS).decide(facts(30))
        assert (outcome.value, outcome.rows) == ("approved", (2,))

    def test_priority_compares_outputs_column_by_column_and_skips_those_without_an_order(self) -> None:
        inputs = (AGE,)
        outputs = (dt.Output("note", "string"), STATUS, dt.Output("rate", "string", values=("best", "basic")))
        rows = [("a", "declined", "best"), ("b", "approved", "basic"), ("c", "approved", "best")]
        rules = [
            dt.rule(inputs, outputs, {}, dict(zip(("note", "status", "rate"), r, strict=True))) for r in rows
        ]
        decided = dt.Table("t", inputs, outputs, tuple(rules), dt.Hit.PRIORITY).decide({"age": 1})
        assert decided.value == {"note": "c", "status": "approved", "rate": "best"}

    def test_output_order_lists_by_output_values_and_rule_order_by_rows(self) -> None:
        rows = [("-", "-", "declined"), (">= 18", "-", "approved"), ("-", '"low"', "declined")]
        by_output = table(dt.Hit.OUTPUT_ORDER, *rows, output=STATUS).decide(facts())
        assert (by_output.value, by_output.rows) == (["approved", "declined", "declined"], (2, 1, 3))
        by_rule = table(dt.Hit.RULE_ORDER, *rows, output=STATUS).decide(facts())
        assert (by_rule.value, by_rule.rows) == (["declined", "approved", "declined"], (1, 2, 3))

    def test_collect_lists_all(self) -> None:
        assert table(dt.Hit.COLLECT, *STEPS).decide(facts(25)).value == [Decimal("98.83"), Decimal("150.21")]

    @pytest.mark.parametrize(
        ("hit", "value"),
        [
            (dt.Hit.SUM, Decimal("313.36")),
            (dt.Hit.MIN, Decimal("64.32")),
            (dt.Hit.MAX, Decimal("150.21")),
            (dt.Hit.COUNT, 3),
        ],
    )
    def test_collect_aggregates(self, hit: dt.Hit, value: Any) -> None:
        outcome = table(hit, *STEPS).decide(facts(40))
        assert (outcome.value, outcome.rows) == (value, (1, 2, 3))
        assert len(outcome.values) == 3

    def test_sums_are_exact(self) -> None:
        rows = [("-", "-", Decimal("0.1"))] * 3 + [("-", "-", Decimal(10) ** 33)]
        assert table(dt.Hit.SUM, *rows).decide(facts()).value == Decimal("1" + "0" * 33 + ".3")

    def test_the_earliest_date_and_the_sum_of_durations_can_be_collected(self) -> None:
        until = dt.Output("until", "date")
        rows = [("-", "-", date(2026, 3, 1)), ("-", "-", date(2026, 2, 1))]
        assert table(dt.Hit.MIN, *rows, output=until).decide(facts()).value == date(2026, 2, 1)
        length = dt.Output("length", "duration")
        spans = [("-", "-", timedelta(hours=1)), ("-", "-", timedelta(days=1))]
        assert table(dt.Hit.SUM, *spans, output=length).decide(facts()).value == timedelta(days=1, hours=1)


class TestNoMatch:
    @pytest.mark.parametrize("hit", [h for h in dt.Hit if h not in "PO"])
    def test_without_a_default_every_policy_refuses(self, hit: dt.Hit) -> None:
        with pytest.raises(dt.Undecidable) as refused:
            table(hit, ("> 100", "-", 1), ("-", '"high"', 2)).decide(facts())
        assert refused.value.reason == "uncovered"
        assert refused.value.inputs == facts()
        assert str(refused.value) == 't: no row covers age = 30, risk = "low"; write a row or a default'

    def test_an_input_that_no_row_accepts_is_pointed_out(self) -> None:
        with pytest.raises(dt.Undecidable, match='no row at all accepts risk = "low"; write') as refused:
            table(dt.Hit.UNIQUE, ("-", '"high"', 1), ("-", '"medium"', 2)).decide(facts())
        assert refused.value.barren == ("risk",)

    def test_a_default_answers_with_its_own_basis(self) -> None:
        default = dt.Default((9,), LAW)
        outcome = table(dt.Hit.UNIQUE, ("> 100", "-", 1), default=default).decide(facts())
        assert (outcome.value, outcome.rows, outcome.basis, outcome.is_default) == (9, (), (LAW,), True)

    def test_a_default_of_a_collecting_policy_is_a_list_of_one_and_of_an_aggregate_the_aggregate(
        self,
    ) -> None:
        default = dt.Default((9,))
        assert table(dt.Hit.COLLECT, ("> 100", "-", 1), default=default).decide(facts()).value == [9]
        assert table(dt.Hit.SUM, ("> 100", "-", 1), default=default).decide(facts()).value == 9

    @pytest.mark.parametrize(("hit", "value"), [(dt.Hit.COLLECT, []), (dt.Hit.SUM, 0), (dt.Hit.COUNT, 0)])
    def test_none_is_an_answer_where_the_table_says_so(self, hit: dt.Hit, value: Any) -> None:
        outcome = table(hit, ("> 100", "-", 1), may_be_empty=True).decide(facts())
        assert (outcome.value, outcome.rows) == (value, ())


class TestOutcome:
    def test_it_tells_what_it_rests_on(self) -> None:
        rules = table(dt.Hit.RULE_ORDER, ("-", "-", 1), (">= 18", "-", 2), ("-", '"high"', 3))
        outcome = rules.decide({**facts(), "name": "not read"})
        assert outcome.basis == (dt.Basis("row 1"), dt.Basis("row 2"))
        assert outcome.inputs == facts()
        assert (outcome.table, outcome.digest) == ("t", rules.digest)

    def test_a_shared_basis_is_named_once(self) -> None:
        inputs, outputs = (AGE,), (POINTS,)
        rules = tuple(dt.rule(inputs, outputs, {}, {"points": n}, LAW) for n in (1, 2))
        assert dt.Table("t", inputs, outputs, rules, dt.Hit.COLLECT).decide({"age": 1}).basis == (LAW,)

    def test_its_content_is_plain(self) -> None:
        inputs = (dt.Input("since", "date"), dt.Input("cost", "number"))
        outputs = (dt.Output("until", "date"), dt.Output("fee", "number"))
        then: dict[str, dt.Value] = {"until": date(2026, 2, 1), "fee": Decimal("1.50")}
        decided = dt.Table("t", inputs, outputs, (dt.rule(inputs, outputs, {}, then),)).decide(
            {"since": date(2026, 1, 1), "cost": Decimal(3)}
        )
        assert decided.content() == {
            "table": "t",
            "digest": decided.digest,
            "inputs": {"since": "2026-01-01", "cost": 3},
            "value": {"until": "2026-02-01", "fee": Decimal("1.50")},
            "rows": [1],
            "is_default": False,
        }

    def test_changing_one_answer_changes_no_other(self) -> None:
        rules = table(dt.Hit.COLLECT, *STEPS)
        rules.decide(facts(40)).value.clear()
        assert len(rules.decide(facts(40)).value) == 3

    def test_equal_facts_give_equal_outcomes(self) -> None:
        rules = table(dt.Hit.COLLECT, *STEPS)
        assert rules.decide(facts(40)) == rules.decide(facts(Decimal(40)))
        assert rules.decide(facts(40)) != rules.decide(facts(41))


class Kind(StrEnum):
    LOW = "low"


LOCAL = datetime(2026, 1, 1)  # noqa: DTZ001


def decided_input(type_: str, value: Any, **more: Any) -> Any:
    inputs, outputs = (dt.Input("x", type_, **more),), (POINTS,)
    rules = (dt.rule(inputs, outputs, {}, {"points": 1}),)
    return dt.Table("t", inputs, outputs, rules).decide({"x": value}).inputs["x"]


class TestFacts:
    def test_values_equal_to_the_type_are_taken_as_it(self) -> None:
        assert repr(decided_input("integer", Decimal("3.0"))) == "3"
        assert type(decided_input("string", Kind.LOW)) is str
        eastern = datetime(2026, 1, 31, 8, tzinfo=timezone(timedelta(hours=8)))
        assert decided_input("datetime", eastern) == datetime(2026, 1, 31, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("type_", "value"),
        [
            ("number", 1.0), ("number", True), ("number", "1"), ("number", None), ("number", 1 + 0j),
            ("number", Decimal("NaN")), ("number", Decimal("sNaN")), ("number", Decimal("Infinity")),
            ("number", Decimal("1e999999")),
            ("integer", Decimal("1.5")), ("integer", Decimal("1e999999")), ("integer", False),
            ("integer", 1.0),
            ("string", 1), ("string", b"a"), ("string", None), ("string", ["a"]),
            ("boolean", 1), ("boolean", 0), ("boolean", "true"), ("boolean", None),
            ("date", LOCAL), ("date", "2026-01-01"), ("date", None),
            ("time", time(9, tzinfo=UTC)), ("time", LOCAL),
            ("datetime", LOCAL), ("datetime", date(2026, 1, 1)),
            ("datetime", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))),
            ("local_datetime", datetime(2026, 1, 1, tzinfo=UTC)),
            ("duration", 3), ("duration", "P3D"),
        ],
    )  # fmt: skip
    def test_a_value_of_another_type_is_refused_by_name(self, type_: str, value: Any) -> None:
        with pytest.raises(dt.InvalidFacts) as refused:
            decided_input(type_, value)
        [problem] = refused.value.problems
        assert (problem.input, problem.reason) == ("x", "type")
        assert str(refused.value).startswith("t: x = ")
        assert problem.expected in str(refused.value)

    @pytest.mark.parametrize(
        ("type_", "domain", "value", "expected"),
        [
            ("integer", {"low": 0, "high": 3}, 4, "a whole number from 0 to 3"),
            ("integer", {"low": 0, "high": 3}, -1, "a whole number from 0 to 3"),
            ("number", {"above": 0}, 0, "a number above 0"),
            ("number", {"below": 1}, 1, "a number below 1"),
            ("number", {"high": 1}, Decimal("1.1"), "a number up to 1"),
            ("number", {"values": (5, 10)}, 7, "one of 5, 10"),
            ("string", {"values": ("a", "b")}, "c", 'one of "a", "b"'),
            ("date", {"low": date(2026, 1, 1)}, date(2025, 12, 31), 'a date from date("2026-01-01")'),
            ("integer", {"low": 0, "nullable": True}, -1, "a whole number from 0, or null"),
        ],
    )
    def test_a_value_outside_the_domain_is_refused_by_name(
        self, type_: str, domain: Mapping[str, Any], value: Any, expected: str
    ) -> None:
        with pytest.raises(dt.InvalidFacts) as refused:
            decided_input(type_, value, **domain)
        [problem] = refused.value.problems
        assert (problem.reason, problem.expected, problem.value) == ("domain", expected, value)

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        with pytest.raises(dt.InvalidFacts) as refused:
            table(dt.Hit.FIRST, ("-", "-", 1)).decide({"risk": "huge"})
        assert [(p.input, p.reason) for p in refused.value.problems] == [
            ("age", "missing"),
            ("risk", "domain"),
        ]
        assert str(refused.value) == (
            "t: age is missing; expected a whole number from 0 to 150; "
            'risk = "huge" is not one of "high", "medium", "low"'
        )

    def test_null_is_taken_only_where_declared_and_never_stands_for_missing(self) -> None:
        assert decided_input("integer", None, nullable=True) is None
        inputs, outputs = (dt.Input("x", "integer", nullable=True),), (POINTS,)
        rules = dt.Table("t", inputs, outputs, (dt.rule(inputs, outputs, {}, {"points": 1}),))
        with pytest.raises(dt.InvalidFacts, match="x is missing; expected a whole number, or null"):
            rules.decide({})

    def test_errors_travel_between_processes(self) -> None:
        for bad in ({"age": 1}, facts(age=30)):
            with pytest.raises(dt.DecisionError) as refused:
                table(dt.Hit.FIRST, ("> 100", "-", 1)).decide(bad)
            again = pickle.loads(pickle.dumps(refused.value))
            assert (type(again), str(again)) == (type(refused.value), str(refused.value))


class TestDeclarations:
    @pytest.mark.parametrize(
        ("hit", "more", "says"),
        [
            (dt.Hit.PRIORITY, {}, "P needs an output with its values listed in order"),
            (dt.Hit.OUTPUT_ORDER, {}, "O needs an output with its values"),
            (dt.Hit.SUM, {"output": dt.Output("o", "date")}, "can be added up and is never null"),
            (dt.Hit.MAX, {"output": dt.Output("o", "string")}, "has an order and is never null"),
            (dt.Hit.SUM, {"output": dt.Output("o", "number", nullable=True)}, "never null"),
            (dt.Hit.FIRST, {"may_be_empty": True}, "may_be_empty is for collecting policies"),
            (dt.Hit.MIN, {"may_be_empty": True}, "of nothing is no value"),
            (dt.Hit.COUNT, {"default": dt.Default((0,))}, "the count of nothing is 0"),
            (dt.Hit.SUM, {"default": dt.Default((0,)), "may_be_empty": True}, "exclude each other"),
            (dt.Hit.FIRST, {"default": dt.Default(("x",))}, '"x" is not a number'),
            (dt.Hit.FIRST, {"default": dt.Default(())}, "0 values for 1 outputs"),
        ],
    )
    def test_a_policy_that_cannot_work_is_refused(self, hit: dt.Hit, more: Any, says: str) -> None:
        with pytest.raises(dt.FormatError) as refused:
            table(hit, **more)
        assert says in str(refused.value)

    @pytest.mark.parametrize(
        ("column", "says"),
        [
            (dt.Input("a b", "integer"), "'a b' is not a name"),
            (dt.Input("", "integer"), "'' is not a name"),
            (dt.Input("x", "float"), "'float' is not a type; expected one of number, integer"),
            (dt.Input("x", "string", values=("a", "a")), "a value is listed twice"),
            (dt.Input("x", "string", values=("a", None)), "null is not a text"),
            (dt.Input("x", "string", low="a"), "low: a text has no order; list the values instead"),
            (dt.Input("x", "integer", low=0, values=(1,)), "low beside values"),
            (dt.Input("x", "integer", low=0, above=0), "two bounds on one side"),
            (dt.Input("x", "integer", low=3, high=2), "nothing lies between its bounds"),
            (dt.Input("x", "integer", above=1, below=2, nullable=True), "nothing lies between its bounds"),
            (dt.Input("x", "integer", low="1"), '"1" is not a whole number'),
            (dt.Input("x", "boolean", values=(True, False)), "needs no list of values"),
            (dt.Input("x", "string", values=("a",), value_titles={"b": "B"}), 'a title for "b"'),
        ],
    )
    def test_a_column_that_makes_no_sense_is_refused(self, column: dt.Input, says: str) -> None:
        with pytest.raises(dt.FormatError) as refused:
            dt.Table("t", (column,), (POINTS,), ())
        assert says in str(refused.value)

    def test_names_may_be_dotted_and_of_any_script_but_not_doubled(self) -> None:
        assert dt.Table("区域.时限", (dt.Input("person.age", "integer"),), (POINTS,), ()).rules == ()
        with pytest.raises(dt.FormatError, match="column age: two inputs have this name"):
            dt.Table("t", (AGE, AGE), (POINTS,), ())

    def test_a_rule_in_python_names_its_columns(self) -> None:
        with pytest.raises(dt.CellError, match="no such column: old"):
            dt.rule([AGE], [POINTS], {"old": "5"}, {"points": 1})
        with pytest.raises(dt.CellError, match="no value for points"):
            dt.rule([AGE], [POINTS], {"age": "5"}, {})

    def test_an_answer_outside_its_output_is_refused_with_its_row(self) -> None:
        with pytest.raises(dt.FormatError) as refused:
            table(dt.Hit.FIRST, ("-", "-", "approved"), ("-", "-", "maybe"), output=STATUS)
        [problem] = refused.value.problems
        assert (problem.table, problem.row, problem.column) == ("t", 2, "status")
        assert problem.text == '"maybe" is not one of "approved", "declined"'


class TestMany:
    RULES = table(dt.Hit.FIRST, ("< 18", '"high"', 1), (">= 18", "-", 2))

    def test_columns_are_decided_as_rows_would_be(self) -> None:
        outcomes = self.RULES.decide_many({"age": [3, 20, Decimal(30)], "risk": ("high", "low", "low")})
        assert outcomes.values == [1, 2, 2]
        assert outcomes.rows == [(1,), (2,), (2,)]
        assert outcomes[2] == self.RULES.decide(facts(30))
        assert [o.value for o in outcomes[:2]] == [1, 2]
        assert outcomes[-1].inputs == facts(30)

    def test_the_first_row_without_an_answer_raises_as_it_would_alone(self) -> None:
        with pytest.raises(dt.InvalidFacts, match="age = true is not"):
            self.RULES.decide_many({"age": [20, True, None], "risk": ["high"] * 3})
        with pytest.raises(dt.Undecidable, match="no row covers age = 3"):
            self.RULES.decide_many({"age": [20, 3, None], "risk": ["low"] * 3})

    def test_errors_can_be_kept_by_place_while_the_others_are_answered(self) -> None:
        outcomes = self.RULES.decide_many(
            {"age": [20, 3, True, float("nan")], "risk": ["low", "low", "low", []]}, keep_errors=True
        )
        assert outcomes.values == [2, None, None, None]
        assert {i: type(e) for i, e in outcomes.errors.items()} == {
            1: dt.Undecidable, 2: dt.InvalidFacts, 3: dt.InvalidFacts,
        }  # fmt: skip
        with pytest.raises(dt.Undecidable):
            outcomes[1]

    def test_one_is_not_true_in_a_column_either(self) -> None:
        outcomes = self.RULES.decide_many({"age": [1, True, 1.0], "risk": ["high"] * 3}, keep_errors=True)
        assert list(outcomes.errors) == [1, 2]

    def test_columns_missing_or_of_unequal_length_are_refused(self) -> None:
        with pytest.raises(dt.InvalidFacts, match="risk is missing"):
            self.RULES.decide_many({"age": [1]})
        with pytest.raises(dt.InvalidFacts, match="risk = 2 is not as long as age, 1"):
            self.RULES.decide_many({"age": [1], "risk": ["low", "low"]})

    def test_no_rows_give_no_answers(self) -> None:
        assert len(self.RULES.decide_many({"age": [], "risk": []})) == 0
