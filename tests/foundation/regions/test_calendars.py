import doctest
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.foundation.regions import calendars
from gongzhi.foundation.regions.calendars import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHICAGO = ZoneInfo("America/Chicago")
CHINA = WorkingCalendar("CN", SHANGHAI)
ILLINOIS = WorkingCalendar("US-IL", CHICAGO)
MASSACHUSETTS = WorkingCalendar("US-MA", "America/New_York")
CALENDARS = st.sampled_from([CHINA, ILLINOIS, MASSACHUSETTS])
MOMENTS = st.integers(0, 722_000_000).map(lambda s: datetime(2004, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def chicago(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHICAGO)


def test_examples_in_the_text_hold() -> None:
    assert doctest.testmod(calendars).failed == 0


# -- a holiday with a make-up workday ---------------------------------------------------------------


def test_five_working_days_over_national_day_with_a_make_up_saturday() -> None:
    """2026: 1-7 October off, Sunday 20 September and Saturday 10 October worked."""
    friday = shanghai(2026, 9, 18, 10, 0)
    assert CHINA.add_working_days(friday, 5) == shanghai(2026, 9, 24, 17, 30)  # Sunday the 20th counts
    before_the_holiday = shanghai(2026, 9, 30, 16, 0)
    assert CHINA.add_working_days(before_the_holiday, 3) == shanghai(2026, 10, 10, 17, 30)
    assert CHINA.add_working_days(before_the_holiday, 5) == shanghai(2026, 10, 13, 17, 30)


def test_five_working_days_from_the_friday_before_spring_festival() -> None:
    """2026: 15-23 February off; Saturdays 14 and 28 February worked."""
    friday = shanghai(2026, 2, 13, 15, 20)
    assert CHINA.add_working_days(friday, 5) == shanghai(2026, 2, 27, 17, 30)
    assert CHINA.add_working_days(friday, 6) == shanghai(2026, 2, 28, 17, 30)
    assert CHINA.add_hours(friday, 5 * 24) == shanghai(2026, 2, 18, 15, 20)


def test_working_hours_run_on_a_make_up_sunday_and_stop_at_noon() -> None:
    friday = shanghai(2026, 9, 18, 16, 0)
    assert CHINA.add_working_hours(friday, 4) == shanghai(2026, 9, 20, 11, 30)
    assert CHINA.add_working_hours(friday, 4.5) == shanghai(2026, 9, 20, 12, 0)
    assert CHINA.add_working_hours(friday, 5) == shanghai(2026, 9, 20, 13, 30)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),
        (date(2026, 5, 5), False),
        (date(2026, 5, 9), True),
        (date(2026, 6, 19), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2024, 2, 18), True),
        (date(2020, 1, 31), False),
        (date(2006, 12, 30), True),
    ],
)
def test_days_of_the_yearly_notices(day: date, worked: bool) -> None:
    assert CHINA.is_workday(day) is worked


def test_the_authoritys_own_days_come_before_the_public_ones() -> None:
    calendar = WorkingCalendar("CN", SHANGHAI, days_on=[date(2026, 10, 1)], days_off=[date(2026, 9, 29)])
    assert calendar.is_workday(date(2026, 10, 1))
    assert not calendar.is_workday(date(2026, 9, 29))
    assert calendar.add_working_days(shanghai(2026, 9, 28, 9, 30), 2) == shanghai(2026, 10, 1, 17, 30)


def test_a_year_without_its_notice_is_provisional() -> None:
    assert not CHINA.is_provisional(date(2026, 12, 31))
    assert CHINA.is_provisional(date(2099, 1, 1))
    assert not ILLINOIS.is_provisional(date(2099, 1, 1))
    assert CHINA.add_working_days(shanghai(2098, 12, 30, 9, 0), 3).year == 2099


# -- other places, other clocks -----------------------------------------------------------------------


def test_chicagos_days_are_counted_in_chicagos_zone() -> None:
    late_on_monday = datetime(2011, 7, 12, 3, 0, tzinfo=UTC)  # still Monday 22:00 in Chicago
    assert ILLINOIS.local_day(late_on_monday) == date(2011, 7, 11)
    assert ILLINOIS.add_working_days(late_on_monday, 1, cut_off=time(17, 30)) == chicago(2011, 7, 13, 17, 30)
    in_hours = datetime(2011, 7, 11, 21, 0, tzinfo=UTC)  # Monday 16:00
    assert ILLINOIS.add_working_days(in_hours, 1) == chicago(2011, 7, 12, 17, 30)
    assert CHINA.add_working_days(in_hours, 1) == shanghai(2011, 7, 13, 17, 30)


def test_illinois_keeps_holidays_that_massachusetts_does_not() -> None:
    assert not ILLINOIS.is_workday(date(2011, 3, 7))  # Casimir Pulaski Day
    assert MASSACHUSETTS.is_workday(date(2011, 3, 7))
    assert not MASSACHUSETTS.is_workday(date(2011, 4, 18))
    assert ILLINOIS.is_workday(date(2011, 4, 18))


def test_daylight_saving_moves_natural_hours_but_not_office_hours() -> None:
    friday = chicago(2012, 3, 9, 12, 0)  # clocks go forward on Sunday 11 March 2012
    assert ILLINOIS.add_working_days(friday, 1) == chicago(2012, 3, 12, 17, 30)
    assert ILLINOIS.add_hours(friday, 72).astimezone(CHICAGO).hour == 13
    assert ILLINOIS.add_working_days(friday, 1).astimezone(UTC).hour == 22
    assert ILLINOIS.add_working_days(chicago(2012, 3, 8, 12, 0), 1).astimezone(UTC).hour == 23


def test_round_the_clock_hours_lose_an_hour_when_clocks_go_forward() -> None:
    sunday = WorkingCalendar("US-IL", CHICAGO, hours=[(time(0), time(0))], days_on=[date(2012, 3, 11)])
    start, end = chicago(2012, 3, 11, 0, 0), chicago(2012, 3, 12, 0, 0)
    assert sunday.working_time_between(start, end) == timedelta(hours=23)
    assert sunday.add_working_hours(start, 23) == end


def test_weekdays_alone_are_a_calendar_too() -> None:
    plain = WorkingCalendar("WEEKDAYS", "UTC")
    assert plain.is_workday(date(2026, 1, 1))
    assert not plain.is_workday(date(2026, 1, 3))


# -- edges ----------------------------------------------------------------------------------------------


def test_a_start_after_the_cut_off_counts_from_the_next_working_day() -> None:
    at_the_limit, after = shanghai(2026, 3, 2, 16, 0), shanghai(2026, 3, 2, 16, 0, 1)
    assert CHINA.add_working_days(at_the_limit, 1, cut_off=time(16)) == shanghai(2026, 3, 3, 17, 30)
    assert CHINA.add_working_days(after, 1, cut_off=time(16)) == shanghai(2026, 3, 4, 17, 30)
    assert CHINA.add_working_days(after, 1) == shanghai(2026, 3, 3, 17, 30)


def test_a_start_on_a_holiday_counts_as_made_on_the_next_working_day() -> None:
    assert CHINA.add_working_days(shanghai(2026, 10, 3, 8, 0), 0) == shanghai(2026, 10, 8, 17, 30)
    assert CHINA.add_working_days(shanghai(2026, 10, 3, 8, 0), 1) == shanghai(2026, 10, 9, 17, 30)


def test_a_rule_gives_an_amount_and_a_unit() -> None:
    start = shanghai(2026, 3, 6, 16, 0)
    assert CHINA.add(start, 2, "working_days") == shanghai(2026, 3, 10, 17, 30)
    assert CHINA.add(start, 2, "working_hours") == shanghai(2026, 3, 9, 9, 30)
    assert CHINA.add(start, 2, "hours") == shanghai(2026, 3, 6, 18, 0)
    with pytest.raises(ValueError, match="working days are whole"):
        CHINA.add(start, 0.5, "working_days")
    with pytest.raises(ValueError, match="unknown unit"):
        CHINA.add(start, 1, "fortnights")  # type: ignore[arg-type]


def test_what_cannot_be_a_calendar_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no working calendar for 'XX'"):
        WorkingCalendar("XX", "UTC")
    with pytest.raises(ValueError, match="no working calendar for 'US-QQ'"):
        WorkingCalendar("US-QQ", "UTC")
    with pytest.raises(ValueError, match="both as a day on and as a day off"):
        WorkingCalendar("CN", "UTC", days_on=[date(2026, 1, 1)], days_off=[date(2026, 1, 1)])
    with pytest.raises(ValueError, match="at least one span"):
        WorkingCalendar("CN", "UTC", hours=[])
    with pytest.raises(ValueError, match="follow one another"):
        WorkingCalendar("CN", "UTC", hours=[(time(9), time(12)), (time(11), time(17))])
    with pytest.raises(ValueError, match="has no zone"):
        CHINA.add_hours(datetime(2026, 1, 1), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="cannot be negative"):
        CHINA.add_working_days(shanghai(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="cannot be negative"):
        CHINA.add_working_hours(shanghai(2026, 1, 5), -1)


# -- properties -------------------------------------------------------------------------------------------


def slow_add(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """Day by day, as a person counts on the wall calendar."""
    local = start.astimezone(calendar.zone)
    day = local.date()
    if calendar.is_workday(day) and local.time() > time(17, 30):
        day += timedelta(days=1)
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not calendar.is_workday(day):
            day += timedelta(days=1)
    return datetime.combine(day, time(17, 30), calendar.zone)


@given(CALENDARS, MOMENTS, st.integers(0, 90))
def test_working_days_agree_with_counting_on_the_wall(
    cal: WorkingCalendar, start: datetime, days: int
) -> None:
    assert cal.add_working_days(start, days) == slow_add(cal, start, days)


@given(CALENDARS, MOMENTS, st.integers(0, 400))
def test_as_many_days_lie_between_as_were_added(cal: WorkingCalendar, start: datetime, days: int) -> None:
    assume(cal.is_workday(cal.local_day(start)))
    due = cal.add_working_days(start, days, cut_off=None)
    late = start.astimezone(cal.zone).time() > time(17, 30)
    assert cal.working_days_between(start, due) == days + late
    assert cal.working_days_between(due, start) == -(days + late)


@given(CALENDARS, MOMENTS, st.integers(0, 200 * 60))
def test_as_much_office_time_lies_between_as_was_added(
    cal: WorkingCalendar, start: datetime, minutes: int
) -> None:
    span = timedelta(minutes=minutes)
    due = cal.add_working_hours(start, span)
    assert cal.working_time_between(start, due) == span
    assert cal.working_time_between(due, start) == -span
    assert due >= start


@given(CALENDARS, MOMENTS, MOMENTS, st.integers(0, 30))
def test_a_later_start_is_never_due_earlier(
    cal: WorkingCalendar, one: datetime, other: datetime, days: int
) -> None:
    first, second = sorted([one, other])
    assert cal.add_working_days(first, days) <= cal.add_working_days(second, days)
    assert cal.add_working_hours(first, days) <= cal.add_working_hours(second, days)


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_counts_add_up(cal: WorkingCalendar, one: datetime, two: datetime, three: datetime) -> None:
    between = cal.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)
