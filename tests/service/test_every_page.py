"""Every page there is, looked at as its readers see it; an address that nobody listed here fails.

Each page is opened in both languages, now as on a phone in large type, now as on a wide screen, and then
made as wide as the other, with type as large as the other, without loading it anew. Each language has one
small demonstration for all pages, because loading it takes longer than looking at a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from tests.browser import Language, Size, assert_fine_in_every_size

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOR_MACHINES = {"api", "v1", "commands"}
LOCALES = {"zh": "zh-hans", "en": "en"}
SPOKEN = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Way:
    """How a page is looked at."""

    width: int
    language: Language
    size: Size


def ways(language: Language) -> tuple[Way, Way]:
    """How pages are loaded, in turns; each is made to look like the other afterwards."""
    phone, desk = Way(360, language, "large"), Way(1440, language, "normal")
    return (phone, desk) if language == "zh" else (desk, phone)


@dataclass(frozen=True)
class Seen:
    """A page: whose, what stands in its address, and what a reader with a keyboard has to get to."""

    view: str
    by: str = ""
    args: Callable[[], list[Any]] = list
    query: str = ""
    main: str = ""

    @property
    def address(self) -> str:
        """Where it is."""
        return reverse(self.view, args=self.args()) + self.query


def _matter(state: str) -> Callable[[], list[Any]]:
    from gongzhi.governance.matters.models import Matter

    def of_qingpu() -> list[Any]:
        rows = Matter.objects.filter(region__path__contains="/310118/", state=state, lead__isnull=False)
        return [rows.order_by("-opened_at")[:1].get().pk]

    return of_qingpu


def _version(state: str) -> Any:
    from gongzhi.foundation.rulebooks.models import Version

    rows = Version.objects.filter(state=state, rule__rule_set__region__code="310118")
    return rows.filter(rule__subject="matters.routing").order_by("-number")[:1].get()


def _rule(state: str) -> Callable[[], list[Any]]:
    return lambda: [_version(state).pk]


AUTHOR, REVIEWER = "qingpu.author", "qingpu.reviewer"


def _article() -> list[Any]:
    from gongzhi.governance.matters.models import Article

    return [Article.objects.filter(owner=_bureau(), review_on__gt="2027-12-31")[:1].get().pk]


def _with_account() -> Any:
    from gongzhi.governance.matters.models import AccountLine

    return AccountLine.objects.all()[:1].get().matter_id


def _question() -> list[Any]:
    from gongzhi.governance.matters.models import Question

    return [Question.objects.filter(owner=_bureau())[:1].get().pk]


def _urgent() -> list[Any]:
    from gongzhi.governance.matters.models import Urgent

    return [Urgent.objects.get(matter=None).pk]


def _urgent_matter() -> Any:
    from gongzhi.governance.matters.models import Urgent

    return Urgent.objects.get(matter__isnull=False)


def _bureau() -> Any:
    """The body of the handler."""
    from gongzhi.foundation.parties.actors import person_actor
    from gongzhi.service.accounts.models import Account

    (body,) = person_actor(Account.objects.get(username=HANDLER).person_id).organisations
    return body


CLERK, HANDLER, DIRECTOR, AREA, ADMIN = "qingpu.clerk", "qingpu.handler", "qingpu.director", "area", "admin"
GRID = "qingpu.grid"
DUTY, GOVERNMENT = "qingpu.duty", "qingpu.government"

PAGES = [
    Seen("portal:home", main=".gz-tile"),
    Seen("portal:near", main=".gz-main select"),
    Seen("portal:near", query="?place=310118103"),
    Seen("portal:report", main=".gz-main .btn-primary"),
    Seen("portal:ask", main=".gz-main .btn-primary"),
    Seen("portal:follow_up", main=".gz-main .btn-primary"),
    Seen("portal:articles", query="?words=水", main=".gz-list a"),
    Seen("portal:article", args=_article),
    Seen("portal:unresolved"),
    Seen("portal:accounts", main=".gz-list a"),
    Seen("portal:account", args=lambda: [_with_account()]),
    Seen("desk:matter", by="qingpu.village", args=lambda: [_with_account()], main="[data-acts] summary"),
    Seen("portal:bodies", main=".gz-main select"),
    Seen("portal:rules"),
    Seen("portal:check"),
    Seen("accounts:sign_in", main=".gz-main .btn-primary"),
    Seen("accounts:mine", by=CLERK, main=".gz-main .btn"),
    Seen("accounts:password", by=CLERK, main=".gz-main .btn-primary"),
    Seen("accounts:second_factor", by=CLERK, main=".gz-main .btn-primary"),
    Seen("accounts:people", by=ADMIN),
    Seen("desk:mine", by=CLERK, main=".gz-line a"),
    Seen("desk:mine", by=HANDLER),
    Seen("desk:list", by=CLERK, args=lambda: ["dispatch"], main="[data-acts] .btn-primary"),
    Seen("desk:list", by=CLERK, args=lambda: ["all"], query="?state=closed", main=".gz-line a"),
    Seen("desk:list", by=HANDLER, args=lambda: ["waiting"], query="?words=nothing+like+it"),
    Seen("desk:tasks", by=GRID, main=".gz-task-do summary"),
    Seen("desk:tasks", by="qingpu.town"),
    Seen("desk:task_set", by=HANDLER, main=".gz-main .btn-primary"),
    Seen("desk:roster", by=DUTY, main=".gz-roster summary"),
    Seen("desk:roster", by=CLERK, query="?week=2020-01-01"),
    Seen("desk:mine", by=DUTY),
    Seen("desk:urgents", by=DUTY, main=".gz-list a"),
    Seen("desk:urgents", by=GOVERNMENT, main=".gz-list a"),
    Seen("desk:urgent", by=GOVERNMENT, args=_urgent, main="[data-acts] .btn-primary"),
    Seen("desk:urgent", by="wujiang.duty", args=lambda: [_urgent_matter().pk]),
    Seen("desk:matter", by="wujiang.duty", args=lambda: [_urgent_matter().matter_id]),
    Seen("desk:urgent_new", by=DUTY, main=".gz-main .btn-primary"),
    Seen("desk:things", by="qingpu.steward", main=".gz-list summary"),
    Seen("desk:things", by=CLERK, query="?words=nothing"),
    Seen("desk:take_in", by=CLERK, main=".gz-main .btn-primary"),
    Seen("desk:telephone", by=CLERK, main=".gz-main .btn-primary"),
    Seen("desk:knowledge", by=CLERK, query="?words=水", main=".gz-list a"),
    Seen("desk:knowledge", by=HANDLER),
    Seen("desk:article", by=HANDLER, args=_article, main=".gz-main .btn-primary"),
    Seen("desk:write_article", by=HANDLER, main=".gz-main .btn-primary"),
    Seen("desk:review_article", by=HANDLER, args=_article),
    Seen("desk:ask_owner", by=CLERK, main=".gz-main .btn-primary"),
    Seen("desk:question", by=HANDLER, args=_question, main=".gz-main .btn-primary"),
    Seen("desk:matter", by=CLERK, args=_matter("dispatched"), main="[data-acts] summary"),
    Seen("desk:matter", by=CLERK, args=_matter("closed"), main="[data-acts] summary"),
    Seen("desk:decided", by=CLERK, args=_matter("dispatched")),
    Seen("desk:rules", by=AUTHOR, main=".gz-main .btn-primary"),
    Seen("desk:rules", by=REVIEWER, main=".gz-rule-line a"),
    Seen("desk:rules_duties", by=AUTHOR, main=".gz-main .btn-primary"),
    Seen("desk:rule_new", by=AUTHOR, main=".gz-main .btn-primary"),
    Seen("desk:rule_new", by=AUTHOR, query="?region=310118&subject=matters.deadline"),
    Seen("desk:rule", by=REVIEWER, args=_rule("verified"), main=".gz-doing button"),
    Seen("desk:rule", by=AUTHOR, args=_rule("approved")),
    Seen("desk:rule_edit", by=AUTHOR, args=_rule("verified")),
    Seen("desk:rule_replay", by=AUTHOR, args=_rule("verified"), main=".gz-main .btn-primary"),
    Seen("desk:rule_replay", by=AUTHOR, args=_rule("verified"), query="?since=2001-02-01&until=2001-03-01"),
    Seen("desk:rule_joint", by=AREA, args=lambda: ["demo-area", "matters.routing"], query="?like=320509"),
    Seen("desk:rules_compare", by=AREA, args=lambda: ["demo-area", "matters.deadline"]),
    Seen("desk:rules_compare", by=AUTHOR, args=lambda: ["demo-area", "matters.retention"]),
    Seen("portal:rule", args=lambda: [_version("approved").digest]),
    Seen("desk:board", by=AREA),
    Seen("desk:column", by=DIRECTOR, args=lambda: ["offered"]),
    Seen("desk:holding", by=DIRECTOR, main=".gz-main th a"),
    Seen("desk:list", by=HANDLER, args=lambda: ["supports"]),
    Seen("desk:list", by=CLERK, args=lambda: ["all"], query="?state=overdue", main=".gz-main summary"),
    Seen("cockpit:today", by=DIRECTOR, query="?period=month", main=".gz-figure-links a"),
    Seen("cockpit:area", by=AREA, args=lambda: ["demo-area"], main=".gz-figure-links a"),
    Seen("cockpit:region", by=DIRECTOR, args=lambda: ["310118103"], query="?period=week"),
    Seen("cockpit:loop", by=DIRECTOR, query="?period=month", main=".gz-loop a"),
    Seen("cockpit:loop_of", by=AREA, args=lambda: ["area-demo-area"]),
    Seen("cockpit:behind", by=DIRECTOR, args=lambda: ["310118", "taken-in"], query="?period=month"),
    Seen("design:third_parties"),
]
#: What the walks below pass through, because nobody gets there by an address alone.
WALKED = {
    "portal:what", "portal:which", "portal:where", "portal:who", "portal:done", "portal:followed",
    "portal:decided",
    "desk:together", "accounts:code",
}  # fmt: skip
#: What is no page of its own, and what it is.
NO_PAGES = {
    "design:gallery": "looked at in tests/service/design/test_gallery.py, which takes a while",
    "portal:choose_region": "sends back",
    "portal:proof": "part of a page",
    "portal:say": "does something on the page that is followed up",
    "desk:task_do": "does something on the list of tasks",
    "desk:shift_plan": "does something on the roster",
    "desk:shift_do": "does something on the roster",
    "desk:urgent_do": "does something on the page of its report",
    "desk:task_join": "does something on the list of tasks",
    "desk:task_photo": "a file",
    "desk:things_bring_in": "does something in the register of things",
    "desk:thing_change": "does something in the register of things",
    "desk:things_near": "part of a page",
    "desk:join": "sends on",
    "desk:on_behalf": "sends back",
    "desk:retire_article": "sends back",
    "portal:receipt": "a file",
    "portal:file": "a file",
    "accounts:sign_out": "sends on",
    "accounts:switch": "sends back",
    "desk:export": "a file",
    "desk:keep": "sends back",
    "desk:package": "a file",
    "desk:do": "does something on the page of its matter",
    "desk:rule_do": "does something on the page of its rule",
    "desk:rule_check": "part of a page",
    "desk:rules_law": "does something on the list of rules",
    "desk:rules_arrange": "does something on the list of rules",
    "desk:proof": "a file",
    "design:language": "sends back",
    "design:type": "sends back",
}
SAYING_NO = sorted(
    each.stem
    for each in Path("src/gongzhi/service/design/templates/design").glob("*.html")
    if each.stem[:3].isdigit() or each.stem == "refused"
)


def _names(at: URLResolver, above: str = "") -> Iterator[str]:
    for each in at.url_patterns:
        if isinstance(each, URLResolver):
            yield from _names(each, each.namespace or above)
        elif isinstance(each, URLPattern) and above not in FOR_MACHINES:
            yield f"{above}:{each.name}"


def test_every_address_is_listed_here() -> None:
    listed = {page.view for page in PAGES} | WALKED | set(NO_PAGES)
    assert set(_names(get_resolver())) == listed
    assert {"400", "403", "403_form", "404", "429", "500", "refused"} <= set(SAYING_NO)


class Reading:
    """Opens pages for whoever and however, and remembers what is wrong with them."""

    def __init__(self, open_page: Callable[..., Page], home: str) -> None:
        self._open, self._home = open_page, home
        self._pages: dict[tuple[Way, str], Page] = {}
        self._keys = {"": ""}
        self.wrong: list[str] = []

    def page(self, way: Way, by: str = "") -> Page:
        """The one page in which a reader looks at everything in this way."""
        if (way, by) not in self._pages:
            page = self._open(width=way.width)
            page.set_default_timeout(60_000)
            told = {"django_language": LOCALES[way.language], "gongzhi_type": way.size}
            if by:
                told["sessionid"] = self._session_of(by)
            page.context.add_cookies(
                [{"name": name, "value": value, "url": self._home} for name, value in told.items()]
            )
            self._pages[way, by] = page
        return self._pages[way, by]

    def _session_of(self, by: str) -> str:
        from gongzhi.service.accounts.models import Account

        if by not in self._keys:
            client = Client()
            client.force_login(Account.objects.get(username=by))
            self._keys[by] = client.cookies["sessionid"].value
        return self._keys[by]

    def look(self, page: Page, way: Way, main: str = "") -> None:
        """Note everything that is wrong with what a page shows."""
        for check in (lambda page: _speaks(page, way), _is_ordered, assert_fine_in_every_size):
            self._note(page, way, check)
        if main:
            self._note(page, way, lambda page: _is_reached(page, main))

    def _note(self, page: Page, way: Way, check: Callable[[Page], None]) -> None:
        try:
            check(page)
        except AssertionError as error:
            self.wrong.append(f"{page.url} at {way.width} px, {way.language}, {way.size}: {error}")


_LANDMARKS_AND_LEVELS = """
() => ({
  ...Object.fromEntries(['main', 'body > header', 'body > footer'].map(
    (landmark) => [landmark, document.querySelectorAll(landmark).length])),
  levels: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => +one.tagName[1]),
})
"""


def _is_ordered(page: Page) -> None:
    """Landmarks stand once, and no heading leaves a level out."""
    told = page.evaluate(_LANDMARKS_AND_LEVELS)
    levels = told.pop("levels")
    assert told == dict.fromkeys(told, 1)
    assert levels[:1] == [1], f"begins with heading {levels[:1]}"
    for above, below in pairwise(levels):
        assert below <= above + 1, f"a heading {below} follows a heading {above}"


def _speaks(page: Page, way: Way) -> None:
    html = page.locator("html")
    assert html.get_attribute("lang") == SPOKEN[way.language], "speaks another language"
    assert (html.get_attribute("data-type") or "normal") == way.size, "has type of another size"


def _is_reached(page: Page, main: str) -> None:
    """By Tab alone, past the navigation by its skip link."""
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(main) => document.activeElement.matches(main)", main):
            return
    raise AssertionError(f"60 times Tab did not reach {main}")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_fine(
    open_page: Callable[..., Page], live_server: Any, settings: Any, rf: RequestFactory, language: Language
) -> None:
    from gongzhi.foundation.parties.actors import forget_roles
    from gongzhi.service.commands.demonstration.load import load

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget_roles()
    load(lambda said: None, count=150)
    _wait_for_somebody()
    _have_a_rule_reviewed()
    _know_something()
    reading = Reading(open_page, live_server.url)
    for number, seen in enumerate(PAGES):
        way = ways(language)[number % 2]
        page = reading.page(way, seen.by)
        answered = page.goto(seen.address)
        assert answered is not None
        assert answered.status == 200, f"{seen.address} for {seen.by}: {answered.status}"
        reading.look(page, way, seen.main if way.width == 1440 else "")
    way = ways(language)[0]
    _report_and_follow(reading, way)
    _send_together(reading, way)
    _guard_an_account(reading, way)
    _be_told_no(reading, way, rf)
    assert not reading.wrong, "\n".join(reading.wrong)


def _wait_for_somebody() -> None:
    """Two matters that no rule sends anywhere."""
    from gongzhi.foundation.parties.actors import anyone
    from gongzhi.foundation.regions.queries import region
    from gongzhi.governance.matters.acts import file
    from gongzhi.governance.matters.queries import category

    town = region("310118103")
    assert town is not None
    platform_work = category(town, "c21")
    assert platform_work is not None
    for text in ("送单途中摔伤", "Hurt while delivering"):
        file(anyone(), town, kind="help", category=platform_work, text=text)


def _have_a_rule_reviewed() -> None:
    """A draft with a gap, verified, that waits for its reviewer; and what people arranged among themselves."""
    from gongzhi.foundation.parties.actors import person_actor
    from gongzhi.foundation.regions.queries import region
    from gongzhi.foundation.rulebooks.acts import arrange, draft, verify
    from gongzhi.service.accounts.models import Account

    county = region("310118")
    assert county is not None
    author = person_actor(Account.objects.get(username=AUTHOR).person_id)
    table = _version("approved").table
    verify(author, draft(author, county, table=table[: table.rindex("  - when:")], reason="试行 A trial"))
    arrange(
        author,
        county,
        topic="nights",
        title={"zh": "村规民约", "en": "A covenant"},
        text="夜里安静 Quiet nights",
    )


def _know_something() -> None:
    """An article of the handler's bureau, and a question that it has not answered yet."""
    from datetime import date

    from gongzhi.foundation.parties.actors import person_actor
    from gongzhi.foundation.parties.queries import Organisation
    from gongzhi.governance.matters import acts
    from gongzhi.service.accounts.models import Account

    handler, clerk = (
        person_actor(Account.objects.get(username=name).person_id).at_work for name in (HANDLER, CLERK)
    )
    bureau = Organisation.objects.get(pk=_bureau())
    title = {"zh": "河道水面由谁保洁", "en": "Who keeps the water clean"}
    text = {"zh": "由水务部门负责，每天巡查。", "en": "The water bureau does, every day."}
    acts.write_article(handler, bureau, title=title, text=text, review_on=date(2098, 1, 1))
    acts.raise_question(clerk, bureau, text="池塘里的水由谁换？ Who changes the water of a pond?")


def _report_and_follow(reading: Reading, way: Way) -> None:
    """From the report to the page that follows it."""
    page = reading.page(way)

    def go_on(to: str) -> None:
        page.locator(".gz-main .btn-primary").first.click()
        page.wait_for_url(f"**/{to}/")
        reading.look(page, way)

    page.goto(reverse("portal:report"))
    page.locator("textarea").fill("元荡边上的水又黑又臭 The water of Yuandang is black and smells")
    page.locator("input[name=kind][value=complain]").check()
    go_on("which")
    page.locator("input[value=c01]").check()
    go_on("where")
    page.locator("#id_words").fill("元荡步道 on the path along Yuandang")
    go_on("who")
    page.get_by_role("link", name={"zh": "返回", "en": "Back"}[way.language]).first.click()
    page.goto(page.url.replace("/where/", "/what/"))
    reading.look(page, way)
    page.goto(page.url.replace("/what/", "/who/"))
    page.locator("input[value=anonymous]").check()
    go_on("done")
    number = page.locator(".gz-receipt-number").inner_text().strip()
    page.goto(reverse("portal:followed", args=[number]))
    reading.look(page, way)
    page.goto(reverse("portal:decided", args=[number]))
    reading.look(page, way)
    page.goto(reverse("portal:check"))  # nothing is left that asks for its proof


def _send_together(reading: Reading, way: Way) -> None:
    """Several matters chosen, and the page that asks where they go."""
    page = reading.page(way, CLERK)
    page.goto(reverse("desk:list", args=["dispatch"]))
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.locator("[data-acts] .btn-primary").click()
    page.wait_for_url("**/together/")
    reading.look(page, way)


def _guard_an_account(reading: Reading, way: Way) -> None:
    """A second factor is set up, its codes are shown once, and signing in asks for one."""
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.service.accounts import totp
    from gongzhi.service.commands.demonstration.load import PASSWORD

    page = reading.page(way, HANDLER)
    page.goto(reverse("accounts:second_factor"))
    secret = page.locator(".gz-secret").inner_text().replace(" ", "")
    page.locator("#id_code").fill(totp.code_at(secret, int(now().timestamp()) // totp.PERIOD_SECONDS))
    page.locator(".gz-main .btn-primary").click()
    page.locator("ul .gz-secret").first.wait_for()
    reading.look(page, way)
    page.goto(reverse("accounts:second_factor"))
    reading.look(page, way)
    stranger = reading.page(way)
    stranger.goto(reverse("accounts:sign_in"))
    stranger.locator("#id_username").fill(HANDLER)
    stranger.locator("#id_password").fill(PASSWORD)
    stranger.locator(".gz-main .btn-primary").click()
    stranger.wait_for_url("**/code/")
    reading.look(stranger, way)


def _be_told_no(reading: Reading, way: Way, rf: RequestFactory) -> None:
    """Pages that say no, served with 200: a browser writes any other status to its console as an error."""
    from gongzhi.foundation.ledger.refusals import NotPossible

    page = reading.page(way)
    refusal = NotPossible("已办结。 Closed.", instead="请重新提交。 File it anew.")
    for name in SAYING_NO:
        request = rf.get("/")
        request.COOKIES["gongzhi_type"] = way.size
        with translation.override(LOCALES[way.language]):
            html = render(request, f"design/{name}.html", {"refusal": refusal}).content
        page.route("**/said-no/", _saying(html))
        page.goto("/said-no/")
        reading.look(page, way)
        page.unroute("**/said-no/")


def _saying(html: bytes) -> Callable[[Any], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
