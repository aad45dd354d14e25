"""A lawyer's path in a browser: from a draft with a gap, through the sentence, to a rule that routes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.urls import reverse

from tests.browser import assert_fine_in_every_size

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from gongzhi.foundation.parties.actors import Actor
    from tests.builders import World

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": {
        "gap": "If Category is Noise, no rule applies.",
        "wrong": "is not among the values of this column",
        "sound": "Sound: every case that the table knows has an answer",
        "noise": "Noise",
        "in_force": "In force since",
    },
    "zh": {
        "gap": "若事项类别为噪声，则无规则适用。",
        "wrong": "不在本列可选值之内",
        "sound": "完善：规则表所涉的每种情形都有且只有一个结论。",
        "noise": "噪声",
        "in_force": "起有效",
    },
}


@pytest.fixture
def place(transactional_db: None) -> World:
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.acts import enact
    from tests.builders import SOUND, world

    made = world()
    enact(OPERATOR, made.county, table=SOUND[: SOUND.rindex("  - {when")])
    return made


@pytest.fixture
def seated(live_server: Any) -> Callable[[Page, Actor], Page]:
    from tests.desks import signed_in

    def sit(page: Page, actor: Actor) -> Page:
        key = signed_in(actor).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return sit


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 360)])
def test_from_a_gap_to_a_rule_that_routes(
    place: World,
    reader: Callable[..., Page],
    seated: Callable[[Page, Actor], Page],
    language: Literal["zh", "en"],
    width: int,
) -> None:
    said = WORDS[language]
    author, reviewer, approver = (
        seated(reader(width, language), place.staff(code))
        for code in ("rule_author", "rule_reviewer", "rule_approver")
    )
    author.goto(reverse("desk:rule_new") + "?region=310118&subject=matters.routing")
    verdict = author.locator("#verdict")
    assert said["gap"] in verdict.inner_text()
    author.locator("[name=do][value=add]").click()
    author.locator("[name=cell-2-0]").fill("dust")
    verdict.get_by_text(re.compile(said["wrong"])).wait_for()
    author.locator("[name=cell-2-0]").fill(said["noise"])
    author.locator("[name=out-2-0]").fill("centre")
    author.locator("[name=law-2]").fill("噪声污染防治法")
    verdict.get_by_text(said["sound"]).wait_for()
    assert_fine_in_every_size(author)
    author.locator("[name=reason]").fill("夜间噪声无人受理")
    author.locator(".gz-main .btn-lg").click()
    author.wait_for_url(re.compile(r"/desk/rules/[0-9a-f-]{36}/$"))
    author.locator(".gz-doing[open] .btn-primary").click()
    author.locator("#found").wait_for()
    address = author.url
    for page in (reviewer, approver):
        page.goto(address)
        assert "夜间噪声无人受理" in page.locator("main").inner_text()
        page.locator(".gz-doing[open] .btn-primary").click()
        page.locator(".gz-message").first.wait_for()
    assert said["in_force"] in approver.locator(".gz-status").inner_text()
    assert_fine_in_every_size(approver)
    matter = place.submission("Piling at midnight", category=place.noise).matter
    assert matter is not None
    assert matter.lead == place.centre
