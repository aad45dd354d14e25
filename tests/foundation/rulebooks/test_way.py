"""From a draft into force: three persons, a sound table or somebody who answers for what is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gongzhi.foundation.ledger.acts import together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible, Undecidable
from gongzhi.foundation.parties.actors import OPERATOR, Actor, person_actor
from gongzhi.foundation.parties.acts import appoint, create_post
from gongzhi.foundation.parties.queries import role
from gongzhi.foundation.rulebooks import acts
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.consumers import lapse_what_is_over
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.foundation.rulebooks.queries import (
    arrangements,
    decide,
    due_for_review,
    judged,
    open_faults,
    version_reached,
    versions_in_force,
    versions_reached,
)
from gongzhi.governance.matters.rules import ROUTING
from tests.builders import DEADLINES, SOUND, World, world
from tests.builders import ROUTING as GAPPED

NOISE = {"kind": "complain", "category": "noise", "channel": "portal"}
CONTRADICTING = SOUND.replace("'\"noise\"'", '\'"noise", "smell"\'')


@pytest.fixture
def place(db: None) -> World:
    return world()


@pytest.fixture
def author(place: World) -> Actor:
    return place.staff("rule_author")


@pytest.fixture
def reviewer(place: World) -> Actor:
    return place.staff("rule_reviewer")


@pytest.fixture
def approver(place: World) -> Actor:
    return place.staff("rule_approver")


def everything(place: World) -> Actor:
    """One person who holds all three posts."""
    person = place.person("all three")
    for code in ("rule_author", "rule_reviewer", "rule_approver"):
        post = create_post(OPERATOR, place.centre, role=role(code), title={"zh": code})  # type: ignore[arg-type]
        appoint(OPERATOR, post, person=person)
    return person_actor(person.pk)


def test_a_draft_binds_nobody_until_three_persons_have_brought_it_into_force(
    place: World, author: Actor, reviewer: Actor, approver: Actor
) -> None:
    version = acts.draft(author, place.county, table=SOUND, reason="noise had no door")
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, NOISE, now())
    acts.verify(author, version)
    acts.review(reviewer, version)
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, NOISE, now())
    version = acts.approve(approver, version)
    assert decide(ROUTING, place.town, NOISE, now()).value["function"] == "ecology"
    assert version.standing(now()) == "in_force"
    former = Version.objects.get(rule=version.rule_id, number=1)
    assert (former.standing(now()), former.ending) == ("superseded", "superseded")
    said = Entry.objects.filter(verb__startswith="rule.", subject=version.pk).order_by("id")
    assert [each.verb for each in said] == ["rule.verify", "rule.review", "rule.approve"]
    assert len({each.actor for each in said}) == 3


def test_nobody_does_two_of_the_three(place: World, author: Actor, reviewer: Actor) -> None:
    one = everything(place)
    own = acts.verify(one, acts.draft(one, place.county, table=SOUND))
    with pytest.raises(NotAllowed, match="wrote") as refused:
        acts.review(one, own)
    assert "three different persons" in str(refused.value.instead)
    acts.review(reviewer, own)
    with pytest.raises(NotAllowed, match="wrote"):
        acts.approve(one, own)
    other = acts.review(one, acts.verify(author, acts.draft(author, place.county, table=SOUND)))
    with pytest.raises(NotAllowed, match="reviewed"):
        acts.approve(one, other)


def test_whoever_revised_a_draft_is_its_author_too(place: World, author: Actor, reviewer: Actor) -> None:
    one = everything(place)
    version = acts.revise(one, acts.draft(author, place.county, table=GAPPED), table=SOUND)
    acts.review(reviewer, acts.verify(author, version))
    with pytest.raises(NotAllowed, match="wrote"):
        acts.approve(one, version)


def test_no_step_is_left_out(place: World, author: Actor, reviewer: Actor, approver: Actor) -> None:
    version = acts.draft(author, place.county, table=SOUND)
    with pytest.raises(NotPossible):
        acts.review(reviewer, version)
    acts.verify(author, version)
    with pytest.raises(NotPossible):
        acts.approve(approver, version)
    with pytest.raises(NotPossible):
        acts.verify(author, version)


@pytest.mark.parametrize("text", [GAPPED, CONTRADICTING], ids=["gap", "contradiction"])
def test_what_is_not_sound_needs_a_named_person_for_each_finding(
    place: World, author: Actor, reviewer: Actor, approver: Actor, text: str
) -> None:
    version = acts.verify(author, acts.draft(author, place.county, table=text))
    acts.review(reviewer, version)
    found = open_faults(version)
    assert found
    with pytest.raises(NotPossible, match="not sound"):
        acts.approve(approver, version)
    with pytest.raises(NotAllowed):
        acts.accept_finding(author, version, finding=found[0].key, reason="it is fine")
    with pytest.raises(Invalid):
        acts.accept_finding(reviewer, version, finding=found[0].key, reason=" ")
    with pytest.raises(Invalid):
        acts.accept_finding(reviewer, version, finding="nothing", reason="it is fine")
    for each in found:
        acts.accept_finding(reviewer, version, finding=each.key, reason="no such thing comes in here")
    accepted = [each.accepted for each in judged(version) if each.accepted]
    assert {each.by for each in accepted} == {reviewer.id}
    assert acts.approve(approver, version).standing(now()) == "in_force"


def test_what_was_accepted_in_one_table_is_open_again_in_another(
    place: World, author: Actor, reviewer: Actor
) -> None:
    version = acts.verify(author, acts.draft(author, place.county, table=GAPPED))
    for each in open_faults(version):
        acts.accept_finding(reviewer, version, finding=each.key, reason="no such thing comes in here")
    assert not open_faults(version)
    revised = acts.revise(author, version, table=GAPPED.replace("water", "ecology"))
    assert revised.state == "draft"
    assert open_faults(revised)


def test_a_row_without_a_legal_basis_is_a_finding(place: World, author: Actor) -> None:
    bare = SOUND.replace(', basis: "test rule 4"', "")
    version = acts.draft(author, place.county, table=bare)
    assert [(each.kind, each.rows) for each in open_faults(version)] == [("basis", (2,))]


def test_sent_back_it_is_a_draft_again_and_withdrawn_it_is_nothing(
    place: World, author: Actor, reviewer: Actor, approver: Actor
) -> None:
    version = acts.review(reviewer, acts.verify(author, acts.draft(author, place.county, table=SOUND)))
    version = acts.send_back(approver, version, reason="cite the county's own decision")
    assert (version.state, version.reviewer) == ("draft", None)
    version = acts.withdraw(author, version, reason="not needed")
    with pytest.raises(NotPossible):
        acts.verify(author, version)
    with pytest.raises(NotPossible):
        acts.revise(author, version, table=SOUND)


def test_what_was_approved_is_never_written_anew(
    place: World, author: Actor, reviewer: Actor, approver: Actor
) -> None:
    version = acts.review(reviewer, acts.verify(author, acts.draft(author, place.county, table=SOUND)))
    acts.approve(approver, version)
    for do in (acts.revise, acts.withdraw):
        with pytest.raises(NotPossible):
            do(author, version, **({"table": SOUND} if do is acts.revise else {}))  # type: ignore[operator]


def test_a_version_comes_into_force_on_its_day(
    place: World, author: Actor, reviewer: Actor, approver: Actor
) -> None:
    day = now() + timedelta(days=9)
    version = acts.draft(author, place.county, table=SOUND, effective_from=day)
    acts.approve(approver, acts.review(reviewer, acts.verify(author, version)))
    version.refresh_from_db()
    assert version.standing(now()) == "approved"
    assert version.standing(day) == "in_force"
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, NOISE, day - timedelta(microseconds=1))
    assert decide(ROUTING, place.town, NOISE, day).digest == version.digest


def test_a_version_made_for_a_time_lapses_by_itself(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    until = now() + timedelta(days=2)
    version = enact(OPERATOR, place.county, table=SOUND, effective_until=until)
    assert decide(ROUTING, place.town, NOISE, until - timedelta(microseconds=1)).digest == version.digest
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, NOISE, until)
    lapse_what_is_over()
    assert Version.objects.get(pk=version.pk).ending == ""
    for module in ("gongzhi.foundation.rulebooks.consumers", "gongzhi.foundation.ledger.work"):
        monkeypatch.setattr(f"{module}.now", lambda: until + timedelta(hours=1))
    lapse_what_is_over()
    lapse_what_is_over()
    assert Version.objects.get(pk=version.pk).ending == "lapsed"
    assert Entry.objects.filter(verb="rule.lapse").count() == 1


def test_a_repealed_rule_leaves_its_place_empty(place: World, author: Actor, approver: Actor) -> None:
    version = enact(OPERATOR, place.county, table=SOUND)
    with pytest.raises(Invalid):
        acts.repeal(approver, version, reason="not needed", at=now() - timedelta(days=1))
    later = now() + timedelta(days=3)
    acts.repeal(approver, version, reason="the province has one now", at=later)
    assert decide(ROUTING, place.town, NOISE, now()).digest == version.digest
    with pytest.raises(Undecidable):
        decide(ROUTING, place.town, NOISE, later)
    with pytest.raises(NotPossible):
        acts.repeal(approver, version, reason="once more", at=later)


def test_filing_is_put_on_record(place: World, approver: Actor) -> None:
    version = enact(OPERATOR, place.county, table=SOUND)
    acts.file(approver, version, number="沪青府规备〔2026〕7号", on=date(2026, 11, 30))
    version.refresh_from_db()
    assert version.filing_number == "沪青府规备〔2026〕7号"
    with pytest.raises(Invalid):
        acts.file(approver, version, number=" ", on=date(2026, 11, 30))


def test_drafts_are_seen_by_those_who_reach_them_alone(place: World, author: Actor) -> None:
    version = acts.draft(author, place.county, table=SOUND)
    assert version in versions_reached(author)
    assert version_reached(place.staff("clerk"), version.pk) is None
    assert version not in versions_in_force(place.town, now())
    assert not Entry.objects.filter(made=version.pk, audience="public").exists()


def test_the_day_of_review_is_recalled(place: World, author: Actor, reviewer: Actor, approver: Actor) -> None:
    soon = (now() + timedelta(days=20)).date()
    version = acts.draft(author, place.county, table=SOUND, review_on=soon)
    assert due_for_review(author, now()) == []
    acts.approve(approver, acts.review(reviewer, acts.verify(author, version)))
    assert due_for_review(author, now()) == [version]
    assert due_for_review(author, now() - timedelta(days=1)) == []


def test_an_informal_arrangement_is_shown_and_decides_nothing(place: World, author: Actor) -> None:
    told = {"topic": "matters.routing", "title": {"zh": "荡东村村规民约"}}
    first = acts.arrange(author, place.town, text="晚十点后不放鞭炮。", **told)
    assert list(arrangements(place.town, now())) == [first]
    assert first not in versions_in_force(place.town, now())
    assert decide(ROUTING, place.town, {**NOISE, "category": "smell"}, now()).value["function"] == "water"
    second = acts.arrange(author, place.town, text="晚九点后不放鞭炮。", **told)
    assert list(arrangements(place.town, now())) == [second]
    assert second.number == 2
    with pytest.raises(NotPossible):
        acts.review(place.staff("rule_reviewer"), second)
    assert list(arrangements(place.neighbour, now())) == []


def test_the_first_rules_of_a_region_are_drafted_together(place: World) -> None:
    with together():
        first = acts.draft(OPERATOR, place.neighbour, table=SOUND)
        second = acts.draft(OPERATOR, place.neighbour, table=DEADLINES)
    assert first.rule.rule_set_id == second.rule.rule_set_id
    assert first.rule_id != second.rule_id
