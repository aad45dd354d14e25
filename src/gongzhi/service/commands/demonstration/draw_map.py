"""Draws the map of the demonstration region: `python -m gongzhi.service.commands.demonstration.draw_map`.

Reads region.yaml and writes map.json: outlines of counties, towns, villages and grids. All are unions
of the cells of one Voronoi diagram, so neighbours share every corner of their common border. The
same input always draws the same map.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, inf, radians, sin
from pathlib import Path
from typing import Any

import yaml

from gongzhi.foundation.regions.divisions import grid_code
from gongzhi.foundation.regions.geometry import contains

FOLDER = Path(__file__).parent
SPACING = 0.023  # degrees of latitude between the middles of grids, about 2.5 km
SQUEEZE = cos(radians(31.0))  # a degree of longitude is that much shorter
SEED = 20240501
MERGE = 0.0012  # corners closer than this become one
GRIDS_A_VILLAGE = 3

Point = tuple[float, float]
Cell = list[int]


def main() -> None:
    region = yaml.safe_load((FOLDER / "region.yaml").read_text(encoding="utf-8"))
    drawn = draw(region)
    (FOLDER / "map.json").write_text(_as_lines(drawn), encoding="utf-8")


def draw(region: dict[str, Any]) -> dict[str, Any]:
    """The whole map as data."""
    counties = region["counties"] + region["outside"]
    marks = _marks(region)
    seeds, owners = _seeds(region, counties, marks)
    corners, cells = _voronoi(seeds, set(owners))
    villages = _villages(region, owners, seeds, _neighbours(cells))
    outlines: dict[str, Any] = {}
    for county in counties:
        own = [number for number, owner in owners.items() if owner[:6] == county["code"]]
        outlines[county["code"]] = _union(own, cells, corners)
        for town in county.get("towns", []):
            code = county["code"] + town["code"]
            outlines[code] = _union([n for n in own if owners[n] == code], cells, corners)
    rows, grids = [], []
    for village in villages:
        outlines[village["code"]] = _union(village["cells"], cells, corners)
        rows.append({"code": village["code"], "parent": village["code"][:9], "name": village["name"]})
        for sequence, number in enumerate(village["cells"], 1):
            grids.append(_grid(village, sequence, _union([number], cells, corners)))
    return {
        "drawn_from": "region.yaml by draw_map.py",
        "villages": rows,
        "grids": grids,
        "outlines": outlines,
    }


def _grid(village: dict[str, Any], sequence: int, outline: dict[str, Any]) -> dict[str, Any]:
    zh, en = village["name"]["zh"], village["name"]["en"]
    return {
        "code": grid_code(village["code"], sequence),
        "region": village["code"],
        "name": {"zh": f"{zh}第{sequence}网格", "en": f"{en}, grid {sequence}"},
        "outline": outline,
    }


# ---- where the grids lie -------------------------------------------------------------------


def _marks(region: dict[str, Any]) -> list[Point]:
    """One seed for each named village, at equal distance from the corner where they touch."""
    lon, lat = region["corner"]
    reach = SPACING * 0.55
    turns = [radians(village["bearing"]) for village in region["villages"]]
    return [(lon * SQUEEZE + reach * cos(turn), lat + reach * sin(turn)) for turn in turns]


def _seeds(
    region: dict[str, Any], counties: list[dict[str, Any]], marks: list[Point]
) -> tuple[list[Point], dict[int, str]]:
    """The middles of all cells, in squeezed degrees, and which county or town each inner one is of."""
    chance = random.Random(SEED)  # noqa: S311
    seeds = list(marks)
    owners = {number: village["town"] for number, village in enumerate(region["villages"])}
    corner = (region["corner"][0] * SQUEEZE, region["corner"][1])
    rows = 50
    for row in range(rows):
        for column in range(60):
            x = 120.2 * SQUEEZE + (column + row % 2 / 2) * SPACING + chance.uniform(-0.28, 0.28) * SPACING
            y = 30.6 + row * SPACING * 0.87 + chance.uniform(-0.28, 0.28) * SPACING
            if _distance((x, y), corner) < SPACING * 1.15:
                continue
            owner = _owner(counties, x / SQUEEZE, y)
            if owner:
                owners[len(seeds)] = owner
            seeds.append((x, y))
    return seeds, owners


def _owner(counties: list[dict[str, Any]], lon: float, lat: float) -> str | None:
    for county in counties:
        if contains({"type": "Polygon", "coordinates": [county["outline"]]}, lon, lat):
            return str(county["code"]) + _nearest_town(county.get("towns", []), lon, lat)
    return None


def _nearest_town(towns: list[dict[str, Any]], lon: float, lat: float) -> str:
    best, nearest = "", inf
    for town in towns:
        for x, y in town["centres"]:
            if (distance := hypot((x - lon) * SQUEEZE, y - lat)) < nearest:
                best, nearest = town["code"], distance
    return best


def _villages(
    region: dict[str, Any], owners: dict[int, str], seeds: list[Point], beside: dict[int, set[int]]
) -> list[dict[str, Any]]:
    """Villages of each town: neighbouring grids, three or so together."""
    names = iter(_names(region["village_names"]))
    found = []
    by_town = defaultdict(list)
    for number, owner in owners.items():
        if len(owner) == 9:
            by_town[owner].append(number)
    for town in sorted(by_town):
        named = next((n for n, village in enumerate(region["villages"]) if village["town"] == town), None)
        for sequence, cells in enumerate(_groups(by_town[town], named, seeds, beside), 1):
            if named in cells and named is not None:
                name = {tongue: region["villages"][named][tongue] for tongue in ("zh", "en")}
            else:
                name = _named(town, *next(names))
            found.append({"code": f"{town}{sequence:03d}", "name": name, "cells": cells})
    return found


def _names(parts: dict[str, Any]) -> list[tuple[str, str]]:
    """Invented names, no two alike and none that of a town nearby."""
    pairs = [
        (first + second, (spoken + ending).capitalize())
        for first, spoken in parts["first"].items()
        for second, ending in parts["second"].items()
        if spoken + ending not in parts["not"]
    ]
    random.Random(SEED).shuffle(pairs)  # noqa: S311
    return pairs


def _named(town: str, zh: str, en: str) -> dict[str, str]:
    """Streets have communities, towns have villages."""
    if town[6] == "0":
        return {"zh": f"{zh}社区(示)", "en": f"{en} Community (demo)"}
    return {"zh": f"{zh}村(示)", "en": f"{en} Village (demo)"}


def _groups(
    cells: list[int], named: int | None, seeds: list[Point], beside: dict[int, set[int]]
) -> list[list[int]]:
    """Groups of cells that hang together; the one round a named village's cell comes first."""
    groups: list[list[int]] = []
    left = set(cells)
    while left:
        start = named if named in left and named is not None else min(left, key=lambda n: (sum(seeds[n]), n))
        group = [start]
        left.remove(start)
        while len(group) < GRIDS_A_VILLAGE and (edge := {o for n in group for o in beside[n]} & left):
            group.append(min(edge, key=lambda n: (_distance(seeds[n], seeds[start]), n)))
            left.remove(group[-1])
        host = next((g for g in groups if any(beside[n] & set(g) for n in group)), None)
        if len(group) == 1 and host is not None:
            host.extend(group)
        else:
            groups.append(group)
    return groups


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


# ---- cells ---------------------------------------------------------------------------------


def _voronoi(seeds: list[Point], wanted: set[int]) -> tuple[list[Point], dict[int, Cell]]:
    """The cell of each wanted seed as corners in counter-clockwise order, shared between neighbours."""
    corners = _Corners()
    cells = {}
    for number in sorted(wanted):
        cell = [corners.number(point) for point in _cell(seeds, number)]
        cells[number] = [corner for place, corner in enumerate(cell) if corner != cell[place - 1]]
    return corners.points, cells


def _cell(seeds: list[Point], number: int) -> list[Point]:
    x, y = seeds[number]
    reach = 4 * SPACING
    cell = [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]
    near = [s for s in seeds if s != (x, y) and abs(s[0] - x) < 2 * reach and abs(s[1] - y) < 2 * reach]
    for other in sorted(near, key=lambda s: _distance(s, (x, y))):
        cell = _clip(cell, (x, y), other)
    return cell


def _clip(cell: list[Point], own: Point, other: Point) -> list[Point]:
    """The part of a cell that is closer to its own seed than to another."""
    across, up = other[0] - own[0], other[1] - own[1]
    limit = (other[0] ** 2 + other[1] ** 2 - own[0] ** 2 - own[1] ** 2) / 2
    kept: list[Point] = []
    for place, end in enumerate(cell):
        start = cell[place - 1]
        before, after = (p[0] * across + p[1] * up - limit for p in (start, end))
        if (before < 0) != (after < 0):
            share = before / (before - after)
            kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
        if after < 0:
            kept.append(end)
    return kept


def _neighbours(cells: dict[int, Cell]) -> dict[int, set[int]]:
    """Which cells share an edge with which."""
    holder = {(cell[place - 1], end): n for n, cell in cells.items() for place, end in enumerate(cell)}
    beside: dict[int, set[int]] = {number: set() for number in cells}
    for (start, end), number in holder.items():
        if (end, start) in holder:
            beside[number].add(holder[end, start])
    return beside


class _Corners:
    """Gives one number to corners that are as good as the same."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._near: dict[tuple[int, int], list[int]] = defaultdict(list)

    def number(self, point: Point) -> int:
        column, row = int(point[0] // MERGE), int(point[1] // MERGE)
        for x in (column - 1, column, column + 1):
            for y in (row - 1, row, row + 1):
                for number in self._near.get((x, y), ()):
                    if _distance(point, self.points[number]) < MERGE:
                        return number
        self.points.append(point)
        self._near[column, row].append(len(self.points) - 1)
        return len(self.points) - 1


# ---- unions --------------------------------------------------------------------------------


def _union(members: Sequence[int], cells: dict[int, Cell], corners: list[Point]) -> dict[str, Any]:
    """The outline of cells together: the edges that no two of them share."""
    edges = {(cells[n][place - 1], corner) for n in members for place, corner in enumerate(cells[n])}
    follow: dict[int, list[int]] = defaultdict(list)
    for start, end in sorted(edges):
        if (end, start) not in edges:
            follow[start].append(end)
    rings = []
    while follow:
        ring = [min(follow)]
        while True:
            ends = follow[ring[-1]]
            ring.append(ends.pop())
            if not ends:
                del follow[ring[-2]]
            if ring[-1] == ring[0]:
                break
        rings.append([_written(corners[corner]) for corner in ring])
    return _geometry(rings)


def _geometry(rings: list[list[list[float]]]) -> dict[str, Any]:
    outer = [ring for ring in rings if _area(ring) > 0]
    holes = [ring for ring in rings if _area(ring) < 0]
    if len(outer) == 1:
        return {"type": "Polygon", "coordinates": [outer[0], *holes]}
    if holes:
        raise ValueError("an area of several parts has a hole: choose another seed")
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in outer]}


def _area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _written(point: Point) -> list[float]:
    return [round(point[0] / SQUEEZE, 5), round(point[1], 5)]


def _as_lines(drawn: dict[str, Any]) -> str:
    """JSON with a line for each thing, so that a change shows where it is."""
    parts = []
    for key, value in drawn.items():
        if isinstance(value, list):
            lines = ",\n".join(_compact(each) for each in value)
            parts.append(f"{_compact(key)}: [\n{lines}\n]")
        elif isinstance(value, dict):
            lines = ",\n".join(f"{_compact(k)}: {_compact(v)}" for k, v in value.items())
            parts.append(f"{_compact(key)}: {{\n{lines}\n}}")
        else:
            parts.append(f"{_compact(key)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
