"""Regions compared and aligned, laws that changed, and what people arranged among themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import Region, members
from gongzhi.foundation.rulebooks import acts, queries
from gongzhi.foundation.rulebooks.queries import Pair
from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.governance.matters.queries import categories
from gongzhi.governance.matters.queries.cases import cases
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.rules import wording
from gongzhi.service.desk.rules.forms import AlignForm, ArrangementForm, LawForm
from gongzhi.service.desk.rules.listing import listing
from gongzhi.service.portal.ruling import Words, title_of

#: The matters of so long are counted in each difference.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Told:
    """Two regions' rules compared, in sentences."""

    pair: Pair
    anchor: str
    names: tuple[str, str]
    sentences: list[tuple[str, int]]
    why_not: str


@at_work
def rules_compare(request: Any, area: str, about: str) -> HttpResponse:
    """The rules of an area's members on one subject: where they differ, with how many matters."""
    at = now()
    found = next((each for each in queries.areas_reached(request.by, at) if each.code == area), None)
    if found is None or about not in {each.name for each in subjects()}:
        raise Http404
    inside = members(found.pk, at)
    can_align = may(request.by, "rule.align")
    form = AlignForm(request.POST if request.method == "POST" else None, members=inside)
    refusal: Refusal | None = None
    if request.method == "POST" and can_align and form.is_valid():
        try:
            _align(request, found, about, form, inside)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("desk:rules_compare", area=area, about=about)
    counted = cases(request.by, [each.path for each in inside], at - YEAR, at)
    pairs = queries.compare(found, about, at, counted)
    words = Words(
        {code: name for each in inside for code, name in categories(each).values_list("code", "name")}
    )
    told = [_told(pair, n, words) for n, pair in enumerate(pairs, 1)]
    context = {
        "area": found,
        "about": title_of(about),
        "subject": about,
        "members": inside,
        "matrix": _matrix(inside, told),
        "told": told,
        "cases": sum(count for _facts, count in counted),
        "form": form if can_align else None,
        "can_propose": may(request.by, "rule.propose_jointly"),
        "refusal": refusal,
        "subjects": [(each.name, each.title) for each in subjects()],
    }
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/rules/compare.html", context, status=status)


def _align(request: Any, area: Any, about: str, form: AlignForm, inside: list[Region]) -> None:
    """Ask every member to take one member's table, each by its own procedure."""
    chosen = next(each for each in inside if each.code == form.cleaned_data["like"])
    held = queries.in_force(about, chosen.path, now())[0]
    tables = {each.code: held.text for each in inside} if held is not None else {}
    acts.align.once(form.cleaned_data["key"] or None)(
        request.by, area, tables=tables, reason=form.cleaned_data["reason"]
    )
    messages.success(
        request, _("Each member has a draft now; they take effect together, when the last is approved.")
    )


def _told(pair: Pair, number: int, words: Words) -> Told:
    names = (name_of(pair.a.name), name_of(pair.b.name))
    sentences, why_not = [], pair.why_not
    if why_not == "missing":
        without = [name for name, of in zip(names, (pair.of_a, pair.of_b), strict=True) if of is None]
        why_not = _("%(who)s has no rule on this.") % {"who": ", ".join(without)}
    elif why_not:
        why_not = _("These two read or answer different things: %(why)s") % {"why": why_not}
    elif pair.of_a is not None and pair.of_b is not None:
        tables = (pair.of_a.table, pair.of_b.table)
        sentences = [
            (wording.difference(each.found, tables, names, words), each.cases)
            for each in sorted(pair.differences, key=lambda one: -one.cases)
        ]
    return Told(pair, f"pair-{number}", names, sentences, why_not)


def _matrix(inside: list[Region], told: list[Told]) -> list[tuple[Region, list[Told | None]]]:
    """Of each member a row: what stands between it and each other."""
    by_pair = {(each.pair.a.pk, each.pair.b.pk): each for each in told}
    return [(a, [by_pair.get((a.pk, b.pk)) or by_pair.get((b.pk, a.pk)) for b in inside]) for a in inside]


@require_POST
@at_work
def rules_law(request: Any) -> HttpResponse:
    """Note that a law has changed."""
    regions = list(queries.regions_to_write(request.by, "law.note"))
    form = LawForm(request.POST, regions=regions, auto_id="law_%s")
    if not form.is_valid():
        return render(request, "desk/rules/rules.html", listing(request.by, now(), law=form), status=422)
    said = form.cleaned_data
    region = form.regions[said["region"]]
    told = {name: said[name] for name in ("title", "article", "change", "on")}
    acts.note_law.once(said["key"] or None)(request.by, region, **told)
    messages.success(request, _("Noted. Rules that rest on it are listed below."))
    return redirect("desk:rules")


@require_POST
@at_work
def rules_arrange(request: Any) -> HttpResponse:
    """Put on record what people have arranged among themselves."""
    regions = list(queries.regions_to_write(request.by, "rule.arrange"))
    form = ArrangementForm(request.POST, regions=regions, auto_id="arrange_%s")
    if not form.is_valid():
        return render(
            request, "desk/rules/rules.html", listing(request.by, now(), arrangement=form), status=422
        )
    said = form.cleaned_data
    tongue = "en" if (get_language() or "").startswith("en") else "zh"
    topic = re.sub(r"\s+", "-", said["title"].strip())[:60]
    saved = acts.arrange.once(said["key"] or None)(
        request.by,
        form.regions[said["region"]],
        topic=topic,
        title={tongue: said["title"]},
        text=said["text"],
    )
    messages.success(request, _("On record. Everybody can read it; the platform enforces nothing of it."))
    return redirect("desk:rule", key=saved.pk)
