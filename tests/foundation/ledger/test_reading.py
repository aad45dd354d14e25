"""The leaf that a database writes is the canonical JSON that Python would write of the same entry."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger import guard, statements
from gongzhi.foundation.ledger.bulk import insert_rows
from gongzhi.foundation.ledger.canonical import COLUMNS, canonical, instant, leaf
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.reading import leaf_hash_sql
from gongzhi.foundation.ledger.receipts import leaf_of
from gongzhi.methods import merkle
from tests.foundation.ledger.test_bulk import MOMENTS, TEXTS

CODES = st.text("abcdefghijklmnopqrstuvwxyz._", min_size=1, max_size=20)
FACTS = st.dictionaries(CODES, TEXTS | st.integers() | st.none() | st.lists(TEXTS, max_size=3), max_size=4)
CONTROLS = st.text(st.characters(max_codepoint=0x2F, exclude_characters="\x00"), max_size=20)
FREE = st.none() | TEXTS | CONTROLS | st.just("/ \x7f \u2028 “引号” 😀")
ENTRIES = st.fixed_dictionaries(
    {
        "verb": CODES, "actor": st.uuids(), "appointment": st.none() | st.uuids(), "subject_kind": CODES,
        "subject": st.uuids(), "made_kind": st.none() | CODES, "made": st.none() | st.uuids(),
        "region": st.none() | st.uuids(), "cause": st.none(), "origin": st.just("here"), "source": FREE,
        "attributed": FREE, "occurred": MOMENTS, "precision": st.just("day"), "recorded": MOMENTS,
        "rules": st.lists(CODES, max_size=3), "audience": st.just("staff"), "facts": FACTS,
        "commitment": st.text("0123456789abcdef", max_size=64), "claim": st.none() | CODES,
    }
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=ENTRIES, number=st.integers(1 << 40, 1 << 62), caused=st.booleans())
def test_the_database_writes_the_same_leaf(told: dict[str, Any], number: int, caused: bool) -> None:
    told = {**told, "id": number, "cause": number if caused else None}
    stored = {**told, "rules": canonical(told["rules"]), "facts": canonical(told["facts"])}
    with guard.permitted(), transaction.atomic():
        insert_rows(Entry, COLUMNS, [[stored[name] for name in COLUMNS]])
        written, hashed = leaf_of(number), _hash_of(number)
        transaction.set_rollback(True)  # the next example may have the same number
    plain = {
        **stored,
        **{name: instant(told[name]) for name in ("occurred", "recorded")},
        **{n: told[n] and told[n].hex for n in ("actor", "appointment", "subject", "made", "region")},
    }
    assert written == leaf([plain[name] for name in COLUMNS]) == canonical(told).encode()
    assert hashed in (None, merkle.leaf_hash(written))


def _hash_of(number: int) -> bytes | None:
    """The leaf hash that the database computes, if it is one that can."""
    if connection.vendor != "postgresql":
        return None
    found = statements.row(f"SELECT {leaf_hash_sql()} FROM ledger_entry e WHERE e.id = %s", [number])
    assert found is not None
    return bytes(found[0])
