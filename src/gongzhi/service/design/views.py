"""The switches every page carries, the gallery of components, and the pages of errors."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from gongzhi.service.design import built
from gongzhi.service.design import gallery as shown
from gongzhi.service.design.reading import TYPE_COOKIE, remember, size_of_type


def _way_back(request: HttpRequest) -> str:
    """The page the reader came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back."""
    response = HttpResponseRedirect(_way_back(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, language, secure=request.is_secure())
    return response


@require_POST
def choose_type(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off and go back."""
    response = HttpResponseRedirect(_way_back(request))
    other = "normal" if size_of_type(request) == "large" else "large"
    remember(response, TYPE_COOKIE, other, secure=request.is_secure())
    return response


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states."""
    dark = request.GET.get("theme") == "dark"
    return render(request, "design/gallery.html", {**shown.everything(request), "dark": dark})


@require_GET
def third_parties(request: HttpRequest) -> HttpResponse:
    """What the front end was made of, with licences."""
    manifest = built.BUILT / "manifest.json"
    packages = json.loads(manifest.read_text(encoding="utf-8"))["packages"] if manifest.exists() else []
    return render(request, "design/third_parties.html", {"packages": packages})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "design/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "design/403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, because the form was too old or came from elsewhere."""
    return render(request, "design/403_form.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "design/404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429; for whoever limits how often something may be asked."""
    return render(request, "design/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: renders from nothing, for the reason of the error may be the session or the database."""
    return render(request, "design/500.html", status=500)
