"""What the how-to pages tell a newcomer to do is done here, word for word."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def block(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


SEEN = """
from gongzhi.service.commands import console
console.start_django()
from django.test import Client
from django.urls import reverse
from gongzhi.foundation.regions.queries import region
from gongzhi.service.accounts.models import Account
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(Account.objects.get(username="ana"))
page = client.get(reverse("desk:list", args=["all"]))
print(page.status_code, page.content.decode().count('href="/desk/matter/'), region("example").zone)
"""


def environ(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
    return kept | {"GONGZHI_DATA_DIR": str(folder / "data"), "GONGZHI_LANGUAGE": "en"}


def gongzhi(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "gongzhi", *words],
        cwd=folder,
        env=environ(folder),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["import-a-city.md", "import-a-city.zh.md"])
def test_the_example_of_an_import_comes_out_as_the_page_says(tmp_path: Path, name: str) -> None:
    page = (HOW_TO / name).read_text("utf-8")
    (tmp_path / "requests.csv").write_text(block(page, "csv"), "utf-8")
    (tmp_path / "example.yaml").write_text(block(page, "yaml"), "utf-8")

    tried = gongzhi(tmp_path, "import", "example.yaml", "requests.csv", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    for line in (
        "6 rows read: 4 would land, 1 unchanged, 1 rejected",
        "line 5: created “2023-13-45 10:00:00”",
    ):
        assert line in page
        assert line in tried.stdout + tried.stderr

    first, second = (
        json.loads(
            gongzhi(tmp_path, "import", "example.yaml", "requests.csv", "--json").stdout.splitlines()[-1]
        )
        for _ in range(2)
    )
    assert (first["landed"], first["rejected"]) == (4, 1)
    assert (second["landed"], second["unchanged"], second["rejected"]) == (0, 5, 1)

    opening = shlex.split(block(page, "sh").splitlines()[0])
    told = gongzhi(tmp_path, *opening[1:], "--json")
    assert told.returncode == 0, told.stderr
    seen = subprocess.run(
        [sys.executable, "-c", SEEN],
        env=environ(tmp_path) | {"DJANGO_SETTINGS_MODULE": "gongzhi.settings"},
        capture_output=True,
        text=True,
    )
    assert seen.stdout.split() == ["200", "4", "Asia/Shanghai"], seen.stderr


def test_every_key_of_a_mapping_is_explained_in_both_languages() -> None:
    said = (HOW_TO.parent / "reference" / "mapping.md").read_text("utf-8")
    said_in_chinese = (HOW_TO.parent / "reference" / "mapping.zh.md").read_text("utf-8")
    source = HOW_TO.parents[1] / "src" / "gongzhi" / "service" / "commands" / "importing"
    taken = set()
    for name in ("schema.py", "fields.py"):
        calls = re.findall(
            r'(?:section|block|inner|submission|history)\.(?:text|texts|section|sections|optional|flag|pattern|table)\("(\w+)"',
            (source / name).read_text("utf-8"),
        )
        taken |= set(calls)
    assert {"zone", "encoding", "nowhere", "match", "precision"} <= taken
    assert {key for key in taken if f"`{key}`" not in said} == set()
    assert {key for key in taken if f"`{key}`" not in said_in_chinese} == set()
