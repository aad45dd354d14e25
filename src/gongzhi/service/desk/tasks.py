"""The tasks of grids in one list: done or not possible with one thumb; set, and refused, by whoever may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.queries import File, examine
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible, Refusal
from gongzhi.foundation.parties.queries import Organisation, organisations
from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Period
from gongzhi.governance.matters.queries.tasks import Task
from gongzhi.service.design import parts
from gongzhi.service.design.files import served_as
from gongzhi.service.design.parts import name_of
from gongzhi.service.design.uploads import ManyFiles
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm, function_name

#: So many stand in the list, those that bind first; the rest follow as these are done.
MOST = 100
#: So many days of what has ended are shown below, and counted.
DAYS = 30


class TaskForm(ActForm):
    """What became of a task; the buttons say which."""

    text = forms.CharField(
        label=gettext_lazy("What was done, or why it is not possible"),
        help_text=gettext_lazy("Left empty, “Done” says: done, nothing to remark."),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PhotoForm(TaskForm):
    """What became of a task, and what it looks like now."""

    photos = ManyFiles(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy("Where a photo was taken and with what is taken out of it before it is kept."),
        required=False,
        accept="image/*",
        camera=True,
    )


class JoinForm(ActForm):
    """For which lines of business the task is done as well."""

    lines = forms.CharField(
        label=gettext_lazy("Further lines of business"),
        help_text=gettext_lazy("With commas between. The task is done once for all of them."),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "lines", "autocomplete": "off"}),
    )

    @property
    def named(self) -> list[str]:
        """The lines, by code where they have one."""
        return lines_named(self.cleaned_data["lines"])


class SetForm(ActForm):
    """A new task: where, for which lines of business, what, by when."""

    grid = forms.CharField(
        label=gettext_lazy("Grid"),
        help_text=gettext_lazy("Choose one from the list, or write its code."),
        widget=forms.TextInput(attrs={"list": "grids", "autocomplete": "off"}),
    )
    lines = forms.CharField(
        label=gettext_lazy("Lines of business"),
        help_text=gettext_lazy("With commas between. The task is done once for all of them."),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "lines", "autocomplete": "off"}),
    )
    text = forms.CharField(label=pgettext_lazy("task", "What is to be done"), max_length=300)
    due = forms.DateField(
        label=gettext_lazy("By the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @property
    def named(self) -> list[str]:
        """The lines, by code where they have one."""
        return lines_named(self.cleaned_data["lines"])


#: Lines of business that are offered by name; any other may be written.
LINES = (
    "water", "ecology", "city_order", "emergency", "civil_affairs", "health", "housing", "agriculture",
    "police", "labour", "fire", "market",
)  # fmt: skip


def lines_named(words: str) -> list[str]:
    """Lines of business as somebody wrote them, by code where they have one."""
    codes = {function_name(code).casefold(): code for code in LINES}
    said = words.replace("，", ",").replace("、", ",").split(",")
    return [codes.get(each.strip().casefold(), each.strip()) for each in said if each.strip()]


@dataclass(frozen=True)
class Line:
    """One task as the list shows it."""

    task: Task
    lines: list[str]
    clock: parts.Deadline | None
    form: TaskForm | None
    refusing: TaskForm | None
    joining: JoinForm | None
    is_open: bool = False


#: Of which task something was tried, by which form, and why it was refused.
Tried = tuple[UUID, ActForm, Refusal]


@require_safe
@at_work
def tasks(request: Any) -> HttpResponse:
    """The one list: what binds first, first."""
    return _page(request)


def _page(request: Any, tried: Tried | None = None) -> HttpResponse:
    by, at = request.by, now()
    if not may(by, "task.read"):
        raise NotAllowed(_("Your post has no tasks in a grid."))
    rows = list(queries.task_list(by)[: MOST + 1])
    month = Period(at - timedelta(days=DAYS), at + timedelta(seconds=1))
    ended = list(queries.task_ended(by, month)[:10])
    photos = queries.photos_of(ended) if ended else {}
    lines = [_line(each, at, tried) for each in rows[:MOST]]
    shown = {
        "lines": lines,
        "known": [function_name(code) for code in LINES] if any(each.joining for each in lines) else [],
        "is_more": len(rows) > MOST,
        "ended": [(each, _lines(each), photos.get(each.pk, [])) for each in ended],
        "counted": _counted(queries.tasks_done(by, month)),
        "headline": _headline(rows, at),
        "may_set": may(by, "task.set"),
        "refusal": tried[2] if tried else None,
    }
    return render(request, "desk/tasks.html", shown, status=tried[2].status if tried else 200)


def _line(task: Any, at: datetime, tried: Tried | None) -> Line:
    held = tried[1] if tried is not None and tried[0] == task.pk else None
    prefix = f"{task.pk}_%s"
    form = held if isinstance(held, PhotoForm) else PhotoForm(auto_id=prefix)
    joining = held if isinstance(held, JoinForm) else JoinForm(auto_id=f"{task.pk}_join_%s")
    return Line(
        task,
        _lines(task),
        parts.Deadline(task.due_at, task.region.zone, now=at) if task.due_at else None,
        form if task.may_do else None,
        form if task.may_refuse and not task.rule else None,
        joining if task.may_join else None,
        held is form,
    )


def _lines(task: Task) -> list[str]:
    return [function_name(each) for each in task.lines]


def _headline(rows: list[Any], at: datetime) -> str:
    """How much there is, and how much of it binds now, in a sentence."""
    if not rows:
        return ""
    said = ngettext("%(n)d task to do", "%(n)d tasks to do", len(rows)) % {"n": len(rows)}
    late = sum(each.due_at is not None and each.due_at < at for each in rows)
    day = at + timedelta(days=1)
    soon = sum(each.due_at is not None and at <= each.due_at < day for each in rows)
    if late:
        said += _(", %(n)d overdue") % {"n": late}
    if soon:
        said += _(", %(n)d due within a day") % {"n": soon}
    return said


def _counted(done: queries.TasksDone) -> str:
    """How many were done, each once, and how often each line was served by them."""
    if not done.count:
        return ""
    lines = sorted(done.by_line.items(), key=lambda pair: (-pair[1], pair[0]))
    told = {
        "done": ngettext("%(n)d task done", "%(n)d tasks done", done.count) % {"n": done.count},
        "lines": " · ".join(f"{function_name(code)} {n}" for code, n in lines),
    }
    return _("%(done)s in the last 30 days, each counted once. Lines served: %(lines)s.") % told


@require_POST
@at_work
def task_do(request: Any, key: UUID) -> HttpResponse:
    """Say what became of a task: done, not possible, or refused because nobody admitted it."""
    task = queries.tasks(request.by).filter(pk=key).first()
    if task is None:
        raise Http404
    form = PhotoForm(request.POST, request.FILES, auto_id=f"{key}_%s")
    if not form.is_valid():
        return _page(request, (key, form, Invalid(_("Look at what is marked."))))
    try:
        said = _become(request, task, form)
    except Refusal as refusal:
        form.add_error("photos" if refusal.field in ("photos", "files") else "text", _in_words(refusal))
        return _page(request, (key, form, refusal))
    messages.success(request, said)
    return redirect("desk:tasks")


@require_POST
@at_work
def task_join(request: Any, key: UUID) -> HttpResponse:
    """Let a task serve further lines of business."""
    task = queries.tasks(request.by).filter(pk=key).first()
    if task is None:
        raise Http404
    form = JoinForm(request.POST, auto_id=f"{key}_join_%s")
    try:
        if not form.is_valid():
            raise Invalid(_("Say for which lines of business this is done."), field="lines")
        joined = acts.join_task.once(form.cleaned_data.get("key") or None)(request.by, task, lines=form.named)
    except Refusal as refusal:
        if not form.errors:
            form.add_error("lines", _in_words(refusal))
        return _page(request, (key, form, refusal))
    told = {"task": joined.text, "lines": " · ".join(_lines(joined))}
    messages.success(request, _("“%(task)s” is done once, for %(lines)s.") % told)
    return redirect("desk:tasks")


def _in_words(refusal: Refusal) -> str:
    return f"{refusal.reason} {refusal.instead}".strip()


@never_cache
@require_safe
@at_work
def photo(request: Any, key: UUID) -> HttpResponseBase:
    """A photo of a task, for whoever reads the task."""
    return served_as(queries.open_photo(request.by, key))


def _become(request: Any, task: Task, form: PhotoForm) -> str:
    text, key = form.cleaned_data["text"], form.cleaned_data.get("key") or None
    what = request.POST.get("what")
    if what == "refuse":
        acts.refuse_task.once(key)(request.by, task, reason=text)
        return _("Refused; whoever set it reads why.")
    possible = what != "not_possible"
    if possible and not text.strip():
        text = _("Done, nothing to remark.")
    photos = _stored(request.by, task, form.cleaned_data["photos"])
    acts.do_task.once(key)(request.by, task, result=text, possible=possible, photos=photos)
    if possible:
        return _("Done: “%(task)s”.") % {"task": task.text}
    return _("Noted as not possible: “%(task)s”.") % {"task": task.text}


def _stored(by: Any, task: Task, uploads: Sequence[Any]) -> list[File]:
    """Photos as they are kept: looked at, re-encoded without what cameras hide in them."""
    if not uploads or not task.is_open:
        return []
    if len(uploads) > acts.MOST_FILES:
        told = {"limit": acts.MOST_FILES}
        raise Invalid(_("At most %(limit)d photos can be taken.") % told, field="photos")
    contents = [examine(each.read(), each.name) for each in uploads]
    if any(not each.media_type.startswith("image/") for each in contents):
        raise Invalid(_("Only photos can be taken here."), field="photos")
    return [store(by, task.region, content=each) for each in contents]


@at_work
def task_set(request: Any) -> HttpResponse:
    """Set a grid a task, for one line of business or several."""
    by = request.by
    if not may(by, "task.set"):
        raise NotAllowed(_("Your post sets no tasks."))
    form = SetForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            _set(by, form)
        except Refusal as refused:
            refusal = refused
            form.refused(refused)
        else:
            messages.success(request, _("Set. It stands on the grid's list now."))
            return redirect("desk:tasks")
    shown = {
        "form": form,
        "refusal": refusal if refusal and refusal.field not in form.fields else None,
        "grids": [(each.code, name_of(each.name)) for each in queries.grids_to_task(by)],
        "known": [function_name(code) for code in LINES],
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "desk/task_set.html", shown, status=status)


def _set(by: Any, form: SetForm) -> None:
    said = form.cleaned_data
    grid = queries.grid_to_task(by, said["grid"].split(" ")[0])
    if grid is None:
        raise NotPossible(_("There is no such grid within your reach."), field="grid")
    body, asker = queries.keeper_of(grid), _own_body(by)
    if body is None or asker is None:
        raise NotPossible(_("No town keeps this grid, so nobody could be set a task."), field="grid")
    acts.set_task.once(said.get("key") or None)(
        by, grid.region, grid=grid, body=body, asker=asker, lines=form.named, text=said["text"],
        due=_end_of(said["due"], grid.region.zone),
    )  # fmt: skip


def _own_body(by: Any) -> Organisation | None:
    return organisations().filter(pk__in=list(by.organisations)).order_by("pk").first()


def _end_of(day: Any, zone: str) -> datetime | None:
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=ZoneInfo(zone)) if day else None
