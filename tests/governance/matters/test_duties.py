"""Overlapping and missing duties are found and told with the rows of the rule that send to them."""

from __future__ import annotations

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.queries import duty_faults, duty_faults_within
from tests.builders import ROUTING, world

MORE = '  - {when: {category: "-"}, then: {function: lighthouse}, basis: "test rule 4"}\n'


def test_overlaps_and_gaps_are_told_with_the_rows_that_send_there(db: None) -> None:
    place = world()
    assert not duty_faults(place.town).overlapping and not duty_faults(place.town).missing
    enact(OPERATOR, place.county, table=ROUTING + MORE.replace('"-"', "'-'"))
    add_organisation(
        OPERATOR, place.county, code="q4", name={"zh": "生态局"}, kind="government", functions=["water"]
    )
    add_organisation(  # nearer, so that the county's two are no overlap in the town
        OPERATOR, place.town, code="q10", name={"zh": "镇"}, kind="government", functions=["centre"]
    )
    told = duty_faults(place.town)
    (shared,), (gap,) = told.overlapping, told.missing
    assert (shared.function, [body.code for body in shared.bodies], shared.rows) == (
        "water",
        ["q3", "q4"],
        (1,),
    )
    assert (gap.function, gap.rows, told.region) == ("lighthouse", (2,), place.county.path)
    assert not duty_faults(place.neighbour).missing  # no rule there sends to anybody


def test_each_fault_is_told_once_with_the_places_where_it_is_so(db: None) -> None:
    place = world()
    add_organisation(
        OPERATOR, place.town, code="q4", name={"zh": "水务所"}, kind="government", functions=["water"]
    )
    add_organisation(
        OPERATOR, place.town, code="q5", name={"zh": "水利站"}, kind="government", functions=["water"]
    )
    enact(OPERATOR, place.county, table=ROUTING + MORE.replace('"-"', "'-'"))
    _digest, whose, faults = duty_faults_within(place.county)
    told = {(each.duty.function, len(each.duty.bodies)): each.places for each in faults}
    assert whose == place.county.path
    assert told == {("lighthouse", 0): (place.county, place.town), ("water", 2): (place.town,)}
