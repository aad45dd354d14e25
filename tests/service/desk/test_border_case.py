"""The border case at the desk, in a browser and in both languages: with a joint rule, and without one.

Something is reported in Qingpu, close to Wujiang; Wujiang returns it. Where the members of the area had
adopted a rule, the area's coordinator designates; where they had not, designation is refused, a conference
gives duties, the clock to the superiors runs, and whoever received it goes on answering.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.browser import Language, assert_fine_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.borders import Border

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


class Desks:
    """Everybody's browser, open at one matter."""

    def __init__(self, place: Border, open_as: Callable[..., Page], home: str, language: Language) -> None:
        self.place, self._open, self._home, self.language = place, open_as, home, language
        self.matter = place.matter("元荡边上水很臭 The water smells at the edge of the lake")
        self._pages: dict[tuple[str, str], Page] = {}

    def page(self, role: str, code: str) -> Page:
        """The page of the matter as somebody sees it now."""
        from tests.desks import signed_in

        if (role, code) not in self._pages:
            page = self._open(1440, self.language)
            key = signed_in(self.place.staff(role, code)).cookies["sessionid"].value
            page.context.add_cookies([{"name": "sessionid", "value": key, "url": self._home}])
            page.route("**/desk/matter/**", told_as_fine)
            self._pages[role, code] = page
        page = self._pages[role, code]
        page.goto(reverse("desk:matter", args=[self.matter.pk]))
        return page

    def do(self, role: str, code: str, name: str, **told: str) -> Page:
        """Unfold the form of an act, fill it in, and send it."""
        page = self.page(role, code)
        form = page.locator(f'form[action$="/{name}/"]')
        for fold in form.locator("xpath=ancestor::details").all():
            if fold.get_attribute("open") is None:
                fold.locator("> summary").click()
        for field, value in told.items():
            control = form.locator(f'[name="{field}"]')
            kind = control.first.get_attribute("type")
            if kind == "radio":
                form.locator(f'[name="{field}"][value="{value}"]').check()
            elif control.evaluate("(one) => one.localName") == "select":
                control.select_option(value)
            else:
                control.fill(value)
        form.locator("button").click()
        page.locator(".gz-messages:visible, [role=alert]:visible").first.wait_for()
        return page


def told_as_fine(route: Any) -> None:
    """A refusal shown with 200: a browser writes any other status to its console as an error."""
    if route.request.method != "POST":
        route.continue_()
        return
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, status=answer.status if answer.status < 400 else 200)


@pytest.fixture
def desks(
    transactional_db: None, reader: Callable[..., Page], live_server: Any
) -> Callable[[bool, Language], Desks]:
    def begin(joint: bool, language: Language) -> Desks:
        from tests.borders import border

        return Desks(border(joint=joint), reader, live_server.url, language)

    return begin


def returned(desks: Desks) -> None:
    """Taken over in Qingpu, offered to Wujiang, returned with a reason, and put before the area."""
    desks.do("handler", "q3", "accept")
    wujiang = {"zh": "吴江水务局 · 吴江区", "en": "Wujiang Water · Wujiang"}[desks.language]
    desks.do("handler", "q3", "hand_over", to=wujiang, reason="排口在对岸 The outlet is across the water")
    desks.do("handler", "w3", "return", reason="上风向在青浦 The wind comes from Qingpu", proposal="q3")
    desks.do("handler", "q3", "arbitrate", arbiter="a1")


def words(desks: Desks, zh: str, en: str) -> str:
    return zh if desks.language == "zh" else en


@pytest.mark.parametrize("language", ["zh", "en"])
def test_with_a_joint_rule_the_area_designates_and_both_must_report(desks, language):
    at = desks(True, language)
    returned(at)
    support = {"who_1": "j3", "what_1": "关闸 Close the gate"}
    page = at.do("area_coordinator", "a1", "designate", to="w3", reason="备忘录 Memorandum", **support)
    assert "memorandum on the lake, article 4" in page.content()
    assert (
        words(
            at,
            "依双方事先采纳的共同规则（第1行）指定",
            "by the joint rule that both sides had adopted (row 1)",
        )
        in page.content()
    )
    assert_fine_page(page)
    page = at.page("handler", "w3")
    assert page.locator('form[action$="/return/"]').count() == 0, "a body that is bound cannot return it"
    assert page.locator('form[action$="/answer/"]').count() == 0, "a support has not reported"
    at.do("handler", "j3", "report", text="已关闸 The gate is closed")
    at.do("handler", "w3", "answer", text="排口已封堵 The outlet is sealed")
    assert at.page("clerk", "q1").locator('form[action$="/close/"]').count() == 0, "nobody has verified it"
    at.do("verifier", "q1", "verify", passed="yes", text="现场无异味 No smell on the spot")
    at.do("caller", "q1", "call_back", reply="reached", resolved="no", satisfied="2")
    at.do("clerk", "q1", "close")
    page = at.do("clerk", "q1", "reopen", reason="又臭了 It smells again")
    assert words(at, "重新办理1次", "reopened once") in page.content()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_one_designation_is_refused_and_the_first_goes_on_answering(desks, language):
    from gongzhi.foundation.ledger.clock import now

    at = desks(False, language)
    returned(at)
    page = at.do("area_coordinator", "a1", "designate", to="w3", reason="最近 Nearest")
    refused = page.locator("[role=alert]:visible").first.inner_text()
    assert words(at, "请召集会商", "Call a conference") in refused
    assert_fine_page(page)
    meets = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    at.do(
        "area_coordinator", "a1", "confer", about="谁封堵 Who seals it", meets_at=meets, body_1="q3",
        body_2="w3",
    )  # fmt: skip
    page = at.do(
        "area_coordinator", "a1", "minute", minutes="各封一侧 Each its own side", who_1="q3",
        what_1="封东侧 East", who_2="w3", what_2="封西侧 West",
    )  # fmt: skip
    assert words(at, "报请的上级", "Waiting for the superiors") in page.locator(".gz-status").inner_text()
    assert words(at, "主办，向诉求人负责", "lead, answers to the person") in page.content()
    assert page.locator(".gz-holder").count() == 4, "lead, first receiver, and two with a duty"
