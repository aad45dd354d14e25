"""The build hook builds when it has to, and only then."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.mofile import read_mo

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(hook: ModuleType, tmp_path: Path) -> Path:
    """The sources, and a front end that says it was built from them."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    built = tmp_path / hook.BUILT
    built.mkdir(parents=True)
    (built / "manifest.json").write_text("{}")
    (built / hook.MARK).write_text(hook.hash_of_sources(tmp_path / "web"))
    return tmp_path


def test_nothing_is_built_when_nothing_has_changed(hook: ModuleType, checkout: Path):
    assert hook.is_current(checkout)
    assert hook.build_front_end(checkout) is False


@pytest.mark.parametrize("name", ["package-lock.json", "src/gongzhi.js", "src/css/tokens.css", "build.mjs"])
def test_a_changed_source_or_lock_is_noticed(hook: ModuleType, checkout: Path, name: str):
    path = checkout / "web" / name
    path.write_text(path.read_text() + "\n")
    assert not hook.is_current(checkout)


def test_a_new_and_a_renamed_source_are_noticed(hook: ModuleType, checkout: Path):
    before = hook.hash_of_sources(checkout / "web")
    (checkout / "web/src/map.js").rename(checkout / "web/src/maps.js")
    assert hook.hash_of_sources(checkout / "web") != before


def test_what_the_build_itself_brings_does_not_count(hook: ModuleType, checkout: Path):
    (checkout / "web/node_modules/x").mkdir(parents=True)
    (checkout / "web/node_modules/x/y.js").write_text("1")
    assert hook.is_current(checkout)


def test_half_a_build_is_not_current(hook: ModuleType, checkout: Path):
    (checkout / hook.BUILT / "manifest.json").unlink()
    assert not hook.is_current(checkout)


def test_catalogues_are_compiled_beside_their_sources(hook: ModuleType, tmp_path: Path):
    folder = tmp_path / hook.PACKAGE / "locale/zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nLanguage: zh_Hans\\n"\n\n'
        'msgid "Back"\nmsgstr "返回"\n',
        encoding="utf-8",
    )
    assert hook.compile_catalogues(tmp_path) == [folder / "django.mo"]
    with (folder / "django.mo").open("rb") as binary:
        assert read_mo(binary)["Back"].string == "返回"
