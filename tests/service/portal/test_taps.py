"""Three tasks in large type on a phone, each in at most six taps; typing is no tap, reaching a field is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.models import Matter, Rating, Submission
from gongzhi.governance.matters.rules import default_tables
from tests.browser import Language, assert_fine_page
from tests.builders import World, world

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST = 6
PICTURES = os.environ.get("PICTURES")


class Finger:
    """Taps, types where the page has put it, and counts."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.taps = page, name, 0

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    def type(self, text: str) -> None:
        """Into the field that has the focus; there must be one."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')"), (
            "no field has the focus"
        )
        self.page.keyboard.type(text)

    def look(self) -> None:
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{self.name}-{self.taps}.png", full_page=True)
        if "/where/" not in self.page.url:  # a map of nothing draws nothing
            assert_fine_page(self.page)


@pytest.fixture
def ruled(transactional_db: None) -> World:
    house = world()
    for table in default_tables():
        enact(OPERATOR, house.top, table=table)
    return house


def done(house: World) -> Submission:
    filed = house.submission()
    matter = filed.matter
    assert matter is not None
    acts.answer(house.staff("handler", house.water), matter, text="The pipe was mended on Monday.")
    acts.verify(house.staff("verifier"), Matter.objects.get(pk=matter.pk), passed=True, text="Clean.")
    acts.close(house.staff("clerk"), Matter.objects.get(pk=matter.pk))
    return filed


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_reported_followed_up_and_rated_in_six_taps_each(
    reader: Callable[..., Page], ruled: World, language: Language
) -> None:
    finger = Finger(reader(360, language, "large"), f"report-{language}")
    finger.page.goto(reverse("portal:home"))
    finger.tap(f".gz-tile[href='{reverse('portal:report')}']")
    finger.type("河湖异味 The water is smelling")
    finger.look()
    for step in ("which", "where"):
        finger.tap(".gz-main .btn-primary")
        finger.page.wait_for_url(f"**/{step}/")
        finger.look()
    finger.type("桥边 by the bridge")
    finger.tap(".gz-main .btn-primary")
    finger.page.wait_for_url("**/who/")
    finger.look()
    finger.tap("label:has(input[value=anonymous])")
    finger.tap(".gz-main .btn-primary")
    finger.page.wait_for_url("**/done/")
    finger.look()
    assert finger.taps <= MOST
    assert Submission.objects.count() == 1

    filed = done(ruled)
    finger = Finger(reader(360, language, "large"), f"follow-{language}")
    _follow(finger, filed)
    finger.look()
    assert finger.taps <= MOST

    finger = Finger(reader(360, language, "large"), f"rate-{language}")
    _follow(finger, filed)
    finger.tap("label:has(input[name=resolved][value=yes])")
    finger.tap("label:has(input[name=satisfied][value='5'])")
    finger.tap("form[action$='/rate/'] .btn-primary")
    finger.look()
    assert finger.taps <= MOST
    assert Rating.objects.get().satisfied == 5


def _follow(finger: Finger, filed: Any) -> None:
    finger.page.goto(reverse("portal:home"))
    finger.tap(f".gz-tile[href='{reverse('portal:follow_up')}']")
    finger.type(filed.number)
    finger.tap("#id_secret")
    finger.type(secret_of(filed))
    finger.tap(".gz-main .btn-primary")
    finger.page.wait_for_url(f"**/{filed.number}/")
