"""What the reader chose: language and size of type, kept in cookies of this node alone."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponseBase

TYPE_COOKIE = "gongzhi_type"
A_YEAR = 365 * 24 * 3600

Size = Literal["normal", "large"]


def size_of_type(request: HttpRequest) -> Size:
    """The size of type the reader chose; normal when nothing was."""
    return "large" if request.COOKIES.get(TYPE_COOKIE) == "large" else "normal"


def remember(response: HttpResponseBase, cookie: str, value: str, *, secure: bool) -> None:
    """Keep a reader's choice for a year."""
    response.set_cookie(cookie, value, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
