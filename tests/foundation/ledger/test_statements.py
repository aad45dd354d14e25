"""One cursor serves every statement of a connection, and nothing else notices."""

from __future__ import annotations

import contextlib

import pytest
from django.db import DataError, connection, transaction

from gongzhi.foundation.ledger import guard, statements
from gongzhi.foundation.ledger.models import Audience

pytestmark = pytest.mark.django_db


def test_values_come_back_as_they_were_told() -> None:
    assert statements.rows("SELECT %s + 1, '100%%'", [1]) == [(2, "100%")]
    assert statements.row("SELECT 1 WHERE 1 = %s", [2]) is None


def test_the_cursor_is_made_anew_with_its_connection(transactional_db: None) -> None:
    statements.rows("SELECT 1")
    connection.close()
    assert statements.row("SELECT 2") == (2,)


def test_queries_are_counted_when_somebody_counts_them(django_assert_num_queries: object) -> None:
    statements.rows("SELECT 1")
    with django_assert_num_queries(2):  # type: ignore[operator]
        statements.rows("SELECT 1")
        statements.rows("SELECT 2")
    with django_assert_num_queries(0):  # type: ignore[operator]
        pass


def test_a_failed_statement_leaves_the_cursor_usable() -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), transaction.atomic():
        statements.rows("SELECT nothing FROM nowhere")
    assert statements.row("SELECT 3") == (3,)


def test_run_tells_how_many_rows_it_was_done_to() -> None:
    statements.run_each("INSERT INTO ledger_pending (entry_id) SELECT %s WHERE 1 = 0", [[1], [2]])
    assert statements.run("DELETE FROM ledger_pending WHERE entry_id < %s", [0]) == 0


def test_what_is_changed_at_once_is_changed_in_its_order(django_assert_max_num_queries: object) -> None:
    most = 1 if connection.vendor == "postgresql" else 3
    with django_assert_max_num_queries(most), statements.at_once():  # type: ignore[operator]
        statements.run_each("INSERT INTO ledger_pending (entry_id) VALUES (%s)", [[-1], [-2], [-3]])
        statements.run_each("UPDATE ledger_pending SET entry_id = entry_id - %s WHERE entry_id < 0", [[10]])
        with statements.at_once():
            statements.run_each("DELETE FROM ledger_pending WHERE entry_id = %s", [[-12]])
    assert statements.rows("SELECT entry_id FROM ledger_pending ORDER BY entry_id") == [(-13,), (-11,)]


def test_what_fails_at_once_changes_nothing_and_keeps_nothing_back() -> None:
    from django.db import DatabaseError

    insert = "INSERT INTO ledger_pending (entry_id) VALUES (%s)"
    with pytest.raises(DatabaseError), transaction.atomic(), statements.at_once():
        statements.run_each(insert, [[-1]])
        statements.run_each(insert, [[-1]])
    with pytest.raises(RuntimeError), statements.at_once():
        statements.run_each("DELETE FROM ledger_pending WHERE entry_id = %s", [[-2]])
        raise RuntimeError
    statements.run_each(insert, [[-3]])
    assert statements.rows("SELECT entry_id FROM ledger_pending") == [(-3,)]


@pytest.mark.parametrize(
    "value",
    [
        "", "plain", "青浦", "it's", "'", "''", "\\", "\\'; DROP TABLE ledger_entry; --", "a\nb\tc", "100%", "%s",
        0, 7, -7, 2**62, None, True, False, b"\x00'\\", Audience.SEALED, 2.5,
    ],
)  # fmt: skip
def test_a_value_that_is_put_into_a_statement_comes_back_as_it_was(value: object) -> None:
    kinds = {bytes: "bytea", bool: "boolean", int: "bigint", float: "float8"}
    with guard.permitted():
        statements.run(f"CREATE TEMPORARY TABLE told (value {kinds.get(type(value), 'text')}, other text)")
        with statements.at_once():
            statements.run_each("INSERT INTO told (value, other) VALUES (%s, %s)", [[value, "last"]])
        ((found, other),) = statements.rows("SELECT value, other FROM told")
        statements.run("DROP TABLE told")
    assert (found, other) == (value, "last")


def test_a_text_that_would_end_its_statement_early_does_not() -> None:
    text = "a\0'); DELETE FROM told; --"
    with guard.permitted():
        statements.run("CREATE TEMPORARY TABLE told (value text)")
        statements.run_each("INSERT INTO told (value) VALUES (%s)", [["kept"]])
        with contextlib.suppress(DataError), transaction.atomic(), statements.at_once():  # PostgreSQL refuses
            statements.run_each("INSERT INTO told (value) VALUES (%s)", [[text]])
        found = {value for (value,) in statements.rows("SELECT value FROM told")}
        statements.run("DROP TABLE told")
    assert found == ({"kept"} if connection.vendor == "postgresql" else {"kept", text})
