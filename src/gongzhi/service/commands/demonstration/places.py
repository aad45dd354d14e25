"""Where invented submissions come from: points, with the grid they lie in and what is close by."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, hypot, inf, radians
from typing import Any

from gongzhi.foundation.regions.geometry import PointIndex, bounds, contains, inner_point

from . import data

NEAR_BORDER_METRES = 300
_NEAR_WATER_DEGREES = 0.02
_STREET_WEIGHT = 2.5
_DEGREES_A_METRE = 1 / 111_195


@dataclass(frozen=True)
class Spot:
    """A point and where it lies; `across` are other counties within 300 m."""

    lon: float
    lat: float
    grid: str
    village: str
    town: str
    county: str
    across: tuple[str, ...]
    water: str | None


class Places:
    """Draws spots; all chance comes from the generator given."""

    def __init__(self) -> None:
        self._shapes = {grid.code: grid.outline for grid in data.grids()}
        self._grids = PointIndex(list(self._shapes.items()))
        counties = [n for n in data.tree() if n.level == "county" and n.outline]
        self._counties = PointIndex([(n.code, n.outline) for n in counties if n.outline])
        self._by_county: dict[str, list[str]] = {}
        for code in self._shapes:
            self._by_county.setdefault(code[:6], []).append(code)
        self._wet = {code: _nearest_water(*inner_point(shape)) for code, shape in self._shapes.items()}
        self._borders = _borders({n.code: n.outline for n in counties if n.outline})

    def draw(self, chance: random.Random, county: str, *, by_water: bool = False) -> Spot:
        """A spot somewhere in a county, near water if wanted."""
        codes = self._by_county[county]
        if by_water:
            codes = [code for code in codes if self._wet[code]] or codes
        weights = [_STREET_WEIGHT if code[6] == "0" else 1.0 for code in codes]
        (code,) = chance.choices(codes, weights)
        return self._spot(*_point_in(chance, self._shapes[code]), code)

    def draw_at_border(self, chance: random.Random, county: str) -> Spot:
        """A spot within 300 m of another county."""
        pieces = self._borders[county]
        while True:
            (x1, y1), (x2, y2) = chance.choices([p for p, _ in pieces], [length for _, length in pieces])[0]
            share = chance.random()
            lon, lat = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            reach = NEAR_BORDER_METRES * _DEGREES_A_METRE * 0.6
            lon += chance.uniform(-reach, reach)
            lat += chance.uniform(-reach, reach)
            code = self._grids.find(lon, lat)
            if code is not None and code.startswith(county):
                spot = self._spot(lon, lat, code)
                if spot.across:
                    return spot

    def around(self, chance: random.Random, lon: float, lat: float, metres: float) -> Spot:
        """A spot close to a point that lies in some grid."""
        reach = metres * _DEGREES_A_METRE
        while True:
            x, y = lon + chance.uniform(-reach, reach), lat + chance.uniform(-reach, reach)
            code = self._grids.find(x, y)
            if code is not None:
                return self._spot(x, y, code)

    def _spot(self, lon: float, lat: float, grid: str) -> Spot:
        lon, lat = round(lon, 6), round(lat, 6)
        across = tuple(code for code, _ in self._counties.near(lon, lat, NEAR_BORDER_METRES))
        return Spot(lon, lat, grid, grid[:12], grid[:9], grid[:6], across, self._wet[grid])


@cache
def places() -> Places:
    """The places of the demonstration, made once."""
    return Places()


def _point_in(chance: random.Random, shape: dict[str, Any]) -> tuple[float, float]:
    box = bounds(shape)
    while True:
        lon, lat = chance.uniform(box.west, box.east), chance.uniform(box.south, box.north)
        if contains(shape, lon, lat):
            return lon, lat


def _nearest_water(lon: float, lat: float) -> str | None:
    """The Chinese name of the water within some two kilometres, if any."""
    best, nearest = None, _NEAR_WATER_DEGREES
    squeeze = cos(radians(lat))
    for water in data.waters():
        told = water.geometry["coordinates"]
        line = told if water.geometry["type"] == "LineString" else told[0]
        distance = inf
        for (x1, y1), (x2, y2) in pairwise(line):
            dx, dy = (x2 - x1) * squeeze, y2 - y1
            ax, ay = (x1 - lon) * squeeze, y1 - lat
            along = max(0.0, min(1.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
            distance = min(distance, hypot(ax + along * dx, ay + along * dy))
        if distance < nearest:
            best, nearest = water.name["zh"], distance
    return best


Piece = tuple[tuple[float, float], tuple[float, float]]


def _borders(outlines: Mapping[str, dict[str, Any]]) -> dict[str, list[tuple[Piece, float]]]:
    """For each county the pieces of its outline that another county shares, with their lengths."""
    edges = {code: set(_edges(shape)) for code, shape in outlines.items()}
    found: dict[str, list[tuple[Piece, float]]] = {}
    for code, own in edges.items():
        shared = [e for e in sorted(own) if any(e[::-1] in edges[other] for other in edges if other != code)]
        found[code] = [(e, hypot(e[0][0] - e[1][0], e[0][1] - e[1][1])) for e in shared]
    return found


def _edges(shape: dict[str, Any]) -> list[Piece]:
    rings = shape["coordinates"]
    if shape["type"] == "MultiPolygon":
        rings = [ring for polygon in rings for ring in polygon]
    return [((a[0], a[1]), (b[0], b[1])) for ring in rings for a, b in pairwise(ring)]
