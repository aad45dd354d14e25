"""Files go out only to those who reach what they are attached to, and never as something that runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from gongzhi.governance.matters.queries.papers import open_file


@require_safe
def served(request: Any, key: UUID) -> HttpResponseBase:
    """One attached file: pictures are shown, everything else is saved."""
    found = open_file(request.actor, key)
    if found is None:
        raise Http404
    file, content = found
    is_picture = file.media_type.startswith("image/")
    kind = file.media_type + ("; charset=utf-8" if file.media_type == "text/plain" else "")
    response = FileResponse(content, as_attachment=not is_picture, filename=file.name, content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=60"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
