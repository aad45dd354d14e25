"""The demonstration region as data: what the YAML files and the map beside this module say.

Loads once; everything is read-only. Nothing here knows the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gongzhi.methods import decision_tables as dt

FOLDER = Path(__file__).parent

Label = Mapping[str, str]
Measure = tuple[int, str]


@dataclass(frozen=True)
class RegionNode:
    """A region of the tree; parents come before children."""

    code: str
    name: Label
    level: str
    parent: str | None
    outline: dict[str, Any] | None = None
    invented: bool = False


@dataclass(frozen=True)
class GridNode:
    """A grid inside a village or community."""

    code: str
    name: Label
    region: str
    outline: dict[str, Any]


@dataclass(frozen=True)
class Area:
    """The cooperation area and its member counties."""

    code: str
    name: Label
    members: tuple[str, ...]


@dataclass(frozen=True)
class Water:
    """A river (a line) or a lake (a ring), for the map."""

    name: Label
    geometry: dict[str, Any]


@dataclass(frozen=True)
class Body:
    """An organisation; `superior` comes earlier in the list."""

    code: str
    name: Label
    kind: str
    region: str
    functions: tuple[str, ...]
    superior: str | None = None
    aliases: tuple[Label, ...] = ()
    invented: bool = False


@dataclass(frozen=True)
class Class:
    """A category; `refer_to` is the right door of what is not taken in."""

    code: str
    name: Label
    lead: str
    supports: tuple[str, ...]
    kinds: tuple[str, ...]
    weight: float
    season: tuple[float, ...]
    season_name: str
    hint: Label
    refer_to: Label
    order: int


@dataclass(frozen=True)
class DemoAccount:
    """A post with the invented person who holds it, and how far it reaches."""

    username: str
    kind: str
    role: str
    organisation: str
    name: Label
    title: Label
    regions: tuple[str, ...]
    grids: tuple[str, ...]
    in_area: bool
    deputy_for: str | None


@dataclass(frozen=True)
class TableText:
    """A decision table for a region, as YAML to enact."""

    region: str
    subject: str
    text: str


def note() -> Label:
    """The note under which everything here is shown."""
    label: Label = _read("region.yaml")["note"]
    return label


@cache
def tree() -> tuple[RegionNode, ...]:
    """The administrative tree from the root down, villages included."""
    region, drawn = _read("region.yaml"), _map()
    outlines = drawn["outlines"]
    root = region["root"]
    nodes = [RegionNode(root["code"], root["name"], root["level"], None)]
    nodes += [RegionNode(n["code"], n["name"], n["level"], n["parent"]) for n in region["above"]]
    for county in region["counties"] + region["outside"]:
        code = county["code"]
        nodes.append(RegionNode(code, county["name"], "county", county["parent"], outlines[code]))
        for town in county.get("towns", []):
            name = {"zh": town["zh"], "en": town["en"]}
            whole = code + town["code"]
            nodes.append(RegionNode(whole, name, "township", code, outlines[whole]))
    for village in drawn["villages"]:
        code = village["code"]
        nodes.append(RegionNode(code, village["name"], "village", village["parent"], outlines[code], True))
    return tuple(nodes)


@cache
def grids() -> tuple[GridNode, ...]:
    """All grids, by code."""
    return tuple(GridNode(g["code"], g["name"], g["region"], g["outline"]) for g in _map()["grids"])


@cache
def area() -> Area:
    """The cooperation area of the three counties."""
    told = _read("region.yaml")["area"]
    return Area(told["code"], told["name"], tuple(told["members"]))


@cache
def short_names() -> Mapping[str, Label]:
    """County code → its name as people say it."""
    region = _read("region.yaml")
    return {county["code"]: county["short"] for county in region["counties"] + region["outside"]}


@cache
def waters() -> tuple[Water, ...]:
    """The river and the three lakes, schematic."""
    found = []
    for each in _read("region.yaml")["waters"]:
        if "line" in each:
            shape: dict[str, Any] = {"type": "LineString", "coordinates": each["line"]}
        else:
            shape = {"type": "Polygon", "coordinates": [[*each["ring"], each["ring"][0]]]}
        found.append(Water(each["name"], shape))
    return tuple(found)


@cache
def bodies() -> tuple[Body, ...]:
    """All organisations, superiors before those they guide."""
    villages = {node.name["zh"]: node.code for node in tree() if node.level == "village"}
    found = [_body(each, villages) for each in _read("organisations.yaml")["organisations"]]
    ordered: dict[str, Body] = {}
    while len(ordered) < len(found):
        ordered |= {b.code: b for b in found if b.superior is None or b.superior in ordered}
    return tuple(ordered.values())


def _body(told: dict[str, Any], villages: dict[str, str]) -> Body:
    return Body(
        code=told["id"],
        name={"zh": told["zh"], "en": told["en"]},
        kind=told["kind"],
        region=villages.get(told["region"], told["region"]),
        functions=tuple(told["functions"]),
        superior=told.get("superior"),
        aliases=tuple(told.get("aliases", [])),
        invented="(demo)" in told["en"],
    )


@cache
def functions() -> Mapping[str, Label]:
    """Function → its name."""
    told: Mapping[str, Label] = _read("organisations.yaml")["functions"]
    return told


@cache
def classes() -> tuple[Class, ...]:
    """The 42 categories in order."""
    told = _read("categories.yaml")
    return tuple(
        Class(
            code=each["code"],
            name={"zh": each["zh"], "en": each["en"]},
            lead=each["lead"],
            supports=tuple(each["supports"]),
            kinds=tuple(each["kinds"]),
            weight=each["weight"],
            season=tuple(told["seasons"][each["season"]]),
            season_name=each["season"],
            hint=each.get("hint", {}),
            refer_to=each.get("refer_to", {}),
            order=order,
        )
        for order, each in enumerate(told["categories"], 1)
    )


@cache
def accounts() -> tuple[DemoAccount, ...]:
    """One account for each kind of user in each county, after the administrator and the area's own."""
    return tuple(
        DemoAccount(
            username=each["username"],
            kind=each["kind"],
            role=each["role"],
            organisation=each["organisation"],
            name=each["name"],
            title=each["title"],
            regions=tuple(each["extent"]),
            grids=tuple(g.code for g in grids() if g.region == each.get("grids_of")),
            in_area=each.get("area", False),
            deputy_for=each.get("deputy_for"),
        )
        for each in _read("people.yaml")["accounts"]
    )


def others(role: Label, tongue: str) -> str:
    """What somebody without a name of their own is called, after their role."""
    called: str = _read("people.yaml")["others"][tongue]
    return called.format(role=role[tongue])


@cache
def rule_texts() -> tuple[TableText, ...]:
    """The decision tables, each for the region in its file's name."""
    found = []
    for path in sorted((FOLDER / "rules").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        found.append(TableText(path.stem.split("-")[0], dt.load(text)[0].name, text))
    return tuple(found)


@cache
def joint_rule() -> str:
    """What the members of the cooperation area have agreed on: who may be designated for what."""
    return (FOLDER / "joint.yaml").read_text(encoding="utf-8")


@cache
def table(region: str, subject: str) -> dt.Table:
    """The table of a region on a subject, to decide by."""
    (text,) = (t.text for t in rule_texts() if (t.region, t.subject) == (region, subject))
    return dt.load(text)[0]


@cache
def grid_tasks() -> Mapping[str, Any]:
    """Tasks of grids, and in which village of each county, by which of its bodies."""
    told: Mapping[str, Any] = _read("tasks.yaml")
    return told


@cache
def duty_roster() -> Mapping[str, Any]:
    """The duty rosters of the centres around the moment of loading, and what was reported as urgent."""
    told: Mapping[str, Any] = _read("duty.yaml")
    return told


@cache
def shared_texts() -> Mapping[str, Any]:
    """Words that all submissions share: openers, closers, slots, answers."""
    told: Mapping[str, Any] = _read("texts/shared.yaml")
    return told


@cache
def texts() -> Mapping[str, Any]:
    """Category → its title, texts by kind, slots of its own, answers and replies."""
    names = [p.name for p in sorted((FOLDER / "texts").glob("*.yaml"))]
    apart = ("shared.yaml", "stories.yaml")
    return {code: told for n in names if n not in apart for code, told in _read(f"texts/{n}").items()}


@cache
def stories() -> tuple[Mapping[str, Any], ...]:
    """Small stories: several submissions about one thing."""
    return tuple(_read("texts/stories.yaml")["stories"])


@cache
def _read(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  both are safe


@cache
def _map() -> Any:
    return json.loads((FOLDER / "map.json").read_text(encoding="utf-8"))
