"""Photos and papers that come with a report, and who may open them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import PLATFORM
from gongzhi.governance.matters.queries import Submission, submissions
from gongzhi.governance.matters.queries.papers import files_of
from tests.builders import World


def photo(name: str = "bridge.jpg", colour: str = "green") -> SimpleUploadedFile:
    from PIL import Image

    out = io.BytesIO()
    taken_with = Image.Exif()
    taken_with[0x010F] = "Maker of the camera"
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", exif=taken_with)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def begin(visitor: Client, house: World, *files: Any, key: str = "") -> Any:
    address = reverse("portal:what", args=[key]) if key else reverse("portal:report")
    said = {"text": "The river smells", "kind": "complain", "region": house.county.code}
    return visitor.post(address, {**said, "papers": list(files)} if files else said)


def finish(visitor: Client, key: str) -> Submission:
    visitor.post(reverse("portal:which", args=[key]), {"category": "smell"})
    visitor.post(reverse("portal:where", args=[key]), {"words": "By the bridge"})
    visitor.post(
        reverse("portal:who", args=[key]), {"identity": "anonymous", "answer_by": "page"}, follow=True
    )
    return submissions(PLATFORM).select_related("matter").get()


def key_of(answer: Any) -> str:
    return str(answer["Location"].split("/")[2])


def test_photos_come_in_their_order_and_open_for_whoever_reported(visitor: Client, house: World) -> None:
    key = key_of(begin(visitor, house, photo("one.jpg"), photo("two.jpg", "red")))
    page = visitor.get(reverse("portal:what", args=[key])).content.decode()
    assert "one.jpg" in page and "two.jpg" in page
    filed = finish(visitor, key)
    attached = list(files_of(house.staff("coordinator"), filed))
    assert [each.file.name for each in attached] == ["one.jpg", "two.jpg"]
    opened = visitor.get(reverse("portal:file", args=[attached[0].pk]))
    assert opened["Content-Type"] == "image/jpeg" and opened["X-Content-Type-Options"] == "nosniff"
    assert b"Maker" not in b"".join(opened.streaming_content)  # type: ignore[attr-defined]


def test_nobody_else_opens_them(visitor: Client, house: World) -> None:
    filed = finish(visitor, key_of(begin(visitor, house, photo())))
    (attached,) = files_of(house.staff("coordinator"), filed)
    assert Client().get(reverse("portal:file", args=[attached.pk])).status_code == 404


@pytest.mark.parametrize("content", [b"%PDF-1.4 <script>", b"<script>alert(1)</script>", None])
@pytest.mark.parametrize("address", ["portal:file", "api:file"])
def test_they_never_come_as_something_that_runs(
    visitor: Client, house: World, address: str, content: bytes | None
) -> None:
    paper = photo() if content is None else SimpleUploadedFile("a.html", content)
    filed = finish(visitor, key_of(begin(visitor, house, paper)))
    (attached,) = files_of(house.staff("coordinator"), filed)
    opened = visitor.get(reverse(address, args=[attached.pk]))
    assert (
        "sandbox" in opened["Content-Security-Policy"] and "'self'" not in opened["Content-Security-Policy"]
    )
    assert opened["X-Content-Type-Options"] == "nosniff" and "html" not in opened["Content-Type"]
    assert opened["Content-Disposition"].startswith("inline" if content is None else "attachment")
    assert "no-store" in opened["Cache-Control"]
    assert int(opened["Content-Length"]) == len(b"".join(opened.streaming_content))  # type: ignore[attr-defined]


def test_a_photo_can_be_left_out_again(visitor: Client, house: World) -> None:
    key = key_of(begin(visitor, house, photo("one.jpg"), photo("two.jpg", "red")))
    first = visitor.session["drafts"][key]["files"][0]["id"]
    said = {"text": "The river smells", "kind": "complain", "region": house.county.code, "drop": first}
    visitor.post(reverse("portal:what", args=[key]), said)
    assert [each.file.name for each in files_of(house.staff("coordinator"), finish(visitor, key))] == [
        "two.jpg"
    ]


def test_five_are_too_many(visitor: Client, house: World) -> None:
    answer = begin(visitor, house, *(photo(f"{n}.jpg") for n in range(5)))
    assert "At most four photos or papers can be taken." in answer.content.decode()
    key = key_of(begin(visitor, house, *(photo(f"{n}.jpg") for n in range(4))))
    assert "At most four" in begin(visitor, house, photo(), key=key).content.decode()


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (("photo.jpg", b"MZ\x00\x01\x02\xff program"), "Pictures (JPEG, PNG, WebP, GIF)"),
        (("empty.jpg", b""), "empty"),
    ],
)
def test_what_is_no_photo_is_refused_beside_its_field(
    visitor: Client, house: World, upload: tuple[str, bytes], sentence: str
) -> None:
    answer = begin(visitor, house, SimpleUploadedFile(*upload))
    assert answer.status_code == 200 and sentence in answer.content.decode()
