"""Words by which danger is told, and whom to call at once: no page is watched around the clock."""

from __future__ import annotations

import re

POLICE, FIRE, AMBULANCE = "110", "119", "120"

_WORDS: dict[str, tuple[str, ...]] = {
    POLICE: (
        "抢劫", "持刀", "行凶", "绑架", "杀人", "打人", "斗殴", "入室", "报警",
        "家暴", "跳楼", "轻生", "自杀",
        "robbery", "robbed", "robbing", "knife", "gun", "kidnap", "kidnapped", "stabbed", "being beaten",
        "suicide", "burglar", "murder",
    ),
    FIRE: (
        "着火", "起火", "失火", "火灾", "爆炸", "燃气泄漏", "煤气泄漏", "被困", "溺水", "落水",
        "on fire", "fire", "burning", "explosion", "exploded", "gas leak", "trapped", "drowning",
    ),
    AMBULANCE: (
        "昏迷", "晕倒", "大出血", "心脏病", "中毒", "休克", "没有呼吸", "急救", "骨折",
        "unconscious", "heart attack", "bleeding", "poisoned", "stroke", "not breathing", "ambulance",
    ),
}  # fmt: skip
#: What sounds like danger and is none.
_HARMLESS = re.compile(
    r"fire(?:works?|crackers?|place|wall| hydrants?| engines?| lanes?| exits?| doors?| extinguishers?)"
    r"|消防|防火|灭火器|烟火|放火炮|没有(?:着|起|失)火|no fire"
)


def numbers_for(text: str) -> list[str]:
    """The emergency numbers that a text asks for, in the order 110, 119, 120.

    >>> numbers_for("隔壁着火了"), numbers_for("A man with a knife, somebody is bleeding")
    (['119'], ['110', '120'])
    >>> numbers_for("The fire hydrant leaks"), numbers_for("河水发臭")
    ([], [])
    """
    told = _HARMLESS.sub(" ", text.lower())
    return [number for number, words in _WORDS.items() if any(_has(told, word) for word in words)]


def _has(told: str, word: str) -> bool:
    if not word.isascii():
        return word in told
    return re.search(rf"\b{re.escape(word)}\b", told) is not None
