"""What invented submissions and answers say, in Chinese and English at once."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from . import data
from .places import Spot

Pair = Sequence[str]
Slots = dict[str, Pair]

_SENTENCE = re.compile(r"(?:^|[.!?] )[a-z]")
_PAPERS = frozenset({"c26", "c30", "c31", "c32", "c34"})
_ON_SITE = frozenset(
    {"c01", "c02", "c05", "c06", "c11", "c12", "c13", "c16", "c18", "c25", "c27", "c28", "c29", "c37", "c39"}
)


def fill(pair: Pair, slots: Slots) -> dict[str, str]:
    """A text in both languages with its slots filled; English sentences begin with a capital."""
    zh, en = (pair[n].format_map({name: value[n] for name, value in slots.items()}) for n in (0, 1))
    return {"zh": zh, "en": _SENTENCE.sub(lambda start: start[0].upper(), en)}


def draw_slots(chance: random.Random, category: str, spot: Spot) -> Slots:
    """One value for every slot that a text of this category at this spot may name."""
    lists = {**data.shared_texts()["slots"], **data.texts()[category].get("slots", {})}
    slots: Slots = {name: chance.choice(values) for name, values in lists.items()}
    names = _names()
    far = [_pair(name) for code, name in data.short_names().items() if code != spot.county]
    slots["far"], slots["far2"] = chance.sample(far, 2)
    slots["water"] = _water(chance, spot)
    for slot, code in (("village", spot.village), ("town", spot.town), ("county", spot.county)):
        slots[slot] = _pair(names[code])
    return slots


def place_words(slots: Slots, spot: Spot) -> dict[str, str]:
    """The place in words."""
    told = data.shared_texts()["place"]
    if not spot.across:
        return fill(told["plain"], slots)
    names = [_pair(data.short_names()[code]) for code in spot.across]
    across = [told["and"][tongue].join(name[tongue] for name in names) for tongue in (0, 1)]
    return fill(told["border"], {**slots, "across": across})


def title(category: str, slots: Slots) -> dict[str, str]:
    """A few words for lists."""
    return fill(data.texts()[category]["title"], slots)


def draw_body(chance: random.Random, category: str, kind: str) -> Pair:
    """What it is about; a question may bring its own reply as a second pair."""
    body: Pair = chance.choice(data.texts()[category][kind])
    return body


def submission_text(
    chance: random.Random, category: str, kind: str, channel: str, slots: Slots, body: Pair
) -> dict[str, str]:
    """An opening, what it is about, and perhaps a closing word."""
    shared = data.shared_texts()
    voice = "patrol" if channel == "patrol" else kind
    closers = list(shared["closers"][voice])
    if kind == "consult" and category in _PAPERS:
        closers += shared["closers"]["papers"]
    if kind in ("help", "complain") and category in _ON_SITE and channel != "patrol":
        closers += shared["closers"]["site"]
    return _joined([chance.choice(shared["openers"][voice]), body, chance.choice(closers)], slots)


def answer_text(
    chance: random.Random, category: str, kind: str, slots: Slots, question: Pair, body: data.Label
) -> dict[str, str]:
    """What the body that handled it answers."""
    shared, own = data.shared_texts()["answers"], data.texts()[category]
    slots = {**slots, "body": _pair(body)}
    if kind == "praise":
        return fill(chance.choice(shared["praise"]), slots)
    if kind == "suggest":
        return fill(chance.choice(shared["suggest"] + (own["answers"] if category == "c14" else [])), slots)
    if kind == "consult":
        told = question[2:] if len(question) == 4 else chance.choice(own["replies"])
        return _joined([chance.choice(shared["consult"]), told], slots)
    parts = [
        chance.choice(shared["openers"]),
        chance.choice(own["answers"]),
        chance.choice(shared["closers"]),
    ]
    return _joined(parts, slots)


def _joined(parts: Sequence[Pair], slots: Slots) -> dict[str, str]:
    return fill(("".join(p[0] for p in parts), "".join(p[1] for p in parts)), slots)


def person_name(chance: random.Random) -> dict[str, str]:
    """An invented name, marked as such."""
    names = data.shared_texts()["names"]
    surname = chance.choice(list(names["surnames"].items()))
    given = chance.choice(list(names["given"].items()))
    return fill(names["whole"], {"surname": surname, "given": given})


def phone_number(chance: random.Random) -> str:
    """Eleven digits that no network gives out: mobile numbers begin with 13 to 19."""
    return f"100{chance.randrange(10**8):08d}"


@cache
def _names() -> Mapping[str, data.Label]:
    return {node.code: node.name for node in data.tree()}


def _pair(label: Mapping[str, Any]) -> Pair:
    return label["zh"], label["en"]


def _water(chance: random.Random, spot: Spot) -> Pair:
    """The water that is really close; else a small one that every village has."""
    waters = data.shared_texts()["waters"]
    if spot.water is not None:
        known: Pair = waters["known"][spot.water]
        return known
    small: Pair = waters["border"] if spot.across else chance.choice(waters["small"])
    return small
