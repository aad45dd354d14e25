"""The web application."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
log = structlog.get_logger(__name__)
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; what fails outside every page is logged here, or the server would print it whole."""
    try:
        return _django(environ, start_response)
    except Exception as error:
        log.error("request.failed", error=error)
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"500\n"]
