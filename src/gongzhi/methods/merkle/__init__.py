"""The Merkle tree of RFC 6962 section 2.1 over SHA-256, stored as C2SP tlog-tiles.

``Frontier`` appends and knows the root from the right edge alone. ``grow`` and ``extend`` do the same and
say which tiles change; ``root``, ``inclusion_proof`` and ``consistency_proof`` answer for any past size from
tiles. ``verify_inclusion`` and ``verify_consistency`` need nothing but hashes and numbers, and refuse
whatever does not fit exactly.
"""

from .proofs import consistency_spans, inclusion_spans, verify_consistency, verify_inclusion
from .tiles import (
    TILE_WIDTH,
    ReadTile,
    Tile,
    TiledTree,
    TileError,
    consistency_proof,
    extend,
    frontier_at,
    grow,
    inclusion_proof,
    root,
    tile_path,
    tile_width,
)
from .tree import EMPTY_ROOT, HASH_SIZE, Frontier, fold, leaf_hash, node_hash, pair_up

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "TILE_WIDTH",
    "Frontier",
    "ReadTile",
    "Tile",
    "TileError",
    "TiledTree",
    "consistency_proof",
    "consistency_spans",
    "extend",
    "fold",
    "frontier_at",
    "grow",
    "inclusion_proof",
    "inclusion_spans",
    "leaf_hash",
    "node_hash",
    "pair_up",
    "root",
    "tile_path",
    "tile_width",
    "verify_consistency",
    "verify_inclusion",
]
