"""Many voices, one matter: merged, taken apart and merged again across two regions; no voice is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.queries import size
from gongzhi.foundation.ledger.refusals import NotAllowed
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import (
    CallBack,
    Deadline,
    Matter,
    Merging,
    Notice,
    Rating,
    State,
    Submission,
)
from gongzhi.governance.matters.queries import Period, measures
from tests.builders import DEADLINES, ROUTING
from tests.governance.matters.recount import recount
from tests.governance.matters.test_handover import Border
from tests.moments import Moments


@pytest.fixture
def border(db: None, monkeypatch: pytest.MonkeyPatch) -> Border:
    monkeypatch.setattr(machinery, "TICKERS", {})
    made = Border()
    for table in (ROUTING, DEADLINES):
        enact(OPERATOR, made.world.neighbour, table=table)
    return made


def brought(border: Border, text: str, *, across: bool = False) -> Submission:
    w = border.world
    region, home = (w.neighbour, w.neighbour) if across else (w.town, w.county)
    from gongzhi.foundation.parties.acts import add_person

    person = add_person(OPERATOR, home, name=text)
    return acts.file(anyone(), region, kind="complain", category=w.smell, text=text, person=person)


def of(submission: Submission) -> Matter:
    row = Submission.objects.select_related("matter__region", "matter__category").get(pk=submission.pk)
    assert row.matter is not None
    return row.matter


def test_three_are_merged_one_is_taken_out_and_merged_again_across_two_regions(border: Border) -> None:
    one, two, three = (brought(border, name) for name in ("Li", "Wang", "Zhao"))
    far = brought(border, "Qian", across=True)
    clerk, beyond = border.by(border.q1, "clerk"), border.by(border.w1, "clerk")
    first, second, third, fourth = map(of, (one, two, three, far))
    acts.merge(clerk, second, into=first)
    acts.merge(clerk, third, into=first)
    assert {of(each).pk for each in (one, two, three)} == {first.pk}
    acts.unmerge(clerk, third, reason="another outlet")
    assert of(three).pk == third.pk and of(three).state == State.DISPATCHED
    assert Deadline.objects.filter(matter=third.pk, met_at=None).count() == 2  # its clocks run on
    acts.merge(clerk, third, into=first)
    with pytest.raises(NotAllowed):
        acts.merge(beyond, fourth, into=first)  # it would read what it does not reach
    acts.merge(
        border.by(border.a1, "clerk"), fourth, into=first
    )  # the neighbour's centre hands its voice over, and stays in it
    assert {of(each).pk for each in (one, two, three, far)} == {first.pk}
    first = of(one)
    acts.contact(border.by(border.q3, "handler"), first, text="rang everybody")
    acts.answer(border.by(border.q3, "handler"), first, text="the outlet is closed")
    acts.verify(border.by(border.q1, "verifier"), first, passed=True, text="seen")
    calls = {call.submission_id: call for call in CallBack.objects.filter(matter=first.pk)}
    assert set(calls) == {each.pk for each in (one, two, three, far)}
    assert {calls[far.pk].caller, calls[one.pk].caller} == {border.w1, border.q1}  # each by their own hotline
    for n, each in enumerate((one, two, three)):
        acts.call_back(
            border.by(border.q1, "caller"), first, call=calls[each.pk], reply="reached", resolved=n > 0,
            satisfied=5,
        )  # fmt: skip
    with pytest.raises(Exception, match="1 persons"):
        acts.close(clerk, first)
    acts.call_back(
        border.by(border.w1, "caller"), first, call=calls[far.pk], reply="reached", resolved=True, satisfied=2
    )
    acts.close(clerk, first)
    assert Rating.objects.filter(matter=first.pk).count() == 4

    run_once()
    for each in (one, two, three, far):  # every voice was told how it ended
        codes = set(Notice.objects.filter(submission=each.pk).values_list("code", flat=True))
        assert {"answered", "closed"} <= codes, each.text
    period = Period(now() - timedelta(days=1), now() + timedelta(days=1))
    top = border.world.top
    auditor = border.by(border.body(top, "t1", []), "auditor")
    told = measures(auditor, top, period)
    assert (told.all.resolution.yes, told.all.resolution.of) == (3, 4)
    assert (told.all.satisfaction.yes, told.all.satisfaction.of) == (3, 4)
    assert told.all.response.of == told.all.finish.of == 1  # one handling, however many voices
    again = recount(top.path, period.since, period.until, size(), 4)
    assert (again[""]["resolution"], again[""]["response"]) == ((3, 4), (1, 1))
    here = measures(auditor, border.world.county, period)
    assert here.all.resolution.of == 4  # a voice counts where it was handled


def test_whoever_was_called_back_before_is_called_back_about_what_theirs_was_joined_to(
    border: Border,
) -> None:
    one, two = brought(border, "Li"), brought(border, "Wang")
    clerk, handler = border.by(border.q1, "clerk"), border.by(border.q3, "handler")
    verifier, caller = border.by(border.q1, "verifier"), border.by(border.q1, "caller")
    first, second = of(one), of(two)
    acts.answer(handler, first, text="done")
    acts.verify(verifier, first, passed=True, text="seen")
    call = CallBack.objects.get(matter=first.pk)
    acts.call_back(caller, first, call=call, reply="reached", resolved=True, satisfied=4)
    acts.close(clerk, first)
    acts.reopen(clerk, first, reason="it smells again")
    acts.merge(clerk, first, into=second)
    acts.answer(handler, second, text="the outlet is closed")
    acts.verify(verifier, second, passed=True, text="seen")
    calls = {call.submission_id: call for call in CallBack.objects.filter(matter=second.pk)}
    assert set(calls) == {one.pk, two.pk}
    acts.call_back(caller, second, call=calls[one.pk], reply="reached", resolved=False, satisfied=1)
    said = Rating.objects.filter(submission=one.pk).order_by("at")
    assert [(each.matter_id, each.satisfied) for each in said] == [(first.pk, 4), (second.pk, 1)]
    acts.call_back(caller, second, call=calls[two.pk], reply="reached", resolved=True, satisfied=5)
    sequence()
    period = Period(now() - timedelta(days=1), now() + timedelta(days=1))
    top = border.world.top
    told = measures(border.by(border.body(top, "t1", []), "auditor"), top, period).all
    assert (told.resolution.yes, told.resolution.of) == (2, 3)  # both words of Li's count, each for its own
    assert recount(top.path, period.since, period.until, size(), 4)[""]["resolution"] == (2, 3)


def test_a_matter_taken_out_is_answered_and_rated_for_itself(border: Border) -> None:
    one, two = brought(border, "Li"), brought(border, "Wang")
    clerk = border.by(border.q1, "clerk")
    acts.merge(clerk, of(two), into=of(one))
    second = Merging.objects.get().source
    acts.unmerge(clerk, second)
    for each in (one, two):
        matter = of(each)
        acts.answer(border.by(border.q3, "handler"), matter, text="done")
        acts.verify(border.by(border.q1, "verifier"), matter, passed=True, text="seen")
        (call,) = CallBack.objects.filter(matter=matter.pk)
        assert call.submission_id == each.pk
        acts.call_back(border.by(border.q1, "caller"), matter, call=call, reply="refused")
        acts.close(clerk, matter)
    sequence()


def test_clocks_of_what_is_taken_out_have_the_time_they_had(
    border: Border, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = Moments(monkeypatch)
    one, two = brought(border, "Li"), brought(border, "Wang")
    clerk, second = border.by(border.q1, "clerk"), of(two)
    contact = Deadline.objects.get(matter=second.pk, clock="contact")
    left = contact.due_at - moments.at
    acts.merge(clerk, second, into=of(one))
    moments.pass_by(days=3)
    acts.unmerge(clerk, second)
    contact.refresh_from_db()
    assert contact.met_at is None and not contact.void
    assert abs((contact.due_at - moments.at) - left) < timedelta(seconds=1)


def test_a_chain_of_mergings_keeps_every_voice(border: Border) -> None:
    one, two, three = (brought(border, name) for name in ("Li", "Wang", "Zhao"))
    clerk = border.by(border.q1, "clerk")
    acts.merge(clerk, of(three), into=of(two))
    second = of(two)
    acts.merge(clerk, second, into=of(one))
    assert {of(each).pk for each in (one, two, three)} == {of(one).pk}
    third = Merging.objects.get(target=second.pk).source
    with pytest.raises(Exception, match="answered already"):
        acts.unmerge(clerk, third)  # it comes out when the one it is in has come out
    acts.unmerge(clerk, second)
    acts.unmerge(clerk, third)
    assert len({of(each).pk for each in (one, two, three)}) == 3


def test_somebody_who_withdraws_leaves_the_others_in(border: Border) -> None:
    one, two = brought(border, "Li"), brought(border, "Wang")
    acts.merge(border.by(border.q1, "clerk"), of(two), into=of(one))
    acts.withdraw(anyone([two.pk]), Submission.objects.get(pk=two.pk))
    matter = of(one)
    assert matter.state == State.DISPATCHED
    acts.answer(border.by(border.q3, "handler"), matter, text="done")
    acts.verify(border.by(border.q1, "verifier"), matter, passed=True, text="seen")
    assert [call.submission_id for call in CallBack.objects.filter(matter=matter.pk)] == [one.pk]
