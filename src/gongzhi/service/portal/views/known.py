"""What anybody may read: what is known already, what stands unresolved, who answers and how well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import anyone
from gongzhi.governance.matters.queries import knowledge, open_to_all
from gongzhi.governance.matters.queries.public import FEWEST_FOR_SHARE
from gongzhi.service.portal.here import here

#: So many days back the rates of bodies go.
_DAYS = 90


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """Questions that were answered already, found by words."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    words = request.GET.get("words", "")[:200]
    rows = knowledge.found(knowledge.public_articles(around.region, now()), words)
    return render(request, "portal/articles.html", {"here_now": around, "words": words, "articles": rows})


@require_safe
def article(request: HttpRequest, key: UUID) -> HttpResponse:
    """One answer, whose it is, and when it was last looked at."""
    found = knowledge.article(anyone(), key, now())
    if found is None:
        raise Http404
    return render(request, "portal/article.html", {"article": found})


@require_safe
def unresolved(request: HttpRequest) -> HttpResponse:
    """What cannot be done for now, where, since when and why: in public, until it is done."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    rows = open_to_all.unresolved(around.region)
    return render(request, "portal/unresolved.html", {"here_now": around, "rows": rows})


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """Who answers here, and how well, each share with what it is of."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    at = now()
    told: dict[str, Any] = {
        "here_now": around,
        "rows": open_to_all.who_answers(around.region, at - timedelta(days=_DAYS), at),
        "period": _("the last %(days)d days") % {"days": _DAYS},
        "fewest": FEWEST_FOR_SHARE,
        "as_of": at,
    }
    return render(request, "portal/bodies.html", told)
