"""Words by which danger is told, and whom to call at once: no page is watched around the clock."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml


@cache
def _told() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    """For each number the words that ask for it, and what sounds like danger and is none."""
    text = resources.files("gongzhi.governance.matters").joinpath("emergencies.yaml").read_text("utf-8")
    found = yaml.safe_load(text)
    numbers = {number: re.compile(_either(lines)) for number, lines in found["numbers"].items()}
    return numbers, re.compile("|".join(found["harmless"]))


def _either(lines: list[str]) -> str:
    """English words stand by themselves, Chinese ones wherever they stand."""
    return "|".join(rf"\b(?:{line})\b" if line.isascii() else line for line in lines)


def numbers_for(text: str) -> list[str]:
    """The emergency numbers that a text asks for, in the order 110, 119, 120.

    >>> numbers_for("隔壁着火了"), numbers_for("A man with a knife, somebody is bleeding")
    (['119'], ['110', '120'])
    >>> numbers_for("The fire hydrant leaks"), numbers_for("河水发臭")
    ([], [])
    """
    numbers, harmless = _told()
    told = harmless.sub(" ", text.lower())
    return [number for number, words in numbers.items() if words.search(told)]
