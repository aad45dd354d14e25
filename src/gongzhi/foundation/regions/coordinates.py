"""Coordinates: WGS-84 inside, the shifted Chinese datums converted at the door.

GCJ-02 is the obfuscated datum of Chinese map services, BD-09 Baidu's second shift on top of it.
Neither is published; the formulae here are the public reconstruction of 2010–2013 (known as
EvilTransform), on the Krasovsky 1940 ellipsoid, good to a few metres. The inverses are found by
iteration, to less than 1e-6 degrees. CGCS2000 agrees with WGS-84 within a metre and passes unchanged.

Longitude comes first everywhere, in degrees.

>>> lon, lat = to_wgs84(121.0, 31.1, "gcj02")
>>> round(lon, 4), round(lat, 4)
(120.9956, 31.1021)
"""

from __future__ import annotations

from math import asin, atan2, cos, pi, radians, sin, sqrt
from typing import Literal

__all__ = [
    "EARTH_RADIUS_METRES",
    "Datum",
    "bd09_to_gcj02",
    "distance_metres",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "outside_china",
    "to_wgs84",
    "wgs84_to_gcj02",
]

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

_SEMI_MAJOR_AXIS = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = pi * 3000.0 / 180.0
_TOLERANCE = 1e-9
_STEPS = 30


def outside_china(lon: float, lat: float) -> bool:
    """Whether the map services leave a place unshifted: outside their rectangle around China.

    The rectangle also takes in parts of neighbouring countries; that is how the services do it.
    """
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """A place as some device or service gave it, in WGS-84."""
    _check(lon, lat)
    if datum in ("wgs84", "cgcs2000"):
        return lon, lat
    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "bd09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
    raise ValueError(f"unknown datum {datum!r}: use wgs84, cgcs2000, gcj02 or bd09")


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """As Chinese map services draw a true place; unchanged outside China."""
    if outside_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The true place of a point drawn by a Chinese map service."""
    if outside_china(lon, lat):
        return lon, lat
    true_lon, true_lat = lon, lat
    for _ in range(_STEPS):
        east, north = _shift(true_lon, true_lat)
        next_lon, next_lat = lon - east, lat - north
        moved = max(abs(next_lon - true_lon), abs(next_lat - true_lat))
        true_lon, true_lat = next_lon, next_lat
        if moved < _TOLERANCE:
            break
    return true_lon, true_lat


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """Baidu's shift on top of GCJ-02."""
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BAIDU)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Baidu's shift taken back."""
    plain_lon, plain_lat = lon - 0.0065, lat - 0.006
    for _ in range(_STEPS):
        there_lon, there_lat = gcj02_to_bd09(plain_lon, plain_lat)
        east, north = there_lon - lon, there_lat - lat
        plain_lon, plain_lat = plain_lon - east, plain_lat - north
        if max(abs(east), abs(north)) < _TOLERANCE:
            break
    return plain_lon, plain_lat


def distance_metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance on a sphere (haversine): within 0.6 % of the distance on the ellipsoid."""
    north, other_north = radians(lat), radians(other_lat)
    half_north = sin((other_north - north) / 2)
    half_east = sin(radians(other_lon - lon) / 2)
    chord = half_north * half_north + cos(north) * cos(other_north) * half_east * half_east
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(chord)))


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """Degrees by which GCJ-02 moves a true place to the east and to the north."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (wave + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (wave + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0

    latitude = radians(lat)
    flattening = 1 - _ECCENTRICITY_SQUARED * sin(latitude) ** 2
    root = sqrt(flattening)
    meridian = _SEMI_MAJOR_AXIS * (1 - _ECCENTRICITY_SQUARED) / (flattening * root)
    parallel = _SEMI_MAJOR_AXIS / root * cos(latitude)
    return east * 180.0 / (parallel * pi), north * 180.0 / (meridian * pi)


def _check(lon: float, lat: float) -> None:
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise ValueError(f"{lon}, {lat} is no longitude and latitude in degrees; longitude comes first")
