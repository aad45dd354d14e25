"""Checking a receipt, by whoever holds one: without Django, without a database, without trusting the node."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongzhi.foundation.ledger import notes
from gongzhi.foundation.ledger.canonical import canonical, commit
from gongzhi.foundation.ledger.notes import VerifierKey
from gongzhi.methods import merkle


@dataclass(frozen=True)
class Checked:
    """What a receipt proves."""

    entry: dict[str, Any]
    private: dict[str, Any] | None
    position: int
    size: int
    origin: str
    recorded: datetime


def check(text: str, trusted: list[VerifierKey]) -> Checked:
    """Check a receipt with keys that came from elsewhere; no database and nothing in it is trusted.

    Raises `notes.NoteError` when it proves nothing.
    """
    proof = notes.Proof.parse(text)
    try:
        carried = json.loads(proof.extra)
        entry = carried["entry"]
        content = canonical(entry).encode()
    except (ValueError, KeyError, TypeError):
        raise notes.MalformedError("the receipt does not carry the entry that it is for") from None
    opened = proof.open(merkle.leaf_hash(content), trusted)
    private = carried.get("private")
    if private is not None:
        if commit(bytes.fromhex(carried.get("salt", "")), private) != entry.get("commitment"):
            raise notes.NotIncludedError("the private text is not the one that the entry commits to")
        private = json.loads(private)
    recorded = datetime.fromisoformat(entry["recorded"].replace("Z", "+00:00"))
    said = opened.checkpoint
    return Checked(entry, private, proof.index, said.size, said.origin, recorded)
