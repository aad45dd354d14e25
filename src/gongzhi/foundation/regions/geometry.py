"""Areas on the map: which one holds a point, and which other ones are close by.

Geometries are GeoJSON `Polygon` and `MultiPolygon` in longitude and latitude (WGS-84), holes
included; none may cross the date line. A point on a border belongs to exactly one of the areas that
share it. Plain Python, made for some thousands of areas kept in memory:

>>> west = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
>>> east = {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]}
>>> index = PointIndex([("west", west), ("east", east)])
>>> index.find(0.5, 0.5), index.find(1.5, 0.5), index.find(2.5, 0.5)
('west', 'east', None)
>>> [(area, round(metres)) for area, metres in index.near(0.999, 0.5, 200)]
[('east', 111)]
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from math import cos, floor, hypot, inf, pi, radians, sqrt
from typing import Any, Generic, NamedTuple, TypeVar

from gongzhi.foundation.regions.coordinates import EARTH_RADIUS_METRES

__all__ = [
    "Bounds",
    "Geometry",
    "PointIndex",
    "bounds",
    "contains",
    "distance_to_border_metres",
    "inner_point",
]

Geometry = Mapping[str, Any]
Key = TypeVar("Key", bound=Hashable)
_Edge = tuple[float, float, float, float]
"""x1, y1, x2, y2 with the lower end first, so that both neighbours compute the same crossing."""

_METRES_PER_DEGREE = EARTH_RADIUS_METRES * pi / 180
_CELLS_PER_AREA = 40
_MOST_CELLS = 250_000


class Bounds(NamedTuple):
    """The smallest upright rectangle around something."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def bounds(geometry: Geometry) -> Bounds:
    """The rectangle around a geometry."""
    return _bounds_of(_edges(geometry))


def contains(geometry: Geometry, lon: float, lat: float) -> bool:
    """Whether a point lies in a geometry, by the even-odd rule: a hole is outside."""
    return _is_inside(_edges(geometry), lon, lat)


def distance_to_border_metres(geometry: Geometry, lon: float, lat: float) -> float:
    """How far a point is from the nearest border of a geometry, from inside or from outside."""
    return _distance(_edges(geometry), lon, lat, cos(radians(lat)))


def inner_point(geometry: Geometry) -> tuple[float, float]:
    """A point inside, for a label or a pin: the middle of the widest stretch at several heights."""
    edges = _edges(geometry)
    box = _bounds_of(edges)
    widest, best = -inf, ((box.west + box.east) / 2, (box.south + box.north) / 2)
    for step in range(1, 16):
        lat = box.south + (box.north - box.south) * step / 16
        crossings = sorted(_crossing(edge, lat) for edge in edges if edge[1] <= lat < edge[3])
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            centred = (right - left) * (1 - abs(step - 8) / 16)
            if centred > widest:
                widest, best = centred, ((left + right) / 2, lat)
    return best


class PointIndex(Generic[Key]):
    """Finds the area of a point among many, by a uniform raster over all of them.

    A raster cell that lies wholly in one area answers at once; in a cell that a border crosses the
    point is tried against the edges of that cell's row. Where areas overlap, the first given wins.
    """

    __slots__ = ("_box", "_cells", "_columns", "_edges", "_keys", "_local", "_rows", "_x_scale", "_y_scale")

    def __init__(self, areas: Iterable[tuple[Key, Geometry]]) -> None:
        pairs = [(key, _edges(geometry)) for key, geometry in areas]
        self._keys = [key for key, _ in pairs]
        self._edges = [edges for _, edges in pairs]
        self._box = _bounds_of([edge for edges in self._edges for edge in edges])
        self._columns, self._rows = _raster(self._box, self._edges)
        self._x_scale = self._columns / ((self._box.east - self._box.west) or 1.0)
        self._y_scale = self._rows / ((self._box.north - self._box.south) or 1.0)
        count = self._columns * self._rows
        # For each cell: the areas that may hold a point in it, with the edges to try; None: all of it.
        self._cells: list[list[tuple[Key, list[_Edge] | None]]] = [[] for _ in range(count)]
        # For each cell: the pieces of border in it, by area.
        self._local: dict[int, dict[int, list[_Edge]]] = {}
        for number in range(len(self._keys)):
            self._enter(number)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, lon: float, lat: float) -> Key | None:
        """The area that holds a point, or none."""
        west, south, east, north = self._box
        if not (west <= lon <= east and south <= lat <= north):
            return None
        column, row = int((lon - west) * self._x_scale), int((lat - south) * self._y_scale)
        if column == self._columns:
            column -= 1
        if row == self._rows:
            row -= 1
        for key, edges in self._cells[row * self._columns + column]:
            if edges is None:
                return key
            inside = False
            for x1, y1, x2, y2 in edges:
                if y1 <= lat < y2 and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                    inside = not inside
            if inside:
                return key
        return None

    def near(self, lon: float, lat: float, metres: float) -> list[tuple[Key, float]]:
        """Other areas whose border is so close to a point, with the distance to it, nearest first.

        The areas that hold the point are left out: "this spot lies close to …" is what is asked.
        """
        shrink = cos(radians(lat))
        pieces = self._pieces(lon, lat, metres / _METRES_PER_DEGREE, shrink)
        found = []
        for number, edges in pieces.items():
            distance = _distance(edges, lon, lat, shrink)
            if distance <= metres and not _is_inside(self._edges[number], lon, lat):
                found.append((self._keys[number], distance))
        return sorted(found, key=lambda pair: pair[1])

    def _pieces(self, lon: float, lat: float, degrees: float, shrink: float) -> dict[int, list[_Edge]]:
        """Pieces of border, by area, in the cells around a point."""
        across = degrees / max(shrink, 1e-6)
        columns = self._range(lon - across, lon + across, self._box.west, self._x_scale, self._columns)
        rows = self._range(lat - degrees, lat + degrees, self._box.south, self._y_scale, self._rows)
        pieces: dict[int, list[_Edge]] = {}
        for row in rows:
            for column in columns:
                for number, edges in self._local.get(row * self._columns + column, {}).items():
                    pieces.setdefault(number, []).extend(edges)
        return pieces

    @staticmethod
    def _range(low: float, high: float, origin: float, scale: float, count: int) -> range:
        first, last = floor((low - origin) * scale), floor((high - origin) * scale)
        return range(max(0, first), min(count - 1, last) + 1)

    def _enter(self, number: int) -> None:
        """Draw one area into the raster, row by row."""
        edges = self._edges[number]
        box = _bounds_of(edges)
        columns = self._range(box.west, box.east, self._box.west, self._x_scale, self._columns)
        for row in self._range(box.south, box.north, self._box.south, self._y_scale, self._rows):
            self._enter_row(number, row, columns, [edge for edge in edges if self._meets(edge, row)])

    def _meets(self, edge: _Edge, row: int) -> bool:
        low, high = self._band(row)
        return edge[1] <= high and edge[3] >= low

    def _band(self, row: int) -> tuple[float, float]:
        """South and north of a row, a hair wider than it is, so that rounding loses nothing."""
        height = 1 / self._y_scale
        south = self._box.south + row * height
        return south - height * 1e-6, south + height * (1 + 1e-6)

    def _enter_row(self, number: int, row: int, columns: range, edges: list[_Edge]) -> None:
        low, high = self._band(row)
        crossed: dict[int, list[_Edge]] = {}
        for edge in edges:
            west, east = _stretch(edge, low, high)
            hair = 1e-6 / self._x_scale
            for column in self._range(west - hair, east + hair, self._box.west, self._x_scale, self._columns):
                crossed.setdefault(column, []).append(edge)
        middle = (low + high) / 2
        inside = None  # the same for neighbouring cells that no border crosses
        for column in columns:
            cell = row * self._columns + column
            if pieces := crossed.get(column):
                self._local.setdefault(cell, {})[number] = pieces
                self._cells[cell].append((self._keys[number], edges))
                inside = None
                continue
            if inside is None:
                inside = _is_inside(edges, self._box.west + (column + 0.5) / self._x_scale, middle)
            if inside:
                self._cells[cell].append((self._keys[number], None))


def _edges(geometry: Geometry) -> list[_Edge]:
    edges = []
    for ring in _rings(geometry):
        points = [(float(point[0]), float(point[1])) for point in ring]
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
            if (x1, y1) != (x2, y2):
                edges.append((x1, y1, x2, y2) if (y1, x1) < (y2, x2) else (x2, y2, x1, y1))
    if not edges:
        raise ValueError("a geometry without any border holds nothing")
    return edges


def _rings(geometry: Geometry) -> Iterator[Sequence[Sequence[float]]]:
    kind = geometry.get("type")
    if kind == "Polygon":
        yield from geometry["coordinates"]
    elif kind == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon
    else:
        raise ValueError(f"an area is a Polygon or a MultiPolygon, not {kind!r}")


def _bounds_of(edges: Sequence[_Edge]) -> Bounds:
    if not edges:
        return Bounds(0.0, 0.0, 0.0, 0.0)
    return Bounds(
        min(min(edge[0], edge[2]) for edge in edges),
        min(edge[1] for edge in edges),
        max(max(edge[0], edge[2]) for edge in edges),
        max(edge[3] for edge in edges),
    )


def _raster(box: Bounds, areas: Sequence[Sequence[_Edge]]) -> tuple[int, int]:
    """Columns and rows: about forty cells an area, more where borders have many corners."""
    wanted = min(_MOST_CELLS, _CELLS_PER_AREA * len(areas) + 4 * sum(map(len, areas)))
    width, height = box.east - box.west, box.north - box.south
    if not width or not height or not wanted:
        return 1, 1
    columns = max(1, min(wanted, round(sqrt(wanted * width / height))))
    return columns, max(1, wanted // columns)


def _crossing(edge: _Edge, lat: float) -> float:
    x1, y1, x2, y2 = edge
    return x1 + (lat - y1) * (x2 - x1) / (y2 - y1)


def _is_inside(edges: Iterable[_Edge], lon: float, lat: float) -> bool:
    inside = False
    for x1, y1, x2, y2 in edges:
        if y1 <= lat < y2 and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def _stretch(edge: _Edge, low: float, high: float) -> tuple[float, float]:
    """Westernmost and easternmost longitude of an edge between two latitudes."""
    x1, y1, x2, y2 = edge
    if y1 == y2:
        return min(x1, x2), max(x1, x2)
    start = x1 if y1 >= low else _crossing(edge, low)
    end = x2 if y2 <= high else _crossing(edge, high)
    return min(start, end), max(start, end)


def _distance(edges: Iterable[_Edge], lon: float, lat: float, shrink: float) -> float:
    """Metres to the nearest edge, on the plane that touches the Earth at the point."""
    nearest = inf
    for x1, y1, x2, y2 in edges:
        ax, ay = (x1 - lon) * shrink, y1 - lat
        dx, dy = (x2 - x1) * shrink, y2 - y1
        along = -(ax * dx + ay * dy) / ((dx * dx + dy * dy) or 1.0)
        along = max(0.0, min(along, 1.0))
        nearest = min(nearest, hypot(ax + along * dx, ay + along * dy))
    return nearest * _METRES_PER_DEGREE
