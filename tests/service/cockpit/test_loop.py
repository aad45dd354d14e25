"""The loop on one screen, its figures and their matters; and the morning line in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Matter
from gongzhi.governance.matters.queries import (
    HANDLED,
    ROUTED,
    Figure,
    Morning,
    Period,
    Unusual,
    loop,
    scene_of,
)
from gongzhi.service.desk.morning import morning_line
from tests.crowds import crowd

UNUSUAL = """
table: matters.unusual
hit: F
inputs: [{name: weekday, type: integer}]
outputs: [{name: weeks, type: integer}, {name: least, type: integer}, {name: times, type: integer}]
rules:
  - {when: {weekday: '-'}, then: {weeks: 8, least: 4, times: 2}, basis: "test rule"}
"""


@pytest.fixture
def director(world, at_desk):
    return at_desk(world.staff("director"))


def show(client, address: str, **data) -> str:
    answer = client.get(address, data)
    assert answer.status_code == 200
    return answer.content.decode()


def of(code: str) -> str:
    return reverse("cockpit:loop_of", args=[code])


def counted(world):
    by = world.staff("director")
    scene = scene_of(by, "310118")
    assert scene is not None
    return loop(by, scene, Period(now() - timedelta(days=40), now()))


def test_what_is_open_stands_in_one_line_of_either_stage(world):
    crowd(world, 300, towns=2, bodies=2)
    found = counted(world)
    for figures in (ROUTED, HANDLED):
        assert sum(found.counts[each] for each in figures) == found.counts[Figure.OPEN] > 0
    cuts = (found.channels, found.parts, found.categories)
    assert {sum(cut.values()) for cut in cuts} == {found.taken_in}


def test_each_way_of_routing_is_told_apart(world):
    centre, water = world.staff("coordinator"), world.staff("handler", world.water)
    world.submission(category=world.noise)
    sent, offered, returned = (world.submission().matter for _ in range(3))
    acts.accept(water, sent)
    for each in (offered, returned):
        acts.accept(water, each)
        acts.hand_over(water, each, to=world.centre, reason="not ours")
    acts.return_(centre, returned, reason="not ours either")
    world.submission()
    told = counted(world).counts
    assert {each: told[each] for each in ROUTED if told[each]} == {
        Figure.WAITING: 1, Figure.SENT: 1, Figure.OFFERED: 1, Figure.RETURNED: 1, Figure.TAKEN_OVER: 1,
    }  # fmt: skip


def test_every_figure_opens_as_many_matters_as_it_says(world, director):
    crowd(world, 150, towns=2, bodies=2)
    page = show(director, of("310118"), period="month")
    links = re.findall(r'<a href="([^"]+)"[^>]*>(\d+)</a>', page)
    assert len(links) > 8
    for address, number in links:
        behind = show(director, address.replace("&amp;", "&"))
        assert behind.count('class="gz-line"') == min(int(number), 50), address


def test_out_of_reach_is_not_found_and_the_picture_leads_there(world, director, at_desk):
    world.submission()
    assert director.get(of("320509")).status_code == 404
    handler = at_desk(world.staff("handler", world.water))
    assert handler.get(reverse("cockpit:loop")).status_code == 403
    assert of("310118") in show(director, reverse("cockpit:today"))
    assert "From coming in to done" in show(director, reverse("cockpit:loop"))


def _on_weeks(world, *counts: int) -> None:
    """So many today, and so many on the same weekday of each week before."""
    for weeks, count in enumerate(counts):
        for _ in range(count):
            matter = world.submission().matter
            Matter.objects.filter(pk=matter.pk).update(opened_at=now() - timedelta(weeks=weeks, minutes=5))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1,), "Too little is known of earlier weeks"),
        ((2, 1, 1, 1, 2), "Nothing is unusual for a"),
        ((5, 1, 2, 1, 2), "Smelling water 5 (0 to 2 in the 8 weeks before)."),
        ((5, 5, 1, 1, 1), "Nothing is unusual for a"),
    ],
)
def test_the_morning_is_held_against_the_same_weekday(world, at_desk, counts, said):
    enact(OPERATOR, world.county, table=UNUSUAL)
    with guard.permitted(), guard.writing():
        _on_weeks(world, *counts)
    client = at_desk(world.staff("coordinator"))
    for address in (reverse("desk:mine"), reverse("cockpit:loop")):
        assert said in show(client, address), address


def test_whoever_works_for_no_region_has_no_morning_line(world, at_desk):
    assert "Since yesterday" not in show(at_desk(world.staff("handler", world.water)), reverse("desk:mine"))


def test_the_line_is_said_in_either_language():
    at = now()
    told = Morning(Period(at - timedelta(days=1), at), 7, 30, 2, (Unusual({"zh": "噪声"}, 6, (1, 0, 2, 1)),))
    with translation.override("zh-hans"):
        said = morning_line(told)
    assert "受理 7 件" in said
    assert "噪声 6 件（前 4 周同日为 0 至 2 件）" in said


def test_more_matters_ask_no_more(world, director, at_desk):
    enact(OPERATOR, world.county, table=UNUSUAL)
    coordinator = at_desk(world.staff("coordinator"))
    pages = [(director, reverse("cockpit:loop")), (director, reverse("cockpit:today"))]
    pages.append((coordinator, reverse("desk:mine")))
    asked = []
    for n, towns in ((20, 1), (300, 6)):
        crowd(world, n, towns=towns, bodies=2, seed=n)
        found = []
        for client, address in pages:
            show(client, address, period="month")
            with CaptureQueriesContext(connection) as captured:
                show(client, address, period="month")
            found.append(len(captured))
        asked.append(found)
    assert all(most < 10 for most in asked[1]), asked
    assert all(few >= many for few, many in zip(*asked, strict=True)), asked
