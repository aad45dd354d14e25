"""Proposing a joint rule for a cooperation area, in the same editor in which an authority writes its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import CooperationArea, Region, members
from gongzhi.foundation.rulebooks import acts, queries
from gongzhi.foundation.rulebooks.subjects import subject, subjects
from gongzhi.methods import decision_tables as dt
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.rules.forms import FrameForm
from gongzhi.service.desk.rules.grid import Grid, skeleton
from gongzhi.service.desk.rules.page import words_for
from gongzhi.service.desk.rules.views import _editor, _grid, changed


@at_work
def rule_joint(request: Any, area: str, about: str) -> HttpResponse:
    """Write what all members of an area are asked to adopt; it binds none that has not."""
    at = now()
    found = next((each for each in queries.areas_reached(request.by, at) if each.code == area), None)
    known = about in {each.name for each in subjects()}
    inside = members(found.pk, at) if found is not None else []
    if found is None or not inside or not known or not may(request.by, "rule.propose_jointly"):
        raise Http404
    home = inside[0]
    if request.method == "POST":
        return _written(request, found, home, about)
    words = words_for(home)
    grid = Grid.of(_begun(found, inside, about, request.GET.get("like", "")), words)
    return _editor(request, grid, FrameForm(), home, None, None, area=found)


def _begun(area: CooperationArea, inside: list[Region], about: str, like: str) -> dt.Table:
    """The table to begin with: a member's, or that of the joint rule which a member has, or an empty one."""
    asked = next((each for each in inside if each.code == like), None)
    held = queries.in_force(about, asked.path, now())[0] if asked is not None else None
    if held is not None:
        return held.table
    joint = (each for one in inside for each in queries.joint_in_force(one, now()))
    own = (each for each in joint if each.rule.rule_set.area_id == area.pk and each.rule.subject == about)
    last = next(own, None)
    return queries.table_of(last.table) if last else skeleton(subject(about), words_for(inside[0]))


def _written(request: Any, area: CooperationArea, home: Region, about: str) -> HttpResponse:
    do = request.POST.get("do", "save")
    grid, frame = _grid(request, home, about), FrameForm(request.POST)
    if do != "save":
        initial = FrameForm(initial=request.POST.dict())
        return _editor(request, changed(request, grid, do), initial, home, None, None, area=area)
    if grid.table is None or not frame.is_valid():
        return _editor(request, grid, frame, home, None, None, status=422, area=area)
    since = frame.told(home.zone)["effective_from"]
    propose = acts.propose_jointly.once(frame.cleaned_data["key"] or None)
    try:
        saved = propose(request.by, area, table=dt.dump(grid.table), effective_from=since)
    except Refusal as refusal:
        frame.refused(refusal)
        return _editor(
            request, grid, frame, home, None, None, refusal=refusal, status=refusal.status, area=area
        )
    messages.success(request, _("Proposed to the members. It binds each that adopts it."))
    return redirect("desk:rule", key=saved.pk)
