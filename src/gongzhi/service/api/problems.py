"""Errors as problem+json (RFC 9457): what was wrong, where, and what to do."""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from gongzhi.foundation.ledger.refusals import Refusal

log = structlog.get_logger(__name__)

_TITLES = {
    "invalid": gettext_lazy("An argument is missing or wrong"),
    "not_allowed": gettext_lazy("Outside your reach"),
    "not_possible": gettext_lazy("Not possible as things stand"),
    "undecidable": gettext_lazy("No rule decides this"),
    "conflict": gettext_lazy("In conflict with an earlier request"),
    "not_found": gettext_lazy("There is no such thing, or it is outside your reach"),
    "unauthorized": gettext_lazy("Not recognised"),
    "too_many": gettext_lazy("Too many requests"),
    "malformed": gettext_lazy("The request cannot be read"),
    "failed": gettext_lazy("This failed, and not through your fault"),
}


class Unrecognised(Exception):
    """Name and password do not fit, or this account has to use the sign-in page."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))


class TooMany(Exception):
    """Whoever asks has to wait for so many seconds."""

    def __init__(self, reason: object, seconds: int) -> None:
        super().__init__(str(reason))
        self.seconds = seconds


def problem(code: str, status: int, detail: str = "", **more: Any) -> HttpResponse:
    """A response that says what was wrong; ``more`` are members such as ``field`` or ``instead``."""
    told = {"type": f"urn:gongzhi:problem:{code}", "title": str(_TITLES[code]), "status": status}
    told |= {"detail": detail} if detail else {}
    told |= {name: value for name, value in more.items() if value}
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), status=status, content_type="application/problem+json"
    )


def not_found(request: HttpRequest, **_where: Any) -> HttpResponse:
    """There is nothing at this address."""
    return problem("not_found", 404, _("There is nothing at this address; see openapi.json."))


def not_this_way(refused: HttpResponse) -> HttpResponse:
    """There is something at this address, but it is not done by this method."""
    response = problem("malformed", refused.status_code, _("This address does not know this method."))
    response["Allow"] = refused["Allow"]
    return response


def register(api: NinjaAPI) -> None:
    """Let an API answer every error as a problem."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        return problem(
            error.code, error.status, str(error.reason), field=error.field, instead=str(error.instead)
        )

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"field": _field(each["loc"]), "detail": _wrong(each)} for each in error.errors]
        first = errors[0] if errors else {"field": "", "detail": ""}
        return problem("invalid", 422, first["detail"], field=first["field"], errors=errors)

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem("not_found", 404, _("Check the number or code, and whose right you use."))

    @api.exception_handler(HttpError)
    def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem("malformed", error.status_code, _("Send JSON, as the description of this API shows."))

    @api.exception_handler(Unrecognised)
    def unrecognised(request: HttpRequest, error: Unrecognised) -> HttpResponse:
        response = problem("unauthorized", 401, str(error))
        response["WWW-Authenticate"] = 'Basic realm="Gongzhi", charset="UTF-8"'
        return response

    @api.exception_handler(TooMany)
    def wait(request: HttpRequest, error: TooMany) -> HttpResponse:
        response = problem("too_many", 429, str(error))
        response["Retry-After"] = str(error.seconds)
        return response

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("api.failed", error=error)
        return problem("failed", 500, _("It was noted. Try again later; a key makes trying again safe."))


def _field(place: tuple[Any, ...]) -> str:
    """``("body", "told", "place", "lon")`` as the caller wrote it: ``place.lon``."""
    parts = [str(each) for each in place]
    return ".".join(parts[2:] if parts[:1] == ["body"] else parts[1:]) or "body"


def _wrong(error: dict[str, Any]) -> str:
    kind = str(error.get("type", ""))
    context = error.get("ctx") or {}
    if kind == "missing":
        return _("This is missing.")
    if kind == "extra_forbidden":
        return _("There is no argument of this name.")
    if kind in ("literal_error", "enum"):
        return _("One of these is expected: %(values)s.") % {"values": context.get("expected", "")}
    if kind.startswith(("string_too", "less_than", "greater_than")):
        limits = ", ".join(str(v) for k, v in context.items() if k != "error")
        return _("This is too long, too short or out of range: %(limit)s.") % {"limit": limits}
    return _("This has the wrong form.")
