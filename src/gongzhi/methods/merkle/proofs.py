"""What a proof consists of, and how one is checked (RFC 6962 sections 2.1.1 and 2.1.2).

A verifier answers True only if every number, length and hash fits; for anything else it answers False. It
never raises for a bad proof and never guesses.
"""

from collections.abc import Sequence

from .tree import HASH_SIZE, node_hash

Span = tuple[int, int]
"""The leaves from the first number up to, not including, the second."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose roots are PATH(index, D[size]), from the leaf upwards; RFC 6962 section 2.1.1."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}; they are counted from 0")
    low, high = 0, size
    spans: list[Span] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The subtrees whose roots are PROOF(old, D[new]); RFC 6962 section 2.1.2.

    None for equal sizes, and none from the empty tree, which every tree extends.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree does not grow from {old} leaves to {new}")
    if old in (0, new):
        return []
    low, high = 0, new
    spans: list[Span] = []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    if low > 0:  # else the old root itself, which the verifier holds already
        spans.append((low, high))
    return spans[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf hash stands at ``index``, counted from 0, in the tree of that size and root."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    node, at, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1:  # a lone right edge is carried up without a sibling
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of ``new`` leaves with ``new_root`` begins with the tree of ``old`` leaves.

    Growth from the empty tree is refused: every tree follows from it, so such a proof would say nothing about
    ``new_root``. A caller who has seen nothing yet must say so, not pass 0.
    """
    if not 0 <= old <= new or not _are_hashes(old_root, new_root, *path):
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return False
    # A complete old tree is itself the first node of the proof, and is left out of it.
    nodes = [old_root, *path] if old.bit_count() == 1 else list(path)
    if not nodes:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(width: int) -> int:
    """The largest power of two smaller than ``width``, for a width above 1."""
    return 1 << (width - 1).bit_length() - 1


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(item) == HASH_SIZE for item in hashes)
