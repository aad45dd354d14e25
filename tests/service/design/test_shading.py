from hypothesis import given
from hypothesis import strategies as st

from gongzhi.service.design.shading import SHADES, shade_of, steps


def told(values: list[float], least: int = 1) -> list[str]:
    return [step.text for step in steps(values, least)]


def test_steps_are_round_and_reach_the_greatest() -> None:
    assert told([3, 33]) == ["1–8", "9–16", "17–24", "25–32", "33–40"]
    assert told([100]) == ["1–20", "21–40", "41–60", "61–80", "81–100"]
    assert told([2, 4]) == ["1", "2", "3", "4"]


def test_what_must_not_be_told_apart_is_not() -> None:
    assert told([4, 9], least=5) == ["1–5", "6–10"]
    assert shade_of(1, steps([4, 9], 5)) == shade_of(4, steps([4, 9], 5)) == 1


def test_nothing_has_no_steps_and_no_shade() -> None:
    assert steps([]) == steps([0, 0]) == []
    assert shade_of(0, steps([5])) == 0
    assert shade_of(5, []) == 0


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(1, 50))
def test_every_value_has_a_shade_and_more_is_never_lighter(values: list[int], least: int) -> None:
    found = steps(values, least)
    assert len(found) <= SHADES
    shades = [shade_of(value, found) for value in sorted(values)]
    assert shades == sorted(shades)
    assert all((shade == 0) == (value == 0) for shade, value in zip(shades, sorted(values), strict=True))
    assert all(step.high - step.low + 1 >= least for step in found)
