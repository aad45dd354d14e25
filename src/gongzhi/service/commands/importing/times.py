"""Moments as files write them: in the city's own zone, to the second or only to the day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from gongzhi.service.commands.importing.fields import BadValue, Field, Row

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}")
_HOURS = re.compile(r"%[HIcX]")
_LAST = time(23, 59, 59)
_SCALES = {"unix": 1, "unix_ms": 1000}


class Moment(NamedTuple):
    """A moment in UTC, and whether it is known exactly or only to the day."""

    at: datetime
    precision: str


@dataclass(frozen=True)
class When:
    """A field that holds a moment. Formats are those of Python's ``strptime``, ``iso``, ``unix`` or
    ``unix_ms``; the first that fits is taken."""

    field: Field
    formats: tuple[str, ...]
    zone: str
    day_only: bool = False

    def reader(self, places: dict[str, int], *, end_of_day: bool = False) -> Callable[[Row], Moment | None]:
        """A function that takes the moment from a row; None where there is none.

        What is known only to the day is set at the beginning of that day, deadlines at its end.
        """
        text = self.field.reader(places)
        zone = ZoneInfo(self.zone)
        shifts: dict[str, timedelta | None] = {}
        held: dict[str, Moment] = {}
        hour_of_day = _LAST if end_of_day else time(0)

        def read(row: Row) -> Moment | None:
            value = text(row)
            if not value:
                return None
            made = held.get(value)
            if made is None:
                made = self._quickly(value, zone, shifts) or self._made(value, zone, hour_of_day)
                if len(held) < 50_000:
                    held[value] = made
            return made

        return read

    def _quickly(self, value: str, zone: ZoneInfo, shifts: dict[str, timedelta | None]) -> Moment | None:
        """The commonest form, ``2011-07-01 08:30:00``, in an hour in which the clocks do not change."""
        if self.formats[0] != "iso" or self.day_only or len(value) != 19:
            return None
        hour = value[:13]
        if hour not in shifts:
            shifts[hour] = _shift(hour, zone)
        shift = shifts[hour]
        if shift is None:
            return None
        try:
            return Moment(datetime.fromisoformat(value + "+00:00") - shift, "exact")
        except ValueError:
            return None

    def _made(self, value: str, zone: ZoneInfo, hour_of_day: time) -> Moment:
        found, exact = self._parsed(value)
        if self.day_only or not exact:
            day = found.astimezone(zone).date() if found.tzinfo else found.date()
            return Moment(datetime.combine(day, hour_of_day, zone).astimezone(UTC), "day")
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
            if (found.astimezone(UTC).astimezone(zone)).replace(fold=0) != found.replace(fold=0):
                raise BadValue(
                    self.field.named,
                    value,
                    _("did not exist in %(zone)s: the clocks were put forward") % {"zone": zone.key},
                )
        return Moment(found.astimezone(UTC), "exact")

    def _parsed(self, value: str) -> tuple[datetime, bool]:
        for form in self.formats:
            try:
                if form == "iso":
                    return datetime.fromisoformat(value), not _DAY.fullmatch(value)
                if form in _SCALES:
                    seconds = timedelta(seconds=float(value) / _SCALES[form])
                    return datetime(1970, 1, 1, tzinfo=UTC) + seconds, True
                found = datetime.strptime(value, form)  # noqa: DTZ007  the zone is put on by the caller
                return found, bool(_HOURS.search(form))
            except (ValueError, OverflowError):
                continue
        raise BadValue(
            self.field.named,
            value,
            _("is no time of the form %(formats)s") % {"formats": " / ".join(self.formats)},
        )


def _shift(hour: str, zone: ZoneInfo) -> timedelta | None:
    """By how much a zone differs from UTC throughout an hour; None where that changes, or is unclear."""
    try:
        begin = datetime.fromisoformat(hour + ":00:00").replace(tzinfo=zone)
    except ValueError:
        return None
    found = {
        (begin + timedelta(minutes=minute)).replace(fold=fold).utcoffset()
        for minute in (0, 59)
        for fold in (0, 1)
    }
    return found.pop() if len(found) == 1 else None
