import json
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest
import yaml

from gongzhi.foundation.regions.divisions import parent_division, split_grid_code
from gongzhi.foundation.regions.geometry import PointIndex, bounds, inner_point
from gongzhi.service.commands.demonstration import draw_map

Shape = dict[str, Any]


@cache
def region() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((draw_map.FOLDER / "region.yaml").read_text(encoding="utf-8"))
    return data


@cache
def drawn() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((draw_map.FOLDER / "map.json").read_text(encoding="utf-8"))
    return data


def rings(shape: Shape) -> list[list[list[float]]]:
    if shape["type"] == "Polygon":
        return list(shape["coordinates"])
    return [ring for polygon in shape["coordinates"] for ring in polygon]


def edges(code: str) -> set[tuple[tuple[float, ...], tuple[float, ...]]]:
    steps = (step for ring in rings(drawn()["outlines"][code]) for step in pairwise(ring))
    return {(tuple(start), tuple(end)) for start, end in steps}


def area(shape: Shape) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for ring in rings(shape) for a, b in pairwise(ring)) / 2


def touch(one: str, other: str) -> bool:
    across = edges(other)
    return any((end, start) in across for start, end in edges(one))


@pytest.mark.slow
def test_the_same_input_draws_the_same_map() -> None:
    assert draw_map.draw(region()) == drawn()


def test_neighbours_across_the_provincial_lines_touch() -> None:
    towns = {
        town["en"].split()[0]: county["code"] + town["code"]
        for county in region()["counties"]
        for town in county["towns"]
    }
    for one, other in [
        ("Jinze", "Lili"),
        ("Jinze", "Yaozhuang"),
        ("Liantang", "Yaozhuang"),
        ("Lili", "Taozhuang"),
        ("Lili", "Xitang"),
    ]:
        assert touch(towns[one], towns[other]), (one, other)


def test_the_three_villages_touch_one_another() -> None:
    named = [village["zh"] for village in region()["villages"]]
    codes = [village["code"] for village in drawn()["villages"] if village["name"]["zh"] in named]
    assert len(codes) == 3
    assert all(touch(one, other) for one, other in combinations(codes, 2))
    assert len({code[:6] for code in codes}) == 3


def test_kunshan_borders_qingpu_and_wujiang_but_not_jiashan() -> None:
    assert touch("320583", "310118")
    assert touch("320583", "320509")
    assert not touch("320583", "330421")


def test_parts_fill_the_whole_exactly() -> None:
    outlines = drawn()["outlines"]
    wholes = [code for code in outlines if len(code) < 12 and code != "320583"]
    for code in wholes:
        parts = [area(shape) for other, shape in outlines.items() if parent_division(other) == code]
        assert sum(parts) == pytest.approx(area(outlines[code]), rel=1e-9)
    grids = sum(area(grid["outline"]) for grid in drawn()["grids"])
    assert grids == pytest.approx(sum(area(outlines[code]) for code in ("310118", "320509", "330421")))


def test_each_grid_lies_in_the_village_of_its_code() -> None:
    villages = PointIndex([(code, shape) for code, shape in drawn()["outlines"].items() if len(code) == 12])
    for grid in drawn()["grids"]:
        assert split_grid_code(grid["code"])[0] == grid["region"]
        assert villages.find(*inner_point(grid["outline"])) == grid["region"]


def test_villages_are_named_as_invented_and_no_two_alike() -> None:
    names = [village["name"] for village in drawn()["villages"]]
    assert all(name["zh"].endswith("(示)") and name["en"].endswith("(demo)") for name in names)
    assert len({name["zh"] for name in names}) == len({name["en"] for name in names}) == len(names)


def test_the_map_lies_where_it_should() -> None:
    boxes = [bounds(drawn()["outlines"][county["code"]]) for county in region()["counties"]]
    assert min(box.west for box in boxes) > 120.3
    assert max(box.east for box in boxes) < 121.4
    assert min(box.south for box in boxes) > 30.7
    assert max(box.north for box in boxes) < 31.4
