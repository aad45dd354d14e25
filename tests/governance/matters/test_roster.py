"""The duty roster: who is on duty when, gaps that are shown, and what one shift leaves to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Concern, Entry
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.acts import end_appointment
from gongzhi.foundation.parties.queries import appointments_of
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.models import Shift
from tests.builders import World, world

HOUR = timedelta(hours=1)


class Centre:
    """The centre with its coordinator and two clerks, who are put on duty."""

    def __init__(self) -> None:
        self.world: World = world()
        self.keeper = self.world.staff("coordinator")
        self.first, self.second = self.world.staff("clerk"), self.world.staff("clerk")
        self.at = now()

    def plan(self, who: Any, begins: float, lasts: float = 8, kind: str = "officer", **more: Any) -> Shift:
        (holder,) = appointments_of(who.id)
        since = self.at + begins * HOUR
        told = {"holder": holder, "kind": kind, "since": since, "until": since + lasts * HOUR}
        return acts.plan_shift(more.pop("by", self.keeper), self.world.centre, **{**told, **more})


@pytest.fixture
def centre(db: None) -> Centre:
    return Centre()


def told_on_duty(by: Any, at: datetime) -> list[queries.OnDuty]:
    """What one's work begins with."""
    return queries.counted(by, queries.days_from(at, "UTC")).on_duty


def test_two_of_a_kind_overlap_only_if_that_is_stated(centre: Centre) -> None:
    centre.plan(centre.first, -1)
    with pytest.raises(NotPossible, match="Somebody else"):
        centre.plan(centre.second, 6)
    centre.plan(centre.second, 6, beside=True)
    centre.plan(centre.second, -1, kind="leader")
    centre.plan(centre.first, 14)  # begins when the other ends


@pytest.mark.parametrize(
    ("begins", "lasts", "field"), [(1, 0, "until"), (1, -2, "until"), (-9, 8, "until"), (1, 24 * 8, "until")]
)
def test_times_that_cannot_be_meant_are_named(
    centre: Centre, begins: float, lasts: float, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        centre.plan(centre.first, begins, lasts)
    assert refused.value.field == field


def test_only_who_holds_a_post_of_the_centre_that_takes_shifts_is_put_on_duty(centre: Centre) -> None:
    stranger = centre.world.staff("coordinator", centre.world.water)
    with pytest.raises(Invalid, match="Only somebody of"):
        centre.plan(stranger, 1)
    with pytest.raises(Invalid, match="takes no shifts"):
        centre.plan(centre.world.staff("rule_author"), 1)
    with pytest.raises(Invalid, match="as leader or as officer"):
        centre.plan(centre.first, 1, kind="cook")
    (held,) = appointments_of(centre.first.id)
    end_appointment(centre.world.staff("administrator"), held)
    with pytest.raises(Invalid, match="not held"):
        centre.plan(centre.first, 1)


def test_who_is_not_of_the_centre_reads_and_changes_nothing(centre: Centre) -> None:
    shift = centre.plan(centre.first, -1)
    for by in (centre.world.staff("coordinator", centre.world.water), centre.world.staff("auditor")):
        with pytest.raises(NotAllowed):
            centre.plan(centre.second, 10, by=by)
        with pytest.raises(NotAllowed):
            acts.cancel_shift(by, shift, reason="no")
        assert queries.shift(by, shift.pk) is None
        assert told_on_duty(by, centre.at) == []
    with pytest.raises(NotAllowed):
        centre.plan(centre.second, 10, by=centre.first)


def test_a_shift_is_handed_over_by_its_holder_and_taken_by_the_next(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = centre.plan(centre.first, -1)
    centre.plan(centre.second, 7)
    with pytest.raises(NotPossible, match="not been handed over"):
        acts.take_shift(centre.second, shift)
    with pytest.raises(NotAllowed):
        acts.hand_over_shift(centre.second, shift, note="mine")
    with pytest.raises(Invalid):
        acts.hand_over_shift(centre.first, shift, note=" ")
    acts.hand_over_shift(centre.first, shift, note="the pump at the bridge runs")
    with pytest.raises(NotAllowed, match="on duty next"):
        acts.take_shift(centre.keeper, shift)
    monkeypatch.setattr(work, "now", lambda: centre.at + 8 * HOUR)
    taken = acts.take_shift(centre.second, shift)
    assert taken.taken_at == centre.at + 8 * HOUR
    for again in (
        lambda: acts.take_shift(centre.second, shift),
        lambda: acts.hand_over_shift(centre.first, shift, note="more"),
    ):
        with pytest.raises(NotPossible, match="already"):
            again()


def test_what_is_left_over_is_told_to_who_is_on_duty_now(centre: Centre) -> None:
    shift = centre.plan(centre.first, -9, 10)
    acts.hand_over_shift(centre.first, shift, note="the pump runs")
    centre.plan(centre.second, 1)
    (told,) = told_on_duty(centre.first, centre.at)
    assert (told.kind, told.left_over) == ("officer", "")
    assert told_on_duty(centre.second, centre.at) == []
    (told,) = told_on_duty(centre.second, centre.at + 2 * HOUR)
    assert (told.left_over, told.is_taken) == ("the pump runs", False)


def test_being_on_duty_is_told_in_the_query_that_counts_also_where_there_is_nothing(centre: Centre) -> None:
    shift = centre.plan(centre.first, -1)
    with CaptureQueriesContext(connection) as asked:
        assert told_on_duty(centre.first, centre.at)
    assert len(asked) == 1
    acts.cancel_shift(centre.keeper, shift, reason="ill")
    assert told_on_duty(centre.first, now()) == []


def test_a_shift_is_taken_off_and_one_that_has_begun_ends_now(centre: Centre) -> None:
    running, later = centre.plan(centre.first, -1), centre.plan(centre.second, 8)
    with pytest.raises(Invalid):
        acts.cancel_shift(centre.keeper, later, reason="")
    acts.cancel_shift(centre.keeper, later, reason="on leave")
    ended = acts.cancel_shift(centre.keeper, running, reason="ill")
    assert ended.cancelled_at is None
    assert centre.at <= ended.until <= now()
    with pytest.raises(NotPossible, match="over"):
        acts.cancel_shift(centre.keeper, running, reason="again")
    assert [each.pk for each in queries.shifts_between(centre.first, centre.world.centre, centre.at - 2 * HOUR, centre.at + 99 * HOUR, centre.at)] == [running.pk]  # fmt: skip


def test_entries_on_shifts_hold_no_names_and_concern_who_was_put_on_duty(centre: Centre) -> None:
    shift = centre.plan(centre.first, -1)
    acts.hand_over_shift(centre.first, shift, note="call Old Mr Mao")
    for entry in Entry.objects.filter(verb__startswith="shift."):
        assert "clerk" not in entry.facts
        assert "Mao" not in entry.facts
        assert entry.audience == "staff"
        assert Concern.objects.filter(entry=entry, person=centre.first.id).exists()


def test_gaps_are_the_hours_that_nobody_holds() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    at = [start + n * HOUR for n in range(25)]
    assert queries.gaps([], at[0], at[24]) == [(at[0], at[24])]
    assert queries.gaps([(at[0], at[24])], at[0], at[24]) == []
    held = [
        (at[8], at[16]),
        (start - HOUR, at[4]),
        (at[10], at[12]),
        (at[16], at[20]),
        (at[24], at[24] + HOUR),
    ]
    assert queries.gaps(held, at[0], at[24]) == [(at[4], at[8]), (at[20], at[24])]


def test_a_week_is_from_monday_to_monday_where_it_is() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    since, until = queries.week_of(date(2026, 11, 29), zone)
    assert (since, until) == (datetime(2026, 11, 23, tzinfo=zone), datetime(2026, 11, 30, tzinfo=zone))
