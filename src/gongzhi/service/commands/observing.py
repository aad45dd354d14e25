"""What a request leaves behind for those who run the node: one log line and a few counters, nothing personal.

A path may hold a number or a secret, a query anything, an address belongs to a person: so a line names
the route, the pseudonym that the ledger uses too, and nothing else of whoever asked.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject, empty

from gongzhi.foundation.ledger.remembered import asked_once

log = structlog.get_logger("gongzhi.request")

_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
#: Upper ends of the classes of a request's duration, in seconds.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Requests:
    """Counters of this process: by method, route and status, and how long each route took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        bucket = next((end for end in BUCKETS if seconds <= end), float("inf"))
        with self._lock:
            self._answered[method, route, status] += 1
            self._within[route, bucket] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]

    def read(
        self,
    ) -> tuple[dict[tuple[str, str, int], int], dict[tuple[str, float], int], dict[str, float]]:
        """The counters as they stand: answered, by duration, seconds in all."""
        with self._lock:
            return dict(self._answered), dict(self._within), dict(self._seconds)


REQUESTS = Requests()


class ObservingMiddleware:
    """Gives each request an id, counts it, and logs it by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        from gongzhi.service.commands import probes

        self.get_response = get_response
        #: Answered here, for whoever probes a node asks it by another name than the public does.
        self.probes = {"healthz": probes.healthz, "readyz": probes.readyz, "metrics": probes.metrics}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        told = request.headers.get("X-Request-ID", "")
        name = told if _ID.fullmatch(told) else uuid4().hex
        with asked_once(), structlog.contextvars.bound_contextvars(request=name):
            probe = request.path_info.removeprefix("/")
            answer = self.probes.get(probe)
            response = answer(request) if answer else self.get_response(request)
            seconds = time.perf_counter() - began
            route = probe if answer else route_of(request)
            REQUESTS.count(request.method or "", route, response.status_code, seconds)
            say = log.debug if route in _QUIET else log.info
            say(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                **_actor(request),
            )
        response.headers["X-Request-ID"] = name
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _watched(response.streaming_content, name, route)
        return response


def _watched(parts: Any, name: str, route: str) -> Iterator[bytes]:
    """Hand on what is streamed; an error that comes while it flows belongs to a request, too."""
    try:
        yield from parts
    except Exception as error:
        log.error("request.broken", request=name, route=route, error=error)
        raise


_QUIET = {"static", "healthz", "readyz", "metrics"}


def route_of(request: HttpRequest) -> str:
    """The pattern that answered, which says nothing about whoever asked."""
    if (match := request.resolver_match) is not None:
        return match.route or "/"
    return "static" if request.path_info.startswith("/static/") else "unmatched"


def _actor(request: HttpRequest) -> dict[str, str]:
    """The pseudonym of whoever acted, if anything in the request asked who it was."""
    actor = getattr(request, "actor", None)
    if actor is None or (isinstance(actor, SimpleLazyObject) and actor._wrapped is empty):
        return {}
    return {"actor": str(actor.id)}
