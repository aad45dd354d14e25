"""Decision tables verified and compared by command: sentences, JSON, exit codes, and no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gongzhi.foundation.rulebooks.telling import Teller
from gongzhi.methods import decision_tables as dt

TABLE = """
table: deadline
inputs:
  - {name: kind, type: string, title: {zh: 类别, en: Kind}, values: [road, noise]}
  - {name: days, type: integer, low: 0}
outputs:
  - {name: within, type: integer}
rules:
  - when: {kind: '"road"', days: '<= 3'}
    then: {within: 5}
    basis: {law: {zh: 条例, en: Regulation}, article: "4"}
  - when: {kind: '"road"', days: '[3..9]'}
    then: {within: 10}
  - when: {kind: '"noise"'}
    then: {within: 7}
"""
SOUND = TABLE.replace("<= 3", "< 3").replace("[3..9]", ">= 3")


def run(*words: object, code: int = 0, language: str = "en") -> str:
    """What a command says, where no node is."""
    done = subprocess.run(
        [sys.executable, "-m", "gongzhi.service.commands.main", *map(str, words)],
        env=os.environ | {"GONGZHI_LANGUAGE": language, "GONGZHI_DATA_DIR": "nowhere"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.yaml"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.dmn"
    [table] = dt.load(SOUND)
    path.write_text(dt.dump(table, "dmn"), encoding="utf-8")
    return path


def test_faults_are_told_with_an_example_and_exit_one(file: Path) -> None:
    said = run("rules", "verify", file, code=1)
    assert 'If Kind is "road" and days is >= 10, no rule applies.' in said
    assert 'If Kind is "road" and days is 3, rules 1, 2 contradict one another.' in said
    assert 'For example: Kind = "road", days = 10.' in said
    said = run("rules", "verify", file, code=1, language="zh")
    assert '若类别为 "road"，且days为 >= 10，则无规则适用。' in said


def test_a_sound_table_exits_zero(sound: Path) -> None:
    assert "Complete and without contradiction" in run("rules", "verify", sound)
    assert json.loads(run("rules", "verify", sound, "--json"))["sound"] is True
    assert not Path("nowhere").exists()


def test_findings_are_told_to_programs(file: Path) -> None:
    told = json.loads(run("rules", "verify", file, "--json", code=1))
    (table,) = told["tables"]
    (gap,) = table["gaps"]["found"]
    assert (told["sound"], gap["witness"]) == (False, {"kind": "road", "days": 10})
    assert gap["region"] == {"kind": ['"road"'], "days": [">= 10"]}
    assert [f["rows"] for f in table["overlaps"]["found"]] == [[1, 2]]


def test_differences_are_told_with_both_answers(file: Path, sound: Path) -> None:
    said = run("rules", "diff", file, sound, code=1)
    assert 'If Kind is "road" and days is 3: in the first table rules 1, 2 conflict' in said
    assert "in the second table 10 by rule 2." in said
    assert "answer the same" in run("rules", "diff", sound, sound)
    told = json.loads(run("rules", "diff", file, sound, "--json", code=1))
    assert [d["rows"] for d in told["differences"]["found"]] == [[[], [2]], [[1, 2], [2]]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table: t\n", "inputs is missing"),
        ("<a/>", "not a DMN model"),
        ("", "no table in the text"),
        ("\x00", "no decision table that can be used"),
    ],
)
def test_a_file_that_is_no_table_exits_two(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    assert said in run("rules", "verify", path, code=2)


def test_what_cannot_be_compared_exits_two(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TABLE.replace("days", "weeks"), encoding="utf-8")
    assert "only deadline has the input days" in run("rules", "diff", file, other, code=2)
    assert "cannot be read" in run("rules", "diff", file, tmp_path / "none", code=2)


def test_every_kind_of_finding_has_its_sentence() -> None:
    [table] = dt.load(
        TABLE.replace("inputs:", "hit: F\ninputs:").replace("- when: {kind: '\"noise\"'}", "- when: {}")
    )
    [again] = dt.load(TABLE.replace("- when: {kind: '\"noise\"'}", "- when: {}"))
    teller = Teller((table,), str, "en")
    assert [teller.sentence(f) for f in dt.overlaps(table)] == [
        'If Kind is "road" and days is 3, rule 1 is preferred to rule 2.',
        'If Kind is "road" and days is [0..3], rule 1 is preferred to rule 3.',
        'If Kind is "road" and days is [3..9], rule 2 is preferred to rule 3.',
    ]
    assert [teller.sentence(f) for f in dt.unreachable(again)] == [
        "Rule 1 never has an effect, because of rules 2, 3.",
        "Rule 2 never has an effect, because of rules 1, 3.",
    ]
    both = Teller((table, again), str, "zh")
    found = [both.sentence(f) for f in dt.difference(table, again)]
    assert (
        'If 类别 is "road" and days is [0..2]: in the first table 5 by rule 1 (条例 4), in the second table rules 1, 3 conflict.'
        in found
    )
    [twice] = dt.load(
        TABLE.replace("within: 7", "within: 10").replace("'\"noise\"'", "'\"noise\"', days: '[3..9]'")
    )
    assert [teller.sentence(f) for f in dt.mergeable(twice)] == [
        "Rules 2, 3 could be one: if days is [3..9]."
    ]
