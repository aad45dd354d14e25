"""Which categories share a word with what somebody wrote: a plain search, in the list's own order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gongzhi.governance.matters.queries import Category

_LATIN = re.compile(r"[a-z]{4,}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
#: A word that so many categories share tells nothing.
_COMMON = 4


@dataclass(frozen=True)
class Suggestion:
    """A category, and the words for which it is suggested."""

    category: Category
    because: tuple[str, ...]


def words_of(text: str) -> set[str]:
    """The words of a text: four letters and more, and every two Chinese characters that stand together.

    >>> sorted(words_of("The river smells: 河水臭"))
    ['river', 'smells', '水臭', '河水']
    """
    runs = _HAN.findall(text)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return set(_LATIN.findall(text.lower())) | pairs


def suggestions(text: str, categories: Iterable[Category]) -> list[Suggestion]:
    """The categories whose names or examples share a word with a text, in the order they came."""
    told = [(each, _words_of_category(each)) for each in categories]
    spread = Counter(word for _category, words in told for word in words)
    said = {word for word in words_of(text) if 0 < spread[word] < _COMMON}
    return [
        Suggestion(category, tuple(sorted(said & words, key=lambda w: (text.lower().find(w), w))))
        for category, words in told
        if said & words
    ]


def _words_of_category(category: Category) -> set[str]:
    return words_of(" ".join([*category.name.values(), *category.hint.values()]))
