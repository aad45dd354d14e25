"""Proof files: what shows, offline, that a leaf stands in a log (c2sp.org/tlog-proof)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from gongzhi.methods.merkle import HASH_SIZE, verify_inclusion

from .checkpoints import OpenedCheckpoint, open_checkpoint
from .keys import VerifierKey
from .reading import (
    MAX_NUMBER,
    MalformedError,
    NotIncludedError,
    as_text,
    decode,
    encode,
    read_hash,
    read_number,
)
from .signed import Note

_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63  # the height of a tree of 2**63 leaves


@dataclass(frozen=True, slots=True)
class Proof:
    """The place of a leaf, the hashes from there to the root, and the checkpoint that gives the root."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""
    """Whatever else travels along; nothing authenticates it."""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_NUMBER:
            raise MalformedError(f"{self.index} is not the index of a leaf")
        if len(self.hashes) > _MAX_HASHES or any(len(item) != HASH_SIZE for item in self.hashes):
            raise MalformedError(f"a proof has at most {_MAX_HASHES} hashes of {HASH_SIZE} bytes each")

    @classmethod
    def parse(cls, data: str | bytes) -> Self:
        head, found, note = as_text(data).partition("\n\n")
        if not found:
            raise MalformedError("the proof has no empty line before its checkpoint")
        header, *lines = head.split("\n")
        if header != _HEADER:
            raise MalformedError(f"a proof begins with the line {_HEADER}")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode(lines.pop(0).removeprefix("extra "), "the extra data")
            if not extra:
                raise MalformedError("the line for extra data is empty")
        if not lines or not lines[0].startswith("index "):
            raise MalformedError("the proof does not give the index of its leaf")
        index = read_number(lines.pop(0).removeprefix("index "), "the index")
        hashes = tuple(read_hash(line, "a hash of the proof") for line in lines)
        return cls(index, hashes, Note.parse(note), extra)

    def __str__(self) -> str:
        extra = [f"extra {encode(self.extra)}"] if self.extra else []
        head = [_HEADER, *extra, f"index {self.index}", *map(encode, self.hashes)]
        return "\n".join(head) + f"\n\n{self.checkpoint}"

    def open(
        self, leaf: bytes, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
    ) -> OpenedCheckpoint:
        """Check that the leaf hash stands at ``index`` in the tree that the log signed.

        UntrustedError for the checkpoint; NotIncludedError for the leaf, its index or a hash on the way.
        """
        opened = open_checkpoint(self.checkpoint, log_keys, witness_keys)
        size, root = opened.checkpoint.size, opened.checkpoint.root
        if not verify_inclusion(leaf, self.index, size, self.hashes, root):
            raise NotIncludedError(f"the leaf is not at index {self.index} of the tree of {size} leaves")
        return opened
