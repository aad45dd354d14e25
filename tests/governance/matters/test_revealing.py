"""Whoever brought something in is shown to those who work on it, for a purpose, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from gongzhi.foundation.ledger.models import Concern, Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import anyone
from gongzhi.governance.matters.acts import Contact, Needs, dispatch, reveal
from tests.builders import World, world

pytestmark = pytest.mark.django_db

LI = Contact(name="Li", phone="13912345678")


@pytest.fixture
def house(db: None) -> World:
    return world()


@pytest.fixture
def abroad(house: World) -> Any:
    return house.beside()


def test_contact_data_are_shown_by_an_act_of_their_own(house: World) -> None:
    made = house.submission(contact=LI)
    clerk = house.staff("clerk")
    with pytest.raises(Invalid):
        reveal(clerk, made, purpose=" ")
    assert reveal(clerk, made, purpose="call back")["phone"] == LI.phone
    entry = Entry.objects.get(verb="person.reveal")
    assert LI.phone not in entry.facts
    assert Concern.objects.filter(entry=entry.pk, person=made.person_id).exists()
    with pytest.raises(NotAllowed):
        reveal(anyone(), made, purpose="curiosity")
    with pytest.raises(NotPossible):
        reveal(clerk, house.submission(), purpose="call back")


def test_the_region_where_a_person_lives_does_not_show_what_they_reported_elsewhere(
    house: World, abroad: Any
) -> None:
    person = house.person("Li")
    made = house.submission(person=person, region=house.neighbour, category=house.smell)
    at_home = [house.staff(role) for role in ("clerk", "coordinator", "caller", "leader", "handler")]
    for by in at_home:
        with pytest.raises(NotAllowed):
            reveal(by, made, purpose="curiosity")
    assert reveal(house.staff("clerk", abroad), made, purpose="call back")["name"] == "Li"


def test_a_body_of_another_region_is_shown_it_once_it_has_a_part(house: World, abroad: Any) -> None:
    made = house.submission(contact=LI, category=house.noise)
    others = [house.staff(role, abroad) for role in ("clerk", "coordinator", "caller", "leader", "handler")]
    for by in others:
        with pytest.raises(NotAllowed):
            reveal(by, made, purpose="curiosity")
    dispatch(house.staff("clerk"), made.matter, to=abroad)
    for by in others:
        assert reveal(by, made, purpose="to ask where")["phone"] == LI.phone


def test_a_hidden_number_is_shown_to_the_body_that_took_it_in_alone(house: World) -> None:
    hidden = house.submission(contact=LI, needs=Needs(hide_number=True))
    shown = house.submission("two", contact=LI)
    handler, clerk = house.staff("handler", house.water), house.staff("clerk")
    with pytest.raises(NotAllowed):
        reveal(handler, hidden, purpose="to ring them")
    assert reveal(handler, shown, purpose="to ring them")["phone"] == LI.phone
    assert reveal(clerk, hidden, purpose="to ring them")["phone"] == LI.phone
