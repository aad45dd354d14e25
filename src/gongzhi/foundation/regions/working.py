"""The working calendar of a region."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gongzhi.foundation.regions.calendars import WorkingCalendar

if TYPE_CHECKING:
    from gongzhi.foundation.regions.models import Region


def calendar_of(region: Region) -> WorkingCalendar:
    """The calendar in which a region counts its days, in its own zone."""
    return _calendar(region.calendar, region.zone)


@cache
def _calendar(code: str, zone: str) -> WorkingCalendar:
    return WorkingCalendar(code, zone)
