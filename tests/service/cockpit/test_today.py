"""The cockpit: a region's picture in words and figures, and the way down to the matters."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.crowds import crowd


@pytest.fixture
def director(world, at_desk):
    return at_desk(world.staff("director"))


def show(client, address: str, **data) -> str:
    answer = client.get(address, data)
    assert answer.status_code == 200
    return answer.content.decode()


def region(code: str) -> str:
    return reverse("cockpit:region", args=[code])


def test_the_top_line_can_be_read_aloud(world, director):
    world.submission()
    page = show(director, reverse("cockpit:today"))
    assert "Since yesterday 08:00: 1 taken in, none due. 1 not answered yet, 0 of them overdue." in page


def test_a_share_of_too_few_is_called_insufficient(world, director):
    world.submission()
    page = show(director, reverse("cockpit:today"))
    assert "data-insufficient" in page
    assert "A share is shown from 20 due." in page


def test_every_figure_opens_as_many_matters_as_it_says(world, director):
    crowd(world, 150, towns=2, bodies=2)
    page = show(director, region("310118"), period="month")
    links = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', page)
    assert len(links) > 8
    for address, number in links:
        behind = show(director, address.replace("&amp;", "&"))
        assert behind.count('class="gz-line"') == min(int(number), 50), address


def test_one_goes_down_the_tree_and_up_again(world, director):
    page = show(director, region("310118"))
    assert f'href="{region("310118110")}?period=yesterday"' in page
    town = show(director, region("310118110"), period="week")
    assert f'href="{region("310118")}?period=week"' in town


def test_regions_out_of_reach_are_not_found(world, director, at_desk):
    crowd(world, 5)
    for code in ("320509", "cn", "nowhere"):
        assert director.get(region(code)).status_code == 404
        assert director.get(reverse("cockpit:behind", args=[code, "open"])).status_code == 404
    handler = at_desk(world.staff("handler", world.water))
    assert handler.get(region("310118")).status_code == 404
    refused = handler.get(reverse("cockpit:today"))
    assert refused.status_code == 403
    assert "stands under “My work”" in refused.content.decode()
    assert reverse("cockpit:today") not in handler.get(reverse("desk:mine")).content.decode()


def test_an_unknown_figure_is_not_found_and_an_unknown_period_is_the_shortest(world, director):
    assert director.get(reverse("cockpit:behind", args=["310118", "sum"])).status_code == 404
    assert "Since yesterday 08:00" in show(director, region("310118"), period="century")


def test_members_of_an_area_stand_side_by_side(world, at_desk):
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.acts import found_area

    found_area(
        OPERATOR, world.top, code="delta", name={"zh": "三角洲", "en": "Delta"},
        members=[world.county, world.neighbour],
    )  # fmt: skip
    client = at_desk(world.staff("director"))
    page = show(client, reverse("cockpit:area", args=["delta"]))
    assert "<h1>Delta</h1>" in page
    assert "Side by side" in page
    assert "Wujiang" not in page  # which is out of this director's reach
    world.submission()
    behind = show(client, reverse("cockpit:behind", args=["area-delta", "taken-in"]))
    assert behind.count('class="gz-line"') == 1
    assert client.get(reverse("cockpit:area", args=["nowhere"])).status_code == 404


def test_the_period_begins_at_eight_where_the_region_is(world):
    from datetime import UTC, datetime

    from gongzhi.service.cockpit.periods import chosen

    at = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # the 24th, 01:00, in Shanghai
    assert chosen("yesterday", at, "Asia/Shanghai").period.since == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert chosen("yesterday", at, "America/Chicago").period.since == datetime(
        2026, 11, 22, 14, 0, tzinfo=UTC
    )
