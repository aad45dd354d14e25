"""Signing in and out, and what a person can see and set about their own account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed
from gongzhi.foundation.parties.actors import person_actor
from gongzhi.foundation.parties.reach import may
from gongzhi.service.accounts import acts, recovery, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.forms import Code, Confirmed, NewPassword, SecondStep, SignIn
from gongzhi.service.accounts.lockout import Attempt, too_often
from gongzhi.service.accounts.queries import Account, account_of_session, accounts
from gongzhi.service.accounts.session import choose_post, chosen_post
from gongzhi.service.accounts.told import looks_at, own_submissions
from gongzhi.service.design.parts import Empty

_BACKEND = "gongzhi.service.accounts.backend.AccountBackend"
_HALFWAY, _OFFERED = "signing_in", "second_factor"
#: Between password and code nobody needs longer.
_HALFWAY_LASTS = timedelta(minutes=5)

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Send whoever is not signed in to the sign-in page, and back afterwards."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': request.get_full_path()})}")

    return checked


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: the page that asked for it, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return ""


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; then the code of the second factor if there is one."""
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt = Attempt.of(request, "sign-in", form.cleaned_data["username"])
        account = _checked(request, form, attempt)
        if account is not None and account.totp_secret:
            request.session.cycle_key()
            request.session[_HALFWAY] = {
                "account": str(account.pk),
                "at": now().isoformat(),
                "password": account.get_session_auth_hash(),
            }
            return redirect(_with_next("accounts:code", request))
        if account is not None:
            return _begin(request, account, None)
    return render(request, "accounts/sign_in.html", {"form": form, "next": safe_next(request)})


def _checked(request: HttpRequest, form: Form, attempt: Attempt) -> Account | None:
    if (until := attempt.locked_until()) is not None:
        form.add_error(None, too_often(until))
        return None
    told = form.cleaned_data
    account = authenticate(request, username=told["username"], password=told["password"])
    if isinstance(account, Account):
        attempt.succeeded()
        return account
    attempt.failed()
    form.add_error(None, _("User name and password do not fit together."))
    return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code that is good for once, of the app or of recovery."""
    account = _halfway(request)
    if account is None:
        messages.info(request, _("Begin again with name and password: the second step took too long."))
        return redirect(_with_next("accounts:sign_in", request))
    form = SecondStep(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt = Attempt.of(request, "code", account.username)
        if (until := attempt.locked_until()) is not None:
            form.add_error(None, too_often(until))
        else:
            try:
                response = _begin(request, account, form.cleaned_data["code"])
            except Invalid as refusal:
                attempt.failed()
                form.add_error("code", str(refusal.reason))
            else:
                attempt.succeeded()
                return response
    return render(request, "accounts/code.html", {"form": form, "next": safe_next(request)})


def _halfway(request: HttpRequest) -> Account | None:
    held = request.session.get(_HALFWAY)
    if not held:
        return None
    account = account_of_session(held["account"])
    is_late = held["at"] < (now() - _HALFWAY_LASTS).isoformat()
    if account is None or is_late or held["password"] != account.get_session_auth_hash():
        request.session.pop(_HALFWAY)
        return None
    return account


def _begin(request: HttpRequest, account: Account, told: str | None) -> HttpResponse:
    """Begin the session under a new key."""
    entered = acts.sign_in(person_actor(account.person_id), account, code=Hidden(told) if told else None)
    if (left := len(entered.recovery_codes)) < len(account.recovery_codes):
        messages.warning(request, _codes_left(left))
    request.session.pop(_HALFWAY, None)
    login(request, account, backend=_BACKEND)
    return redirect(safe_next(request) or _home_of(person_actor(account.person_id).is_staff))


def _codes_left(left: int) -> str:
    return ngettext(
        "You signed in with a recovery code; %(n)d is left. If the device is lost, set up a new one.",
        "You signed in with a recovery code; %(n)d are left. If the device is lost, set up a new one.",
        left,
    ) % {"n": left}


def _home_of(is_staff: bool) -> str:
    try:
        return resolve_url(settings.LOGIN_REDIRECT_URL) if is_staff else reverse("accounts:mine")
    except NoReverseMatch:
        return reverse("accounts:mine")


def _with_next(view: str, request: HttpRequest) -> str:
    wanted = safe_next(request)
    return f"{reverse(view)}?{urlencode({'next': wanted})}" if wanted else reverse(view)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, with everything it remembered."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_POST
@signed_in
def switch(request: HttpRequest) -> HttpResponse:
    """Act as one post from now on, or as all of them."""
    told = request.POST.get("appointment", "")
    held = {str(h.appointment) for h in person_actor(_account(request).person_id).held if h.appointment}
    choose_post(request, UUID(told) if told in held else None)
    return redirect(safe_next(request) or _home_of(True))


@never_cache
@require_safe
@signed_in
def mine(request: Any) -> HttpResponse:
    """What the platform keeps about the person signed in: who looked, what they brought in, their posts."""
    account = _account(request)
    actor, home = person_actor(account.person_id), account.person.home
    zone = home.zone if home else settings.TIME_ZONE
    return render(
        request,
        "accounts/mine.html",
        {
            "account": account,
            "looks_after": may(actor, "account.open"),
            "person": account.person,
            "posts": [held for held in actor.held if held.appointment],
            "chosen": chosen_post(request),
            "looks": looks_at(account.person_id, zone),
            "nothing_brought": Empty(
                _("Nothing yet."),
                _("What you report or ask while you are signed in is listed here."),
                reverse("portal:report"),
                _("Report something"),
            ),
            "submissions": own_submissions(request.actor, account.person_id),
        },
    )


@never_cache
@sensitive_post_parameters("present", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: Any) -> HttpResponse:
    """Change one's own password."""
    account, form = _account(request), NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_present(request, form, account):
        try:
            changed = acts.set_password(
                request.actor, account, password=Hidden(form.cleaned_data["password"])
            )
        except Invalid as refusal:
            form.add_error("password", str(refusal.reason))
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password was changed. Other devices were signed out."))
            return redirect("accounts:mine")
    return render(request, "accounts/password.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def second_factor(request: Any) -> HttpResponse:
    """Set up an authenticator app: show a secret, and take a code as the proof that the app has it."""
    account = _account(request)
    if account.totp_secret:
        return _change_second_factor(request, account)
    offered = totp.unseal(request.session.get(_OFFERED, ""))
    if offered is None:
        offered = totp.new_secret()
        request.session[_OFFERED] = totp.seal(offered)
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told, spare = Hidden(form.cleaned_data["code"]), recovery.new_codes()
        try:
            acts.set_totp(
                request.actor, account, secret=Hidden(offered), code=told, spare=Hidden(" ".join(spare))
            )
        except Invalid as refusal:
            form.add_error("code", str(refusal.reason))
        else:
            request.session.pop(_OFFERED)
            messages.success(request, _("From now on signing in also asks for a code."))
            return _shown_once(request, spare)
    address = totp.address(offered, account.username, settings.CONFIG.node_name)
    shown = {"form": form, "square": _square(address), "secret": _in_fours(offered), "address": address}
    return render(request, "accounts/second_factor.html", shown)


def _change_second_factor(request: Any, account: Account) -> HttpResponse:
    """Make new recovery codes, or remove the second factor."""
    form = Confirmed(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_present(request, form, account):
        if request.POST.get("do") == "remove":
            acts.clear_totp(request.actor, account)
            messages.success(request, _("From now on signing in asks for the password alone."))
            return redirect("accounts:mine")
        spare = recovery.new_codes()
        acts.set_recovery_codes(request.actor, account, codes=Hidden(" ".join(spare)))
        messages.success(request, _("There are new recovery codes; the former ones have ended."))
        return _shown_once(request, spare)
    return render(request, "accounts/second_factor_on.html", {"form": form, "account": account})


def _shown_once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The codes on the answer to the form itself, so that they are kept nowhere on their way."""
    shown = {"codes": [recovery.in_groups(each) for each in codes]}
    return render(request, "accounts/recovery_codes.html", shown)


#: So many accounts stand on a page; the search finds the others.
_MOST_LISTED = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def people(request: Any) -> HttpResponse:
    """The accounts that somebody looks after; whoever lost the device with the codes is helped here."""
    if not may(request.actor, "account.open"):
        raise NotAllowed(
            _("Looking after accounts is for administrators."),
            instead=_("Ask the administrator of your organisation."),
        )
    reached = accounts(request.actor)
    if request.method == "POST":
        key = _key(request.POST.get("account"))
        account = reached.filter(pk=key).first() if key else None
        if account is None:
            raise Http404
        acts.clear_totp(request.actor, account)
        told = {"name": account.username}
        messages.success(request, _("%(name)s now signs in with the password alone.") % told)
        return redirect("accounts:people")
    wanted = request.GET.get("q", "").strip().lower()
    rows = list(reached.filter(username__contains=wanted)[: _MOST_LISTED + 1])
    shown = {"rows": rows[:_MOST_LISTED], "is_more": len(rows) > _MOST_LISTED, "wanted": wanted}
    return render(request, "accounts/people.html", shown)


def _key(told: str | None) -> UUID | None:
    try:
        return UUID(told or "")
    except ValueError:
        return None


def _is_present(request: HttpRequest, form: Form, account: Account) -> bool:
    """Whether the present password is right; guessing it is slowed down like signing in."""
    attempt = Attempt.of(request, "sign-in", account.username)
    if (until := attempt.locked_until()) is not None:
        form.add_error("present", too_often(until))
        return False
    told = form.cleaned_data["present"]
    if authenticate(request, username=account.username, password=told) is None:
        attempt.failed()
        form.add_error("present", _("This is not your present password."))
        return False
    return True


def _square(address: str) -> str:
    """A square code as SVG."""
    import segno

    return segno.make(address, error="m").svg_inline(scale=5, border=3, svgclass="gz-square", lineclass=None)


def _in_fours(secret: str) -> str:
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def _account(request: HttpRequest) -> Account:
    """The account itself: what the request carries is a stand-in that acts cannot lock."""
    account = account_of_session(request.user.pk)
    if account is None:
        raise Http404
    return account
