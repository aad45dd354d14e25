"""Strict reading: what is not written exactly as its specification says is refused."""

import base64
import binascii
import re

from gongzhi.methods.merkle import HASH_SIZE

MAX_BYTES = 1 << 20
MAX_NUMBER = (1 << 63) - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note, key, checkpoint or proof is not to be used."""


class MalformedError(NoteError):
    """The text is not in the form its specification requires."""


class UntrustedError(NoteError):
    """No known key stands behind the text, or a known key's signature is wrong."""


class NotIncludedError(NoteError):
    """The proof does not lead from this leaf to the root of its checkpoint."""


def as_text(data: str | bytes) -> str:
    """The data as text: UTF-8, not too long, without control characters other than newline."""
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError as error:
        raise MalformedError("not valid UTF-8") from error
    if len(raw) > MAX_BYTES:
        raise MalformedError(f"longer than {MAX_BYTES} bytes")
    if _CONTROL.search(text):
        raise MalformedError("holds a control character other than newline")
    return text


def check_name(name: str) -> None:
    """A key's name is not empty and holds neither a plus nor any Unicode space."""
    if not as_text(name) or "+" in name or any(letter.isspace() for letter in name):
        raise MalformedError(f"not the name of a key: {name[:80]!r}")


def check_line(line: str) -> None:
    if not as_text(line) or "\n" in line:
        raise MalformedError(f"not a line of its own, with something in it: {line[:80]!r}")


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode(text: str, what: str) -> bytes:
    """Base64 with padding, and only as an encoder would write it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"{what} is not base64") from error
    if encode(data) != text:
        raise MalformedError(f"{what} is not base64 as an encoder writes it")
    return data


def read_hash(text: str, what: str) -> bytes:
    data = decode(text, what)
    if len(data) != HASH_SIZE:
        raise MalformedError(f"{what} has {len(data)} bytes, not {HASH_SIZE}")
    return data


def read_number(text: str, what: str) -> int:
    if not _DECIMAL.fullmatch(text):
        raise MalformedError(f"{what} is not a plain number: {text[:80]!r}")
    return int(text)
