"""The API: parse, one act or some queries, tell. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import NinjaAPI

from gongzhi.service.api import handling, knowing, openness, places, problems, saying, submitting
from gongzhi.service.api.callers import Caller

DESCRIPTION = """\
Bring something in, follow it up, read what your posts reach, and check the ledger.

The public needs no account. An account by HTTP Basic, or the session of the pages, reads what its
posts reach. Errors are `application/problem+json`; sentences in them, and titles, come in the language
of `Accept-Language` (`zh-hans` or `en`). Lists have `next`, to be sent back as `cursor`. Every answer
tells the caller's allowance in `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`.
"""


class _Api(NinjaAPI):
    """Tells each caller what is left of the allowance, and lets nobody keep what was told."""

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = _told_what_is_left(pattern.callback)
        return patterns, app, namespace

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Where the API begins; its namespace lies in the room's."""
        return reverse("api:v1:api-root")


def _told_what_is_left(view: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def told(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = problems.not_this_way(response)
        if (allowance := getattr(request, "allowance", None)) is not None:
            response["RateLimit-Limit"] = str(allowance.limit)
            response["RateLimit-Remaining"] = str(allowance.left)
            response["RateLimit-Reset"] = str(allowance.reset_seconds)
        response.setdefault("Cache-Control", "no-store")
        return response

    return told


api = _Api(
    title="Gongzhi",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="v1",
    auth=Caller(),
)
problems.register(api)
for room in (places, submitting, saying, knowing, handling, openness):
    api.add_router("", room.router)
