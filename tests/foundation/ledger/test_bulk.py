"""Rows come back from the database as they went in, one by one or by the thousand."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.bulk import COPY_FROM, insert_rows
from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.parties.models import Person
from gongzhi.foundation.regions.models import Region

ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
TEXTS = ANY_TEXT | st.sampled_from(["\\N", "\\.", "a\tb", "a\nb", "a\r\nb", "\\", "\\n", "“引号”"])
ZONES = st.sampled_from([UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")])
MOMENTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
    allow_imaginary=False,  # an hour that the clocks skipped is no moment
)
MANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.django_db
@MANY
@given(st.lists(st.tuples(TEXTS, TEXTS, st.booleans(), st.none() | MOMENTS), min_size=1, max_size=8))
@pytest.mark.parametrize("times", [1, COPY_FROM])
def test_texts_times_and_truths_come_back(
    times: int, told: list[tuple[str, str, bool, datetime | None]]
) -> None:
    rows = [(uuid7(), *each) for each in told * times]
    with guard.permitted():
        insert_rows(
            Person,
            ("id", "name", "phone", "invented", "erased", "email", "home"),
            [(*r, "", None) for r in rows],
        )
    kept = Person.objects.in_bulk([row[0] for row in rows])
    found = [(p.pk, p.name, p.phone, p.invented, p.erased) for p in (kept[row[0]] for row in rows)]
    # In UTC, for a moment of a repeated hour equals no moment of another zone.
    assert found == [(*row[:4], row[4] and row[4].astimezone(UTC)) for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, COPY_FROM + 1])
def test_json_bytes_keys_and_numbers_come_back(count: int) -> None:
    at = datetime(2011, 7, 1, 5, 32, 33, 120_000, tzinfo=UTC)
    name = {"zh": "青浦\n区", "en": 'a "quoted" \\ one'}
    regions = [
        (uuid7(), f"r{n}", name, "county", None, f"/r{n}/", "UTC", "CN", {"a": [1.5, None]}, False)
        for n in range(count)
    ]
    columns = ("id", "code", "name", "level", "parent", "path", "zone", "calendar", "outline", "invented")
    privates = [(1_000 + n, bytes(range(n % 256)) + b"\\\n\x00", "text") for n in range(count)]
    with guard.permitted():
        insert_rows(Region, columns, regions)
        insert_rows(Private, ("entry", "salt", "text"), privates)
        insert_rows(
            Entry,
            (
                "id",
                "verb",
                "actor",
                "subject_kind",
                "subject",
                "occurred",
                "recorded",
                "audience",
                "origin",
                "precision",
                "rules",
                "facts",
                "commitment",
            ),
            [
                (5_000 + n, "a.b", uuid7(), "k", uuid7(), at, at, "staff", "here", "exact", "[]", "{}", "")
                for n in range(count)
            ],
        )
    assert [r.name for r in Region.objects.filter(code="r0")] == [name]
    assert Region.objects.get(code="r0").outline == {"a": [1.5, None]}
    kept = {p.pk: bytes(p.salt) for p in Private.objects.all()}
    assert kept == {key: salt for key, salt, _text in privates}
    assert {e.occurred for e in Entry.objects.all()} == {at}


def test_a_moment_without_zone_is_refused_rather_than_guessed() -> None:
    from gongzhi.foundation.ledger.bulk import _naive

    with pytest.raises(ValueError, match="zone"):
        _naive(datetime(2011, 7, 1))  # noqa: DTZ001


@pytest.mark.parametrize("count", [2, COPY_FROM])
def test_two_alike_are_refused_as_django_says_it_so_that_others_can_be_drawn(db: None, count: int) -> None:
    columns = ("id", "code", "name", "level", "path")
    rows = [(uuid7(), f"r{n % (count - 1)}", {}, "county", f"/r{n}/") for n in range(count)]
    with guard.permitted(), pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Region, columns, rows)


def test_nothing_is_inserted_without_rows() -> None:
    insert_rows(Person, None, [])


@given(MOMENTS)
def test_one_moment_is_written_alike_from_every_zone(moment: datetime) -> None:
    from gongzhi.foundation.ledger.bulk import _naive
    from gongzhi.foundation.ledger.canonical import instant

    shifted = moment.astimezone(ZoneInfo("Asia/Tokyo"))
    assert _naive(moment) == _naive(shifted) and instant(moment) == instant(shifted)
    assert datetime.fromisoformat(_naive(moment) + "+00:00") == moment.astimezone(UTC)


def test_the_two_moments_of_a_repeated_hour_stay_apart() -> None:
    from gongzhi.foundation.ledger.bulk import _naive
    from gongzhi.foundation.ledger.canonical import instant

    first = datetime(2011, 11, 6, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    second = first.replace(fold=1)
    assert (_naive(first), _naive(second)) == ("2011-11-06 05:30:00", "2011-11-06 06:30:00")
    assert (instant(first)[11:13], instant(second)[11:13]) == ("05", "06")
