"""What is hashed is written in one way only."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.foundation.ledger.canonical import canonical, plain

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
TIMES = st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai")]), allow_imaginary=False)
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.uuids() | TIMES | st.dates()
VALUES = st.recursive(
    LEAVES | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.tuples(inner, inner),
)


@given(VALUES)
def test_it_is_sorted_plain_json(value: Any) -> None:
    expected = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == expected


def test_times_keys_and_amounts_have_one_form() -> None:
    at = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = {"b": at, "a": UUID(int=1), "c": Decimal("1.50"), "d": date(2026, 1, 2), "e": {"z", "y"}}
    assert canonical(told) == (
        '{"a":"00000000000000000000000000000001","b":"2026-11-23T00:30:00.000000Z",'
        '"c":"1.50","d":"2026-01-02","e":["y","z"]}'
    )


@pytest.mark.parametrize("value", [1.5, [1.5], {"é": 1}, {"a": {1: 2}}, {1: 2}, object(), b""])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)
