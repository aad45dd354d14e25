"""Bringing something in through the API, and following it up, is what the pages do, in JSON."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gongzhi.foundation.ledger import receipts
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.keys import verifiers
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.notes import open_note
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.regions.acts import add_grid
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.acts import Place, add_category, add_thing, answer
from gongzhi.governance.matters.models import Matter, Submission
from tests.builders import World
from tests.governance.matters.test_things import BY_OWNER
from tests.service.api.calling import Caller, account, said


def filed(public: Caller, **more: object) -> dict[str, Any]:
    response = public.post("submissions", said(**more))
    assert response.status_code == 201, response.content
    told: dict[str, Any] = response.json()
    return told


def test_bringing_in_answers_with_everything_the_person_needs(public: Caller) -> None:
    response = public.post("submissions", said())
    told = response.json()
    assert response.status_code == 201
    assert response["Location"] == told["links"]["self"]
    assert told["status"]["state"] == "dispatched"
    assert "Water" in told["status"]["sentence"]
    assert told["lead"]["code"] == "q3"
    assert {each["clock"] for each in told["deadlines"]} == {"contact", "finish"}
    finish = next(each for each in told["deadlines"] if each["clock"] == "finish")
    assert (finish["measure"], finish["basis"], len(finish["rule"])) == ("5 working_days", "test rule 2", 64)
    assert told["anonymous"] is True
    submission = Submission.objects.get()
    assert (submission.channel, submission.number) == ("api", told["number"])


def test_the_promise_is_signed_by_the_key_of_the_ledger(public: Caller) -> None:
    opened = open_note(filed(public)["promise"], verifiers())
    assert "promise within 60 s" in opened.text


def test_the_receipt_follows_and_checks_offline(public: Caller) -> None:
    told = filed(public)
    path = f"submissions/{told['number']}/receipt"
    waiting = public.get(path, submission_secret=told["secret"])
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "1")
    assert "promise" in waiting.content.decode()
    sequence()
    ready = public.get(path, submission_secret=told["secret"])
    assert ready.status_code == 200
    assert ready["Content-Type"].startswith("text/plain")
    checked = receipts.check(ready.content.decode(), verifiers())
    assert checked.entry["verb"] == "submission.file"
    assert checked.private is not None
    assert checked.private["text"] == said()["text"]


def test_a_key_brings_it_in_once(public: Caller) -> None:
    key = str(uuid.uuid4())
    first = public.post("submissions", said(), Idempotency_Key=key).json()
    again = public.post("submissions", said(), Idempotency_Key=key).json()
    assert (first["number"], first["secret"]) == (again["number"], again["secret"])
    other = public.post("submissions", said(text="else"), Idempotency_Key=key)
    assert other.status_code == 409
    assert other.json()["type"] == "urn:gongzhi:problem:conflict"
    assert Submission.objects.count() == 1


def test_a_key_that_could_be_guessed_is_refused(public: Caller) -> None:
    response = public.post("submissions", said(), Idempotency_Key="1")
    assert response.status_code == 422
    assert response.json()["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"region": "999999"}, "region", "no region"),
        ({"region": ""}, "region", "which region"),
        ({"category": "moon"}, "category", "not in use"),
        ({"text": "  "}, "text", "few words"),
        ({"text": "x" * 4001}, "text", "4001 characters; at most 4000"),
        ({"kind": "shout"}, "kind", "One of these"),
        ({"answer_by": "email"}, "email", "give an address"),
        ({"contact": {"email": "nobody"}}, "email", "no e-mail address"),
        ({"contact": {"phone": "call me"}}, "phone", "digits"),
        ({"place": {"lon": 121}}, "place", "latitude"),
        ({"place": {"lon": 999, "lat": 1}}, "place.lon", "out of range"),
        ({"place": {"grid": "nowhere"}}, "place.grid", "no grid"),
        ({"thing": "P-99"}, "thing", "No thing has the code P-99"),
        ({"files": [str(uuid.uuid4())]}, "files", "no file"),
        ({"extra": 1}, "extra", "no argument"),
    ],
)
def test_what_is_wrong_is_said_with_the_field(
    public: Caller, wrong: dict[str, object], field: str, words: str
) -> None:
    before = Entry.objects.count()
    response = public.post("submissions", said(**wrong))
    told = response.json()
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert told["field"] == field
    assert words in told["detail"]
    assert Entry.objects.count() == before


def test_a_missing_field_is_named(public: Caller) -> None:
    response = public.post("submissions", {"region": "310118110"})
    assert {each["field"] for each in response.json()["errors"]} == {"kind", "category", "text"}


def test_what_is_not_json_is_refused_as_a_problem(public: Caller) -> None:
    response = public.client.post("/api/v1/submissions", "{", content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_category_of_another_door_names_the_right_one(place: World, public: Caller) -> None:
    door = {"zh": "请拨打110", "en": "Call 110"}
    add_category(OPERATOR, place.county, code="crime", name={"zh": "犯罪"}, refer_to=door)
    response = public.post("submissions", said(category="crime"))
    assert response.status_code == 409
    assert "110" in response.json()["instead"]


def test_what_no_rule_decides_is_taken_in_all_the_same(public: Caller) -> None:
    told = filed(public, category="noise")
    assert told["status"]["state"] == "open"
    assert told["deadlines"] == []


def test_a_grid_says_the_region_and_a_region_elsewhere_is_refused(place: World, public: Caller) -> None:
    add_grid(OPERATOR, place.town, code="310118110001", name={"zh": "一"})
    told = filed(public, region="", place={"grid": "310118110001", "words": "bridge"})
    assert told["region"] == "310118110"
    assert told["place"] == "bridge"
    wrong = public.post("submissions", said(region="320509", place={"grid": "310118110001"}))
    assert wrong.status_code == 422
    assert "310118110" in wrong.json()["detail"]


def test_a_point_in_a_chinese_datum_is_converted_at_the_door(place: World, public: Caller) -> None:
    square = [[120.9, 31.0], [121.0, 31.0], [121.0, 31.1], [120.9, 31.1], [120.9, 31.0]]
    outline = {"type": "Polygon", "coordinates": [square]}
    add_grid(OPERATOR, place.town, code="310118110001", name={"zh": "一"}, outline=outline)
    told = filed(public, region="", place={"lon": 120.955, "lat": 31.05, "datum": "gcj02"})
    assert told["region"] == "310118110"
    row = Submission.objects.get()
    assert row.grid is not None
    assert row.lon is not None
    assert 120.945 < row.lon < 120.954


def test_what_is_about_a_public_thing_goes_to_its_owner_where_a_rule_says_so(
    place: World, public: Caller
) -> None:
    enact(OPERATOR, place.county, table=BY_OWNER)
    owner = add_organisation(
        OPERATOR, place.county, code="s6", name={"zh": "供水", "en": "Supply"}, kind="enterprise"
    )
    add_thing(
        place.staff("coordinator"), place.town, code="P-1", kind="cover", owner=owner,
        place=Place("by the bridge", 120.95, 31.05),
    )  # fmt: skip
    assert filed(public, thing=" P-1 ")["lead"]["code"] == "s6"
    assert filed(public)["lead"]["code"] == "q3"


def test_following_up_shows_the_story_to_whoever_has_the_secret(place: World, public: Caller) -> None:
    told = filed(public, contact={"phone": "13912345678"})
    matter = Matter.objects.get()
    answer(place.staff("handler", place.water), matter, text="Cleaned on Monday.")
    run_once()
    sequence()
    response = public.get(f"submissions/{told['number']}", submission_secret=told["secret"])
    shown = response.json()
    assert response.status_code == 200
    assert shown["answer"] == "Cleaned on Monday."
    verbs = [each["verb"] for each in shown["timeline"]]
    assert verbs[:3] == ["submission.file", "matter.open", "matter.dispatch"]
    assert "matter.answer" in verbs
    assert "person.add" not in verbs
    assert all(isinstance(each["position"], int) for each in shown["timeline"])
    assert [each["code"] for each in shown["notices"]] == ["dispatched", "answered"]
    assert response["Cache-Control"] == "no-store"
    assert "13912345678" not in response.content.decode()


def test_without_the_secret_there_is_nothing_to_see(public: Caller) -> None:
    told = filed(public)
    for headers in ({}, {"submission_secret": "AAAAAAAAAA"}):
        for path in ("", "/receipt"):
            response = public.get(f"submissions/{told['number']}{path}", **headers)
            assert response.status_code == 404
            assert response["Content-Type"] == "application/problem+json"
    assert public.get("submissions/XXXX-XXXX-X").status_code == 404


def test_guessing_a_secret_is_slowed_down(public: Caller) -> None:
    told = filed(public)
    for _ in range(5):
        public.get(f"submissions/{told['number']}", submission_secret="AAAAAAAAAA")
    response = public.get(f"submissions/{told['number']}", submission_secret=told["secret"])
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_a_picture_is_stored_attached_and_served_only_through_reach(place: World, public: Caller) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 10)).save(out, "JPEG")
    upload = SimpleUploadedFile("river.png", out.getvalue())
    stored = public.client.post("/api/v1/files", {"file": upload, "region": "310118110"})
    assert stored.status_code == 201, stored.content
    assert stored.json()["media_type"] == "image/jpeg"
    told = filed(public, files=[stored.json()["id"]])
    shown = public.get(f"submissions/{told['number']}", submission_secret=told["secret"]).json()
    (file,) = shown["files"]
    assert file["name"] == "river.jpg"
    assert public.client.get(file["url"]).status_code == 404

    handler = place.staff("handler", place.water)
    stranger = place.staff("handler", place.centre)
    assert _as(handler, file["url"]).status_code == 200
    assert _as(stranger, file["url"]).status_code == 200  # the centre received it first
    assert _as(anyone(), file["url"]).status_code == 404
    again = public.post("submissions", said(files=[stored.json()["id"]]))
    assert again.status_code == 422


def _as(actor: Any, url: str) -> Any:
    """What an actor gets at the address of a file."""
    from uuid import UUID

    from django.http import Http404
    from django.test import RequestFactory

    from gongzhi.service.design.files import served

    request = RequestFactory().get(url)
    request.actor = actor  # type: ignore[attr-defined]
    try:
        return served(request, UUID(url.rsplit("/", 1)[1]))
    except Http404:
        return type("Absent", (), {"status_code": 404})


@pytest.mark.parametrize("kind", ["text", "pdf", "picture"])
def test_files_are_never_served_as_something_that_runs(place: World, public: Caller, kind: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    data = {"text": b"<script>alert(1)</script>", "pdf": b"%PDF-1.4 x", "picture": picture.getvalue()}[kind]
    stored = public.client.post("/api/v1/files", {"file": SimpleUploadedFile("a.html", data)}).json()
    told = filed(public, files=[stored["id"]])
    shown = public.get(f"submissions/{told['number']}", submission_secret=told["secret"]).json()
    response = _as(place.staff("clerk"), shown["files"][0]["url"])
    assert "sandbox" in response["Content-Security-Policy"]
    assert "html" not in response["Content-Type"]
    assert response["Content-Disposition"].startswith("inline" if kind == "picture" else "attachment")
    assert b"".join(response.streaming_content)


def test_a_file_that_cannot_be_taken_says_what_can(public: Caller) -> None:
    response = public.client.post("/api/v1/files", {"file": SimpleUploadedFile("a.jpg", b"MZ\x00\x00")})
    assert response.status_code == 422
    assert "PDF" in response.json()["instead"]


def test_staff_follow_up_what_they_reach_without_a_secret(place: World, public: Caller) -> None:
    told = filed(public)
    assert account(place, "clerk", "clerk1").get(f"submissions/{told['number']}").status_code == 200
    outsider = account(place, "handler", "handler9", place.beside())
    assert outsider.get(f"submissions/{told['number']}").status_code == 404
