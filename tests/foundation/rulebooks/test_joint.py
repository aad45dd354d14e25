"""What regions decide together binds those of them that have adopted it, and says why it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible, Undecidable
from gongzhi.foundation.parties.actors import OPERATOR, Actor, person_actor
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post
from gongzhi.foundation.parties.queries import Organisation, role
from gongzhi.foundation.regions.acts import found_area
from gongzhi.foundation.regions.queries import CooperationArea
from gongzhi.foundation.rulebooks.acts import adopt, propose_jointly
from gongzhi.foundation.rulebooks.models import Adoption, RuleSet
from gongzhi.foundation.rulebooks.queries import decide, decide_jointly
from gongzhi.governance.matters.rules import ROUTING
from tests.builders import ROUTING as TABLE
from tests.builders import World, world

SMELL = {"kind": "complain", "category": "smell", "channel": "portal"}


@pytest.fixture
def place(db: None) -> World:
    return world()


@pytest.fixture
def area(place: World) -> CooperationArea:
    return found_area(
        OPERATOR, place.top, code="x1", name={"zh": "协作区"}, members=[place.county, place.neighbour]
    )


@pytest.fixture
def neighbours(place: World) -> Organisation:
    return add_organisation(
        OPERATOR, place.neighbour, code="w3", name={"zh": "水务局"}, kind="government", functions=["water"]
    )


def coordinator(place: World, area: CooperationArea) -> Actor:
    post = create_post(OPERATOR, place.centre, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    person = place.person("coordinator")
    appoint(OPERATOR, post, person=person, area=area)
    return person_actor(person.pk)


def test_a_joint_rule_binds_once_every_member_concerned_has_adopted_it(
    place: World, area: CooperationArea, neighbours: Organisation
) -> None:
    both = [place.town, place.neighbour]
    with pytest.raises(Undecidable, match=r"No joint rule on matters\.routing is in force"):
        decide_jointly(ROUTING, both, SMELL, now())
    version = propose_jointly(coordinator(place, area), area, table=TABLE.replace("water", "ecology"))
    with pytest.raises(Undecidable, match="310118, 320509: not adopted version 1 of x1"):
        decide_jointly(ROUTING, both, SMELL, now())
    before = now()
    adopt(place.staff("rule_approver"), version, region=place.county)
    with pytest.raises(Undecidable, match=r"\(320509: not adopted"):
        decide_jointly(ROUTING, both, SMELL, now())
    adopt(place.staff("rule_approver", neighbours), version, region=place.neighbour)
    found = decide_jointly(ROUTING, both, SMELL, now())
    assert (found.value["function"], found.digest, found.area) == ("ecology", version.digest, "x1")
    with pytest.raises(Undecidable):
        decide_jointly(ROUTING, both, SMELL, before)
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "water"


def test_a_newer_version_waits_for_the_last_and_the_older_goes_on(
    place: World, area: CooperationArea
) -> None:
    both = [place.county, place.neighbour]
    first = propose_jointly(OPERATOR, area, table=TABLE)
    for region in both:
        adopt(OPERATOR, first, region=region)
    second = propose_jointly(OPERATOR, area, table=TABLE.replace("water", "town"))
    adopt(OPERATOR, second, region=place.county)
    assert decide_jointly(ROUTING, both, SMELL, now()).digest == first.digest
    assert decide_jointly(ROUTING, [place.county, place.town], SMELL, now()).digest == second.digest
    adopt(OPERATOR, second, region=place.neighbour)
    assert decide_jointly(ROUTING, both, SMELL, now()).digest == second.digest


def test_without_an_area_in_common_or_a_row_nothing_is_decided(place: World, area: CooperationArea) -> None:
    with pytest.raises(Undecidable, match="no cooperation area in common"):
        decide_jointly(ROUTING, [place.county, place.top], SMELL, now())
    version = propose_jointly(OPERATOR, area, table=TABLE)
    for region in (place.county, place.neighbour):
        adopt(OPERATOR, version, region=region)
    with pytest.raises(Undecidable, match="noise"):
        decide_jointly(ROUTING, [place.county, place.neighbour], {**SMELL, "category": "noise"}, now())


def test_it_takes_effect_on_its_day(place: World, area: CooperationArea) -> None:
    both, day = [place.county, place.neighbour], now() + timedelta(days=9)
    version = propose_jointly(OPERATOR, area, table=TABLE, effective_from=day)
    for region in both:
        adopt(OPERATOR, version, region=region)
    with pytest.raises(Undecidable):
        decide_jointly(ROUTING, both, SMELL, day - timedelta(microseconds=1))
    assert decide_jointly(ROUTING, both, SMELL, day).digest == version.digest


def test_each_adopts_for_its_own_region_once(
    place: World, area: CooperationArea, neighbours: Organisation
) -> None:
    version = propose_jointly(OPERATOR, area, table=TABLE)
    approver = place.staff("rule_approver")
    with pytest.raises(NotAllowed, match="320509"):
        adopt(approver, version, region=place.neighbour)
    with pytest.raises(Invalid, match="no member"):
        adopt(approver, version, region=place.town)
    with pytest.raises(NotAllowed):
        adopt(place.staff("clerk"), version, region=place.county)
    adopt(approver, version, region=place.county)
    with pytest.raises(NotPossible):
        adopt(approver, version, region=place.county)
    entry = Entry.objects.filter(verb="rule.adopt").get()
    assert version.digest in entry.facts
    assert entry.region == place.county.pk
    assert Adoption.objects.count() == 1


def test_only_the_areas_own_coordinator_proposes(place: World, area: CooperationArea) -> None:
    other = found_area(
        OPERATOR, place.top, code="x2", name={"zh": "另一区"}, members=[place.county, place.neighbour]
    )
    with pytest.raises(NotAllowed):
        propose_jointly(coordinator(place, other), area, table=TABLE)
    with pytest.raises(NotAllowed):
        propose_jointly(place.staff("rule_author"), area, table=TABLE)


def test_the_rule_that_decided_jointly_is_cited(place: World, area: CooperationArea) -> None:
    version = propose_jointly(OPERATOR, area, table=TABLE)
    both = [place.county, place.neighbour]
    for region in both:
        adopt(OPERATOR, version, region=region)
    from gongzhi.foundation.ledger import acts, work

    with acts.together() as unit:
        draft = work.Draft("test.cite", OPERATOR.id, "public", "x", place.county.pk, None)
        unit.stack.append(draft)
        decide_jointly(ROUTING, both, SMELL, now())
        unit.stack.pop()
    assert draft.rules == [version.digest]
    assert "rule.adopt" in ACTS


def test_a_rule_set_belongs_to_a_region_or_to_an_area(place: World, area: CooperationArea) -> None:
    for told in ({"region": place.town, "area": area}, {}):
        with pytest.raises(IntegrityError), guard.permitted(), transaction.atomic():
            RuleSet.objects.create(name={}, **told)
