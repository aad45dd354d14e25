"""Following up by number and secret, and the receipt to take home."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.foundation.ledger import receipts
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.governance.matters.queries import Submission, at_desk, followed_up, story, submission_numbered
from gongzhi.governance.matters.queries.papers import filing_entry
from gongzhi.service.accounts.lockout import Attempt, too_often
from gongzhi.service.accounts.session import hold
from gongzhi.service.portal.followed import decided_of, filing, followed, receipt_of
from gongzhi.service.portal.forms import FollowUp, begin_at
from gongzhi.service.portal.saying import Tried, form_for
from gongzhi.service.portal.saying import say as act


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """Ask for number and secret; guessing is slowed down."""
    form = FollowUp(request.POST or None, initial={"number": request.GET.get("number", "")})
    begin_at(request, form, "secret" if request.GET.get("number") else "number")
    if request.method == "POST" and form.is_valid():
        found = _found(request, form)
        if found is not None:
            hold(request, found.pk)
            return redirect("portal:followed", found.number)
    return render(request, "portal/follow_up.html", {"form": form})


def _found(request: HttpRequest, form: FollowUp) -> Submission | None:
    number, secret = form.cleaned_data["number"], form.cleaned_data["secret"]
    attempt = Attempt.of(request, "follow-up", _plain(number))
    if (until := attempt.locked_until()) is not None:
        form.add_error(None, too_often(until))
        return None
    found = followed_up(number, secret)
    if found is None:
        attempt.failed()
        form.add_error(None, _("There is nothing with this number and this secret. Check both."))
        return None
    return found


def _plain(number: str) -> str:
    try:
        return normalise_number(number)
    except ValueError:
        return number


def _reached(request: Any, number: str) -> Submission | None:
    return submission_numbered(request.actor, _plain(number))


@never_cache
@require_safe
def show(request: Any, number: str) -> HttpResponse:
    """How it stands, what happened, by which rule, and the answer."""
    filed = _reached(request, number)
    if filed is None:
        return redirect(f"{reverse('portal:follow_up')}?number={_plain(number)}")
    return render(request, "portal/followed.html", followed(request.actor, filed))


@never_cache
@require_safe
def decided(request: Any, number: str) -> HttpResponse:
    """Which rules decided about it: the rule, the row and its basis."""
    filed = _reached(request, number)
    if filed is None:
        return redirect(f"{reverse('portal:follow_up')}?number={_plain(number)}")
    told = {"number": filed.number, "decided": decided_of(request.actor, filed)}
    return render(request, "portal/decided_page.html", told)


@never_cache
@require_POST
def say(request: Any, number: str, name: str) -> HttpResponse:
    """Say one more thing to what was brought in; what is refused is told where it was said."""
    filed, form = _reached(request, number), form_for(name, request.POST)
    if form is None:
        raise Http404
    if filed is None:
        return redirect(f"{reverse('portal:follow_up')}?number={_plain(number)}")
    status = 422
    if form.is_valid():
        try:
            messages.success(request, act(request.actor, filed, name, form))
            return redirect("portal:followed", filed.number)
        except Refusal as refusal:
            form.refused(refusal)
            status = refusal.status
    shown = followed(request.actor, filed, Tried(name, form))
    return render(request, "portal/followed.html", shown, status=status)


@never_cache
@require_safe
def proof(request: Any, number: str) -> HttpResponse:
    """The part of a page that says how far the proof has come."""
    filed, entry = _filed(request, number)
    shown = receipt_of(filed, entry)
    return render(request, "design/receipt_proof.html", {"receipt": shown})


@never_cache
@require_safe
def receipt(request: Any, number: str) -> HttpResponse:
    """The receipt as a file; the signed promise while the proof is on its way."""
    filed = _reached(request, number)
    entry = filing_entry(filed) if filed is not None else None
    if filed is None or entry is None:
        raise Http404
    text, name = receipts.receipt(entry), f"gongzhi-{filed.number}.receipt"
    if text is None:
        text, name = receipts.promise(entry), f"gongzhi-{filed.number}.promise"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _filed(request: Any, number: str) -> tuple[Submission, Told]:
    filed = _reached(request, number)
    desk = at_desk(request.actor, filed.matter_id) if filed is not None and filed.matter_id else None
    entry = filing(story(desk, [filed]), filed) if filed is not None and desk is not None else None
    if filed is None or entry is None:
        raise Http404
    return filed, entry
