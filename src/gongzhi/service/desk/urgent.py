"""Urgent information: reported to the superior, acknowledged there, followed until the final report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import NotAllowed, Refusal
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Matter, Urgent, UrgentAtDesk
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.design.skipping import pager, skip_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm, TextForm
from gongzhi.service.desk.matter_page.asking import MomentField
from gongzhi.service.desk.matter_page.case import Sentence
from gongzhi.service.desk.told import steps_of

#: So many reports stand on a page.
MOST = 40


class ReportForm(ActForm):
    """A first report: what about, since when it is known, what has happened."""

    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("In one line, without names of private persons."),
        max_length=120,
    )
    text = forms.CharField(
        label=gettext_lazy("What has happened, and what is being done?"),
        help_text=gettext_lazy(
            "Where, since when, how many are affected, who is on the spot, what is needed. The superior reads"
            " this and nothing else of the matter: write down no more about persons than it needs."
        ),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["known_at"] = MomentField(
            zone,
            label=gettext_lazy("When did you come to know of it?"),
            help_text=gettext_lazy("Left empty: now, or when the matter was taken in."),
            required=False,
        )
        self.order_fields(("key", "title", "known_at", "text"))


class InstructForm(TextForm):
    """A leader's word, and by when it is to be carried out."""

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["due"] = MomentField(zone, label=gettext_lazy("By when"), required=False)


@dataclass(frozen=True)
class Deed:
    """Something that the reader may do with a report: its form and its button."""

    name: str
    title: Sentence
    url: str
    form: Any = None
    is_first: bool = False
    button: Sentence = ""
    is_grave: bool = False


@dataclass(frozen=True)
class Line:
    """One report of the list."""

    urgent: Urgent
    status: str
    state: parts.State


@require_safe
@at_work
def urgents(request: Any) -> HttpResponse:
    """The reports that a body wrote, and those that were written to it."""
    if not may(request.by, "urgent.read"):
        raise NotAllowed(_("Your post reads no urgent reports."))
    skip = skip_of(request)
    rows = list(queries.urgent_list(request.by)[skip : skip + MOST + 1])
    shown = {
        "lines": [Line(each, *_stands(each)) for each in rows[:MOST]],
        "pager": pager(request, request.path, MOST, is_more=len(rows) > MOST),
        "may_report": may(request.by, "urgent.report"),
    }
    return render(request, "desk/urgents.html", shown)


def _stands(urgent: Urgent) -> tuple[str, parts.State]:
    """How far a report is, in a sentence, and its state."""
    if urgent.final_at is not None:
        return _("The final report has been written."), parts.State.DONE
    if urgent.acknowledged_at is None:
        told = {"body": name_of(urgent.superior.name)}
        return _("Waits for %(body)s to acknowledge it.") % told, parts.State.ATTENTION
    told = {"body": name_of(urgent.body.name)}
    if urgent.instructed_at is not None and urgent.instructed_at >= urgent.last_at:
        return _("Instructed; waits for a further report of %(body)s.") % told, parts.State.WAITING
    return _("Acknowledged; waits for further reports of %(body)s.") % told, parts.State.IN_HAND


# -- a first report --------------------------------------------------------------------------------------


@at_work
def urgent_new(request: Any) -> HttpResponse:
    """Report something to the superior: of a matter, or of none."""
    body = queries.body_of_post(request.by, "urgent.report")
    if body is None:
        raise NotAllowed(
            _("Your post reports nothing upward."), instead=_("Tell the officer on duty of your centre.")
        )
    matter = _matter(request)
    form = ReportForm(request.POST or None, zone=body.region.zone, initial=_likely(matter))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = _report(request.by, body, matter, form)
        except Refusal as refused:
            refusal = refused
            form.refused(refused)
        else:
            messages.success(request, _("Reported to %(body)s.") % {"body": name_of(made.superior.name)})
            return redirect("desk:urgent", key=made.pk)
    shown = {
        "body": body,
        "matter": matter,
        "form": form,
        "refusal": refusal if refusal and refusal.field not in form.fields else None,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "desk/urgent_new.html", shown, status=status)


def _matter(request: Any) -> Matter | None:
    """The matter that the address names, if the actor reads it."""
    told = request.GET.get("matter", "")
    if not told:
        return None
    found = queries.matter_numbered(request.by, told)
    if found is None:
        raise Http404
    return found


def _likely(matter: Matter | None) -> dict[str, Any]:
    return {"title": matter.title[:120]} if matter is not None else {}


def _report(by: Any, body: Organisation, matter: Matter | None, form: ReportForm) -> Urgent:
    said = form.cleaned_data
    return acts.report_urgent.once(said["key"] or None)(
        by, body, title=said["title"], text=said["text"], matter=matter, known_at=said["known_at"]
    )


# -- one report ------------------------------------------------------------------------------------------


@require_safe
@at_work
def urgent(request: Any, key: UUID) -> HttpResponse:
    """One affair: how far it is, what was reported, and what the reader can do."""
    return _page(request, _reached(request, key))


def _reached(request: Any, key: UUID) -> UrgentAtDesk:
    desk = queries.urgent_at_desk(request.by, key)
    if desk is None:
        raise Http404
    return desk


def _page(
    request: Any, desk: UrgentAtDesk, tried: tuple[str, Any] | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    row, told = desk.urgent, desk
    names = {each.code: each.name for each in (row.body, row.superior)}
    sentence, state = _stands(row)
    shown = {
        "urgent": row,
        "zone": row.region.zone,
        "number": told.urgent.told_matter,  # type: ignore[attr-defined]
        "status": parts.Status(sentence, state, large=True),
        "clock": _clock(row, now()),
        "steps": steps_of(queries.urgent_story(desk), names, row.region.zone, lambda entry: ""),
        "doings": _doings(request.by, desk, tried),
        "refusal": refusal if refusal and not (tried and tried[1].errors) else None,
    }
    status = refusal.status if refusal else 422 if tried else 200
    return render(request, "desk/urgent.html", shown, status=status)


def _clock(urgent: Urgent, at: datetime) -> parts.Deadline | None:
    """By when the first report was due, and by which rule."""
    if urgent.due_at is None:
        return None
    url = reverse("portal:rule", args=[urgent.rule]) if urgent.rule else ""
    rule = parts.Rule(_("the rule on urgent information"), url, urgent.basis) if urgent.rule else None
    return parts.Deadline(
        urgent.due_at, urgent.region.zone, _("First report"), rule=rule, met=urgent.first_at, now=at
    )


def _doings(by: Any, desk: UrgentAtDesk, tried: tuple[str, Any] | None) -> list[Deed]:
    """What the reader may do now: the superior's side, or that of whoever reports."""
    row = desk.urgent
    is_above, is_open = row.superior_id in by.organisations, row.final_at is None
    wanted = []
    if is_above and row.acknowledged_at is None:
        wanted.append("acknowledge")
    if is_above and is_open:
        wanted.append("instruct")
    if is_open and row.body_id in by.organisations:
        wanted += ["report_further", "report_finally"]
    names = [name for name in wanted if f"urgent.{name}" in desk.may]
    return [_deed(row, name, tried, is_first=n == 0) for n, name in enumerate(names)]


def _deed(urgent: Urgent, name: str, tried: tuple[str, Any] | None, *, is_first: bool) -> Deed:
    form = tried[1] if tried and tried[0] == name else _form(urgent, name)
    url = reverse("desk:urgent_do", args=[urgent.pk, name])
    return Deed(name, _TITLES[name], url, form, is_first or bool(tried and tried[0] == name), _BUTTONS[name])


_TITLES = {
    "acknowledge": gettext_lazy("Acknowledge it"),
    "instruct": gettext_lazy("Give an instruction"),
    "report_further": gettext_lazy("Write a further report"),
    "report_finally": gettext_lazy("Write the final report"),
}
_BUTTONS = {
    "acknowledge": gettext_lazy("I have read it"),
    "instruct": gettext_lazy("Instruct"),
    "report_further": gettext_lazy("Report on"),
    "report_finally": gettext_lazy("Report finally"),
}
_LABELS = {
    "instruct": gettext_lazy("Instruction"),
    "report_further": gettext_lazy("What is new?"),
    "report_finally": gettext_lazy("How did it end?"),
}


def _form(urgent: Urgent, name: str, data: Any = None) -> Any:
    told: dict[str, Any] = {"auto_id": f"{name}_%s"}
    if name == "acknowledge":
        return ActForm(data, **told)
    if name == "instruct":
        return InstructForm(data, zone=urgent.region.zone, label=_LABELS[name], **told)
    return TextForm(data, label=_LABELS[name], **told)


@require_POST
@at_work
def urgent_do(request: Any, key: UUID, name: str) -> HttpResponse:
    """Acknowledge a report, instruct on it, or write the next one."""
    desk = _reached(request, key)
    if name not in _TITLES:
        raise Http404
    form = _form(desk.urgent, name, request.POST)
    if not form.is_valid():
        return _page(request, desk, (name, form))
    try:
        _ACTS[name].once(form.cleaned_data["key"] or None)(request.by, desk.urgent, **_said(form))
    except Refusal as refusal:
        form.refused(refusal)
        return _page(request, _reached(request, key), (name, form), refusal)
    messages.success(request, _SAID[name])
    return redirect("desk:urgent", key=key)


def _said(form: Any) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("text", "due") if name in form.fields}


_ACTS: dict[str, Any] = {
    "acknowledge": acts.acknowledge_urgent,
    "instruct": acts.instruct_urgent,
    "report_further": acts.report_further,
    "report_finally": acts.report_finally,
}
_SAID = {
    "acknowledge": gettext_lazy("Acknowledged; whoever reported it sees so."),
    "instruct": gettext_lazy("Instructed; whoever reported it reads it now."),
    "report_further": gettext_lazy("Reported on."),
    "report_finally": gettext_lazy("The final report is written."),
}
