"""``gongzhi import`` as it is run: exit codes, the last line, real cities, and being killed."""

from __future__ import annotations

import csv
import json
import os
import random
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.service.commands.cities import BOSTON, CHICAGO, MAPPING, many, needs_real_data, table
from tests.service.commands.nodes import GONGZHI, ROOT, Databases, Node, copy

STATE = (
    "from tests.service.commands.cities import state\nimport json\nprint(json.dumps(state(), sort_keys=True))"
)


WHOLE = {"boston": ("boston-2011", BOSTON), "chicago": ("chicago-2011-2014", CHICAGO)}


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "riverton.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "riverton.csv"
    path.write_text(table([{}, {"via": "fax"}]), encoding="utf-8")
    return path


def first_rows(city: Path, count: int, folder: Path) -> Path:
    """A city's real file, cut short."""
    from gongzhi.service.commands.importing.files import Format, opened

    with opened(city, Format()) as whole:
        path = folder / whole.name
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(whole.columns)
            for _number, row in zip(range(count), whole.rows(), strict=False):
                writer.writerow(row.cells)
    return path


def test_the_last_line_is_one_object(empty_node: Node, mapping: Path, file: Path) -> None:
    told = empty_node.told("import", mapping, file)
    seconds = told.pop("seconds")
    assert isinstance(seconds, float)
    assert told == {
        "mapping": "riverton", "file": "riverton.csv", "dry_run": False,
        "read": 2, "landed": 1, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert empty_node.told("import", mapping, file)["landed"] == 0
    assert empty_node.told("ledger", "verify")["sound"]


def test_bad_rows_go_to_the_report(bare_node: Node, mapping: Path, file: Path, tmp_path: Path) -> None:
    report = tmp_path / "bad.csv"
    bare_node.run("import", mapping, file, "--report", report, said="1 landed, 0 unchanged, 1 rejected")
    with report.open(encoding="utf-8", newline="") as told:
        (row,) = csv.DictReader(told)
    assert (row["line"], row["column"], row["value"]) == ("3", "via", "fax")
    assert "unknown" in row["reason"]


def test_without_a_report_bad_rows_are_said(bare_node: Node, mapping: Path, file: Path) -> None:
    bare_node.run("import", mapping, file, "--dry-run", said="line 3: via “fax”")


def test_exit_codes(bare_node: Node, mapping: Path, file: Path, tmp_path: Path) -> None:
    bare_node.run("import", "atlantis", file, code=2, said="Shipped are: boston-2011, chicago-2011-2014")
    bare_node.run("import", mapping, tmp_path / "none.csv", code=2, said="no file")
    bare_node.run("import", mapping, code=2)
    mapping.write_text(MAPPING.replace("key: id", "keys: id"), encoding="utf-8")
    bare_node.run("import", mapping, file, code=1, said="riverton.yaml:6: there is no key “keys” here")
    mapping.write_text(MAPPING, encoding="utf-8")
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    bare_node.run("import", mapping, file, code=1, said="has no column")


def test_the_first_word_of_help_costs_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [GONGZHI, "import", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"GONGZHI_DATA_DIR": str(tmp_path / "x"), "PATH": ""},
    )
    assert "--dry-run" in done.stdout
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_it_comes_to_the_same(
    bare_node: Node, databases: Databases, mapping: Path, tmp_path: Path
) -> None:
    """With a city's name in ``KILLED`` it is done to the city's whole file: boston, or chicago."""
    path: Path
    mapping_of: Path | str = mapping
    if city := os.environ.get("KILLED"):
        mapping_of, path = WHOLE[city]
    else:
        path = tmp_path / "riverton.csv"
        path.write_text(many(1_200), encoding="utf-8")
    bare_node.run("import", mapping_of, path, "--dry-run")
    killed = copy(bare_node, tmp_path / "killed", databases)
    expected = bare_node.told("import", mapping_of, path)
    draw, later = random.Random(20_110_701), [0, 10_000, 50_000] if city else [0, 1, 1_000, 2_000]
    for _kill in range(4):
        process = importing(killed, mapping_of, path)
        _wait(killed, process, more=draw.choice(later))
        time.sleep(draw.uniform(0, 0.3))
        process.kill()
        process.communicate()
    last = importing(killed, mapping_of, path)
    told = json.loads(last.communicate()[0].splitlines()[-1])
    assert last.returncode == 0
    assert (told["read"], told["rejected"]) == (expected["read"], expected["rejected"])
    assert told["landed"] + told["unchanged"] == expected["landed"]
    assert json.loads(killed.python(STATE)) == json.loads(bare_node.python(STATE))
    assert killed.told("ledger", "verify")["sound"]
    assert killed.told("import", mapping_of, path)["landed"] == 0


def importing(node: Node, mapping: Path | str, path: Path) -> subprocess.Popen[str]:
    """An import as a process of its own."""
    words = [GONGZHI, "import", mapping, path, "--json"]
    return subprocess.Popen(words, env=node.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _wait(node: Node, process: subprocess.Popen[str], more: int) -> None:
    """Until there are so many entries more, or it has ended by itself."""
    before = _entries(node)
    while process.poll() is None and _entries(node) < before + more:
        time.sleep(0.02)


def _entries(node: Node) -> int:
    count = "SELECT count(*) FROM ledger_entry"
    if node.database_url:
        import psycopg

        with psycopg.connect(node.database_url) as own:
            return int(own.execute(count).fetchone()[0])  # type: ignore[index]
    own = sqlite3.connect(f"file:{node.folder / 'gongzhi.sqlite3'}?mode=ro", uri=True, timeout=30)
    try:
        return int(own.execute(count).fetchone()[0])
    finally:
        own.close()


@needs_real_data
def test_boston_lands_as_the_city_tells_it(bare_node: Node, tmp_path: Path) -> None:
    path = first_rows(BOSTON, 2_000, tmp_path)
    told = bare_node.told("import", "boston-2011", path)
    assert (told["read"], told["landed"]) == (2_000, 2_000)
    assert bare_node.told("import", "boston-2011", path)["unchanged"] == 2_000
    with path.open(encoding="utf-8", newline="") as text:
        rows = {int(r["case_enquiry_id"]): r for r in csv.DictReader(text)}
    told_in_time = dict(
        bare_node.sql(
            "SELECT s.source, e.facts FROM ledger_entry e JOIN matters_submission s ON s.matter_id = e.subject"
            " WHERE e.verb = 'matter.answer'"
        )
    )
    seen = {int(source.split(":")[1]): json.loads(facts)["in_time"] for source, facts in told_in_time.items()}
    words = {"ONTIME": True, "OVERDUE": False}
    judged = {
        key: words[r["ontime"]]
        for key, r in rows.items()
        if r["closed_dt"] and r["target_dt"] and r["ontime"]
    }
    assert {key: seen[key] for key in judged} == judged
    states = dict(bare_node.sql("SELECT state, count(*) FROM matters_matter GROUP BY state"))
    closed = sum(r["case_status"] == "Closed" for r in rows.values())
    assert states == {"closed": closed, "dispatched": 2_000 - closed}


@needs_real_data
def test_chicago_stands_beside_it_in_days_of_its_own_zone(bare_node: Node, tmp_path: Path) -> None:
    boston, chicago = first_rows(BOSTON, 50, tmp_path), first_rows(CHICAGO, 300, tmp_path)
    bare_node.told("import", "boston-2011", boston)
    assert bare_node.told("import", "chicago-2011-2014", chicago)["landed"] == 300
    zones = dict(bare_node.sql("SELECT code, zone FROM regions_region WHERE code IN ('boston', 'chicago')"))
    assert zones == {"boston": "America/New_York", "chicago": "America/Chicago"}
    rows = bare_node.sql("SELECT precision, opened_at FROM matters_matter WHERE precision = 'day'")
    assert len(rows) == 300
    hours = {str(opened)[11:16] for _precision, opened in rows}
    assert hours <= {"05:00", "06:00"}
    outcomes = bare_node.sql("SELECT facts FROM ledger_entry WHERE verb = 'matter.close'")
    assert {json.loads(facts)["outcome"] for (facts,) in outcomes} <= {"answered", "duplicate"}
    assert bare_node.told("ledger", "verify")["sound"]
