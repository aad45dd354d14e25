"""The nearest authority's rule in force decides, loudly or not at all, and the act cites it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, Undecidable
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import set_role
from gongzhi.foundation.regions.acts import move_region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.foundation.rulebooks.queries import decide, version, versions_in_force
from gongzhi.governance.matters.models import Deadline
from gongzhi.governance.matters.rules import DEADLINES as TIME
from gongzhi.governance.matters.rules import ROUTING
from tests.builders import DEADLINES, World, world
from tests.builders import ROUTING as COUNTY_TABLE

SMELL = {"kind": "complain", "category": "smell", "channel": "portal"}


@pytest.fixture
def place(db: None) -> World:
    return world()


def table(function: str) -> str:
    return COUNTY_TABLE.replace("water", function)


def decided(place: World, at: datetime | None = None) -> str:
    return str(decide(ROUTING, place.town, SMELL, at or now()).value["function"])


def test_a_town_is_under_its_countys_rule_until_it_has_its_own(place: World) -> None:
    assert decided(place) == "water"
    enact(OPERATOR, place.top, table=table("state"))
    assert decided(place) == "water"
    enact(OPERATOR, place.town, table=table("town"))
    assert decided(place) == "town"


def test_a_neighbour_is_not_under_this_countys_rule(place: World) -> None:
    with pytest.raises(Undecidable, match=r"matters\.routing.*320509"):
        decide(ROUTING, place.neighbour, SMELL, now())


def test_a_region_that_moved_is_under_its_own_rules_and_those_of_its_new_superior(place: World) -> None:
    enact(OPERATOR, place.neighbour, table=DEADLINES.replace("finish: 5", "finish: 7"))
    assert decided(place) == "water"  # now the rules are held in memory
    with pytest.raises(Undecidable):
        decide(ROUTING, place.neighbour, SMELL, now())
    move_region(OPERATOR, place.county, parent=place.neighbour, reason="by decree")
    place.town.refresh_from_db()
    assert place.town.path == "/cn/320509/310118/310118110/"
    found = decide(ROUTING, place.town, SMELL, now())
    assert (found.value["function"], found.region) == ("water", "/cn/320509/310118/")
    move_region(OPERATOR, place.town, parent=place.neighbour, reason="by decree")
    place.town.refresh_from_db()
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, SMELL, now())
    assert decide(TIME, place.town, SMELL, now()).value["finish"] == 7


def test_a_new_version_takes_the_place_of_the_old_one_from_its_day_on(place: World) -> None:
    tomorrow = now() + timedelta(days=1)
    before = now()
    enact(OPERATOR, place.county, table=table("ecology"), effective_from=tomorrow)
    assert decided(place, before) == "water"
    assert decided(place, tomorrow - timedelta(microseconds=1)) == "water"
    assert decided(place, tomorrow) == "ecology"  # half-open: the first moment belongs to the new one
    assert [v.number for v in Version.objects.filter(rule__subject=ROUTING.name).order_by("number")] == [1, 2]


def test_a_version_cannot_begin_before_one_that_is_still_to_come(place: World) -> None:
    enact(OPERATOR, place.county, table=table("ecology"), effective_from=now() + timedelta(days=9))
    with pytest.raises(Invalid, match="later day"):
        enact(OPERATOR, place.county, table=table("town"), effective_from=now() + timedelta(days=3))


def test_what_no_row_covers_is_refused_with_table_input_and_value(place: World) -> None:
    with pytest.raises(Undecidable, match=r"matters\.routing.*category.*noise"):
        decide(ROUTING, place.town, {**SMELL, "category": "noise"}, now())


def test_what_no_rule_decides_is_taken_in_and_waits_for_a_person(place: World) -> None:
    matter = place.submission(category=place.noise).matter
    assert matter is not None
    assert matter.state == "open"
    assert "noise" in matter.undecided
    assert not Deadline.objects.filter(matter=matter.pk).exists()


def test_old_deadlines_stay_under_the_old_version(place: World) -> None:
    first = place.submission().matter
    from tests.builders import DEADLINES

    enact(OPERATOR, place.county, table=DEADLINES.replace("finish: 5", "finish: 9"))
    second = place.submission().matter
    assert first is not None
    assert second is not None
    rules = {
        m.pk: set(Deadline.objects.filter(matter=m.pk).values_list("rule", flat=True))
        for m in (first, second)
    }
    assert rules[first.pk] != rules[second.pk]
    for digests in rules.values():
        (digest,) = digests
        found = version(digest)
        assert found is not None
        assert found.rule.rule_set.region_id == place.county.pk


def test_the_entry_of_a_new_version_holds_its_digest(place: World) -> None:
    made = enact(OPERATOR, place.county, table=table("ecology"))
    assert made.digest in Entry.objects.get(made=made.pk).facts


def test_versions_in_force_are_those_of_the_region_and_its_superiors(place: World) -> None:
    enact(OPERATOR, place.top, table=table("state"))
    found = [(v.rule.rule_set.region.code, v.rule.subject) for v in versions_in_force(place.town, now())]
    assert found == [
        ("cn", "matters.routing"),
        ("310118", "matters.deadline"),
        ("310118", "matters.retention"),
        ("310118", "matters.routing"),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("table: [", "cannot be read"),
        (COUNTY_TABLE.replace("matters.routing", "matters.weather"), "no rules on matters.weather"),
        (COUNTY_TABLE.replace("function", "colour"), "know function"),
        (
            COUNTY_TABLE.replace("name: category", "name: weather").replace("category:", "weather:"),
            "know kind",
        ),
        (COUNTY_TABLE + "\n---\n" + COUNTY_TABLE, "one table at a time"),
    ],
)
def test_a_table_that_nobody_could_use_is_refused(place: World, text: str, why: str) -> None:
    before = Version.objects.count()
    with pytest.raises(Invalid, match=why):
        enact(OPERATOR, place.county, table=text)
    assert Version.objects.count() == before


def test_only_those_with_the_grant_bring_rules_into_force(place: World) -> None:
    for by in (anyone(), place.staff("clerk"), place.staff("rule_author"), place.staff("administrator")):
        with pytest.raises(NotAllowed):
            enact(by, place.county, table=COUNTY_TABLE)
    set_role(OPERATOR, place.top, code="ruler", name={"zh": "立规人"}, grants={"rule.enact": ["region"]})
    enact(place.staff("ruler"), place.county, table=COUNTY_TABLE)
    with pytest.raises(NotAllowed):
        enact(place.staff("ruler"), place.neighbour, table=COUNTY_TABLE)


def test_a_decision_of_the_past_can_be_made_again(place: World) -> None:
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, SMELL, datetime(2020, 1, 1, tzinfo=UTC))
