import doctest
from math import cos, isclose, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.foundation.regions import coordinates
from gongzhi.foundation.regions.coordinates import (
    bd09_to_gcj02,
    distance_metres,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    outside_china,
    to_wgs84,
    wgs84_to_gcj02,
)

LONGITUDES_IN_CHINA = st.floats(74.0, 134.0)
LATITUDES_IN_CHINA = st.floats(4.0, 53.0)


def test_examples_in_the_text_hold() -> None:
    assert doctest.testmod(coordinates).failed == 0


@pytest.mark.parametrize(
    ("lon", "lat", "gcj_lon", "gcj_lat"),
    [
        # Published test pairs of the reconstruction: Shanghai, Shenzhen, Beijing.
        (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
        (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
        (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
    ],
)
def test_known_pairs(lon: float, lat: float, gcj_lon: float, gcj_lat: float) -> None:
    assert wgs84_to_gcj02(lon, lat) == pytest.approx((gcj_lon, gcj_lat), abs=2e-6)
    assert gcj02_to_wgs84(gcj_lon, gcj_lat) == pytest.approx((lon, lat), abs=2e-6)


@given(LONGITUDES_IN_CHINA, LATITUDES_IN_CHINA)
def test_gcj02_there_and_back(lon: float, lat: float) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)


@given(LONGITUDES_IN_CHINA, LATITUDES_IN_CHINA)
def test_bd09_there_and_back(lon: float, lat: float) -> None:
    assert bd09_to_gcj02(*gcj02_to_bd09(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)
    assert to_wgs84(*gcj02_to_bd09(*wgs84_to_gcj02(lon, lat)), "bd09") == pytest.approx((lon, lat), abs=1e-7)


@given(LONGITUDES_IN_CHINA, LATITUDES_IN_CHINA)
def test_the_shift_is_felt_and_stays_within_a_kilometre_and_a_half(lon: float, lat: float) -> None:
    assert 0 <= distance_metres(lon, lat, *wgs84_to_gcj02(lon, lat)) < 1_500


def test_the_shift_in_the_demonstration_region_is_hundreds_of_metres() -> None:
    assert 400 < distance_metres(120.9, 31.05, *wgs84_to_gcj02(120.9, 31.05)) < 700


def test_nothing_moves_outside_china() -> None:
    boston = (-71.0772, 42.2715)
    assert outside_china(*boston)
    assert wgs84_to_gcj02(*boston) == boston
    assert to_wgs84(*boston, "gcj02") == boston
    assert not outside_china(121.0, 31.0)


def test_wgs84_and_cgcs2000_pass_unchanged() -> None:
    assert to_wgs84(120.9, 31.05, "wgs84") == (120.9, 31.05)
    assert to_wgs84(120.9, 31.05, "cgcs2000") == (120.9, 31.05)


def test_swapped_or_unknown_coordinates_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="longitude comes first"):
        to_wgs84(31.05, 120.9, "wgs84")
    with pytest.raises(ValueError, match="unknown datum 'osgb'"):
        to_wgs84(120.9, 31.05, "osgb")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="longitude comes first"):
        to_wgs84(float("nan"), 31.05, "wgs84")


def test_known_distances() -> None:
    assert distance_metres(0, 0, 0, 1) == pytest.approx(111_195, rel=1e-4)
    assert distance_metres(0, 0, 180, 0) == pytest.approx(20_015_115, rel=1e-4)
    assert distance_metres(-71.0, 42.0, -71.0, 42.0) == 0


@given(LONGITUDES_IN_CHINA, LATITUDES_IN_CHINA, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_short_distances_are_those_of_a_flat_map(lon: float, lat: float, east: float, north: float) -> None:
    flat = 111_195.08 * ((east * cos(radians(lat + north / 2))) ** 2 + north**2) ** 0.5
    assert isclose(distance_metres(lon, lat, lon + east, lat + north), flat, rel_tol=1e-4, abs_tol=0.01)
    there = distance_metres(lon, lat, lon + east, lat + north)
    assert there == pytest.approx(distance_metres(lon + east, lat + north, lon, lat))
