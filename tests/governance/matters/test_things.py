"""Public things: kept in a register by acts, and what is brought in about one goes to whoever owns it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import add_organisation, dissolve
from gongzhi.foundation.regions.acts import add_grid, add_region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.queries import decisions, replay, table_of
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Place
from gongzhi.governance.matters.models import Matter, State, Thing
from gongzhi.governance.matters.queries import things, things_near
from gongzhi.governance.matters.queries.duties import duty_faults
from gongzhi.governance.matters.queries.things import kinds_by_owner
from tests.builders import ROUTING, World, world

BY_OWNER = """
table: matters.routing
hit: F
inputs:
  - {name: category, type: string}
  - {name: thing, type: string, values: [none, cover, lamp, pole, pipe, sign, other]}
outputs: [{name: function, type: string}]
rules:
  - {when: {category: '"smell"', thing: '"cover"'}, then: {function: owner}, basis: "test rule 10"}
  - {when: {category: '"smell"', thing: '"pipe"'}, then: {function: keeper}, basis: "test rule 11"}
  - {when: {category: '"smell"'}, then: {function: water}, basis: "test rule 12"}
"""
NEAR = """
table: matters.near
hit: F
inputs: [{name: kind, type: string}]
outputs:
  - {name: border_metres, type: integer}
  - {name: alike_metres, type: integer}
  - {name: alike_days, type: integer}
rules:
  - {when: {}, then: {border_metres: 0, alike_metres: 200, alike_days: 30}, basis: "test rule 13"}
"""


class County:
    """A county whose rule sends to owners, with a utility that owns a cover."""

    def __init__(self) -> None:
        self.world: World = world()
        enact(OPERATOR, self.world.county, table=BY_OWNER)
        enact(OPERATOR, self.world.county, table=NEAR)
        self.utility = add_organisation(
            OPERATOR, self.world.county, code="s6", name={"zh": "供水", "en": "Supply"}, kind="enterprise"
        )
        self.coordinator = self.world.staff("coordinator")
        self.cover = self.add("P-1")

    def add(self, code: str, kind: str = "cover", **more: Any) -> Thing:
        told = {"owner": self.utility, "place": Place("by the bridge", 120.95, 31.05), **more}
        return acts.add_thing(self.coordinator, self.world.town, code=code, kind=kind, **told)

    def filed(self, thing: Thing | None, **more: Any) -> Matter:
        matter = self.world.submission(thing=thing, **more).matter
        assert matter is not None
        return matter


@pytest.fixture
def county(db: None) -> County:
    return County()


def test_it_goes_to_the_owner_by_a_rule_that_the_entry_cites(county: County) -> None:
    matter = county.filed(county.cover)
    assert (matter.lead, matter.state, matter.thing) == (county.utility, State.DISPATCHED, county.cover)
    entry = Entry.objects.get(verb="matter.open")
    (decided,) = [each for each in json.loads(entry.facts)["decided"] if each["subject"] == "matters.routing"]
    assert (decided["read"]["thing"], decided["outcome"]) == ("cover", {"function": "owner"})
    assert "P-1" not in entry.facts  # as exact a place as a point, so it can be erased
    assert json.loads(Private.objects.get(pk=entry.pk).text)["thing"] == "P-1"


def test_who_keeps_it_may_lead_where_the_rule_says_so(county: County) -> None:
    kept = county.add("P-2", "pipe", keeper=county.world.centre)
    assert county.filed(kept).lead == county.world.centre
    assert county.filed(county.add("P-3", "pipe")).lead == county.utility


def test_without_a_thing_or_with_one_of_another_kind_the_rules_function_leads(county: County) -> None:
    assert county.filed(None).lead == county.world.water
    assert county.filed(county.add("L-1", "lamp")).lead == county.world.water


def test_a_rule_that_knows_no_things_decides_as_before(county: County) -> None:
    enact(OPERATOR, county.world.county, table=ROUTING)
    assert county.filed(county.cover).lead == county.world.water


def test_an_owner_that_was_dissolved_is_not_sent_anything(county: County) -> None:
    dissolve(OPERATOR, county.utility, successor=None, reason="merged")
    matter = county.filed(county.cover)
    assert (matter.lead, matter.thing) == (county.world.water, county.cover)


def test_a_rule_without_a_way_out_leaves_it_to_a_person(county: County) -> None:
    only = BY_OWNER.replace("function: water", "function: owner")
    enact(OPERATOR, county.world.county, table=only)
    matter = county.filed(None)
    assert (matter.lead, matter.state) == (None, State.OPEN)
    assert matter.undecided


def test_what_was_taken_out_or_stands_elsewhere_is_refused(county: County) -> None:
    acts.retire_thing(county.coordinator, county.cover, reason="filled in")
    with pytest.raises(NotPossible, match="taken out of the register"):
        county.filed(county.cover)
    beside = acts.add_thing(
        county.world.staff("coordinator", county.world.beside()),
        county.world.neighbour, code="W-1", kind="cover", owner=county.utility,
    )  # fmt: skip
    with pytest.raises(Invalid, match="stands in"):
        county.filed(beside)
    assert not Matter.objects.exists()


def test_a_village_of_the_same_county_is_not_elsewhere(county: County) -> None:
    other = add_region(OPERATOR, county.world.county, code="310118111", name={"zh": "镇"}, level="township")
    assert county.filed(county.cover, region=other).lead == county.utility


def test_a_report_of_wrongdoing_names_no_thing(county: County) -> None:
    with pytest.raises(Invalid, match="names no thing"):
        acts.file(
            anyone(), county.world.town, kind="report", category=county.world.smell, text="a bribe",
            thing=county.cover,
        )  # fmt: skip


def test_the_register_is_kept_by_acts_and_says_what_is_wrong(county: County) -> None:
    with pytest.raises(NotPossible, match="already"):
        county.add("P-1")
    for told in ({"code": " "}, {"code": "x" * 41}, {"code": "P-9", "kind": "moon"}):
        with pytest.raises(Invalid):
            county.add(**told)  # type: ignore[arg-type]
    grid = add_grid(OPERATOR, county.world.neighbour, code="G", name={"zh": "网格"})
    with pytest.raises(Invalid, match="elsewhere"):
        county.add("P-9", place=Place(grid=grid))
    with pytest.raises(NotPossible, match="already"):
        acts.change_owner(county.coordinator, county.cover, owner=county.utility, reason="x")
    with pytest.raises(Invalid, match="handed over"):
        acts.change_owner(county.coordinator, county.cover, owner=county.world.water, reason=" ")
    with pytest.raises(Invalid, match="no longer"):
        acts.retire_thing(county.coordinator, county.cover, reason="")
    changed = acts.change_owner(
        county.coordinator, county.cover, owner=county.world.water, reason="minutes 3"
    )
    assert (changed.owner, changed.keeper) == (county.world.water, None)
    acts.retire_thing(county.coordinator, county.cover, reason="gone")
    told = Entry.objects.filter(verb__in=("thing.change_owner", "thing.retire"))
    assert not any("minutes" in each.facts or "gone" in each.facts for each in told)  # words can be erased
    assert {json.loads(each.text)["reason"] for each in Private.objects.filter(entry__in=told)} == {
        "minutes 3", "gone",
    }  # fmt: skip
    with pytest.raises(NotPossible, match="taken out"):
        acts.change_owner(county.coordinator, county.cover, owner=county.utility, reason="x")


def test_a_dissolved_body_is_entered_as_nobodys_owner(county: County) -> None:
    dissolve(OPERATOR, county.utility, successor=None, reason="merged")
    with pytest.raises(NotPossible, match="dissolved"):
        county.add("P-2", owner=type(county.utility).objects.get(pk=county.utility.pk))


@pytest.mark.parametrize("role", ["clerk", "handler", "grid_worker", "auditor", "rule_author"])
def test_only_stewards_and_coordinators_keep_it(county: County, role: str) -> None:
    by = county.world.staff(role)
    with pytest.raises(NotAllowed):
        acts.add_thing(by, county.world.town, code="N", kind="cover", owner=county.utility)
    for act, told in ((acts.change_owner, {"owner": county.world.water}), (acts.retire_thing, {})):
        with pytest.raises(NotAllowed):
            act(by, county.cover, reason="x", **told)
    steward = county.world.staff("data_steward")
    assert acts.add_thing(steward, county.world.town, code="N", kind="cover", owner=county.utility)
    assert [each.code for each in things(steward)] == ["N", "P-1"]


def test_near_a_spot_only_what_stands_and_the_rule_sends_by_owner(county: County) -> None:
    town = county.world.town
    kinds = kinds_by_owner(town, "complain", "smell", "portal", now())
    assert kinds == ("cover", "pipe")
    assert kinds_by_owner(town, "report", "smell", "portal", now()) == ()
    assert kinds_by_owner(town, "complain", "noise", "portal", now()) == ()
    far = county.add("P-4", place=Place("", 120.96, 31.05))
    gone = acts.retire_thing(county.coordinator, county.add("P-5"), reason="gone")
    county.add("L-1", "lamp")
    county.add("P-6", "pipe", place=Place("", 120.9505, 31.05))
    told: dict[str, Any] = {"kind": "complain", "category": "smell", "channel": "portal", "at": now()}
    found = things_near(town, 120.95, 31.05, **told)
    assert [each.code for each in found] == ["P-1", "P-6"]
    assert far not in found and gone not in found
    assert things_near(town, None, None, **told) == []
    assert things_near(town, 120.95, 31.05, **told | {"category": "noise"}) == []


def test_what_was_decided_before_anybody_named_things_is_decided_again_as_if_none_was_named(
    county: County,
) -> None:
    enact(OPERATOR, county.world.county, table=ROUTING)
    county.filed(None)
    pasts = list(decisions(OPERATOR, about="matters.routing", since=now() - timedelta(days=1)))
    assert replay(table_of(BY_OWNER), pasts).changed == []


def test_the_owner_is_no_duty_that_nobody_has(county: County) -> None:
    assert [each.function for each in duty_faults(county.world.county).missing] == []


def test_erasing_what_was_brought_in_forgets_the_thing(county: County) -> None:
    from gongzhi.governance.matters.acts import Contact, erase_person

    matter = county.filed(county.cover, contact=Contact(phone="13900000000"))
    person = county.world.person().__class__.objects.get(phone="13900000000")
    erase_person(county.world.staff("administrator"), person, reason="asked for")
    assert Matter.objects.get(pk=matter.pk).thing is None
