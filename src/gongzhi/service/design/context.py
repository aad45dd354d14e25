"""What every template knows about its reader."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

from gongzhi.service.design.reading import size_of_type


def reader(request: HttpRequest) -> dict[str, object]:
    """``language`` ("zh" or "en"), ``html_lang``, ``large_type`` and ``here`` (where to come back to)."""
    is_english = (get_language() or "").startswith("en")
    return {
        "language": "en" if is_english else "zh",
        "html_lang": "en" if is_english else "zh-CN",
        "large_type": size_of_type(request) == "large",
        "here": request.get_full_path(),
    }
