"""Every component, in every way to read, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser import WAYS_TO_READ, Language, Size, assert_fine_page, look_at_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

Reader = Callable[..., "Page"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
def test_the_gallery_is_fine(reader: Reader, width: int, language: Language, size: Size):
    page = reader(width, language, size)
    page.goto("/design/")
    assert_fine_page(page)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_gallery_is_fine_on_the_screen_of_the_hall(reader: Reader, width: int):
    page = reader(width)
    page.goto("/design/?theme=dark")
    assert_fine_page(page)


def test_the_gallery_holds_at_200_percent(reader: Reader):
    page = reader(720, "en")
    page.goto("/design/")
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 720


def test_maps_and_charts_are_drawn_with_their_words(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    look_at_all(page)
    assert page.evaluate(
        "[...document.querySelectorAll('gz-map, gz-chart')].map((one) => one.dataset.ready)"
    ) == (["yes"] * 4)
    assert page.locator(".gz-area-name").all_inner_texts() == ["Qingpu", "Wujiang"]
    assert "Between 29 and 60" in (
        page.locator("gz-chart [role=img]").first.get_attribute("aria-label") or ""
    )


def test_without_webgl_the_map_is_a_list(reader: Reader):
    page = reader(language="en")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/design/")
    page.locator("gz-map").scroll_into_view_if_needed()
    page.wait_for_selector("gz-map[data-ready=no]")
    assert page.locator("gz-map [data-canvas]").is_hidden()
    assert page.get_by_role("link", name="Lamp out at the landing stage").is_visible()


def test_without_scripts_everything_can_be_read_and_switched(reader: Reader):
    page = reader(360, scripts=False)
    page.goto("/design/")
    assert page.get_by_text("桥边污水有异味").first.is_visible()
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/design/")
    page.get_by_role("button", name="Large type").click()
    assert page.locator("html").get_attribute("data-type") == "large"


def test_keys_move_through_a_list_and_open_the_help(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#d2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#d1"
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.textContent") == "Answer"
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.locator("#search").input_value() == "j?"
    page.locator("#search").blur()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.get_by_label("Do not use single keys on this device").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    assert page.locator("#keys").is_hidden()


def test_everything_is_reached_by_tab_and_the_focus_is_seen(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_what_was_written_survives_a_reload(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.locator("#empty_what").fill("It smells at the bridge")
    page.locator("#empty_seen_1").check()
    page.reload()
    assert page.locator("#empty_what").input_value() == "It smells at the bridge"
    assert page.locator("#empty_seen_1").is_checked()
    assert "smells" in page.evaluate("localStorage.getItem('gongzhi.draft.gallery')")


def test_without_connection_a_form_is_held_back_and_says_so(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.context.set_offline(True)
    page.locator(".gz-filters button").click()
    assert page.get_by_text("There is no connection.").is_visible()
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline]", state="hidden")


def test_the_device_is_asked_where_it_is_only_when_told_to(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.get_by_role("button", name="Use where I am").click()
    page.wait_for_function("document.querySelector('#located').textContent.startsWith('Your device did not')")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 120.9, "latitude": 31.0})
    page.get_by_role("button", name="Use where I am").click()
    page.wait_for_function("document.querySelector('#located').textContent === 'Found.'")
