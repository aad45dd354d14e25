"""The rivers and lakes of the demonstration as they are drawn: corners cut until they look like water."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from . import data

_CUTS = 3


def drawn() -> dict[str, Any]:
    """All waters as GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": dict(water.name)}, "geometry": _soft(water.geometry)}
            for water in data.waters()
        ],
    }


def _soft(geometry: dict[str, Any]) -> dict[str, Any]:
    told = geometry["coordinates"]
    if geometry["type"] == "LineString":
        return {**geometry, "coordinates": _cut(told, is_ring=False)}
    return {**geometry, "coordinates": [_cut(ring, is_ring=True) for ring in told]}


def _cut(line: list[list[float]], *, is_ring: bool) -> list[list[float]]:
    """A line with every corner cut at a quarter of its sides (Chaikin), some times over."""
    for _ in range(_CUTS):
        cut = [_between(a, b, share) for a, b in pairwise(line) for share in (0.25, 0.75)]
        line = [*cut, cut[0]] if is_ring else [line[0], *cut, line[-1]]
    return line


def _between(a: list[float], b: list[float], share: float) -> list[float]:
    return [round(x + share * (y - x), 5) for x, y in zip(a, b, strict=True)]
