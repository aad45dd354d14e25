"""The first page, what goes on near here, the rules in force, and how to check a receipt."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.acts import add_category
from gongzhi.governance.matters.followup import secret_of
from tests.builders import World


@pytest.fixture
def two(house: World) -> World:
    """Both counties take things in."""
    add_organisation(
        OPERATOR, house.neighbour, code="w1", name={"zh": "吴江中心", "en": "Wujiang Centre"},
        kind="government", functions=["centre"],
    )  # fmt: skip
    return house


def test_the_first_page_asks_one_question_and_tells_what_goes_on(visitor: Client, house: World) -> None:
    for _ in range(4):
        house.submission()
    page = visitor.get(reverse("portal:home")).content.decode()
    assert "What would you like done?" in page
    assert page.count('class="gz-tile"') == 6
    assert "What goes on in Qingpu" in page and "Smelling water" in page


def test_the_first_page_is_chinese_for_whoever_reads_it(house: World) -> None:
    page = Client(headers={"accept-language": "zh-CN"}).get("/").content.decode()
    assert "您想办什么？" in page and '<html lang="zh-CN"' in page


def test_nothing_brought_in_yet_says_so(visitor: Client, house: World) -> None:
    assert "Nothing was brought in here" in visitor.get(reverse("portal:home")).content.decode()


def test_a_count_of_few_is_not_told(visitor: Client, house: World) -> None:
    for _ in range(3):
        house.submission()
    house.submission(category=house.noise)
    page = visitor.get(reverse("portal:near")).content.decode()
    assert "Smelling water" in page and "All others together" in page
    assert ">Noise<" not in page


@pytest.mark.parametrize("place", ["", "?place=310118110"])
def test_a_picture_asks_fewer_than_ten_questions(
    visitor: Client, two: World, place: str, django_assert_max_num_queries: Any
) -> None:
    visitor.post(
        reverse("portal:follow_up"),
        {"number": (filed := two.submission()).number, "secret": secret_of(filed)},
    )
    address = reverse("portal:near") + place
    visitor.get(address)  # a connection asks once in its life what its database can do
    with django_assert_max_num_queries(9):
        assert visitor.get(address).status_code == 200


def test_a_region_is_chosen_and_remembered(visitor: Client, two: World) -> None:
    answer = visitor.post(reverse("portal:choose_region"), {"region": "320509", "next": "/near/"})
    assert answer["Location"] == "/near/"
    assert "What goes on in Wujiang" in visitor.get("/near/").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", ""])
def test_choosing_a_region_leads_nowhere_else(visitor: Client, two: World, wanted: str) -> None:
    answer = visitor.post(reverse("portal:choose_region"), {"region": "320509", "next": wanted})
    assert answer["Location"] == "/"


def test_a_region_that_does_not_take_in_is_not_chosen(visitor: Client, two: World) -> None:
    answer = visitor.post(reverse("portal:choose_region"), {"region": "310118110"})
    assert "gongzhi_region" not in answer.cookies
    assert "What goes on in Qingpu" in visitor.get("/?region=nonsense").content.decode()


def test_rules_in_force_are_told_row_by_row_in_words(visitor: Client, house: World) -> None:
    page = visitor.get(reverse("portal:rules")).content.decode()
    assert "Smelling water" in page
    assert "5 working days" in page and "4 hours" in page
    assert "test rule 2" in page
    assert "Version 1, in force since" in page


def test_a_rule_says_what_holds_for_all_others_and_what_a_row_means(visitor: Client, house: World) -> None:
    enact(
        OPERATOR,
        house.county,
        table="""
table: matters.retention
title: {zh: 保存, en: How long}
note: {zh: 示例, en: An example}
hit: F
inputs: [{name: kind, type: string}, {name: channel, type: string}]
outputs: [{name: years, type: integer}]
rules:
  - {when: {kind: '"consult"', channel: '"hotline"'}, then: {years: 1}, basis: "test rule 4"}
default: {then: {years: 5}}
""",
    )
    page = visitor.get(reverse("portal:rules")).content.decode()
    assert "How long" in page and "An example" in page
    assert "ask a question" in page and "hotline" in page and "all others" in page


def test_the_rule_of_a_deadline_leads_to_its_table(visitor: Client, house: World) -> None:
    from gongzhi.governance.matters.followup import secret_of

    filed = house.submission()
    told = {"number": filed.number, "secret": secret_of(filed)}
    page = visitor.post(reverse("portal:follow_up"), told, follow=True).content.decode()
    address = page.split('href="/rules/')[1].split('"')[0]
    anchor = address.split("#")[1]
    assert f'id="{anchor}"' in visitor.get(f"/rules/{address.split('#')[0]}").content.decode()


def test_how_to_check_a_receipt_needs_no_trust(visitor: Client, db: None) -> None:
    assert "gongzhi ledger check" in visitor.get(reverse("portal:check")).content.decode()


def test_what_belongs_to_another_door_is_told_the_right_one(visitor: Client, house: World) -> None:
    add_category(
        OPERATOR, house.county, code="court", name={"zh": "诉讼", "en": "Court cases"},
        refer_to={"zh": "青浦区人民法院", "en": "The court of Qingpu, 021-0000"},
    )  # fmt: skip
    said = {"text": "A judgment", "kind": "complain", "region": house.county.code}
    step = visitor.post(reverse("portal:report"), said)["Location"]
    page = visitor.post(step, {"category": "court"}).content.decode()
    assert "Another door is the right one" in page and "The court of Qingpu, 021-0000" in page


@pytest.mark.parametrize("name", ["home", "near", "rules"])
def test_pages_ask_little_of_the_database_and_no_more_with_more(
    visitor: Client, two: World, name: str, django_assert_max_num_queries: Any
) -> None:
    for times in (1, 5):
        for _ in range(times):
            two.submission()
            two.submission(category=two.noise)
        with django_assert_max_num_queries(7):
            assert visitor.get(reverse(f"portal:{name}")).status_code == 200


def test_near_here_leads_down_to_a_town_and_back(visitor: Client, house: World) -> None:
    house.submission()
    house.submission(region=house.county)
    page = visitor.get("/near/").content.decode()
    assert "What goes on in Qingpu" in page
    page = visitor.get("/near/?place=310118110").content.decode()
    assert "What goes on in Jinze" in page and '<a href="/near/?place=310118">Qingpu</a>' in page


def test_a_place_elsewhere_is_not_looked_at(visitor: Client, two: World) -> None:
    for code in ("320509", "cn", "nonsense"):
        assert "What goes on in Qingpu" in visitor.get(f"/near/?place={code}").content.decode()
