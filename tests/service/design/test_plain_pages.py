"""Pages of errors and refusals, and the page of licences, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.shortcuts import render
from django.test import RequestFactory
from django.utils import translation

from gongzhi.foundation.ledger.refusals import NotPossible
from tests.browser import assert_fine_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["400", "403", "403_form", "404", "429", "500", "refused"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_says_no_is_fine(reader: Callable[..., Page], rf: RequestFactory, name: str):
    """Served with 200 here: a browser writes any other status to its console as an error."""
    page = reader(360, "en")
    refusal = NotPossible("This matter is closed.", instead="Ask for it to be opened again.")
    with translation.override("en"):
        html = render(rf.get("/"), f"design/{name}.html", {"refusal": refusal}).content.decode()
    page.route("**/said-no/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto("/said-no/")
    assert_fine_page(page)


@pytest.mark.parametrize(("width", "size"), [(360, "large"), (1440, "normal")])
def test_the_page_of_licences_is_fine(reader: Callable[..., Page], width: int, size: str):
    page = reader(width, "zh", size)
    page.goto("/design/parts/")
    assert_fine_page(page)
