"""The desk and the cockpit in a real browser: on a phone, by keyboard alone, in large type, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.browser import WAYS_TO_READ, assert_fine_in_every_size, assert_fine_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from gongzhi.foundation.parties.actors import Actor
    from tests.builders import World

pytestmark = pytest.mark.django_db(transaction=True)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31.1], [121, 31]]],
}


@pytest.fixture
def place(transactional_db: None) -> World:
    """A county with a grid on the map, something running, something undecided, something answered."""
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.acts import add_grid, add_region
    from gongzhi.governance.matters.acts import Contact, Place, answer
    from tests.builders import world

    made = world()
    grid = add_grid(
        OPERATOR, made.town, code="310118110001", name={"zh": "一网格", "en": "Grid 1"}, outline=SQUARE
    )
    add_region(
        OPERATOR, made.county, code="310118120", name={"zh": "朱家角镇", "en": "Zhujiajiao"},
        level="township", outline=SQUARE,
    )  # fmt: skip
    spot = Place("Bridge no. 3", 121.05, 31.05, grid)
    who = Contact(name="王小明", phone="13912345678")
    made.submission("Sewage smells at the bridge, since the morning", place=spot, contact=who)
    made.submission("Piling at midnight", category=made.noise, place=spot, confidential=True, contact=who)
    done = made.submission("Black water").matter
    answer(made.staff("handler", made.water), done, text="The outlet was closed.")
    return made


@pytest.fixture
def seated(live_server: Any) -> Callable[[Page, Actor], Page]:
    """A browser whose reader is signed in as an actor."""
    from tests.desks import signed_in

    def sit(page: Page, actor: Actor) -> Page:
        key = signed_in(actor).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return sit


def titled(title: str) -> str:
    from gongzhi.governance.matters.models import Matter

    return reverse("desk:matter", args=[Matter.objects.get(title__startswith=title).pk])


@pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
def test_pages_with_private_confidential_and_chosen_matters_are_fine(
    place, reader, seated, width, language, size
):
    """All other pages are looked at in tests/service/test_every_page.py."""
    page = seated(reader(width, language, size), place.staff("coordinator"))
    for address in (
        reverse("desk:list", args=["today"]),
        reverse("desk:list", args=["all"]) + "?state=overdue&words=bridge",
        titled("Sewage"),
        titled("Piling"),
        titled("Black"),
        reverse("cockpit:region", args=["310118110"]),
    ):
        page.goto(address)
        assert_fine_in_every_size(page)


def told_as_fine(route: Any) -> None:
    """A refusal shown with 200: a browser writes any other status to its console as an error."""
    route.fulfill(response=route.fetch(max_redirects=0), status=200)


def test_forms_that_came_back_are_fine_too(place, reader, seated):
    page = seated(reader(360, "en"), place.staff("coordinator"))
    page.route("**/take-in/", told_as_fine)
    page.goto(reverse("desk:take_in"))
    page.get_by_role("button", name="Take it in").click()
    page.get_by_text("things are not right yet").wait_for()
    assert_fine_page(page)
    page.goto(reverse("desk:list", args=["dispatch"]))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Send those chosen").click()
    assert_fine_page(page)
    page.get_by_label("To", exact=True).select_option("q3")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("1 matter was sent to Water.").wait_for()


def test_a_refusal_stands_on_the_page_of_its_matter(place, reader, seated):
    page = seated(reader(360, "zh"), place.staff("handler", place.water))
    address = titled("Sewage")
    page.route("**/desk/matter/**", told_as_fine)
    page.goto(address)
    page.evaluate("document.querySelector('.gz-doing form').action = location.pathname + 'close/'")
    page.locator(".gz-doing form button").first.click()
    page.get_by_role("alert").wait_for()
    assert_fine_page(page)


@pytest.mark.journey
def test_a_matter_is_found_and_answered_by_keyboard_alone(place, reader, seated):
    page = seated(reader(1440, "en"), place.staff("handler", place.water))
    page.goto(reverse("desk:mine"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/matter/**")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    press_until(page, "a", "Boolean(document.activeElement.closest('[data-acts]'))")
    assert tab_to(page, "summary", "Answer")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The outlet was closed.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("The answer was given.").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("bridge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/list/all/?words=bridge")
    assert page.locator(".gz-line").count() == 1


def press_until(page: Page, key: str, expression: str) -> None:
    """Press a key until it has had its effect: a dialog that closes keeps the keys for a moment."""
    for _ in range(50):
        page.keyboard.press(key)
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{key} had no effect")


def tab_to(page: Page, kind: str, words: str) -> bool:
    """Press Tab until something of a kind with these words has the focus."""
    for _ in range(12):
        here = page.evaluate("[document.activeElement.localName, document.activeElement.textContent.trim()]")
        if here == [kind, words]:
            return True
        page.keyboard.press("Tab")
    return False


def test_everything_works_without_scripts(place, reader, seated):
    page = seated(reader(360, "en", scripts=False), place.staff("handler", place.water))
    page.goto(titled("Sewage"))
    page.get_by_text("Show who it is").click()
    page.get_by_label("What do you need it for?").fill("to ask where exactly")
    page.get_by_role("button", name="Show, and note that I looked").click()
    assert page.get_by_text("13912345678").is_visible()
    page.goto(titled("Sewage"))
    page.locator("#do-answer > summary").click()
    page.get_by_label("What the person will read").fill("Done.")
    page.get_by_role("button", name="Answer", exact=True).click()
    assert page.get_by_text("The answer was given.").is_visible()


def test_a_figure_leads_to_its_matters_and_to_one_of_them(place, reader, seated):
    page = seated(reader(1440, "en"), place.staff("director"))
    page.goto(reverse("cockpit:today"))
    page.get_by_role("link", name=re.compile("^The matters behind it.*Taken in")).click()
    assert page.locator(".gz-line").count() == 3
    page.get_by_role("link", name="Piling at midnight").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Piling at midnight"


def test_on_a_phone_the_navigation_is_one_line_that_unfolds(place, reader, seated):
    page = seated(reader(360, "en"), place.staff("coordinator"))
    page.goto(reverse("desk:board"))
    links, menu = page.locator(".gz-nav a >> visible=true"), page.locator(".gz-nav summary")
    everything = page.locator(".gz-nav a").count()
    assert links.all_inner_texts() == ["My work", "Who leads?"]
    menu.focus()
    page.keyboard.press("Enter")
    assert links.count() == everything > 4
    assert_fine_page(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert links.count() == 2
    assert page.evaluate("document.activeElement.matches('.gz-nav summary')")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert links.count() == everything
    assert not menu.is_visible()
    plain = seated(reader(360, "en", scripts=False), place.staff("coordinator"))
    plain.goto(reverse("desk:board"))
    plain.locator(".gz-nav summary").click()
    assert plain.locator(".gz-nav a >> visible=true").count() == everything
