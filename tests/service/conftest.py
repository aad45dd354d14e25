"""Readers of pages: with a width, a language and a size of type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import Language, Size

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def reader(open_page: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """Open a page as somebody who chose these before: `reader(360, "en", "large")`."""

    def open_as(width: int = 1440, language: Language = "zh", size: Size = "normal", **others: Any) -> Page:
        page = open_page(width=width, **others)
        page.context.add_cookies(
            [
                {
                    "name": "django_language",
                    "value": "en" if language == "en" else "zh-hans",
                    "url": live_server.url,
                },
                {"name": "gongzhi_type", "value": size, "url": live_server.url},
            ]
        )
        return page

    return open_as
