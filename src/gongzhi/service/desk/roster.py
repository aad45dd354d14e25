"""The duty roster: the week, who is on duty now, the hours that nobody holds, and handing a shift over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import NotAllowed, Refusal
from gongzhi.foundation.parties.queries import Appointment, Organisation
from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Shift, Watch
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm, TextForm
from gongzhi.service.desk.matter_page.asking import MomentField

WEEK = timedelta(days=7)
Hours = tuple[datetime, datetime]


class PlanForm(ActForm):
    """Whom to put on duty, as what, from when to when."""

    holder = forms.ChoiceField(label=pgettext_lazy("shift", "Who"))
    kind = forms.ChoiceField(label=gettext_lazy("As"), choices=Watch.choices, initial=Watch.OFFICER.value)
    beside = forms.BooleanField(
        label=gettext_lazy("Beside somebody else who is on duty as the same"), required=False
    )

    field_order = ("key", "holder", "kind", "since", "until", "beside")

    def __init__(self, *args: Any, zone: str, people: list[Appointment], **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(each.pk): each for each in people}
        fields: Any = self.fields
        fields["holder"].choices = [
            ("", _("Choose")),
            *((key, _who(each)) for key, each in self.people.items()),
        ]
        fields["since"] = MomentField(zone, label=pgettext_lazy("shift", "From"))
        fields["until"] = MomentField(zone, label=pgettext_lazy("shift", "Until"))
        self.order_fields(self.field_order)


@dataclass(frozen=True)
class Line:
    """One shift of the week, or hours that nobody holds."""

    begins: datetime
    hours: str
    kind: str
    who: str = ""
    note: str = ""
    state: parts.State = parts.State.INFORMATION
    word: str = ""
    shift: Shift | None = None
    form: TextForm | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Day:
    """A day of the week with what begins on it."""

    title: str
    is_today: bool
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Left:
    """What a shift has left over, and whether the reader is the one to take it."""

    shift: Shift
    who: str
    kind: str
    is_next: bool


@dataclass(frozen=True)
class Attempt:
    """What was tried on the page and refused: by which form."""

    name: str
    key: UUID | None
    form: Any
    refusal: Refusal | None = None


@require_safe
@at_work
def roster(request: Any) -> HttpResponse:
    """The week, and who is on duty now."""
    return _page(request)


def _body(request: Any) -> Organisation:
    body = queries.body_of_post(request.by, "shift.read")
    if body is None:
        raise NotAllowed(
            _("Your post has no duty roster."), instead=_("The coordinator of a centre keeps its roster.")
        )
    return body


def _page(request: Any, tried: Attempt | None = None) -> HttpResponse:
    body, at = _body(request), now()
    zone = ZoneInfo(body.region.zone or "UTC")
    since, until = queries.week_of(_day(request.GET.get("week"), at.astimezone(zone).date()), zone)
    rows = queries.shifts_between(request.by, body, since, until, at)
    week = [each for each in rows if each.since < until and each.until > since]
    shown = {
        "body": body,
        "zone": body.region.zone,
        "on_duty": _on_duty_now(rows, at, body.region.zone),
        "left": _left_over(request.by, rows, at),
        "mine": _to_hand_over(request.by, rows, at, tried),
        "days": _days(week, (since, until), at, tried) if week else [],
        "before": (since - WEEK).date().isoformat(),
        "after": (until + timedelta(hours=12)).date().isoformat(),
        "is_this_week": since <= at < until,
        "week": f"{_date(since)} – {_date(until - timedelta(hours=12))}",
        "plan": _plan_form(request.by, body, at, tried),
        "refusal": tried.refusal if tried and tried.refusal and not tried.form.errors else None,
    }
    status = tried.refusal.status if tried and tried.refusal else 422 if tried else 200
    return render(request, "desk/roster.html", shown, status=status)


def _day(told: str | None, today: date) -> date:
    try:
        day = date.fromisoformat(told or "")
    except ValueError:
        return today
    return day if date(2000, 1, 1) <= day <= date(2200, 1, 1) else today


def _date(at: datetime) -> str:
    return Moment.of(at.date()).exact()


def _who(holder: Appointment) -> str:
    return " · ".join(each for each in (holder.person.name, name_of(holder.post.title)) if each)


def _hours(since: datetime, until: datetime, zone: Any, *, begun: bool = False) -> str:
    """``08:00 – 20:00``; the day is told where it ends on another, or has ``begun`` before the week."""
    start, end = Moment.of(since, zone), Moment.of(until, zone)
    if begun:
        return f"{start.exact()} – {end.exact()}"
    same = (end.local - timedelta(seconds=1)).date() == start.local.date()
    last = "24:00" if same and end.local.date() != start.local.date() else end.clock if same else end.exact()
    return f"{start.clock} – {last}"


def _on_duty_now(rows: list[Shift], at: datetime, zone: str) -> list[parts.Status]:
    """For each kind who is on duty now, in a sentence; or that nobody is."""
    found = []
    for kind in Watch:
        held = [each for each in rows if each.kind == kind and each.since <= at < each.until]
        for each in held:
            told = {
                "kind": kind.label,
                "who": _who(each.holder),
                "until": Moment.of(each.until, zone).exact(),
            }
            found.append(
                parts.Status(_("Now %(kind)s: %(who)s, until %(until)s") % told, parts.State.IN_HAND)
            )
        if not held:
            said = _("Nobody is %(kind)s now.") % {"kind": kind.label}
            found.append(parts.Status(said, parts.State.OVERDUE))
    return found


def _left_over(by: Any, rows: list[Any], at: datetime) -> list[Left]:
    """What was handed over and not taken yet, and whether the reader is on duty after it."""
    waiting = [each for each in rows if each.handed_at is not None and each.taken_at is None]
    return [
        Left(
            each,
            _who(each.holder),
            str(Watch(each.kind).label),
            bool(each.may_take) and by.id in queries.next_on_duty(each, rows, at),
        )
        for each in waiting
    ]


def _to_hand_over(by: Any, rows: list[Shift], at: datetime, tried: Attempt | None) -> list[tuple[Shift, Any]]:
    """The reader's own shifts that have begun and nobody has taken over: each with its form."""
    begun = [each for each in rows if each.person == by.id and each.since <= at and each.taken_at is None]
    own = [each for each in begun if each.until > at or each.handed_at is None][-1:]
    return [(each, _note_form(each, tried)) for each in own]


def _note_form(shift: Shift, tried: Attempt | None) -> TextForm:
    if tried is not None and tried.name == "hand_over" and tried.key == shift.pk:
        return tried.form
    return _text_form("hand_over", None, shift.pk, initial={"text": shift.note})


def _text_form(name: str, data: Any, key: UUID, **more: Any) -> TextForm:
    labels = {
        "hand_over": _("What is left over for the next shift"),
        "cancel": _("Why it is taken off the roster"),
    }
    return TextForm(data, label=labels.get(name), auto_id=f"{key}_{name}_%s", **more)


# -- the week ------------------------------------------------------------------------------------------


def _days(week: list[Shift], span: Hours, at: datetime, tried: Attempt | None) -> list[Day]:
    since, until = span
    zone = since.tzinfo
    lines = [_line(each, span, at, tried) for each in week]
    for kind in Watch:
        held = [(each.since, each.until) for each in week if each.kind == kind]
        lines += [_gap(kind, *each, at, zone) for each in queries.gaps(held, since, until)]
    lines.sort(key=lambda each: (each.begins, each.kind))
    found = []
    for n in range(7):
        day = since.date() + timedelta(days=n)
        on_it = [each for each in lines if each.begins.astimezone(zone).date() == day]
        found.append(Day(Moment.of(day).exact(), day == at.astimezone(zone).date(), on_it))
    return found


def _line(shift: Shift, span: Hours, at: datetime, tried: Attempt | None) -> Line:
    is_now = shift.since <= at < shift.until
    is_over = shift.until <= at
    is_tried = tried is not None and tried.name == "cancel" and tried.key == shift.pk
    form = tried.form if tried is not None and is_tried else _text_form("cancel", None, shift.pk)
    told: Any = shift
    return Line(
        begins=max(shift.since, span[0]),
        hours=_hours(shift.since, shift.until, span[0].tzinfo, begun=shift.since < span[0]),
        kind=str(Watch(shift.kind).label),
        who=_who(shift.holder),
        note=shift.note,
        state=parts.State.IN_HAND if is_now else parts.State.DONE if is_over else parts.State.WAITING,
        word=_("on duty now") if is_now else _("over") if is_over else _("to come"),
        shift=shift,
        form=form if told.may_cancel and not is_over else None,
        is_open=is_tried,
    )


def _gap(kind: Watch, since: datetime, until: datetime, at: datetime, zone: Any) -> Line:
    is_over = until <= at
    return Line(
        begins=since,
        hours=_hours(since, until, zone),
        kind=str(kind.label),
        state=parts.State.INFORMATION
        if is_over
        else parts.State.OVERDUE
        if since <= at
        else parts.State.ATTENTION,
        word=_("nobody was on duty") if is_over else _("nobody is on duty"),
    )


def _plan_form(by: Any, body: Organisation, at: datetime, tried: Attempt | None) -> PlanForm | None:
    if not may(by, "shift.plan"):
        return None
    if tried is not None and tried.name == "plan":
        return tried.form
    return PlanForm(zone=body.region.zone, people=queries.who_could_be_on_duty(body, at))


# -- what is done --------------------------------------------------------------------------------------


@require_POST
@at_work
def shift_plan(request: Any) -> HttpResponse:
    """Put somebody on duty."""
    body = _body(request)
    if not may(request.by, "shift.plan"):
        raise NotAllowed(_("Your post keeps no roster."), instead=_("Ask your coordinator."))
    people = queries.who_could_be_on_duty(body, now())
    form = PlanForm(request.POST, zone=body.region.zone, people=people)
    if not form.is_valid():
        return _page(request, Attempt("plan", None, form))
    said = form.cleaned_data
    try:
        acts.plan_shift.once(said["key"] or None)(
            request.by, body, holder=form.people[said["holder"]], kind=said["kind"], since=said["since"],
            until=said["until"], beside=said["beside"],
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, Attempt("plan", None, form, refusal))
    messages.success(request, _("On the roster now."))
    return _to_week(said["since"])


@require_POST
@at_work
def shift_do(request: Any, key: UUID, name: str) -> HttpResponse:
    """Hand a shift over, take one over, or take one off the roster."""
    shift = queries.shift(request.by, key)
    if shift is None or name not in _DONE:
        raise Http404
    form = _text_form(name, request.POST, key)
    if name != "take" and not form.is_valid():
        return _page(request, Attempt(name, key, form))
    try:
        _do(request.by, shift, name, form)
    except Refusal as refusal:
        return _refused(request, Attempt(name, key, form, refusal))
    messages.success(request, _DONE[name])
    return redirect("desk:roster")


_DONE = {
    "hand_over": gettext_lazy("Handed over; whoever is on duty next reads it."),
    "take": gettext_lazy("Taken over."),
    "cancel": gettext_lazy("Taken off the roster."),
}


def _do(by: Any, shift: Shift, name: str, form: TextForm) -> None:
    if name == "take":
        acts.take_shift(by, shift)
        return
    key, text = form.cleaned_data["key"] or None, form.cleaned_data["text"]
    if name == "hand_over":
        acts.hand_over_shift.once(key)(by, shift, note=text)
    else:
        acts.cancel_shift.once(key)(by, shift, reason=text)


def _refused(request: Any, attempt: Attempt) -> HttpResponse:
    refusal = attempt.refusal
    if refusal is not None and attempt.form.is_bound and attempt.form.is_valid():
        field_of = {"note": "text", "reason": "text"}.get(refusal.field or "", refusal.field)
        if field_of in attempt.form.fields:
            attempt.form.add_error(
                field_of, " ".join(map(str, filter(None, (refusal.reason, refusal.instead))))
            )
    return _page(request, attempt)


def _to_week(since: datetime) -> HttpResponse:
    response = redirect("desk:roster")
    response["Location"] += f"?week={since.date().isoformat()}"
    return response
