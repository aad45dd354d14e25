"""The tree as tiles of 256 hashes (C2SP tlog-tiles), read through a callback.

The hash at position p of level L, in tile ``p // 256``, is the root of the complete subtree of 256**L leaves
that starts at leaf ``p * 256**L``; level 0 holds leaf hashes. Levels in between are hashed again when needed,
so a proof reads a few tiles a level and a database keeps about one row for 255 leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from .proofs import Span, consistency_spans, inclusion_spans
from .tree import HASH_SIZE, Frontier, fold, pair_up

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

ReadTile = Callable[[int, int, int], bytes]
"""``read_tile(level, index, width)`` gives at least ``width`` hashes of that tile, one after the other."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile as it now stands: full with 256 hashes and then final, or partial with fewer."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_SIZE

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH


class TileError(ValueError):
    """A stored tile holds fewer hashes than a tree of the size asked for must have."""

    def __init__(self, level: int, index: int, width: int, found: int) -> None:
        super().__init__(f"tile {index} of level {level} has {found} bytes, not the {width} hashes needed")
        self.level = level
        self.index = index
        self.width = width


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes that tile has in a tree of ``size`` leaves; 0 if there is no such tile yet."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - TILE_WIDTH * index))


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where C2SP tlog-tiles serves a tile: ``tile/0/x001/x234/067``, with ``.p/5`` while it is partial."""
    if level < 0 or index < 0 or not 0 < width <= TILE_WIDTH:
        raise ValueError(f"there is no tile {index} of level {level} with {width} hashes")
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


def frontier_at(size: int, read_tile: ReadTile) -> Frontier:
    """The right edge of the first ``size`` leaves, from at most one partial tile a level."""
    if size < 0:
        raise ValueError(f"no tree has {size} leaves")
    edge: list[bytes] = []
    for level in reversed(range(_levels(size))):
        index, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
        if width:
            begun = Frontier()
            begun.extend(_split_hashes(_read(read_tile, level, index, width)))
            edge += begun.hashes
    return Frontier(size, edge)


def root(size: int, read_tile: ReadTile) -> bytes:
    """MTH(D[size]) for the size now or any before it; RFC 6962 section 2.1."""
    return frontier_at(size, read_tile).root()


def extend(size: int, read_tile: ReadTile, leaves: Sequence[bytes]) -> list[Tile]:
    """The tiles that change, as they then stand, when ``leaves`` (leaf hashes) join a tree of ``size``.

    Who keeps the edge at hand calls ``grow``, which reads less and moves the edge along.
    """
    read_tile = cache(read_tile)
    return grow(frontier_at(size, read_tile), read_tile, leaves)


def grow(frontier: Frontier, read_tile: ReadTile, leaves: Sequence[bytes]) -> list[Tile]:
    """``extend`` with the edge known: adds ``leaves`` to ``frontier`` and returns the tiles that change.

    About one node hash a leaf in all, root included. The frontier has not moved if reading a tile fails.
    """
    old, new = frontier.size, frontier.size + len(leaves)
    begun: list[bytes] = []
    for level in range(_levels(new)):
        index, width = divmod(old >> TILE_HEIGHT * level, TILE_WIDTH)
        changes = new >> TILE_HEIGHT * level > old >> TILE_HEIGHT * level
        begun.append(_read(read_tile, level, index, width) if width and changes else b"")
    changed: list[Tile] = []
    for level, nodes in enumerate(frontier.extend(leaves)[::TILE_HEIGHT]):
        hashes = begun[level] + b"".join(nodes)
        first = (old >> TILE_HEIGHT * level) // TILE_WIDTH
        changed += _cut(level, first, hashes)
    return changed


class TiledTree:
    """A tree at one size, past or present, for several proofs of it: recent tiles are hashed only once."""

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        if size < 0:
            raise ValueError(f"no tree has {size} leaves")
        self.size = size
        self._read_tile = read_tile
        self._rows = lru_cache(maxsize=64)(self._hash_tile)

    def root(self) -> bytes:
        """MTH(D[size]), RFC 6962 section 2.1."""
        return self._span_root((0, self.size))

    def inclusion_proof(self, index: int) -> list[bytes]:
        """PATH(index, D[size]), the leaf counted from 0; RFC 6962 section 2.1.1."""
        return [self._span_root(span) for span in inclusion_spans(index, self.size)]

    def consistency_proof(self, old: int) -> list[bytes]:
        """PROOF(old, D[size]), RFC 6962 section 2.1.2; empty from 0 and from the same size."""
        return [self._span_root(span) for span in consistency_spans(old, self.size)]

    def _span_root(self, span: Span) -> bytes:
        low, high = span
        subtrees: list[bytes] = []
        while low < high:
            height = (high - low).bit_length() - 1
            subtrees.append(self._subtree(height, low >> height))
            low += 1 << height
        return fold(subtrees)

    def _subtree(self, height: int, index: int) -> bytes:
        """Root of the complete subtree ``index`` among those of 2**height leaves."""
        level, above = divmod(height, TILE_HEIGHT)
        tile, position = divmod(index, TILE_WIDTH >> above)
        return self._rows(level, tile)[above][position]

    def _hash_tile(self, level: int, index: int) -> list[list[bytes]]:
        """The hashes of a tile, and above them each row of nodes that is within it."""
        hashes = _read(self._read_tile, level, index, tile_width(level, index, self.size))
        rows = [_split_hashes(hashes)]
        while len(rows) < TILE_HEIGHT:
            rows.append(pair_up(rows[-1]))
        return rows


def inclusion_proof(index: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """PATH(index, D[size]), the leaf counted from 0; RFC 6962 section 2.1.1."""
    return TiledTree(size, read_tile).inclusion_proof(index)


def consistency_proof(old: int, new: int, read_tile: ReadTile) -> list[bytes]:
    """PROOF(old, D[new]), RFC 6962 section 2.1.2; empty from 0 and between equal sizes."""
    return TiledTree(new, read_tile).consistency_proof(old)


def _read(read_tile: ReadTile, level: int, index: int, width: int) -> bytes:
    """Exactly ``width`` hashes: what has been stored may have grown past the size asked for."""
    hashes = read_tile(level, index, width)
    if len(hashes) < width * HASH_SIZE or len(hashes) % HASH_SIZE:
        raise TileError(level, index, width, len(hashes))
    return hashes[: width * HASH_SIZE]


def _cut(level: int, first: int, hashes: bytes) -> list[Tile]:
    step = TILE_WIDTH * HASH_SIZE
    pieces = [hashes[at : at + step] for at in range(0, len(hashes), step)]
    return [Tile(level, index, piece) for index, piece in enumerate(pieces, first)]


def _split_hashes(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _levels(size: int) -> int:
    return -(-size.bit_length() // TILE_HEIGHT)
