"""Known roots, the text of RFC 6962 as an oracle, and every kind of damage."""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.methods import merkle
from gongzhi.methods.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tile,
    TileError,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The inputs of the certificate-transparency reference code, and the root after each.
KNOWN_ROOTS = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]
SMALL = 64
LARGE = 70_000
EDGES = [1, 2, 255, 256, 257, 511, 512, 513, 40_000, 65_535, 65_536, 65_537, 65_791, 65_792, 65_793, LARGE]


class Oracle:
    """MTH, PATH and PROOF as RFC 6962 writes them, over ranges of the leaves instead of copies of them."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.leaves = [sha256(b"\0" + entry).digest() for entry in entries]
        self.span = cache(self._span)

    def _span(self, low: int, high: int) -> bytes:
        if high == low:
            return sha256().digest()
        if high - low == 1:
            return self.leaves[low]
        middle = low + split(high - low)
        return sha256(b"\1" + self.span(low, middle) + self.span(middle, high)).digest()

    def root(self, size: int) -> bytes:
        return self.span(0, size)

    def path(self, m: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        k = split(high - low)
        if m < k:
            return [*self.path(m, low, low + k), self.span(low + k, high)]
        return [*self.path(m - k, low + k, high), self.span(low, low + k)]

    def subproof(self, m: int, low: int, high: int, is_old_root: bool) -> list[bytes]:
        if m == high - low:
            return [] if is_old_root else [self.span(low, high)]
        k = split(high - low)
        if m <= k:
            return [*self.subproof(m, low, low + k, is_old_root), self.span(low + k, high)]
        return [*self.subproof(m - k, low + k, high, False), self.span(low, low + k)]


class Shelf:
    """Tiles kept in memory, as a table would keep them: one row for each, the latest width wins."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.asked: list[tuple[int, int, int]] = []

    def put(self, tiles: list[Tile]) -> None:
        for tile in tiles:
            before = self.tiles.get((tile.level, tile.index), b"")
            assert tile.hashes.startswith(before) and tile.hashes != before
            self.tiles[tile.level, tile.index] = tile.hashes

    def read(self, level: int, index: int, width: int) -> bytes:
        self.asked.append((level, index, width))
        return self.tiles.get((level, index), b"")


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def shelf_of(leaves: Sequence[bytes], batch: int) -> Shelf:
    shelf = Shelf()
    for size in range(0, len(leaves), batch):
        shelf.put(merkle.extend(size, shelf.read, leaves[size : size + batch]))
    return shelf


@pytest.fixture(scope="module")
def small() -> Oracle:
    return Oracle([b"entry %d" % n for n in range(SMALL + 1)])


@pytest.fixture(scope="module")
def small_shelf(small: Oracle) -> Shelf:
    return shelf_of(small.leaves, 7)


@pytest.fixture(scope="module")
def large() -> Oracle:
    return Oracle([b"entry %d" % n for n in range(LARGE)])


@pytest.fixture(scope="module")
def large_shelf(large: Oracle) -> Shelf:
    return shelf_of(large.leaves, 10_000)


# --- roots ---------------------------------------------------------------------------------------


def test_known_roots() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT == sha256(b"").digest()
    for entry, root in KNOWN_ROOTS:
        frontier.append(leaf_hash(bytes.fromhex(entry)))
        assert frontier.root().hex() == root


def test_a_doubled_last_node_is_another_tree() -> None:
    a, b, c = (leaf_hash(entry) for entry in (b"a", b"b", b"c"))
    frontier = Frontier()
    frontier.extend([a, b, c])
    assert frontier.root() == node_hash(node_hash(a, b), c)
    assert frontier.root() != node_hash(node_hash(a, b), node_hash(c, c))


def test_a_leaf_is_never_taken_for_a_node() -> None:
    a, b = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(a + b) != node_hash(a, b)


def test_extending_tells_every_complete_subtree_it_finished(small: Oracle) -> None:
    frontier = Frontier()
    frontier.extend(small.leaves[:5])
    finished = frontier.extend(small.leaves[5:16])
    assert [len(level) for level in finished] == [11, 6, 3, 2, 1]
    for level, nodes in enumerate(finished):
        first = 5 >> level
        for n, node in enumerate(nodes, first):
            assert node == small.span(n << level, n + 1 << level)


@given(st.lists(st.integers(0, 40), max_size=12), st.booleans())
def test_any_batches_resumed_anywhere_give_the_same_tree(batches: list[int], one_by_one: bool) -> None:
    oracle = Oracle([b"%d" % n for n in range(sum(batches))])
    frontier, size = Frontier(), 0
    for batch in batches:
        leaves = oracle.leaves[size : size + batch]
        frontier = Frontier(frontier.size, frontier.hashes)
        if one_by_one:
            for leaf in leaves:
                frontier.append(leaf)
        else:
            frontier.extend(leaves)
        size += batch
        assert frontier.size == size
        assert frontier.root() == oracle.root(size)


def test_a_copied_frontier_goes_its_own_way(small: Oracle) -> None:
    first = Frontier()
    first.extend(small.leaves[:6])
    second = first.copy()
    assert first == second
    second.append(small.leaves[6])
    assert first != second and first.root() == small.root(6) and second.root() == small.root(7)
    assert first != "another thing" and small.root(6).hex() in repr(first)


def test_a_frontier_takes_leaves_from_any_iterable(small: Oracle) -> None:
    frontier = Frontier()
    frontier.extend(leaf for leaf in small.leaves[:9])
    assert frontier.root() == small.root(9)


@pytest.mark.parametrize("size, count", [(3, 1), (0, 1), (4, 0), (-1, 0), (5, 3)])
def test_an_edge_that_does_not_belong_to_the_size_is_refused(size: int, count: int) -> None:
    with pytest.raises(ValueError, match=f"a tree of {size} leaves"):
        Frontier(size, [bytes(32)] * count)


@pytest.mark.parametrize("bad", [b"", bytes(31), bytes(33)])
def test_what_is_not_a_hash_is_refused_and_changes_nothing(bad: bytes, small: Oracle) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, [bad])
    frontier = Frontier()
    frontier.extend(small.leaves[:3])
    with pytest.raises(ValueError, match="32 bytes"):
        frontier.extend([small.leaves[3], bad])
    assert (frontier.size, frontier.root()) == (3, small.root(3))


# --- proofs --------------------------------------------------------------------------------------


def test_every_root_and_proof_up_to_64_is_that_of_the_rfc(small: Oracle, small_shelf: Shelf) -> None:
    read = small_shelf.read
    for new in range(SMALL + 1):
        assert merkle.root(new, read) == small.root(new)
        assert merkle.consistency_proof(0, new, read) == []
        for old in range(new):
            assert merkle.inclusion_proof(old, new, read) == small.path(old, 0, new)
        for old in range(1, new + 1):
            assert merkle.consistency_proof(old, new, read) == small.subproof(old, 0, new, True)


def test_every_inclusion_proof_up_to_64_holds_and_no_damaged_one(small: Oracle) -> None:
    for size in range(1, SMALL + 1):
        root = small.root(size)
        for index in range(size):
            path, leaf = small.path(index, 0, size), small.leaves[index]
            assert verify_inclusion(leaf, index, size, path, root)
            assert not verify_inclusion(leaf_hash(b"other"), index, size, path, root)
            assert not verify_inclusion(leaf[:31], index, size, path, root)
            assert not verify_inclusion(leaf, index, size, path, root + b"\0")
            assert not verify_inclusion(leaf, index, size, path, small.root(size + 1))
            for wrong in {index ^ 1, index + 1, index - 1, size - 1 - index, index + size} - {index}:
                assert not verify_inclusion(leaf, wrong, size, path, root)
            for bad in damaged(path):
                assert not verify_inclusion(leaf, index, size, bad, root)


def test_every_consistency_proof_up_to_64_holds_and_no_damaged_one(small: Oracle) -> None:
    for new in range(1, SMALL + 1):
        for old in range(1, new + 1):
            path, before, after = small.subproof(old, 0, new, True), small.root(old), small.root(new)
            assert verify_consistency(old, new, before, after, path)
            assert not verify_consistency(old, new, leaf_hash(b"?"), after, path)
            assert not verify_consistency(old, new, before, leaf_hash(b"?"), path)
            assert not verify_consistency(old, new, before[:31], after, path)
            for bad in damaged(path):
                assert not verify_consistency(old, new, before, after, bad)
            if old < new:
                assert not verify_consistency(old, new, after, before, path)
                assert not verify_consistency(new, old, after, before, path)
                assert not verify_consistency(old - 1, new, before, after, path)
                assert not verify_consistency(old + 1, new, before, after, path)


def test_a_proof_for_one_size_is_none_for_the_tree_of_another(small: Oracle) -> None:
    for size in range(1, SMALL + 1):
        for index in range(size):
            path = small.path(index, 0, size)
            growth = small.subproof(index + 1, 0, size, True)
            for other in {size - 2, size - 1, size + 1, 2 * split(size + 1), SMALL} - {size}:
                if index < other <= SMALL:
                    root = small.root(other)
                    assert not verify_inclusion(small.leaves[index], index, other, path, root)
                    assert not verify_consistency(index + 1, other, small.root(index + 1), root, growth)


def test_bytes_moved_from_one_hash_to_the_next_are_refused(small: Oracle) -> None:
    """Left and right are hashed as one string, so only their lengths tell where one ends."""
    leaf, sibling, root = small.leaves[0], small.leaves[1], small.root(2)
    assert verify_inclusion(leaf, 0, 2, [sibling], root)
    assert not verify_inclusion(leaf + sibling[:1], 0, 2, [sibling[1:]], root)
    assert not verify_inclusion(leaf[:-1], 0, 2, [leaf[-1:] + sibling], root)


def test_equal_strings_that_are_no_hashes_prove_nothing() -> None:
    assert not verify_inclusion(b"", 0, 1, [], b"")
    assert not verify_consistency(1, 1, bytes(31), bytes(31), [])


@given(st.data())
def test_random_paths_prove_nothing(data: st.DataObject) -> None:
    hashes = st.binary(min_size=32, max_size=32)
    size = data.draw(st.integers(2, 1 << 40))
    path = data.draw(st.lists(hashes, max_size=45))
    leaf, root = data.draw(hashes), data.draw(hashes)
    index = data.draw(st.integers(-2, size + 2))
    if leaf != root:
        assert not verify_inclusion(leaf, index, size, path, root)
        assert not verify_consistency(index, size, leaf, root, path)


@pytest.mark.parametrize("index, size", [(-1, 8), (8, 8), (9, 8), (0, 0), (3, -4), (0, -1)])
def test_places_that_cannot_be_are_refused(index: int, size: int, small: Oracle) -> None:
    assert not verify_inclusion(small.leaves[0], index, size, [], small.leaves[0])
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_spans(index, size)


@pytest.mark.parametrize("old, new", [(5, 4), (-1, 4), (-2, -1), (1, 0)])
def test_growth_that_cannot_be_is_refused(old: int, new: int, small: Oracle) -> None:
    assert not verify_consistency(old, new, small.root(4), small.root(4), [])
    with pytest.raises(ValueError, match="does not grow"):
        merkle.consistency_spans(old, new)


def test_growth_from_the_empty_tree_is_no_evidence(small: Oracle) -> None:
    assert not verify_consistency(0, 4, EMPTY_ROOT, small.root(4), [])
    assert not verify_consistency(0, 4, small.root(4), small.root(4), [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])


def test_equal_sizes_need_equal_roots_and_no_proof(small: Oracle) -> None:
    assert verify_consistency(4, 4, small.root(4), small.root(4), [])
    assert not verify_consistency(4, 4, small.root(4), small.root(5), [])
    assert not verify_consistency(4, 4, small.root(4), small.root(4), [small.root(4)])


def damaged(path: list[bytes]) -> Iterator[list[bytes]]:
    yield [*path, bytes(32)]
    yield [bytes(32), *path]
    for n, node in enumerate(path):
        before, after = path[:n], path[n + 1 :]
        yield before + after
        yield [*before, node, node, *after]
        yield [*before, bytes([node[0] ^ 1]) + node[1:], *after]
        yield [*before, node[:31] + bytes([node[31] ^ 0x80]), *after]
        yield [*before, node[:31], *after]
        yield [*before, node + b"\0", *after]
        yield [*before, b"", *after]
    if len(path) > 1:
        yield path[::-1]
        yield path[1:] + path[:1]


# --- tiles ---------------------------------------------------------------------------------------


def test_a_tile_holds_the_roots_of_complete_subtrees(large: Oracle, large_shelf: Shelf) -> None:
    """70,000 leaves are the example of C2SP tlog-tiles: 273 + 1, 1 + 1 and 1 tiles."""
    widths = {key: len(hashes) // 32 for key, hashes in large_shelf.tiles.items()}
    assert {key for key, width in widths.items() if width == 256} == {(0, n) for n in range(273)} | {(1, 0)}
    partial = {key: width for key, width in widths.items() if width < 256}
    assert partial == {(0, 273): 112, (1, 1): 17, (2, 0): 1}
    for (level, index), hashes in large_shelf.tiles.items():
        step = 256**level
        for n in {0, 1, widths[level, index] - 1} & set(range(widths[level, index])):
            first = (index * 256 + n) * step
            assert hashes[n * 32 : n * 32 + 32] == large.span(first, first + step)


@pytest.mark.parametrize("size", EDGES)
def test_roots_and_edges_from_tiles_at_past_sizes(size: int, large: Oracle, large_shelf: Shelf) -> None:
    assert merkle.root(size, large_shelf.read) == large.root(size)
    frontier = Frontier()
    frontier.extend(large.leaves[:size])
    assert merkle.frontier_at(size, large_shelf.read) == frontier


@pytest.mark.parametrize("size", EDGES)
def test_inclusion_from_tiles_across_their_borders(size: int, large: Oracle, large_shelf: Shelf) -> None:
    for index in {0, 1, 254, 255, 256, 257, size // 3, size // 2, 65_535, 65_536, size - 2, size - 1}:
        if 0 <= index < size:
            proof = merkle.inclusion_proof(index, size, large_shelf.read)
            assert proof == large.path(index, 0, size)
            assert verify_inclusion(large.leaves[index], index, size, proof, large.root(size))


@pytest.mark.parametrize("new", EDGES)
def test_consistency_from_tiles_across_their_borders(new: int, large: Oracle, large_shelf: Shelf) -> None:
    for old in [size for size in [*EDGES, 3, 100, 60_000] if size <= new]:
        proof = merkle.consistency_proof(old, new, large_shelf.read)
        assert proof == large.subproof(old, 0, new, True)
        assert verify_consistency(old, new, large.root(old), large.root(new), proof)


def test_a_proof_reads_a_few_tiles_a_level_and_none_twice(large_shelf: Shelf) -> None:
    for size in EDGES:
        for index in {0, size // 2, size - 1}:
            large_shelf.asked.clear()
            merkle.inclusion_proof(index, size, large_shelf.read)
            merkle_reads = list(large_shelf.asked)
            assert len(merkle_reads) == len(set(merkle_reads)) <= 2 * 3
            large_shelf.asked.clear()
            merkle.consistency_proof(index + 1, size, large_shelf.read)
            assert len(large_shelf.asked) == len(set(large_shelf.asked)) <= 2 * 3


def test_many_proofs_of_one_size_read_each_tile_once(large: Oracle, large_shelf: Shelf) -> None:
    tree = merkle.TiledTree(LARGE, large_shelf.read)
    large_shelf.asked.clear()
    assert tree.root() == large.root(LARGE)
    for index in range(69_000, 69_512, 7):
        assert tree.inclusion_proof(index) == large.path(index, 0, LARGE)
        assert tree.consistency_proof(index) == large.subproof(index, 0, LARGE, True)
    assert len(large_shelf.asked) == len(set(large_shelf.asked)) < 10


def test_no_tree_has_fewer_leaves_than_none(small_shelf: Shelf) -> None:
    assert merkle.root(0, small_shelf.read) == merkle.TiledTree(0, small_shelf.read).root() == EMPTY_ROOT
    with pytest.raises(ValueError, match="no tree has -1"):
        merkle.root(-1, small_shelf.read)
    with pytest.raises(ValueError, match="no tree has -1"):
        merkle.TiledTree(-1, small_shelf.read)


def test_only_tiles_of_the_size_asked_for_are_read(large_shelf: Shelf) -> None:
    for size in EDGES:
        large_shelf.asked.clear()
        merkle.root(size, large_shelf.read)
        merkle.inclusion_proof(size // 2, size, large_shelf.read)
        for level, index, width in large_shelf.asked:
            assert width == merkle.tile_width(level, index, size) > 0


@given(st.lists(st.integers(0, 600), max_size=6))
def test_any_batches_make_the_same_tiles(batches: list[int]) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(sum(batches))]
    shelf, frontier = Shelf(), Frontier()
    for batch in batches:
        size = frontier.size
        added = leaves[size : size + batch]
        tiles = merkle.extend(size, shelf.read, added)
        assert merkle.grow(frontier, shelf.read, added) == tiles
        shelf.put(tiles)
        assert merkle.frontier_at(frontier.size, shelf.read) == frontier
    at_once = Shelf()
    at_once.put(merkle.extend(0, at_once.read, leaves))
    assert shelf.tiles == at_once.tiles


def test_extending_reads_only_the_partial_tiles_it_continues(large: Oracle, large_shelf: Shelf) -> None:
    frontier = merkle.frontier_at(300, large_shelf.read)
    large_shelf.asked.clear()
    tiles = merkle.grow(frontier, large_shelf.read, large.leaves[300:310])
    assert large_shelf.asked == [(0, 1, 44)]
    assert [(tile.level, tile.index, tile.width, tile.is_full) for tile in tiles] == [(0, 1, 54, False)]
    large_shelf.asked.clear()
    tiles = merkle.grow(frontier, large_shelf.read, large.leaves[310:512])
    assert large_shelf.asked == [(0, 1, 54), (1, 0, 1)]
    assert [(tile.level, tile.index, tile.width) for tile in tiles] == [(0, 1, 256), (1, 0, 2)]
    large_shelf.asked.clear()
    assert merkle.grow(frontier, large_shelf.read, []) == []
    assert large_shelf.asked == []


def test_extending_without_the_edge_reads_no_tile_twice(large: Oracle, large_shelf: Shelf) -> None:
    large_shelf.asked.clear()
    merkle.extend(66_000, large_shelf.read, large.leaves[66_000:67_000])
    assert sorted(large_shelf.asked) == [(0, 257, 208), (1, 1, 1), (2, 0, 1)]


def test_a_missing_or_short_tile_is_named_and_nothing_moves(large: Oracle) -> None:
    frontier = Frontier()
    frontier.extend(large.leaves[:300])

    def too_short(level: int, index: int, width: int) -> bytes:
        return bytes(32 * (width - 1))

    with pytest.raises(TileError, match="tile 1 of level 0 has 1376 bytes, not the 44 hashes") as error:
        merkle.grow(frontier, too_short, large.leaves[300:310])
    assert (error.value.level, error.value.index, error.value.width) == (0, 1, 44)
    assert (frontier.size, frontier.root()) == (300, large.root(300))
    with pytest.raises(TileError):
        merkle.root(300, too_short)
    with pytest.raises(TileError):
        merkle.inclusion_proof(299, 300, lambda level, index, width: b"")
    with pytest.raises(TileError):
        merkle.consistency_proof(44, 300, lambda level, index, width: bytes(32 * width + 1))


def test_a_changed_tile_changes_the_root_it_stands_under(large: Oracle, large_shelf: Shelf) -> None:
    def read(level: int, index: int, width: int) -> bytes:
        hashes = large_shelf.read(level, index, width)
        return bytes([hashes[0] ^ 1]) + hashes[1:] if (level, index) == (1, 1) else hashes

    assert merkle.root(LARGE, read) != large.root(LARGE)
    assert merkle.root(65_536, read) == large.root(65_536)


@pytest.mark.parametrize(
    "level, index, size, width",
    [(0, 0, 0, 0), (0, 0, 5, 5), (0, 0, 256, 256), (0, 1, 256, 0), (1, 0, 256, 1), (0, 273, 70_000, 112)],
)
def test_widths_of_tiles(level: int, index: int, size: int, width: int) -> None:
    assert merkle.tile_width(level, index, size) == width


def test_paths_of_tiles_are_those_of_the_specification() -> None:
    assert merkle.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert merkle.tile_path(1, 0) == "tile/1/000"
    assert merkle.tile_path(0, 273, 112) == "tile/0/273.p/112"
    assert merkle.tile_path(2, 1000, 1) == "tile/2/x001/000.p/1"
    for level, index, width in [(-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]:
        with pytest.raises(ValueError, match="there is no tile"):
            merkle.tile_path(level, index, width)


# --- another implementation ----------------------------------------------------------------------


def test_pymerkle_agrees_on_every_size_up_to_64(small: Oracle, small_shelf: Shelf) -> None:
    """GPL, so an oracle where somebody has it and never a dependency. Its indices begin at 1."""
    pymerkle = pytest.importorskip("pymerkle")
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for n in range(SMALL):
        other.append_entry(b"entry %d" % n)
    for new in range(1, SMALL + 1):
        assert other.get_root(new) == merkle.root(new, small_shelf.read)
        for old in range(1, new + 1):
            ours = merkle.inclusion_proof(old - 1, new, small_shelf.read)
            theirs = other.prove_inclusion(old, new).serialize()["path"]
            assert [bytes.fromhex(node) for node in theirs[1:]] == ours
            pymerkle.verify_consistency(
                merkle.root(old, small_shelf.read),
                merkle.root(new, small_shelf.read),
                other.prove_consistency(old, new),
            )
