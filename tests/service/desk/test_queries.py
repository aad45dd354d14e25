"""Pages ask the same few questions however much there is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

#: More than this no page asks, the session and the actor included.
MOST = 9


def asked(client, url: str, **data) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, data)
    assert answer.status_code == 200, url
    assert len(captured) <= MOST, "\n".join(each["sql"][:200] for each in captured)
    return len(captured)


def addresses(matter) -> dict[str, dict[str, str]]:
    lists = (
        "today",
        "week",
        "later",
        "waiting",
        "dispatch",
        "close",
        "all",
        "offered",
        "returned",
        "supports",
        "decide",
        "call-back",
    )
    plain = {reverse("desk:list", args=[tab]): {} for tab in lists}
    return plain | {
        reverse("desk:mine"): {},
        reverse("desk:list", args=["all"]) + "?words=bridge": {},
        reverse("desk:matter", args=[matter.pk]): {},
        reverse("desk:take_in"): {},
        reverse("desk:roster"): {},
        reverse("desk:urgents"): {},
        reverse("desk:urgent_new"): {},
        reverse("desk:board"): {},
        reverse("desk:column", args=["offered"]): {},
        reverse("desk:holding"): {},
        reverse("cockpit:today"): {},
        reverse("cockpit:region", args=["310118"]) + "?period=month": {},
        reverse("cockpit:region", args=["310118110"]): {},
        reverse("cockpit:loop"): {},
        reverse("cockpit:loop_of", args=["310118110"]): {},
        reverse("cockpit:behind", args=["310118", "overdue"]): {},
        reverse("cockpit:behind", args=["mine", "taken-in"]) + "?period=month": {},
    }


@pytest.fixture(autouse=True)
def _known_connection(db):
    """A connection asks once in its life whether its database knows JSON."""
    assert connection.features.supports_json_field


@pytest.fixture
def matter(world):
    from gongzhi.governance.matters.acts import Contact

    found = world.submission(contact=Contact(phone="13900000000")).matter
    world.submission(category=world.noise)
    return found


def test_no_page_asks_more_when_there_is_more(world, at_desk, matter):
    from tests.crowds import crowd

    coordinator = world.staff("coordinator")
    crowd(world, 200, towns=2, bodies=3)
    client = at_desk(coordinator)
    few = {url: asked(client, url) for url in addresses(matter)}
    crowd(world, 1000, towns=20, bodies=40, seed=2)
    many = {url: asked(client, url) for url in addresses(matter)}
    assert many == few


def test_a_post_with_an_extent_of_its_own_asks_no_more_than_allowed(world, at_desk, matter):
    from gongzhi.foundation.parties.actors import OPERATOR, person_actor
    from gongzhi.foundation.parties.acts import appoint, create_post
    from gongzhi.foundation.parties.queries import role

    person = world.person()
    for region in (world.county, world.neighbour):
        post = create_post(OPERATOR, world.centre, role=role("coordinator"), title={"en": "duty"})
        appoint(OPERATOR, post, person=person, regions=[region])
    client = at_desk(person_actor(person.pk))
    for url in addresses(matter):
        asked(client, url)


def test_a_handler_who_was_sent_something_on_asks_no_more_than_allowed(world, at_desk, matter):
    from gongzhi.governance.matters.acts import dispatch

    handler = at_desk(world.staff("handler", world.water))
    dispatch(world.staff("coordinator"), matter, to=world.centre)
    dispatch(world.staff("coordinator"), matter, to=world.water)
    asked(handler, reverse("desk:matter", args=[matter.pk]))
