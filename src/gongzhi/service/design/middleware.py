"""The reader's language, and the page of a refusal."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from gongzhi.foundation.ledger.refusals import Refusal


class LanguageMiddleware(LocaleMiddleware):
    """The language the reader chose, else the one the browser asks for, else this node's."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Tell caches that language and size of type depend on cookies."""
        patch_vary_headers(response, ("Cookie",))
        return super().process_response(request, response)


class RefusalMiddleware:
    """Renders a refusal that a page let through: why, what to do instead, who decides otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a `Refusal`; leave everything else to Django."""
        if not isinstance(exception, Refusal) or request.path.startswith("/api/"):
            return None
        template = "design/refused_part.html" if request.headers.get("HX-Request") else "design/refused.html"
        return render(request, template, {"refusal": exception}, status=exception.status)
