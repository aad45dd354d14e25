"""Duties that several bodies share, and duties that nobody has, for whoever writes the rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.foundation.regions.queries import Level, Region
from gongzhi.foundation.rulebooks import queries as rulebooks
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.queries import Fault
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import function_name

_SUBJECT = "matters.routing"


@require_safe
@at_work
def rules_duties(request: Any) -> HttpResponse:
    """What is at fault with duties in a region, each fault with the rows of the rule that send there."""
    read = rulebooks.regions_to_write(request.by, "rule.read")
    choices = list(read.exclude(level=Level.VILLAGE).order_by("path")[:500])
    if not choices:
        raise Http404
    asked = request.GET.get("region", "")
    top = next((each for each in choices if each.code == asked), choices[0])
    digest, path, faults = queries.duty_faults_within(top)
    code = path.strip("/").split("/")[-1] if path else ""
    rule = f"{reverse('portal:rule', args=[digest])}?of={code}" if digest else ""
    writable = rulebooks.regions_to_write(request.by).filter(pk=top.pk).exists()
    told = urlencode({"region": top.code, "subject": _SUBJECT})
    shown = {
        "top": top,
        "filters": [_choice(choices, top)],
        "missing": [_missing(each, rule) for each in faults if not each.duty.bodies],
        "overlapping": [_shared(each, rule) for each in faults if each.duty.bodies],
        "rule_url": rule,
        "draft_url": f"{reverse('desk:rule_new')}?{told}" if writable else "",
    }
    return render(request, "desk/rules/duties.html", shown)


def _choice(choices: list[Region], top: Region) -> parts.Filter:
    options = [parts.Option(each.code, name_of(each.name)) for each in choices]
    return parts.Filter("region", _("Region"), options, top.code)


def _missing(fault: Fault, rule: str) -> dict[str, Any]:
    told = {"function": function_name(fault.duty.function), "places": _places(fault.places)}
    said = _("Nobody has “%(function)s” in %(places)s. What the rule sends there waits for a person.") % told
    return _told(fault, rule, said)


def _shared(fault: Fault, rule: str) -> dict[str, Any]:
    told = {
        "function": function_name(fault.duty.function),
        "places": _places(fault.places),
        "bodies": ", ".join(name_of(each.name) for each in fault.duty.bodies),
        "first": name_of(fault.duty.bodies[0].name),
    }
    said = _("“%(function)s” in %(places)s belongs to %(bodies)s. All goes to %(first)s, by its code alone.")
    return _told(fault, rule, said % told)


def _told(fault: Fault, rule: str, said: str) -> dict[str, Any]:
    rows = [(row, f"{rule}#row-{row}") for row in fault.duty.rows] if rule else []
    state = parts.State.ATTENTION if rows else parts.State.INFORMATION
    return {"sentence": said, "state": state.value, "rows": rows}


def _places(places: Iterable[Region]) -> str:
    return ", ".join(name_of(each.name) for each in places)
