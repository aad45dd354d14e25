"""Codes for whoever has lost the device that shows codes: written on paper, each good for once.

They are digits alone, so that they can be typed where the codes of the app are typed, on a telephone's
number pad too. Kept is what each gives under the node's key, never the code.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

COUNT, DIGITS = 10, 12


def new_codes() -> list[str]:
    """As many as are handed out at once, no two alike."""
    made: set[str] = set()
    while len(made) < COUNT:
        made.add(f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}")
    return sorted(made)


def plain(told: str) -> str | None:
    """What somebody typed, as a code; None if it cannot be one.

    >>> plain(" 1234-5678 9012")
    '123456789012'
    >>> plain("123456") is None
    True
    """
    digits = "".join(told.replace("-", " ").split())
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else None


def in_groups(code: str) -> str:
    """A code as it is read out and copied: ``1234-5678-9012``."""
    return "-".join(code[start : start + 4] for start in range(0, DIGITS, 4))


def kept(account: UUID, codes: Iterable[str]) -> list[str]:
    """What is stored of an account's codes."""
    return [_digest(settings.SECRET_KEY, account, code) for code in codes]


def matching(account: UUID, stored: Iterable[str], code: str) -> str | None:
    """What is stored of a code; None if it is none of the account's, or was used."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    fitting = [_digest(key, account, code) for key in keys]
    return next((one for one in stored if any(hmac.compare_digest(one, each) for each in fitting)), None)


def _digest(key: str, account: UUID, code: str) -> str:
    return hmac.digest(key.encode(), b"recovery:" + account.bytes + code.encode(), "sha256").hex()
