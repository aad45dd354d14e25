"""The shared components as template tags. Each takes a part of `gongzhi.service.design.parts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.service.design import basemap, parts, shading
from gongzhi.service.design import built as built_files
from gongzhi.service.design.fields import describe, problems
from gongzhi.service.design.moments import Moment, Precision
from gongzhi.service.design.parts import State, name_of, part

register = template.Library()


@register.simple_tag
def built(name: str) -> str:
    """The address of a built front-end file."""
    return built_files.address(name)


@register.simple_tag
def address_of(name: str) -> str:
    """The address of something every page names: ``mark``."""
    return static(f"design/{name}.svg")


# -- filters -----------------------------------------------------------------------------------------


@register.filter
def name(value: parts.Name) -> str:
    """``{{ organisation.name|name }}``: the name in the reader's language, else in the other."""
    return name_of(value)


@register.filter
def moment(value: datetime | date | None, zone: parts.Zone = None) -> str:
    """``{{ t|moment:region.zone }}``: exact, in the zone; a date shows no time of day."""
    return Moment.of(value, zone).exact() if value else ""


@register.filter
def day(value: datetime | date | None, zone: parts.Zone = None) -> str:
    """``{{ t|day:region.zone }}``: the day in the zone."""
    return Moment.of(value, zone, "day").exact() if value else ""


@register.filter
def relative(value: datetime | date | None, zone: parts.Zone = None) -> str:
    """``{{ t|relative:region.zone }}``: ``in 2 hours``, ``3 days ago``."""
    return Moment.of(value, zone).relative() if value else ""


@register.filter
def number(value: float | int | str | None, decimals: int = 0) -> str:
    """A number, rounded, with its thousands set apart; Chinese and English write it alike."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,.{decimals}f}"


@register.filter
def state_of_message(level: str) -> str:
    """The state that a message of Django's levels shows."""
    states = {"success": State.DONE, "warning": State.ATTENTION, "error": State.REFUSED}
    return states.get(level, State.INFORMATION)


@register.filter
def way_back(referrer: str | None, request: HttpRequest) -> str:
    """The page the reader came from if it is one of ours, else the first page."""
    if referrer and url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        parts_of_it = urlsplit(referrer)
        return parts_of_it.path + (f"?{parts_of_it.query}" if parts_of_it.query else "")
    return "/"


@register.filter
def address(view: str) -> str:
    """The address of a view without arguments; empty when this node does not have it."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


# -- small marks -------------------------------------------------------------------------------------


@register.inclusion_tag("design/shape.html")
def shape(state: State | str) -> dict[str, object]:
    """The shape of a state; says nothing to a screen reader, for a word stands beside it."""
    return {"state": str(state)}


@register.inclusion_tag("design/tag.html")
def tag(state: State | str, word: str = "") -> dict[str, object]:
    """A state as shape and word, for lists: ``{% tag "overdue" %}``."""
    return {"state": str(state), "word": word or State(state).word}


@register.simple_tag
def when(
    value: datetime | date | None,
    zone: parts.Zone = None,
    precision: Precision | None = None,
    relative: bool = False,
) -> str | SafeString:
    """``{% when t zone precision relative=True %}``: a ``<time>``; relative adds how far away it is."""
    if value is None:
        return ""
    at = Moment.of(value, zone, precision)
    words = f"{at.exact()} ({at.relative()})" if relative else at.exact()
    return format_html('<time datetime="{}">{}</time>', at.machine, words)


# -- components --------------------------------------------------------------------------------------


@register.inclusion_tag("design/status.html")
def status(
    value: parts.Status | Mapping[str, Any] | str, state: State | str = "", large: bool = False
) -> dict:
    """How something stands: a `Status`, or ``{% status sentence state="waiting" large=True %}``."""
    if isinstance(value, str):
        value = parts.Status(value, state or State.INFORMATION, large)
    one = part(parts.Status, value)
    return {"status": one, "state": str(one.state), "word": State(one.state).word}


@register.inclusion_tag("design/deadline.html")
def deadline(value: parts.Deadline | Mapping[str, Any]) -> dict:
    """By when and by which rule: a `Deadline`."""
    one = part(parts.Deadline, value)
    return {"deadline": one, "state": str(one.state), "exact": one.moment.exact(one.now)}


@register.inclusion_tag("design/party.html")
def party(value: parts.Party | Mapping[str, Any]) -> dict:
    """Who, of which region, in which role: a `Party`."""
    return {"party": part(parts.Party, value)}


@register.inclusion_tag("design/timeline.html")
def timeline(steps: Iterable[parts.Step | Mapping[str, Any]], label: str = "") -> dict:
    """What happened: a sequence of `Step`, in the order in which they are to be read."""
    return {"steps": [part(parts.Step, step) for step in steps], "label": label}


@register.inclusion_tag("design/acts.html", takes_context=True)
def acts(
    context: template.Context, choices: Iterable[parts.Choice | Mapping[str, Any]], label: str = ""
) -> dict:
    """What the reader may do here, and on demand what not and why: a sequence of `Choice`."""
    all_of_them = [part(parts.Choice, choice) for choice in choices]
    return {
        "possible": [choice for choice in all_of_them if not choice.why_not],
        "impossible": [choice for choice in all_of_them if choice.why_not],
        "label": label,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("design/figure.html")
def figure(value: parts.Figure | Mapping[str, Any]) -> dict:
    """A value with what it needs to be understood: a `Figure`."""
    return {"figure": part(parts.Figure, value)}


def _map_content(place: parts.Place, steps: Sequence[shading.Step]) -> dict[str, object]:
    return {
        "points": [
            {"lon": p.lon, "lat": p.lat, "label": p.label, "url": p.url, "state": str(p.state)}
            for p in place.points
        ],
        "areas": [
            {
                "geometry": a.geometry,
                "label": a.label,
                "url": a.url,
                "series": a.series,
                "mark": a.mark,
                "told": a.told,
                "value": a.value,
                "shade": None if a.value is None else shading.shade_of(a.value, steps),
            }
            for a in place.areas
        ],
        "around": [{"geometry": a.geometry, "label": a.label} for a in place.around],
        "frame": place.frame,
        "flows": [{"from": f.start, "to": f.end, "value": f.value, "label": f.label} for f in place.flows],
        "centre": place.centre,
        "zoom": place.zoom,
        "basemap": basemap.told(get_language() or "en"),
        "attribution": place.attribution,
        "words": {
            "Map.Title": place.title or _("Map"),
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Popup.Close": _("Close"),
            "Marker.Title": _("Marked spot"),
        },
    }


@register.inclusion_tag("design/place.html")
def place(value: parts.Place | Mapping[str, Any]) -> dict:
    """Where, in words and on a map with a list beside it: a `Place`."""
    one = part(parts.Place, value)
    everything: list[parts.Point | parts.Area | parts.Flow] = [*one.points, *one.areas, *one.flows]
    listed = [item for item in everything if item.label]
    drawn = bool(one.points or one.areas or one.flows or one.pick_lon)
    steps = shading.steps((area.value for area in one.areas if area.value is not None), one.least)
    content = _map_content(one, steps)
    return {"place": one, "content": content, "listed": listed, "drawn": drawn, "steps": steps}


@register.inclusion_tag("design/chart.html")
def chart(value: parts.Chart | Mapping[str, Any]) -> dict:
    """A chart with its table: a `Chart`."""
    one = part(parts.Chart, value)
    series = [part(parts.Series, row) for row in one.series]
    rows = [
        (category, [row.values[index] for row in series]) for index, category in enumerate(one.categories)
    ]
    content = {
        "kind": one.kind,
        "categories": list(one.categories),
        "series": [{"name": row.name, "values": list(row.values), "series": row.series} for row in series],
        "unit": one.unit,
        "description": one.description or one.title,
        "horizontal": one.horizontal,
        "stacked": one.stacked,
        "target": one.target,
    }
    return {"chart": one, "series": series, "rows": rows, "content": content}


@register.inclusion_tag("design/witness.html")
def witness(value: parts.Witness | Mapping[str, Any]) -> dict:
    """A finding as a sentence: a `Witness`."""
    return {"witness": part(parts.Witness, value)}


@register.inclusion_tag("design/empty.html")
def empty(value: parts.Empty | Mapping[str, Any]) -> dict:
    """Why there is nothing here and what to do instead: an `Empty`."""
    return {"empty": part(parts.Empty, value)}


@register.inclusion_tag("design/refusal.html")
def refusal(value: Any, level: int = 2) -> dict:
    """Why not, what instead, who decides: a `Refusal` of parts or one raised by an act."""
    if isinstance(value, Mapping):
        value = part(parts.Refusal, value)
    return {
        "title": getattr(value, "title", "") or parts.DEFAULT_TITLE,
        "reason": value.reason,
        "instead": value.instead,
        "decides": getattr(value, "decides", ""),
        "rule": getattr(value, "rule", None),
        "level": level,
    }


@register.inclusion_tag("design/receipt.html")
def receipt(value: parts.Receipt | Mapping[str, Any]) -> dict:
    """Number, secret and proof: a `Receipt`."""
    return {"receipt": part(parts.Receipt, value)}


@register.inclusion_tag("design/pager.html")
def pager(value: parts.Pager | Mapping[str, Any]) -> dict:
    """Backwards and forwards through a list: a `Pager`."""
    return {"pager": part(parts.Pager, value)}


@register.inclusion_tag("design/filters.html", takes_context=True)
def filters(
    context: template.Context,
    value: Sequence[parts.Filter | Mapping[str, Any]],
    label: str = "",
    fold: bool = False,
) -> dict:
    """Ways to narrow a list, kept in the address: a sequence of `Filter`. Other parameters are dropped.

    What it is narrowed by always shows; with ``fold`` the form opens only when it is wanted.
    """
    all_of_them = [part(parts.Filter, one) for one in value]
    chosen = {one.name: one.value for one in all_of_them if one.value}
    path = context["request"].path if "request" in context else ""
    return {
        "filters": all_of_them,
        "chosen": [(one, _without(path, chosen, one.name)) for one in all_of_them if one.value],
        "path": path,
        "label": label,
        "fold": fold,
    }


def _without(path: str, chosen: Mapping[str, str], name: str) -> str:
    from urllib.parse import urlencode

    rest = urlencode({key: value for key, value in chosen.items() if key != name})
    return f"{path}?{rest}" if rest else path


@register.inclusion_tag("design/progress.html")
def progress(value: parts.Progress | Mapping[str, Any]) -> dict:
    """How far something has come: a `Progress`."""
    return {"progress": part(parts.Progress, value)}


@register.inclusion_tag("design/steps.html")
def steps(current: int, total: int, label: str = "") -> dict:
    """Which step of how many: ``{% steps 2 3 _("Where") %}``."""
    return {"current": current, "total": total, "label": label, "numbers": range(1, total + 1)}


# -- forms -------------------------------------------------------------------------------------------


@register.inclusion_tag("design/field.html")
def field(bound: BoundField, label: str = "", help: str = "") -> dict:
    """One field of a form with label, help and what is wrong with it: ``{% field form.what %}``."""
    return describe(bound, label, help)


@register.inclusion_tag("design/fields.html")
def fields(form: BaseForm) -> dict:
    """The visible and hidden fields of a form, in its order."""
    return {"form": form}


@register.inclusion_tag("design/error_summary.html")
def error_summary(form: BaseForm) -> dict:
    """What is wrong in the whole form, each linked to its field. Stands above the form."""
    return {"problems": problems(form)}
