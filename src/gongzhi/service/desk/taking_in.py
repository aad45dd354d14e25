"""Taking something in for somebody on the telephone or at the counter."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import locate
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.acts import Contact, Place
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import Submission
from gongzhi.service.design import parts
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import TakeInForm


@at_work
def take_in(request: Any) -> HttpResponse:
    """A clerk's page: write down what is said, and tell the number, the secret and what happens next."""
    by = request.by
    if not may(by, "submission.file"):
        raise NotAllowed(
            _("Your post does not take things in."),
            instead=_("Give the person the number of the hotline, or show them the public form."),
        )
    regions = list(queries.regions_taking_in(by))
    told = request.POST if request.method == "POST" else None
    form = TakeInForm(told, categories=queries.categories_at_work(by), regions=regions)
    if told is not None and form.is_valid():
        try:
            return _taken_in(request, _file(by, form))
        except Refusal as refusal:
            form.refused(refusal)
            return _page(request, form, refusal.status, refusal)
    return _page(request, form, 200 if told is None else 422)


def _page(request: Any, form: TakeInForm, status: int, refusal: Refusal | None = None) -> HttpResponse:
    areas = [parts.Area(r.outline, mark="") for r in form.regions.values() if r.outline]
    shown = refusal if refusal is not None and refusal.field not in form.fields else None
    place = parts.Place(
        title=_("Show it on the map"), short=True, pick_lon="#id_lon", pick_lat="#id_lat", areas=areas
    )
    return render(
        request, "desk/take_in.html", {"form": form, "refusal": shown, "picker": place}, status=status
    )


def _file(by: Any, form: TakeInForm) -> Submission:
    told = form.cleaned_data
    region = form.regions[told["region"]]
    category = queries.category(region, told["category"])
    if category is None:
        raise Invalid(_("This category is not in use in this region."), field="category")
    lon, lat = told["lon"], told["lat"]
    grid = locate(lon, lat) if lon is not None and lat is not None else None
    return acts.file.once(told["key"] or None)(
        by,
        grid.region if grid is not None and grid.region.path.startswith(region.path) else region,
        kind=told["kind"],
        category=category,
        text=told["text"],
        channel=told["channel"],
        place=Place(told["place"], lon, lat, grid),
        contact=Contact(told["name"], told["phone"], told["email"]),
        confidential=told["confidential"],
        answer_by=told["answer_by"],
        language=get_language() or "zh-hans",
    )


def _taken_in(request: Any, submission: Submission) -> HttpResponse:
    matter = submission.matter
    receipt = parts.Receipt(
        number=submission.number,
        secret=secret_of(submission),
        at=submission.filed_at,
        zone=submission.region.zone,
    )
    return render(
        request, "desk/taken_in.html", {"submission": submission, "matter": matter, "receipt": receipt}
    )
