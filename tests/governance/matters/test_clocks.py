"""Clocks: each tells once that it is near and once that it is over, and a rule says what follows."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger.acts import PLATFORM, recounting, together
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR
from gongzhi.foundation.parties.acts import put_under
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Needs
from gongzhi.governance.matters.consumers import let_run_on, look_at_clocks
from gongzhi.governance.matters.models import Deadline, Extension, Handover, Matter, Part, State
from gongzhi.governance.matters.rules import default_tables
from tests.governance.matters.test_handover import Border
from tests.moments import Moments

HERE = ZoneInfo("Asia/Shanghai")
#: A Monday; the week of the national holiday, 1 to 8 October 2025, follows, and Saturday the 11th is worked.
MONDAY = datetime(2025, 9, 29, 10, 0, tzinfo=HERE)


def day(month: int, day: int, hour: int = 17, minute: int = 30) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=HERE).astimezone(UTC)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    made = Moments(monkeypatch)
    made.put(MONDAY.astimezone(UTC))
    return made


@pytest.fixture
def border(db: None, moments: Moments, monkeypatch: pytest.MonkeyPatch) -> Border:
    monkeypatch.setattr(machinery, "TICKERS", {})
    return Border()


def finish(matter: Matter) -> Deadline:
    return Deadline.objects.get(matter=matter.pk, clock="finish", met_at=None)


def noted() -> Counter[tuple[str, str]]:
    """How often what was noted of which clock."""
    rows = Entry.objects.filter(verb__in=("matter.nearly_due", "matter.overdue"))
    return Counter((row.verb.removeprefix("matter."), json.loads(row.facts)["clock"]) for row in rows)


def close_to(found: datetime | None, expected: datetime) -> bool:
    assert found is not None
    return abs(found - expected) < timedelta(seconds=2)


# -- arithmetic ----------------------------------------------------------------------------------------


def test_working_days_pass_over_a_holiday_and_count_a_worked_saturday(border: Border) -> None:
    assert finish(border.matter()).due_at == day(10, 13)


def test_what_comes_after_office_hours_counts_from_the_next_working_day(
    border: Border, moments: Moments
) -> None:
    before = finish(border.matter()).due_at
    moments.put(day(9, 29, 17, 29))
    assert finish(border.matter(text="just in time")).due_at == before
    moments.put(day(9, 29, 22, 0))
    assert finish(border.matter(text="at night")).due_at == day(10, 14)
    moments.put(day(10, 4, 12, 0))
    assert finish(border.matter(text="on the holiday")).due_at == day(10, 15)


CUT_OFF = """\
table: matters.cut_off
hit: F
inputs:
  - {name: kind, type: string}
outputs:
  - {name: time, type: time}
rules:
  - when: {kind: '"consult"'}
    then: {time: "12:00:00"}
    basis: {law: {zh: "试行规定第三条"}}
  - when: {kind: '-'}
    then: {time: "16:00:00"}
    basis: {law: {zh: "试行规定第四条"}}
"""


def test_a_rule_says_until_when_something_counts_as_come_in_the_same_day(
    border: Border, moments: Moments
) -> None:
    moments.put(day(9, 29, 16, 30))
    before = finish(border.matter()).due_at
    enact(OPERATOR, border.world.county, table=CUT_OFF)
    after = border.matter(text="under the new rule")
    assert (before, finish(after).due_at) == (day(10, 13), day(10, 14))
    rows = json.loads(Entry.objects.get(made=after.pk, verb="matter.open").facts)["decided"]
    assert {each["subject"] for each in rows} >= {"matters.deadline", "matters.cut_off"}
    moments.put(day(9, 29, 15, 59))
    assert finish(border.matter(text="in time")).due_at == before


def test_an_extension_over_a_holiday_adds_working_days_and_is_counted(border: Border) -> None:
    matter = border.matter()
    table = next(
        each for each in default_tables() if "matters.deadline" not in each and "matters.extension" in each
    )
    enact(OPERATOR, border.world.county, table=table.replace("times: 1", "times: 2"))
    for expected in (day(10, 15), day(10, 17)):
        acts.ask_extension(border.by(border.q3, "handler"), matter, days=2, reason="laboratory", told=True)
        asked = Extension.objects.get(matter=matter.pk, granted=None)
        with pytest.raises(NotPossible):
            acts.ask_extension(border.by(border.q3, "handler"), matter, days=2, reason="again", told=True)
        acts.sign_extension(border.by(border.q3, "leader"), matter, extension=asked, granted=True)
        assert finish(matter).due_at == expected == border.again(matter).due_at
    with pytest.raises(NotPossible, match="as often as the rule allows"):
        acts.ask_extension(border.by(border.q3, "handler"), matter, days=1, reason="more", told=True)


def test_a_stop_over_a_holiday_gives_back_the_office_time_that_was_left(
    border: Border, moments: Moments
) -> None:
    matter = border.matter()
    moments.put(day(9, 29, 11, 0))
    acts.stop(border.by(border.q3), matter, kind="suspended", reason="an expert looks")
    moments.put(day(10, 9, 11, 0))  # two working days later
    acts.go_on(border.by(border.q3), matter)
    assert close_to(finish(matter).due_at, day(10, 15))  # two working days later


def test_a_stop_that_begins_and_ends_on_the_holiday_costs_nothing(border: Border, moments: Moments) -> None:
    matter = border.matter()
    moments.put(day(10, 2, 9, 0))
    acts.stop(border.by(border.q3), matter, kind="suspended", reason="an expert looks")
    moments.put(day(10, 6, 9, 0))
    acts.go_on(border.by(border.q3), matter)
    assert close_to(finish(matter).due_at, day(10, 13))


def test_natural_hours_run_through_the_holiday(border: Border, moments: Moments) -> None:
    matter = border.matter()
    contact = Deadline.objects.get(matter=matter.pk, clock="contact")
    assert close_to(contact.due_at, day(9, 29, 14, 0))
    moments.put(day(9, 29, 12, 0))
    acts.stop(border.by(border.q3), matter, kind="suspended", reason="an expert looks")
    moments.put(day(10, 5, 3, 0))
    acts.go_on(border.by(border.q3), matter)
    contact.refresh_from_db()
    assert close_to(contact.due_at, day(10, 5, 5, 0))


# -- telling -------------------------------------------------------------------------------------------


def test_each_clock_says_once_that_it_is_near_and_once_that_it_is_over(
    border: Border, moments: Moments
) -> None:
    border.matter()
    look_at_clocks()
    assert not noted()
    moments.put(day(9, 29, 13, 10))  # the contact is due at 14:00, and near an hour before
    for _ in range(3):
        look_at_clocks()
    assert noted() == {("nearly_due", "contact"): 1}
    moments.put(day(9, 29, 14, 1))
    for _ in range(3):
        look_at_clocks()
    assert noted()["overdue", "contact"] == 1
    moments.put(day(10, 13, 10, 0))
    look_at_clocks()
    assert noted()["nearly_due", "finish"] == 1
    moments.put(day(10, 20))
    for _ in range(3):
        look_at_clocks()
    assert noted() == dict.fromkeys(
        [("nearly_due", "contact"), ("overdue", "contact"), ("nearly_due", "finish"), ("overdue", "finish")],
        1,
    )


def test_what_was_met_stopped_or_ended_is_not_told_of(border: Border, moments: Moments) -> None:
    met, stopped, gone = (border.matter(text=text) for text in ("met", "stopped", "gone"))
    acts.contact(border.by(border.q3), met, text="rang them")
    acts.answer(border.by(border.q3), met, text="done")
    acts.stop(border.by(border.q3), stopped, kind="shelved", reason="no money this year")
    acts.merge(border.by(border.q1, "clerk"), gone, into=stopped)
    moments.put(day(11, 20))
    look_at_clocks()
    assert set(noted()) <= {("overdue", "verify")}


def test_history_never_ticks(border: Border, moments: Moments) -> None:
    with together(), recounting(IMPORTER, History(day(9, 1), source="a.csv:2")):
        made = border.world.submission("old", by=IMPORTER)  # type: ignore[arg-type]
        assert made.matter is not None
        acts.dispatch(IMPORTER, made.matter, to=border.q3)
        acts.promise(IMPORTER, made.matter, due=day(9, 10))
    moments.put(day(12, 1))
    look_at_clocks()
    assert not noted()


def test_a_suspension_that_comes_to_its_end_lets_the_clocks_run_on(border: Border, moments: Moments) -> None:
    matter = border.matter()
    acts.stop(
        border.by(border.q3), matter, kind="suspended", reason="an expert looks", until=day(10, 10, 10, 0)
    )
    moments.put(day(10, 10, 9, 0))
    let_run_on()
    assert border.again(matter).stopped
    moments.put(day(10, 10, 10, 1))
    let_run_on()
    matter = border.again(matter)
    assert not matter.stopped and matter.due_at == finish(matter).due_at
    (entry,) = Entry.objects.filter(verb="matter.go_on")
    assert entry.actor == PLATFORM.id


# -- what follows --------------------------------------------------------------------------------------


def over(moments: Moments, at: datetime) -> None:
    """What happens by itself when this moment has come."""
    moments.put(at)
    look_at_clocks()
    run_once()


def test_silence_takes_over_inside_one_authority(border: Border, moments: Moments) -> None:
    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.q6, reason="a bin on the bank")
    over(moments, day(9, 30, 16, 0))
    matter = border.again(matter)
    assert (matter.lead, matter.answering) == (border.q6, border.q6)
    (entry,) = Entry.objects.filter(verb="matter.take_silently")
    assert entry.actor == PLATFORM.id
    assert Handover.objects.get().step == "accepted"


def test_between_authorities_silence_takes_nothing_over(border: Border, moments: Moments) -> None:
    matter = border.matter()
    acts.hand_over(border.by(border.q3), matter, to=border.w3, reason="your side")
    over(moments, day(10, 20))
    assert (border.again(matter).lead, Handover.objects.get().step) == (border.q3, "offered")
    assert noted()["overdue", "take"] == 1


def test_a_conference_that_settles_nothing_in_time_goes_to_the_superiors(
    border: Border, moments: Moments
) -> None:
    matter = border.returned()
    acts.confer(border.by(border.q3), matter, invited=[border.w3], about="who leads", meets_at=day(9, 30))
    over(moments, day(10, 13, 18, 0))
    assert Handover.objects.get().step == "superiors"
    clocks = Deadline.objects.filter(matter=matter.pk, clock="superior", met_at=None)
    assert {clock.holder for clock in clocks} == {border.q0, border.w0}
    assert border.again(matter).answering == border.q1  # somebody answers all the while
    asked = Entry.objects.get(verb="matter.ask_superiors")
    assert json.loads(Private.objects.get(pk=asked.pk).text) == {"reason": "confer"}


@pytest.mark.parametrize(("urgency", "does"), [("ordinary", "watches"), ("emergency", "handles")])
def test_an_overdue_matter_goes_up_as_the_rule_says(
    border: Border, moments: Moments, urgency: str, does: str
) -> None:
    matter = border.matter(needs=Needs(urgency=urgency))
    over(moments, day(10, 20))
    matter = border.again(matter)
    if does == "watches":
        assert matter.lead == border.q3
        assert Part.objects.filter(matter=matter.pk, organisation=border.q0, role="watcher").exists()
        return
    assert matter.lead == matter.answering == border.q0
    assert Part.objects.filter(matter=matter.pk, organisation=border.q3, role="support").exists()
    over(moments, day(10, 21))
    assert Entry.objects.filter(verb="matter.escalate").count() == 1


def test_without_a_rule_or_a_superior_nothing_follows_but_the_entry(border: Border, moments: Moments) -> None:
    put_under(OPERATOR, border.q3, superior=None)
    matter = border.matter(needs=Needs(urgency="emergency"))
    over(moments, day(10, 20))
    assert (border.again(matter).lead, border.again(matter).state) == (border.q3, State.DISPATCHED)
    assert noted()["overdue", "finish"] == 1


def test_more_clocks_than_a_batch_are_each_told_of_once(border: Border, moments: Moments) -> None:
    matters = [border.world.submission(f"smell {n}") for n in range(60)]
    over(moments, day(10, 20))
    over(moments, day(10, 21))
    told: Any = noted()
    assert (told["overdue", "contact"], told["overdue", "finish"]) == (len(matters), len(matters))
