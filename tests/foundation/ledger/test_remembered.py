"""What seldom changes is found once, and found anew as soon as it has changed, by whomever and wherever."""

from __future__ import annotations

from typing import Any

import pytest

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.acts import together
from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.models import Edition
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.ledger.remembered import Remembered, asked_once, copy_of, edition, is_now
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.regions.acts import add_region, move_region
from gongzhi.foundation.regions.models import Region
from gongzhi.foundation.regions.queries import region
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


class Counted:
    """A lookup that counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, code: str) -> Region | None:
        self.times += 1
        return Region.objects.filter(code=code).first()


def _added(place: World, code: str) -> Region:
    return add_region(OPERATOR, place.county, code=code, name={"en": code}, level="township")


def test_it_is_found_once_until_it_changes(place: World) -> None:
    counted = Counted()
    asked = Remembered(counted)
    assert asked("new") is None
    assert asked("new") is None
    assert asked("310118") == place.county
    assert counted.times == 2
    made = _added(place, "new")
    assert asked("new") == made
    assert asked("new") == made
    assert counted.times == 3


def test_another_process_that_changes_something_is_noticed(place: World) -> None:
    counted = Counted()
    asked = Remembered(counted)
    asked("310118")
    with guard.permitted():
        Edition.objects.update(token=uuid7())
    asked("310118")
    assert counted.times == 2


def test_what_does_not_change_it_leaves_it(place: World) -> None:
    before = edition()
    place.submission()
    assert edition() == before


def test_a_change_that_is_taken_back_leaves_nothing_behind(place: World) -> None:
    asked = Remembered(Counted())
    assert asked("new") is None
    before = edition()
    with pytest.raises(Invalid), together():
        _added(place, "new")
        assert edition() != before
        assert asked("new") is None  # written at the end of the unit, remembered for nobody else
        raise Invalid("changed my mind")
    assert edition() == before
    assert asked("new") is None


def test_whoever_changes_something_goes_on_with_it_in_the_same_request(
    place: World, django_assert_num_queries: Any
) -> None:
    asked = Remembered(Counted())
    with asked_once():
        assert asked("new") is None
        with django_assert_num_queries(0):
            asked("new")
        made = _added(place, "new")
        assert asked("new") == made
    with django_assert_num_queries(1):  # the edition alone
        asked("new")


def test_without_the_row_nothing_is_remembered(place: World) -> None:
    counted = Counted()
    asked = Remembered(counted)
    with guard.permitted():
        Edition.objects.all().delete()
    asked("310118")
    asked("310118")
    assert counted.times == 2
    _added(place, "new")  # begins a new one
    asked("310118")
    asked("310118")
    assert counted.times == 3


def test_no_more_is_held_than_it_may(place: World) -> None:
    counted = Counted()
    asked = Remembered(counted, most=2)
    for code in ("a", "b", "c", "c", "a"):
        asked(code)
    assert counted.times == 4


def test_a_copy_is_ones_own(place: World) -> None:
    mine = region("310118")
    assert mine is not None
    mine.name = {"en": "Elsewhere"}
    mine.parent = place.neighbour
    again = region("310118")
    assert again is not None
    assert again.name == place.county.name
    assert again.parent_id == place.top.pk
    assert copy_of(again).parent == place.top
    assert not again._state.adding


def test_a_region_that_moves_is_found_where_it_lies_now(place: World) -> None:
    found = region("310118110")
    assert found is not None
    move_region(OPERATOR, found, parent=place.neighbour, reason="State Council 2026/1")
    again = region("310118110")
    assert again is not None
    assert again.path.startswith(place.neighbour.path)


def test_whoever_asks_for_more_tells_the_edition_within_a_request(
    place: World, django_assert_num_queries: Any
) -> None:
    with asked_once():
        is_now(edition_in_the_database := Edition.objects.get().token)
        with django_assert_num_queries(0):
            assert edition() == str(edition_in_the_database)
        _added(place, "later")
        with django_assert_num_queries(1):
            assert edition() != str(edition_in_the_database)
    is_now("unheard outside of a request")
    assert edition() != "unheard outside of a request"
