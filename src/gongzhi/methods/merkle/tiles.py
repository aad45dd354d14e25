"""The tree as tiles of 256 hashes (C2SP tlog-tiles), read through a callback.

The hash at position p of level L, in tile ``p // 256``, is the root of the complete subtree of 256**L leaves
that starts at leaf ``p * 256**L``; level 0 holds leaf hashes. Levels in between are hashed again when needed,
so a proof reads a few tiles a level and a database keeps about one row for 255 leaves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    read_tile = _read_once(read_tile)
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


def inclusion_proof(index: int, size: int, read_tile: ReadTile) -> list[bytes]:
    """PATH(index, D[size]), the leaf counted from 0; RFC 6962 section 2.1.1."""
    return _roots(inclusion_spans(index, size), size, read_tile)


def consistency_proof(old: int, new: int, read_tile: ReadTile) -> list[bytes]:
    """PROOF(old, D[new]), RFC 6962 section 2.1.2; empty from 0 and between equal sizes."""
    return _roots(consistency_spans(old, new), new, read_tile)


def _roots(spans: list[Span], size: int, read_tile: ReadTile) -> list[bytes]:
    read_tile = _read_once(read_tile)
    return [_span_root(low, high, size, read_tile) for low, high in spans]


def _span_root(low: int, high: int, size: int, read_tile: ReadTile) -> bytes:
    """Root of the leaves low..high-1, where low is a multiple of the largest power of two within."""
    subtrees: list[bytes] = []
    while low < high:
        height = (high - low).bit_length() - 1
        subtrees.append(_subtree(height, low >> height, size, read_tile))
        low += 1 << height
    return fold(subtrees)


def _subtree(height: int, index: int, size: int, read_tile: ReadTile) -> bytes:
    """Root of the complete subtree ``index`` among those of 2**height leaves."""
    level, above = divmod(height, TILE_HEIGHT)
    tile, position = divmod(index << above, TILE_WIDTH)
    hashes = _read(read_tile, level, tile, tile_width(level, tile, size))
    row = _split_hashes(hashes[position * HASH_SIZE : (position + (1 << above)) * HASH_SIZE])
    while len(row) > 1:
        row = pair_up(row)
    return row[0]


def _read(read_tile: ReadTile, level: int, index: int, width: int) -> bytes:
    """Exactly ``width`` hashes: what has been stored may have grown past the size asked for."""
    hashes = read_tile(level, index, width)
    if len(hashes) < width * HASH_SIZE or len(hashes) % HASH_SIZE:
        raise TileError(level, index, width, len(hashes))
    return hashes[: width * HASH_SIZE]


def _read_once(read_tile: ReadTile) -> ReadTile:
    known: dict[tuple[int, int, int], bytes] = {}

    def read(level: int, index: int, width: int) -> bytes:
        asked = level, index, width
        if asked not in known:
            known[asked] = read_tile(level, index, width)
        return known[asked]

    return read


def _cut(level: int, first: int, hashes: bytes) -> list[Tile]:
    step = TILE_WIDTH * HASH_SIZE
    pieces = [hashes[at : at + step] for at in range(0, len(hashes), step)]
    return [Tile(level, index, piece) for index, piece in enumerate(pieces, first)]


def _split_hashes(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _levels(size: int) -> int:
    return -(-size.bit_length() // TILE_HEIGHT)
