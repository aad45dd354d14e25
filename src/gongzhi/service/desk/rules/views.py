"""The pages of rules at a desk: the list, one version, the editor, regions compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import CooperationArea, Region, members
from gongzhi.foundation.rulebooks import acts, queries
from gongzhi.foundation.rulebooks.findings import faults
from gongzhi.foundation.rulebooks.queries import Version
from gongzhi.foundation.rulebooks.subjects import subject, subjects
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design import parts
from gongzhi.service.design.parts import State
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.rules import columns, wording
from gongzhi.service.desk.rules.forms import BeginForm, FrameForm
from gongzhi.service.desk.rules.grid import Grid, skeleton
from gongzhi.service.desk.rules.page import attempted, context_of, words_for
from gongzhi.service.portal.ruling import home_of

#: A table that comes back from the form has so many characters at most.
MOST_TEXT = 400_000


def _reached(request: Any, key: UUID, verb: str = "rule.read") -> Version:
    version = queries.version_reached(request.by, key, verb)
    if version is None:
        raise Http404  # the same whether it is out of reach or does not exist
    return version


@require_safe
@at_work
def rule(request: Any, key: UUID) -> HttpResponse:
    """One version of a rule."""
    told = context_of(request.by, _reached(request, key), now(), beside=request.GET.get("with", ""))
    return render(request, "desk/rules/rule.html", told)


@require_POST
@at_work
def rule_do(request: Any, key: UUID, name: str) -> HttpResponse:
    """Do something to a version; what is refused comes back on its page, in words."""
    version = _reached(request, key)
    home = home_of(version)
    attempt = attempted(request.by, version, name, request.POST, home.zone if home else "UTC")
    if attempt is None:
        raise Http404
    if attempt.done:
        messages.success(request, attempt.done)
        return redirect("desk:rule", key=key)
    told = context_of(request.by, _reached(request, key), now(), attempt)
    return render(request, "desk/rules/rule.html", told, status=attempt.status)


# -- the editor --------------------------------------------------------------------------------------


@at_work
def rule_new(request: Any) -> HttpResponse:
    """Write a new version: of the rule in force, or from nothing."""
    regions = {each.code: each for each in queries.regions_to_write(request.by)}
    if not regions:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    region, about = regions.get(asked.get("region", "")), asked.get("subject", "")
    if region is None or about not in {each.name for each in subjects()}:
        form = BeginForm(initial={"region": asked.get("region"), "subject": about}, regions=regions.values())
        return render(request, "desk/rules/begin.html", {"form": form})
    wrong = _corrected(request, asked.get("corrects", ""))
    words = words_for(region)
    if request.method == "POST":
        return _written(request, region, about, None, wrong)
    held = queries.in_force(about, region.path, now())[0]
    table = (
        queries.table_of(wrong.table)
        if wrong
        else held.table
        if held is not None
        else skeleton(subject(about), words)
    )
    frame = FrameForm(initial={"refinable": True})
    return _editor(request, Grid.of(table, words), frame, region, None, wrong)


@at_work
def rule_edit(request: Any, key: UUID) -> HttpResponse:
    """Go on with a draft."""
    version = _reached(request, key, "rule.revise")
    region = home_of(version)
    if region is None or version.state not in ("draft", "verified", "reviewed"):
        raise Http404
    if request.method == "POST":
        return _written(request, region, version.rule.subject, version, version.corrects)
    grid = Grid.of(queries.table_of(version.table), words_for(region))
    return _editor(request, grid, FrameForm.of(version, region.zone), region, version, version.corrects)


def _corrected(request: Any, key: str) -> Version | None:
    try:
        return queries.version_reached(request.by, UUID(key)) if key else None
    except ValueError:
        raise Http404 from None


def _grid(request: Any, region: Region, about: str) -> Grid:
    """What stands in the form; its columns come back with it, and are read as strictly as any table."""
    text = request.POST.get("base", "")
    words = words_for(region)
    try:
        if len(text) > MOST_TEXT:
            raise ValueError
        (base,) = dt.load(text)
    except ValueError:
        base = skeleton(subject(about), words)
    return Grid(base, request.POST.dict(), words)


def _written(
    request: Any, region: Region, about: str, version: Version | None, wrong: Version | None
) -> HttpResponse:
    """Do what a button of the editor says."""
    do = request.POST.get("do", "save")
    grid, frame = _grid(request, region, about), FrameForm(request.POST)
    if do != "save":
        return _editor(
            request,
            changed(request, grid, do),
            FrameForm(initial=request.POST.dict()),
            region,
            version,
            wrong,
        )
    if grid.table is None or not frame.is_valid():
        return _editor(request, grid, frame, region, version, wrong, status=422)
    told, key = frame.told(region.zone), frame.cleaned_data["key"] or None
    text = dt.dump(grid.table)
    try:
        if version is None:
            saved = acts.draft.once(key)(request.by, region, table=text, corrects=wrong, **told)
        else:
            saved = acts.revise.once(key)(request.by, version, table=text, **told)
    except Refusal as refusal:
        frame.refused(refusal)
        return _editor(request, grid, frame, region, version, wrong, refusal=refusal, status=refusal.status)
    messages.success(request, _("The draft was saved. Have it verified when it is ready."))
    return redirect("desk:rule", key=saved.pk)


def _editor(
    request: Any,
    grid: Grid,
    frame: FrameForm,
    region: Region,
    version: Version | None,
    wrong: Version | None,
    refusal: Refusal | None = None,
    status: int = 200,
    area: CooperationArea | None = None,
) -> HttpResponse:
    told = {
        "grid": grid,
        "base": dt.dump(grid.base),
        "columns": columns.listed(grid.base, grid.words),
        "to_add": columns.to_add(grid.base, subject(grid.base.name), grid.words),
        "column_words": columns.labels(),
        "frame": frame,
        "region": region,
        "area": area,
        "subject": subject(grid.base.name),
        "version": version,
        "corrects": wrong,
        "refusal": refusal,
        "show_problems": status == 422,
        **verdict_of(grid),
    }
    return render(request, "desk/rules/edit.html", told, status=status)


@require_POST
@at_work
def rule_check(request: Any) -> HttpResponse:
    """The live verdict under a table that is being written."""
    about = request.POST.get("subject", "")
    region = _writable(request).get(request.POST.get("region", ""))
    if region is None or about not in {each.name for each in subjects()}:
        raise Http404
    return render(request, "desk/rules/verdict.html", verdict_of(_grid(request, region, about)))


def changed(request: Any, grid: Grid, do: str) -> Grid:
    """The grid after a button that changes its rows or its columns."""
    if do != "columns":
        return grid.changed(do)
    return columns.changed(grid, request.POST, subject(grid.base.name))


def _writable(request: Any) -> dict[str, Region]:
    """The regions whose words a table may be written in: one's own, and those of areas one proposes to."""
    found = {each.code: each for each in queries.regions_to_write(request.by)}
    if may(request.by, "rule.propose_jointly"):
        for area in queries.areas_reached(request.by, now()):
            found |= {each.code: each for each in members(area.pk, now())}
    return found


def verdict_of(grid: Grid) -> dict[str, Any]:
    """What is to be said of a table as it stands in the form."""
    if grid.table is None:
        return {"verdict": None, "problems": grid.problems}
    found = faults(grid.table)
    said = [
        parts.Witness(
            wording.sentence_of(each, grid.table, grid.words),
            State.ATTENTION if each.is_blocking else State.INFORMATION,
        )
        for each in found
    ]
    blocking = sum(each.is_blocking for each in found)
    return {"verdict": said, "blocking": blocking, "problems": [], "is_empty": not grid.table.rules}


# -- the list ----------------------------------------------------------------------------------------


@require_safe
@at_work
def rules(request: Any) -> HttpResponse:
    """The rules that the reader reaches: what waits for them, what is due, what is in force."""
    from gongzhi.service.desk.rules.listing import listing

    if not may(request.by, "rule.read"):
        raise Http404
    return render(request, "desk/rules/rules.html", listing(request.by, now()))
