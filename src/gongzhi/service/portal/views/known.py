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
from gongzhi.governance.matters.queries import (
    accounts_kept,
    knowledge,
    matter_with_account,
    open_to_all,
)
from gongzhi.governance.matters.queries.public import FEWEST_FOR_SHARE
from gongzhi.service.design.parts import Party, name_of
from gongzhi.service.portal.here import here
from gongzhi.service.portal.money import figures_of, lines_of

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
def accounts(request: HttpRequest) -> HttpResponse:
    """What residents handle with money of their own, and what is left of it."""
    around = here(request)
    if around is None:
        return redirect("portal:home")
    told = {"here_now": around, "rows": accounts_kept(around.region)}
    return render(request, "portal/accounts.html", told)


@require_safe
def account(request: HttpRequest, key: UUID) -> HttpResponse:
    """The public account of one matter: money in and out, what for, and what proves it."""
    found = matter_with_account(key)
    if found is None:
        raise Http404
    matter, kept = found
    told: dict[str, Any] = {"matter": matter, "zone": matter.region.zone}
    if matter.lead is not None:
        told["leads"] = Party(matter.lead.name, role=_("handles it"), region=matter.lead.region.name)
    if kept is not None:
        told["figures"] = figures_of(kept)
        told["money_lines"] = lines_of(kept, lambda body: name_of(body.name))
    return render(request, "portal/account.html", told)


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
