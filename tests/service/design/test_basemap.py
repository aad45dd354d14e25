"""What lies under every map: read from a file that is set, told in the reader's language, refused when bad."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from gongzhi.config import Config, UnknownSetting
from gongzhi.service.commands.demonstration.waters import drawn
from gongzhi.service.design import basemap
from gongzhi.service.design.templatetags.design import place


def feature(kind: str, coordinates: Any, name: Any = None) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name}}


def written(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "waters.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_without_a_setting_nothing_is_drawn(settings: Any) -> None:
    assert settings.CONFIG.basemap is None
    assert basemap.told("en") is None


def test_waters_are_named_in_the_readers_language(settings: Any, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature("LineString", [[120, 31], [121, 31]], {"zh": "太浦河", "en": "Taipu River"}),
        feature("Polygon", [[[120, 31], [121, 31], [121, 32], [120, 31]]]),
    )
    settings.CONFIG = replace(settings.CONFIG, basemap=path)
    for language, name in (("zh-hans", "太浦河"), ("en", "Taipu River")):
        with translation.override(language):
            shown = place({"centre": (121.0, 31.0), "pick_lon": "#x"})["content"]["basemap"]
        assert [each["properties"]["name"] for each in shown["features"]] == [name, ""]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "no GeoJSON"),
        ("{", "no GeoJSON"),
        (json.dumps({"features": [{"type": "Feature"}]}), "no GeoJSON"),
        (json.dumps({"features": [feature("Point", [121, 31])]}), "Point"),
        (" " * (basemap.MOST_BYTES + 1), "bytes"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(basemap.BadBasemap, match=why) as refused:
        basemap.read(path)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_refused_at_the_start() -> None:
    with pytest.raises(UnknownSetting, match="no such file"):
        Config.read({"GONGZHI_BASEMAP": "/nowhere/waters.geojson"})


def test_the_waters_of_the_demonstration_can_be_drawn(tmp_path: Path) -> None:
    path = written(tmp_path, *drawn()["features"])
    shapes = [each["geometry"] for each in basemap.read(path)]
    assert {shape["type"] for shape in shapes} == {"LineString", "Polygon"}
    for shape in shapes:
        if shape["type"] == "Polygon":
            assert shape["coordinates"][0][0] == shape["coordinates"][0][-1]
