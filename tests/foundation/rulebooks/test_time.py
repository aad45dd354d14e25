"""What applied on a day, what was believed about it on another, and whose rule wins."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, Undecidable
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.rulebooks import acts
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.models import Force, Version
from gongzhi.foundation.rulebooks.proof import altered
from gongzhi.foundation.rulebooks.queries import decide
from gongzhi.governance.matters.rules import ROUTING
from tests.builders import SOUND, World, world

SMELL = {"kind": "complain", "category": "smell", "channel": "portal"}


@pytest.fixture
def place(db: None) -> World:
    return world()


def table(function: str) -> str:
    return SOUND.replace("function: water", f"function: {function}")


def corrected(place: World, wrong: Version, text: str) -> Version:
    author = place.staff("rule_author")
    version = acts.verify(author, acts.draft(author, place.county, table=text, corrects=wrong))
    acts.review(place.staff("rule_reviewer"), version)
    return acts.approve(place.staff("rule_approver"), version)


def test_a_correction_changes_what_applied_and_not_what_was_believed(place: World) -> None:
    begun = now()
    wrong = enact(OPERATOR, place.county, table=table("ecology"))
    day = now()
    before = now()
    right = corrected(place, wrong, table("town"))
    assert decide(ROUTING, place.town, SMELL, day).value["function"] == "town"
    assert decide(ROUTING, place.town, SMELL, day, known_at=now()).value["function"] == "town"
    assert decide(ROUTING, place.town, SMELL, day, known_at=before).value["function"] == "ecology"
    assert decide(ROUTING, place.town, SMELL, begun).value["function"] == "water"
    wrong.refresh_from_db()
    assert wrong.standing(now()) == "corrected"
    assert wrong.recorded_until is not None
    assert right.effective_from == wrong.effective_from


def test_what_was_believed_before_a_version_was_known(place: World) -> None:
    before = now()
    tomorrow = now() + timedelta(days=1)
    enact(OPERATOR, place.county, table=table("ecology"), effective_from=tomorrow)
    assert decide(ROUTING, place.town, SMELL, tomorrow).value["function"] == "ecology"
    assert decide(ROUTING, place.town, SMELL, tomorrow, known_at=before).value["function"] == "water"


def test_a_version_between_others_can_be_corrected(place: World) -> None:
    first = Version.objects.get(rule__subject=ROUTING.name)
    day = now()
    enact(OPERATOR, place.county, table=table("ecology"))
    corrected(place, first, table("town"))
    assert decide(ROUTING, place.town, SMELL, day).value["function"] == "town"
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "ecology"


def test_only_what_was_in_force_is_corrected_and_once(place: World) -> None:
    wrong = Version.objects.get(rule__subject=ROUTING.name)
    author = place.staff("rule_author")
    draft = acts.draft(author, place.county, table=table("town"))
    with pytest.raises(Invalid):
        acts.draft(author, place.county, table=table("town"), corrects=draft)
    corrected(place, wrong, table("ecology"))
    wrong.refresh_from_db()
    with pytest.raises(Invalid):
        acts.draft(author, place.county, table=table("town"), corrects=wrong)


def test_what_is_known_never_overlaps(place: World) -> None:
    for days in (1, 2, 3):
        enact(OPERATOR, place.county, table=table("town"), effective_from=now() + timedelta(days=days))
    acts.repeal(
        place.staff("rule_approver"),
        Version.objects.get(rule__subject=ROUTING.name, number=2),
        reason="a mistake",
    )
    known = Force.objects.filter(version__rule__subject=ROUTING.name, recorded_until=None)
    spans = list(known.order_by("effective_from").values_list("effective_from", "effective_until"))
    assert all(until is None or since < until for since, until in spans)
    assert all(a[1] is not None and a[1] <= b[0] for a, b in pairwise(spans))
    never = Version.objects.get(rule__subject=ROUTING.name, number=2)
    assert never.standing(now() + timedelta(days=9)) == "repealed"
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, SMELL, now() + timedelta(days=1, hours=1))


def test_the_nearest_decides_where_those_above_let_it(place: World) -> None:
    enact(OPERATOR, place.top, table=table("state"))
    found = decide(ROUTING, place.town, SMELL, now())
    assert (found.value["function"], found.region) == ("water", place.county.path)
    assert [(each.region, each.verdict) for each in found.trace] == [
        ("/cn/", "gives_way"),
        (place.county.path, "decides"),
    ]


def test_what_may_not_be_refined_decides_for_all_below(place: World) -> None:
    enact(OPERATOR, place.top, table=table("state"), refinable=False)
    enact(OPERATOR, place.town, table=table("town"))
    found = decide(ROUTING, place.town, SMELL, now())
    assert found.value["function"] == "state"
    assert [each.verdict for each in found.trace] == ["decides", "overruled", "overruled"]
    enact(OPERATOR, place.top, table=table("state"), refinable=True)
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "town"


def test_a_county_that_binds_its_towns_may_itself_be_bound(place: World) -> None:
    enact(OPERATOR, place.county, table=table("ecology"), refinable=False)
    enact(OPERATOR, place.town, table=table("town"))
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "ecology"
    assert altered() == []
    enact(OPERATOR, place.top, table=table("state"), refinable=False)
    assert decide(ROUTING, place.town, SMELL, now()).value["function"] == "state"
    with pytest.raises(Undecidable):
        decide(ROUTING, place.top, {**SMELL, "category": "dust"}, now())
