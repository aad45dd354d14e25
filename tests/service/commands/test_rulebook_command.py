"""A node's rules by command: brought in as drafts, written out, tried on the past; and who wrote past it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongzhi.methods import decision_tables as dt
from tests.builders import ROUTING, SOUND
from tests.service.commands.nodes import Node

SUBMISSION = """
from tests.builders import DEADLINES
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.regions.queries import region
from gongzhi.governance.matters.acts import file
from gongzhi.governance.matters.queries import category
town = region("310118110")
for _ in range(3):
    file(anyone(), town, kind="complain", category=category(town, "smell"), text="The river smells")
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "routing.yaml"
    path.write_text(SOUND, encoding="utf-8")
    return path


def test_a_table_comes_in_as_a_draft_or_at_once(node: Node, table: Path, tmp_path: Path) -> None:
    told = node.told("rules", "import", table, "--region", "310118")
    assert [(each["subject"], each["state"]) for each in told["versions"]] == [("matters.routing", "draft")]
    written = node.told("rules", "export", tmp_path / "out", "--region", "310118110")
    assert len(written["files"]) == 3
    node.run("rules", "import", table, "--region", "310118", "--in-force", said="version 3, in force")
    node.run("rules", "export", tmp_path / "dmn", "--region", "310118", "--format", "dmn")
    [back] = dt.load((tmp_path / "dmn" / "310118-matters.routing.dmn").read_bytes())
    assert back == dt.load(SOUND)[0]


def test_what_cannot_come_in_leaves_nothing(node: Node, table: Path, tmp_path: Path) -> None:
    node.run("rules", "import", table, "--region", "999999", code=2, said="no region 999999")
    two = tmp_path / "two.yaml"
    two.write_text(SOUND + "\n---\n" + SOUND.replace("matters.routing", "matters.weather"), encoding="utf-8")
    node.run("rules", "import", two, "--region", "310118", code=1, said="matters.weather")
    assert node.sql("SELECT count(*) FROM rulebooks_version WHERE state = 'draft'") == [(0,)]
    node.run("rules", "export", tmp_path, "--region", "310118", "--format", "xls", code=2)


def test_the_past_is_decided_again(node: Node, tmp_path: Path) -> None:
    node.python(SUBMISSION)
    node.run("rules", "replay", said="all came out as recorded")
    other = tmp_path / "other.yaml"
    other.write_text(ROUTING.replace("water", "ecology"), encoding="utf-8")
    node.run("rules", "replay", other, said="3 times function = water, now function = ecology")
    told = node.told("rules", "replay", other)
    assert (told["decisions"], told["changed"]) == (3, 3)
    assert node.told("rules", "replay", other, "--since", "2100-01-01")["decisions"] == 0


def test_whoever_writes_past_the_platform_is_found(node: Node) -> None:
    node.python(SUBMISSION)
    assert node.told("ledger", "verify")["sound"]
    node.sql(
        "UPDATE rulebooks_version SET \"table\" = replace(\"table\", 'water', 'town')"
        " WHERE \"table\" LIKE '%matters.routing%'"
    )
    faults = node.told("ledger", "verify", code=1)["faults"]
    assert any(
        "rule matters.routing, version 1: the table is not the one of entry" in each for each in faults
    )
    node.run("doctor", code=1, said="rule matters.routing, version 1")
    assert node.told("rules", "replay", code=1)["changed"] == 3
    node.sql("DELETE FROM rulebooks_force", "DELETE FROM rulebooks_version")
    assert "and it is gone" in str(node.told("ledger", "verify", code=1)["faults"])


def test_rule_sets_that_come_along_are_listed_and_become_drafts_once(node: Node) -> None:
    sets = {each["name"]: each for each in node.told("rules", "defaults")["sets"]}
    assert sets["owners"]["rows"] == {"checked": 3, "number": 0, "unchecked": 0, "example": 0}
    node.run("rules", "defaults", said="hotline-beijing")
    for expected in ("drafted", "there_already"):
        told = node.told("rules", "defaults", "owners", "hotline-jinan", "--region", "310118")
        assert {each["subject"] for each in told["versions"]} == {
            "owners.vote", "matters.deadline", "matters.settle",
        }  # fmt: skip
        assert {each["done"] for each in told["versions"]} == {expected}
    assert node.sql("SELECT count(*) FROM rulebooks_version WHERE state = 'draft'") == [(3,)]
    node.run("rules", "defaults", "owners", "--region", "310118", said="there already")
    node.run("rules", "defaults", "owners", code=2, said="both")
    node.run("rules", "defaults", "weather", "--region", "310118", code=2, said="hotline-beijing")
    assert node.told("ledger", "verify")["sound"]
