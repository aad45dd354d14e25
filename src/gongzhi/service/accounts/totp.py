"""One-time codes of an authenticator app: RFC 6238 over RFC 4226, and their secrets kept encrypted."""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PERIOD_SECONDS, DIGITS = 30, 6
#: A clock may be this many periods fast or slow.
DRIFT = 1


def new_secret() -> str:
    """160 random bits, as apps read them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one period.

    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // 30)
    '287082'
    """
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, code: str, seconds: float, after: int = 0) -> int | None:
    """The period whose code this is, near a moment and later than `after`; None if it is none."""
    told = "".join(code.split())
    here = int(seconds) // PERIOD_SECONDS
    for step in range(max(here - DRIFT, after + 1), here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), told.encode()):
            return step
    return None


def address(secret: str, account: str, issuer: str) -> str:
    """What an app reads from the square code."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def seal(secret: str) -> str:
    """A secret as it is stored: without the node's key it is worth nothing."""
    return _box().encrypt(secret.encode()).decode()


def unseal(stored: str) -> str | None:
    """The secret again; None when the key that sealed it is no longer honoured."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        return None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (hmac.digest(key.encode(), b"second-factor", "sha256") for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
