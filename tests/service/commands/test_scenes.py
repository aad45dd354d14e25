"""Scenes: checked, installed once through acts, adapted, written out, and refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gongzhi.methods import decision_tables as dt
from gongzhi.service.commands.scenes import reading
from gongzhi.service.commands.scenes.joining import joined
from tests.builders import DEADLINES, ROUTING
from tests.service.commands.nodes import Node

ENACT = """
from pathlib import Path
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.regions.queries import region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.models import Version
for draft in Version.objects.filter(state="draft"):
    enact(OPERATOR, region("310118"), table=draft.table)
console.sequence()
"""


@pytest.mark.parametrize("name", ["river", "building-site", "enrolment"])
def test_what_is_shipped_is_sound_and_whole(name: str) -> None:
    assert name in reading.shipped()
    scene = reading.read(reading.folder_of(name))
    assert scene.wrong == []
    assert set(scene.rules) == {"matters.routing", "matters.deadline"}
    assert len(scene.categories) == 5
    assert scene.matters
    assert all(scene.lists.values())


def test_a_scene_is_installed_once_and_says_what_it_did(node: Node) -> None:
    node.run("scene", "list", said="river")
    node.run("scene", "check", "river", said="Sound")
    first = node.told("scene", "install", "river", "--region", "310118")
    assert {each["done"] for each in first["categories"]} == {"added"}
    assert [(each["subject"], each["done"]) for each in first["rules"]] == [
        ("matters.deadline", "drafted"), ("matters.routing", "drafted"),
    ]  # fmt: skip
    assert first["kept"] == {"indicators": 3, "watches": 1, "pages": 2}
    count = node.sql("SELECT count(*) FROM ledger_entry")
    again = node.told("scene", "install", "river", "--region", "310118")
    assert {each["done"] for each in again["categories"] + again["rules"]} == {"there_already"}
    node.python(ENACT)
    later = node.told("scene", "install", "river", "--region", "310118")
    assert {each["done"] for each in later["categories"] + later["rules"]} == {"there_already"}
    assert node.sql("SELECT count(*) FROM rulebooks_version WHERE state = 'draft'") == [(2,)]
    assert node.sql("SELECT count(*) FROM ledger_entry")[0][0] == count[0][0] + 2
    node.run("scene", "install", "river", "--region", "310118", said="kept for rooms to come")
    assert node.told("ledger", "verify")["sound"]


def test_what_was_adapted_is_shared(node: Node, tmp_path: Path) -> None:
    node.told("scene", "install", "river", "--region", "310118")
    told = node.told("scene", "export", tmp_path / "ours", "--region", "310118", "--like", "river")
    assert (told["categories"], told["samples"]) == (5, 3)
    ours, river = reading.read(tmp_path / "ours"), reading.read(reading.folder_of("river"))
    assert ours.wrong == []
    assert (ours.rules, ours.lists, ours.categories) == (river.rules, river.lists, river.categories)
    deadline = tmp_path / "ours" / "rules" / "deadline.yaml"
    deadline.write_text(deadline.read_text("utf-8").replace("contact: 4", "contact: 6"), "utf-8")
    node.told("scene", "install", tmp_path / "ours", "--region", "320509")
    node.run(
        "scene", "export", tmp_path / "x", "--region", "9", "--like", "river", code=2, said="no region 9"
    )
    shared = tmp_path / "theirs"
    node.told("scene", "export", shared, "--region", "320509", "--like", "river", "--name", "lake")
    theirs = reading.read(shared)
    assert (theirs.name, theirs.wrong) == ("lake", [])
    assert theirs.rules["matters.deadline"].decide({"category": "river-smell"}).value["contact"] == 6


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("scene.yaml", "scene: x\ntitle: {zh: 河}\nnote: {zh: a, en: b}", "title needs zh and en"),
        ("categories.yaml", "- {code: a}", "name is missing"),
        ("categories.yaml", "a: b", "list of entries"),
        ("categories.yaml", "- [", "cannot be read"),
        ("categories.yaml", "- {code: a, name: {zh: a, en: a}}", "no category of the scene"),
        ("rules/routing.yaml", ROUTING.replace("matters.routing", "matters.weather"), "no rules on"),
        ("rules/routing.yaml", ROUTING, "not sound"),
        ("rules/second.yaml", ROUTING, "another table decides matters.routing"),
        ("matters.yaml", "- {kind: x, category: y, text: {zh: a, en: b}}", "no category or kind"),
        (
            "matters.yaml",
            "- {kind: help, category: river-smell, text: {zh: a, en: b}, function: town}",
            "says water, not town",
        ),
    ],
)
def test_what_is_wrong_is_named(node: Node, tmp_path: Path, file: str, text: str, why: str) -> None:
    copy(reading.folder_of("river"), tmp_path / "scene")
    (tmp_path / "scene" / file).write_text(text, "utf-8")
    node.run("scene", "check", tmp_path / "scene", code=1, said=why)
    node.run("scene", "install", tmp_path / "scene", "--region", "310118", code=1, said="cannot be installed")
    assert node.sql("SELECT count(*) FROM rulebooks_version WHERE state = 'draft'") == [(0,)]


def test_no_scene_at_all(node: Node, tmp_path: Path) -> None:
    node.run("scene", "check", tmp_path, code=2, said="no scene.yaml")
    node.run("scene", "check", "weather", code=2, said="enrolment")


def copy(folder: Any, to: Path) -> None:
    (to / "rules").mkdir(parents=True)
    for each in [*folder.iterdir(), *(folder / "rules").iterdir()]:
        if each.is_file():
            rest = f"rules/{each.name}" if each.parent.name == "rules" else each.name
            (to / rest).write_bytes(each.read_bytes())


def test_joining_keeps_what_is_in_force_and_puts_the_scene_first() -> None:
    river = reading.read(reading.folder_of("river")).rules
    (held,) = dt.load(DEADLINES)
    whole = joined(river["matters.deadline"], held)
    assert whole.decide({"category": "river-smell"}).value["contact"] == 4
    assert whole.decide({"category": "smell"}).value == held.decide({"category": "smell"}).value
    assert joined(river["matters.deadline"], whole) == whole
    (routing,) = dt.load(ROUTING)
    assert joined(river["matters.routing"], None) == river["matters.routing"]
    assert joined(river["matters.deadline"], routing) == river["matters.deadline"]
    kinds = ROUTING.replace("category", "kind").replace('"smell"', '"praise"')
    (by_kind,) = dt.load(kinds)
    both = joined(river["matters.routing"], by_kind)
    assert both.decide({"kind": "praise", "category": "elsewhere"}).value == "water"
    assert both.decide({"kind": "help", "category": "river-outfall"}).value == "ecology"
