"""What a file really is, told by its content; images are drawn anew, so that nothing is hidden in them."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.refusals import Invalid

if TYPE_CHECKING:
    from PIL.Image import Image

MEGABYTE = 1024 * 1024
JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
PDF, TEXT = "application/pdf", "text/plain"

#: What is taken, and how many bytes of it.
LIMITS = {
    JPEG: 20 * MEGABYTE,
    PNG: 20 * MEGABYTE,
    WEBP: 20 * MEGABYTE,
    GIF: 5 * MEGABYTE,
    PDF: 20 * MEGABYTE,
    TEXT: MEGABYTE,
}
#: An image with more pixels is not opened; a longer side than this is made shorter.
MOST_PIXELS, LONGEST_SIDE = 60_000_000, 4096
LONGEST_NAME = 120

_SUFFIXES = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf", TEXT: ".txt"}
_OWN_SUFFIXES = {*_SUFFIXES.values(), ".jpeg", ".jpe", ".gif"}
#: How an image is written again; a moving picture stays its first frame.
_WRITTEN_AS = {JPEG: JPEG, PNG: PNG, WEBP: WEBP, GIF: PNG}
_TAKEN = _("Pictures (JPEG, PNG, WebP, GIF), PDF documents and plain text can be taken.")


@dataclass(frozen=True)
class Content:
    """The bytes to be kept, and what they are."""

    media_type: str
    name: str
    sha256: str
    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return len(self.data)


def examine(data: bytes, name: str) -> Content:
    """Say what an uploaded file is, and make of it what may be kept.

    Slow for large images, so it is done before the act that stores the outcome. Raises `Invalid` for
    what cannot be taken. The name decides nothing.
    """
    if not data:
        raise Invalid(_("The file is empty."), field="files")
    kind = _kind(data)
    if kind is None:
        raise Invalid(_("This kind of file cannot be taken."), field="files", instead=_TAKEN)
    if len(data) > LIMITS[kind]:
        raise Invalid(
            _("The file has %(size).1f MB; at most %(limit).0f MB can be taken.")
            % {"size": len(data) / MEGABYTE, "limit": LIMITS[kind] / MEGABYTE},
            field="files",
        )
    if kind in _WRITTEN_AS:
        data = _drawn_anew(data, kind)
        kind = _WRITTEN_AS[kind]
    return Content(kind, clean_name(name, kind), hashlib.sha256(data).hexdigest(), data)


def _kind(data: bytes) -> str | None:
    """The media type by the first bytes; text is what is text from end to end."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    return TEXT if _is_text(data) else None


_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _is_text(data: bytes) -> bool:
    if len(data) > LIMITS[TEXT] or _CONTROLS.search(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _drawn_anew(data: bytes, kind: str) -> bytes:
    """An image from its pixels alone: upright, in sRGB, without a word about who took it where."""
    from PIL import Image, ImageOps

    wanted = kind.removeprefix("image/").upper()
    try:
        with Image.open(io.BytesIO(data), formats=[wanted]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Invalid(
                    _("The picture has %(pixels).0f million pixels; at most %(limit).0f can be taken.")
                    % {"pixels": image.width * image.height / 1e6, "limit": MOST_PIXELS / 1e6},
                    field="files",
                )
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            drawn = _in_srgb(upright)
    except Invalid:
        raise
    except Exception:  # whatever a damaged image makes the decoder say
        raise Invalid(_("The picture is damaged and cannot be opened."), field="files") from None
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _written(drawn, _WRITTEN_AS[kind])


def _in_srgb(image: Image) -> Image:
    """The pixels in a plain mode and in sRGB, with nothing beside them."""
    profile = image.info.get("icc_profile")
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _through_profile(image, profile, "RGBA" if image.mode == "RGBA" else "RGB")
    plain = image.convert("RGBA" if see_through and image.mode != "CMYK" else "RGB")
    plain.info.clear()
    return plain


def _through_profile(image: Image, profile: bytes, mode: str) -> Image:
    from PIL import ImageCms

    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ours = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, theirs, ours, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _written(image: Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == JPEG:
        image.convert("RGB").save(out, "JPEG", quality=88, optimize=True)
    elif kind == WEBP:
        image.save(out, "WEBP", quality=88)
    else:
        image.save(out, "PNG")
    return out.getvalue()


def clean_name(name: str, kind: str) -> str:
    """A file's name as it may be shown and saved: no folders, nothing invisible, the true suffix."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    words = " ".join(visible.split()).strip(". ")
    suffix = PurePosixPath(words).suffix
    stem = words.removesuffix(suffix) if suffix.lower() in _OWN_SUFFIXES else words
    stem = stem.strip(". ")[: LONGEST_NAME - 5] or "file"
    return stem + _SUFFIXES[kind]
