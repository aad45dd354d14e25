import doctest
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.foundation.regions import divisions
from gongzhi.foundation.regions.divisions import (
    ALPHABET,
    ancestor_divisions,
    grid_code,
    is_division,
    is_readable_number,
    level_of,
    normalise_division,
    normalise_number,
    parent_division,
    readable_number,
    split_grid_code,
)

PREFIXES = st.text("0123456789", max_size=12)
BODIES = st.text(ALPHABET, min_size=8, max_size=8)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    characters = iter(draw(BODIES))
    return readable_number(draw(PREFIXES), choose=lambda _: next(characters))


def plain(number: str) -> str:
    return number.replace("-", "")


def test_examples_in_the_text_hold() -> None:
    assert doctest.testmod(divisions).failed == 0


# -- divisions and grids ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31", "31"),
        ("310000", "31"),
        ("310100", "3101"),
        ("320500000000", "3205"),
        ("330421", "330421"),
        ("330421102000", "330421102"),
        ("330421102", "330421102"),
        ("330421102005", "330421102005"),
        (" ３３０４２１ ", "330421"),
        ("330421000005", "330421000005"),  # a village straight below a county keeps its place
        ("330410", "330410"),
    ],
)
def test_padding_is_taken_off(written: str, code: str) -> None:
    assert normalise_division(written) == code


@pytest.mark.parametrize("written", ["", "3", "33042", "33042X", "00", "٣٣", "3304211020051"])
def test_what_is_no_division_is_refused(written: str) -> None:
    assert not is_division(written)
    with pytest.raises(ValueError, match="no division code"):
        normalise_division(written)


def test_a_province_has_no_parent() -> None:
    assert parent_division("33") is None
    assert list(ancestor_divisions("33")) == []
    assert [level_of(code) for code in ("33", *["3304", "330421", "330421102", "330421102005"])] == [
        "province",
        "prefecture",
        "county",
        "township",
        "village",
    ]


@given(st.text("123456789", min_size=12, max_size=12), st.sampled_from([2, 4, 6, 9, 12]))
def test_padding_a_code_changes_nothing(digits: str, length: int) -> None:
    code = digits[:length]
    assert normalise_division(code.ljust(12, "0")) == code


@given(st.text("123456789", min_size=12, max_size=12), st.integers(1, 5), st.data())
def test_a_grid_code_comes_apart_again(division: str, digits: int, data: st.DataObject) -> None:
    sequence = data.draw(st.integers(1, 10**digits - 1))
    assert split_grid_code(grid_code(division, sequence, digits=digits), digits=digits) == (
        division,
        sequence,
    )


def test_grids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit in 3 digits"):
        grid_code("330421102005", 1000)
    with pytest.raises(ValueError, match="does not fit"):
        grid_code("330421102005", 0)
    with pytest.raises(ValueError, match="no grid code"):
        split_grid_code("33042110200")


# -- numbers --------------------------------------------------------------------------------------------


def test_the_alphabet_holds_nothing_to_confuse() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 23
    assert not set(ALPHABET) & set("01OILUVAEBGSZ")


def test_new_numbers_differ() -> None:
    assert len({readable_number("260118") for _ in range(500)}) == 500


@given(numbers())
def test_a_number_passes_its_own_check(number: str) -> None:
    assert is_readable_number(number)
    assert normalise_number(number) == number


@given(numbers(), st.sampled_from(["", " ", "-", "—", "－", "　"]), st.booleans())
def test_case_spaces_and_hyphens_do_not_matter(number: str, between: str, lower: bool) -> None:
    typed = between.join(plain(number).lower() if lower else plain(number))
    assert normalise_number(typed) == number
    assert is_readable_number(typed)


def test_full_width_and_look_alikes_are_read_as_meant() -> None:
    assert normalise_number("２６０１１８－７ＫＱ２－９ＦＭＸ－4") == "260118-7KQ2-9FMX-4"
    assert normalise_number("26OIl8 7KQZ 9FMX 4") == "260118-7KQ2-9FMX-4"


@given(numbers())
def test_every_single_wrong_character_is_found(number: str) -> None:
    digits = plain(number)
    for place, right in enumerate(digits):
        for wrong in set("0123456789" + ALPHABET) - {right}:
            assert not is_readable_number(digits[:place] + wrong + digits[place + 1 :])


@given(numbers())
def test_every_two_characters_that_changed_places_are_found(number: str) -> None:
    digits = plain(number)
    for one, other in combinations(range(len(digits)), 2):
        if digits[one] != digits[other]:
            swapped = list(digits)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert not is_readable_number("".join(swapped))


@given(numbers(), st.integers(0, 20), st.sampled_from(ALPHABET))
def test_a_pair_misheard_twice_is_found(number: str, place: int, wrong: str) -> None:
    digits = plain(number)
    if place + 1 < len(digits) and digits[place] == digits[place + 1] != wrong:
        assert not is_readable_number(digits[:place] + wrong * 2 + digits[place + 2 :])


@given(st.text(max_size=30))
def test_anything_typed_is_either_a_number_or_refused(text: str) -> None:
    if is_readable_number(text):
        assert is_readable_number(normalise_number(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "too short"),
        ("7KQ2", "too short"),
        ("260118-7KQ2-9FMA-W", "'A' does not occur"),
        ("26A118-7KQ2-9FMX-4", "cannot begin a number"),
        ("1234567890123-7KQ2-9FMX-4", "at most 12 digits"),
    ],
)
def test_a_refusal_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        normalise_number(text)


def test_a_prefix_is_digits() -> None:
    with pytest.raises(ValueError, match="cannot begin a number"):
        readable_number("QP26")
