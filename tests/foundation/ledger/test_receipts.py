"""A promise at once, a receipt when it is ready, and a check that needs no database."""

from __future__ import annotations

import base64
import json

import pytest

from gongzhi.foundation.ledger import keys, notes, receipts
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.notes import Signer
from gongzhi.foundation.ledger.receipts import check, promise, receipt
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.governance.matters.acts import Contact
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def filed(place: World) -> int:
    made = place.submission("it smells", contact=Contact(phone="139"))
    return Entry.objects.get(made=made.pk).pk


def test_a_promise_names_the_entry_and_is_signed(place: World) -> None:
    entry = filed(place)
    text = promise(entry)
    assert text is not None
    opened = notes.open_note(text, keys.verifiers())
    lines = opened.text.splitlines()
    assert lines[2] == str(entry)
    content = receipts.leaf_of(entry)
    assert content is not None
    assert lines[3] == base64.b64encode(receipts.merkle.leaf_hash(content)).decode()


def test_there_is_no_receipt_before_the_entry_has_its_position(place: World) -> None:
    entry = filed(place)
    assert receipt(entry) is None
    sequence()
    assert receipt(entry) is not None


def test_a_receipt_shows_what_was_said_and_when(place: World) -> None:
    entry = filed(place)
    for number in range(300):  # more than one tile
        if number % 100 == 0:
            place.submission(f"another {number}")
    sequence()
    text = receipt(entry)
    assert text is not None
    shown = check(text, keys.verifiers())
    assert shown.entry["verb"] == "submission.file"
    assert shown.private == {"text": "it smells"}
    assert shown.entry["facts"]["category"] == "smell"
    assert 0 <= shown.position < shown.size


def test_a_receipt_without_private_text_still_proves(place: World) -> None:
    entry = filed(place)
    sequence()
    text = receipt(entry, with_private=False)
    assert text is not None
    assert check(text, keys.verifiers()).private is None
    assert "it smells" not in text


def test_a_receipt_is_not_believed_under_a_strangers_key(place: World) -> None:
    entry = filed(place)
    sequence()
    text = receipt(entry)
    assert text is not None
    with pytest.raises(notes.UntrustedError):
        check(text, [Signer.generate("127.0.0.1/ledger").key])


def changed(text: str, **values: object) -> str:
    proof = notes.Proof.parse(text)
    carried = json.loads(proof.extra)
    for name, value in values.items():
        if name in carried:
            carried[name] = value
        else:
            carried["entry"][name] = value
    extra = receipts.canonical(carried).encode()
    return str(notes.Proof(proof.index, proof.hashes, proof.checkpoint, extra))


@pytest.mark.parametrize(
    "values",
    [
        {"verb": "matter.close"},
        {"recorded": "2020-01-01T00:00:00.000000Z"},
        {"facts": {}},
        {"private": '{"text":"something else"}'},
        {"salt": "00" * 32},
        {"commitment": "00" * 32},
    ],
)
def test_whatever_is_changed_in_a_receipt_is_refused(place: World, values: dict[str, object]) -> None:
    entry = filed(place)
    sequence()
    text = receipt(entry)
    assert text is not None
    with pytest.raises(notes.NoteError):
        check(changed(text, **values), keys.verifiers())


def test_what_a_former_key_signed_still_holds(place: World) -> None:
    entry = filed(place)
    sequence()
    text = receipt(entry)
    former = keys.signer().key
    keys.rotate()
    place.submission("after")
    sequence()
    assert text is not None
    assert check(text, keys.verifiers()).entry["id"] == entry
    assert keys.signer().key != former
    assert (keys.folder() / "ledger.key").stat().st_mode & 0o777 == 0o600
