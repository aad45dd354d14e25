"""What happens at once, ends, moves or changes under a matter: each time it ends lawfully, and the ledger says how."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.refusals import NotAllowed, NotPossible, Refusal
from gongzhi.foundation.parties.actors import OPERATOR, Actor, anyone, person_actor
from gongzhi.foundation.parties.acts import appoint, create_post, dissolve
from gongzhi.foundation.parties.queries import role
from gongzhi.foundation.regions.acts import add_region, move_region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import CallBack, Clock, Deadline, Handover, Matter, Part, State
from tests.builders import DEADLINES, ROUTING
from tests.governance.matters.test_handover import Border
from tests.moments import Moments


@pytest.fixture
def border(db: None, monkeypatch: pytest.MonkeyPatch) -> Border:
    monkeypatch.setattr(machinery, "TICKERS", {})
    return Border()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    return Moments(monkeypatch)


def told(verb: str, **about: Any) -> list[dict[str, Any]]:
    """The facts of the entries of a verb, in their order."""
    rows = Entry.objects.filter(verb=verb, **about).order_by("id")
    return [json.loads(facts) for facts in rows.values_list("facts", flat=True)]


def running(matter: Matter) -> list[Deadline]:
    return list(Deadline.objects.filter(matter=matter.pk, met_at=None).select_related("holder"))


def brought_to_an_end(border: Border, matter: Matter) -> Matter:
    """Answered by the lead, verified by a colleague of the first receiver, called back, closed."""
    matter = border.again(matter)
    acts.answer(border.by(matter.lead, "handler"), matter, text="done")  # type: ignore[arg-type]
    receiver = matter.first_receiver or border.q1
    acts.verify(border.by(receiver, "verifier"), matter, passed=True, text="seen")
    for call in CallBack.objects.filter(matter=matter.pk, round=matter.round, reply="waiting"):
        acts.call_back(
            border.by(call.caller or receiver, "caller"), matter, call=call, reply="reached", resolved=True,
            satisfied=5,
        )  # fmt: skip
    acts.close(border.by(receiver, "clerk"), matter)
    matter = border.again(matter)
    assert matter.state == State.CLOSED and not running(matter)
    return matter


# -- at once -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_decide_the_same_handover_at_once_and_one_decision_stands() -> None:
    border = Border()
    border.agree()
    matter = border.returned()
    acts.arbitrate(border.by(border.q3, "handler"), matter, arbiter=border.a1)
    coordinators = [border.by(border.a1, "area_coordinator") for _ in range(2)]
    wanted, met, outcome = [border.w3, border.q3], threading.Barrier(2), []

    def decide(by: Actor, to: Any) -> None:
        try:
            met.wait()
            acts.designate(by, matter, to=to, reason="the outlet lies there")
            outcome.append(to.code)
        except Refusal as refusal:
            outcome.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(coordinators, wanted, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcome) == 2 and sum(isinstance(each, str) for each in outcome) == 1, outcome
    assert {each for each in outcome if not isinstance(each, str)} <= {NotPossible, NotAllowed}
    (chosen,) = [each for each in outcome if isinstance(each, str)]
    matter = border.again(matter)
    (entry,) = told("matter.designate")
    assert entry["to"] == chosen == matter.lead.code  # type: ignore[union-attr]
    assert entry["rule"] and matter.bound and matter.answering_id == matter.lead_id
    assert Handover.objects.get(matter=matter.pk).step == "designated"


# -- dissolved -----------------------------------------------------------------------------------------


def test_a_body_dissolved_while_leading_is_followed_by_its_successor(border: Border) -> None:
    matter = border.matter()
    acts.accept(border.by(border.q3), matter)
    dissolve(OPERATOR, border.q3, successor=border.q6, reason="reform of 2026")
    run_once()
    matter = border.again(matter)
    assert (matter.lead, matter.answering, matter.state) == (border.q6, border.q6, State.DISPATCHED)
    assert {clock.holder for clock in running(matter)} == {border.q6}
    (entry,) = Entry.objects.filter(verb="matter.succeed")
    assert (entry.actor, json.loads(entry.facts)) == (PLATFORM.id, {"body": "q3", "to": "q6"})
    assert not Part.objects.filter(matter=matter.pk, organisation=border.q3, released_at=None).exists()
    brought_to_an_end(border, matter)


def test_without_a_successor_the_first_receiver_answers_and_sends_it_elsewhere(border: Border) -> None:
    matter = border.matter()
    acts.accept(border.by(border.q3), matter)
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="your side")
    dissolve(OPERATOR, border.q3, reason="reform of 2026")
    run_once()
    matter = border.again(matter)
    assert (matter.lead, matter.answering, matter.state) == (None, border.q1, State.OPEN)
    assert {clock.holder for clock in running(matter)} == {border.q1}
    assert Handover.objects.get(matter=matter.pk).step == "withdrawn"
    acts.dispatch(border.by(border.q1, "clerk"), matter, to=border.q6)
    brought_to_an_end(border, matter)


def test_a_matter_that_was_joined_to_another_comes_out_of_it_to_a_body_that_exists(border: Border) -> None:
    one, other = border.matter(), border.matter(text="It smells here too")
    acts.accept(border.by(border.q3), one)
    clerk = border.by(border.q1, "clerk")
    acts.merge(clerk, one, into=other)
    dissolve(OPERATOR, border.q3, successor=border.q6, reason="reform of 2026")
    run_once()
    acts.unmerge(clerk, one)
    one = border.again(one)
    assert (one.lead, one.answering) == (border.q6, border.q6)
    assert {clock.holder for clock in running(one)} == {border.q6}
    brought_to_an_end(border, one)


def test_a_joined_matter_without_successor_comes_out_to_be_sent_again(border: Border) -> None:
    one, other = border.matter(), border.matter(text="It smells here too")
    acts.accept(border.by(border.q3), one)
    clerk = border.by(border.q1, "clerk")
    acts.merge(clerk, one, into=other)
    dissolve(OPERATOR, border.q3, reason="reform of 2026")
    run_once()
    acts.unmerge(clerk, one)
    one = border.again(one)
    assert (one.lead, one.answering, one.state) == (None, border.q1, State.OPEN)
    assert {clock.holder for clock in running(one)} == {border.q1}


def test_what_a_dissolved_receiver_had_closed_is_opened_again_by_whoever_receives_now(border: Border) -> None:
    submission = border.world.submission()
    matter = brought_to_an_end(border, border.again(submission.matter))  # type: ignore[arg-type]
    heir = border.body(border.world.county, "q9", [], border.q0)
    dissolve(OPERATOR, border.q3, reason="reform of 2026")
    dissolve(OPERATOR, border.q1, successor=heir, reason="reform of 2026")
    run_once()
    acts.reopen(anyone([submission.pk]), matter, reason="it smells again")
    matter = border.again(matter)
    assert (matter.lead, matter.answering, matter.first_receiver) == (None, heir, heir)
    assert {clock.holder for clock in running(matter)} == {heir}
    acts.dispatch(border.by(heir, "clerk"), matter, to=border.q6)
    brought_to_an_end(border, matter)


# -- an appointment ends -------------------------------------------------------------------------------


def next_midnight(border: Border) -> datetime:
    """The end of the day after this one, where the county is."""
    zone = ZoneInfo(border.world.county.zone)
    day = (now().astimezone(zone) + timedelta(days=2)).date()
    return datetime.combine(day, time(), zone).astimezone(UTC)


def test_an_appointment_ends_at_midnight_with_twelve_matters_open(border: Border, moments: Moments) -> None:
    midnight = next_midnight(border)
    person = border.world.person("Xu")
    post = create_post(OPERATOR, border.q3, role=role("handler"), title={"zh": "承办人"})  # type: ignore[arg-type]
    appoint(OPERATOR, post, person=person, until=midnight)
    matters = [border.matter(text=f"smell {n}") for n in range(12)]
    moments.put(midnight - timedelta(seconds=1))
    acts.accept(person_actor(person.pk), matters[0])
    moments.put(midnight)
    late = person_actor(person.pk)
    assert not late.is_staff
    for matter in matters:
        with pytest.raises(NotAllowed):
            acts.answer(late, matter, text="done")
    for matter in map(border.again, matters):
        assert matter.lead == border.q3  # a body leads, not a person
        assert {clock.holder for clock in running(matter)} <= {border.q3, border.q1}
    (accepted,) = Entry.objects.filter(verb="matter.accept")
    assert accepted.appointment is not None and accepted.occurred < midnight
    for matter in matters:
        brought_to_an_end(border, matter)
    assert Matter.objects.filter(state=State.CLOSED).count() == 12
    assert not Entry.objects.filter(actor=person.pk, occurred__gte=midnight).exists()


def test_who_has_already_begun_when_the_appointment_ends_is_too_late(
    border: Border, moments: Moments
) -> None:
    midnight = next_midnight(border)
    person = border.world.person("Xu")
    post = create_post(OPERATOR, border.q3, role=role("handler"), title={"zh": "承办人"})  # type: ignore[arg-type]
    appoint(OPERATOR, post, person=person, until=midnight)
    matter, by = border.matter(), person_actor(person.pk)
    acts.accept(by, matter)
    moments.put(midnight)
    with pytest.raises(NotAllowed):
        acts.answer(by, matter, text="done")
    with pytest.raises(NotAllowed):
        acts.answer.many(by, [matter], text="done")


# -- a region moves ------------------------------------------------------------------------------------


def test_a_region_moves_and_what_is_open_in_it_ends_where_it_began(border: Border) -> None:
    enact(OPERATOR, border.world.neighbour, table=ROUTING.replace("test rule 1", "rule of the neighbour"))
    enact(OPERATOR, border.world.neighbour, table=DEADLINES.replace("finish: 5", "finish: 7"))
    before = border.matter()
    cited = {clock.rule for clock in running(before)}
    move_region(OPERATOR, border.world.town, parent=border.world.neighbour, reason="decree 7 of 2026")
    border.world.town.refresh_from_db()
    after = border.matter(text="It smells after the move")
    assert (after.lead, after.first_receiver) == (border.w3, border.w1)
    assert cited.isdisjoint({clock.rule for clock in running(after)})
    before = border.again(before)
    assert (before.lead, before.first_receiver) == (border.q3, border.q1)
    assert {clock.rule for clock in running(before)} == cited
    director = border.by(border.w1, "director")  # whose county it is now sees both
    acts.supervise(director, before, watcher=border.w1, reason="it lies here now")
    brought_to_an_end(border, before)
    brought_to_an_end(border, after)
    (entry,) = told("region.move")
    assert (entry["parent"], entry["former"]) == ("320509", "310118")


def test_a_member_of_an_area_that_moves_stays_bound_by_what_it_adopted(border: Border) -> None:
    border.agree()
    matter = border.returned()
    above = add_region(OPERATOR, border.world.top, code="32", name={"zh": "江苏"}, level="province")
    move_region(OPERATOR, border.world.neighbour, parent=above, reason="decree 8 of 2026")
    acts.arbitrate(border.by(border.q3, "handler"), matter, arbiter=border.a1)
    w3 = type(border.w3).objects.get(pk=border.w3.pk)
    acts.designate(border.by(border.a1, "area_coordinator"), matter, to=w3, reason="memorandum")
    assert border.again(matter).lead == w3
    brought_to_an_end(border, matter)


# -- a rule changes ------------------------------------------------------------------------------------


def test_a_rule_changes_while_a_clock_runs_and_each_clock_cites_its_own_version(
    border: Border, moments: Moments
) -> None:
    old = border.matter()
    was = {(clock.clock, clock.due_at, clock.rule) for clock in running(old)}
    moments.pass_by(hours=1)
    enact(OPERATOR, border.world.county, table=DEADLINES.replace("finish: 5", "finish: 3"))
    new = border.matter(text="It smells under the new rule")
    assert {(clock.clock, clock.due_at, clock.rule) for clock in running(old)} == was
    (former,), (later,) = ({clock.rule for clock in running(each)} for each in (old, new))
    assert former != later
    opened = Entry.objects.filter(verb="matter.open").order_by("id")
    assert [(former in each.rules, later in each.rules) for each in opened] == [(True, False), (False, True)]
    acts.answer(border.by(border.q3), old, text="done")
    acts.verify(border.by(border.q1, "verifier"), old, passed=False, text="not done")
    begun = [clock for clock in running(old) if clock.clock == Clock.FINISH]
    assert [clock.rule for clock in begun] == [later]  # what begins anew begins under the rule of now
    moments.pass_by(days=30)
    acts.note_overdue(PLATFORM, border.again(old), deadline=begun[0].pk)
    assert told("matter.overdue")[-1]["rule"] == later
    brought_to_an_end(border, old)
    brought_to_an_end(border, new)
