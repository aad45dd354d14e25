"""Regions' rules side by side, aligned by each in its own way, and what the law has overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed
from gongzhi.foundation.parties.actors import OPERATOR, Actor, person_actor
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post
from gongzhi.foundation.parties.queries import Organisation, role
from gongzhi.foundation.regions.acts import found_area
from gongzhi.foundation.regions.queries import CooperationArea
from gongzhi.foundation.rulebooks import acts
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.foundation.rulebooks.proof import altered
from gongzhi.foundation.rulebooks.queries import (
    alignment_versions,
    compare,
    decide,
    overtaken,
    overtaken_reached,
)
from gongzhi.governance.matters.rules import ROUTING
from tests.builders import SOUND, World, world

SMELL = {"kind": "complain", "category": "smell", "channel": "portal"}
NOISE = {**SMELL, "category": "noise"}
OTHER = SOUND.replace("function: water", "function: ecology")


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
        OPERATOR, place.neighbour, code="w3", name={"zh": "司法局"}, kind="government", functions=["justice"]
    )


def coordinator(place: World, area: CooperationArea) -> Actor:
    post = create_post(OPERATOR, place.centre, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    person = place.person("coordinator")
    appoint(OPERATOR, post, person=person, area=area)
    return person_actor(person.pk)


def test_each_difference_has_a_witness_and_the_cases_that_fall_in_it(
    place: World, area: CooperationArea
) -> None:
    enact(OPERATOR, place.county, table=SOUND)
    enact(OPERATOR, place.neighbour, table=OTHER)
    (pair,) = compare(area, ROUTING.name, now(), [(SMELL, 7), (NOISE, 3)])
    (only,) = pair.differences
    assert only.found.witness["category"] == "smell"
    assert [answer.value for answer in only.found.answers if answer] == ["water", "ecology"]  # type: ignore[union-attr]
    assert (only.cases, pair.cases) == (7, 7)
    assert (pair.a.code, pair.b.code) == ("310118", "320509")


def test_what_cannot_be_compared_says_why(place: World, area: CooperationArea) -> None:
    (pair,) = compare(area, ROUTING.name, now())
    assert (pair.why_not, pair.of_b) == ("missing", None)
    enact(OPERATOR, place.neighbour, table=SOUND.replace("category", "channel"))
    (pair,) = compare(area, ROUTING.name, now())
    assert pair.why_not
    assert pair.differences == []


def test_equal_rules_do_not_differ(place: World, area: CooperationArea) -> None:
    enact(OPERATOR, place.top, table=OTHER, refinable=False)
    (pair,) = compare(area, ROUTING.name, now(), [(SMELL, 1)])
    assert (pair.differences, pair.cases, pair.why_not) == ([], 0, "")


def test_an_alignment_takes_effect_when_the_last_has_approved(
    place: World, area: CooperationArea, neighbours: Organisation
) -> None:
    enact(OPERATOR, place.county, table=SOUND)
    enact(OPERATOR, place.neighbour, table=OTHER)
    alignment = acts.align(
        coordinator(place, area), area, tables={"310118": OTHER, "320509": OTHER}, reason="one answer"
    )
    ours, theirs = alignment_versions(alignment)
    for version, body in ((ours, None), (theirs, neighbours)):
        acts.verify(place.staff("rule_author", body), version)
        acts.review(place.staff("rule_reviewer", body), version)
    ours = acts.approve(place.staff("rule_approver"), ours)
    assert ours.standing(now()) == "approved"
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "water"
    with pytest.raises(NotAllowed):
        acts.approve(place.staff("rule_approver"), theirs)
    theirs = acts.approve(place.staff("rule_approver", neighbours), theirs)
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "ecology"
    assert decide(ROUTING, place.neighbour, SMELL, now()).digest == theirs.digest
    ours = Version.objects.get(pk=ours.pk)
    assert ours.standing(now()) == "in_force"
    assert ours.effective_from == theirs.effective_from
    (pair,) = compare(area, ROUTING.name, now())
    assert pair.differences == []
    assert altered() == []


def test_only_members_are_aligned_and_at_least_two(place: World, area: CooperationArea) -> None:
    by = coordinator(place, area)
    with pytest.raises(Invalid, match="at least two"):
        acts.align(by, area, tables={"310118": SOUND}, reason="one answer")
    with pytest.raises(Invalid, match="no member"):
        acts.align(by, area, tables={"310118": SOUND, "cn": SOUND}, reason="one answer")


def test_rules_that_rest_on_a_law_that_changed_are_listed(place: World) -> None:
    cited = SOUND.replace('"test rule 1"', '{law: 信访工作条例, article: "第二十二条"}')
    version = enact(OPERATOR, place.county, table=cited)
    author = place.staff("rule_author")
    today = now().date()
    tomorrow = today + timedelta(days=1)
    acts.note_law(author, place.county, title="《信访工作条例》", change="amended", on=tomorrow)
    assert overtaken(now()) == []
    (found,) = overtaken(now() + timedelta(days=1))
    assert (found.version, found.rows, found.law.change) == (version, (1,), "amended")
    assert overtaken_reached(place.staff("clerk"), now() + timedelta(days=1)) == []
    assert len(overtaken_reached(author, now() + timedelta(days=1))) == 1
    acts.note_law(
        author, place.county, title="信访工作条例", article="第九条", change="repealed", on=tomorrow
    )
    assert len(overtaken(now() + timedelta(days=1))) == 1
    with pytest.raises(Invalid):
        acts.note_law(author, place.county, title="信访工作条例", change="praised", on=today)


def test_a_version_approved_after_the_change_is_not_listed(place: World) -> None:
    yesterday = now().date() - timedelta(days=1)
    enact(OPERATOR, place.county, table=SOUND)
    acts.note_law(
        place.staff("rule_author"), place.county, title="test rule 1", change="repealed", on=yesterday
    )
    assert overtaken(now()) == []
