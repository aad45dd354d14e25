"""What the person who did something takes home: a signed promise at once, a receipt when it is ready.

A receipt is a tlog-proof that carries the entry itself, so that anyone can check it offline.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

from django.db import connection

from gongzhi.foundation.ledger import keys, notes, sequencer, statements
from gongzhi.foundation.ledger.canonical import canonical, instant
from gongzhi.foundation.ledger.checking import Checked, check
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Checkpoint, Position, Private
from gongzhi.foundation.ledger.prepared import Prepared
from gongzhi.foundation.ledger.reading import leaf_sql
from gongzhi.methods import merkle

__all__ = ["Checked", "check", "leaf_of", "promise", "promise_of", "receipt"]

#: A promise is kept within this many seconds; verification fails on anything that waits longer.
WITHIN_SECONDS = 60


def leaf_of(entry: int) -> bytes | None:
    """The canonical JSON of an entry, which its leaf is the hash of."""
    found = _found("id", entry)
    return found and found[1]


def _found(column: str, value: int | str | UUID) -> tuple[int, bytes] | None:
    """The key and the canonical JSON of the entry whose column has a value."""
    row = statements.row(f"SELECT e.id, {leaf_sql()} FROM ledger_entry e WHERE e.{column} = %s", [value])
    return None if row is None else (row[0], row[1].encode())


def promise(entry: int) -> str | None:
    """A signed note that an entry will stand in the ledger: origin, entry, leaf hash, time."""
    return _promised(_found("id", entry))


def promise_of(made: UUID) -> str | None:
    """The promise of the entry by which something was made."""
    return _promised(_found("made", made.hex if connection.vendor == "sqlite" else made))


def _promised(found: tuple[int, bytes] | None) -> str | None:
    if found is None:
        return None
    (entry, content), signer = found, keys.signer()
    digest = base64.b64encode(merkle.leaf_hash(content)).decode()
    text = f"{signer.key.name}\npromise within {WITHIN_SECONDS} s\n{entry}\n{digest}\n{instant(now())}\n"
    return str(notes.Note(text, (signer.sign(text),)))


def receipt(entry: int, *, with_private: bool = True) -> str | None:
    """The receipt of an entry, None while it waits for its position.

    It carries the entry, and its private text if that is wanted and still there.
    """
    place, head, content = _place.first(entry), _head.first(), leaf_of(entry)
    if place is None or head is None or content is None:
        return None
    carried: dict[str, Any] = {"entry": json.loads(content)}
    private = _private.first(entry) if with_private else None
    if private is not None:
        carried |= {"private": private.text, "salt": bytes(private.salt).hex()}
    hashes = merkle.inclusion_proof(place.position, head.size, sequencer.read_tile)
    extra = canonical(carried).encode()
    return str(notes.Proof(place.position, tuple(hashes), notes.Note.parse(head.note), extra))


_place = Prepared(lambda entry: Position.objects.filter(entry=entry), int)
_head = Prepared(lambda: Checkpoint.objects.order_by("-size")[:1])
_private = Prepared(lambda entry: Private.objects.filter(pk=entry), int)
