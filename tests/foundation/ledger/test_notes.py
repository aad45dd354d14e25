"""Notes, checkpoints, cosignatures and proof files: known texts, and everything else refused."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.foundation.ledger import notes
from gongzhi.foundation.ledger.notes import (
    Checkpoint,
    Cosigner,
    MalformedError,
    Note,
    NotIncludedError,
    Proof,
    Signature,
    Signer,
    UntrustedError,
    VerifierKey,
    open_checkpoint,
    open_note,
)
from gongzhi.methods import merkle

# From the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETERS_NOTE = f"""{PETERS_TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""

# Our own: the eight entries of the certificate-transparency reference code, keys from counting bytes.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LOG = Signer.from_seed("example.org/ledger", bytes(range(32)))
WITNESS = Cosigner.from_seed("witness.example.org/w1", bytes(range(32, 64)))
TIME = 1767225600
TEXT = "example.org/ledger\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
BY_LOG = (
    "— example.org/ledger X1txbV+gftCObjGLYMgyOqKDJQE6YrwP7V+v135bQYTd2op74q1PG/"
    "XcD5kiPEl/oyzY2NpAFoERB7obDHIqBguqYQk=\n"
)
BY_WITNESS = (
    "— witness.example.org/w1 88CAtgAAAABpVbkA+VfbOd4n9beSxZROBMPhi69a3u62pA5z1snR4QrBgrPC"
    "QonB3fTt61OqnGJ996yV688tIqBPDZ0SM0jYlSV4AA==\n"
)
CHECKPOINT = f"{TEXT}\n{BY_LOG}{BY_WITNESS}"
OTHER = Signer.from_seed("elsewhere.example", bytes(32))

names = st.text(min_size=1).filter(
    lambda name: (
        "+" not in name
        and not any(c.isspace() or ord(c) < 32 for c in name)
        and name.encode(errors="ignore").decode() == name
    )
)
texts = st.text(st.characters(exclude_characters=[chr(n) for n in range(32) if n != 10], codec="utf-8")).map(
    lambda text: text + "\n"
)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def leaves() -> list[bytes]:
    return [merkle.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]


def proof_of(index: int, *, extra: bytes = b"") -> Proof:
    tiles = {(tile.level, tile.index): tile.hashes for tile in merkle.extend(0, lambda *_: b"", leaves())}
    hashes = merkle.inclusion_proof(index, 8, lambda level, tile, _: tiles[level, tile])
    return Proof(index, tuple(hashes), Note.parse(CHECKPOINT), extra)


# --- keys ----------------------------------------------------------------------------------------


def test_a_verifier_key_is_read_and_written() -> None:
    key = VerifierKey.parse(PETER)
    assert (key.name, key.key_id.hex(), key.type, len(key.public)) == ("PeterNeumann", "c74f20a3", 1, 32)
    assert str(key) == PETER


def test_a_key_of_a_type_unknown_here_is_still_a_key() -> None:
    key = VerifierKey("w.example", 0x06, bytes(1312))
    assert VerifierKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a3+AQ==",
    ],
)
def test_a_verifier_key_not_exactly_so_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\nb", "a\tb", "a\u00a0b", "a\u3000b", "a\u2028b", "a\x00"]
)
def test_names_that_would_break_a_line_are_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        VerifierKey(name, notes.ED25519, bytes(32))
    with pytest.raises(MalformedError):
        Signer.from_seed(name, bytes(32))
    with pytest.raises(MalformedError):
        Signature(name, bytes(4), b"x")


@pytest.mark.parametrize("type_byte, size", [(0, 32), (256, 32), (9, 0), (1, 31), (4, 33)])
def test_key_material_that_cannot_be_is_refused(type_byte: int, size: int) -> None:
    with pytest.raises(MalformedError):
        VerifierKey("k", type_byte, bytes(size))


@pytest.mark.parametrize("kind", [Signer, Cosigner])
def test_a_private_key_survives_its_text_and_is_not_shown(
    kind: type[Signer] | type[Cosigner],
) -> None:
    signer = kind.generate("共治.example/账本")
    text = signer.secret()
    assert text.startswith("PRIVATE+KEY+共治.example/账本+")
    assert kind.parse(text).key == signer.key
    assert text.split("+", 4)[4] not in repr(signer)
    assert VerifierKey.parse(str(signer.key)) == signer.key


def test_one_key_pair_has_another_identity_for_each_type_of_signature() -> None:
    log, witness = Signer.from_seed("a.example", bytes(32)), Cosigner.from_seed("a.example", bytes(32))
    assert log.key.public == witness.key.public and log.key.key_id != witness.key.key_id
    with pytest.raises(MalformedError, match="another type"):
        Signer.parse(witness.secret())


def test_a_damaged_private_key_is_refused_and_not_repeated() -> None:
    text = LOG.secret()
    other_id = text.replace("+5f5b716d+", "+5f5b716e+")
    for bad in (text[12:], text[:-4], text + "=", text.replace("ledger", "ledges"), other_id):
        with pytest.raises(MalformedError) as error:
            Signer.parse(bad)
        assert text.rpartition("+")[2][:20] not in str(error.value)


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(MalformedError, match="not 31"):
        Signer.from_seed("a", bytes(31))


# --- notes ---------------------------------------------------------------------------------------


def test_a_note_of_the_go_implementation_opens() -> None:
    opened = open_note(PETERS_NOTE, [VerifierKey.parse(PETER)])
    assert opened.text == PETERS_TEXT
    assert [found.key.name for found in opened.verified] == ["PeterNeumann"]
    assert opened.verified[0].time is None
    assert str(Note.parse(PETERS_NOTE.encode())) == PETERS_NOTE


@given(names, texts, st.binary(min_size=32, max_size=32))
def test_what_is_signed_opens_and_reads_back_byte_for_byte(name: str, text: str, seed: bytes) -> None:
    signer = Signer.from_seed(name, seed)
    written = str(Note(text, (signer.sign(text),)))
    assert open_note(written.encode(), [signer.key]).text == text
    assert str(Note.parse(written)) == written


@given(st.data())
def test_no_changed_byte_leaves_the_text_believed(data: st.DataObject) -> None:
    raw = bytearray(PETERS_NOTE.encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(notes.NoteError):
        open_note(bytes(raw), [VerifierKey.parse(PETER)])


@given(st.binary() | st.text())
def test_reading_anything_at_all_ends_in_a_note_or_a_refusal(data: bytes | str) -> None:
    for parse in (Note.parse, Proof.parse):
        with pytest.raises(MalformedError):
            parse(data)


def test_the_text_ends_at_the_last_empty_line() -> None:
    text = "one\n\n— not a signature\n\n\n"
    note = Note.parse(str(Note(text, (LOG.sign(text),))))
    assert note.text == text and len(note.signatures) == 1
    assert open_note(note, [LOG.key]).text == text


def test_a_signature_is_looked_for_in_newlines_only() -> None:
    """Unicode has other line ends; taking them for one would let a text grow signature lines."""
    text = f"a\u2028\u2028{BY_LOG.strip()}\u0085\n"
    assert open_note(str(Note(text, (LOG.sign(text),))), [LOG.key]).text == text


LINE = BY_LOG


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        f"text\n{LINE}",
        f"text\n\n{LINE}\n",
        f"text\n\n{LINE[:-1]}",
        f"text\r\n\r\n{LINE}",
        f"te\txt\n\n{LINE}",
        f"te\x00xt\n\n{LINE}",
        f"text\n\n{LINE.replace('—', '-')}",
        f"text\n\n{LINE.replace('—', '–')}",
        f"text\n\n {LINE}",
        f"text\n\n{LINE.replace('— ', '—  ')}",
        f"text\n\n{LINE.replace('— ', '—')}",
        f"text\n\n{LINE[:-1]} \n",
        f"text\n\n{LINE.replace('example', 'exa+mple')}",
        f"text\n\n{LINE.replace('example', 'exa　mple')}",
        "text\n\n— name\n",
        "text\n\n— name \n",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name AAA=\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAA_AA=\n",
        "text\n\n— name AAAA AAA=\n",
        f"text\n\n{LINE}text\n",
        f"text\n\n{LINE * 101}",
        f"{'x' * notes.MAX_BYTES}\n\n{LINE}",
    ],
)
def test_a_note_not_exactly_so_is_refused(data: str) -> None:
    with pytest.raises(MalformedError):
        Note.parse(data)


@pytest.mark.parametrize("text", [b"\xff\n", b"te\xc0\x80xt\n", b"\xed\xa0\x80\n"])
def test_what_is_not_utf_8_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError, match="UTF-8"):
        Note.parse(text + b"\n" + LINE.encode())


def test_what_could_not_be_read_back_cannot_be_made() -> None:
    for text in ("", "no newline", "tab\t\n", "lone \ud800\n"):
        with pytest.raises(MalformedError):
            LOG.sign(text)
        with pytest.raises(MalformedError):
            Note(text, (LOG.sign("text\n"),))
    with pytest.raises(MalformedError, match="1 to 100 signatures, not 0"):
        Note("text\n", ())
    with pytest.raises(MalformedError):
        Signature("name", bytes(3), b"x")
    with pytest.raises(MalformedError):
        Signature("name", bytes(4), b"")


def test_a_hundred_signatures_are_accepted() -> None:
    signatures = [Signature(f"k{n}", bytes(4), bytes(64)) for n in range(99)]
    note = Note("text\n", (LOG.sign("text\n"),)).with_signatures(*signatures)
    assert len(open_note(str(note), [LOG.key]).verified) == 1


def test_signatures_of_unknown_keys_are_ignored_and_prove_nothing() -> None:
    same_name = Signer.from_seed(LOG.name, bytes(32))
    same_id = Signature("x", LOG.key.key_id, bytes(64))
    note = Note("text\n", (LOG.sign("text\n"), same_id, same_name.sign("other\n")))
    assert [found.key for found in open_note(note, [LOG.key]).verified] == [LOG.key]
    for keys in ([], [OTHER.key], [VerifierKey.parse(PETER)]):
        with pytest.raises(UntrustedError, match="no known key"):
            open_note(note, keys)


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    note = Note("text\n", (LOG.sign("text\n"), OTHER.sign("another text\n")))
    assert open_note(note, [LOG.key]).text == "text\n"
    with pytest.raises(UntrustedError, match=r"elsewhere\.example is wrong"):
        open_note(note, [LOG.key, OTHER.key])


@pytest.mark.parametrize("length", [1, 63, 65])
def test_a_signature_of_another_length_is_wrong(length: int) -> None:
    value = LOG.sign("text\n").value
    bad = Signature(LOG.name, LOG.key.key_id, (value + b"x")[:length])
    with pytest.raises(UntrustedError):
        open_note(Note("text\n", (bad,)), [LOG.key])


def test_a_known_key_nobody_can_check_is_an_error_and_another_type_may_be_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = VerifierKey("w.example", 0x06, bytes(1312))
    note = Note("text\n", (Signature(key.name, key.key_id, b"\0" * 7 + b"\5" + b"yes"),))
    with pytest.raises(UntrustedError, match="type 0x06"):
        open_note(note, [key])
    monkeypatch.setitem(notes.CHECKS, 0x06, lambda key, text, value: value.endswith(b"yes"))
    assert open_note(note, [key]).verified[0].time == 5


def test_a_key_accepts_only_what_bears_its_name_and_id() -> None:
    signature = LOG.sign("text\n")
    assert LOG.key.accepts("text\n", signature)
    assert not LOG.key.accepts("text\n", Signature("other", signature.key_id, signature.value))
    assert not LOG.key.accepts("text\n", Signature(LOG.name, bytes(4), signature.value))


def test_a_signature_is_not_added_twice() -> None:
    note = Note("text\n", (LOG.sign("text\n"),))
    assert note.with_signatures(*note.signatures) == note


# --- checkpoints and cosignatures ----------------------------------------------------------------


def test_the_known_checkpoint_and_cosignature_are_made() -> None:
    tree = merkle.Frontier()
    tree.extend(leaves())
    checkpoint = Checkpoint(LOG.name, tree.size, tree.root())
    assert str(checkpoint) == TEXT
    note = checkpoint.sign(LOG)
    assert str(note) == f"{TEXT}\n{BY_LOG}"
    assert str(note.with_signatures(WITNESS.cosign(note.text, TIME))) == CHECKPOINT


def test_the_known_checkpoint_and_cosignature_open() -> None:
    opened = open_checkpoint(CHECKPOINT.encode(), [LOG.key], [WITNESS.key])
    assert opened.checkpoint == Checkpoint.parse(TEXT)
    assert [found.key for found in opened.signatures] == [LOG.key]
    assert [(found.key, found.time) for found in opened.cosignatures] == [(WITNESS.key, TIME)]
    assert opened.witnesses == {WITNESS.name}
    assert open_checkpoint(CHECKPOINT, [LOG.key]).cosignatures == ()


def test_the_time_of_a_cosignature_is_signed_too() -> None:
    good = WITNESS.cosign(TEXT, TIME)
    for value in (
        (TIME + 1).to_bytes(8, "big") + good.value[8:],
        b"\x80" + good.value[1:],
        good.value[:-1],
        good.value + b"\0",
        good.value[:8],
        good.value[:3],
        b"",
    ):
        with pytest.raises(notes.NoteError):
            note = Note(TEXT, (LOG.sign(TEXT), Signature(WITNESS.name, good.key_id, value)))
            open_checkpoint(note, [LOG.key], [WITNESS.key])


def test_a_time_past_the_limit_is_refused_even_when_signed() -> None:
    time = 1 << 63
    signed = WITNESS.private.sign(f"cosignature/v1\ntime {time}\n{TEXT}".encode())
    late = Signature(WITNESS.name, WITNESS.key.key_id, time.to_bytes(8, "big") + signed)
    with pytest.raises(UntrustedError, match="wrong"):
        open_checkpoint(Note(TEXT, (LOG.sign(TEXT), late)), [LOG.key], [WITNESS.key])


def test_a_plain_signature_is_no_cosignature() -> None:
    plain = Signer(WITNESS.name, WITNESS.private)
    passed_off = Signature(WITNESS.name, WITNESS.key.key_id, bytes(8) + plain.sign(TEXT).value)
    with pytest.raises(UntrustedError, match="wrong"):
        open_checkpoint(Note(TEXT, (LOG.sign(TEXT), passed_off)), [LOG.key], [WITNESS.key])
    opened = open_checkpoint(Note(TEXT, (LOG.sign(TEXT), plain.sign(TEXT))), [LOG.key], [plain.key])
    assert opened.cosignatures == ()


def test_a_witness_counts_once_however_often_it_cosigns() -> None:
    note = Note(TEXT, (LOG.sign(TEXT), WITNESS.cosign(TEXT, TIME), WITNESS.cosign(TEXT, TIME + 60)))
    opened = open_checkpoint(note, [LOG.key], [WITNESS.key])
    assert len(opened.cosignatures) == 2 and len(opened.witnesses) == 1


def test_only_the_log_itself_vouches_for_its_origin() -> None:
    with pytest.raises(UntrustedError, match=r"no known key of example\.org/ledger"):
        open_checkpoint(Note(TEXT, (WITNESS.cosign(TEXT, TIME),)), [LOG.key], [WITNESS.key])
    with pytest.raises(UntrustedError, match=r"no known key of example\.org/ledger"):
        open_checkpoint(Note(TEXT, (OTHER.sign(TEXT),)), [LOG.key, OTHER.key])
    with pytest.raises(MalformedError, match="in its own name"):
        Checkpoint.parse(TEXT).sign(OTHER)


def test_the_same_name_does_not_make_a_witness_the_log() -> None:
    namesake = Cosigner.from_seed(LOG.name, bytes(32))
    note = Note(TEXT, (namesake.cosign(TEXT, TIME),))
    with pytest.raises(UntrustedError, match="no known key of"):
        open_checkpoint(note, [LOG.key], [namesake.key])


def test_a_log_that_signs_with_the_time_is_not_its_own_witness() -> None:
    timed = Cosigner.from_seed(LOG.name, bytes(32))
    opened = open_checkpoint(Note(TEXT, (timed.cosign(TEXT, TIME),)), [timed.key])
    assert opened.signatures[0].time == TIME and opened.witnesses == frozenset()


def test_a_log_opens_under_its_old_key_or_its_new_one() -> None:
    new = Signer.from_seed(LOG.name, bytes(32))
    checkpoint = Checkpoint.parse(TEXT)
    for signers in ([LOG], [new], [LOG, new]):
        opened = open_checkpoint(checkpoint.sign(*signers), [LOG.key, new.key])
        assert [found.key for found in opened.signatures] == [signer.key for signer in signers]


def test_extension_lines_of_others_are_kept_and_signed() -> None:
    text = TEXT + "an extension\nand one more\n"
    checkpoint = Checkpoint.parse(text)
    assert checkpoint.extensions == ("an extension", "and one more") and str(checkpoint) == text
    note = checkpoint.sign(LOG).with_signatures(WITNESS.cosign(text, TIME))
    assert open_checkpoint(str(note), [LOG.key], [WITNESS.key]).checkpoint == checkpoint


def test_the_empty_log_has_a_checkpoint() -> None:
    checkpoint = Checkpoint(LOG.name, 0, merkle.EMPTY_ROOT)
    assert str(checkpoint) == f"{LOG.name}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert Checkpoint.parse(str(checkpoint)) == checkpoint


ROOT = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n8\n",
        f"o\n8\n{ROOT}",
        f"\n8\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        f"o\n8\n{ROOT}\n\n",
        f"o\n8\n{ROOT}\n\nextension\n",
        f"o\n08\n{ROOT}\n",
        f"o\n-8\n{ROOT}\n",
        f"o\n+8\n{ROOT}\n",
        f"o\n8.0\n{ROOT}\n",
        f"o\n 8\n{ROOT}\n",
        f"o\n0x8\n{ROOT}\n",
        f"o\n８\n{ROOT}\n",
        f"o\n٨\n{ROOT}\n",
        f"o\n1_0\n{ROOT}\n",
        f"o\n9223372036854775808\n{ROOT}\n",
        f"o\n99999999999999999999\n{ROOT}\n",
        f"o\n0\n{ROOT}\n",
        f"o\n8\n{ROOT[:-1]}\n",
        f"o\n8\n{ROOT[:-2]}h=\n",
        f"o\n8\n{base64_of(bytes(31))}\n",
        f"o\n8\n{base64_of(bytes(33))}\n",
        f"o\n8\n{ROOT.replace('+', '-').replace('/', '_')}\n",
        f"o\r\n8\r\n{ROOT}\r\n",
    ],
)
def test_a_checkpoint_not_exactly_so_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Checkpoint.parse(text)
    with pytest.raises(MalformedError):
        WITNESS.cosign(text, TIME)


@pytest.mark.parametrize(
    "origin, size, root, extensions",
    [
        ("", 1, bytes(32), ()),
        ("a\nb", 1, bytes(32), ()),
        ("a\tb", 1, bytes(32), ()),
        ("a", -1, bytes(32), ()),
        ("a", 1 << 63, bytes(32), ()),
        ("a", 1, bytes(31), ()),
        ("a", 0, bytes(32), ()),
        ("a", 1, bytes(32), ("",)),
    ],
)
def test_a_checkpoint_that_cannot_be_is_not_made(
    origin: str, size: int, root: bytes, extensions: tuple[str, ...]
) -> None:
    with pytest.raises(MalformedError):
        Checkpoint(origin, size, root, extensions)


@pytest.mark.parametrize("time", [-1, 1 << 63])
def test_a_time_that_cannot_be_is_not_signed(time: int) -> None:
    with pytest.raises(MalformedError, match="POSIX"):
        WITNESS.cosign(TEXT, time)


# --- proof files ---------------------------------------------------------------------------------


def test_a_proof_file_reads_as_the_specification_writes_it() -> None:
    proof = proof_of(5, extra=b"what was done")
    lines = [
        "c2sp.org/tlog-proof@v1",
        "extra d2hhdCB3YXMgZG9uZQ==",
        "index 5",
        *map(base64_of, proof.hashes),
        "",
        CHECKPOINT,
    ]
    assert str(proof) == "\n".join(lines)
    assert Proof.parse(str(proof).encode()) == proof
    assert Proof.parse(str(proof_of(5))).extra == b""


def test_every_leaf_is_shown_to_stand_where_it_stands() -> None:
    for index, leaf in enumerate(leaves()):
        proof = Proof.parse(str(proof_of(index)))
        opened = proof.open(leaf, [LOG.key], [WITNESS.key])
        assert opened.checkpoint.size == 8 and opened.witnesses == {WITNESS.name}


def test_a_tree_of_one_leaf_needs_no_hashes() -> None:
    leaf = leaves()[0]
    proof = Proof(0, (), Checkpoint(LOG.name, 1, leaf).sign(LOG))
    assert str(proof).startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/ledger\n1\n")
    assert Proof.parse(str(proof)).open(leaf, [LOG.key]).checkpoint.size == 1


def test_another_leaf_index_or_hash_is_not_included() -> None:
    proof, leaf = proof_of(5), leaves()[5]
    wrong = [
        (Proof(4, proof.hashes, proof.checkpoint), leaf),
        (Proof(13, proof.hashes, proof.checkpoint), leaf),
        (Proof(5, proof.hashes[:-1], proof.checkpoint), leaf),
        (Proof(5, (*proof.hashes, bytes(32)), proof.checkpoint), leaf),
        (Proof(5, proof.hashes[::-1], proof.checkpoint), leaf),
        (proof, leaves()[4]),
        (proof, leaf[:31]),
    ]
    for bad, claimed in wrong:
        with pytest.raises(NotIncludedError, match="not at index"):
            bad.open(claimed, [LOG.key])


def test_a_proof_is_worth_nothing_without_a_known_key() -> None:
    proof = proof_of(5)
    for keys in ([], [OTHER.key], [WITNESS.key]):
        with pytest.raises(UntrustedError):
            proof.open(leaves()[5], keys)


def broken_proofs() -> Iterator[str]:
    good = str(proof_of(5, extra=b"x"))
    first = base64_of(proof_of(5).hashes[0])
    yield ""
    yield good.replace("@v1", "@v2")
    yield "\n" + good
    yield good.replace("index 5", "index 05")
    yield good.replace("index 5", "index -5")
    yield good.replace("index 5", "index  5")
    yield good.replace("index 5", "Index 5")
    yield good.replace("index 5\n", "")
    yield good.replace("index 5\n", "index 5\nindex 5\n")
    yield good.replace("extra eA==", "extra ")
    yield good.replace("extra eA==", "extra eA")
    yield good.replace("extra eA==", "extra eB==")
    yield good.replace("extra eA==\nindex 5", "index 5\nextra eA==")
    yield good.replace(first, first[:-1])
    yield good.replace(first, base64_of(bytes(31)))
    yield good.replace(first, f"{first}\n" * 62 + first)
    yield good.replace(first, f"{first} ")
    yield good.replace("\n\n", "\n")
    yield good.replace("\n", "\r\n")
    yield good[: good.index("\n\n") + 2]
    yield good[:-1]
    yield good.replace("index 5\n", "index 5\n\n")


@pytest.mark.parametrize("text", list(broken_proofs()))
def test_a_proof_file_not_exactly_so_is_refused(text: str) -> None:
    assert text != str(proof_of(5, extra=b"x"))
    with pytest.raises(notes.NoteError):
        Proof.parse(text).open(leaves()[5], [LOG.key])


def test_a_proof_that_cannot_be_is_not_made() -> None:
    note = Note.parse(CHECKPOINT)
    for index, hashes in [(-1, ()), (1 << 63, ()), (0, (bytes(31),)), (0, (bytes(32),) * 64)]:
        with pytest.raises(MalformedError):
            Proof(index, hashes, note)


def test_the_private_key_may_come_from_elsewhere() -> None:
    private = Ed25519PrivateKey.generate()
    assert Signer("a", private).key.public == private.public_key().public_bytes_raw()
