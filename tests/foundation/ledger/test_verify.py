"""Whatever is changed behind the ledger's back is found and named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import chain

import pytest
from django.db import connection

from gongzhi.foundation.ledger import guard, keys, leaves, published
from gongzhi.foundation.ledger.canonical import COLUMNS
from gongzhi.foundation.ledger.models import Checkpoint
from gongzhi.foundation.ledger.reading import leaf_sql
from gongzhi.foundation.ledger.sequencer import read_tile, sequence
from gongzhi.foundation.ledger.verify import verify
from gongzhi.governance.matters.acts import Contact, erase_person
from gongzhi.methods import merkle
from tests.builders import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[2, 8192], ids=["in pieces", "one by one"])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The few entries of a test are read as pieces too, which else only thousands would be."""
    monkeypatch.setattr(leaves, "PIECE", request.param)


@pytest.fixture
def place(piece: None) -> World:
    made = world()
    for number in range(5):
        made.submission(f"smell number {number}", contact=Contact(phone="1390000"))
        sequence()
    return made


def behind_the_back(sql: str, *values: object) -> None:
    """Run a statement as somebody with the database's password would: no guard, no triggers."""
    with guard.permitted(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for name, _ in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, list(values))
        if connection.vendor != "sqlite":
            cursor.execute("SET session_replication_role = origin")


def test_what_nobody_touched_is_sound(place: World) -> None:
    report = verify()
    assert report.sound, report.faults
    assert report.entries == report.size > 20
    assert report.checkpoints == 5


CHANGES = [
    ("id", 1_000_000),
    ("verb", "matter.close"),
    ("actor", "00000000000000000000000000000001"),
    ("appointment", "00000000000000000000000000000001"),
    ("subject", "00000000000000000000000000000001"),
    ("subject_kind", "x"),
    ("made_kind", "x"),
    ("made", None),
    ("region", None),
    ("cause", 1),
    ("origin", "imported"),
    ("source", "somewhere"),
    ("attributed", "somebody"),
    ("occurred", "2001-01-01 00:00:00"),
    ("recorded", "2001-01-01 00:00:00"),
    ("precision", "day"),
    ("rules", '["x"]'),
    ("audience", "public"),
    ("facts", '{"category":"other"}'),
    ("commitment", "00"),
    ("claim", "00"),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_any_changed_value_of_an_entry_is_named(place: World, column: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, p.position FROM ledger_entry e JOIN ledger_position p ON p.entry_id = e.id"
            " WHERE e.verb = 'submission.file' ORDER BY e.id LIMIT 1"
        )
        entry, position = cursor.fetchone()
    if column == "audience":
        value = "sealed"
    behind_the_back(f"UPDATE ledger_entry SET {column} = %s WHERE id = %s", value, entry)
    faults = verify().faults
    assert any(f.startswith("checkpoint") and "its root is not that of the entries" in f for f in faults)
    named = [f for f in faults if f.startswith("position")]
    if column == "id":
        assert f"position {position}: its entry is missing" in named
    else:
        verb = value if column == "verb" else "submission.file"
        wrong = f"position {position}: entry {entry} ({verb}): "
        assert {f.removeprefix(wrong) for f in named} <= {
            "not what was given this position",
            "its private text was changed",
        }
        assert f"{wrong}not what was given this position" in named


def test_no_column_of_an_entry_is_left_untried() -> None:
    assert {column for column, _value in CHANGES} == set(COLUMNS)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (
            "DELETE FROM ledger_entry WHERE id = (SELECT min(id) + 2 FROM ledger_entry)",
            "its entry is missing",
        ),
        ("DELETE FROM ledger_position WHERE position = 3", "position 3: missing"),
        (
            "DELETE FROM ledger_private WHERE entry_id = (SELECT min(entry_id) FROM ledger_private)",
            "missing, unexplained",
        ),
        ("UPDATE ledger_private SET text = '{}'", "its private text was changed"),
        (
            "UPDATE ledger_position SET position = position + 1000 WHERE position >= 20",
            "position 20: missing",
        ),
        ("UPDATE ledger_checkpoint SET note = replace(note, '1', '2')", "checkpoint"),
        ("UPDATE ledger_checkpoint SET size = size + 1000", "checkpoint"),
        ("UPDATE ledger_checkpoint SET root = edge", "its root is not that of the entries"),
        ("UPDATE ledger_checkpoint SET edge = root", "its edge is not that of the entries"),
        ("DELETE FROM ledger_tile", "tile 0 of level 0 is missing"),
        ("DELETE FROM ledger_checkpoint", "newest checkpoint"),
    ],
)
def test_missing_and_moved_rows_are_named(place: World, sql: str, named: str) -> None:
    behind_the_back(sql)
    faults = verify().faults
    assert any(named in fault for fault in faults), faults


@pytest.mark.only_on("sqlite")  # PostgreSQL has no text with a NUL character in it
@pytest.mark.parametrize("column", ["audience", "claim", "facts", "verb"])
def test_what_goes_on_behind_a_nul_character_is_named(place: World, column: str) -> None:
    behind_the_back(
        f"UPDATE ledger_entry SET {column} = coalesce({column}, 'x') || char(0) || 'more'"
        " WHERE id = (SELECT entry_id FROM ledger_position WHERE position = 5)"
    )
    assert any(f.startswith("position 5: entry ") and "NUL" in f for f in verify().faults)


@pytest.mark.only_on("sqlite")
def test_a_nul_character_that_was_there_when_it_was_ordered_is_no_fault(place: World) -> None:
    place.submission("smell")
    behind_the_back(
        "UPDATE ledger_entry SET attributed = 'some' || char(0) || 'body'"
        " WHERE id IN (SELECT entry_id FROM ledger_pending)"
    )
    sequence()
    assert verify().faults == []


@pytest.mark.only_on("sqlite")  # PostgreSQL hashes each leaf itself
def test_a_line_break_in_a_value_shifts_nothing_unseen(place: World) -> None:
    """Two leaves written into one, where the entry of the second is gone, are the same lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, {leaf_sql()} FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE p.position >= %s AND p.position < 6 ORDER BY p.position",
            [4],
        )
        (entry, first), (_, second) = cursor.fetchall()
    verb = first.rpartition('"verb":"')[2]
    both = f"{verb}\n{second}".removesuffix('"}')
    behind_the_back("UPDATE ledger_entry SET verb = %s WHERE id = %s", both, entry)
    behind_the_back(
        "DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_position WHERE position = 5)"
    )
    faults = verify().faults
    assert "position 5: its entry is missing" in faults
    assert any(f.startswith("position 4: ") for f in faults)


def test_positions_before_the_first_are_named(place: World) -> None:
    behind_the_back("UPDATE ledger_position SET position = -7 WHERE position = 7")
    faults = verify().faults
    assert {"position 0: missing", "position 7: missing"} <= set(faults)


@pytest.mark.parametrize("position", [1 << 62, (1 << 63) - 1])
def test_an_entry_put_at_the_far_end_is_named(place: World, position: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_position")
        (last,) = cursor.fetchone()
    behind_the_back("UPDATE ledger_position SET position = %s WHERE position = %s", position, last)
    assert f"position {last}: missing" in verify().faults


def test_an_odd_piece_is_named_once_and_the_rest_still_counted(place: World) -> None:
    behind_the_back(
        "UPDATE ledger_private SET text = '{}' WHERE entry_id = (SELECT min(entry_id) FROM ledger_private)"
    )
    report = verify()
    assert len(report.faults) == 1
    assert "its private text was changed" in report.faults[0]
    assert report.entries == report.size > 20


def test_a_changed_node_is_named(place: World) -> None:
    hashes = bytearray(read_tile(0, 0, 5))
    hashes[40] ^= 1
    behind_the_back("UPDATE ledger_tile SET hashes = %s WHERE level = 0 AND number = 0", bytes(hashes))
    faults = verify().faults
    assert "node: tile 0 of level 0 is not that of the entries" in faults
    assert [f.partition(":")[0] for f in faults if "not what was given this position" in f] == ["position 1"]


def test_of_many_changed_entries_the_first_are_named(place: World) -> None:
    behind_the_back("UPDATE ledger_entry SET recorded = '2001-01-01 00:00:00+00:00'")
    faults = verify().faults
    assert sum("not what was given this position" in fault for fault in faults) == 5
    assert any(fault.endswith("more positions from 0 on") for fault in faults)


def test_an_entry_that_was_never_sequenced_and_does_not_wait_is_named(place: World) -> None:
    made = place.submission("one more")
    behind_the_back("DELETE FROM ledger_pending")
    assert any("has no position and does not wait" in fault for fault in verify().faults), made


def test_truncation_is_found_against_a_checkpoint_kept_elsewhere(place: World) -> None:
    kept = Checkpoint.objects.order_by("-size").first()
    assert kept is not None
    before = Checkpoint.objects.order_by("-size")[1]
    for table, column in (("position", "position"), ("checkpoint", "size - 1")):
        behind_the_back(f"DELETE FROM ledger_{table} WHERE {column} >= %s", before.size)
    rebuild_tiles()
    published.path().unlink()
    assert any("truncated" in fault for fault in verify(kept.note).faults)


def test_rewriting_with_the_key_is_found_against_a_checkpoint_kept_elsewhere(place: World) -> None:
    kept = Checkpoint.objects.order_by("-size").first()
    assert kept is not None
    behind_the_back(
        """UPDATE ledger_entry SET facts = '{"category":"other"}'"""
        " WHERE id = (SELECT min(id) + 4 FROM ledger_entry)"
    )
    rebuild_with_the_key()
    assert verify().sound  # whoever holds the key can make all that is here fit
    assert any("rewritten" in fault for fault in verify(kept.note).faults)


def test_a_checkpoint_of_another_ledger_is_not_believed(place: World) -> None:
    stranger = "example.org/ledger\n1\n" + "A" * 43 + "=\n\n— example.org/ledger X1txbQ==\n"
    assert any("not signed by this ledger" in fault for fault in verify(stranger).faults)


def test_erasing_a_person_leaves_every_proof_valid(place: World) -> None:
    made = place.submission("my own words", contact=Contact(name="Li", phone="1391111"))
    sequence()
    erase_person(place.staff("administrator"), made.person, reason="at her own request")
    sequence()
    report = verify()
    assert report.sound, report.faults
    assert report.erased >= 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_private WHERE text LIKE '%%my own words%%'")
        assert cursor.fetchone() == (0,)


def test_an_erasure_that_no_entry_explains_is_named(place: World) -> None:
    behind_the_back(
        "INSERT INTO ledger_erasure (entry_id, by_id)"
        " SELECT min(entry_id), (SELECT min(id) FROM ledger_entry) FROM ledger_private"
    )
    behind_the_back("DELETE FROM ledger_private WHERE entry_id = (SELECT min(entry_id) FROM ledger_private)")
    assert any("does not name it" in fault for fault in verify().faults)


def test_a_database_older_than_what_was_published_signs_nothing(place: World) -> None:
    place.submission("one more")
    before = Checkpoint.objects.order_by("-size")[1]
    for table, column in (("position", "position"), ("checkpoint", "size - 1")):
        behind_the_back(f"DELETE FROM ledger_{table} WHERE {column} >= %s", before.size)
    rebuild_tiles()
    with pytest.raises(published.Disagrees, match="were published"):
        sequence()


@pytest.mark.parametrize("table", ["entry", "position", "checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}"])
def test_the_database_itself_refuses_to_change_what_is_proved(
    place: World, table: str, statement: str
) -> None:
    column = {"entry": "verb", "position": "entry_id", "checkpoint": "note"}[table]
    with (
        guard.permitted(),
        pytest.raises(Exception, match="append-only"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column))


def rebuild_tiles(write: Callable[..., None] = behind_the_back) -> merkle.Frontier:
    """What somebody with the database's password would do to make the tree fit again."""
    edge = merkle.Frontier()
    tiles: dict[tuple[int, int], bytes] = {}
    write("DELETE FROM ledger_tile")
    for digest in chain.from_iterable(leaves.Leaves(lambda _: None).hashes()):
        for tile in merkle.grow(edge, lambda level, index, _: tiles[level, index], [digest]):
            tiles[tile.level, tile.index] = tile.hashes
    for (level, number), hashes in tiles.items():
        write("INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", level, number, hashes)
    return edge


def rebuild_with_the_key() -> None:
    """Sign one new history over all that is there."""
    from gongzhi.foundation.ledger.sequencer import sign

    edge = rebuild_tiles()
    behind_the_back("DELETE FROM ledger_checkpoint")
    published.tell(sign(keys.signer(), edge))


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_no_fault() -> None:
    made, stop = world(), threading.Event()
    made.submission()
    sequence()

    def write() -> None:
        while not stop.is_set():
            made.submission()
            sequence()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reports, until = [verify()], time.monotonic() + 30
        while len(reports) < 12 or reports[-1].size == reports[0].size:
            assert time.monotonic() < until
            reports.append(verify())
    finally:
        stop.set()
        writer.join()
    assert [fault for report in reports for fault in report.faults] == []
