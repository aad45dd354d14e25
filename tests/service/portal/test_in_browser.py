"""The way of the public in a real browser: from the first page to the answer, in both languages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import (
    WAYS_TO_READ,
    Language,
    Size,
    assert_fine_in_every_size,
    assert_fine_page,
    look_at_all,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.builders import World

Reader = Callable[..., "Page"]
pytestmark = pytest.mark.django_db(transaction=True)

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.9, 31.0], [121, 31.0], [121, 31.1], [120.9, 31.1], [120.9, 31.0]]],
}
NEXT_DOOR = {
    "type": "Polygon",
    "coordinates": [[[120.8, 31.0], [120.9, 31.0], [120.9, 31.1], [120.8, 31.1], [120.8, 31.0]]],
}


@pytest.fixture
def place(transactional_db: None) -> World:
    """Two counties side by side, each with a town that has an outline and a grid, in an invented country."""
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.parties.acts import add_organisation
    from gongzhi.foundation.regions.acts import add_grid, add_region
    from gongzhi.foundation.rulebooks.acts import enact
    from gongzhi.governance.matters.rules import default_tables
    from tests.builders import world

    made = world()
    add_organisation(
        OPERATOR, made.neighbour, code="w1", name={"zh": "吴江中心", "en": "Wujiang Centre"},
        kind="government", functions=["centre"],
    )  # fmt: skip
    for county, outline, word in ((made.county, SQUARE, "东"), (made.neighbour, NEXT_DOOR, "西")):
        town = add_region(
            OPERATOR, county, code=f"{county.code}120", name={"zh": f"{word}镇", "en": f"Town {word}"},
            level="township", outline=outline,
        )  # fmt: skip
        add_grid(
            OPERATOR,
            town,
            code=f"{county.code}120001",
            name={"zh": f"{word}网格", "en": f"Grid {word}"},
            outline=outline,
        )
    for table in default_tables():
        if "table: matters.near\n" in table:
            enact(OPERATOR, made.top, table=table)
    return made


@pytest.mark.journey
@pytest.mark.parametrize(
    ("language", "scripts"), [("zh", True), ("en", True), ("zh", False)], ids=["zh", "en", "without scripts"]
)
def test_from_the_report_to_the_answer(
    reader: Reader, place: World, language: Language, scripts: bool
) -> None:
    page = reader(360, language, scripts=scripts)
    page.goto("/")
    page.locator("a.gz-tile").first.click()
    page.locator("textarea").fill("桥边的河水又黑又臭 Smelling water by the bridge")
    page.locator("input[name=kind][value=complain]").check()
    page.locator("main .btn-primary").click()
    page.locator("input[value=smell]").check()
    page.locator("main .btn-primary").click()
    page.locator("#id_words").fill("石桥旁 by the stone bridge")
    page.locator("main .btn-primary").click()
    page.locator("input[value=anonymous]").check()
    page.locator("main .btn-primary").click()
    number = page.locator(".gz-receipt-number").inner_text()
    secret = page.locator(".gz-secret").inner_text()
    assert {"zh": "水务局", "en": "Water"}[language] in page.locator(".gz-status").inner_text()
    page.context.clear_cookies(name="sessionid")

    _answer(place, "管道已修好。The pipe was mended.")
    page.goto("/follow-up/")
    page.locator("#id_number").fill(number)
    page.locator("#id_secret").fill(secret)
    page.locator("main .btn-primary").click()
    assert "The pipe was mended." in page.locator("main").inner_text()
    said = {"zh": "水务局已答复。", "en": "Water has answered."}[language]
    assert said in page.locator(".gz-status").inner_text()


def _answer(place: World, text: str) -> None:
    from gongzhi.foundation.parties.actors import PLATFORM
    from gongzhi.governance.matters.acts import answer
    from gongzhi.governance.matters.queries import matters

    answer(place.staff("handler", place.water), matters(PLATFORM).get(), text=text)


@pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
def test_every_step_is_fine(reader: Reader, place: World, width: int, language: Language, size: Size) -> None:
    for _ in range(3):
        place.submission()
    page = reader(width, language, size)
    page.goto("/")
    assert_fine_in_every_size(page)
    page.goto("/report/")
    assert_fine_in_every_size(page)
    page.locator("textarea").fill("Smelling water 河湖异味")
    page.locator("input[name=kind]").first.check()
    page.locator("main .btn-primary").click()
    assert_fine_in_every_size(page)
    page.locator("input[name=category]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("#id_words").fill("石桥旁")
    page.locator("summary", has=page.locator("text=/coordinates|坐标/")).click()
    page.locator("#id_lon").fill("120.901")
    page.locator("#id_lat").fill("31.05")
    assert_fine_in_every_size(page)
    page.locator("main .btn-primary").click()
    assert_fine_in_every_size(page)
    assert page.locator(".gz-border").count() == 1, "the spot lies 95 m from the other county"
    page.locator("input[value=anonymous]").check()
    page.locator("main .btn-primary").click()
    assert_fine_in_every_size(page)
    page.locator(".gz-receipt .btn-primary").click()
    assert_fine_in_every_size(page)


def test_what_is_wrong_is_told_where_it_is_and_reachable(reader: Reader, place: World) -> None:
    page = reader(360, "en")
    page.goto("/report/")
    page.locator("main .btn-primary").click()
    assert_fine_page(page)
    page.locator(".gz-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_text"


def test_by_keyboard_alone(reader: Reader, place: World) -> None:
    page = reader(1440, "en")
    page.goto("/report/")
    page.locator("textarea").focus()
    page.keyboard.type("Smelling water by the bridge")
    for key in ("Tab", "Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/which/")
    page.locator("#main").focus()
    for key in ("Tab", "Tab", "Space", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/where/")
    page.locator("#id_words").focus()
    page.keyboard.type("By the bridge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/who/")
    page.locator("input[value=anonymous]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")


def test_what_was_typed_outlives_the_page_and_is_forgotten_once_sent(reader: Reader, place: World) -> None:
    page = reader(360, "en")
    page.goto("/report/")
    page.locator("textarea").fill("Smelling water by the bridge")
    page.goto("/")
    page.goto("/report/")
    assert page.locator("textarea").input_value() == "Smelling water by the bridge"
    page.locator("input[name=kind]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("input[name=category]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("#id_words").fill("By the bridge")
    page.locator("main .btn-primary").click()
    page.locator("input[value=anonymous]").check()
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/done/")
    page.goto("/report/")
    assert page.locator("textarea").input_value() == ""


@pytest.mark.journey
def test_a_double_click_files_once(reader: Reader, place: World) -> None:
    from playwright.sync_api import expect

    from gongzhi.foundation.parties.actors import PLATFORM
    from gongzhi.governance.matters.queries import submissions

    page = reader(360, "en")
    page.goto("/report/")
    page.locator("textarea").fill("Smelling water")
    page.locator("input[name=kind]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("input[name=category]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("#id_words").fill("By the bridge")
    page.locator("main .btn-primary").click()
    page.locator("input[value=anonymous]").check()
    page.locator("main .btn-primary").dblclick()
    expect(page).to_have_url(re.compile("/done/$"))  # the first click's navigation may be given up
    assert submissions(PLATFORM).count() == 1


def test_a_spot_on_the_map_finds_its_county(reader: Reader, place: World) -> None:
    page = reader(1440, "en")
    page.goto("/report/")
    page.locator("textarea").fill("Smelling water")
    page.locator("input[name=kind]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("input[value=smell]").check()
    page.locator("main .btn-primary").click()
    look_at_all(page)
    page.locator("[data-canvas] canvas").click()
    assert page.locator("#id_lon").input_value().startswith("120.9")
    page.locator("main .btn-primary").click()
    assert "Grid 东" in page.locator("main").inner_text()


def test_switching_the_language_keeps_what_was_said(reader: Reader, place: World) -> None:
    page = reader(360, "en")
    page.goto("/report/")
    page.locator("textarea").fill("Smelling water")
    page.locator("input[name=kind]").first.check()
    page.locator("main .btn-primary").click()
    page.locator("button[lang=zh-CN]").click()
    assert "Smelling water" in page.locator("main").inner_text()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_page_of_somebody_with_a_post_and_a_matter_is_fine(reader: Reader, place: World) -> None:
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.parties.acts import appoint, create_post
    from gongzhi.foundation.parties.queries import role
    from gongzhi.service.accounts import acts
    from gongzhi.service.accounts.acts import Hidden

    person = place.person("Wang")
    post = create_post(
        OPERATOR, place.centre, role=role("administrator"), title={"zh": "管理员", "en": "Admin"}
    )
    appoint(OPERATOR, post, person=person)
    acts.open_account(OPERATOR, person, username="wang", password=Hidden("a bridge over the Taipu"))
    place.submission(person=person)
    page: Any = reader(360, "zh", "large")
    page.goto("/account/sign-in/")
    page.locator("#id_username").fill("wang")
    page.locator("#id_password").fill("a bridge over the Taipu")
    page.locator("main .btn-primary").click()
    page.goto("/account/")
    assert_fine_in_every_size(page)
    page.locator("button[lang=en]").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert_fine_in_every_size(page)


def test_recovery_codes_are_shown_kept_on_paper_and_used(reader: Reader, place: World) -> None:
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.service.accounts import acts, totp
    from gongzhi.service.accounts.acts import Hidden

    person = place.person("Wang")
    acts.open_account(OPERATOR, person, username="wang", password=Hidden("a bridge over the Taipu"))

    def entered(width: int, language: Any, size: Any) -> Any:
        page: Any = reader(width, language, size)
        page.goto("/account/sign-in/")
        page.locator("#id_username").fill("wang")
        page.locator("#id_password").fill("a bridge over the Taipu")
        page.locator("main .btn-primary").click()
        return page

    page = entered(360, "zh", "large")
    page.goto("/account/second-factor/")
    secret = page.locator(".gz-secret").inner_text().replace(" ", "")
    page.locator("#id_code").fill(totp.code_at(secret, int(time.time()) // 30))
    page.locator("main .btn-primary").click()
    codes = page.locator(".gz-secret").all_inner_texts()
    assert len(codes) == 10

    page = entered(1440, "en", "normal")
    page.locator("#id_code").fill(codes[0])
    page.locator("main .btn-primary").click()
    assert "9 are left" in page.locator(".gz-messages").inner_text()
    page.goto("/account/second-factor/")
    assert_fine_page(page)
