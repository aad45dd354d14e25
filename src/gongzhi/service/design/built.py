"""The addresses of the built front end, each with a mark of its content so that it may be cached for good."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

BUILT = Path(__file__).parent / "static" / "design" / "built"
PREFIX = "design/built/"


@lru_cache(maxsize=1)
def _marks_at(modified_ns: int) -> dict[str, str]:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    return {file["name"]: file["sha256"][:12] for file in manifest["files"]}


def marks() -> dict[str, str]:
    """File name → the first twelve hex digits of its SHA-256; empty when nothing has been built."""
    manifest = BUILT / "manifest.json"
    return _marks_at(manifest.stat().st_mtime_ns) if manifest.exists() else {}


def address(name: str) -> str:
    """The address of a built file: ``/static/design/built/gongzhi.js?v=0123456789ab``."""
    mark = marks().get(name)
    return static(PREFIX + name) + (f"?v={mark}" if mark else "")
