"""How static files are answered. Named by the settings, so it imports nothing of Django's."""

from __future__ import annotations

from wsgiref.headers import Headers


def add_headers(headers: Headers, path: str | None, url: str) -> None:
    """Let browsers keep what is built for good: its address changes with its content."""
    if "/design/built/" in url and url.endswith((".js", ".css")):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
