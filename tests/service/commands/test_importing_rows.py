"""What a row says: texts, moments, places, order; and every reason why a row is not taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.service.commands.importing.catalogue import coded
from gongzhi.service.commands.importing.fields import BadValue, Field, tidy
from gongzhi.service.commands.importing.files import Read
from gongzhi.service.commands.importing.rows import BadRow, Case, Plan
from gongzhi.service.commands.importing.schema import read
from gongzhi.service.commands.importing.times import When
from tests.service.commands.cities import MAPPING, ROW

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _english() -> object:
    from django.utils import translation

    with translation.override("en"):
        yield


def case(mapping: str = MAPPING, **differs: str) -> Case:
    row = ROW | differs
    plan = Plan(read(mapping, "m.yaml"), list(row), "riverton.csv", NOW)
    return plan.case(Read(7, list(row.values())))


def reasons(mapping: str = MAPPING, **differs: str) -> list[tuple[str, str, str]]:
    with pytest.raises(BadRow) as bad:
        case(mapping, **differs)
    assert all(problem.line == 7 for problem in bad.value.problems)
    return [(p.column, p.value, p.reason) for p in bad.value.problems]


def taken(value: str, longest: int = 0, **named: Any) -> str:
    return Field(1, "f", columns=("a",), **named).reader({"a": 0}, longest)([value])


def moment(
    value: str, *formats: str, zone: str = "America/New_York", day_only: bool = False, end: bool = False
) -> Any:
    when = When(Field(1, "f", columns=("a",)), formats or ("iso",), zone, day_only)
    return when.reader({"a": 0}, end_of_day=end)([value])


def test_a_row_says_what_was_brought_in_and_what_was_done() -> None:
    found = case()
    assert (found.key, found.source, found.line) == ("riverton:1", "riverton.csv:7", 7)
    assert (found.kind, found.channel, found.category, found.organisation) == (
        "help",
        "hotline",
        "Pothole",
        "PW",
    )
    assert (found.places, found.grid, found.point) == (("North",), "3", (-87.63, 41.88))
    assert found.opened.at == datetime(2011, 7, 1, 13, 30, tzinfo=UTC)
    assert found.dispatched == found.opened
    assert found.answered == found.closed
    assert (found.text, found.answer, found.outcome) == ("A deep hole", "Filled", "answered")
    assert found.said_by == (None, None, None, "PW", "PW")


def test_what_is_still_open_is_with_its_body_and_has_no_answer() -> None:
    found = case(closed="")
    assert (found.answered, found.closed, found.answer) == (None, None, "")
    assert found.dispatched == found.opened


def test_a_dispatch_that_has_attributes_but_no_time_happens_at_the_opening() -> None:
    text = MAPPING.replace("  answered:", "  dispatched: {by: dept}\n  answered:")
    assert case(text, closed="").dispatched == case(text).opened


def test_a_condition_says_when_an_act_did_not_happen() -> None:
    text = MAPPING.replace("closed: {at: closed,", "closed: {at: closed, when: {via: [phone, fax]},")
    text = text.replace("answered: {at: closed,", "answered: {at: closed, when: {via: phone},")
    assert case(text).closed is not None
    assert case(text, via="web").closed is None


@pytest.mark.parametrize(
    ("differs", "column", "said"),
    [
        ({"opened": ""}, "opened", "every matter has a beginning"),
        ({"opened": "yesterday"}, "opened", "is no time of the form iso"),
        ({"closed": "2011-06-30 08:00:00"}, "closed", "lies before opened, 2011-07-01 08:30:00-05:00"),
        ({"closed": "2027-01-01 00:00:00"}, "closed", "lies in the future"),
        ({"dept": ""}, "dept", "somebody must have handled it"),
        ({"what": " "}, "what", "is empty, and category is needed"),
        ({"via": "fax"}, "via", "submission.channel “fax” is unknown; known are portal"),
        ({"lon": "191"}, "lon", "lies outside −180 to 180"),
        ({"lat": "north"}, "lat", "is no number"),
        ({"lat": ""}, "lat", "is empty where the other half of the point is not"),
        ({"lat": "nan"}, "lat", "lies outside"),
        ({"id": ""}, "id", "rows are known by it"),
        ({"where": "x" * 201}, "where", "has 201 characters; at most 200 fit"),
        ({"words": "a\x00b"}, "", "code nought"),
        ({"words": "caf\udce9"}, "", "is not written in utf-8"),
    ],
)
def test_each_reason_names_its_column(differs: dict[str, str], column: str, said: str) -> None:
    (found,) = reasons(**differs)
    assert found[0] == column
    assert said in found[2]


def test_everything_that_is_wrong_with_a_row_is_told() -> None:
    columns = {column for column, _value, _reason in reasons(opened="?", lat="x", via="fax")}
    assert columns == {"opened", "lat", "via"}


def test_a_deadline_may_lie_before_the_opening_for_it_is_a_fact_about_the_city() -> None:
    due = case(target="2011-06-01 00:00:00").due
    assert due is not None and due.at < case().opened.at


def test_within_one_day_no_order_can_be_told() -> None:
    found = case(closed="2011-07-01")
    assert found.closed is not None
    assert (found.closed.precision, found.closed.at) == ("day", datetime(2011, 7, 1, 5, tzinfo=UTC))
    assert reasons(closed="2011-06-30")[0][2].startswith("lies before opened")


def test_a_field_is_made_in_its_written_order() -> None:
    import re

    assert taken("  a   b ") == "a b"
    assert taken("Case Closed done", remove=re.compile("^Case Closed ")) == "done"
    assert taken("Ward 07", match=re.compile(r"(?:Ward )?0?(\d+)")) == "7"
    assert taken("n/a", empty=frozenset({"n/a"}), default="none") == "none"
    assert taken("x", values={"x": "y"}) == "y"
    assert taken("z", values={"x": "y"}) == "z"
    assert taken("z", values={"x": "y"}, others="w") == "w"
    assert taken("abcdef", longest=4, cut=True) == "abc…"
    with pytest.raises(BadValue, match="does not match"):
        taken("Ward X", match=re.compile(r"Ward \d+"))


def test_several_columns_are_joined_or_the_first_that_says_something_is_taken() -> None:
    places = {"a": 0, "b": 1}
    joined = Field(1, "f", columns=("a", "b"), join=": ").reader(places)
    first = Field(1, "f", columns=("a", "b")).reader(places)
    assert (joined(["x", "y"]), joined(["", "y"]), first(["", "y"]), first(["x", "y"])) == (
        "x: y",
        "y",
        "y",
        "x",
    )


def test_a_point_that_stands_for_nowhere_is_none() -> None:
    text = MAPPING.replace("  lat: lat", "  lat: lat\n  nowhere: -87.63 41.88")
    assert case(text).point is None
    assert case(text, lat="41.881").point == (-87.63, 41.881)


def test_degrees_may_have_a_decimal_comma() -> None:
    assert case(lon="-8,5936", lat="41.1496").point == (-8.5936, 41.1496)


def test_shifted_coordinates_are_converted() -> None:
    point = case(
        MAPPING.replace("  lat: lat", "  lat: lat\n  coordinates: gcj02"), lon="121.0", lat="31.1"
    ).point
    assert point == pytest.approx((120.9956, 31.1021), abs=1e-4)


@pytest.mark.parametrize(
    ("value", "formats", "at", "precision"),
    [
        ("2011-07-01 01:32:33", (), "2011-07-01T05:32:33+00:00", "exact"),
        ("2011-12-01T01:32:33.500", (), "2011-12-01T06:32:33.500000+00:00", "exact"),
        ("2011-07-01", (), "2011-07-01T04:00:00+00:00", "day"),
        ("20110701", (), "2011-07-01T04:00:00+00:00", "day"),
        ("2011-07-01T00:00:00Z", (), "2011-07-01T00:00:00+00:00", "exact"),
        (
            "07/01/2011 01:32:33 PM",
            ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"),
            "2011-07-01T17:32:33+00:00",
            "exact",
        ),
        ("07/01/2011", ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"), "2011-07-01T04:00:00+00:00", "day"),
        ("1309498353", ("unix",), "2011-07-01T05:32:33+00:00", "exact"),
        ("1309498353000", ("unix_ms",), "2011-07-01T05:32:33+00:00", "exact"),
    ],
)
def test_moments_are_read_in_the_citys_zone(
    value: str, formats: tuple[str, ...], at: str, precision: str
) -> None:
    assert moment(value, *formats) == (datetime.fromisoformat(at), precision)


def test_days_stay_days_and_a_deadline_runs_to_the_end_of_its_day() -> None:
    assert moment("2011-07-01", end=True).at == datetime(2011, 7, 2, 3, 59, 59, tzinfo=UTC)
    assert moment("2011-07-01T00:00:00", day_only=True) == (datetime(2011, 7, 1, 4, tzinfo=UTC), "day")


def test_of_a_repeated_hour_the_first_is_meant_and_a_skipped_hour_is_refused() -> None:
    assert moment("2011-11-06 01:30:00").at == datetime(2011, 11, 6, 5, 30, tzinfo=UTC)
    with pytest.raises(BadValue, match="did not exist in America/New_York"):
        moment("2011-03-13 02:30:00")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001
def test_the_quick_way_and_the_slow_way_agree(naive: datetime) -> None:
    naive = naive.replace(microsecond=0)
    local = naive.replace(tzinfo=NEW_YORK)
    assume(local.astimezone(UTC).astimezone(NEW_YORK).replace(tzinfo=None) == naive)
    assert moment(naive.isoformat(" ")).at == local.astimezone(UTC)


@given(st.text(max_size=60))
def test_tidying_keeps_words_and_lines_and_nothing_else(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once.split() == text.split()


@given(st.text(min_size=1, max_size=80), st.sampled_from([20, 30, 60]))
def test_a_code_fits_and_is_made_of_letters_digits_and_hyphens(value: str, longest: int) -> None:
    code = coded("boston-", value, longest)
    assert len(code) <= longest
    assert code.isascii() and code == code.lower()
    assert all(c.isalnum() or c == "-" for c in code) and code.strip("-") == code


def test_codes_keep_apart_what_letters_alone_would_not() -> None:
    assert coded("", "Straße", 30) == "strasse"
    assert coded("", "城南", 30) != coded("", "城北", 30)
    long = "South Boston / South Boston Waterfront"
    assert coded("boston-", long, 30) != coded("boston-", long + " East", 30)
    assert coded("", "Pot-Hole", 30) == coded("", "pot hole", 30)
