"""Storing and deleting the same content take turns, so that neither takes the ground from the other."""

from __future__ import annotations

from django.db import connection

from gongzhi.foundation.ledger import statements


def alone(sha256: str) -> None:
    """Wait until no other transaction handles the content with a digest; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    statements.run("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])
