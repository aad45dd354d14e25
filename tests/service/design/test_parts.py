"""What components are told, and what they make of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from gongzhi.service.design.parts import Deadline, Filter, Option, Party, State, Status, name_of, part

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", {"zh": "青浦区", "en": "Qingpu"}, "Qingpu"),
        ("zh-hans", {"zh": "青浦区", "en": "Qingpu"}, "青浦区"),
        ("en", {"zh": "青浦区"}, "青浦区"),
        ("zh-hans", {"en": "Boston"}, "Boston"),
        ("zh-hans", {"zh": "", "en": "Boston"}, "Boston"),
        ("en", "Boston", "Boston"),
        ("en", None, ""),
        ("en", {}, ""),
    ],
)
def test_a_name_is_shown_in_the_readers_language_or_in_the_other(language, value, shown):
    with translation.override(language):
        assert name_of(value) == shown


def test_a_mapping_becomes_a_part():
    assert part(Status, {"sentence": "Done", "state": "done"}) == Status("Done", "done")


def test_an_unknown_argument_is_named():
    with pytest.raises(TypeError, match="Party has no colour; it has name, note, region, role, series, url"):
        part(Party, {"name": "x", "colour": "red"})


def test_something_else_than_a_part_is_refused():
    with pytest.raises(TypeError, match="Status or a mapping is needed, not int"):
        part(Status, 7)


def test_every_state_has_a_word():
    assert all(state.word for state in State)


@pytest.mark.parametrize(
    ("due", "others", "state", "word"),
    [
        (timedelta(days=3, hours=1), {}, State.IN_HAND, "3 days left"),
        (timedelta(hours=2), {}, State.ATTENTION, "2 hours left"),
        (timedelta(hours=2), {"soon": timedelta(hours=1)}, State.IN_HAND, "2 hours left"),
        (timedelta(hours=-50), {}, State.OVERDUE, "2 days over"),
        (timedelta(hours=5), {"stopped": True}, State.SUSPENDED, "clock stopped"),
        (timedelta(hours=-5), {"met": NOW - timedelta(hours=6)}, State.DONE, "met in time"),
        (timedelta(hours=-5), {"met": NOW - timedelta(hours=4)}, State.OVERDUE, "met late"),
    ],
)
def test_a_deadline_tells_how_it_stands(due, others, state, word):
    deadline = Deadline(NOW + due, SHANGHAI, now=NOW, **others)
    assert (deadline.state, deadline.word) == (state, word)


def test_a_deadline_that_is_a_day_lasts_until_the_day_ends_in_its_zone():
    last = Deadline(date(2026, 11, 23), SHANGHAI, now=datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    over = Deadline(date(2026, 11, 23), SHANGHAI, now=datetime(2026, 11, 23, 16, 1, tzinfo=UTC))
    assert (last.state, over.state) == (State.ATTENTION, State.OVERDUE)


def test_what_was_met_on_the_day_itself_was_met_in_time():
    assert Deadline(date(2026, 11, 20), SHANGHAI, met=date(2026, 11, 20)).state is State.DONE


def test_a_rule_may_be_only_its_label():
    assert Deadline(NOW, rule="rule 4.2").cited.label == "rule 4.2"
    assert Deadline(NOW).cited is None


def test_a_filter_shows_its_value_in_words():
    options = [Option("310118", "Qingpu")]
    assert Filter("region", "Region", options, "310118").shown == "Qingpu"
    assert Filter("words", "Words", value="bridge", kind="text").shown == "bridge"
