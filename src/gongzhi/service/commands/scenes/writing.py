"""A scene as an authority has adapted it, written into a folder that another one can install."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import in_force, table_of, versions_reached
from gongzhi.governance.matters.queries import categories
from gongzhi.methods import decision_tables as dt
from gongzhi.service.commands.scenes.reading import Scene


def adapted(like: Scene, where: Region, name: str) -> Scene:
    """A scene with the categories and the rules as they stand in a region now, in force or as drafts."""
    own = {each.code: each for each in categories(where)}
    listed = []
    for each in like.categories:
        held = own.get(each["code"])
        if held is None:
            continue
        more = {key: getattr(held, key) for key in ("hint", "refer_to") if getattr(held, key)}
        listed.append({"code": held.code, "name": held.name, **more})
    codes = {each["code"] for each in listed}
    rules = {}
    for subject, table in like.rules.items():
        stands = _standing(where, subject)
        rules[subject] = _about(stands, table, codes) if stands is not None else table
    samples = [each for each in like.matters if each["category"] in codes]
    return replace(like, name=name, categories=listed, rules=rules, matters=samples)


def _standing(where: Region, subject: str) -> dt.Table | None:
    """The newest draft of a region's own on a subject, or else what is in force there."""
    written = versions_reached(OPERATOR).filter(
        rule__rule_set__region=where.pk, rule__subject=subject, state__in=("draft", "verified", "reviewed")
    )
    if (newest := written.order_by("-number").first()) is not None:
        return table_of(newest.table)
    held = in_force(subject, where.path, now())[0]
    return held.table if held is not None else None


def _about(stands: dt.Table, like: dt.Table, codes: set[str]) -> dt.Table:
    """The rows of a table that name a scene's categories, in the shape of the scene's own table."""
    places = {column.name: number for number, column in enumerate(stands.inputs)}
    if "category" not in places or {c.name for c in like.inputs} - set(places):
        return like
    named = [row for row in stands.rules if _names(row.when[places["category"]], codes)]
    narrow = [
        replace(
            row, when=tuple(dt.cell(column, row.when[places[column.name]].text) for column in like.inputs)
        )
        for row in named
        if all(row.when[number].text == "-" for name, number in places.items() if name not in _of(like))
    ]
    if not narrow or len(narrow) != len(named):
        return replace(like, rules=like.rules)
    return replace(like, rules=tuple(narrow))


def _of(table: dt.Table) -> set[str]:
    return {column.name for column in table.inputs}


def _names(cell: dt.Cell, codes: set[str]) -> bool:
    """Whether a cell names only categories of the scene."""
    told = [each.strip().strip('"') for each in cell.text.split(",")]
    return cell.text != "-" and all(each in codes for each in told)


def write(scene: Scene, folder: Path) -> list[str]:
    """Write a scene's files; their names."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {
        "scene": {"scene": scene.name, "title": scene.title, "note": scene.note},
        "categories": scene.categories,
        **scene.lists,
        "matters": scene.matters,
    }
    written = []
    for name, content in parts.items():
        path = folder / f"{name}.yaml"
        path.write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8"
        )
        written.append(str(path))
    for name, table in scene.rules.items():
        path = folder / "rules" / f"{name.rpartition('.')[2]}.yaml"
        path.write_text(dt.dump(table), encoding="utf-8")
        written.append(str(path))
    return written
