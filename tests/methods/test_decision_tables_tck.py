"""The decision tables of the DMN Technology Compatibility Kit and the test cases for them.

A table is decided by the facts that a case gives it: the inputs, and for a decision that rests on
others the results that the same case expects of those. "null" there is Undecidable here.
"""

import os
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gongzhi.methods import decision_tables as dt
from gongzhi.methods.decision_tables._dmn import own_name

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GONGZHI_TEST_DATA") or ROOT.parent / "shared" / "data") / "dmn-tck"
MODELS = sorted(DATA.glob("*/*.dmn"))
pytestmark = pytest.mark.skipif(not MODELS, reason=f"GONGZHI_TEST_DATA has no dmn-tck folder ({DATA})")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"

# As docs/reference/decision-tables.md tells it.
TABLES, LOADED, DECIDED = 59, 40, 62
LEAVE = 7
HITS_TRIED = {"U", "A", "P", "F", "R", "O", "C", "C+", "C<", "C#"}  # C> by the days of leave below

Element = ElementTree.Element


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def names_of_tables(model: Element) -> list[str]:
    """As the reader names them: after the decision or knowledge model, within a box by their label."""
    found = []
    for owner in model:
        for parent in owner.iter():
            for table in parent.findall("{*}decisionTable"):
                is_direct = parent is owner or (
                    local(parent) == "encapsulatedLogic" and parent in list(owner)
                )
                label = table.get("outputLabel")
                found.append(str(owner.get("name") if is_direct else label or owner.get("name")))
    return found


def value_of(element: Element) -> Any:
    """A value of a test case: one, a list, or components."""
    for child in element:
        kind = local(child)
        if kind == "list":
            return [value_of(item) for item in child]
        if kind == "component":
            return {str(c.get("name")): value_of(c) for c in element}
        if kind == "value":
            if child.get(NIL) == "true":
                return None
            type_, text = str(child.get(KIND)).partition(":")[2], child.text or ""
            if type_ in ("decimal", "double"):
                return Decimal(text)
            if type_ == "boolean":
                return text == "true"
            return date.fromisoformat(text) if type_ == "date" else text
    return None


def flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, value
    if isinstance(value, dict):
        for part, inner in value.items():
            yield from flat(f"{name}.{part}", inner)


def asked_of(model: Element, decision: str) -> tuple[str, dict[str, str]] | None:
    """The table behind a decision, and for a table that it invokes which name stands for which input."""
    for element in model.findall("{*}decision"):
        if element.get("name") != decision:
            continue
        if element.find("{*}decisionTable") is not None:
            return decision, {}
        invocation = element.find("{*}invocation")
        if invocation is not None:
            called = invocation.findtext("{*}literalExpression/{*}text") or ""
            bindings = invocation.findall("{*}binding")
            given = {
                str(b.find("{*}parameter").get("name")): b.findtext("{*}literalExpression/{*}text") or ""  # type: ignore[union-attr]
                for b in bindings
            }
            return called.strip(), given
    return None


def cases(path: Path, model: Element) -> Iterator[tuple[str, str, dict[str, Any], Any]]:
    """Test, table, facts and what is expected."""
    for file in sorted(path.parent.glob("*-test-*.xml")):
        for case in ElementTree.parse(file).getroot().findall("{*}testCase"):
            results = {
                str(r.get("name")): value_of(r.find("{*}expected")) for r in case.findall("{*}resultNode")
            }  # type: ignore[arg-type]
            told = [(str(i.get("name")), value_of(i)) for i in case.findall("{*}inputNode")]
            facts = dict(pair for name, value in [*results.items(), *told] for pair in flat(name, value))
            for decision, expected in results.items():
                asked = asked_of(model, decision)
                if asked is not None:
                    table, given = asked
                    bound = {name: facts[text] for name, text in given.items() if text in facts}
                    yield f"{file.name}, {case.get('id')}, {decision}", table, facts | bound, expected


def renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [renamed(v) for v in value]
    return {own_name(n): v for n, v in value.items()} if isinstance(value, dict) else value


def decided(table: dt.Table, facts: dict[str, Any]) -> Any:
    try:
        return table.decide({own_name(name): value for name, value in facts.items()}).value
    except dt.Undecidable:
        return None


def alike(a: Any, b: Any, hit: dt.Hit) -> bool:
    if hit == dt.Hit.COLLECT and isinstance(a, list) and isinstance(b, list):
        return Counter(map(str, a)) == Counter(map(str, b))
    return bool(a == b)


def readable() -> Iterator[tuple[Path, Element, str, dt.Table | None]]:
    for path in MODELS:
        model = ElementTree.parse(path).getroot()
        for name in names_of_tables(model):
            try:
                [table] = dt.load(path.read_text("utf-8"), only=[name])
            except dt.FormatError as error:
                assert all(p.table == name and p.line for p in error.problems), str(error)
                yield path, model, name, None
            else:
                yield path, model, name, table


def test_every_table_of_the_kit_passes_its_cases_or_is_refused_by_name() -> None:
    count: Counter[str] = Counter()
    tried: set[str] = set()
    for path, model, name, table in readable():
        count["tables"] += 1
        if table is None:
            continue
        count["loaded"] += 1
        for case, asked, facts, expected in cases(path, model):
            if asked == name and {i.name for i in table.inputs} <= {own_name(f) for f in facts}:
                count["decided"] += 1
                tried.add(str(table.hit))
                assert alike(decided(table, facts), renamed(expected), table.hit), case
    assert (count["tables"], count["loaded"], count["decided"]) == (TABLES, LOADED, DECIDED)
    assert tried == HITS_TRIED


def test_the_days_of_leave_that_rest_on_three_tables_with_a_maximum() -> None:
    (path,) = DATA.glob("*vacation*/*.dmn")
    model = ElementTree.parse(path).getroot()
    extra = {name: dt.load(path.read_text("utf-8"), only=[name])[0] for name in names_of_tables(model)}
    assert {str(t.hit) for t in extra.values()} == {"C>"}
    count = 0
    for file in path.parent.glob("*-test-*.xml"):
        for case in ElementTree.parse(file).getroot().findall("{*}testCase"):
            facts = {str(i.get("name")): value_of(i) for i in case.findall("{*}inputNode")}
            first, second, third = (decided(t, facts) for t in extra.values())
            expected = value_of(case.find("{*}resultNode/{*}expected"))  # type: ignore[arg-type]
            assert 22 + max(first, third) + second == expected, case.get("id")
            count += 1
    assert count == LEAVE


def test_what_was_read_is_equal_after_every_way_out_and_in() -> None:
    for _, _, _, table in readable():
        if table is not None:
            written = dt.dump(table, "dmn")
            [again] = dt.load(written)
            [through] = dt.load(dt.dump(again, "yaml"))
            assert again == through == table
            assert dt.dump(through, "dmn") == written
