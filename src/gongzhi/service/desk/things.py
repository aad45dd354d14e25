"""The register of public things: looked up, entered one by one or from a table, handed over, taken out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible, Refusal
from gongzhi.foundation.parties.queries import Organisation, organisations
from gongzhi.foundation.parties.reach import may
from gongzhi.foundation.regions.queries import grid, locate, region
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.acts import CODE_LENGTH, PLACE_LENGTH, Place
from gongzhi.governance.matters.queries import Thing, ThingKind
from gongzhi.governance.matters.register import ThingLine, bring_in_things
from gongzhi.service.design import parts
from gongzhi.service.design.skipping import pager, skip_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm

#: So many stand on a page.
MOST = 60
#: So many bodies are offered by name; any other may be written.
MOST_BODIES = 400
#: So many lines of a table are taken at once, and so many bytes.
MOST_LINES, MOST_BYTES = 5_000, 2_000_000
_Called = Callable[[str], Organisation | None]
COLUMNS = ("code", "kind", "region", "grid", "lon", "lat", "place", "owner", "keeper")


def _body_field(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, widget=widget, **more)


class OwnerForm(ActForm):
    """Whose a thing is now, and by what; or why it is no longer there."""

    owner = _body_field(pgettext_lazy("thing", "Owner"), required=False)
    keeper = _body_field(gettext_lazy("Kept in order by, if by another"), required=False)
    reason = forms.CharField(label=gettext_lazy("By what it was handed over, or why it went"), max_length=300)


class AddForm(ActForm):
    """A thing to be entered."""

    code = forms.CharField(
        label=pgettext_lazy("thing", "Code"),
        help_text=gettext_lazy("As it stands on the thing."),
        max_length=CODE_LENGTH,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ThingKind.choices)
    region = forms.CharField(
        label=gettext_lazy("Region"),
        help_text=gettext_lazy("The code of the town or village; left empty where the point says it."),
        max_length=30,
        required=False,
    )
    lon = forms.FloatField(label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90)
    place = forms.CharField(label=gettext_lazy("Place in words"), required=False, max_length=PLACE_LENGTH)
    owner = _body_field(pgettext_lazy("thing", "Owner"))
    keeper = _body_field(gettext_lazy("Kept in order by, if by another"), required=False)


class TableForm(forms.Form):
    """A table of things."""

    table = forms.FileField(
        label=gettext_lazy("Table (CSV, UTF-8)"), widget=forms.ClearableFileInput(attrs={"accept": ".csv"})
    )


@require_safe
@at_work
def register(request: Any) -> HttpResponse:
    """The register, by code."""
    return _page(request)


def _page(request: Any, status: int = 200, **tried: Any) -> HttpResponse:
    by, words, kind = request.by, request.GET.get("words", "").strip(), request.GET.get("kind", "")
    if not may(by, "thing.read"):
        raise NotAllowed(_("Your post does not read the register of things."))
    rows = queries.things(by)
    if words:
        rows = rows.filter(Q(code__startswith=words) | Q(place__contains=words))
    if kind in ThingKind.values:
        rows = rows.filter(kind=kind)
    if "of" in tried:
        rows = rows.filter(pk=tried["of"])  # what could not be done is said beside what it was about
    skip = skip_of(request)
    found: list[Any] = list(rows[skip : skip + MOST + 1])
    keeps = any(each.may_change or each.may_retire for each in found)
    may_add = may(by, "thing.add")
    shown = {
        "lines": [(each, _form_of(each, tried)) for each in found[:MOST]],
        "pager": pager(request, reverse("desk:things"), MOST, is_more=len(found) > MOST),
        "filters": _filters(words, kind),
        "narrowed": bool(words or kind or skip),
        "add": tried.get("add") or AddForm() if may_add else None,
        "table": tried.get("table") or TableForm() if may_add else None,
        "columns": COLUMNS,
        "bodies": list(organisations()[:MOST_BODIES]) if may_add or keeps else [],
        "brought_in": tried.get("brought_in"),
        "refusal": tried.get("refusal"),
        "tried": tried.get("what", ""),
    }
    return render(request, "desk/things.html", shown, status=status)


def _filters(words: str, kind: str) -> list[parts.Filter]:
    kinds = [
        parts.Option("", _("All")),
        *(parts.Option(code, str(label)) for code, label in ThingKind.choices),
    ]
    return [
        parts.Filter("words", _("Code or place"), value=words, kind="text"),
        parts.Filter("kind", _("What it is"), kinds, kind),
    ]


def _form_of(thing: Any, tried: Mapping[str, Any]) -> OwnerForm | None:
    if thing.retired_at is not None or not (thing.may_change or thing.may_retire):
        return None
    if tried.get("of") == thing.pk:
        form: OwnerForm = tried["form"]
        return form
    return OwnerForm(auto_id=f"{thing.pk}_%s")


@require_POST
@at_work
def bring_in(request: Any) -> HttpResponse:
    """Enter one thing, or all of a table."""
    if not may(request.by, "thing.add"):
        raise NotAllowed(_("Your post does not keep the register of things."))
    if "table" in request.FILES or request.POST.get("what") == "table":
        return _take_table(request)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, add=form, what="add")
    try:
        _enter(request.by, form.cleaned_data)
    except Refusal as refusal:
        form.refused(refusal)
        shown = refusal if refusal.field not in form.fields else None
        return _page(request, refusal.status, add=form, refusal=shown, what="add")
    messages.success(request, _("%(code)s stands in the register.") % {"code": form.cleaned_data["code"]})
    return _back_to(form.cleaned_data["code"])


def _enter(by: Any, told: Mapping[str, Any]) -> Thing:
    line = _understood(told)
    return acts.add_thing.once(told.get("key") or None)(
        by, line.where, code=line.code, kind=line.kind, owner=line.owner, keeper=line.keeper,
        place=line.place,
    )  # fmt: skip


def _understood(told: Mapping[str, Any], called: _Called = queries.body_called) -> ThingLine:
    """What somebody wrote of a thing, with the region and the bodies that they mean."""
    lon, lat = told.get("lon"), told.get("lat")
    cell = locate(lon, lat) if lon is not None and lat is not None else None
    cell = grid(told["grid"]) if told.get("grid") else cell
    where = region(told["region"]) if told.get("region") else cell.region if cell is not None else None
    is_inside = cell is not None and where is not None and cell.region.path.startswith(where.path)
    return ThingLine(
        code=told["code"],
        kind=told["kind"],
        region=where,
        owner=_body("owner", told["owner"], called),
        keeper=_body("keeper", told["keeper"], called) if told.get("keeper") else None,
        place=Place(told.get("place", ""), lon, lat, cell if is_inside else None),
    )


def _body(name: str, words: str, called: _Called = queries.body_called) -> Organisation:
    found = called(words)
    if found is None:
        raise Invalid(_("No body is called “%(words)s”.") % {"words": words}, field=name)
    return found


def _take_table(request: Any) -> HttpResponse:
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, 422, table=form, what="table")
    try:
        called = cache(queries.body_called)  # few bodies own many things
        lines = [(number, _read(line, called)) for number, line in _lines(form.cleaned_data["table"])]
    except Invalid as refusal:
        form.add_error("table", str(refusal.reason))
        return _page(request, 422, table=form, what="table")
    told = bring_in_things(request.by, lines, reason=_("a table brought in"))
    entered = ngettext("%(n)d thing was entered", "%(n)d things were entered", told.added) % {"n": told.added}
    counts = {"entered": entered, "changed": told.changed, "same": told.same, "wrong": len(told.wrong)}
    said = _(
        "%(entered)s; %(changed)d changed hands, %(same)d were there already, %(wrong)d lines were not taken."
    )
    messages.success(request, said % counts)
    return _page(request, 200, brought_in=told, what="table")


def _read(line: Mapping[str, str], called: _Called) -> ThingLine | Refusal:
    """A line of a table, or why it cannot be understood."""
    try:
        return _understood({**line, **_point(line)}, called)
    except Refusal as refusal:
        return refusal


def _point(line: Mapping[str, str]) -> dict[str, float | None]:
    found: dict[str, float | None] = {"lon": None, "lat": None}
    for name, most in (("lon", 180), ("lat", 90)):
        if line[name]:
            try:
                found[name] = float(line[name])
            except ValueError:
                raise Invalid(_("This is no point."), field=name) from None
            if not abs(found[name] or 0) <= most:
                raise Invalid(_("This is no point."), field=name)
    return found


def _lines(upload: Any) -> Iterator[tuple[int, dict[str, str]]]:
    if upload.size > MOST_BYTES:
        raise Invalid(_("This table is too large; divide it."))
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_("This table is not in UTF-8.")) from None
    reader = csv.DictReader(io.StringIO(text))
    missing = {"code", "kind", "owner"} - set(reader.fieldnames or ())
    if missing:
        told = {"columns": ", ".join(sorted(missing))}
        raise Invalid(_("The table has no column %(columns)s.") % told)
    rows = list(reader)
    if len(rows) > MOST_LINES:
        raise Invalid(_("At most %(n)d lines are taken at once.") % {"n": MOST_LINES})
    for number, row in enumerate(rows, 2):
        yield number, {name: (row.get(name) or "").strip() for name in COLUMNS}


@require_POST
@at_work
def change(request: Any, key: UUID) -> HttpResponse:
    """Say whose a thing is now, or that it is no longer there."""
    thing = queries.thing(request.by, key)
    if thing is None:
        raise Http404
    form = OwnerForm(request.POST, auto_id=f"{key}_%s")
    if not form.is_valid():
        return _page(request, 422, of=key, form=form)
    try:
        said = _changed(request, thing, form.cleaned_data)
    except Refusal as refusal:
        form.refused(refusal)
        shown = refusal if refusal.field not in form.fields else None
        return _page(request, refusal.status, of=key, form=form, refusal=shown)
    messages.success(request, said)
    return _back_to(thing.code)


def _back_to(code: str) -> HttpResponse:
    """The register, where the thing stands that something was just done with."""
    return redirect(f"{reverse('desk:things')}?{urlencode({'words': code})}")


def _changed(request: Any, thing: Thing, told: Mapping[str, Any]) -> str:
    by, key = request.by, told.get("key") or None
    if request.POST.get("what") == "retire":
        acts.retire_thing.once(key)(by, thing, reason=told["reason"])
        return _("%(code)s was taken out of the register.") % {"code": thing.code}
    if not told["owner"].strip():
        raise NotPossible(_("Say whose it is now."), field="owner")
    owner = _body("owner", told["owner"])
    keeper = _body("keeper", told["keeper"]) if told["keeper"].strip() else None
    acts.change_owner.once(key)(by, thing, owner=owner, keeper=keeper, reason=told["reason"])
    return _("%(code)s belongs to %(body)s now.") % {"code": thing.code, "body": parts.name_of(owner.name)}
