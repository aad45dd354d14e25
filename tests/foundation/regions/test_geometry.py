import doctest
from math import cos, hypot, pi, radians, sin
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.foundation.regions import geometry
from gongzhi.foundation.regions.coordinates import distance_metres
from gongzhi.foundation.regions.geometry import (
    PointIndex,
    bounds,
    contains,
    distance_to_border_metres,
    inner_point,
)

Shape = dict[str, Any]
COORDINATES = st.one_of(st.integers(-8, 8).map(float), st.floats(-8, 8, allow_subnormal=False))


def polygon(*rings: list[tuple[float, float]]) -> Shape:
    return {"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])] for ring in rings]}


def square(west: float, south: float, size: float) -> list[tuple[float, float]]:
    return [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]


def star(x: float, y: float, radii: list[float]) -> Shape:
    """A polygon with as many corners as radii, round a centre: not convex, never crossing itself."""
    turns = [2 * pi * corner / len(radii) for corner in range(len(radii))]
    return polygon([(x + r * cos(turn), y + r * sin(turn)) for r, turn in zip(radii, turns, strict=True)])


STARS = st.builds(
    star,
    st.floats(-5, 5),
    st.floats(-5, 5),
    st.lists(st.floats(0.1, 4), min_size=3, max_size=12),
)
DOUGHNUT = polygon(square(0, 0, 10), square(4, 4, 2))
ISLANDS: Shape = {
    "type": "MultiPolygon",
    "coordinates": [DOUGHNUT["coordinates"], polygon(square(20, 0, 2))["coordinates"]],
}


def test_examples_in_the_text_hold() -> None:
    assert doctest.testmod(geometry).failed == 0


def test_a_hole_is_outside_and_an_island_inside() -> None:
    assert contains(ISLANDS, 1, 1)
    assert not contains(ISLANDS, 5, 5)
    assert contains(ISLANDS, 21, 1)
    assert not contains(ISLANDS, 15, 1)
    index = PointIndex([("islands", ISLANDS), ("lake", polygon(square(4, 4, 2)))])
    assert index.find(5, 5) == "lake"
    assert index.find(9, 9) == "islands"
    assert index.find(15, 1) is None


def test_bounds_hold_everything() -> None:
    assert bounds(ISLANDS) == (0, 0, 22, 10)
    assert bounds(ISLANDS).holds(22, 10)
    assert not bounds(ISLANDS).holds(22.1, 10)


def test_a_ring_need_not_be_closed() -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4]]]}
    assert contains(open_ring, 1, 1)
    assert bounds(open_ring) == (0, 0, 4, 4)


def test_what_is_no_area_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="a Polygon or a MultiPolygon, not 'Point'"):
        contains({"type": "Point", "coordinates": [0, 0]}, 0, 0)
    with pytest.raises(ValueError, match="without any border"):
        bounds({"type": "Polygon", "coordinates": []})


def test_an_index_of_nothing_finds_nothing() -> None:
    index: PointIndex[str] = PointIndex([])
    assert len(index) == 0
    assert index.find(0, 0) is None
    assert index.near(0, 0, 1000) == []


def test_where_areas_overlap_the_first_given_wins() -> None:
    small, large = polygon(square(2, 2, 1)), polygon(square(0, 0, 10))
    assert PointIndex([("small", small), ("large", large)]).find(2.5, 2.5) == "small"
    assert PointIndex([("large", large), ("small", small)]).find(2.5, 2.5) == "large"


def test_a_neighbour_across_the_border_is_near() -> None:
    west, east = polygon(square(120.8, 31.0, 0.1)), polygon(square(120.9, 31.0, 0.1))
    index = PointIndex([("west", west), ("east", east)])
    thirty_metres = 30 / 111_195 / cos(radians(31.05))
    [(neighbour, metres)] = index.near(120.9 - thirty_metres, 31.05, 300)
    assert neighbour == "east"
    assert metres == pytest.approx(30, rel=1e-3)
    assert index.near(120.85, 31.05, 300) == []
    assert [key for key, _ in index.near(121.001, 31.05, 300)] == ["east"]  # from outside both


def test_distance_to_the_border_is_the_same_from_both_sides() -> None:
    shape = polygon(square(120.8, 31.0, 0.1))
    for lon in (120.899, 120.901):
        expected = distance_metres(lon, 31.05, 120.9, 31.05)
        assert distance_to_border_metres(shape, lon, 31.05) == pytest.approx(expected, rel=1e-3)


@given(st.lists(STARS, min_size=1, max_size=12), st.lists(st.tuples(COORDINATES, COORDINATES), max_size=30))
@settings(max_examples=150, deadline=None)
def test_the_index_agrees_with_trying_every_area(
    shapes: list[Shape], points: list[tuple[float, float]]
) -> None:
    index = PointIndex(list(enumerate(shapes)))
    corners = [tuple(corner) for shape in shapes for corner in shape["coordinates"][0]]
    for lon, lat in points + corners:
        brute = next((number for number, shape in enumerate(shapes) if contains(shape, lon, lat)), None)
        assert index.find(lon, lat) == brute


@given(STARS, STARS, st.floats(-6, 6), st.floats(-6, 6), st.floats(1_000, 400_000))
@settings(deadline=None)
def test_near_agrees_with_measuring_every_area(
    one: Shape, other: Shape, lon: float, lat: float, metres: float
) -> None:
    found = dict(PointIndex([(1, one), (2, other)]).near(lon, lat, metres))
    for key, shape in ((1, one), (2, other)):
        distance = distance_to_border_metres(shape, lon, lat)
        if abs(distance - metres) < 1e-3:
            continue
        assert (key in found) is (distance <= metres and not contains(shape, lon, lat))
        if key in found:
            assert found[key] == pytest.approx(distance, abs=1e-3)


@given(st.integers(2, 5), st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=40))
@settings(deadline=None)
def test_every_point_of_a_chequered_land_is_in_exactly_one_field(
    size: int, points: list[tuple[float, float]]
) -> None:
    def corner(x: int, y: int) -> tuple[float, float]:
        return x * 1.7, y * 1.3

    fields = {
        (x, y): polygon([corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)])
        for x in range(-size, size)
        for y in range(-size, size)
    }
    index = PointIndex(list(fields.items()))
    for lon, lat in points:
        holders = [key for key, field in fields.items() if contains(field, lon, lat)]
        inside = -size * 1.7 < lon < size * 1.7 and -size * 1.3 < lat < size * 1.3
        assert len(holders) <= 1
        assert len(holders) == 1 or not inside
        assert index.find(lon, lat) == (holders[0] if holders else None)


@given(STARS)
def test_the_inner_point_lies_inside(shape: Shape) -> None:
    box = bounds(shape)
    if min(box.east - box.west, box.north - box.south) < 0.3:
        return  # a sliver has hardly an inside
    assert contains(shape, *inner_point(shape))


def test_distance_to_a_long_edge_is_to_its_nearest_point() -> None:
    wall = polygon([(0, 0), (1, 0), (1, 0.0001), (0, 0.0001)])
    assert distance_to_border_metres(wall, 0.5, -0.01) == pytest.approx(1111.95, rel=1e-4)
    assert distance_to_border_metres(wall, -0.01, -0.01) == pytest.approx(1111.95 * hypot(1, 1), rel=1e-4)
