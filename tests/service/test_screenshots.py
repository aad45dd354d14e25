"""The pictures of the documentation, taken of a demonstration that is loaded for them.

They are always taken, so that they can be; `pytest tests/service/test_screenshots.py --write-pictures`
keeps them in docs/pictures, of a whole invented year and in both languages. It is always the same morning.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import chain
from math import dist
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.browser import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Geolocation, Locator, Page

    from gongzhi.governance.matters.models import Submission

KEPT = Path("docs/pictures")
NAMES = ("home", "report", "receipt", "work", "matter", "cockpit")
COLOURS, MARGIN = 256, 24
MOST_BYTES, MOST_BYTES_TOGETHER = 250_000, 2_500_000
ALL = "#main > .gz-width"

BEGUN, REPORTED, RANG_AT, LOOKED = (
    datetime(2026, 5, 12, hour, minute, tzinfo=UTC) for hour, minute in ((0, 20), (0, 42), (1, 15), (2, 5))
)
TOLD = {
    "zh": "元荡步道边的河水又黑又臭，从前天傍晚开始，对岸也有人说闻到了。",
    "en": "The water along the Yuandang path has been black and smelly since the day before yesterday.",
}
PLACE = {"zh": "元荡步道，靠近石桥", "en": "On the Yuandang path, near the stone bridge"}
STANDING: Geolocation = {"longitude": 120.8910, "latitude": 31.0930}
RANG = {
    "zh": "已到现场查看，今天下午取水样，并请吴江区一同查看对岸。",
    "en": "Seen on the spot; a sample is taken this afternoon, and Wujiang is asked to look on its side.",
}


class _Clock(datetime):
    """What the platform's clock reads."""

    shown = BEGUN

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """The moment that is shown, until another one is."""
        return cls.shown.astimezone(tz)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A second year tells no more than the first, unless its pictures are wanted."""
    if metafunc.function is test_pictures_of_the_documentation:
        wanted = ("zh", "en") if metafunc.config.getoption("--write-pictures") else ("zh",)
        metafunc.parametrize("language", wanted)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pictures_of_the_documentation(
    open_page: Callable[..., Page],
    live_server: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    language: str,
) -> None:
    """Each shows a page with everything on it drawn."""
    from gongzhi.foundation.ledger import clock

    is_kept = request.config.getoption("--write-pictures")
    monkeypatch.setattr(clock, "datetime", _Clock)
    monkeypatch.setattr(_Clock, "shown", BEGUN)
    _load(settings, monkeypatch, language, 4000 if is_kept else 250)
    taken = dict(_taken(_Camera(open_page, live_server.url, language)))
    assert tuple(taken) == NAMES
    for name, picture in taken.items():
        assert _is_drawn(picture), f"{name} shows next to nothing"
        if is_kept:
            KEPT.mkdir(exist_ok=True)
            _in_few_colours(picture).save(KEPT / f"{name}.{language}.png", optimize=True)


def test_the_pictures_that_are_kept_are_few_and_small() -> None:
    kept = sorted(KEPT.glob("*"))
    assert {each.name for each in kept} == {f"{n}.{tongue}.png" for n in NAMES for tongue in ("zh", "en")}
    assert all(each.stat().st_size < MOST_BYTES for each in kept)
    assert sum(each.stat().st_size for each in kept) < MOST_BYTES_TOGETHER


@pytest.mark.parametrize("page", ["README", "docs/tutorial/first-matter"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_show_the_pictures_of_their_language_with_words_for_those_who_do_not_see_them(
    page: str, language: str
) -> None:
    written = Path(f"{page}.zh.md" if language == "zh" else f"{page}.md")
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", written.read_text(encoding="utf-8"))
    assert shown
    for words, address in shown:
        assert (written.parent / address).resolve().is_relative_to(KEPT.resolve())
        assert (written.parent / address).is_file()
        assert address.endswith(f".{language}.png")
        assert len(words) > (10 if language == "zh" else 30)


def _load(settings: Any, monkeypatch: pytest.MonkeyPatch, language: str, count: int) -> None:
    from gongzhi.foundation.parties.actors import forget_roles
    from gongzhi.service.commands.demonstration.load import load
    from gongzhi.service.commands.demonstration.waters import drawn

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("GONGZHI_LANGUAGE", language)
    waters = settings.CONFIG.data_dir / "waters.geojson"
    waters.write_text(json.dumps(drawn()), encoding="utf-8")
    settings.CONFIG = replace(settings.CONFIG, basemap=waters)
    forget_roles()
    load(lambda said: None, count=count)


class _Camera:
    """Opens pages for whoever, and takes pictures of them."""

    def __init__(self, open_page: Callable[..., Page], home: str, language: str) -> None:
        self._open, self._home, self.language = open_page, home, language

    def page(self, width: int, height: int, by: str = "") -> Page:
        """A window as large as its picture, in which somebody is signed in."""
        page = self._open(width=width, height=height)
        told = {"django_language": {"zh": "zh-hans", "en": "en"}[self.language]}
        if by:
            told["sessionid"] = _session_of(by)
        page.context.add_cookies([{"name": n, "value": v, "url": self._home} for n, v in told.items()])
        return page


def _taken(camera: _Camera) -> Iterator[tuple[str, Image.Image]]:
    public, phone = camera.page(1120, 1600), camera.page(420, 1200)
    public.goto("/")
    yield "home", _picture(public, ALL)
    _Clock.shown = REPORTED
    yield "report", _report(phone, camera.language)
    submission = _sent(phone)
    _Clock.shown = RANG_AT
    _contact(submission, camera.language)
    _Clock.shown = LOOKED
    public.goto(reverse("portal:follow_up"))
    public.locator("#id_number").fill(submission.number)
    public.locator("#id_secret").fill(_secret_of(submission))
    public.locator(".gz-main .btn-primary").click()
    public.wait_for_url(f"**/{submission.number}/")
    yield "receipt", _picture(public, ALL)
    handler = camera.page(1240, 1800, "qingpu.handler")
    handler.goto(reverse("desk:mine"))
    yield "work", _picture(handler, ALL)
    handler.goto(reverse("desk:matter", args=[submission.matter_id]))
    yield "matter", _picture(handler, ALL)
    director = camera.page(1360, 1200, "qingpu.director")
    director.goto(reverse("cockpit:today") + "?period=month")
    yield "cockpit", _picture(director, ".gz-columns")


def _session_of(username: str) -> str:
    from gongzhi.service.accounts.models import Account

    client = Client()
    client.force_login(Account.objects.get(username=username))
    return client.cookies["sessionid"].value


def _secret_of(submission: Submission) -> str:
    from gongzhi.governance.matters.followup import secret_of

    return secret_of(submission)


def _report(page: Page, language: str) -> Image.Image:
    """Report something from a phone, up to the page that asks where it is."""
    go_on = page.locator(".gz-main .btn-primary").first
    page.goto(reverse("portal:report"))
    page.locator("textarea").fill(TOLD[language])
    page.locator("input[name=kind][value=complain]").check()
    go_on.click()
    page.locator("input[value=c01]").check()
    go_on.click()
    page.locator("#id_words").fill(PLACE[language])
    _wait_until_drawn(page)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(STANDING)
    page.locator("[data-locate]").click()
    page.locator(".maplibregl-marker:not(.gz-area-name)").wait_for()
    page.evaluate("scrollTo(0, 0)")
    return _picture(page, ".gz-main .gz-buttons")


def _sent(page: Page) -> Submission:
    """Send it without a name."""
    from gongzhi.governance.matters.models import Submission

    go_on = page.locator(".gz-main .btn-primary").first
    go_on.click()
    page.locator("input[value=anonymous]").check()
    go_on.click()
    page.wait_for_url("**/done/")
    return Submission.objects.select_related("matter").latest("filed_at")


def _contact(submission: Submission, language: str) -> None:
    """The body that handles it has been there; then everything gets its place in the ledger."""
    from gongzhi.foundation.ledger.sequencer import sequence
    from gongzhi.foundation.parties.actors import person_actor
    from gongzhi.governance.matters.acts import contact
    from gongzhi.service.accounts.models import Account

    handler = person_actor(Account.objects.get(username="qingpu.handler").person_id)
    assert submission.matter is not None
    contact(handler, submission.matter, text=RANG[language])
    sequence()


_IN_SIGHT = """
[...document.querySelectorAll('gz-map, gz-chart')].filter((part) => part.getBoundingClientRect().top < innerHeight)
"""


def _wait_until_drawn(page: Page) -> None:
    wait_until(page, f"{_IN_SIGHT}.every((part) => part.dataset.ready === 'yes')")


def _picture(page: Page, down_to: str) -> Image.Image:
    """What a reader sees, down to the end of a part of the page."""
    _wait_until_drawn(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)  # the compositor shows what WebGL has drawn a little later
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for drawn in page.locator("gz-map .gz-canvas, gz-chart [data-canvas]").all():
        _assert_is_drawn(picture, drawn)
    return picture.crop((0, 0, picture.width, min(picture.height, _end_of(page, down_to) + MARGIN)))


def _in_few_colours(picture: Image.Image) -> Image.Image:
    """The colours that cover most stay exactly as they are; the edges of letters come close to theirs."""
    counted = sorted(picture.getcolors(1 << 24), reverse=True)
    kept = [colour for _, colour in counted[:COLOURS]]
    nearest = {
        colour: min(range(len(kept)), key=lambda n, colour=colour: dist(kept[n], colour))
        for _, colour in counted
    }
    few = Image.new("P", picture.size)
    few.putpalette(list(chain.from_iterable(kept)))
    few.putdata([nearest[colour] for colour in picture.get_flattened_data()])
    return few


def _end_of(page: Page, part: str) -> int:
    box = page.locator(part).first.bounding_box()
    assert box is not None, f"there is no {part}"
    return int(box["y"] + box["height"])


def _is_drawn(picture: Image.Image) -> bool:
    """Whether something stands on it, from the top to the lower half."""
    seen = picture.convert("L")
    halves = [seen.crop((0, top, seen.width, top + seen.height // 2)) for top in (0, seen.height // 2)]
    return all(len(half.getcolors() or []) > 20 and (half.getextrema()[0] < 100) for half in halves)


def _assert_is_drawn(picture: Image.Image, part: Locator) -> None:
    """A map or a chart has colours that cover something, and not its background alone."""
    box = part.bounding_box()
    if box is None or box["y"] + box["height"] > picture.height:
        return
    seen = picture.crop((box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]))
    enough = seen.width * seen.height // 500
    covering = [colour for count, colour in seen.getcolors(1 << 24) if count > enough]
    assert len(covering) >= 3, f"{part} shows only {covering}"
