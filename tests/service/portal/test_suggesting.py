"""Suggestions share words with the text, say which, and are ordered by nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st


def category(code: str, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> Any:
    from gongzhi.governance.matters.queries import Category

    return Category(code=code, name={"zh": zh, "en": en}, hint={"zh": hint_zh, "en": hint_en})


def known() -> list[Any]:
    return [
        category("c01", "河湖异味", "Smelling water", "例：河水发黑", "For example: the river is black"),
        category("c02", "漂浮物", "Floating waste", "例：河面长满水葫芦", "For example: hyacinth"),
        category(
            "c11", "夜间噪声", "Noise at night", "例：工地夜里还在打桩", "For example: piling at midnight"
        ),
        category("c13", "道路破损", "Broken roads", "例：路面塌陷", "For example: the road has sunk in"),
    ]


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    from gongzhi.service.portal.suggesting import suggestions

    return [(each.category.code, each.because) for each in suggestions(text, known())]


def test_a_chinese_text_finds_what_shares_two_characters() -> None:
    assert found("桥边的河水又黑又臭") == [("c01", ("河水",))]


def test_an_english_text_finds_what_shares_a_word() -> None:
    assert found("The RIVER is full of waste") == [("c01", ("river",)), ("c02", ("waste",))]


def test_words_that_every_category_has_tell_nothing() -> None:
    assert found("for example") == []


def test_what_shares_no_word_suggests_nothing() -> None:
    assert found("zzzz 嗯") == []


@given(st.text(max_size=200))
def test_suggestions_come_in_the_order_of_the_list_with_words_that_were_written(text: str) -> None:
    order = [each.code for each in known()]
    codes = [code for code, _words in found(text)]
    assert codes == [code for code in order if code in codes]
    for _code, words in found(text):
        assert words and all(word in text.lower() for word in words)
