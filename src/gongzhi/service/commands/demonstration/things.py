"""Invented public things: covers, lamps, poles and pipes of each county, with whose they are.

The codes follow the usual form, six digits of the county, two of the major and three of the minor class,
six to count; minors from 999 downwards are those that a place makes up itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from . import data
from .generator import COUNTY_SHARES, body_for
from .places import Spot, places

#: So many stand about in a county, and so many near the middle of each town.
SCATTERED, IN_TOWN = 90, 18
_TOWN_METRES = 350

#: Of each kind: its minor class, how many of a hundred, and the functions of owner and keeper.
_KINDS = (
    ("cover", "999", 26, "water", ""),
    ("cover", "998", 14, "transport", "town"),
    ("cover", "997", 10, "utility", ""),
    ("lamp", "996", 22, "transport", "city_order"),
    ("pole", "995", 12, "utility", ""),
    ("pipe", "994", 10, "water", ""),
    ("pipe", "993", 6, "utility", ""),
)


@dataclass(frozen=True)
class DemoThing:
    """A thing of the demonstration; owner and keeper are codes of bodies."""

    code: str
    kind: str
    spot: Spot
    owner: str
    keeper: str | None


def things(seed: int) -> Iterator[DemoThing]:
    """Some hundreds in each county, the same for the same seed."""
    chance = random.Random(f"things {seed}")  # noqa: S311
    for county in COUNTY_SHARES:
        for number, spot in enumerate(_spots(chance, county), 1):
            (told,) = chance.choices(_KINDS, [each[2] for each in _KINDS])
            kind, minor, _weight, owner, keeper = told
            whose = body_for(owner, spot.village)
            if whose is None:
                raise LookupError(f"{county} has nobody for {owner}")
            kept = body_for(keeper, spot.village) if keeper else None
            yield DemoThing(f"{county}01{minor}{number:06}", kind, spot, whose, kept)


def _spots(chance: random.Random, county: str) -> Iterator[Spot]:
    for _ in range(SCATTERED):
        yield places().draw(chance, county)
    for node in data.tree():
        if node.level == "township" and node.code.startswith(county):
            middle = _in_town(chance, county, node.code)
            for _ in range(IN_TOWN):
                spot = places().around(chance, middle.lon, middle.lat, _TOWN_METRES)
                if spot.county == county:
                    yield spot


def _in_town(chance: random.Random, county: str, town: str) -> Spot:
    while True:
        spot = places().draw(chance, county)
        if spot.town == town:
            return spot
