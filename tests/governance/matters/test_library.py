"""The rule sets that come with the platform: sound, cited, honest about what nobody has checked."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from gongzhi.foundation.rulebooks.findings import faults
from gongzhi.foundation.rulebooks.subjects import subject
from gongzhi.governance.matters.library import certainty, rule_set, shipped
from gongzhi.methods import decision_tables as dt

TABLES = [pytest.param(table, id=f"{s.name}-{table.name}") for s in shipped() for table in s.tables]


def table(of: str, name: str) -> dt.Table:
    found = rule_set(of)
    assert found is not None
    return next(each for each in found.tables if each.name == name)


def both(label: Any) -> bool:
    return isinstance(label, dict) and bool(label.get("zh")) and bool(label.get("en"))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_sound_and_reads_what_its_subject_knows(table: dt.Table) -> None:
    subject(table.name).check(table)
    assert [each.kind for each in faults(table) if each.is_blocking] == []
    assert dt.load(dt.dump(table)) == [table]
    assert dt.load(dt.dump(table, "dmn")) == [table]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_cited_in_both_languages_and_says_how_far_it_was_checked(table: dt.Table) -> None:
    assert both(table.title)
    for row in table.rules:
        assert row.basis is not None
        assert both(row.basis.law)
        assert both(row.basis.note)
        if certainty(row.basis) == "checked":
            assert row.basis.article, "what was checked in a text has its article"


def test_what_no_text_says_is_an_example() -> None:
    for name in ("duties", "discretion", "measures", "handling", "hotline-beijing"):
        found = rule_set(name)
        assert found is not None
        assert set(found.checked) == {"example"}, name
    assert rule_set("nothing") is None
    assert certainty(None) == "unchecked"


@pytest.mark.parametrize(
    ("item", "agree", "above"), [("i6", (3, 4), False), ("i8", (3, 4), False), ("i1", (1, 2), True)]
)
def test_owners_decide_as_article_278_says(item: str, agree: tuple[int, int], above: bool) -> None:
    said = table("owners", "owners.vote").decide({"item": item}).value
    assert Fraction(said["quorum"], said["quorum_of"]) == Fraction(2, 3)
    assert (said["agree"], said["agree_of"], said["agree_above"]) == (*agree, above)
    assert said["counted"] == "taking_part"


def test_confirmation_is_asked_for_within_thirty_days_everywhere() -> None:
    for name in ("mediation", "mediation-shenzhen"):
        outcome = table(name, "mediation.deadline").decide({"step": "confirm"})
        assert outcome.value == {"amount": 30, "unit": "days"}
        assert outcome.basis[0].article == "第二百零五条"


def test_provinces_differ_and_the_difference_has_a_witness() -> None:
    beijing, shandong, jinan = (
        table(f"hotline-{name}", "matters.deadline") for name in ("beijing", "shandong", "jinan")
    )
    found = dt.difference(beijing, shandong)
    assert found
    for each in found:
        assert beijing.decide(each.witness).value != shandong.decide(each.witness).value
    assert not dt.difference(shandong, jinan)
    apart = dt.difference(
        table("mediation", "mediation.deadline"), table("mediation-shenzhen", "mediation.deadline")
    )
    assert {each.witness["step"] for each in apart} >= {"mediate"}
