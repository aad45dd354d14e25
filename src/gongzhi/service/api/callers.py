"""Who calls: the public, somebody signed in to the pages, or an account by name and password."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import threading
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import NotAllowed
from gongzhi.foundation.parties.actors import person_actor
from gongzhi.service.accounts.backend import AccountBackend
from gongzhi.service.accounts.lockout import Attempt
from gongzhi.service.accounts.queries import Account, account_called
from gongzhi.service.api.limits import Buckets
from gongzhi.service.api.problems import TooMany, Unrecognised

BUCKETS = Buckets()
#: Accounts may ask so many times as often as the public.
ACCOUNT_FACTOR = 10
_SAFE = {"GET", "HEAD", "OPTIONS"}
_KNOWN_SECONDS, _MOST_KNOWN = 300, 500


class Caller(AuthBase):
    """Finds the actor of a request; without a name it is the public."""

    openapi_type = "http"
    openapi_scheme = "basic"

    def __call__(self, request: HttpRequest) -> Any:
        account = _named(request)
        signed_in = account or (request.user if request.user.is_authenticated else None)
        _draw(request, signed_in)
        if account is not None:
            return person_actor(account.person_id)
        if signed_in is not None and request.method not in _SAFE:
            _check_origin(request)
        return request.actor  # type: ignore[attr-defined]


def _draw(request: Any, account: Any) -> None:
    """Count the request against the caller's allowance; the answer tells what is left."""
    rate = settings.CONFIG.api_rate
    if not rate:
        return
    who = f"account:{account.pk}" if account else f"address:{request.META.get('REMOTE_ADDR', '')}"
    request.allowance = BUCKETS.draw(who, rate * ACCOUNT_FACTOR if account else rate)
    if wait := request.allowance.wait_seconds:
        raise TooMany(_("Wait %(seconds)d seconds, then go on more slowly.") % {"seconds": wait}, wait)


class _Origin(CsrfViewMiddleware):
    """Django's own check that a request comes from a page of ours, as an answer and not a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _check_origin(request: HttpRequest) -> None:
    """A browser sends its session along to whoever asks it to: so a session needs a page's token too."""
    check = _Origin(lambda _request: None)  # type: ignore[arg-type]
    check.process_request(request)
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    if check.process_view(request, lambda: None, (), {}):  # type: ignore[arg-type, return-value]
        raise NotAllowed(
            _("This came from a session without the token of a page."),
            instead=_("Send the header X-CSRFToken, or use an account by name and password."),
        )


def _named(request: HttpRequest) -> Account | None:
    """The account that a request names by HTTP Basic, its password checked."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _space, told = header.partition(" ")
    try:
        username, colon, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if scheme.lower() != "basic" or not colon:
        raise Unrecognised(_("Send name and password by HTTP Basic, or nothing."))
    return _checked(request, username, password)


def _checked(request: HttpRequest, username: str, password: str) -> Account:
    attempt = Attempt.of(request, "sign-in", username)
    account = account_called(username)
    if account is not None and _KNOWN.knows(account, password):
        return account
    if (until := attempt.locked_until()) is not None:
        seconds = max(1, int((until - now()).total_seconds()))
        raise TooMany(_("Too many attempts failed. Wait, then try again."), seconds)
    account = AccountBackend().authenticate(request, username, password)
    if account is None:
        attempt.failed()
        raise Unrecognised(_("Name and password do not belong together."))
    if account.totp_secret:
        raise Unrecognised(_("An account with a second factor signs in on the page, not here."))
    _KNOWN.remember(account, password)
    return account


class _Known:
    """Passwords that were checked a moment ago, as digests under a key of this process.

    Checking one is slow on purpose; a machine that sends it with every request need not wait each time.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._lock = threading.Lock()
        self._until: dict[bytes, float] = {}

    def knows(self, account: Account, password: str) -> bool:
        """Whether this password was right for the account as it stands."""
        if account.totp_secret:
            return False
        with self._lock:
            return self._until.get(self._digest(account, password), 0.0) > time.monotonic()

    def remember(self, account: Account, password: str) -> None:
        """Note that a password was right."""
        with self._lock:
            self._until[self._digest(account, password)] = time.monotonic() + _KNOWN_SECONDS
            while len(self._until) > _MOST_KNOWN:
                del self._until[next(iter(self._until))]

    def _digest(self, account: Account, password: str) -> bytes:
        told = f"{account.pk}\0{account.password}\0{password}"
        return hmac.digest(self._key, told.encode(), "sha256")


_KNOWN = _Known()
