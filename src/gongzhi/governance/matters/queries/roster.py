"""The duty roster: a week of it, the hours that nobody holds, and what it says to whoever is on duty."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject

from gongzhi.foundation.parties.queries import Appointment, Organisation
from gongzhi.foundation.parties.reach import reach, reaches
from gongzhi.governance.matters.models import Shift, Watch
from gongzhi.governance.matters.queries.joint import JSONList
from gongzhi.governance.matters.queries.nested import instant

Hours = tuple[datetime, datetime]

#: Looked at for the shift before: a longer pause leaves nothing to take over.
BEFORE = timedelta(days=7)


def shifts(by: Any) -> QuerySet[Shift]:
    """The shifts that the actor reads, with who holds them."""
    rows = Shift.objects.filter(reach(by, "shift.read", Shift), cancelled_at=None)
    return rows.select_related("holder__person", "holder__post")


def shifts_between(
    by: Any, body: Organisation, since: datetime, until: datetime, at: datetime
) -> list[Shift]:
    """The shifts of a body that touch a time or this moment, and late ones whose notes are still to be taken.

    Each row says what the actor may do with it: ``may_cancel``, ``may_take``.
    """
    touching = Q(since__lt=until, until__gt=since) | Q(since__lte=at, until__gt=at)
    waiting = Q(taken_at=None, since__lte=at, until__gt=at - BEFORE)
    may_do = {
        "may_cancel": reaches(by, "shift.cancel", Shift),
        "may_take": reaches(by, "shift.take", Shift),
    }
    rows = shifts(by).filter(touching | waiting, body=body).annotate(**may_do)
    return list(rows.order_by("since", "kind", "pk"))


def shift(by: Any, key: UUID) -> Shift | None:
    """A shift that the actor reads."""
    return shifts(by).select_related("body__region").filter(pk=key).first()


def gaps(held: Iterable[Hours], since: datetime, until: datetime) -> list[Hours]:
    """The times between two moments that no span covers, in order."""
    found, open_from = [], since
    for start, end in sorted(held):
        if start >= until:
            break
        if start > open_from:
            found.append((open_from, start))
        open_from = max(open_from, end)
    if open_from < until:
        found.append((open_from, until))
    return found


def who_could_be_on_duty(body: Organisation, at: datetime) -> list[Appointment]:
    """The posts of a body whose holders can be put on duty, for whoever keeps its roster."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gt=at), post__organisation=body, since__lte=at)
    rows = rows.select_related("person", "post__role", "post__organisation").order_by("pk")
    return [row for row in rows if "shift.hand_over" in row.post.role.grants]


def week_of(day: date, zone: Any) -> Hours:
    """The week in which a day lies, from Monday to Monday, in a zone."""
    monday = day - timedelta(days=day.weekday())
    first, last = (
        datetime(each.year, each.month, each.day, tzinfo=zone)
        for each in (monday, monday + timedelta(days=7))
    )
    return first, last


# -- whoever is on duty now ----------------------------------------------------------------------------


@dataclass(frozen=True)
class OnDuty:
    """That somebody is on duty now, until when, and what the shift before has left over."""

    kind: Watch
    since: datetime
    until: datetime
    zone: str
    left_over: str = ""
    is_taken: bool = False


def duty_column(by: Any, at: datetime) -> Combinable | None:
    """What to read beside other counts so that `on_duty` can tell: own shifts, and notes before them."""
    bodies = [held.scope.organisation for held in by.held if "shift.read" in held.grants]
    if not bodies:
        return None
    rows = Shift.objects.filter(
        Q(person=by.id) | Q(handed_at__isnull=False), body__in=bodies, cancelled_at=None
    )
    near = (
        rows.filter(until__gt=at - BEFORE, since__lte=at).order_by().annotate(every=Value(1)).values("every")
    )
    names = ("id", "body", "person", "kind", "since", "until", "note", "handed_at", "taken_at")
    told = JSONObject(**{name: name for name in names})
    return Cast(Subquery(near.annotate(listed=JSONList(told)).values("listed")), TextField())


def on_duty(by: Any, at: datetime, told: str | None) -> list[OnDuty]:
    """As what the actor is on duty now, from what was read with `duty_column`."""
    rows = [_read(each) for each in json.loads(told or "[]")]
    own = [each for each in rows if each.person == by.id and each.since <= at < each.until]
    return [_on_duty(each, rows, by.zone) for each in sorted(own, key=lambda each: (each.since, each.pk))]


def _read(told: dict[str, Any]) -> Shift:
    moments = {name: instant(told[name]) for name in ("since", "until", "handed_at", "taken_at")}
    keys = {name: UUID(str(told[name])) for name in ("id", "person")}
    body = UUID(str(told["body"]))
    return Shift(body_id=body, kind=told["kind"], note=told["note"], **keys, **moments)


def _on_duty(own: Shift, rows: Iterable[Shift], zone: str) -> OnDuty:
    before = before_it(own, rows)
    left_over = before.note if before is not None else ""
    is_taken = before is not None and before.taken_at is not None
    return OnDuty(Watch(own.kind), own.since, own.until, zone, left_over, is_taken)


def before_it(own: Shift, rows: Iterable[Shift]) -> Shift | None:
    """The shift before one of the same kind that has been handed over, if there is one."""
    earlier = [
        each
        for each in rows
        if (each.body_id, each.kind) == (own.body_id, own.kind)
        and each.pk != own.pk
        and each.since <= own.since
        and each.handed_at
    ]
    return max(earlier, key=lambda each: (each.since, each.pk), default=None)
