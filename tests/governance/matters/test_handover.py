"""Who leads: offered, returned, decided; inside an authority the arbiter binds, between them a joint rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation, put_under
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.acts import found_area
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.acts import adopt, enact, propose_jointly
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Clock, Deadline, Handover, Matter, Part, Role, State, Step
from gongzhi.governance.matters.rules import default_tables
from tests.builders import world

JOINT = """
table: matters.designation
hit: F
inputs: [{name: category, type: string}]
outputs: [{name: designate, type: boolean}]
rules:
  - {when: {category: '"smell"'}, then: {designate: true}, basis: "memorandum on waters, 4"}
  - {when: {category: '-'}, then: {designate: false}, basis: "memorandum on waters, 5"}
"""


class Border:
    """Two counties of one area, each with a government, a centre and a water bureau; an office of the area."""

    def __init__(self) -> None:
        self.world = w = world()
        self.q0 = self.body(w.county, "q0", ["government"])
        self.w0 = self.body(w.neighbour, "w0", ["government"])
        self.q6 = self.body(w.county, "q6", ["city_order"], self.q0)
        self.w1 = self.body(w.neighbour, "w1", ["centre"], self.w0)
        self.w3 = self.body(w.neighbour, "w3", ["water"], self.w0)
        self.a1 = self.body(w.top, "a1", ["coordination"])
        for each in (w.centre, w.water):
            put_under(OPERATOR, each, superior=self.q0)
            each.refresh_from_db()
        for table in default_tables():
            enact(OPERATOR, w.top, table=table)
        self.area = found_area(OPERATOR, w.top, code="x", name={"zh": "区"}, members=[w.county, w.neighbour])
        self.q3, self.q1 = w.water, w.centre

    def body(
        self, region: Region, code: str, functions: list[str], superior: Organisation | None = None
    ) -> Organisation:
        return add_organisation(
            OPERATOR, region, code=code, name={"zh": code}, kind="government", functions=functions,
            superior=superior,
        )  # fmt: skip

    def by(self, body: Organisation, role: str = "leader") -> Any:
        return self.world.staff(role, body)

    def agree(self) -> None:
        """Both counties adopt the joint rule on waters."""
        version = propose_jointly(OPERATOR, self.area, table=JOINT)
        for member in (self.world.county, self.world.neighbour):
            adopt(OPERATOR, version, region=member)

    def matter(self, **more: Any) -> Matter:
        key = self.world.submission(**more).matter_id
        return Matter.objects.select_related("category", "region").get(pk=key)

    def returned(self, **more: Any) -> Matter:
        """Sent to the own water bureau, offered to the neighbour's, returned by it."""
        matter = self.matter(**more)
        if matter.lead_id is None:
            acts.dispatch(self.by(self.q1, "clerk"), matter, to=self.q3)
        acts.hand_over(self.by(self.q3), matter, to=self.w3, reason="the smell comes from your side")
        acts.return_(self.by(self.w3), matter, reason="the outlet is on your side", proposal=self.q3)
        return self.again(matter)

    def again(self, matter: Matter) -> Matter:
        return Matter.objects.select_related("category", "region").get(pk=matter.pk)


@pytest.fixture
def border(db: None) -> Border:
    return Border()


def live(matter: Matter) -> Handover:
    return Handover.objects.get(matter=matter.pk, ended_at=None)


def clocks(matter: Matter, clock: Clock) -> list[Deadline]:
    return list(Deadline.objects.filter(matter=matter.pk, clock=clock, met_at=None))


def last(verb: str) -> Entry:
    return Entry.objects.filter(verb=verb).latest("id")


def test_the_first_receiver_answers_until_another_has_taken_over(border: Border) -> None:
    matter = border.matter()
    assert (matter.answering, matter.lead) == (border.q1, border.q3)
    acts.accept(border.by(border.q3), matter)
    assert border.again(matter).answering == border.q3
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="yours")
    assert border.again(matter).answering == border.q3
    acts.accept(border.by(border.w3), matter)
    matter = border.again(matter)
    assert (matter.answering, matter.lead, matter.state) == (border.w3, border.w3, State.DISPATCHED)
    assert {c.holder for c in clocks(matter, Clock.FINISH)} == {border.w3}


def test_whoever_was_asked_reads_the_matter_and_no_longer_once_it_is_settled(border: Border) -> None:
    from gongzhi.governance.matters.queries import matters

    matter = border.matter()
    asked = border.by(border.w3, "handler")
    assert not matters(asked).exists()
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="yours")
    assert matters(asked).get() == matter
    acts.return_(asked, matter, reason="not ours")
    acts.withdraw_offer(border.by(border.q3), matter)
    assert not matters(asked).exists()


def test_the_clocks_of_what_came_back_are_with_whoever_gave_it(border: Border) -> None:
    matter = border.matter()
    assert {c.holder for c in clocks(matter, Clock.CONTACT)} == {border.q3}
    acts.return_(border.by(border.q3), matter, reason="not ours")
    acts.withdraw_offer(border.by(border.q1), matter)
    assert {c.holder for c in clocks(matter, Clock.CONTACT)} == {border.q1}
    acts.dispatch(border.by(border.q1, "clerk"), matter, to=border.q6)
    assert {c.holder for c in clocks(matter, Clock.CONTACT)} == {border.q6}


def test_the_first_receiver_answers_again_when_whoever_had_taken_over_leads_no_longer(border: Border) -> None:
    matter = border.matter()
    acts.accept(border.by(border.q3), matter)
    acts.dispatch(border.by(border.q1, "clerk"), matter, to=border.q6)
    matter = border.again(matter)
    assert (matter.answering, matter.lead) == (border.q1, border.q6)
    acts.accept(border.by(border.q6), matter)
    assert border.again(matter).answering == border.q6


def test_nobody_waits_for_an_instruction_to_whoever_takes_no_part_any_more(border: Border) -> None:
    matter = border.matter()
    told: Any = {"text": "look there", "giver": border.q1, "due": now() + timedelta(days=1)}
    clerk, coordinator = border.by(border.q1, "clerk"), border.by(border.q1, "coordinator")
    acts.instruct(coordinator, matter, to=border.q3, **told)
    assert len(clocks(matter, Clock.INSTRUCTION)) == 1
    acts.dispatch(clerk, matter, to=border.q6)
    assert clocks(matter, Clock.INSTRUCTION) == []
    part = acts.add_support(clerk, matter, body=border.q3, task="measure the outlet")
    acts.instruct(coordinator, matter, to=border.q3, **told)
    acts.instruct(coordinator, matter, to=border.q6, **told)
    acts.release(border.by(border.q6), matter, part=part, reason="measured")
    assert [c.holder for c in clocks(matter, Clock.INSTRUCTION)] == [border.q6]


def test_a_return_needs_a_reason_and_a_proposal_of_somebody_else(border: Border) -> None:
    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="yours")
    with pytest.raises(Invalid, match="Say why"):
        acts.return_(border.by(border.w3), matter, reason=" ")
    with pytest.raises(Invalid, match="another body"):
        acts.return_(border.by(border.w3), matter, reason="no", proposal=border.w3)
    with pytest.raises(NotAllowed, match="w3"):
        acts.return_(border.by(border.q3), matter, reason="no")


def test_a_return_comes_in_time_or_not_at_all(border: Border, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.foundation.ledger import work

    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="yours")
    late = border.by(border.w3)
    monkeypatch.setattr(work, "now", lambda: now() + timedelta(days=20))
    with pytest.raises(NotPossible, match="run out"):
        acts.return_(late, matter, reason="not ours")


def test_a_body_returns_a_matter_as_often_as_the_rule_allows(border: Border) -> None:
    matter = border.returned()
    acts.withdraw_offer(border.by(border.q3), matter)
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="it is yours after all")
    with pytest.raises(NotPossible, match="as often as the rule allows"):
        acts.return_(border.by(border.w3), matter, reason="no")
    assert border.again(matter).returns == 1


def test_whoever_has_designated_has_no_part_any_more(border: Border) -> None:
    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.q6, reason="the street is yours")
    acts.arbitrate(border.by(border.q3), matter, arbiter=border.q0)
    arbiters = Part.objects.filter(matter=matter.pk, role=Role.ARBITER, released_at=None)
    assert [part.organisation for part in arbiters] == [border.q0]
    acts.designate(border.by(border.q0), matter, to=border.q6, reason="it is a street")
    assert border.again(matter).lead == border.q6
    assert not arbiters.all().exists()


def test_nobody_designates_across_authorities_without_a_joint_rule(border: Border) -> None:
    matter = border.returned()
    acts.arbitrate(border.by(border.q3), matter, arbiter=border.a1)
    with pytest.raises(NotPossible, match="Nobody commands both") as refused:
        acts.designate(border.by(border.a1), matter, to=border.w3, reason="it is yours")
    assert "conference" in str(refused.value.instead)
    assert border.again(matter).answering == border.q1


def test_a_joint_rule_that_both_adopted_binds_and_is_cited(border: Border) -> None:
    border.agree()
    matter = border.returned()
    acts.arbitrate(border.by(border.q3), matter, arbiter=border.a1)
    duty = acts.Duty(border.q3, "take samples on this side")
    acts.designate(border.by(border.a1), matter, to=border.w3, reason="the outlet", supports=[duty])
    matter = border.again(matter)
    settled = Handover.objects.get(matter=matter.pk)
    assert (matter.lead, matter.answering, matter.bound) == (border.w3, border.w3, True)
    assert (settled.step, settled.designated) == (Step.DESIGNATED, border.w3)
    assert settled.rule in last("matter.designate").rules
    assert settled.basis == "memorandum on waters, 4"
    support = Part.objects.get(matter=matter.pk, role=Role.SUPPORT)
    assert support.organisation == border.q3
    assert support.due_at is not None
    assert matter.due_at is not None
    assert support.due_at < matter.due_at
    with pytest.raises(NotPossible, match="bound"):
        acts.return_(border.by(border.w3), matter, reason="still not ours")
    with pytest.raises(NotPossible, match="designated"):
        acts.hand_over(border.by(border.w3), matter, to=border.q3, reason="back")


def test_a_joint_rule_may_leave_a_category_to_the_members(border: Border) -> None:
    border.agree()
    matter = border.returned(category=border.world.noise)
    acts.arbitrate(border.by(border.q3), matter, arbiter=border.a1)
    with pytest.raises(NotPossible, match="own agreement"):
        acts.designate(border.by(border.a1), matter, to=border.w3, reason="noise")


def test_what_a_conference_minutes_becomes_duties_and_the_clock_to_the_superiors_runs(border: Border) -> None:
    matter = border.returned()
    told = {"invited": [border.w3, border.q6], "about": "who cleans", "meets_at": now() + timedelta(days=1)}
    conference = acts.confer(border.by(border.q3), matter, **told)
    assert live(matter).step == Step.CONFERENCE
    assert [c.holder for c in clocks(matter, Clock.CONFER)] == [border.q3]
    duties = [acts.Duty(border.q6, "remove the waste"), acts.Duty(border.w3, "close the path")]
    acts.minute(border.by(border.q3), matter, conference=conference, minutes="agreed", duties=duties)
    parts = Part.objects.filter(matter=matter.pk, role=Role.SUPPORT)
    assert {part.organisation for part in parts} == {border.q6, border.w3}
    assert {part.point for part in parts} == {conference.pk}
    assert [c.holder for c in clocks(matter, Clock.SUPERIOR)] == [border.q1]
    assert border.again(matter).answering == border.q1


def test_whom_a_conference_agreed_on_takes_the_matter_over_itself(border: Border) -> None:
    matter = border.returned()
    told = {"invited": [border.w3], "about": "who cleans", "meets_at": now()}
    conference = acts.confer(border.by(border.q3), matter, **told)
    acts.minute(border.by(border.q3), matter, conference=conference, minutes="agreed", lead=border.w3)
    assert border.again(matter).answering == border.q1
    acts.accept(border.by(border.w3), matter)
    assert border.again(matter).answering == border.w3


def test_both_superiors_naming_one_body_bind_it(border: Border) -> None:
    matter = border.returned()
    acts.ask_superiors(border.by(border.q3), matter, reason="nobody commands both")
    assert {c.holder for c in clocks(matter, Clock.SUPERIOR)} == {border.q0, border.w0}
    acts.opine(border.by(border.q0), matter, names=border.w3)
    assert live(matter).step == Step.SUPERIORS
    with pytest.raises(NotAllowed):
        acts.opine(border.by(border.q0), matter, names=border.w3)
    acts.opine(border.by(border.w0), matter, names=border.w3, reason="it is ours")
    matter = border.again(matter)
    assert (matter.lead, matter.bound, matter.answering) == (border.w3, True, border.w3)


def test_nothing_is_waited_for_at_a_step_that_was_left(border: Border) -> None:
    settling = {Clock.TAKE, Clock.ARBITRATE, Clock.CONFER, Clock.SUPERIOR}

    def waited_for() -> set[Any]:
        running = Deadline.objects.filter(matter=matter.pk, met_at=None, clock__in=settling)
        return {(clock.clock, clock.holder) for clock in running}

    matter = border.returned()
    told = {"invited": [border.w3], "about": "who cleans", "meets_at": now()}
    leader = border.by(border.q3)
    acts.confer(leader, matter, **told)
    acts.arbitrate(leader, matter, arbiter=border.a1)
    assert waited_for() == {("arbitrate", border.a1)}
    acts.ask_superiors(leader, matter, reason="no joint rule")
    assert waited_for() == {("superior", border.q0), ("superior", border.w0)}
    conference = acts.confer(leader, matter, **told)
    assert waited_for() == {("confer", border.q3)}
    acts.ask_superiors(leader, matter, reason="they do not meet")
    acts.minute(leader, matter, conference=conference, minutes="they met", lead=border.w3)
    assert waited_for() == {("take", border.w3)}
    acts.withdraw_offer(leader, matter)
    assert waited_for() == set()
    assert not Part.objects.filter(matter=matter.pk, role=Role.ARBITER, released_at=None).exists()


def test_superiors_who_differ_leave_the_matter_where_it_is(border: Border) -> None:
    matter = border.returned()
    acts.ask_superiors(border.by(border.q3), matter, reason="nobody commands both")
    acts.opine(border.by(border.q0), matter, names=border.w3)
    acts.opine(border.by(border.w0), matter, names=border.q3)
    matter = border.again(matter)
    assert (matter.lead, matter.bound, matter.answering) == (border.q3, False, border.q1)
    assert not Handover.objects.filter(matter=matter.pk, ended_at=None).exists()


def test_inside_one_authority_the_centre_decides_between_those_it_sent_to(border: Border) -> None:
    matter = border.matter()
    acts.return_(border.by(border.q3), matter, reason="rubbish is city order", proposal=border.q6)
    matter = border.again(matter)
    assert (matter.state, matter.lead, matter.answering, matter.returns) == (State.OPEN, None, border.q1, 1)
    acts.designate(border.by(border.q1, "coordinator"), matter, to=border.q3, reason="it floats")
    matter = border.again(matter)
    assert (matter.lead, matter.bound) == (border.q3, True)
    with pytest.raises(NotPossible):
        acts.return_(border.by(border.q3), matter, reason="no")


def test_the_centre_of_one_county_designates_nobody_in_the_other(border: Border) -> None:
    matter = border.matter()
    acts.return_(border.by(border.q3), matter, reason="theirs", proposal=border.w3)
    with pytest.raises(NotPossible):
        acts.designate(border.by(border.q1, "coordinator"), matter, to=border.w3, reason="theirs")


def test_a_referral_never_closes_a_matter(border: Border) -> None:
    matter = border.returned()
    for state in (matter.state, border.again(matter).state):
        assert state in (State.OPEN, State.DISPATCHED)
    with pytest.raises(NotPossible, match="answered before it is closed"):
        acts.close(border.by(border.q1, "clerk"), matter)


def test_a_body_that_only_supports_sends_nobody_s_matter_away(border: Border) -> None:
    matter = border.matter()
    leader = border.by(border.q3)
    acts.add_support(leader, matter, body=border.w1, task="look at the other bank")
    neighbour = border.by(border.w1, "clerk")
    with pytest.raises(NotAllowed, match="can do this"):
        acts.dispatch(neighbour, border.again(matter), to=border.w3)
    assert border.again(matter).lead == border.q3
    acts.dispatch(border.by(border.q1, "clerk"), border.again(matter), to=border.q6)
    assert border.again(matter).lead == border.q6


def test_whoever_leads_across_the_border_sends_it_on_at_home(border: Border) -> None:
    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.w1, reason="the smell comes from your side")
    acts.accept(border.by(border.w1), border.again(matter))
    acts.dispatch(border.by(border.w1, "clerk"), border.again(matter), to=border.w3)
    assert border.again(matter).lead == border.w3
