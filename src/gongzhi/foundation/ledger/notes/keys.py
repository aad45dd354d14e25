"""Keys and single signatures (c2sp.org/signed-note, sections "Signatures" and "Verifier keys")."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .reading import MAX_NUMBER, MalformedError, UntrustedError, as_text, check_name, decode, encode

ED25519 = 0x01
COSIGNATURE = 0x04
COSIGNATURE_ML_DSA_44 = 0x06

_KEY_ID_SIZE = 4
_PRIVATE_KEY = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it says it is, and the bytes after the key ID."""

    name: str
    key_id: bytes
    value: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.key_id) != _KEY_ID_SIZE or not self.value:
            raise MalformedError(f"the signature of {self.name} lacks its key ID or its value")

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one line, without its newline."""
        dash, *rest = line.split(" ")
        if dash != "—" or len(rest) != 2:
            raise MalformedError(f"not a signature line: {line[:80]!r}")
        name, encoded = rest
        value = decode(encoded, f"the signature of {name[:80]}")
        return cls(name, value[:_KEY_ID_SIZE], value[_KEY_ID_SIZE:])

    def __str__(self) -> str:
        return f"— {self.name} {encode(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name; as text ``name+key ID in hex+base64(type || public key)``."""

    name: str
    type: int
    public: bytes
    key_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if not 0 < self.type <= 0xFF or not self.public:
            raise MalformedError(f"the key of {self.name} lacks its type or its public half")
        if self.type in (ED25519, COSIGNATURE) and len(self.public) != 32:
            raise MalformedError(f"an Ed25519 key has 32 bytes; that of {self.name} has {len(self.public)}")
        told = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        object.__setattr__(self, "key_id", sha256(told).digest()[:_KEY_ID_SIZE])

    @classmethod
    def parse(cls, text: str) -> Self:
        name, key_id, encoded = _split_key(text)
        material = decode(encoded, "the verifier key")
        if not material:
            raise MalformedError("the verifier key is empty")
        key = cls(name, material[0], material[1:])
        if key.key_id.hex() != key_id:
            raise MalformedError(f"the key of {name} does not have the ID {key_id[:80]}")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode(bytes([self.type]) + self.public)}"

    def accepts(self, text: str, signature: Signature) -> bool:
        """Whether this key made the signature over the text; UntrustedError if its type has no check here."""
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return False
        if self.type not in CHECKS:
            raise UntrustedError(f"signatures of type 0x{self.type:02x} ({self.name}) cannot be checked")
        return CHECKS[self.type](self, text, signature.value)


def _check_ed25519(key: VerifierKey, text: str, value: bytes) -> bool:
    return _verify(key.public, text.encode(), value)


def _check_cosignature(key: VerifierKey, text: str, value: bytes) -> bool:
    time = int.from_bytes(value[:8], "big")
    return time <= MAX_NUMBER and _verify(key.public, cosigned_message(text, time), value[8:])


def cosigned_message(text: str, time: int) -> bytes:
    """What an Ed25519 cosigner signs (c2sp.org/tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


CHECKS: dict[int, Callable[[VerifierKey, str, bytes], bool]] = {
    ED25519: _check_ed25519,
    COSIGNATURE: _check_cosignature,
}
"""How signatures are checked, by type byte: another algorithm joins by adding its own."""


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """A private key under its name, for one type of signature."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    #: The public half, for those who check.
    key: VerifierKey = field(init=False, repr=False)
    type: ClassVar[int]

    def __post_init__(self) -> None:
        public = self.private.public_key().public_bytes_raw()
        object.__setattr__(self, "key", VerifierKey(self.name, self.type, public))

    @classmethod
    def generate(cls, name: str) -> Self:
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Self:
        if len(seed) != 32:
            raise MalformedError(f"an Ed25519 seed has 32 bytes, not {len(seed)}")
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what ``secret`` wrote. What is refused is never repeated in the refusal."""
        if not text.startswith(_PRIVATE_KEY):
            raise MalformedError(f"a private key begins with {_PRIVATE_KEY}")
        name, key_id, encoded = _split_key(text.removeprefix(_PRIVATE_KEY))
        material = decode(encoded, "the private key")
        if material[:1] != bytes([cls.type]):
            raise MalformedError(f"the private key of {name} is for another type of signature")
        signer = cls.from_seed(name, material[1:])
        if signer.key.key_id.hex() != key_id:
            raise MalformedError(f"the private key of {name} does not have the ID it gives")
        return signer

    def secret(self) -> str:
        """The private key as text, as golang.org/x/mod/sumdb/note writes it; for a file of mode 0600."""
        material = bytes([self.type]) + self.private.private_bytes_raw()
        return f"{_PRIVATE_KEY}{self.name}+{self.key.key_id.hex()}+{encode(material)}"


class Signer(Ed25519Key):
    """Signs note texts with Ed25519 (type 0x01): the key of a log."""

    type = ED25519

    def sign(self, text: str) -> Signature:
        check_text(text)
        return Signature(self.name, self.key.key_id, self.private.sign(text.encode()))


def check_text(text: str) -> None:
    if not as_text(text).endswith("\n"):
        raise MalformedError("the text of a note ends with a newline")


def _split_key(text: str) -> list[str]:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise MalformedError("a key has the form name+ID+base64")
    return parts
