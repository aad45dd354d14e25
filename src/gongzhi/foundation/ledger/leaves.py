"""The leaf hashes of all entries in their order, and their private texts checked on the way.

Some thousands of positions are read as one row, a piece ahead of what is being hashed here. Where anything
about a piece is odd, and at the ragged end, the ledger is read entry by entry, and what is odd is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from django.db import connection

from gongzhi.foundation.ledger.canonical import commit
from gongzhi.foundation.ledger.reading import leaf_hash_sql, leaf_sql, unshown_sql
from gongzhi.methods import merkle

#: So many positions are a piece: enough that PostgreSQL's helpers are worth their start, some megabytes.
PIECE = 8192

#: The greatest position that somebody could have put in.
_LAST = (1 << 63) - 1
_FROM = (
    " FROM ledger_position p"
    " LEFT JOIN ledger_entry e ON e.id = p.entry_id"
    " LEFT JOIN ledger_private t ON t.entry_id = p.entry_id"
    " LEFT JOIN ledger_erasure x ON x.entry_id = p.entry_id"
    " WHERE p.position BETWEEN %s AND %s"
)
_ODD = "CASE WHEN t.salt IS NOT NULL THEN x.by_id IS NOT NULL ELSE e.commitment <> '' AND x.by_id IS NULL END"
#: Along the positions, in several processes at once where the server has them.
_PLAN = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "0",
    "min_parallel_index_scan_size": "0",
}


class Leaves:
    """A walk along the positions that counts ``entries``; ``fault`` is told what does not fit."""

    def __init__(self, fault: Callable[[str], None]) -> None:
        self.entries = 0
        self._fault = fault
        self._expected = 0

    def hashes(self) -> Iterator[list[bytes]]:
        """Leaf hashes, 32 bytes each, in the order of positions, some thousands at a time.

        Within a transaction: another thread reads through this one's connection meanwhile.
        """
        with connection.cursor() as cursor, ThreadPoolExecutor(1) as reader:
            if connection.vendor == "postgresql":
                cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in _PLAN.items()))
            cursor.execute("SELECT coalesce(min(position), 0) FROM ledger_position")
            (first,) = cursor.fetchone()
            if first == 0:
                for piece in _whole_pieces(cursor, reader):
                    begin = self._expected
                    yield self._fitting(piece) or self._each(reader.submit(_rows, cursor, begin).result())
            rows = _rows(cursor, min(first, 0) or self._expected)
            while rows:
                yield self._each(rows)
                rows = _rows(cursor, self._expected) if len(rows) == PIECE else []
            if connection.vendor == "postgresql":
                cursor.execute("; ".join(f"RESET {name}" for name in _PLAN))

    def _fitting(self, piece: _Piece) -> list[bytes]:
        """The hashes of a piece about which nothing is odd; else none."""
        found = piece.hashes()
        self._expected += len(found)
        self.entries += len(found)
        return found

    def _each(self, rows: list[Any]) -> list[bytes]:
        """The hashes of single entries; whatever is odd is named."""
        found = []
        for position, entry, verb, leaf, unshown, commitment, salt, text, erased_by in rows:
            if position != self._expected:
                self._fault(f"position {self._expected}: missing")
            self._expected = position + 1
            if entry is None:
                self._fault(f"position {position}: its entry is missing")
                found.append(b"\0" * merkle.HASH_SIZE)
                continue
            self.entries += 1
            if odd := _odd(commitment, salt, text, erased_by):
                self._fault(f"{named(position, entry, verb)}: {odd}")
            if unshown:
                self._fault(f"{named(position, entry, verb)}: a value goes on behind a NUL character")
            found.append(_leaf_hash(leaf) if isinstance(leaf, str) else bytes(leaf))
        return found


def named(position: int, entry: int, verb: str) -> str:
    """How an entry is named to whoever verifies."""
    return f"position {position}: entry {entry} ({verb})"


def _odd(commitment: str, salt: bytes | None, text: str, erased_by: int | None) -> str | None:
    """What is wrong about the private text of an entry."""
    if salt is None:
        missing = commitment and erased_by is None
        return "its private text is missing, unexplained" if missing else None
    if commit(bytes(salt), text) != commitment:
        return "its private text was changed"
    return "said to be erased, but its text is there" if erased_by is not None else None


def _leaf_hash(leaf: str) -> bytes:
    return merkle.leaf_hash(leaf.encode())


class _Piece(NamedTuple):
    """What is read of many positions at once.

    ``leaves`` are a line each, or on PostgreSQL their hashes; ``texts`` a line each of salt, commitment
    and private text. Each of them writes one line and the lines are counted, so that a line break which
    somebody put into a value shifts nothing unseen.
    """

    positions: int
    entries: int
    odd: int
    leaves: str | bytes | None
    privates: int
    texts: str | None

    def hashes(self) -> list[bytes]:
        """The leaf hashes, or none when anything is odd."""
        texts = self.texts.split("\n") if self.texts is not None else []
        if self.odd or self.entries != self.positions or len(texts) != self.privates:
            return []
        for line in texts:
            salt, commitment, text = line.split(" ", 2)
            if commit(bytes.fromhex(salt), text) != commitment:
                return []
        leaves = self.leaves
        if isinstance(leaves, str):
            found = [_leaf_hash(leaf) for leaf in leaves.split("\n")]
        else:
            size, held = merkle.HASH_SIZE, bytes(leaves or b"")
            found = [held[at : at + size] for at in range(0, len(held), size)]
        return found if len(found) == self.positions else []


def _whole_pieces(cursor: Any, reader: ThreadPoolExecutor) -> Iterator[_Piece]:
    """Pieces from the first position on that lack none; each is read while the one before is used."""
    coming, begin = reader.submit(_piece, cursor, 0), 0
    while (piece := coming.result()).positions == PIECE:
        begin += PIECE
        coming = reader.submit(_piece, cursor, begin)
        yield piece


def _piece(cursor: Any, begin: int) -> _Piece:
    cursor.execute(_piece_sql(), [begin, begin + PIECE - 1])
    return _Piece(*cursor.fetchone())


def _piece_sql() -> str:
    """What makes one row of many positions; PostgreSQL hashes there, and so sends a twentieth."""
    if connection.vendor == "postgresql":
        leaf, salt, end = leaf_hash_sql(), "encode(t.salt, 'hex')", "OFFSET 0"
        leaves, texts = "string_agg(leaf, ''::bytea ORDER BY position)", "string_agg(text, chr(10))"
    else:
        leaf, salt, end = leaf_sql(), "hex(t.salt)", "ORDER BY p.position"
        leaves, texts = "group_concat(leaf, char(10))", "group_concat(text, char(10))"
    text = f"{salt} || ' ' || e.commitment || ' ' || t.text"
    return (
        f"SELECT count(*), count(entry), count(*) FILTER (WHERE odd), {leaves}, count(private), {texts}"
        f" FROM (SELECT p.position, e.id AS entry, ({_ODD}) OR {unshown_sql()} AS odd,"
        f" {leaf} AS leaf, t.entry_id AS private, {text} AS text {_FROM} {end}) AS each"
    )


def _rows(cursor: Any, begin: int) -> list[Any]:
    """The next positions one by one, as many as a piece has at most."""
    postgresql = connection.vendor == "postgresql"
    cursor.execute(
        f"SELECT p.position, e.id, e.verb, {leaf_hash_sql() if postgresql else leaf_sql()},"
        f" {unshown_sql()}, e.commitment, t.salt, t.text, x.by_id {_FROM} ORDER BY p.position LIMIT {PIECE}",
        [begin, _LAST],
    )
    rows: list[Any] = cursor.fetchall()
    return rows
