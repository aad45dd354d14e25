"""Times as people read them: in a region's zone, as exact as they are known and no more exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.clock import now as present

Precision = Literal["month", "day", "minute", "second"]

_MONTHS = [
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
]
_DAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]


def zone_of(zone: str | tzinfo | None) -> tzinfo:
    """A zone by IANA name, as it is, or the active one."""
    if isinstance(zone, str) and zone:
        return ZoneInfo(zone)
    return zone if isinstance(zone, tzinfo) else timezone.get_current_timezone()


def is_english() -> bool:
    """Whether the reader reads English; everybody else reads Chinese."""
    return (get_language() or "").startswith("en")


@dataclass(frozen=True)
class Moment:
    """A point in time or a day, seen from a zone."""

    local: datetime
    precision: Precision

    @classmethod
    def of(
        cls, when: datetime | date, zone: str | tzinfo | None = None, precision: Precision | None = None
    ) -> Moment:
        """See ``when`` from ``zone``; a plain date is a day, and a day never moves between zones."""
        if isinstance(when, datetime):
            aware = when if when.tzinfo else when.replace(tzinfo=UTC)
            return cls(aware.astimezone(zone_of(zone)), precision or "minute")
        start = datetime(when.year, when.month, when.day, tzinfo=zone_of(zone))
        return cls(start, precision if precision == "month" else "day")

    @property
    def machine(self) -> str:
        """The value of the ``datetime`` attribute."""
        if self.precision == "month":
            return f"{self.local:%Y-%m}"
        if self.precision == "day":
            return f"{self.local:%Y-%m-%d}"
        return self.local.isoformat(timespec="seconds")

    def exact(self, now: datetime | None = None) -> str:
        """``Thu 26 Nov 17:30`` or ``11月26日 周四 17:30``; with the year when it is not this one."""
        this_year = (now or present()).astimezone(self.local.tzinfo).year
        return f"{self._day(this_year)} {self.clock}".rstrip()

    @property
    def clock(self) -> str:
        """``17:30``, with seconds when they are known; empty for a day or a month."""
        return {"minute": f"{self.local:%H:%M}", "second": f"{self.local:%H:%M:%S}"}.get(self.precision, "")

    def _day(self, this_year: int) -> str:
        values = {
            "year": self.local.year,
            "month": _MONTHS[self.local.month - 1],
            "day": self.local.day,
            "weekday": _DAYS[self.local.weekday()],
        }
        if self.precision == "month":
            return pgettext("date", "%(month)s %(year)d") % values
        if self.local.year == this_year:
            return pgettext("date", "%(weekday)s %(day)d %(month)s") % values
        return pgettext("date", "%(weekday)s %(day)d %(month)s %(year)d") % values

    def relative(self, now: datetime | None = None) -> str:
        """``in 2 hours``, ``3 days ago``, ``today``; within two days by the clock, beyond by the calendar."""
        here = (now or present()).astimezone(self.local.tzinfo)
        days = (self.local.date() - here.date()).days
        if self.precision in ("day", "month"):
            return _in_days(days)
        ahead = self.local - here
        if abs(ahead) < timedelta(minutes=1):
            return _("now")
        if abs(ahead) < timedelta(hours=1):
            return _in_minutes(round(ahead / timedelta(minutes=1)))
        if abs(ahead) < timedelta(hours=36):
            return _in_hours(round(ahead / timedelta(hours=1)))
        return _in_days(days)


def _in_minutes(count: int) -> str:
    n = abs(count)
    if count > 0:
        return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}
    return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}


def _in_hours(count: int) -> str:
    n = abs(count)
    if count > 0:
        return ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}
    return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}


def _in_days(count: int) -> str:
    if count in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[count]
    n = abs(count)
    if count > 0:
        return ngettext("in %(n)d day", "in %(n)d days", n) % {"n": n}
    return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}


def span(length: timedelta) -> str:
    """A length of time in its largest sensible unit: ``40 minutes``, ``2 hours``, ``3 days``."""
    minutes = round(abs(length) / timedelta(minutes=1))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 36:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
