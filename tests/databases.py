"""The database of a test run: choosing it, and emptying it after a test that really commits.

Django empties tables with DELETE, which the ledger's triggers refuse; so emptying goes round the
triggers here, and round the guard on writes, by the driver's own cursor.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

NAMES = ["sqlite", "postgres", "none"]

_KEPT = "zz_kept_"  # prefix of the copies of what migrations put in


def choose(name: str, scratch: Path) -> None:
    """Point the settings at `name`; must come before anything reads them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    os.environ.pop("GONGZHI_DATABASE_URL", None)
    if name == "postgres":
        os.environ["GONGZHI_DATABASE_URL"] = _postgres_url()

    from django.conf import settings
    from django.test import TransactionTestCase

    default = settings.DATABASES["default"]
    if name == "sqlite":
        default.setdefault("TEST", {})["NAME"] = str(scratch / "test.sqlite3")
        options = default["OPTIONS"]
        # Surviving a power loss is not tested here, and waiting for the disk is most of a test's time.
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        default.setdefault("TEST", {})["NAME"] = f"test_gongzhi_{os.getpid()}"
    TransactionTestCase._fixture_teardown = lambda self: empty()  # type: ignore[method-assign]
    _make_passwords_cheap()


def _make_passwords_cheap() -> None:
    """Guessing is to be slow for others: the tests know their passwords. They stay Argon2's."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024
    Argon2PasswordHasher.parallelism = 1


def discard(scratch: Path) -> None:
    """Delete the folder of a run."""
    shutil.rmtree(scratch, ignore_errors=True)


def remember() -> None:
    """Keep a copy of the rows that migrations made."""
    native, tables = _native()
    cursor = native.cursor()
    for table in tables:
        if cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
            cursor.execute(f'CREATE TABLE "{_KEPT}{table}" AS SELECT * FROM "{table}"')


def empty() -> None:
    """Bring every table back to what it held after the migrations."""
    from django.db import connection

    native, tables = _native()
    cursor = native.cursor()
    kept = [table for table in tables if table.startswith(_KEPT)]
    own = [table for table in tables if not table.startswith(_KEPT)]
    if connection.vendor == "sqlite":
        _empty_sqlite(cursor, own, kept)
    else:
        _empty_postgres(cursor, own, kept)


def _native() -> tuple[Any, list[str]]:
    from django.db import connection

    connection.ensure_connection()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    return connection.connection, tables


def _bring_back(cursor: Any, kept: list[str]) -> None:
    for table in kept:
        cursor.execute(f'INSERT INTO "{table.removeprefix(_KEPT)}" SELECT * FROM "{table}"')


def _empty_sqlite(cursor: Any, own: list[str], kept: list[str]) -> None:
    triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("BEGIN IMMEDIATE")
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    for table in own:
        cursor.execute(f'DELETE FROM "{table}"')
    if cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
        cursor.execute("DELETE FROM sqlite_sequence")
    _bring_back(cursor, kept)
    for _, sql in triggers:
        cursor.execute(sql)
    cursor.execute("COMMIT")
    cursor.execute("PRAGMA foreign_keys = ON")


def _empty_postgres(cursor: Any, own: list[str], kept: list[str]) -> None:
    names = ", ".join(f'"{table}"' for table in own)
    cursor.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
    cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    _bring_back(cursor, kept)
    cursor.execute("SET session_replication_role = DEFAULT")


def _postgres_url() -> str:
    if url := os.environ.get("GONGZHI_TEST_POSTGRES_URL"):
        return url
    raise SystemExit("set GONGZHI_TEST_POSTGRES_URL: `make postgres` starts a server and prints its address")
