"""Files go out only to those who reach what they are attached to, and never as something that runs."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.foundation.files.queries import File
from gongzhi.governance.matters.queries.papers import open_file

#: What a browser shows itself; everything else is saved.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})


@never_cache
@require_safe
def served(request: Any, key: UUID) -> HttpResponseBase:
    """One attached file, the same from every address: pictures are shown, everything else is saved."""
    return served_as(open_file(request.actor, key))


def served_as(found: tuple[File, BinaryIO] | None) -> HttpResponseBase:
    """A file that was reached, or that there is none."""
    if found is None:
        raise Http404
    file, content = found
    kind = file.media_type + ("; charset=utf-8" if file.media_type == "text/plain" else "")
    response = FileResponse(
        content, as_attachment=file.media_type not in _SHOWN, filename=file.name, content_type=kind
    )
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
