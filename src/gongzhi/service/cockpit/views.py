"""The pages of the cockpit: the picture of a region or of several side by side, and what is behind it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import NotAllowed
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import Cut, Figure, Scene, Tab
from gongzhi.service.cockpit import shown, stages
from gongzhi.service.cockpit.periods import Chosen, chosen, names
from gongzhi.service.design.parts import Empty, Pager
from gongzhi.service.desk import lists
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.morning import morning_line


@require_safe
@at_work
def today(request: Any) -> HttpResponse:
    """The picture of where the reader's posts reach."""
    scene = queries.scene_of_posts(request.by)
    if scene is None:
        raise _not_of_a_region()
    return _picture(request, scene)


def _not_of_a_region() -> NotAllowed:
    return NotAllowed(
        _("A region's picture is for those who work for the whole of it."),
        instead=_("What your own body has in hand stands under “My work”."),
    )


@require_safe
@at_work
def region(request: Any, code: str) -> HttpResponse:
    """The picture of one region and its parts."""
    return _picture(request, _found(queries.scene_of(request.by, code)))


@require_safe
@at_work
def area(request: Any, code: str) -> HttpResponse:
    """The members of a cooperation area side by side."""
    return _picture(request, _found(queries.scene_of_area(request.by, code)))


def _found(scene: Scene | None) -> Scene:
    if scene is None:
        raise Http404
    return scene


def _chosen(request: Any, scene: Scene) -> Chosen:
    return chosen(request.GET.get("period", ""), now(), scene.tops[0].zone)


def _picture(request: Any, scene: Scene) -> HttpResponse:
    period = _chosen(request, scene)
    picture = queries.picture(request.by, scene, period.period)
    bodies, quiet = shown.rows_of_bodies(scene, picture, period)
    return render(
        request,
        "cockpit/today.html",
        {
            "scene": scene,
            "title": shown.title_of(scene),
            "top_line": shown.top_line(picture, period),
            "loop_url": stages.loop_url(scene, period),
            "chosen": period,
            "periods": names(),
            "figures": shown.figures(scene, picture, period),
            "columns": shown.heads(shown.COLUMNS),
            "columns_of_bodies": shown.heads(shown.COLUMNS_OF_BODIES),
            "parts": shown.rows_of_parts(scene, picture, period),
            "bodies": bodies,
            "quiet_bodies": quiet,
            "place": shown.place(scene, picture, period),
            "bars": shown.bars(picture, period),
            "zone": scene.tops[0].zone,
            "until": period.period.until,
        },
    )


@require_safe
@at_work
def loop(request: Any, place: str = "mine") -> HttpResponse:
    """From coming in to done on one screen: what came in, how it was routed, how it is handled."""
    scene = queries.scene_of_posts(request.by) if place == "mine" else _scene_at(request, place)
    if scene is None:
        raise _not_of_a_region()
    period = _chosen(request, scene)
    counted = queries.loop(request.by, scene, period.period)
    morning = queries.morning(request.by, scene, period.period.until)
    told = {
        "scene": scene,
        "title": shown.title_of(scene),
        "top_line": morning_line(morning),
        "chosen": period,
        "periods": names(),
        "picture_url": stages.picture_url(scene, period),
        "stages": stages.stages(scene, counted, period),
        "zone": scene.tops[0].zone,
        "until": period.period.until,
    }
    return render(request, "cockpit/loop.html", told)


@require_safe
@at_work
def behind(request: Any, place: str, name: str) -> HttpResponse:
    """The matters that a figure counts."""
    if name not in set(Figure):
        raise Http404
    scene = _scene_at(request, place)
    period, figure = _chosen(request, scene), Figure(name)
    cut = Cut(*(request.GET.get(key, "")[:60] for key in ("part", "lead", "category", "channel")))
    rows = queries.matters_behind(request.by, scene, figure, period.period, cut)
    page = queries.page_by_opening(rows, request.GET.get("cursor", ""))
    span = queries.days_from(period.period.until, scene.tops[0].zone)

    def to(cursor: str) -> str:
        if not cursor:
            return ""
        return shown.address(scene, figure, period, **asdict(cut), cursor=cursor)

    return render(
        request,
        "cockpit/behind.html",
        {
            "title": shown.TITLES[figure],
            "scene": scene,
            "place_name": shown.title_of(scene),
            "chosen": period,
            "lines": lists.lines(request.by, page.rows, span),
            "empty": Empty(
                _("No matter is behind this figure now."),
                _("It may have been answered, or sent elsewhere, since the picture was drawn."),
            ),
            "pager": Pager(to(page.before), to(page.after)),
            "tab": Tab.ALL.value,
        },
    )


def _scene_at(request: Any, place: str) -> Scene:
    if place == "mine":
        return _found(queries.scene_of_posts(request.by))
    if place.startswith("area-"):
        return _found(queries.scene_of_area(request.by, place.removeprefix("area-")))
    return _found(queries.scene_of(request.by, place))
