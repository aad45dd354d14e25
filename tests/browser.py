"""What every page must be, looked at in a real browser.

    @pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
    def test_the_first_page_is_fine(reader, width, language, size):
        page = reader(width, language, size)
        page.goto("/")
        assert_fine_in_every_size(page)

`reader` (tests/service/conftest.py) opens pages by `open_page` (tests/chromium.py), which adds at the
end: nothing broke in the console, no security policy was broken, no other host was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tests.chromium import axe_findings, overflows

if TYPE_CHECKING:
    from playwright.sync_api import Page

Language = Literal["zh", "en"]
Size = Literal["normal", "large"]

#: In which language, width and size of type a page is loaded; `assert_fine_in_every_size` does the rest.
WAYS_TO_READ: list[tuple[int, Language, Size]] = [(360, "zh", "large"), (1440, "en", "normal")]

_LOOK_AT_ALL = """
async () => {
  for (const part of document.querySelectorAll('gz-map:not([data-ready]), gz-chart:not([data-ready])')) {
    part.scrollIntoView()
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  }
  scrollTo(0, 0)
}
"""
_ALL_DRAWN = "[...document.querySelectorAll('gz-map, gz-chart')].every((part) => part.dataset.ready)"
_TOO_WIDE = """
[...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((one) => !one.closest('.gz-scroll, .table-responsive, [data-canvas], .visually-hidden'))
  .slice(0, 5).map((one) => one.outerHTML.slice(0, 160))
"""
_SMALL_TARGETS = """
[...document.querySelectorAll('button, .btn, select, .gz-choice, .gz-nav a, summary, input:not([type=hidden])')]
  .filter((one) => one.offsetParent && !one.closest('[data-canvas]'))
  .filter((one) => !(one.matches('input') && one.closest('.gz-choice')))
  .map((one) => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 160)])
  .filter(([height]) => height < 43.5)
  .map(([height, text]) => `${height} px high: ${text}`)
"""
_TOLD = """
() => ({
  title: document.title,
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  inline: document.querySelectorAll('script:not([src]):not([type="application/json"]), style').length,
})
"""
_SET_TYPE = """
(size) => {
  if (size === 'large') document.documentElement.dataset.type = size
  else delete document.documentElement.dataset.type
}
"""
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_HEIGHT = 900


def wait_until(page: Page, expression: str, seconds: float = 30) -> None:
    """Wait until an expression holds in the page.

    Playwright's own `wait_for_function` asks again by `eval`, which the security policy refuses.
    """
    for _ in range(int(seconds * 10)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"did not come true in {seconds} s: {expression}")


def look_at_all(page: Page) -> None:
    """Pass by all maps and charts, which begin when they come into sight, until they are drawn.

    Again and again, for on a busy machine the page's scripts may come after the first look.
    """
    page.wait_for_load_state()  # a form that was just sent answers with a page whose styles may still come
    for _ in range(300):
        page.evaluate(_LOOK_AT_ALL)
        if page.evaluate(_ALL_DRAWN):
            return
        page.wait_for_timeout(100)
    raise AssertionError("not all maps and charts were drawn in 30 s")


def assert_fine_page(page: Page, *, without: Sequence[str] = ()) -> None:
    """Fits its width, has a title and one heading, can be touched, runs nothing inline, and axe is content.

    `without` names what axe need not look for.
    """
    look_at_all(page)
    assert_fits(page)
    told = page.evaluate(_TOLD)
    assert told["title"].strip(" ·"), "the page has no title"
    assert told["headings"] == 1, "a page has one h1"
    assert told["lang"] in ("zh-CN", "en")
    assert told["inline"] == 0, "a script or style stands in the page"
    findings = axe_findings(page, without)
    assert not findings, "\n".join(findings)


def assert_fits(page: Page) -> None:
    """Is not scrolled sideways, and what is touched is large enough."""
    for _ in range(20):  # maps and charts follow a new width a moment later
        if not overflows(page):
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("must be scrolled sideways: " + "\n".join(page.evaluate(_TOO_WIDE)))
    small = page.evaluate(_SMALL_TARGETS)
    assert not small, "smaller than 44 px:\n" + "\n".join(small)


def assert_fine_in_every_size(page: Page) -> None:
    """A page as it was loaded, then in the other width and type by axe too, and fitting in all four.

    Colours, which take axe most of its time, it measures as the page was loaded. At the end the page is
    again as it was.
    """
    width = page.viewport_size["width"] if page.viewport_size else 1440
    size: Size = "large" if page.locator("html").get_attribute("data-type") == "large" else "normal"
    other_width, other_size = 1800 - width, "normal" if size == "large" else "large"
    assert {width, other_width} == {360, 1440}
    assert_fine_page(page)
    try:
        _read_in(page, width, other_size)
        assert_fits(page)
        _read_in(page, other_width, size)
        assert_fits(page)
        _read_in(page, other_width, other_size)
        assert_fine_page(page, without=["color-contrast"])
    except AssertionError as error:
        seen = page.viewport_size or {}
        raise AssertionError(f"made {seen.get('width')} px wide: {error}") from error
    finally:
        _read_in(page, width, size)


def _read_in(page: Page, width: int, size: str) -> None:
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    page.evaluate(_SET_TYPE, size)
    page.evaluate(_TWO_FRAMES)
