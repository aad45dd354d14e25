"""Nodes as versions that have landed left them are brought to this one, with all that is in them.

`landed/VERSION.tar.gz` is a backup that a landed version made of a small node:
`python -m tests.service.commands.test_upgrading VERSION` makes one of the present version.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.service.commands.nodes import WORLD, Node

LANDED = Path(__file__).parent / "landed"
LIVED = """
for text in ("河水发臭", "The river smells"):
    place.submission(text)
console.sequence()
"""


def test_what_a_landed_version_left_is_brought_to_this_one(other_node: Callable[[str], Node]) -> None:
    for archive in sorted(LANDED.glob("*.tar.gz")):
        node = other_node(archive.name)
        assert node.told("restore", archive)["sound"], archive
        node.run("upgrade")
        assert node.told("upgrade") == {"migrations": [], "roles": {}}
        assert node.sql("SELECT count(*) FROM matters_submission") == [(2,)]
        with node.serving() as served:
            assert served.submit("It goes on")["number"]
            assert served.stop() == 0
        assert node.told("ledger", "verify")["sound"], archive


def keep(version: str) -> Path:
    """Keep a node of the present version for later ones to try."""
    LANDED.mkdir(exist_ok=True)
    archive = LANDED / f"{version}.tar.gz"
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder) / "node")
        node.python(WORLD + LIVED, ready=False)
        node.run("backup", archive)
    return archive


if __name__ == "__main__":
    sys.stdout.write(f"{keep(sys.argv[1])}\n")
