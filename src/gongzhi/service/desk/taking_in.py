"""Taking something in for somebody on the telephone or at the counter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, Refusal
from gongzhi.foundation.parties.queries import bodies_of
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import Region, locate
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.acts import Contact, Place
from gongzhi.governance.matters.emergencies import numbers_for
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import Kind, Submission, knowledge, near
from gongzhi.service.design import parts
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import TakeInForm
from gongzhi.service.portal.sentences import thing_in_words


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
    bodies = {each.code: each for top in _tops(regions) for each in bodies_of(top)}
    form = TakeInForm(
        told, categories=queries.categories_at_work(by), regions=regions, bodies=bodies.values()
    )
    if told is not None and form.is_valid():
        try:
            return _taken_in(request, _file(by, form))
        except Refusal as refusal:
            form.refused(refusal)
            return _page(request, form, refusal.status, refusal)
    return _page(request, form, 200 if told is None else 422)


def _tops(regions: list[Region]) -> list[Region]:
    """Of some regions those that lie in none of the others."""
    return [
        each
        for each in regions
        if not any(each.path != other.path and each.path.startswith(other.path) for other in regions)
    ]


def _page(request: Any, form: TakeInForm, status: int, refusal: Refusal | None = None) -> HttpResponse:
    areas = [parts.Area(r.outline, mark="") for r in form.regions.values() if r.outline]
    shown = refusal if refusal is not None and refusal.field not in form.fields else None
    place = parts.Place(
        title=_("Show it on the map"), short=True, pick_lon="#id_lon", pick_lat="#id_lat", areas=areas
    )
    return render(
        request,
        "desk/take_in.html",
        {
            "form": form,
            "refusal": shown,
            "picker": place,
            "emergency": numbers_for(form.data.get("text", "")),
        },
        status=status,
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
        thing=queries.thing_called(told["thing"]),
        contact=Contact(told["name"], told["phone"], told["email"]),
        confidential=told["confidential"],
        answer_by=told["answer_by"],
        language=get_language() or "zh-hans",
        needs=form.needs,
        accused=form.named,
    )


@require_safe
@at_work
def things_near(request: Any) -> HttpResponse:
    """What stands near a spot, as options for the field; only what a rule sends by its owner."""
    by, told = request.by, request.GET
    found: list[Any] = []
    try:
        lon, lat = float(told.get("lon", "")), float(told.get("lat", ""))
        cell = locate(lon, lat)
    except ValueError:
        cell = None
    if cell is not None and may(by, "submission.file"):
        asked = {name: told.get(name, "") for name in ("kind", "category", "channel")}
        near = queries.things_near(cell.region, lon, lat, **asked, at=now())
        found = [(each.code, thing_in_words(each, lon, lat)) for each in near]
    return render(request, "desk/things_near.html", {"things": found})


def _taken_in(request: Any, submission: Submission) -> HttpResponse:
    receipt = parts.Receipt(
        number=submission.number,
        secret=secret_of(submission),
        at=submission.filed_at,
        zone=submission.region.zone,
    )
    by, reached = request.by, None
    if submission.matter_id is not None:
        reached = queries.matter(by, submission.matter_id)
    shown = {
        "submission": submission,
        "matter": reached,
        "receipt": receipt,
        "emergency": numbers_for(submission.text),
        "alike": near.alike(by, reached, now()) if reached is not None else [],
        "answers": _answered_already(by, submission) if reached is not None else [],
        "key": str(uuid7()),
    }
    return render(request, "desk/taken_in.html", shown)


def _answered_already(by: Any, submission: Submission) -> list[Any]:
    """What the knowledge base says to a question, so that it is answered at once."""
    if submission.kind != Kind.CONSULT:
        return []
    return knowledge.found(knowledge.articles(by, now()), submission.text)[:5]


@at_work
@require_POST
def join(request: Any, key: UUID) -> HttpResponse:
    """Join what was just taken in to what neighbours reported before."""
    matter = queries.matter(request.by, key)
    into = _matter_of(request.by, request.POST.get("into", ""))
    if matter is None or into is None:
        raise Http404
    acts.merge.once(request.POST.get("key") or None)(request.by, matter, into=into)
    messages.success(request, _("It is handled together with the other; each is told of the answer."))
    return redirect("desk:matter", into.pk)


def _matter_of(by: Any, key: str) -> Any:
    try:
        return queries.matter(by, UUID(key))
    except ValueError:
        return None
