"""Reading a scene's folder and saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid, Refusal
from gongzhi.foundation.rulebooks.findings import faults
from gongzhi.foundation.rulebooks.subjects import subject
from gongzhi.governance.matters.queries import Kind
from gongzhi.methods import decision_tables as dt

_HERE = "gongzhi.service.commands.scenes"
#: What a scene holds besides categories and rules, each file with the keys of its entries; rooms to come
#: take them.
LISTS: dict[str, dict[str, type]] = {
    "indicators": {"code": str, "title": dict, "unit": str, "better": str},
    "watches": {"code": str, "title": dict, "when": dict, "then": dict},
    "pages": {"page": str, "text": dict},
}
_CATEGORY: dict[str, type] = {"code": str, "name": dict}
_SAMPLE: dict[str, type] = {"kind": str, "category": str, "text": dict}
_HEAD: dict[str, type] = {"scene": str, "title": dict, "note": dict}
#: A file of a scene has so many bytes at most.
LARGEST = 2_000_000


@dataclass
class Scene:
    """What stands in a scene's folder, and what is wrong with it."""

    name: str
    title: dict[str, str]
    note: dict[str, str]
    categories: list[dict[str, Any]]
    rules: dict[str, dt.Table]
    lists: dict[str, list[dict[str, Any]]]
    matters: list[dict[str, Any]]
    wrong: list[str] = field(default_factory=list)


def shipped() -> list[str]:
    """The names of the scenes that come with the platform."""
    folders = (each for each in resources.files(_HERE).iterdir() if each.is_dir())
    return sorted(each.name for each in folders if (each / "scene.yaml").is_file())


def folder_of(name: str) -> Any:
    """A scene's folder: one of somebody's own, or one that is shipped; None where there is neither."""
    own = Path(name)
    if own.is_dir():
        return own
    return resources.files(_HERE) / name if name in shipped() else None


def read(folder: Any) -> Scene:
    """Read a scene; whatever is wrong with it is named in it. `Invalid` where it is no scene at all."""
    wrong: list[str] = []
    if not (folder / "scene.yaml").is_file():
        raise Invalid(_("There is no scene.yaml in the folder."))
    head = _loaded(folder / "scene.yaml", wrong)
    if not isinstance(head, dict):
        raise Invalid("; ".join(wrong) or _("scene.yaml lists no keys."))
    _shape("scene.yaml", head, _HEAD, wrong)
    scene = Scene(
        str(head.get("scene", "")),
        head.get("title") or {},
        head.get("note") or {},
        _entries(folder, "categories", _CATEGORY, wrong),
        _tables(folder, wrong),
        {name: _entries(folder, name, keys, wrong) for name, keys in LISTS.items()},
        _entries(folder, "matters", _SAMPLE, wrong),
        wrong,
    )
    if not wrong:
        _check(scene)
    return scene


def _loaded(file: Any, wrong: list[str]) -> Any:
    try:
        raw = file.read_bytes()
        if len(raw) > LARGEST:
            raise ValueError(_("too large"))
        return yaml.safe_load(raw.decode("utf-8-sig"))
    except (yaml.YAMLError, ValueError, OSError) as error:
        wrong.append(_("%(file)s cannot be read: %(why)s") % {"file": file.name, "why": error})
        return None


def _entries(folder: Any, name: str, keys: dict[str, type], wrong: list[str]) -> list[dict[str, Any]]:
    file = folder / f"{name}.yaml"
    if not file.is_file():
        return []
    told = _loaded(file, wrong)
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        wrong.append(_("%(file)s is a list of entries with keys.") % {"file": file.name})
        return []
    for number, each in enumerate(told, 1):
        _shape(f"{file.name} {number}", each, keys, wrong)
    return told


def _shape(where: str, entry: dict[str, Any], keys: dict[str, type], wrong: list[str]) -> None:
    """Each key is there and of its type; what people read is there in both languages."""
    for key, kind in keys.items():
        value = entry.get(key)
        if not isinstance(value, kind) or not value:
            wrong.append(_("%(where)s: %(key)s is missing") % {"where": where, "key": key})
        elif kind is dict and not (entry[key].get("zh") and entry[key].get("en")):
            wrong.append(_("%(where)s: %(key)s needs zh and en") % {"where": where, "key": key})


def _tables(folder: Any, wrong: list[str]) -> dict[str, dt.Table]:
    found: dict[str, dt.Table] = {}
    inside = folder / "rules"
    files = [each for each in inside.iterdir() if each.name.endswith(".yaml")] if inside.is_dir() else []
    for file in sorted(files, key=lambda each: each.name):
        try:
            (table,) = dt.load(file.read_bytes())
            subject(table.name).check(table)
        except (ValueError, Refusal) as error:
            wrong.append(f"rules/{file.name}: {error}")
            continue
        if table.name in found:
            wrong.append(f"rules/{file.name}: " + _("another table decides %(name)s") % {"name": table.name})
        found[table.name] = table
    return found


def _check(scene: Scene) -> None:
    """Rules are sound, speak of the scene's categories, and decide its samples as these say."""
    codes = [each["code"] for each in scene.categories]
    scene.wrong += [
        _("the category %(code)s is there twice") % {"code": code}
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    for name, table in scene.rules.items():
        if bad := [each for each in faults(table) if each.is_blocking]:
            scene.wrong.append(
                _("%(name)s is not sound: %(count)d findings; see gongzhi rules verify")
                % {"name": name, "count": len(bad)}
            )
        column = next((each for each in table.inputs if each.name == "category"), None)
        if column is not None and (strange := sorted(set(map(str, column.values)) - set(codes))):
            scene.wrong.append(
                _("%(name)s speaks of %(codes)s, no category of the scene")
                % {"name": name, "codes": ", ".join(strange)}
            )
    for number, each in enumerate(scene.matters, 1):
        scene.wrong += [f"matters.yaml {number}: {why}" for why in _tried(scene, each, codes)]


def _tried(scene: Scene, sample: dict[str, Any], codes: list[str]) -> list[str]:
    if sample["category"] not in codes or sample["kind"] not in Kind.values:
        return [_("no category or kind of that name")]
    wanted: list[tuple[str, str, Callable[[Any], str]]] = [
        ("matters.routing", "function", lambda value: str(value)),
        ("matters.deadline", "finish", lambda value: f"{value['finish']} {value['finish_unit']}"),
    ]
    wrong = []
    for name, key, told in wanted:
        table = scene.rules.get(name)
        if key not in sample or table is None:
            continue
        facts = {"kind": sample["kind"], "category": sample["category"], "channel": ""}
        try:
            said = told(table.decide({column.name: facts[column.name] for column in table.inputs}).value)
        except (dt.DecisionError, KeyError) as error:
            said = str(error)
        if said != sample[key]:
            wrong.append(
                _("%(name)s says %(said)s, not %(wanted)s")
                % {"name": name, "said": said, "wanted": sample[key]}
            )
    return wrong
