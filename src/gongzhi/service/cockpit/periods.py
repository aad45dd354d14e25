"""The period of a picture: since yesterday 08:00, the last seven days, the last thirty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.governance.matters.queries import Period

YESTERDAY = "yesterday"
#: Name → days back from today, time of day, title.
_PERIODS: dict[str, tuple[int, time, Any]] = {
    YESTERDAY: (1, time(8), gettext_lazy("since yesterday 08:00")),
    "week": (7, time(), gettext_lazy("the last seven days")),
    "month": (30, time(), gettext_lazy("the last thirty days")),
}


@dataclass(frozen=True)
class Chosen:
    """A period by its name, as a picture of a region counts it."""

    name: str
    title: str
    period: Period


def chosen(name: str, at: datetime, zone: str) -> Chosen:
    """The period with a name; an unknown name is the shortest."""
    if name not in _PERIODS:
        name = YESTERDAY
    days, clock, title = _PERIODS[name]
    here = at.astimezone(ZoneInfo(zone))
    since = datetime.combine(here.date() - timedelta(days=days), clock, here.tzinfo)
    return Chosen(name, str(title), Period(since, at))


def names() -> Sequence[tuple[str, str]]:
    """All periods, with their titles."""
    return [(name, str(title)) for name, (_days, _clock, title) in _PERIODS.items()]


def opening(name: str) -> str:
    """How the top line begins."""
    return {
        YESTERDAY: _("Since yesterday 08:00"),
        "week": _("In the last seven days"),
        "month": _("In the last thirty days"),
    }[name]
