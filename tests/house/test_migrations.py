"""Migrations lead to one shape by two ways: see docs/decisions/0014."""

from __future__ import annotations

from django.db.migrations.loader import MigrationLoader


def test_none_depends_on_one_that_replaces_others() -> None:
    """It would not be reached by a database that came step by step."""
    known = MigrationLoader(None).disk_migrations
    replacing = {key for key, each in known.items() if each.replaces}
    assert len(replacing) >= 5
    lost = {key for key, each in known.items() if replacing & set(each.dependencies)}
    assert not lost
