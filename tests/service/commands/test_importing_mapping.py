"""A mapping is read strictly: every mistake is named with its line, before any file is opened."""

from __future__ import annotations

import pytest

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.service.commands.importing.mapping import Mapping
from gongzhi.service.commands.importing.schema import read, shipped, text_of
from tests.service.commands.cities import MAPPING


@pytest.fixture(autouse=True)
def _english(request: pytest.FixtureRequest) -> object:
    from django.utils import translation

    context = translation.override("en")
    context.__enter__()
    yield
    context.__exit__(None, None, None)


def refused(text: str) -> list[str]:
    """The lines in which a mapping is refused."""
    with pytest.raises(Invalid) as refusal:
        read(text, "m.yaml")
    return str(refusal.value).splitlines()


def changed(old: str, new: str) -> str:
    assert old in MAPPING
    return MAPPING.replace(old, new)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize("name", shipped())
def test_what_is_shipped_is_sound_and_found_by_its_name(name: str) -> None:
    text = text_of(name)
    assert text is not None
    mapping = read(text, name)
    assert mapping.name == name
    assert set(mapping.title) == {"zh", "en"}
    assert isinstance(mapping, Mapping)


def test_there_are_two_cities_and_no_others() -> None:
    assert shipped() == ["boston-2011", "chicago-2011-2014"]
    assert text_of("atlantis") is None
    assert text_of("../schema") is None


def test_a_column_may_stand_for_a_field_and_a_field_may_say_more() -> None:
    mapping = read(MAPPING, "m.yaml")
    assert mapping.text.columns == ("words",)
    assert mapping.channel.values == {"phone": "hotline", "web": "portal"}
    assert mapping.kind.constant == "help"
    assert {"id", "area", "dept", "what", "via", "words", "where", "lon", "lat"} <= mapping.columns()


def test_a_word_that_is_no_key_is_named_with_its_line_and_what_could_stand_there() -> None:
    text = changed("  text: words", "  texts: words")
    (told,) = refused(text)
    assert told.startswith(
        f"m.yaml:{line_of(text, 'texts: words')}: submission: there is no key “texts” here"
    )
    assert "text" in told.split("known are")[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("zone: America/Chicago\nlanguage", "zone: Mars/Olympus\nlanguage", "no time zone called “Mars/Olympus”"),
        ("level: county", "level: shire", "“level” is “shire”; it can be state, province"),
        ("calendar: US-IL", "calendar: ZZ-9", "ZZ-9"),
        ("key: id", "key: $row", "$file and $line, and not “$row”"),
        ("code: riverton", "code: river/ton", "“river/ton” is no code"),
        ("category: {column: what}", "", "“category” is missing"),
        ("{constant: help}", "{}", "say either “column”, “columns” or “constant”"),
        ("{constant: help}", "{constant: help, column: what}", "say either “column”"),
        ("  lon: lon\n", "", "a point needs both “lon” and “lat”"),
        ("opened: {at: opened}", "opened: {}", "“at” is missing"),
        ("promised: {due: target}", "promised: {at: target}", "“due” is missing"),
        ("category: {column: what}", "category: {column: what, match: '(('}", "“match” is no regular expression"),
        ("mapping: riverton", "mapping: [a]", "“mapping” is a text or a number"),
        ("language: en", "language: en\nlanguage: zh", "“language” stands here twice"),
        ("regions:\n", "regions: {}\nregion:\n", "“regions” is a list"),
        ("title: Riverton requests", "file: {encoding: morse}", "no encoding called “morse”"),
        ("title: Riverton requests", "file: {delimiter: ';;'}", "a delimiter is comma, tab, semicolon, pipe"),
        ("  lat: lat", "  lat: lat\n  nowhere: here", "“here” is no point"),
        ("  lat: lat", "  lat: lat\n  coordinates: mercator", "“coordinates” is “mercator”"),
    ],
)  # fmt: skip
def test_each_mistake_is_said_in_words(old: str, new: str, said: str) -> None:
    told = refused(changed(old, new))
    assert any(said in line for line in told), told
    assert all(line.startswith("m.yaml:") and line.split(":")[1].isdigit() for line in told)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = changed("level: county", "level: shire").replace("key: id", "keys: id")
    told = refused(text)
    assert len(told) == 2
    assert told == sorted(told, key=lambda line: int(line.split(":")[1]))


def test_who_answers_must_be_known() -> None:
    text = "\n".join(line for line in MAPPING.splitlines() if "dept" not in line and "PW" not in line)
    text = text.replace("organisation:", "").replace(
        "opened: {at: opened}", "opened: {at: opened}\n  closed: {at: closed}"
    )
    assert any("“organisation” says who handles it" in line for line in refused(text))


@pytest.mark.parametrize(
    ("text", "said"), [("", "the mapping is empty"), ("a: [", "m.yaml:1"), ("- a", "expects keys")]
)
def test_what_is_no_mapping_at_all_is_refused(text: str, said: str) -> None:
    assert any(said in line for line in refused(text))


def test_regions_of_a_column_come_after_those_with_a_code() -> None:
    text = changed("regions:\n", "regions:\n  - {column: state, level: province}\n")
    assert any("come before those of a column" in line for line in refused(text))


def test_the_first_region_has_the_zone_of_the_mapping_unless_it_says_another() -> None:
    text = changed("zone: America/Chicago\nlanguage", "zone: Europe/Lisbon\nlanguage")
    assert [each.zone for each in read(text, "m.yaml").fixed] == ["America/Chicago"]
    silent = text.replace("zone: America/Chicago, ", "")
    second = silent.replace(
        "  - {column: area", "  - {code: old-town, level: township, name: Old}\n  - {column: area"
    )
    assert [each.zone for each in read(second, "m.yaml").fixed] == ["Europe/Lisbon", None]
