"""Organisations, posts and appointments, and how far they reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.reach import KINDS
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, person_actor, shipped_roles
from gongzhi.foundation.parties.acts import (
    add_organisation,
    appoint,
    create_post,
    end_appointment,
    found_node,
    set_role,
)  # fmt: skip
from gongzhi.foundation.parties.models import Appointment, Organisation
from gongzhi.foundation.parties.queries import nearest_in_charge, role
from gongzhi.foundation.regions.acts import add_region, found_area
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.queries import matters
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def test_a_node_is_founded_once(place: World) -> None:
    with pytest.raises(NotPossible):
        found_node(OPERATOR, Region(code="xx", name={"en": "x"}, level="state", path="/xx/"))


def test_the_body_nearest_to_the_place_is_in_charge(place: World) -> None:
    assert nearest_in_charge(["water"], place.town)["water"].code == "q3"
    add_organisation(
        OPERATOR, place.town, code="t1", name={"zh": "水务站"}, kind="government", functions=["water"]
    )
    assert nearest_in_charge(["water"], place.town)["water"].code == "t1"
    assert nearest_in_charge(["water"], place.county)["water"].code == "q3"
    assert nearest_in_charge(["water"], place.neighbour) == {}


def test_a_superior_is_not_the_government_of_the_region(place: World) -> None:
    bureau = add_organisation(
        OPERATOR, place.top, code="bureau", name={"zh": "生态环境部"}, kind="government"
    )
    branch = add_organisation(
        OPERATOR, place.county, code="branch", name={"zh": "分局"}, kind="government", superior=bureau
    )
    assert Organisation.objects.get(pk=branch.pk).superior_id == bureau.pk


def test_an_appointment_ends_and_with_it_the_reach(place: World) -> None:
    place.submission()
    person = place.person()
    post = create_post(OPERATOR, place.centre, role=role("clerk"), title={"zh": "话务员"})  # type: ignore[arg-type]
    held = appoint(OPERATOR, post, person=person)
    assert matters(person_actor(person.pk)).count() == 1
    administrator = place.staff("administrator")
    end_appointment(administrator, held)
    assert matters(person_actor(person.pk)).count() == 0
    with pytest.raises(NotPossible):
        end_appointment(administrator, held)


def test_an_appointment_cannot_end_before_it_begins(place: World) -> None:
    post = create_post(OPERATOR, place.centre, role=role("clerk"), title={"zh": "话务员"})  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        appoint(OPERATOR, post, person=place.person(), until=now() - timedelta(days=1))
    assert not Appointment.objects.exists()


def test_an_extent_narrows_what_the_home_of_the_organisation_would_give(place: World) -> None:
    other = add_region(OPERATOR, place.county, code="310118999", name={"zh": "别镇"}, level="township")
    place.submission()
    person = place.person()
    post = create_post(OPERATOR, place.centre, role=role("clerk"), title={"zh": "话务员"})  # type: ignore[arg-type]
    appoint(OPERATOR, post, person=person, regions=[other])
    assert matters(person_actor(person.pk)).count() == 0
    appoint(OPERATOR, post, person=person, regions=[place.town])
    assert matters(person_actor(person.pk)).count() == 1


def test_a_cooperation_areas_coordinator_reaches_its_members_and_nothing_else(place: World) -> None:
    third = add_region(OPERATOR, place.top, code="330421", name={"zh": "嘉善县"}, level="county")
    area = found_area(
        OPERATOR, place.top, code="area", name={"zh": "示范区"}, members=[place.county, place.neighbour]
    )
    for region in (place.town, place.neighbour):
        place.submission(region=region)
    place.submission(region=third, category=place.noise)
    committee = add_organisation(OPERATOR, place.top, code="a1", name={"zh": "执委会"}, kind="government")
    person = place.person()
    post = create_post(OPERATOR, committee, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    appoint(OPERATOR, post, person=person, area=area)
    found = set(matters(person_actor(person.pk)).values_list("region__code", flat=True))
    assert found == {"310118110", "320509"}


def test_a_redefined_role_takes_effect_and_unknown_kinds_are_refused(place: World) -> None:
    clerk = place.staff("clerk")
    place.submission()
    assert matters(clerk).count() == 1
    set_role(OPERATOR, place.top, code="clerk", name={"zh": "话务员"}, grants={"matter.note": ["region"]})
    assert matters(person_actor(clerk.id)).count() == 0
    with pytest.raises(Invalid, match="galaxy"):
        set_role(OPERATOR, place.top, code="clerk", name={"zh": "x"}, grants={"matter.note": ["galaxy"]})


def test_shipped_roles_name_acts_and_readings_that_exist() -> None:
    import django.apps

    assert django.apps.apps.ready
    import gongzhi.service.accounts.acts  # noqa: F401 - registers

    readings = {
        "submission.read", "matter.read", "file.read", "person.read", "entry.read", "history.recount",
        "article.read", "question.read", "rule.read", "shift.read", "task.read", "thing.read", "urgent.read",
    }  # fmt: skip
    for code, shipped in shipped_roles().items():
        assert set(shipped["name"]) == {"zh", "en"}, code
        for verb, kinds in shipped["grants"].items():
            assert set(kinds) <= set(KINDS), (code, verb)
            assert verb in ACTS or verb in readings, (code, verb)
