from pathlib import Path
from typing import Any

import pytest
import yaml

import gongzhi.foundation.parties
from gongzhi.methods import decision_tables as dt
from gongzhi.service.commands.demonstration import data
from gongzhi.service.commands.demonstration.generator import body_for

COUNTIES = ("310118", "320509", "330421")
KINDS = ("consult", "help", "complain", "report", "suggest", "praise")


def every_label(value: Any) -> list[dict[str, str]]:
    """All {zh, en} anywhere inside."""
    if isinstance(value, dict):
        own = [value] if {"zh", "en"} <= value.keys() else []
        return own + [label for each in value.values() for label in every_label(each)]
    return [label for each in value for label in every_label(each)] if isinstance(value, list) else []


def every_pair(value: Any) -> list[list[str]]:
    """All [Chinese, English] anywhere inside."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [pair for each in inside for pair in every_pair(each)]


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


# -- regions --------------------------------------------------------------------------------------------


def test_the_tree_is_told_from_the_root_down() -> None:
    seen: set[str] = set()
    for node in data.tree():
        assert node.parent is None or node.parent in seen
        seen.add(node.code)
    assert len(seen) == len(data.tree())


def test_depth_is_not_constant() -> None:
    parents = {node.code: node.parent for node in data.tree()}
    assert parents["310118"] == "31"
    assert parents["320509"] == "3205"
    assert parents["330421"] == "3304"


def test_the_area_has_three_members_and_kunshan_is_none() -> None:
    assert data.area().members == COUNTIES
    assert any(node.code == "320583" for node in data.tree())


def test_every_village_is_marked_as_invented() -> None:
    villages = [node for node in data.tree() if node.level == "village"]
    assert villages
    assert all(node.invented and "(示)" in node.name["zh"] for node in villages)


# -- bodies ---------------------------------------------------------------------------------------------


def test_superiors_come_first_and_are_not_the_region() -> None:
    seen: dict[str, data.Body] = {}
    for body in data.bodies():
        assert body.superior is None or body.superior in seen
        seen[body.code] = body
    assert seen["w4"].region == "320509"
    assert seen["w4"].superior is not None
    assert seen[seen["w4"].superior].region == "3205"


def test_bodies_know_only_functions_with_names_and_live_in_the_tree() -> None:
    regions = {node.code for node in data.tree()}
    for body in data.bodies():
        assert body.region in regions, body.code
        assert set(body.functions) <= set(data.functions()), body.code


def test_every_town_has_its_government_and_every_county_its_centre() -> None:
    for node in data.tree():
        if node.level == "township":
            body = body_for("town", node.code)
            assert next(b for b in data.bodies() if b.code == body).region == node.code
    assert [body_for("centre", code) for code in COUNTIES] == ["q1", "w1", "j1"]


def test_societies_are_marked_as_invented() -> None:
    assert all(body.invented for body in data.bodies() if body.code.startswith("s"))
    assert not any(body.invented for body in data.bodies() if body.code in ("q3", "w3", "j2"))


# -- accounts -------------------------------------------------------------------------------------------


def test_accounts_have_roles_that_exist_and_one_kind_each_per_county() -> None:
    shipped = Path(gongzhi.foundation.parties.__file__).parent / "roles.yaml"
    roles = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    bodies = {body.code for body in data.bodies()}
    accounts = data.accounts()
    assert len({account.username for account in accounts}) == len(accounts) == 56
    for account in accounts:
        assert account.role in roles, account.username
        assert account.organisation in bodies, account.username
        assert account.name["zh"].endswith("(示)")
    by_county = [
        {a.kind for a in accounts if a.username.startswith(p)} for p in ("qingpu", "wujiang", "jiashan")
    ]
    assert by_county[0] == by_county[1] == by_county[2]
    assert len(by_county[0]) == 18


def test_a_grid_worker_reaches_the_grids_of_a_village_and_has_a_deputy() -> None:
    worker = next(a for a in data.accounts() if a.username == "qingpu.grid")
    deputy = next(a for a in data.accounts() if a.username == "qingpu.grid-deputy")
    assert worker.grids
    assert all(code.startswith("310118103001") for code in worker.grids)
    assert deputy.deputy_for == worker.username


# -- categories and rules ---------------------------------------------------------------------------------


def test_there_are_42_categories_and_two_are_not_taken_in() -> None:
    assert len(data.classes()) == 42
    assert [c.code for c in data.classes() if c.refer_to] == ["c41", "c42"]


@pytest.mark.parametrize("county", COUNTIES)
def test_rules_decide_all_but_what_nobody_has_listed_yet(county: str) -> None:
    routing, deadline = (data.table(county, f"matters.{s}") for s in ("routing", "deadline"))
    for category in data.classes():
        for kind in KINDS:
            facts = {"kind": kind, "category": category.code, "channel": "portal", "thing": "none"}
            if category.code in ("c14", "c21") and kind != "consult":
                with pytest.raises(dt.DecisionError):
                    routing.decide(facts)
                continue
            function = routing.decide(facts).value
            assert function in data.functions()
            assert body_for(function, county + "101") is not None, (county, function)
            told = deadline.decide(facts)
            assert told.value["finish"] > 0
            assert told.basis


def test_rules_differ_on_purpose() -> None:
    def finish(county: str, category: str) -> tuple[int, str]:
        told = data.table(county, "matters.deadline").decide({"kind": "complain", "category": category}).value
        return told["finish"], told["finish_unit"]

    def lead(county: str, category: str) -> str:
        facts = {"kind": "complain", "category": category, "thing": "none"}
        return str(data.table(county, "matters.routing").decide(facts).value)

    assert [finish(county, "c16") for county in COUNTIES] == [
        (5, "working_days"),
        (5, "working_days"),
        (3, "working_days"),
    ]
    assert finish("330421", "c01") == (7, "working_days")
    assert [lead(county, "c06") for county in COUNTIES] == ["town", "city_order", "town"]
    assert [lead(county, "c10") for county in COUNTIES] == ["city_order", "ecology", "city_order"]


def test_closed_files_are_kept_for_years_by_rule() -> None:
    retention = data.table("CN", "matters.retention")
    assert retention.decide({"category": "c15"}).value == 5
    assert retention.decide({"category": "c35"}).value == 30


# -- texts ------------------------------------------------------------------------------------------------


def test_every_kind_of_every_category_has_texts() -> None:
    for category in data.classes():
        if category.weight:
            told = data.texts()[category.code]
            assert all(told[kind] for kind in category.kinds), category.code
            assert told["answers"] if category.kinds != ("consult",) else True
            assert "consult" not in category.kinds or told["replies"]


def test_every_text_stands_in_both_languages() -> None:
    for pair in every_pair(dict(data.texts())) + every_pair(data.shared_texts()["answers"]):
        if pair == ["", ""]:
            continue
        for chinese, english in zip(pair[::2], pair[1::2], strict=True):
            assert is_chinese(chinese) or chinese[0].isdigit(), pair
            assert english, pair
            assert not is_chinese(english), pair


def test_every_name_stands_in_both_languages() -> None:
    labels = [dict(node.name) for node in data.tree()]
    labels += [
        dict(each.name) for each in (*data.bodies(), *data.classes(), *data.accounts(), *data.waters())
    ]
    for label in labels + every_label(list(data.functions().values())):
        assert is_chinese(label["zh"])
        assert label["en"] and not is_chinese(label["en"])
