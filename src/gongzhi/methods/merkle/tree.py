"""Hashes of leaves and nodes, and the right edge of a growing tree (RFC 6962 section 2.1)."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry), RFC 6962 section 2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def pair_up(row: Iterable[bytes]) -> list[bytes]:
    """The parents of a row of nodes that starts at an even index; an odd last node has none yet."""
    nodes = iter(row)
    # Inlined: calling node_hash here costs a quarter of the speed of the whole ledger.
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes, nodes, strict=False)]


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over complete subtrees that stand side by side, the largest first; no padding, nothing doubled."""
    if not hashes:
        return EMPTY_ROOT
    node = hashes[-1]
    for left in reversed(hashes[:-1]):
        node = node_hash(left, node)
    return node


class Frontier:
    """The right edge of a tree: its size, and one hash for each set bit of it, the largest subtree first.

    This is all that appending and the root need, and it fits in one row of a database.
    """

    __slots__ = ("_edge", "_size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Resume at ``size`` from stored hashes; ValueError if they are not the edge of such a tree."""
        edge = list(hashes)
        if size < 0 or len(edge) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves does not have {len(edge)} hashes at its edge")
        _check_hashes(edge)
        self._size = size
        self._edge = edge

    def __repr__(self) -> str:
        return f"Frontier({self._size}, root={self.root().hex()})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frontier):
            return NotImplemented
        return self._size == other._size and self._edge == other._edge

    __hash__ = None  # type: ignore[assignment]

    @property
    def size(self) -> int:
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._edge)

    def copy(self) -> "Frontier":
        return Frontier(self._size, self._edge)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.extend([leaf])

    def extend(self, leaves: Iterable[bytes]) -> list[list[bytes]]:
        """Add many leaf hashes at about one node hash a leaf.

        Returns the complete subtrees finished on the way, by level: those of level L follow one another from
        index ``old size >> L``. Nothing has changed if it raises ValueError for a hash that is not 32 bytes.
        """
        position, nodes = self._size, list(leaves)
        _check_hashes(nodes)
        finished: list[list[bytes]] = []
        left_over: list[bytes] = []
        self._size += len(nodes)
        while nodes:
            finished.append(nodes)
            row = [self._edge.pop(), *nodes] if position & 1 else nodes
            if len(row) & 1:
                left_over.append(row[-1])
            nodes, position = pair_up(row), position >> 1
        self._edge += reversed(left_over)
        return finished

    def root(self) -> bytes:
        """MTH of all leaves so far, RFC 6962 section 2.1."""
        return fold(self._edge)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if not set(map(len, hashes)) <= {HASH_SIZE}:
        raise ValueError(f"every hash has {HASH_SIZE} bytes")
