"""The morning line: what is new since yesterday, what is overdue, and what is unusual for this weekday."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from gongzhi.governance.matters.queries import Morning, Unusual
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of

#: So many unusual things are named; the picture has them all.
_MOST = 3
_WEEKDAYS = (
    pgettext_lazy("full weekday", "Monday"),
    pgettext_lazy("full weekday", "Tuesday"),
    pgettext_lazy("full weekday", "Wednesday"),
    pgettext_lazy("full weekday", "Thursday"),
    pgettext_lazy("full weekday", "Friday"),
    pgettext_lazy("full weekday", "Saturday"),
    pgettext_lazy("full weekday", "Sunday"),
)


def morning_line(told: Morning) -> str:
    """Two plain sentences from figures, to be read aloud."""
    said = {
        "new": _number(told.taken_in),
        "open": _number(told.open),
        "overdue": _number(told.overdue),
    }
    first = _(
        "Since yesterday 08:00: %(new)s taken in. %(open)s not answered yet, %(overdue)s of them overdue."
    )
    return _("%(first)s %(second)s") % {"first": first % said, "second": _unusual_line(told)}


def _unusual_line(told: Morning) -> str:
    """What came in more often than in the same hours of the weeks before, in a sentence."""
    weekday = _WEEKDAYS[Moment.of(told.period.until, told.period.since.tzinfo).local.weekday()]
    if told.unusual is None:
        return _("Too little is known of earlier weeks to say what is unusual.")
    if not told.unusual:
        return _("Nothing is unusual for a %(weekday)s.") % {"weekday": weekday}
    named = pgettext("unusual", "; ").join(_one(each) for each in told.unusual[:_MOST])
    return _("Unusual for a %(weekday)s: %(named)s.") % {"weekday": weekday, "named": named}


def _one(told: Unusual) -> str:
    weeks = len(told.before)
    said = ngettext(
        "%(name)s %(count)s (%(least)s to %(most)s in %(weeks)d week before)",
        "%(name)s %(count)s (%(least)s to %(most)s in the %(weeks)d weeks before)",
        weeks,
    )
    return said % {
        "name": name_of(told.name),
        "count": _number(told.count),
        "least": _number(min(told.before)),
        "most": _number(max(told.before)),
        "weeks": weeks,
    }


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
