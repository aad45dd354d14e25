"""What is public is public, what needs reach needs it, and every error is a problem."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.keys import verifiers
from gongzhi.foundation.ledger.notes import VerifierKey, open_checkpoint
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.regions.queries import regions
from gongzhi.governance.matters.models import Matter
from gongzhi.service.accounts.models import Account
from gongzhi.service.api import callers
from gongzhi.service.api.application import api
from gongzhi.service.api.limits import Buckets
from tests.builders import World
from tests.service.api.calling import PASSWORD, Caller, account, named, said


def test_regions_are_read_in_pages_that_miss_nothing(public: Caller) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = public.get(f"regions?limit=2&cursor={cursor}").json()
        seen += [each["code"] for each in page["items"]]
        assert len(page["items"]) <= 2
        if (cursor := page["next"]) is None:
            break
    assert seen == [each.code for each in regions().order_by("path")]
    below = public.get("regions?below=310118").json()["items"]
    assert [each["code"] for each in below] == ["310118", "310118110"]


def test_a_cursor_from_elsewhere_is_refused(public: Caller) -> None:
    for cursor in ("abc", "e30", "%22"):
        response = public.get(f"regions?cursor={cursor}")
        assert response.status_code == 422
        assert response.json()["field"] == "cursor"


def test_categories_and_rules_of_a_region_come_from_above_too(public: Caller) -> None:
    assert public.get("regions/310118110").json()["name"]["en"] == "Jinze"
    found = public.get("regions/310118110/categories").json()
    assert {each["code"] for each in found} == {"smell", "noise"}
    rules = public.get("regions/310118110/rules").json()
    assert {each["subject"] for each in rules} == {"matters.routing", "matters.deadline", "matters.retention"}
    one = public.get(f"rules/{rules[0]['digest']}").json()
    assert "table: matters." in one["table"]


def test_the_acts_are_those_of_the_registry_in_the_language_of_the_reader(public: Caller) -> None:
    told = {each["verb"]: each for each in public.get("acts").json()}
    assert set(told) == set(ACTS)
    assert told["matter.answer"]["title"] == "Answer"
    chinese = public.client.get("/api/v1/acts", headers={"Accept-Language": "zh-CN"}).json()
    assert {each["verb"]: each["title"] for each in chinese}["matter.answer"] == "答复"


def test_the_checkpoint_verifies_under_the_published_key(public: Caller) -> None:
    assert public.get("ledger/checkpoint").status_code == 404
    sequence()
    keys = [VerifierKey.parse(line) for line in public.get("ledger/keys").content.decode().split()]
    assert keys == verifiers()
    note = public.get("ledger/checkpoint").content.decode()
    assert open_checkpoint(note, keys).checkpoint.size > 0


def test_matters_are_those_that_the_callers_posts_reach(place: World, public: Caller) -> None:
    public.post("submissions", said())
    place.submission("over there", region=place.neighbour, category=place.noise)
    assert public.get("matters").json()["items"] == []
    clerk = account(place, "clerk", "clerk1")
    (one,) = clerk.get("matters").json()["items"]
    assert one["title"] == said()["text"]
    whole = clerk.get(f"matters/{one['number']}").json()
    assert {each["role"] for each in whole["parts"]} == {"first_receiver", "lead"}
    assert len(whole["submissions"]) == 1
    assert whole["timeline"][0]["verb"] == "submission.file"
    there = Matter.objects.exclude(number=one["number"]).get()
    assert clerk.get(f"matters/{there.number}").status_code == 404
    assert public.get(f"matters/{one['number']}").status_code == 404


def test_matters_are_narrowed_and_read_in_pages(place: World) -> None:
    for number in range(5):
        place.submission(f"smell {number}")
    place.submission("loud", category=place.noise)
    clerk = account(place, "clerk", "clerk1")
    seen: list[str] = []
    cursor = ""
    while True:
        page = clerk.get(f"matters?category=smell&state=dispatched&limit=2&cursor={cursor}").json()
        seen += [each["title"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"smell {number}" for number in (4, 3, 2, 1, 0)]
    assert [m["title"] for m in clerk.get("matters?words=loud").json()["items"]] == ["loud"]
    assert clerk.get("matters?limit=1000").status_code == 422


def test_a_wrong_password_is_told_and_guessing_is_slowed_down(place: World) -> None:
    account(place, "clerk", "clerk1")
    for _ in range(5):
        response = named("clerk1", "wrong").get("matters")
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Basic")
        assert response["Content-Type"] == "application/problem+json"
    assert named("clerk1").get("matters").status_code == 429


def test_a_header_that_is_no_basic_is_refused(public: Caller) -> None:
    for header in ("Bearer abc", "Basic !!!", "Basic YWJj"):
        assert public.get("matters", Authorization=header).status_code == 401


def test_a_password_is_checked_slowly_once_and_then_remembered(place: World) -> None:
    clerk = account(place, "clerk", "clerk1")
    assert clerk.get("matters").status_code == 200
    row = Account.objects.get(username="clerk1")
    assert callers._KNOWN.knows(row, PASSWORD)
    assert not callers._KNOWN.knows(row, "other")
    row.password = "changed"
    assert not callers._KNOWN.knows(row, PASSWORD)
    row.totp_secret = "x"
    assert not callers._KNOWN.knows(row, PASSWORD)


def test_an_account_with_a_second_factor_does_not_go_round_it(place: World) -> None:
    from gongzhi.foundation.ledger import guard

    clerk = account(place, "clerk", "clerk1")
    with guard.permitted():
        Account.objects.update(totp_secret="sealed")
    response = clerk.get("matters")
    assert response.status_code == 401
    assert "second factor" in response.json()["detail"]


def test_a_session_writes_only_with_the_token_of_a_page(place: World) -> None:
    account(place, "clerk", "clerk1")
    row = Account.objects.get(username="clerk1")
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.force_login(row)
    post = {"content_type": "application/json"}
    assert client.get("/api/v1/matters").status_code == 200
    refused = client.post("/api/v1/submissions", said(), **post)  # type: ignore[arg-type]
    assert refused.status_code == 403
    assert "X-CSRFToken" in refused.json()["instead"]
    client.cookies["csrftoken"] = token = "a" * 32
    taken = client.post("/api/v1/submissions", said(), headers={"X-CSRFToken": token}, **post)  # type: ignore[arg-type]
    assert taken.status_code == 201
    outside = Client(enforce_csrf_checks=True)
    assert outside.post("/api/v1/submissions", said(), **post).status_code == 201  # type: ignore[arg-type]


def test_every_answer_tells_the_allowance_and_it_ends(public: Caller, settings: object, place: World) -> None:
    import dataclasses

    settings.CONFIG = dataclasses.replace(settings.CONFIG, api_rate=3)  # type: ignore[attr-defined]
    left = [public.get("acts")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    response = public.get("acts")
    assert response.status_code == 429
    assert int(response["Retry-After"]) in range(1, 21)
    assert response["RateLimit-Limit"] == "3"
    assert account(place, "clerk", "clerk1").get("acts")["RateLimit-Limit"] == "30"


def test_an_allowance_comes_back_with_time_and_is_never_more_than_a_minutes_worth() -> None:
    buckets = Buckets()
    assert [buckets.draw("a", 2, at=0).left for _ in range(2)] == [1, 0]
    assert buckets.draw("a", 2, at=1).wait_seconds == 29
    assert buckets.draw("b", 2, at=1).wait_seconds == 0
    assert buckets.draw("a", 2, at=31).wait_seconds == 0
    assert buckets.draw("a", 2, at=10_000).left == 1


def test_unknown_addresses_and_methods_are_problems_too(public: Caller) -> None:
    for response in (public.get("nothing"), public.client.delete("/api/v1/submissions")):
        assert response.status_code in (404, 405)
        assert response["Content-Type"] == "application/problem+json"


def test_a_failure_is_told_without_its_cause(public: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("secret inner words")

    monkeypatch.setattr("gongzhi.service.api.openness.latest_checkpoint", fail)
    response = public.get("ledger/checkpoint")
    assert response.status_code == 500
    assert "secret inner words" not in response.content.decode()


def test_problems_come_in_the_language_of_the_reader(public: Caller) -> None:
    response = public.client.get("/api/v1/regions/nowhere", headers={"Accept-Language": "zh-CN"})
    assert "没有" in response.json()["title"]


def test_the_description_is_complete_and_names_nothing_outside(public: Caller) -> None:
    described = public.get("openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (path, method)
            assert operation.get("description"), (path, method)
    assert "http://" not in json.dumps(described)
    assert api.docs_url is None


def test_the_reference_page_names_every_address() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs/reference/api.md").read_text(encoding="utf-8")
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path.removeprefix('/api/v1')}`" in page
