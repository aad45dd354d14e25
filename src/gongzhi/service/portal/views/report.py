"""Bringing something in, in three steps: what, where, who. No account, no scripts needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.queries import File, examine, files
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import made_under
from gongzhi.foundation.ledger.refusals import Conflict, Invalid, NotPossible
from gongzhi.foundation.parties.queries import bodies_of, person_reached
from gongzhi.foundation.regions.queries import Region, grids_in, region, within_region
from gongzhi.governance.matters.acts import file
from gongzhi.governance.matters.emergencies import numbers_for
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import (
    Category,
    Channel,
    Kind,
    Submission,
    Thing,
    categories,
    category,
    knowledge,
    submission,
    things_near,
)
from gongzhi.governance.matters.queries.near import how_many_alike
from gongzhi.governance.matters.queries.public import FEWEST
from gongzhi.service.accounts.session import hold
from gongzhi.service.design.parts import Area, name_of
from gongzhi.service.design.parts import Place as PlacePart
from gongzhi.service.portal.drafts import Draft, draft_of, finish_draft, keep_draft, new_draft
from gongzhi.service.portal.followed import followed
from gongzhi.service.portal.forms import CONFIDENTIAL, MOST_FILES, MYSELF, What, Where, Which, Who, begin_at
from gongzhi.service.portal.here import here
from gongzhi.service.portal.placing import Spot, around_of, locate_draft, spot_of
from gongzhi.service.portal.promising import give_promise, promise_given
from gongzhi.service.portal.sentences import border_hint, thing_in_words, where_in_words
from gongzhi.service.portal.suggesting import suggestions

_REPORTING = [Kind.COMPLAIN, Kind.HELP, Kind.REPORT, Kind.SUGGEST, Kind.PRAISE]
#: More grids than this do not make a list to choose from.
_MOST_GRIDS = 600
_POSTING = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(_POSTING)
def report(request: HttpRequest) -> HttpResponse:
    """Begin a report."""
    return _what(request, new_draft(), list(_REPORTING))


@never_cache
@require_http_methods(_POSTING)
def ask(request: HttpRequest) -> HttpResponse:
    """Begin a question."""
    return _what(request, new_draft(), [Kind.CONSULT])


@never_cache
@require_http_methods(_POSTING)
def what(request: HttpRequest, key: str) -> HttpResponse:
    """Change what it is about."""
    draft = draft_of(request, key)
    if draft is None or draft.filed:
        return _begin_again(request, draft)
    kinds = [Kind.CONSULT] if draft.kind == Kind.CONSULT else _REPORTING
    return _what(request, draft, list(kinds))


def _what(request: HttpRequest, draft: Draft, kinds: list[str]) -> HttpResponse:
    around = here(request)
    if around is None:
        return redirect("portal:home")
    said = {"text": draft.text, "kind": draft.kind, "region": draft.region or around.region.code}
    form = What(
        request.POST or None, request.FILES or None, initial=said, regions=around.regions, kinds=kinds
    )
    begin_at(request, form, "text")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        moved = told["region"] != draft.region
        draft.text, draft.kind, draft.region = told["text"], told["kind"], told["region"]
        if moved:
            draft.category, draft.placed = "", False
        if _take_files(request, draft, form, around.called(draft.region)):
            keep_draft(request, draft)
            return redirect("portal:which", draft.key)
    return render(
        request, "portal/what.html", {"form": form, "asks": kinds == [Kind.CONSULT], "draft": draft}
    )


def _take_files(request: Any, draft: Draft, form: What, inside: Any) -> bool:
    """Keep what was uploaded; says in the form what cannot be taken."""
    dropped = set(request.POST.getlist("drop"))
    draft.files = [each for each in draft.files if each["id"] not in dropped]
    came = form.cleaned_data["papers"]
    if len(draft.files) + len(came) > MOST_FILES:
        form.add_error("papers", _("At most four photos or papers can be taken."))
        return False
    try:
        contents = [examine(each.read(), each.name) for each in came]
    except Invalid as refusal:
        form.add_error("papers", f"{refusal.reason} {refusal.instead}".strip())
        return False
    for content in contents:
        kept = store(request.actor, inside, content=content)
        draft.files.append({"id": str(kept.pk), "name": kept.name})
    return True


def _files_of(draft: Draft) -> list[File]:
    """The files of a draft, in the order in which they came."""
    found = {str(each.pk): each for each in files([UUID(each["id"]) for each in draft.files])}
    return [found[each["id"]] for each in draft.files if each["id"] in found]


@never_cache
@require_http_methods(_POSTING)
def which(request: HttpRequest, key: str) -> HttpResponse:
    """Choose the category; those that share a word with the text stand first."""
    draft, around = draft_of(request, key), here(request)
    if draft is None or around is None or draft.filed:
        return _begin_again(request, draft)
    known = list(categories(around.called(draft.region)))
    form = Which(request.POST or None, categories=known)
    chosen = next((c for c in known if c.code == request.POST.get("category")), None)
    if request.method == "POST" and form.is_valid() and chosen is not None:
        if chosen.refer_to:
            return render(request, "portal/elsewhere.html", {"category": chosen, "draft": draft})
        draft.category = chosen.code
        keep_draft(request, draft)
        return redirect("portal:who" if draft.placed else "portal:where", draft.key)
    found = suggestions(draft.text, known)
    suggested = {each.category.pk for each in found}
    said = chosen.code if chosen else draft.category
    shown = {
        "form": form,
        "draft": draft,
        "is_other": said and said not in {each.category.code for each in found},
        "suggested": found,
        "others": [each for each in known if each.pk not in suggested],
        "chosen": said or (found[0].category.code if found else ""),
        "emergency": numbers_for(draft.text),
        "answers": _answered_already(draft, around.called(draft.region)),
    }
    return render(request, "portal/which.html", shown)


def _answered_already(draft: Draft, asked_in: Region) -> list[knowledge.Article]:
    """What the knowledge base says to a question before anybody has to wait for an answer."""
    if draft.kind != Kind.CONSULT:
        return []
    return knowledge.found(knowledge.public_articles(asked_in, now()), draft.text)[:3]


@never_cache
@require_http_methods(_POSTING)
def where(request: HttpRequest, key: str) -> HttpResponse:
    """Say where it is: in words, on the map, or by the grid."""
    draft, around = draft_of(request, key), here(request)
    if draft is None or around is None or draft.filed or not draft.category:
        return _begin_again(request, draft)
    inside = around.called(draft.region)
    said = {"words": draft.words, "grid": draft.grid, "lon": draft.lon, "lat": draft.lat, "datum": "wgs84"}
    form = Where(request.POST or None, initial=said, grids=_grids(inside), kind=draft.kind)
    begin_at(request, form, "words")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        draft.words, draft.grid = told["words"], told.get("grid", "")
        draft.lon, draft.lat, draft.placed = told["lon"], told["lat"], True
        locate_draft(draft, around)
        keep_draft(request, draft)
        return redirect("portal:who", draft.key)
    return render(
        request,
        "portal/where.html",
        {"form": form, "draft": draft, "map": _map(inside), "emergency": numbers_for(draft.text)},
    )


def _grids(inside: Any) -> list[tuple[Any, Any]]:
    """The grids of a region, grouped by the region each lies in."""
    rows = list(grids_in(inside).order_by("code")[: _MOST_GRIDS + 1])
    if len(rows) > _MOST_GRIDS:
        return []
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(name_of(row.region.name), []).append((row.code, name_of(row.name)))
    return list(groups.items())


def _map(inside: Any) -> PlacePart:
    below = within_region(inside).filter(parent=inside).exclude(outline=None)
    areas = [
        Area(geometry=each.outline or {}, label=name_of(each.name), series=1 + number % 7)
        for number, each in enumerate(below)
    ]
    return PlacePart(areas=areas, title=_("Map: choose the spot"), pick_lon="#id_lon", pick_lat="#id_lat")


@never_cache
@require_http_methods(_POSTING)
def who(request: Any, key: str) -> HttpResponse:
    """Say who brings it in, or not; then it is filed, once, however often this is sent."""
    draft = draft_of(request, key)
    if draft is not None and draft.filed:
        return redirect("portal:done", key)
    spot = spot_of(draft) if draft is not None and draft.category and draft.placed else None
    if draft is None or spot is None:
        return _begin_again(request, draft)
    fits = category(spot.region, draft.category)
    if fits is None:
        return _choose_once_more(request, draft, spot)
    bodies = bodies_of(here_of(draft, request)) if draft.kind == Kind.REPORT else ()
    form = Who(
        request.POST or None, signed_in_as=_signed_in_as(request), bodies=bodies, things=_things(spot, draft)
    )
    if request.method == "POST" and form.is_valid():
        try:
            filed = _file(request, draft, spot, fits, form)
        except (Invalid, NotPossible) as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, f"{refusal.reason} {refusal.instead}".strip())
        except Conflict:  # it was sent before, with something else in it: that stands
            return redirect("portal:done", key)
        else:
            return give_promise(redirect("portal:done", key), filed)
    return _show_who(request, draft, spot, fits, form)


def _choose_once_more(request: HttpRequest, draft: Draft, spot: Spot) -> HttpResponse:
    """The spot lies where other categories are in use."""
    told = {"region": name_of(spot.region.name)}
    messages.info(
        request, _("This spot lies in %(region)s, which orders things otherwise: choose once more.") % told
    )
    draft.region, draft.category = draft.authority, ""
    keep_draft(request, draft)
    return redirect("portal:which", draft.key)


def _show_who(request: HttpRequest, draft: Draft, spot: Spot, fits: Category, form: Who) -> HttpResponse:
    everywhere = here(request)
    if everywhere is None:
        return redirect("portal:home")
    around = around_of(draft, everywhere)
    shown = {
        "form": form,
        "draft": draft,
        "around": around,
        "category": fits,
        "where": where_in_words(spot.place),
        "border": border_hint(around) if not form.is_about_a_body else "",
        "alike": _alike(draft, spot, fits),
        "emergency": numbers_for(draft.text),
    }
    return render(request, "portal/who.html", shown)


def here_of(draft: Draft, request: HttpRequest) -> Region:
    """The region whose bodies a report can name."""
    around = here(request)
    found = around.called(draft.authority) if around is not None else region(draft.authority)
    if found is None:
        raise NotPossible(_("This region is no longer here."))
    return found


def _things(spot: Spot, draft: Draft) -> dict[str, tuple[Thing, str]]:
    """What stands near the spot and is sent by its owner, by code; asks for nothing where no rule does so."""
    lon, lat = spot.place.lon, spot.place.lat
    if lon is None or lat is None:
        return {}
    found = things_near(
        spot.region,
        lon,
        lat,
        kind=draft.kind,
        category=draft.category,
        channel=Channel.PORTAL.value,
        at=now(),
    )
    return {each.code: (each, thing_in_words(each, lon, lat)) for each in found}


def _alike(draft: Draft, spot: Spot, fits: Category) -> int:
    """How many near there have brought in the same; not told where it would tell who they are."""
    if draft.kind == Kind.REPORT:
        return 0
    found = how_many_alike(spot.region, draft.kind, fits.code, draft.lon, draft.lat, now())
    return found if found >= FEWEST else 0


def _file(request: Any, draft: Draft, spot: Spot, fits: Category, form: Who) -> Submission:
    told = form.cleaned_data
    person = None
    if told["identity"] == MYSELF:
        person = person_reached(request.actor, request.user.person_id)
    return file.once(draft.key)(
        request.actor,
        spot.region,
        kind=draft.kind,
        category=fits,
        text=draft.text,
        place=spot.place,
        thing=form.named_thing,
        contact=form.contact,
        person=person,
        confidential=told["identity"] == CONFIDENTIAL,
        answer_by=told["answer_by"],
        attachments=_files_of(draft) if draft.files else (),
        language=get_language() or "zh-hans",
        needs=form.needs,
        accused=form.named,
    )


def _signed_in_as(request: Any) -> str:
    return str(request.user.username) if request.user.is_authenticated else ""


@never_cache
@require_safe
def done(request: Any, key: str) -> HttpResponse:
    """The number, the secret, what happens next and by when, and the receipt."""
    draft = draft_of(request, key)
    made = _made_of(request, draft) if draft is not None else None
    filed = submission(request.actor.with_secrets_of([made]), made) if made is not None else None
    if filed is None:
        return _begin_again(request, draft)
    shown = followed(request.actor.with_secrets_of([filed.pk]), filed)
    shown["receipt"] = replace(shown["receipt"], secret=_spaced(secret_of(filed)))
    shown["promise"] = promise_given(request)
    return render(request, "portal/done.html", shown)


def _made_of(request: Any, draft: Draft) -> UUID | None:
    """What a draft became: asked of the ledger, so that nothing can come between sending and this page.

    From here on the session knows of it what it needs, and nothing of what was said.
    """
    if draft.filed:
        return draft.submission
    made = made_under(request.actor.id, "submission.file", draft.key)
    if made is not None:
        hold(request, made)
        finish_draft(request, draft, made)
    return made


def _spaced(secret: str) -> str:
    """In two halves, as it is easier to write down."""
    return f"{secret[:5]} {secret[5:]}"


def _begin_again(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    if draft is not None and not draft.filed and draft.text:
        return redirect("portal:which" if not draft.category else "portal:where", draft.key)
    messages.info(
        request,
        _("This page is no longer open. What you wrote is kept on this device where your browser allows it."),
    )
    return redirect(reverse("portal:report"))
