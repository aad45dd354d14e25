"""What a period's figures say: from entries' facts alone, the same whenever they are computed again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import size
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Accused
from gongzhi.governance.matters.models import CallBack, Clock, Deadline, Matter, Muster, Rating, Submission
from gongzhi.governance.matters.queries import Handled, Measures, Period, measures
from gongzhi.governance.matters.rules import default_tables
from tests.governance.matters.recount import recount
from tests.governance.matters.test_handover import Border
from tests.moments import Moments


@pytest.fixture
def border(db: None, monkeypatch: pytest.MonkeyPatch) -> Border:
    monkeypatch.setattr(machinery, "TICKERS", {})
    return Border()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    return Moments(monkeypatch)


def of_a_month(border: Border, at: int | None = None, **about: Any) -> Measures:
    """The measures of the county in the days around now, checked against the other way of counting."""
    sequence()
    period = about.pop("period", Period(now() - timedelta(days=20), now() + timedelta(days=40)))
    county = border.world.county
    found = measures(border.by(border.q1, "director"), county, period, at)
    expected = recount(
        county.path, period.since, period.until, at or size(), found.weights and found.weights.satisfied_from
    )
    assert {body: plain(told) for body, told in found.by_body.items() if told != Handled()} == expected
    return found


def plain(told: Handled) -> dict[str, Any]:
    """A body's measures as the other way of counting tells them."""
    shares = ("response", "finish", "resolution", "satisfaction", "arrival")
    rest = ("excluded", "returns", "reopenings", "musters", "absences")
    return {
        **{name: (getattr(told, name).yes, getattr(told, name).of) for name in shares},
        **{name: getattr(told, name) for name in rest},
        **{
            name: (getattr(told, name).total, getattr(told, name).count)
            for name in ("as_caller", "as_called")
        },
    }


def handled(border: Border, *, resolved: bool = True, satisfied: int = 5, **more: Any) -> Submission:
    """Contacted, answered, verified, called back, closed."""
    submission = border.world.submission(person=border.world.person("Li"), **more)
    matter, lead = submission.matter, border.by(border.q3, "handler")
    assert matter is not None
    acts.contact(lead, matter, text="rang them")
    acts.answer(lead, matter, text="done")
    acts.verify(border.by(border.q1, "verifier"), matter, passed=True, text="seen")
    (call,) = CallBack.objects.filter(matter=matter.pk, reply="waiting")
    acts.call_back(
        border.by(border.q1, "caller"), matter, call=call, reply="reached", resolved=resolved,
        satisfied=satisfied,
    )  # fmt: skip
    acts.close(border.by(border.q1, "clerk"), matter)
    return submission


def test_the_three_rates_are_shares_of_what_was_decided(border: Border) -> None:
    handled(border)
    handled(border, resolved=False, satisfied=2)
    handled(border, satisfied=4)
    told = of_a_month(border)
    water = told.by_body["q3"]
    assert (water.response.yes, water.response.of) == (3, 3)
    assert (water.resolution.yes, water.resolution.of) == (2, 3)
    assert (water.satisfaction.yes, water.satisfaction.of) == (2, 3)
    assert (water.finish.yes, water.finish.of) == (3, 3)
    assert told.score("q3") == pytest.approx(20 + 40 * 2 / 3 + 40 * 2 / 3)
    assert told.score("q6") is None  # nothing to count is no figure


def test_the_weights_are_the_rule_of_the_period(border: Border) -> None:
    handled(border, resolved=False, satisfied=4)
    (text,) = (each for each in default_tables() if "matters.rates" in each)
    text = text.replace("response: 20, resolution: 40", "response: 60, resolution: 0")
    enact(OPERATOR, border.world.county, table=text.replace("satisfied_from: 4", "satisfied_from: 5"))
    told = of_a_month(border)
    assert (told.weights.response, told.weights.satisfied_from) == (60, 5)
    assert told.score() == pytest.approx(60.0)


def test_a_person_s_own_word_stands_before_the_clerk_s_note(border: Border) -> None:
    submission = handled(border, resolved=True, satisfied=5)
    assert of_a_month(border).all.satisfaction.yes == 1
    acts.rate(anyone([submission.pk]), submission, resolved=False, satisfied=1)
    told = of_a_month(border).all
    assert (told.resolution.yes, told.resolution.of, told.satisfaction.yes) == (0, 1, 0)


def test_leaving_a_rating_out_changes_only_what_it_should(border: Border) -> None:
    handled(border)
    handled(border, resolved=False, satisfied=1)
    before = of_a_month(border)
    position = before.position
    bad = Rating.objects.get(satisfied=1)
    acts.plead(border.by(border.q3, "handler"), bad.matter, rating=bad, reason="a storm")
    assert plain(of_a_month(border).all) == plain(before.all)  # asking changes nothing
    acts.decide_plea(border.by(border.q1, "director"), bad.matter, rating=bad, granted=True, reason="true")
    after = plain(of_a_month(border).all)
    expected = plain(before.all) | {"resolution": (1, 1), "satisfaction": (1, 1), "excluded": 1}
    assert after == expected
    assert plain(of_a_month(border, position).all) == plain(before.all)  # of that day, as it was published


def test_a_refused_plea_changes_nothing(border: Border) -> None:
    handled(border, resolved=False, satisfied=1)
    before = of_a_month(border)
    bad = Rating.objects.get()
    acts.plead(border.by(border.q3, "handler"), bad.matter, rating=bad, reason="a storm")
    acts.decide_plea(border.by(border.q1, "director"), bad.matter, rating=bad, granted=False, reason="no")
    assert plain(of_a_month(border).all) == plain(before.all)


def test_what_is_late_counts_once_whether_it_is_noted_or_done(border: Border, moments: Moments) -> None:
    matter = border.matter()
    moments.pass_by(days=12)
    for clock in Deadline.objects.filter(matter=matter.pk, met_at=None):
        acts.note_overdue(PLATFORM, matter, deadline=clock.pk)
    told = of_a_month(border).all
    assert (told.response.yes, told.response.of) == (told.finish.yes, told.finish.of) == (0, 1)
    acts.answer(border.by(border.q3), matter, text="at last")
    told = of_a_month(border).all
    assert (told.response.of, told.finish.of) == (1, 1)


def test_what_begins_anew_is_another_handling(border: Border) -> None:
    submission = handled(border, resolved=False, satisfied=1)
    matter = submission.matter
    assert matter is not None
    acts.reopen(anyone([submission.pk]), matter, reason="it smells")
    acts.answer(border.by(border.q3), border.again(matter), text="done again")
    told = of_a_month(border).by_body["q3"]
    assert (told.finish.of, told.reopenings) == (2, 1)


def test_returns_and_both_sides_of_a_muster_are_counted(border: Border) -> None:
    border.returned()
    matter = border.matter(text="A pipe burst")
    acts.muster(border.by(border.q3), matter, bodies=[border.q6, border.w3], grounds="pipe burst")
    call = Muster.objects.get()
    acts.arrive(border.by(border.q6, "handler"), matter, muster=call)
    acts.conclude_muster(border.by(border.q3), matter, muster=call, conclusion="closed")
    acts.judge_muster(border.by(border.q3), matter, muster=call, judged=border.q6, mark=5)
    acts.judge_muster(border.by(border.q6, "handler"), matter, muster=call, judged=border.q3, mark=2)
    told = of_a_month(border).by_body
    assert told["w3"].returns == 1 and told["w3"].absences == 1
    assert (told["q3"].musters, told["q3"].as_caller.mean) == (1, 2.0)
    assert (told["q6"].as_called.mean, told["q6"].arrival.yes) == (5.0, 1)


def test_the_present_state_of_a_row_has_no_say(border: Border) -> None:
    handled(border)
    before = plain(of_a_month(border).all)
    from gongzhi.foundation.ledger import guard

    with guard.permitted():
        Rating.objects.update(satisfied=1, resolved=False)
        Deadline.objects.filter(clock=Clock.FINISH).update(met_at=None)
        Matter.objects.update(round=9, lead=None)
    assert plain(of_a_month(border).all) == before


def test_a_sealed_report_is_in_no_figure(border: Border) -> None:
    w = border.world
    made = acts.file(
        anyone(), w.town, kind="report", category=w.smell, text="they take money",
        accused=Accused(bodies=[border.q6]),
    )  # fmt: skip
    acts.contact(border.by(border.q3, "handler"), border.again(made.matter), text="looked")  # type: ignore[arg-type]
    assert plain(of_a_month(border).all) == plain(Handled())


def test_a_period_has_only_what_was_decided_in_it(border: Border) -> None:
    handled(border)
    past = Period(now() - timedelta(days=60), now() - timedelta(days=30))
    assert plain(of_a_month(border, period=past).all) == plain(Handled())
