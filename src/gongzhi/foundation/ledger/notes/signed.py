"""Notes: a text, an empty line, signature lines (c2sp.org/signed-note)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from .keys import COSIGNATURE, COSIGNATURE_ML_DSA_44, Signature, VerifierKey, check_text
from .reading import MalformedError, UntrustedError, as_text

MAX_SIGNATURES = 100

_TIMED = {COSIGNATURE, COSIGNATURE_ML_DSA_44}


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures that nobody has checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        check_text(self.text)
        if not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise MalformedError(f"a note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}")

    @classmethod
    def parse(cls, data: str | bytes) -> Self:
        text, found, signatures = as_text(data).rpartition("\n\n")
        if not found:
            raise MalformedError("the note has no empty line before its signatures")
        if not signatures.endswith("\n"):
            raise MalformedError("the note does not end with a signature line and a newline")
        return cls(text + "\n", tuple(map(Signature.parse, signatures[:-1].split("\n"))))

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def with_signatures(self, *signatures: Signature) -> "Note":
        """The same text with more signatures; one that is there already is not repeated."""
        return Note(self.text, tuple(dict.fromkeys(self.signatures + signatures)))


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds, and the key it holds under."""

    key: VerifierKey
    signature: Signature

    @property
    def time(self) -> int | None:
        """When a cosigner says it saw the checkpoint, in POSIX seconds; None for any other signature."""
        return int.from_bytes(self.signature.value[:8], "big") if self.key.type in _TIMED else None


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A text that at least one known key has signed."""

    text: str
    verified: tuple[Verified, ...]


def open_note(note: Note | str | bytes, keys: Iterable[VerifierKey]) -> OpenedNote:
    """Check a note with the keys one knows; signatures of others are ignored.

    UntrustedError if no known key signed it, or if the signature of any known key is wrong.
    """
    if not isinstance(note, Note):
        note = Note.parse(note)
    known = {(key.name, key.key_id): key for key in keys}
    verified: list[Verified] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.accepts(note.text, signature):
            raise UntrustedError(f"the signature of {signature.name} is wrong")
        verified.append(Verified(key, signature))
    if not verified:
        raise UntrustedError("no known key signed this note")
    return OpenedNote(note.text, tuple(verified))
