"""The signed promise, given in the very answer to the form that was sent.

It travels in a cookie that only the next page gets: whoever loses the way there has it all the same,
and the server need not remember it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect

from gongzhi.foundation.ledger import receipts
from gongzhi.governance.matters.queries import Submission

_COOKIE = "promise"
_A_DAY = 86_400


def give_promise(answer: HttpResponseRedirect, filed: Submission) -> HttpResponseRedirect:
    """Sign that what was filed will stand in the ledger, for the page that an answer leads to."""
    promise = receipts.promise_of(filed.pk)
    if promise is not None:
        told = urlsafe_b64encode(promise.encode()).decode()
        answer.set_cookie(
            _COOKIE, told, max_age=_A_DAY, path=answer.url, secure=settings.SESSION_COOKIE_SECURE,
            httponly=True, samesite="Strict",
        )  # fmt: skip
    return answer


def promise_given(request: HttpRequest) -> str:
    """The promise that this page was given, or nothing."""
    try:
        return urlsafe_b64decode(request.COOKIES.get(_COOKIE, "")).decode()
    except ValueError:
        return ""
