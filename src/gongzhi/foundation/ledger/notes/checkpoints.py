"""Checkpoints and their cosignatures (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from gongzhi.methods.merkle import EMPTY_ROOT, HASH_SIZE

from .keys import COSIGNATURE, Ed25519Key, Signature, Signer, VerifierKey, cosigned_message
from .reading import (
    MAX_NUMBER,
    MalformedError,
    UntrustedError,
    check_line,
    encode,
    read_hash,
    read_number,
)
from .signed import Note, Verified, open_note


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its origin, how many leaves, and their root.

    Extension lines of other logs are kept; ours have none, for nobody can audit them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            check_line(line)
        if not 0 <= self.size <= MAX_NUMBER:
            raise MalformedError(f"{self.size} is not the size of a tree")
        if len(self.root) != HASH_SIZE:
            raise MalformedError(f"a root has {HASH_SIZE} bytes, not {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedError("the empty tree does not have this root")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note. Whoever did not open it by ``open_checkpoint`` must not believe it."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            raise MalformedError("a checkpoint has at least three lines, each ended by a newline")
        origin, size, root, *extensions = lines
        return cls(origin, read_number(size, "the size"), read_hash(root, "the root"), tuple(extensions))

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), encode(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def sign(self, *signers: Signer) -> Note:
        """Sign as the log. The caller has made sure that this extends all that was ever signed before."""
        for signer in signers:
            if signer.name != self.origin:
                raise MalformedError(f"a log signs in its own name: {signer.name} is not {self.origin}")
        text = str(self)
        return Note(text, tuple(signer.sign(text) for signer in signers))


class Cosigner(Ed25519Key):
    """Cosigns checkpoints with Ed25519 (type 0x04): the key of a witness.

    The message does not name the cosigner, so each needs a key pair that no other name uses.
    """

    type = COSIGNATURE

    def cosign(self, text: str, time: int) -> Signature:
        """State that at ``time`` (POSIX seconds) this was the largest consistent tree seen of its origin."""
        Checkpoint.parse(text)
        if not 0 <= time <= MAX_NUMBER:
            raise MalformedError(f"{time} is not a time in POSIX seconds")
        value = time.to_bytes(8, "big") + self.private.sign(cosigned_message(text, time))
        return Signature(self.name, self.key.key_id, value)


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that its log has signed, with the cosignatures of known witnesses."""

    checkpoint: Checkpoint
    signatures: tuple[Verified, ...]
    cosignatures: tuple[Verified, ...]

    @property
    def witnesses(self) -> frozenset[str]:
        """Who cosigned, each once: what a quorum counts."""
        return frozenset(cosignature.key.name for cosignature in self.cosignatures)


def open_checkpoint(
    note: Note | str | bytes, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
) -> OpenedCheckpoint:
    """Check a checkpoint by the keys of its log (several, after a rotation) and of witnesses.

    A witness never stands in for the log itself, nor one log for the origin of another.
    """
    logs = frozenset(log_keys)
    opened = open_note(note, [*witness_keys, *logs])
    checkpoint = Checkpoint.parse(opened.text)
    by_log = tuple(v for v in opened.verified if v.key in logs and v.key.name == checkpoint.origin)
    if not by_log:
        raise UntrustedError(f"no known key of {checkpoint.origin[:80]} signed this checkpoint")
    cosignatures = tuple(v for v in opened.verified if v.key not in logs and v.time is not None)
    return OpenedCheckpoint(checkpoint, by_log, cosignatures)
