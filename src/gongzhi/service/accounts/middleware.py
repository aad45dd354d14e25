"""Every request has an actor; who it is, is looked up when something asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from gongzhi.service.accounts.session import actor_of


class ActorMiddleware:
    """Sets ``request.actor``, on whose reach everything depends that the request may see or do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: actor_of(request))
        return self.get_response(request)
