"""What the repository promises as files: locks without hosts, pages in both languages, links that lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gongzhi.config import SETTINGS
from tools import check, reference

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def places(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=places)
def test_a_lock_pins_and_hashes_everything_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    pinned = re.split(r"\n(?=\S)", text.strip())
    assert pinned
    for entry in pinned:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry


def test_the_lock_of_the_front_end_has_hashes_and_names_no_host() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    installed = {name: each for name, each in packages.items() if name}
    assert installed
    assert not [name for name, each in installed.items() if "resolved" in each]
    assert not [name for name, each in installed.items() if "integrity" not in each]


def test_the_locks_hold_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    core, dev = ((ROOT / "requirements" / name).read_text() for name in ("core.lock", "dev.lock"))
    for requirement in project["project"]["dependencies"]:
        assert f"{bare(requirement)}==" in core
    for requirement in project["dependency-groups"]["dev"]:
        assert f"{bare(requirement)}==" in dev
    assert set(re.findall(r"^\S+==\S+", core, re.MULTILINE)) <= set(
        re.findall(r"^\S+==\S+", dev, re.MULTILINE)
    )


def bare(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found[0].lower()


@pytest.mark.parametrize("page", PAGES, ids=places)
def test_links_lead_somewhere(page: Path) -> None:
    inside = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if ".zh" not in page.suffixes and "decisions" not in page.parts],
    ids=places,
)
def test_a_page_for_users_exists_in_both_languages(page: Path) -> None:
    if page.name in {
        "CHANGELOG.md",
        "design.md",
        "develop.md",
        "house-rules.md",
    }:  # read by those who change the code
        return
    assert page.with_suffix(".zh.md").exists()


@pytest.mark.parametrize("page", ["settings.md", "settings.zh.md"])
def test_every_setting_is_documented_and_no_other(page: str) -> None:
    named = set(
        re.findall(r"^\| `(GONGZHI_\w+)`", (DOCS / "reference" / page).read_text("utf-8"), re.MULTILINE)
    )
    assert named == set(SETTINGS)


@pytest.mark.django_db
def test_the_generated_pages_are_what_the_platform_says() -> None:
    for path, text in reference.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: make reference"


def test_checks_name_the_step_that_failed() -> None:
    done = subprocess.run(
        [sys.executable, "tools/check.py", "attic"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no step called attic" in done.stderr
    assert {"lint", "format", "types", "floors", "house", "translations", "migrations"} <= set(check.STEPS)


@pytest.mark.parametrize("script", ["tools/bootstrap", "tools/lock", ".ci/run"])
def test_scripts_are_well_formed_and_executable(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"
    subprocess.run([shell, "-n", path], check=True)


def test_make_explains_itself() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("demo", "test", "check", "bench", "lock", "clean"):
        assert re.search(rf"make {target}\s+\w", done.stdout)
