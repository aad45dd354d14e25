"""Canonical JSON (RFC 8785) of the values that entries hold, and the leaf that stands for an entry."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

#: The columns of an entry in the order in which a leaf is built from them.
COLUMNS = (
    "id", "verb", "actor", "appointment", "subject_kind", "subject", "made_kind", "made", "region",
    "cause", "origin", "source", "attributed", "occurred", "precision", "recorded", "rules",
    "audience", "facts", "commitment", "claim",
)  # fmt: skip


def canonical(value: Any) -> str:
    """The canonical JSON of a value made of dicts, lists, strings, whole numbers, booleans and null.

    Keys are ASCII identifiers and floats are refused (write decimals as strings), for then sorted
    plain JSON equals RFC 8785. UUIDs, times and decimals become strings.
    """
    write = _WRITERS.get(type(value))
    return write(value) if write else _encode(plain(value))


def _written(value: dict[str, Any]) -> str:
    """An object; what it holds is mostly of a few plain kinds, written without the detour by `plain`."""
    parts = []
    for key in sorted(value):
        held = value[key]
        write = _WRITERS.get(type(held))
        parts.append(_named(key) + (write(held) if write else _encode(plain(held))))
    return "{" + ",".join(parts) + "}"


@lru_cache(maxsize=4096)
def _named(key: object) -> str:
    if not (isinstance(key, str) and key.isascii()):
        raise TypeError(f"the key {key!r} is not ASCII text")
    return _quoted(key) + ":"


def _listed(value: list[Any]) -> str:
    return "[" + ",".join([canonical(each) for each in value]) + "]"


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_quoted = json.encoder.encode_basestring


def plain(value: Any) -> Any:
    """The value with UUIDs, times and decimals as strings; a `TypeError` for what has no plain form."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is dict:
        for key in value:
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"the key {key!r} is not ASCII text")
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        each = [plain(v) for v in value]
        return sorted(each) if isinstance(value, set | frozenset) else each
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return str.__str__(value)
    if hasattr(value, "_proxy____args"):  # a sentence to be translated is not a value
        raise TypeError("entries hold codes, not sentences")
    raise TypeError(f"{value!r} has no place in an entry: floats and objects are refused")


def instant(moment: datetime) -> str:
    """A moment as entries write it: UTC, microseconds, ``Z``."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return _written_instant(moment)


@lru_cache(maxsize=8192)  # of moments in UTC only: elsewhere those of a repeated hour are equal
def _written_instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


#: How the plain kinds are written; whatever else there is goes through `plain`.
_WRITERS: dict[type[Any], Callable[[Any], str]] = {
    str: _quoted,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    UUID: lambda value: f'"{value.hex}"',
    datetime: lambda value: f'"{instant(value)}"',
    dict: _written,
    list: _listed,
}


def commit(salt: bytes, text: str) -> str:
    """The commitment to a private text: HMAC-SHA-256 under its salt, in hex."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def leaf(row: Sequence[Any]) -> bytes:
    """The canonical JSON object of an entry, from its columns in the order of `COLUMNS`.

    UUIDs are 32 hex digits and times are written by `instant`; ``rules`` and ``facts`` are already
    canonical JSON.
    """
    (
        id_, verb, actor, appointment, subject_kind, subject, made_kind, made, region,
        cause, origin, source, attributed, occurred, precision, recorded, rules,
        audience, facts, commitment, claim,
    ) = row  # fmt: skip
    return (
        f'{{"actor":"{actor}","appointment":{_text(appointment)},"attributed":{_free(attributed)},'
        f'"audience":"{audience}","cause":{"null" if cause is None else cause},"claim":{_text(claim)},'
        f'"commitment":"{commitment}","facts":{facts},"id":{id_},"made":{_text(made)},'
        f'"made_kind":{_text(made_kind)},"occurred":"{occurred}","origin":"{origin}",'
        f'"precision":"{precision}","recorded":"{recorded}","region":{_text(region)},"rules":{rules},'
        f'"source":{_free(source)},"subject":"{subject}","subject_kind":"{subject_kind}",'
        f'"verb":"{verb}"}}'
    ).encode()


def _text(value: str | None) -> str:
    return "null" if value is None else f'"{value}"'


def _free(value: str | None) -> str:
    return "null" if value is None else _quoted(value)


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
