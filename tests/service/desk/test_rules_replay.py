"""A draft tried on the past: every number is counted apart, and opens its matters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from tests.builders import World

Desk = Callable[..., Client]


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def report(world: World, table: str, by: Any = None) -> Any:
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.rulebooks.queries import table_of
    from gongzhi.governance.matters.queries.replayed import report as made

    at = now()
    who = by or world.staff("rule_author")
    return made(who, table_of(table), world.county, at - timedelta(days=1), at + timedelta(days=1))


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("finish: 5, finish_unit: working_days", "finish: 9, finish_unit: working_days", "later"),
        ("finish: 5, finish_unit: working_days", "finish: 5, finish_unit: hours", "earlier"),
        ("contact: 4, contact_unit: hours", "contact: 1, contact_unit: hours", "earlier"),
    ],
)
def test_what_would_be_due_at_another_time(world: World, old: str, new: str, way: str) -> None:
    from tests.builders import DEADLINES

    for _ in range(3):
        world.submission()
    assert old in DEADLINES
    told = report(world, DEADLINES.replace(old, new))
    assert (told.count, told.ways[way], len(told.turned)) == (3, 3, 3)
    assert [(t.count, t.ways[way]) for t in told.by["region"]] == [(3, 3)]
    assert told.by["category"][0].of == world.smell
    assert report(world, DEADLINES).turned == []


def test_what_would_go_elsewhere_or_to_nobody(world: World) -> None:
    from tests.builders import ROUTING

    world.submission()
    world.submission(category=world.noise)  # no row decides it, so no decision is on record
    assert report(world, ROUTING.replace("function: water", "function: ecology")).ways["elsewhere"] == 1
    left = report(world, ROUTING.replace('"smell"', '"dust"'))
    assert (left.count, left.ways["open"]) == (1, 1)


def test_numbers_are_of_what_the_reader_reaches(world: World) -> None:
    from tests.builders import ROUTING

    world.submission()
    changed = ROUTING.replace("function: water", "function: ecology")
    assert report(world, changed, world.staff("rule_reviewer")).count == 0  # reads rules, and no matter


def test_the_page_counts_and_opens(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.acts import draft
    from tests.builders import DEADLINES

    matters = [world.submission().matter for _ in range(2)]
    author = world.staff("rule_author")
    version = draft(author, world.county, table=DEADLINES.replace("finish: 5", "finish: 9"))
    client = at_desk(author)
    page = reverse("desk:rule_replay", args=[version.pk])
    assert page in text(client.get(reverse("desk:rule", args=[version.pk])))
    shown = text(client.get(page))
    assert "2 decisions made again" in shown
    assert "due later: 2" in shown
    for each in matters:
        assert each is not None
        assert each.number in shown
    opened = re.findall(r'href="(\?[^"]*group=category[^"]*)"', client.get(page).content.decode())
    listed = text(client.get(page + opened[0].replace("&amp;", "&").partition("#")[0]))
    assert "2 matters: due later" in listed
    none = text(client.get(page, {"way": "earlier"}))
    assert "0 matters: due earlier" in none
    assert "0 decisions made again" in text(client.get(page, {"since": "2001-01-01", "until": "2001-02-01"}))
    assert client.get(page, {"since": "2001-02-01", "until": "2001-01-01"}).status_code == 422
    assert client.get(page, {"since": "tomorrow"}).status_code == 422
    assert at_desk(world.staff("clerk")).get(page).status_code == 404


CUT_OFF = """
table: matters.cut_off
hit: F
inputs: [{name: kind, type: string}]
outputs: [{name: time, type: time}]
rules:
  - {when: {}, then: {time: "%s"}, basis: "test rule 20"}
"""


def test_another_cut_off_gives_another_due_time(world: World) -> None:
    """What came in at noon counts from the next working day once offices stop taking in before noon."""
    from datetime import UTC, datetime

    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.acts import enact
    from gongzhi.foundation.rulebooks.queries import Past
    from gongzhi.governance.matters.queries.replayed import _due

    noon = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # a Tuesday, twelve o'clock in Shanghai
    read, outcome = {"kind": "complain", "category": "smell"}, {"finish": 1, "finish_unit": "working_days"}

    def due(time: str, where: Any) -> datetime:
        enact(OPERATOR, where, table=CUT_OFF % time, effective_from=datetime(2026, 5, 1, tzinfo=UTC))
        past = Past(1, world.county.pk, noon, world.town.pk, "matters.deadline", "", read, (1,), outcome)
        return _due(past, world.town, outcome, "finish")

    late, early = due("15:00:00", world.county), due("11:00:00", world.town)
    assert (early - late).days == 1
