"""The sequencer: gives committed entries gap-free positions and extends the tree, in batches.

Entries are inserted with their act and wait in ``Pending``. Whoever runs this (the server's own
thread, a worker, or a command before it exits) takes what waits, in one transaction at a time; two
at once stay gap-free because they take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from gongzhi.foundation.ledger import guard, keys, published, statements
from gongzhi.foundation.ledger.bulk import insert_rows
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Checkpoint, Position
from gongzhi.foundation.ledger.notes import Checkpoint as Statement
from gongzhi.foundation.ledger.notes import Signer
from gongzhi.foundation.ledger.prepared import Prepared
from gongzhi.foundation.ledger.reading import leaf_hash_sql, leaf_sql
from gongzhi.methods import merkle

BATCH = 10_000

#: One number in the space of PostgreSQL's advisory locks: "gzsq".
_TURN = 0x677A7371


def sequence(limit: int | None = None) -> int:
    """Sequence all that waits (or at most ``limit`` entries); returns how many were."""
    done = 0
    signer = keys.signer()
    while limit is None or done < limit:
        count = _batch(signer, BATCH if limit is None else min(BATCH, limit - done))
        done += count
        if count < BATCH:
            break
    return done


def waiting() -> int:
    """How many committed entries have no position yet."""
    ((count,),) = statements.rows("SELECT count(*) FROM ledger_pending")
    return int(count)


def _batch(signer: Signer, size: int) -> int:
    if not _anything_waits():
        return 0
    with _turn():
        rows = _take(size)
        if not rows:
            return 0
        head = _head.first()
        published.agree(head)
        edge = frontier(head)
        start = edge.size
        tiles = merkle.grow(edge, read_tile, [digest for _id, digest in rows])
        ids = [id_ for id_, _digest in rows]
        with statements.at_once():
            insert_rows(
                Position, ("position", "entry"), list(zip(range(start, start + len(ids)), ids, strict=True))
            )
            _keep(tiles)
            _clear(ids)
            note = sign(signer, edge)
    published.tell(note)
    return len(ids)


@contextmanager
def _turn() -> Iterator[None]:
    """One sequencer at a time, in one transaction."""
    with guard.writing():
        if connection.vendor == "postgresql":
            statements.run("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        yield


def _anything_waits() -> bool:
    return statements.row("SELECT 1 FROM ledger_pending LIMIT 1") is not None


def _take(size: int) -> list[tuple[int, bytes]]:
    """The entries that wait, in order, with their leaf hashes."""
    hashes = connection.vendor == "postgresql"
    rows = statements.rows(
        f"SELECT e.id, {leaf_hash_sql() if hashes else leaf_sql()}"
        " FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id ORDER BY p.entry_id LIMIT %s",
        [size],
    )
    return [(id_, leaf if hashes else merkle.leaf_hash(leaf.encode())) for id_, leaf in rows]


def _clear(ids: list[int]) -> None:
    if connection.vendor == "postgresql":
        statements.run_each("DELETE FROM ledger_pending WHERE entry_id = ANY(%s)", [[ids]])
    else:  # the write lock is held since they were taken, so none below the last one has come since
        statements.run_each("DELETE FROM ledger_pending WHERE entry_id <= %s", [ids[-1:]])


_head = Prepared(lambda: Checkpoint.objects.order_by("-size")[:1])


def frontier(head: Checkpoint | None) -> merkle.Frontier:
    """The right edge of the tree at the newest checkpoint."""
    if head is None:
        return merkle.Frontier()
    edge = bytes(head.edge)
    hashes = [edge[i : i + merkle.HASH_SIZE] for i in range(0, len(edge), merkle.HASH_SIZE)]
    return merkle.Frontier(head.size, hashes)


def read_tile(level: int, index: int, width: int) -> bytes:
    """A tile from the database; empty where there is none."""
    row = statements.row("SELECT hashes FROM ledger_tile WHERE level = %s AND number = %s", [level, index])
    return b"" if row is None else bytes(row[0])


def _keep(tiles: list[merkle.Tile]) -> None:
    statements.run_each(
        "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)"
        " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
        [[tile.level, tile.index, tile.hashes] for tile in tiles],
    )


def sign(signer: Signer, edge: merkle.Frontier) -> str:
    """Sign the tree as it now stands, having grown from the checkpoint before; returns the note."""
    root = edge.root()
    note = Statement(signer.key.name, edge.size, root).sign(signer)
    insert_rows(
        Checkpoint,
        ("size", "root", "edge", "note", "signed"),
        [(edge.size, root, b"".join(edge.hashes), str(note), now())],
    )
    return str(note)
