"""Working calendars: which days a region works, and where a deadline in working days lands.

Public holidays and make-up workdays (调休) come from the `holidays` library; an authority adds its
own days on and off. Moments go in with their zone and come out in UTC; days are those of the
calendar's own zone, so a change to daylight saving moves nothing.

>>> calendar = WorkingCalendar("CN", "Asia/Shanghai")
>>> calendar.is_workday(date(2026, 10, 10))  # a Saturday, worked in place of 7 October
True
>>> start = datetime(2026, 9, 25, 2, 0, tzinfo=UTC)  # Mid-Autumn Festival
>>> str(calendar.add_working_days(start, 5))
'2026-10-10 09:30:00+00:00'
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

__all__ = ["CALENDAR_CODES_WITH_NOTICES", "DEFAULT_HOURS", "Hours", "Unit", "WorkingCalendar"]

Hours = Sequence[tuple[time, time]]
Unit = Literal["working_days", "working_hours", "hours"]

DEFAULT_HOURS: Hours = ((time(9), time(12)), (time(13), time(17, 30)))
"""Office hours of a working day. An end of 00:00 means midnight at the end of the day."""

CALENDAR_CODES_WITH_NOTICES = frozenset({"CN"})
"""Calendars that the authorities settle by a notice each year; other years are extrapolated."""

_DAY_SECONDS = 86_400
_FURTHEST_YEAR = 2100


class WorkingCalendar:
    """The working days and office hours of one authority.

    `code` is a country ("CN"), a country and a part of it ("US-MA", "US-IL"), or "WEEKDAYS" for
    Monday to Friday without any holiday. Make one and keep it: each calendar year is computed once.
    """

    __slots__ = ("_by_year", "_slots", "_spans", "code", "days_off", "days_on", "hours", "zone")

    def __init__(
        self,
        code: str,
        zone: str | ZoneInfo,
        *,
        hours: Hours = DEFAULT_HOURS,
        days_on: Iterable[date] = (),
        days_off: Iterable[date] = (),
    ) -> None:
        self.code = code
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self.hours = tuple(hours)
        self.days_on = frozenset(days_on)
        self.days_off = frozenset(days_off)
        if both := self.days_on & self.days_off:
            raise ValueError(f"{min(both)} is given both as a day on and as a day off")
        self._spans = _spans(self.hours)
        self._by_year: dict[int, tuple[int, ...]] = {}
        self._slots: dict[int, tuple[tuple[datetime, datetime], ...]] = {}
        _check_code(code)

    def __repr__(self) -> str:
        return f"WorkingCalendar({self.code!r}, {self.zone.key!r})"

    def is_workday(self, day: date) -> bool:
        """Whether the authority works on this day.

        >>> WorkingCalendar("US-MA", "America/New_York").is_workday(date(2011, 4, 18))  # Patriots' Day
        False
        """
        days = self._workdays(day.year)
        ordinal = day.toordinal()
        place = bisect_left(days, ordinal)
        return place < len(days) and days[place] == ordinal

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies in a year whose holidays have not been announced to this library.

        Such a year is extrapolated: festivals by their rule, without make-up workdays. A deadline
        that lands there is shown as provisional; a later release, or days on and off, settle it.
        """
        if self.code not in CALENDAR_CODES_WITH_NOTICES:
            return False
        return day.year not in _announced_years(self.code)

    def local_day(self, moment: datetime) -> date:
        """The day of this calendar on which a moment falls."""
        return _aware(moment).astimezone(self.zone).date()

    def working_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Opening and closing moments (UTC) of a day; empty when nobody works."""
        return self._slots_of(day.toordinal()) if self.is_workday(day) else ()

    def add(self, start: datetime, amount: float, unit: Unit, *, cut_off: time | None = None) -> datetime:
        """A deadline as a rule writes it: an amount and its unit."""
        if unit == "hours":
            return self.add_hours(start, amount)
        if unit == "working_hours":
            return self.add_working_hours(start, amount)
        if unit != "working_days":
            raise ValueError(f"unknown unit {unit!r}: use working_days, working_hours or hours")
        if amount != int(amount):
            raise ValueError(f"working days are whole, not {amount}: use working_hours")
        return self.add_working_days(start, int(amount), cut_off=cut_off)

    def add_working_days(self, start: datetime, days: int, *, cut_off: time | None = None) -> datetime:
        """End of office hours of the n-th working day after the day of `start`.

        A start outside a working day, or after `cut_off` (by default the end of office hours),
        counts as made on the next working day. No days at all means the end of that day itself.
        """
        if days < 0:
            raise ValueError(f"working days to add cannot be negative: {days}")
        local = _aware(start).astimezone(self.zone)
        ordinal = local.toordinal()
        year = local.year
        workdays = self._workdays(year)
        place = bisect_left(workdays, ordinal)
        if place < len(workdays) and workdays[place] == ordinal and self._is_after(local, cut_off):
            place += 1
        place += days
        while place >= len(workdays):
            place -= len(workdays)
            year += 1
            workdays = self._workdays(year)
        return self._slots_of(workdays[place])[-1][1]

    def add_working_hours(self, start: datetime, hours: float | timedelta) -> datetime:
        """The moment at which so much office time has passed, closing time before opening time.

        >>> calendar = WorkingCalendar("CN", "Asia/Shanghai")
        >>> friday = datetime(2026, 9, 18, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
        >>> str(calendar.add_working_hours(friday, 4))  # Sunday 20 September is worked
        '2026-09-20 03:30:00+00:00'
        """
        left = hours if isinstance(hours, timedelta) else timedelta(hours=hours)
        if left < timedelta(0):
            raise ValueError(f"working hours to add cannot be negative: {hours}")
        moment = _aware(start).astimezone(UTC)
        day = moment.astimezone(self.zone).toordinal()
        while True:
            for opening, closing in self._working_slots(day):
                begin = max(moment, opening)
                if begin >= closing:
                    continue
                if begin + left <= closing:
                    return begin + left
                left -= closing - begin
            day += 1

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """Natural hours: nights, holidays and changes of the clock make no difference."""
        return _aware(start).astimezone(UTC) + timedelta(hours=hours)

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of `start` up to and with the day of `end`; negative backwards."""
        first, last = self.local_day(start), self.local_day(end)
        if first > last:
            return -self._count(last, first)
        return self._count(first, last)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Office time that passed between two moments; negative backwards."""
        first, last = _aware(start).astimezone(UTC), _aware(end).astimezone(UTC)
        if first > last:
            return -self.working_time_between(end, start)
        total = timedelta(0)
        for day in range(self.local_day(first).toordinal(), self.local_day(last).toordinal() + 1):
            for opening, closing in self._working_slots(day):
                total += max(timedelta(0), min(last, closing) - max(first, opening))
        return total

    def _count(self, first: date, last: date) -> int:
        """Workdays in (first, last]."""
        total = sum(len(self._workdays(year)) for year in range(first.year, last.year))
        before = bisect_right(self._workdays(first.year), first.toordinal())
        return total - before + bisect_right(self._workdays(last.year), last.toordinal())

    def _is_after(self, local: datetime, cut_off: time | None) -> bool:
        closing = self._spans[-1][1]
        limit = closing if cut_off is None else min(closing, _seconds(cut_off))
        return _seconds(local) + local.microsecond / 1e6 > limit

    def _workdays(self, year: int) -> tuple[int, ...]:
        days = self._by_year.get(year)
        if days is None:
            on = {day.toordinal() for day in self.days_on if day.year == year}
            off = {day.toordinal() for day in self.days_off if day.year == year}
            days = self._by_year[year] = tuple(sorted((_public_workdays(self.code, year) | on) - off))
        return days

    def _working_slots(self, ordinal: int) -> tuple[tuple[datetime, datetime], ...]:
        return self.working_spans(date.fromordinal(ordinal))

    def _slots_of(self, ordinal: int) -> tuple[tuple[datetime, datetime], ...]:
        slots = self._slots.get(ordinal)
        if slots is None:
            day = date.fromordinal(ordinal)
            slots = tuple((self._moment(day, first), self._moment(day, last)) for first, last in self._spans)
            self._slots[ordinal] = slots
        return slots

    def _moment(self, day: date, seconds: int) -> datetime:
        days, seconds = divmod(seconds, _DAY_SECONDS)
        hour, minute = divmod(seconds // 60, 60)
        wall = datetime.combine(day + timedelta(days=days), time(hour, minute, seconds % 60), self.zone)
        return wall.astimezone(UTC)


def _seconds(moment: time | datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _spans(hours: Hours) -> tuple[tuple[int, int], ...]:
    """Seconds of the day of each opening and closing, checked."""
    spans = tuple((_seconds(opens), _seconds(closes) or _DAY_SECONDS) for opens, closes in hours)
    if not spans:
        raise ValueError("a working day needs at least one span of office hours")
    flat = [second for span in spans for second in span]
    if flat != sorted(flat) or any(opens == closes for opens, closes in spans):
        raise ValueError("office hours must follow one another, each opening before it closes")
    return spans


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone: give moments with their zone, best in UTC")
    return moment


@lru_cache(maxsize=64)
def _check_code(code: str) -> None:
    if code != "WEEKDAYS":
        _holidays(code, 2026)


@lru_cache(maxsize=512)
def _public_workdays(code: str, year: int) -> frozenset[int]:
    if not 1 <= year <= _FURTHEST_YEAR:
        raise ValueError(f"no working calendar reaches the year {year}")
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
    if code == "WEEKDAYS":
        return frozenset(day.toordinal() for day in days if day.weekday() < 5)
    public = _holidays(code, year)
    return frozenset(day.toordinal() for day in days if public.is_working_day(day))


def _holidays(code: str, year: int):  # type: ignore[no-untyped-def]
    import holidays  # here, because it takes a second to import and few commands need a calendar

    country, _, part = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        raise ValueError(
            f"no working calendar for {code!r}: give a country (CN), a country and a part of it"
            " (US-MA), or WEEKDAYS"
        ) from None


@lru_cache(maxsize=8)
def _announced_years(code: str) -> frozenset[int]:
    """Years whose make-up workdays the library lists, one by one, from the yearly notice."""
    return frozenset(_holidays(code, 2026).special_public_holidays)
