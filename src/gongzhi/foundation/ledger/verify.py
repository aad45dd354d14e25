"""Verification: everything that is stored, computed again, and whatever does not fit named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection

from gongzhi.foundation.ledger import keys, notes, published, statements
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.leaves import Leaves, named
from gongzhi.foundation.ledger.models import Checkpoint
from gongzhi.foundation.ledger.reading import leaf_sql
from gongzhi.methods import merkle

_MOST_FAULTS = 50
_FIRST_OF_TILE = 5
_TAIL_AGE = timedelta(minutes=1)


@dataclass
class Report:
    """What verification found: ``faults`` name what does not fit; none means that all fits."""

    entries: int = 0
    checkpoints: int = 0
    erased: int = 0
    waiting: int = 0
    size: int = 0
    root: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return not self.faults

    def fault(self, text: str) -> None:
        """Name something that does not fit; a flood of them is cut."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(text)


def verify(against: str | None = None) -> Report:
    """Check entries, private texts, order, tree and checkpoints of this node's database.

    ``against`` is the text of a checkpoint kept elsewhere: whoever holds the key can rewrite all that
    is here, but not that.
    """
    report, trusted, said = Report(), keys.verifiers(), None
    try:  # before the rest is read: what is published later may not be in what is read
        said = published.last()
    except notes.NoteError as error:
        report.fault(f"not what was published: {error}")
    outside = _outside(against, trusted, report) if against is not None else None
    with statements.snapshot():
        _check(report, trusted, said, outside)
    return report


def _check(
    report: Report,
    trusted: list[notes.VerifierKey],
    said: notes.Checkpoint | None,
    outside: notes.Checkpoint | None,
) -> None:
    checkpoints = list(Checkpoint.objects.order_by("size"))
    for kept in checkpoints:
        _check_signature(kept, trusted, report)
    _check_tree(checkpoints, {outside.size: outside.root} if outside is not None else {}, report)
    _check_erasures(report)
    _check_tail(report)
    head = checkpoints[-1] if checkpoints else None
    report.checkpoints = len(checkpoints)
    signed = head.size if head else 0
    if signed != report.size:
        report.fault(f"the newest checkpoint is of size {signed}, but {report.size} entries stand in order")
    try:
        published.continues(head, said)
    except published.Disagrees as error:
        report.fault(f"not what was published: {error}")
    if outside is not None and outside.size > report.size:
        report.fault(f"truncated: the given checkpoint has {outside.size} entries, the ledger {report.size}")


def _outside(text: str, trusted: list[notes.VerifierKey], report: Report) -> notes.Checkpoint | None:
    try:
        return notes.open_checkpoint(text, trusted).checkpoint
    except notes.NoteError as error:
        report.fault(f"the given checkpoint is not signed by this ledger: {error}")
        return None


def _check_signature(kept: Checkpoint, trusted: list[notes.VerifierKey], report: Report) -> None:
    try:
        said = notes.open_checkpoint(kept.note, trusted).checkpoint
    except notes.NoteError as error:
        report.fault(f"checkpoint {kept.size}: {error}")
        return
    if (said.size, said.root) != (kept.size, bytes(kept.root)):
        report.fault(f"checkpoint {kept.size}: its row says otherwise than its signed text")


def _check_tree(checkpoints: list[Checkpoint], wanted: dict[int, bytes], report: Report) -> None:
    """Rebuild the tree from the entries; compare every tile and the root at every checkpoint."""
    tree = _Rebuilt(report)
    stops = sorted({*(c.size for c in checkpoints), *wanted})
    stored = {c.size: c for c in checkpoints}
    for hashes in _leaf_hashes(report, stops):
        tree.grow(hashes)
        if kept := stored.get(tree.size):
            _check_head(kept, tree, report)
        if tree.size in wanted and wanted[tree.size] != tree.root():
            report.fault(f"rewritten: the root at size {tree.size} is not that of the given checkpoint")
    tree.compare_tiles()
    report.size, report.root = tree.size, tree.root().hex()
    for size in stored:
        if size > tree.size:
            report.fault(f"checkpoint {size}: the ledger has only {tree.size} entries in order")


def _check_head(kept: Checkpoint, tree: _Rebuilt, report: Report) -> None:
    if bytes(kept.root) != tree.root():
        report.fault(f"checkpoint {kept.size}: its root is not that of the entries")
    if bytes(kept.edge) != tree.edge():
        report.fault(f"checkpoint {kept.size}: its edge is not that of the entries")


def _leaf_hashes(report: Report, stops: list[int]) -> Iterator[list[bytes]]:
    """The leaf hashes in order, in pieces that end at each of the stops."""
    size, due = 0, iter(stops)
    stop = next(due, None)
    leaves = Leaves(report.fault)
    for digests in leaves.hashes():
        begin = 0
        while stop is not None and stop <= size + len(digests):
            if stop > size + begin:
                yield digests[begin : stop - size]
                begin = stop - size
            stop = next(due, None)
        size += len(digests)
        if begin < len(digests):
            yield digests[begin:]
    report.entries = leaves.entries


class _Rebuilt:
    """The tree as the entries make it, compared with what is stored."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._frontier = merkle.Frontier()
        self._partial: dict[tuple[int, int], bytes] = {}
        self._full: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        return self._frontier.size

    def grow(self, hashes: list[bytes]) -> None:
        read = self._partial
        for tile in merkle.grow(self._frontier, lambda level, index, width: read[level, index], hashes):
            key = (tile.level, tile.index)
            if tile.is_full:
                self._full[key] = sha256(tile.hashes).digest()
                read.pop(key, None)
            else:
                read[key] = tile.hashes

    def root(self) -> bytes:
        return self._frontier.root()

    def edge(self) -> bytes:
        return b"".join(self._frontier.hashes)

    def compare_tiles(self) -> None:
        """Compare every stored tile, and miss none."""
        expected = {**self._full, **{key: sha256(h).digest() for key, h in self._partial.items()}}
        with connection.cursor() as cursor:
            cursor.execute("SELECT level, number, hashes FROM ledger_tile ORDER BY level, number")
            for level, number, hashes in cursor.fetchall():
                known = expected.pop((level, number), None)
                if known != sha256(bytes(hashes)).digest():
                    self._report.fault(f"node: tile {number} of level {level} is not that of the entries")
                    if level == 0:
                        _name_leaves(number, bytes(hashes), self._report)
        for level, number in expected:
            self._report.fault(f"node: tile {number} of level {level} is missing")


def _name_leaves(tile: int, hashes: bytes, report: Report) -> None:
    """Name the entries of a tile of level 0 that its hashes do not fit; of many the first few."""
    begin = tile * merkle.TILE_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.position, e.id, e.verb, {leaf_sql()}"
            " FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE p.position >= %s AND p.position < %s ORDER BY p.position",
            [begin, begin + len(hashes) // merkle.HASH_SIZE],
        )
        rows = cursor.fetchall()
    wrong = []
    for position, entry, verb, leaf in rows:
        at = (position - begin) * merkle.HASH_SIZE
        if hashes[at : at + merkle.HASH_SIZE] != merkle.leaf_hash(leaf.encode()):
            wrong.append(f"{named(position, entry, verb)}: not what was given this position")
    for text in wrong[:_FIRST_OF_TILE]:
        report.fault(text)
    if len(wrong) > _FIRST_OF_TILE:
        report.fault(f"and {len(wrong) - _FIRST_OF_TILE} more positions from {begin} on")


def _check_erasures(report: Report) -> None:
    """Each erasure is explained by an entry that names the entries it erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT x.entry_id, e.facts FROM ledger_erasure x LEFT JOIN ledger_entry e ON e.id = x.by_id"
        )
        rows = cursor.fetchall()
    explained: dict[str, frozenset[int]] = {}
    for entry, facts in rows:
        report.erased += 1
        if facts is None:
            report.fault(f"entry {entry}: the entry that is said to have erased it is missing")
            continue
        if facts not in explained:
            explained[facts] = _erased_by(facts)
        if entry not in explained[facts]:
            report.fault(f"entry {entry}: the entry that is said to have erased it does not name it")


def _erased_by(facts: str) -> frozenset[int]:
    return frozenset(json.loads(facts).get("erased", ()))


def _check_tail(report: Report) -> None:
    """Entries without a position wait, and not for long; none is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(e.recorded) FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id"
        )
        report.waiting, oldest = cursor.fetchone()
        cursor.execute(
            "SELECT e.id FROM ledger_entry e LEFT JOIN ledger_position p ON p.entry_id = e.id"
            " LEFT JOIN ledger_pending w ON w.entry_id = e.id"
            " WHERE p.position IS NULL AND w.entry_id IS NULL ORDER BY e.id LIMIT 20"
        )
        for (entry,) in cursor.fetchall():
            report.fault(f"entry {entry} has no position and does not wait for one")
    if isinstance(oldest, str):
        oldest = datetime.fromisoformat(oldest + "+00:00")
    if oldest is not None and now() - oldest > _TAIL_AGE:
        report.fault(
            f"{report.waiting} entries wait for a position, the oldest since {oldest:%Y-%m-%d %H:%M:%S} UTC"
        )
