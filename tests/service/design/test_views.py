"""The switches, the pages of errors and the page of a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from gongzhi import urls
from gongzhi.foundation.ledger.refusals import Conflict, NotAllowed, NotPossible
from gongzhi.service.design.middleware import RefusalMiddleware
from gongzhi.service.design.views import too_many_requests

pytestmark = pytest.mark.django_db


def _break(request: HttpRequest) -> HttpResponse:
    raise ValueError("planted")


def _deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def _refuse(request: HttpRequest) -> HttpResponse:
    raise NotPossible("This matter is closed.", instead="Ask for it to be opened again.")


urlpatterns = [
    *urls.urlpatterns,
    path("broken/", _break),
    path("denied/", _deny),
    path("refused/", _refuse),
    path("many/", too_many_requests),
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("language", "html"), [("en", 'lang="en"'), ("zh-hans", 'lang="zh-CN"')])
def test_the_language_is_remembered(visitor: Client, language: str, html: str):
    answer = visitor.post("/design/language/", {"language": language, "next": "/design/"})
    assert (answer.status_code, answer["Location"]) == (302, "/design/")
    assert html in visitor.get("/design/").content.decode()


def test_an_unknown_language_changes_nothing(visitor: Client):
    visitor.post("/design/language/", {"language": "xx"})
    assert 'lang="zh-CN"' in visitor.get("/design/").content.decode()


def test_a_first_visit_follows_the_browser(visitor: Client):
    assert 'lang="en"' in visitor.get("/design/", headers={"accept-language": "en-GB"}).content.decode()
    assert 'lang="zh-CN"' in visitor.get("/design/", headers={"accept-language": "zh"}).content.decode()


def test_large_type_is_switched_on_and_off(visitor: Client):
    seen = []
    for _ in range(2):
        visitor.post("/design/type/", {"next": "/design/"})
        seen.append('data-type="large"' in visitor.get("/design/").content.decode())
    assert seen == [True, False]


@pytest.mark.parametrize("address", ["/design/language/", "/design/type/"])
def test_a_switch_is_only_thrown_by_post_and_with_a_token(address: str):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(address).status_code == 405
    answer = strict.post(address, {"language": "en"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form was open for too long" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_switch_never_leads_elsewhere(visitor: Client, elsewhere: str):
    assert visitor.post("/design/type/", {"next": elsewhere})["Location"] == "/"


def test_caches_are_told_that_pages_differ_by_cookie(visitor: Client):
    assert "Cookie" in visitor.get("/design/")["Vary"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/nowhere/", 404, "There is nothing at this address"),
        ("/broken/", 500, "Something broke on our side"),
        ("/denied/", 403, "This is not open to you"),
        ("/many/", 429, "Too many requests from here"),
        ("/refused/", 409, "This was not done"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(visitor: Client, address: str, status: int, heading: str):
    answer = visitor.get(address, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in page
    assert 'href="/"' in page
    chinese = visitor.get(address, headers={"accept-language": "zh-CN"}).content.decode()
    assert heading not in chinese


@pytest.mark.urls(__name__)
def test_a_host_that_is_not_ours_is_a_request_that_could_not_be_read(visitor: Client):
    assert visitor.get("/design/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.urls(__name__)
def test_a_refusal_answers_htmx_with_the_part_alone(visitor: Client):
    answer = visitor.get("/refused/", headers={"hx-request": "true", "accept-language": "en"})
    assert answer.status_code == 409
    assert b"<html" not in answer.content
    assert b"Ask for it to be opened again." in answer.content


@pytest.mark.parametrize(("refusal", "status"), [(NotAllowed("x"), 403), (Conflict("x"), 409)])
def test_each_refusal_has_its_status(rf: RequestFactory, refusal: Any, status: int):
    answer = RefusalMiddleware(lambda request: HttpResponse()).process_exception(rf.get("/"), refusal)
    assert answer is not None and answer.status_code == status


def test_other_errors_and_the_api_are_left_alone(rf: RequestFactory):
    middleware = RefusalMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(rf.get("/"), ValueError()) is None
    assert middleware.process_exception(rf.get("/api/v1/matters"), NotAllowed("x")) is None


def test_the_licences_of_others_are_told(visitor: Client):
    page = visitor.get("/design/parts/").content.decode()
    assert "maplibre-gl" in page and "BSD-3-Clause" in page
