"""Every component, in every way to read, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser import (
    WAYS_TO_READ,
    Language,
    Size,
    assert_fine_in_every_size,
    assert_fine_page,
    look_at_all,
    wait_until,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

Reader = Callable[..., "Page"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
def test_the_gallery_is_fine(reader: Reader, width: int, language: Language, size: Size):
    page = reader(width, language, size)
    page.goto("/design/")
    assert_fine_in_every_size(page)


def test_the_gallery_is_fine_on_the_screen_of_the_hall(reader: Reader):
    page = reader(1440)
    page.goto("/design/?theme=dark")
    assert_fine_in_every_size(page)


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
    ) == (["yes"] * 5)
    names = page.locator("gz-map").first.locator(".gz-area-name")
    assert names.all_inner_texts() == ["Qingpu", "Wujiang"]
    assert "Between 29 and 60" in (
        page.locator("gz-chart [role=img]").first.get_attribute("aria-label") or ""
    )


def test_what_chromium_90_lacks_is_lent(reader: Reader):
    page = reader(language="en")
    page.add_init_script(
        "for (const name of ['at', 'toSorted', 'toReversed']) delete Array.prototype[name];"
        "delete Object.hasOwn; delete String.prototype.at"
    )
    page.goto("/design/")
    look_at_all(page)
    assert page.locator("[data-ready=yes]").count() == 5


def test_a_label_on_the_map_tells_what_is_there(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    look_at_all(page)
    assert page.get_by_role("button", name="Zoom in").first.is_visible()
    canvas = page.locator("gz-map .gz-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2 + 60)
    page.wait_for_selector(".maplibregl-popup")
    assert page.locator(".maplibregl-popup a").inner_text() == "Wujiang"


_OVERLAPS = """
() => {
  const boxes = [...document.querySelectorAll('.gz-canvas-short .gz-area-name')]
    .filter((name) => !name.hidden).map((name) => name.getBoundingClientRect())
  return boxes.filter((one, n) => boxes.slice(n + 1).some((other) =>
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)).length
}
"""


@pytest.mark.parametrize("width", [360, 1440])
def test_of_names_that_would_touch_the_one_with_less_gives_way(reader: Reader, width: int):
    page = reader(width, "en")
    page.goto("/design/")
    look_at_all(page)
    names = page.locator(".gz-canvas-short .gz-area-name")
    assert names.count() == 5
    assert page.evaluate(_OVERLAPS) == 0
    assert names.filter(has_text="33").is_visible()
    if width == 360:
        assert names.filter(visible=True).count() < 5
    page.get_by_role("button", name="Zoom in").last.click()
    page.wait_for_timeout(500)
    assert page.evaluate(_OVERLAPS) == 0


def test_shades_are_told_in_words_beside_the_map(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    steps = page.locator(".gz-scale-step")
    assert steps.all_inner_texts() == ["1–8", "9–16", "17–24", "25–32", "33–40"]
    drawn = {
        step.evaluate("one => getComputedStyle(one, '::before').backgroundColor") for step in steps.all()
    }
    assert len(drawn) == 5


def test_a_menu_closes_when_the_reader_turns_elsewhere(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    menu = page.locator(".gz-header details.gz-menu")
    menu.locator("summary").click()
    assert page.get_by_role("link", name="Qingpu · coordinator").is_visible()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_htmx_and_alpine_work_under_the_policy(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.evaluate("htmx.ajax('GET', '/design/parts/', {target: 'h1', select: 'table'})")
    page.wait_for_selector("h1 table")
    page.evaluate("""() => {
        const part = document.createElement('div')
        part.innerHTML = '<div x-data="{open: false}"><button id="flip" @click="open = !open">x</button>'
          + '<b x-show="open">shown</b></div>'
        document.querySelector('main').prepend(part)
    }""")
    page.locator("#flip").click()
    page.get_by_text("shown", exact=True).wait_for()


def test_requests_of_htmx_carry_the_token(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    with page.expect_request("**/design/type/") as sent:
        page.evaluate("htmx.ajax('POST', '/design/type/', {values: {next: '/design/parts/'}, swap: 'none'})")
    assert len(sent.value.headers["x-csrftoken"]) > 20
    assert sent.value.response().status == 302


def test_a_draft_is_forgotten_when_it_has_been_sent(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.locator("#empty_what").fill("It smells")
    page.evaluate("""() => {
        const done = document.createElement('div')
        done.dataset.draftDone = 'gallery'
        htmx.swap('h1', done.outerHTML, {swapStyle: 'innerHTML'})
    }""")
    wait_until(page, "localStorage.getItem('gongzhi.draft.gallery') === null")


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("<img src='/static/design/mark.svg'>", "image-alt"),
        ("<h1>Second</h1>", "a page has one h1"),
        ("<div class='planted-wide'></div>", "must be scrolled sideways"),
        ("<button class='planted-small'>x</button>", "smaller than 44 px"),
        ("<p class='planted-pale'>pale</p>", "color-contrast"),
    ],
)
def test_what_is_wrong_with_a_page_is_found(reader: Reader, planted: str, told: str):
    page = reader(language="en")
    page.goto("/design/parts/")
    page.locator("main h1").evaluate(
        """(heading, planted) => {
            heading.insertAdjacentHTML('afterend', planted)
            for (const [name, styles] of Object.entries({
              'planted-wide': {width: '3000px', height: '1px'},
              'planted-small': {minHeight: '20px', height: '20px'},
              'planted-pale': {color: '#ccc'},
            })) for (const one of document.getElementsByClassName(name)) Object.assign(one.style, styles)
        }""",
        planted,
    )
    with pytest.raises(AssertionError, match=told):
        assert_fine_page(page)


def test_without_webgl_the_map_is_a_list(reader: Reader):
    page = reader(language="en")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/design/")
    page.locator("gz-map").first.scroll_into_view_if_needed()
    page.wait_for_selector("gz-map[data-ready=no]")
    assert page.locator("gz-map [data-canvas]").first.is_hidden()
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
    look_at_all(page)  # what is fetched late is here before the connection goes
    page.context.set_offline(True)
    page.locator(".gz-filters button").click()
    assert page.get_by_text("There is no connection.").is_visible()
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline]", state="hidden")


def test_the_device_is_asked_where_it_is_only_when_told_to(reader: Reader):
    page = reader(language="en")
    page.goto("/design/")
    page.get_by_role("button", name="Use where I am").click()
    wait_until(page, "document.querySelector('#located').textContent.startsWith('Your device did not')")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 120.9, "latitude": 31.0})
    page.get_by_role("button", name="Use where I am").click()
    wait_until(page, "document.querySelector('#located').textContent === 'Found.'")
