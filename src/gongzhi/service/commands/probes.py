"""What machines ask a node: is it alive, is it ready, what does it count, how does its ledger stand."""

from __future__ import annotations

import re
from ipaddress import ip_address

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger import keys, published, sequencer
from gongzhi.foundation.ledger.queries import latest_checkpoint, size
from gongzhi.methods.merkle import HASH_SIZE
from gongzhi.service.commands import measures

_TEXT = "text/plain; charset=utf-8"
#: How tlog-tiles writes a number: groups of three digits, all but the last begun with x.
_NUMBER = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")
_FULL = 256


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive and answers."""
    return HttpResponse("ok\n", content_type=_TEXT)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The node can do its work: database, its shape, and no entry that waits too long for its place."""
    try:
        state = measures.readiness()
    except DatabaseError:
        state = {"database": False}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters for Prometheus, for the node's own network only."""
    if not _from_inside(request):
        raise Http404
    return HttpResponse(measures.prometheus(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _from_inside(request: HttpRequest) -> bool:
    """Whether somebody of the same network asks, and not through a gateway to the public."""
    forwarded = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
    if any(name in request.headers for name in forwarded):
        return False
    try:
        address = ip_address(
            request.META.get("REMOTE_ADDR", "").rpartition("%")[0] or request.META["REMOTE_ADDR"]
        )
    except (KeyError, ValueError):
        return False
    return address.is_loopback or address.is_private


@require_safe
@never_cache
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that this node has let out of its hands."""
    file = published.path()
    if file.exists():
        return HttpResponse(file.read_text(encoding="utf-8"), content_type=_TEXT)
    newest = latest_checkpoint()
    if newest is None:
        raise Http404
    return HttpResponse(newest.note, content_type=_TEXT)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The keys that this node's checkpoints are signed with, the one in use first."""
    try:
        text = "".join(f"{each}\n" for each in keys.verifiers())
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(text, content_type=_TEXT)


@require_safe
def tile(request: HttpRequest, level: int, number: str) -> HttpResponse:
    """A tile of the tree of hashes (c2sp.org/tlog-tiles). Entries themselves are read through reach only."""
    match = _NUMBER.fullmatch(number)
    if match is None or level > 63:
        raise Http404
    index = int(match[1].replace("x", "").replace("/", ""))
    width = int(match[2]) if match[2] else _FULL
    if not 0 < width <= _FULL or (match[2] and width == _FULL):
        raise Http404
    there = (size() >> (8 * level)) - index * _FULL
    if width > there:
        raise Http404
    hashes = sequencer.read_tile(level, index, width)[: width * HASH_SIZE]
    if len(hashes) < width * HASH_SIZE:
        raise Http404
    response = HttpResponse(hashes, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
