"""import-linter sees an import upwards, backwards among rooms, and of Django from a method."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources again, in a place where they may be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src" / "gongzhi",
        tmp_path / "src" / "gongzhi",
        ignore=shutil.ignore_patterns("static", "__pycache__", "locale", "templates"),
    )
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )


def test_the_floors_and_rooms_are_in_order() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("place", "imported", "contract"),
    [
        ("foundation/ledger/upwards.py", "gongzhi.governance.matters", "Floors"),
        ("governance/matters/upwards.py", "gongzhi.service.desk", "Floors"),
        ("methods/upwards.py", "gongzhi.foundation.ledger.refusals", "Floors"),
        ("foundation/ledger/backwards.py", "gongzhi.foundation.parties", "Rooms of foundation"),
        ("service/design/backwards.py", "gongzhi.service.portal", "Rooms of service"),
        ("methods/unclean.py", "django.db", "Methods know nothing"),
    ],
)
def test_a_planted_import_is_found(copy: Path, place: str, imported: str, contract: str) -> None:
    (copy / "src" / "gongzhi" / place).write_text(f"import {imported}\n")
    done = lint(copy)
    assert done.returncode == 1
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), done.stdout


def test_a_room_that_no_contract_places_is_found(copy: Path) -> None:
    room = copy / "src" / "gongzhi" / "governance" / "attic"
    room.mkdir()
    (room / "__init__.py").touch()
    done = lint(copy)
    assert done.returncode == 1
    assert "attic" in done.stdout
