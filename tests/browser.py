"""What every page must be, looked at in a real browser.

    @pytest.mark.parametrize(("width", "language", "size"), WAYS_TO_READ)
    def test_the_first_page_is_fine(reader, width, language, size):
        page = reader(width, language, size)
        page.goto("/")
        assert_fine_page(page)

`reader` (tests/service/conftest.py) opens pages by `open_page` (tests/chromium.py), which adds at the
end: nothing broke in the console, no security policy was broken, no other host was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tests.chromium import axe_findings, overflows

if TYPE_CHECKING:
    from playwright.sync_api import Page

Language = Literal["zh", "en"]
Size = Literal["normal", "large"]

#: Width, language and size of type in which a page has to hold.
WAYS_TO_READ: list[tuple[int, Language, Size]] = [
    (360, "zh", "normal"),
    (360, "en", "normal"),
    (1440, "zh", "normal"),
    (1440, "en", "normal"),
    (360, "zh", "large"),
    (1440, "en", "large"),
]

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
_INLINE = "[...document.querySelectorAll('script:not([src]):not([type=\"application/json\"]), style')].length"


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
    for _ in range(300):
        page.evaluate(_LOOK_AT_ALL)
        if page.evaluate(_ALL_DRAWN):
            return
        page.wait_for_timeout(100)
    raise AssertionError("not all maps and charts were drawn in 30 s")


def assert_fine_page(page: Page) -> None:
    """Fits its width, has a title and one heading, can be touched, runs nothing inline, and axe is content."""
    look_at_all(page)
    assert not overflows(page), "must be scrolled sideways: " + "\n".join(page.evaluate(_TOO_WIDE))
    assert page.title().strip(" ·"), "the page has no title"
    assert page.locator("h1").count() == 1, "a page has one h1"
    assert page.locator("html").get_attribute("lang") in ("zh-CN", "en")
    assert page.evaluate(_INLINE) == 0, "a script or style stands in the page"
    small = page.evaluate(_SMALL_TARGETS)
    assert not small, "smaller than 44 px:\n" + "\n".join(small)
    findings = axe_findings(page)
    assert not findings, "\n".join(findings)
