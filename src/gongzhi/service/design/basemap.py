"""What lies under every map: waters, from the GeoJSON file that a setting names; nothing without one."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from gongzhi.service.design.parts import name_of

#: So large a file would make every page with a map slow.
MOST_BYTES = 300_000
_DRAWN = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})


class BadBasemap(ValueError):
    """The file cannot be drawn."""


def told(language: str) -> dict[str, Any] | None:
    """The features with their names in a language, as the map draws them; None where nothing is set."""
    path: Path | None = settings.CONFIG.basemap
    return _told(path, path.stat().st_mtime_ns, language) if path else None


@lru_cache(maxsize=4)
def _told(path: Path, _modified: int, language: str) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": each["geometry"],
                "properties": {"name": name_of((each.get("properties") or {}).get("name"))},
            }
            for each in read(path)
        ],
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The features of a base map: lines and surfaces, longitude first, WGS-84."""
    if path.stat().st_size > MOST_BYTES:
        raise BadBasemap(f"{path} has more than {MOST_BYTES:,} bytes; simplify its lines")
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        kinds = {each["geometry"]["type"] for each in features}
    except (ValueError, KeyError, TypeError) as error:
        raise BadBasemap(f"{path} is no GeoJSON FeatureCollection: {error!r}") from None
    if unknown := kinds - _DRAWN:
        raise BadBasemap(f"{path} holds {', '.join(sorted(unknown))}; lines and surfaces are drawn")
    return list(features)
