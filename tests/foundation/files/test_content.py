"""A file is what its bytes say; a picture keeps its pixels and nothing else."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from gongzhi.foundation.files import content
from gongzhi.foundation.files.content import LIMITS, clean_name, examine
from gongzhi.foundation.ledger.refusals import Invalid

SECRET = b"31.0931N 120.9134E taken by Wang"


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 0)
    image.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def with_exif(kind: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(kind, exif=exif.tobytes())


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("GIF"), "image/png"),
        (b"%PDF-1.7\n...", "application/pdf"),
        ("河水发臭\r\n\t第二行".encode(), "text/plain"),
    ],
)
def test_the_type_is_told_by_the_content_and_never_by_the_name(data: bytes, media_type: str) -> None:
    told = examine(data, "invoice.exe")
    assert told.media_type == media_type
    assert told.name.startswith("invoice.exe.")


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03",
        b"PK\x03\x04 a zip or an office file",
        b"\x7fELF",
        b"text with a \x00 in it",
        "caf\u00e9".encode("latin-1"),
        b"\x00\x00\x00\x18ftypheic",
    ],
)
def test_other_kinds_are_refused_with_what_can_be_taken(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        examine(data, "photo.jpg")
    assert refused.value.field == "files"
    assert "PDF" in str(refused.value.instead)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="empty"):
        examine(b"", "a.txt")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_lose_what_is_hidden_in_them(kind: str) -> None:
    before = with_exif(kind)
    assert SECRET in before
    after = examine(before, "a")
    assert SECRET not in after.data
    with Image.open(io.BytesIO(after.data)) as image:
        assert not image.getexif()
        assert image.size == (40, 30)
        assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & set(image.info)


def test_comments_text_chunks_and_what_follows_the_picture_go() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    for data in (
        picture("PNG", pnginfo=words) + SECRET,
        picture("JPEG", comment=SECRET) + SECRET,
        picture("GIF", comment=SECRET) + b"<script>" + SECRET,
    ):
        assert SECRET in data
        assert SECRET not in examine(data, "a").data


def test_pictures_are_turned_upright() -> None:
    with Image.open(io.BytesIO(examine(with_exif("JPEG", orientation=6), "a").data)) as image:
        assert image.size == (30, 40)


def test_colours_in_another_profile_become_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = picture("PNG", icc_profile=b"not a profile")
    for data in (picture("PNG", icc_profile=profile), broken, picture("JPEG", mode="CMYK")):
        with Image.open(io.BytesIO(examine(data, "a").data)) as image:
            assert image.mode == "RGB"
            assert "icc_profile" not in image.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_mode_of_png_can_be_taken(mode: str) -> None:
    with Image.open(io.BytesIO(examine(picture("PNG", mode=mode), "a").data)) as image:
        assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_a_long_side_is_shortened() -> None:
    for kind in ("JPEG", "PNG"):
        with Image.open(io.BytesIO(examine(picture(kind, (9000, 90)), "a").data)) as image:
            assert image.size[0] == content.LONGEST_SIDE


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"0"))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Invalid):
        examine(bomb, "bomb.png")
    wide = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0))
    with pytest.raises(Invalid, match="million pixels"):
        examine(wide + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b""), "bomb.png")


def test_a_damaged_picture_is_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        data = picture(kind, (300, 300))
        with pytest.raises(Invalid, match="damaged"):
            examine(data[: len(data) // 3], "a")


def test_a_file_that_is_too_large_says_how_large_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "application/pdf", 1024 * 1024)
    with pytest.raises(Invalid, match=r"1\.5 MB; at most 1 MB"):
        examine(b"%PDF-1.7" + bytes(1024 * 1536 - 8), "a.pdf")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\li\\河道.JPEG", "河道.jpg"),
        ("a\u202egpj.exe", "agpj.exe.jpg"),
        ("  .hidden  ", "hidden.jpg"),
        ("line\nbreak\x00.png", "linebreak.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("report.2026.pdf", "report.2026.jpg"),
        ('say "hi".gif', "say hi.jpg"),
    ],
)
def test_names_become_harmless(given: str, kept: str) -> None:
    assert clean_name(given, "image/jpeg") == kept


@given(st.text(max_size=400), st.sampled_from(["image/png", "application/pdf", "text/plain"]))
def test_any_name_becomes_one_that_can_be_shown_and_saved(name: str, kind: str) -> None:
    kept = clean_name(name, kind)
    assert 5 <= len(kept) <= content.LONGEST_NAME
    assert not set(kept) & set('/\\<>:"|?*\n\r\0')
    assert kept.isprintable() or not name.isprintable()
    assert clean_name(kept, kind) == kept
