"""The suite's own footing: each test finds the database as the migrations left it, guarded and with triggers."""

from __future__ import annotations

import pytest
from django.db import connection

from gongzhi.foundation.ledger.guard import WriteOutsideAct
from tests import databases


def triggers() -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        return {row[0] for row in cursor.fetchall()}


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_run_uses_the_database_it_was_asked_for(request: pytest.FixtureRequest) -> None:
    asked = request.config.getoption("--database")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


@pytest.mark.django_db(transaction=True)
def test_emptying_keeps_triggers_and_what_migrations_wrote() -> None:
    before, migrations = triggers(), rows("django_migrations")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('k', 'd', '2030-01-01')"
        )
    assert rows("django_session") == 1
    databases.empty()
    assert rows("django_session") == 0
    assert rows("django_migrations") == migrations > 0
    assert triggers() == before
    assert before


@pytest.mark.django_db
def test_writing_outside_an_act_is_refused_in_tests_too() -> None:
    with connection.cursor() as cursor, pytest.raises(WriteOutsideAct, match="outside an act"):
        cursor.execute("DELETE FROM regions_region")
