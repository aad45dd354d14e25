"""What anybody may know: the rules in force, and how to check a receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.rulebooks.queries import versions_in_force
from gongzhi.governance.matters.queries import categories
from gongzhi.service.portal.here import here
from gongzhi.service.portal.ruling import told


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """How anybody checks a receipt without asking us."""
    return render(request, "portal/check.html")


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force for a region and those above it, row by row, each with its basis."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    names = dict(categories(around.region).values_list("code", "name"))
    shown = [told(version, names) for version in versions_in_force(around.region, now())]
    return render(request, "portal/rules.html", {"here_now": around, "rules": shown})
