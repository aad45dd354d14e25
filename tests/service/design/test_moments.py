"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.service.design.moments import Moment, span

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SHANGHAI, CHICAGO = "Asia/Shanghai", "America/Chicago"
ZONES = st.sampled_from([SHANGHAI, CHICAGO, "America/New_York", "UTC", "Pacific/Kiritimati"])


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_an_exact_time_stands_in_the_regions_zone():
    assert Moment.of(NOW, SHANGHAI).exact(NOW) == "Mon 23 Nov 13:00"
    assert Moment.of(NOW, CHICAGO).exact(NOW) == "Sun 22 Nov 23:00"


def test_chinese_reads_month_day_weekday_clock():
    with translation.override("zh-hans"):
        assert Moment.of(NOW, SHANGHAI).exact(NOW) == "11月23日 周一 13:00"
        assert Moment.of(date(2011, 7, 1), SHANGHAI).exact(NOW) == "2011年7月1日 周五"


def test_another_year_is_told():
    assert Moment.of(datetime(2011, 7, 1, 16, tzinfo=UTC), CHICAGO).exact(NOW) == "Fri 1 Jul 2011 11:00"


def test_a_zone_may_be_given_as_such_and_a_time_without_zone_is_utc():
    assert Moment.of(datetime(2026, 11, 23, 5), ZoneInfo(SHANGHAI)).exact(NOW) == "Mon 23 Nov 13:00"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("precision", "words", "machine"),
    [
        ("month", "Nov 2026", "2026-11"),
        ("day", "Mon 23 Nov", "2026-11-23"),
        ("minute", "Mon 23 Nov 13:00", "2026-11-23T13:00:00+08:00"),
        ("second", "Mon 23 Nov 13:00:00", "2026-11-23T13:00:00+08:00"),
    ],
)
def test_nothing_is_told_more_exactly_than_it_is_known(precision, words, machine):
    moment = Moment.of(NOW, SHANGHAI, precision)
    assert (moment.exact(NOW), moment.machine) == (words, machine)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), ZONES)
def test_a_day_never_moves_between_zones(day, zone):
    assert Moment.of(day, zone).machine == day.isoformat()
    assert Moment.of(day, zone, "minute").machine == day.isoformat()


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(minutes=-5), "5 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(days=-2), "2 days ago"),
    ],
)
def test_how_far_away_it_is(ahead, words):
    assert Moment.of(NOW + ahead, SHANGHAI).relative(NOW) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(22, "yesterday"), (23, "today"), (24, "tomorrow"), (26, "in 3 days"), (20, "3 days ago")],
)
def test_days_count_by_the_calendar_of_the_zone(day, words):
    assert Moment.of(date(2026, 11, day), SHANGHAI).relative(NOW) == words


@given(st.timedeltas(timedelta(days=-2000), timedelta(days=2000)), ZONES)
def test_the_future_is_never_told_as_the_past(ahead, zone):
    with translation.override("en"):
        words = Moment.of(NOW + ahead, zone).relative(NOW)
    if ahead >= timedelta(minutes=1):
        assert "ago" not in words and words != "yesterday"
    if ahead <= -timedelta(minutes=1):
        assert not words.startswith("in ") and words != "tomorrow"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=-40), "40 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(days=3, hours=4), "3 days"),
    ],
)
def test_a_length_of_time_has_its_largest_sensible_unit(length, words):
    assert span(length) == words
