"""What anybody may know: the rules in force, and how to check a receipt."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.rulebooks.queries import arrangements, joint_in_force, version, versions_in_force
from gongzhi.governance.matters.queries import categories
from gongzhi.service.portal.here import here
from gongzhi.service.portal.ruling import home_of, told


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
    at = now()
    return render(
        request,
        "portal/rules.html",
        {
            "here_now": around,
            "rules": [told(version, names) for version in versions_in_force(around.region, at)],
            "joint": [told(version, names) for version in joint_in_force(around.region, at)],
            "arrangements": [told(version, names) for version in arrangements(around.region, at)],
        },
    )


@require_safe
def rule(request: HttpRequest, digest: str) -> HttpResponse:
    """One version of a rule, in force or not any more: what a deadline or a decision was taken by."""
    found = version(digest, request.GET.get("of", ""))
    if found is None:
        raise Http404
    at = now()
    region = home_of(found)
    names = dict(categories(region).values_list("code", "name")) if region else {}
    return render(
        request,
        "portal/rule.html",
        {
            "rule": told(found, names),
            "version": found,
            "standing": found.standing(at),
            "zone": region.zone if region else "UTC",
        },
    )
