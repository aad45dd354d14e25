"""The duty roster as it is kept and read: the week with its gaps, a shift that is handed over and taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.queries import appointments_of
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Shift

HOUR = timedelta(hours=1)


class Roster:
    """A centre whose coordinator puts two clerks on duty."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.keeper = world.staff("coordinator")
        self.first, self.second = world.staff("clerk"), world.staff("clerk")
        self.zone = ZoneInfo(world.centre.region.zone)

    def plan(
        self, who: Any, begins: float, lasts: float = 8, kind: str = "officer", *, beside: bool = False
    ) -> Shift:
        (holder,) = appointments_of(who.id)
        since = now() + begins * HOUR
        told = {
            "holder": holder,
            "kind": kind,
            "since": since,
            "until": since + lasts * HOUR,
            "beside": beside,
        }
        return acts.plan_shift(self.keeper, self.world.centre, **told)

    def asked(self, who: Any, begins: float, lasts: float) -> dict[str, str]:
        """What the form says."""
        (holder,) = appointments_of(who.id)
        since = now().astimezone(self.zone) + begins * HOUR
        told = {"holder": str(holder.pk), "kind": "officer"}
        ends = {"since": since, "until": since + lasts * HOUR}
        return told | {name: f"{each:%Y-%m-%dT%H:%M}" for name, each in ends.items()}


@pytest.fixture
def roster(world):
    return Roster(world)


def show(client, status: int = 200, **query: str) -> str:
    answer = client.get(reverse("desk:roster"), query)
    assert answer.status_code == status
    return answer.content.decode()


def do(client, shift, name: str, text: str = ""):
    return client.post(reverse("desk:shift_do", args=[shift.pk, name]), {"text": text})


def test_an_empty_roster_says_so_and_who_keeps_it(roster, at_desk):
    page = show(at_desk(roster.first))
    assert "Nobody has been put on duty in this week" in page
    assert "Nobody is officer on duty now." in page
    assert "Put on duty" not in page
    assert "Put on duty" in show(at_desk(roster.keeper))


def test_the_week_shows_who_is_on_duty_now_and_the_hours_that_nobody_holds(roster, at_desk):
    roster.plan(roster.first, -1)
    page = show(at_desk(roster.second))
    assert "Now officer on duty: clerk of q1 · clerk" in page
    assert "nobody is on duty" in page
    assert "Nobody is leader on duty now." in page
    later = (now() + timedelta(days=21)).date().isoformat()
    keeper = at_desk(roster.keeper)
    assert "Nobody has been put on duty in this week" in show(keeper, week=later)
    assert "Now officer on duty" in show(keeper, week="nonsense")


def test_somebody_is_put_on_duty_by_a_form_that_says_what_is_wrong(roster, at_desk):
    client, address = at_desk(roster.keeper), reverse("desk:shift_plan")
    assert client.post(address, {"kind": "officer"}).status_code == 422
    backwards = client.post(address, roster.asked(roster.first, 4, -2))
    assert backwards.status_code == 422
    assert "A shift ends after it begins." in backwards.content.decode()
    assert client.post(address, roster.asked(roster.first, 1, 8)).status_code == 302
    overlapping = client.post(address, roster.asked(roster.second, 4, 8))
    assert overlapping.status_code == 409
    assert "Somebody else is on duty then." in overlapping.content.decode()
    beside = client.post(address, roster.asked(roster.second, 4, 8) | {"beside": "on"})
    assert beside.status_code == 302
    assert Shift.objects.count() == 2


def test_a_shift_is_handed_over_and_the_next_one_takes_it(roster, at_desk):
    shift = roster.plan(roster.first, -9, 9.01)
    roster.plan(roster.second, 1)
    first, second = at_desk(roster.first), at_desk(roster.second)
    assert "Hand your shift over" in show(first)
    assert do(first, shift, "hand_over", " ").status_code == 422
    assert do(first, shift, "hand_over", "the pump at the bridge runs").status_code == 302
    page = show(second)
    assert "the pump at the bridge runs" in page
    assert "Take over</button>" in page
    assert "Take over</button>" not in show(at_desk(roster.keeper))
    assert do(at_desk(roster.world.staff("clerk")), shift, "take").status_code == 403
    assert do(second, shift, "take").status_code == 302
    assert Shift.objects.get(pk=shift.pk).taken_at is not None


def test_only_who_is_on_duty_now_is_offered_what_was_left_over(roster, at_desk):
    shift = roster.plan(roster.first, -9, 9.01)
    roster.plan(roster.second, -1, beside=True)
    third = roster.world.staff("clerk")
    roster.plan(third, 7)
    do(at_desk(roster.first), shift, "hand_over", "the pump runs")
    assert "Take over</button>" in show(at_desk(roster.second))
    later = at_desk(third)
    assert "Take over</button>" not in show(later)
    assert do(later, shift, "take").status_code == 403


def test_a_shift_is_taken_off_with_a_reason(roster, at_desk):
    client, shift = at_desk(roster.keeper), roster.plan(roster.first, 2)
    assert do(client, shift, "cancel").status_code == 422
    assert do(client, shift, "cancel", "ill").status_code == 302
    assert Shift.objects.get(pk=shift.pk).cancelled_at is not None
    assert do(at_desk(roster.first), roster.plan(roster.first, 2), "cancel", "no").status_code == 403


def test_who_is_not_of_the_centre_reads_no_roster_of_it(roster, world, at_desk):
    shift = roster.plan(roster.first, -1)
    stranger = at_desk(world.staff("coordinator", world.water))
    assert "clerk of q1" not in show(stranger)
    assert do(stranger, shift, "cancel", "no").status_code == 404
    assert do(at_desk(roster.first), shift, "nonsense").status_code == 404
    show(at_desk(world.staff("handler", world.water)), status=403)
    assert at_desk(world.staff("handler")).post(reverse("desk:shift_plan"), {}).status_code == 403


def test_my_work_says_who_is_on_duty_and_what_is_left_over(roster, at_desk):
    mine = reverse("desk:mine")
    first = at_desk(roster.first)
    assert "You are officer on duty" not in first.get(mine).content.decode()
    shift = roster.plan(roster.first, -9, 9.2)
    acts.hand_over_shift(roster.first, shift, note="the pump runs")
    roster.plan(roster.second, -0.4, beside=True)
    page = at_desk(roster.second).get(mine).content.decode()
    assert "You are officer on duty until" in page
    assert "the pump runs" in page
    assert "the pump runs" not in first.get(mine).content.decode()


def test_pages_ask_little_and_my_work_no_more_for_being_on_duty(roster, at_desk):
    client = at_desk(roster.first)

    def asked(name: str) -> int:
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        return len(captured)

    before = asked("desk:mine")
    for n in range(3):
        roster.plan(roster.first, -1 + 8 * n)
    assert asked("desk:mine") == before <= 9
    assert asked("desk:roster") <= 9
    client = at_desk(roster.keeper)
    assert asked("desk:roster") <= 9
