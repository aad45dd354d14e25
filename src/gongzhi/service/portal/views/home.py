"""The first page, what goes on near here, and which region that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.regions.queries import Region, locate, outlined, region
from gongzhi.governance.matters.queries.public import (
    FEWEST,
    InTime,
    Tally,
    by_category,
    by_place,
    in_time,
    taking_in,
)
from gongzhi.service.design.parts import Area, Figure, Place, name_of
from gongzhi.service.portal.here import Here, here, remember_region

#: So many days back the public picture goes.
_DAYS = 30
_MOST_FREQUENT = 5


@dataclass(frozen=True)
class Answer:
    """One of the answers to "What would you like done?"."""

    label: str
    text: str
    url: str


def _answers() -> list[Answer]:
    return [
        Answer(
            _("Report"),
            _("Something is wrong, or you need help. No account, no name needed."),
            reverse("portal:report"),
        ),
        Answer(_("Ask"), _("A question about papers, services or rules."), reverse("portal:ask")),
        Answer(
            _("Follow up"),
            _("See what became of it, with number and secret."),
            reverse("portal:follow_up"),
        ),
        Answer(
            _("What goes on near here"),
            _("What is brought in, and how much is answered in time."),
            reverse("portal:near"),
        ),
        Answer(_("Rules in force"), _("Who handles what here, and by when."), reverse("portal:rules")),
        Answer(_("My data"), _("What is kept about you, and who looked."), reverse("accounts:mine")),
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One question with six answers, then what goes on near here."""
    around = here(request)
    told: dict[str, Any] = {"here_now": around, "answers": _answers()}
    if around is not None:
        told |= _picture(around.region, around, _drawn(around.region, around), _MOST_FREQUENT)
    return render(request, "portal/home.html", told)


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """What goes on near here: every category and every place, down to the grid."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    looked_at = _looked_at(request, around)
    drawn = _drawn(looked_at, around)
    above = [each for each in drawn.values() if each.code in _way(looked_at, around)[:-1]]
    shown = {"here_now": around, "looked_at": looked_at, "above": above}
    return render(request, "portal/near.html", shown | _picture(looked_at, around, drawn))


def _looked_at(request: HttpRequest, around: Here) -> Region:
    """The place asked for, if it lies in the visitor's region."""
    code = request.GET.get("place", "")
    found = region(code) if code else None
    is_inside = found is not None and found.path.startswith(around.region.path)
    return found if found is not None and is_inside else around.region


def _way(looked_at: Region, around: Here) -> list[str]:
    """The codes from the visitor's region down to the place looked at."""
    above = around.region.path.count("/") - 2
    return looked_at.path.strip("/").split("/")[above:]


def _drawn(looked_at: Region, around: Here) -> dict[str, Region]:
    """The regions on that way, and those beside that take things in too, with their outlines."""
    return outlined([*_way(looked_at, around), *(each.code for each in around.regions)])


def _picture(
    region: Region, around: Here, drawn: dict[str, Region], most: int | None = None
) -> dict[str, Any]:
    at = now()
    since = at - timedelta(days=_DAYS)
    categories = by_category(region, since)
    places = by_place(region, since)
    total = sum(tally.count for tally in categories)
    shown = [tally for tally in categories if not tally.is_few][:most]
    period = _("the last %(days)d days") % {"days": _DAYS}
    return {
        "figures": _figures(categories, in_time(region, since, at), period),
        "total": total,
        "period": period,
        "categories": shown,
        "others": total - sum(tally.count for tally in shown),
        "without_place": total - sum(tally.count for tally in places),
        "fewest": FEWEST,
        "map": _map(region, places, around, drawn, period),
        "places": [(_label(tally), _below(tally)) for tally in places if tally.count and not tally.outline],
        "as_of": at,
        "zone": region.zone,
    }


def _figures(categories: list[Tally], share: InTime, period: str) -> list[Figure]:
    total = sum(tally.count for tally in categories)
    answered = sum(tally.answered for tally in categories)
    came = {"in_time": share.in_time, "due": share.due}
    of_all, counted = _("of %(total)d brought in") % {"total": total}, reverse("portal:near") + "#counted"
    return [
        Figure(_("Brought in"), total, period=period, definition_url=counted),
        Figure(_("Answered of these"), answered, of=of_all, period=period),
        Figure(
            _("Answered in time"),
            share.percent,
            unit="%",
            of=_("%(in_time)d of %(due)d whose deadline has come") % came,
            period=period,
            decimals=1,
            needs=_("Fewer than 20 deadlines have come; a share of so few says nothing."),
        ),
    ]


def _map(region: Region, places: list[Tally], around: Here, drawn: dict[str, Region], period: str) -> Place:
    """The places shaded by how much was brought in, with the regions beside that take things in too."""
    beside = [each for each in around.regions if not region.path.startswith(each.path)]
    return Place(
        areas=[
            Area(
                geometry=tally.outline,
                label=_label(tally),
                url=_below(tally),
                mark=name_of(tally.name),
                value=1 if tally.count and tally.is_few else tally.count,
                told=count_of(tally),
            )
            for tally in places
            if tally.outline
        ],
        around=[Area(shape, name_of(each.name)) for each in beside if (shape := drawn[each.code].outline)],
        frame=drawn[region.code].outline,
        scale=_("Brought in, %(period)s:") % {"period": period},
        least=FEWEST,
        title=_("Map of %(region)s with what was brought in") % {"region": name_of(region.name)},
    )


def _below(tally: Tally) -> str:
    """Where a place is looked at more closely; a grid is the smallest."""
    return "" if tally.is_grid else f"{reverse('portal:near')}?place={tally.code}"


def _label(tally: Tally) -> str:
    return _("%(name)s: %(count)s") % {"name": name_of(tally.name), "count": count_of(tally)}


def count_of(tally: Tally) -> str:
    """A count that is not told when it is too small."""
    if tally.count and tally.is_few:
        return _("fewer than %(fewest)d") % {"fewest": FEWEST}
    return str(tally.count)


@require_POST
def choose_region(request: HttpRequest) -> HttpResponse:
    """Remember the visitor's region: the one chosen, or the one in which the device is."""
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = reverse("portal:home")
    response = redirect(wanted)
    choices = {each.code: each for each in taking_in()}
    code = request.POST.get("region", "")
    if not code and (cell := _located(request)) is not None:
        code = next((each.code for each in choices.values() if cell.region.path.startswith(each.path)), "")
    if code in choices:
        remember_region(request, response, code)
    return response


def _located(request: HttpRequest) -> Any:
    try:
        return locate(float(request.POST["lon"]), float(request.POST["lat"]))
    except (KeyError, ValueError):
        return None
