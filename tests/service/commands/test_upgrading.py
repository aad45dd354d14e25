"""Nodes as versions that have landed left them are brought to this one, with all that is in them.

`landed/VERSION.tar.gz` is a backup that a landed version made of a small node:
`python -m tests.service.commands.test_upgrading VERSION` makes one of the present version.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.service.commands.nodes import WORLD, Node

LANDED = Path(__file__).parent / "landed"
LIVED = """
from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.queries import examine
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.governance.matters.acts import Contact, answer, close, erase_person
from gongzhi.service.accounts.acts import Hidden, open_account

open_account(OPERATOR, place.person("Li Hua"), username="li.hua", password=Hidden("lotus-pond-7431"))
photo = store(anyone(), place.town, content=examine(b"seen from the bridge", "bridge.txt"))
first = place.submission(
    "河水发臭", contact=Contact(name="Wang", phone="13900001111"), attachments=[photo]
)
answer(place.staff("handler", place.water), first.matter, text="The outlet was closed.")
close(place.staff("clerk"), first.matter)
second = place.submission("My own words", contact=Contact(name="Zhao", phone="13900002222"))
console.sequence()
erase_person(place.staff("administrator"), second.person, reason="own request")
place.submission("Noise at night", category=place.noise)
console.sequence()
"""
SIGNED_IN = """
from django.contrib.auth import authenticate
print(authenticate(username="li.hua", password="lotus-pond-7431"))
"""

STEP_BY_STEP = """
from django.db.migrations.loader import MigrationLoader
from gongzhi.service.commands.backing_up import _shape_as
from gongzhi.service.commands import schema
known = MigrationLoader(None).disk_migrations
steps = {step for each in known.values() for step in each.replaces}
assert len(steps) > 15
others = {key for key, each in known.items() if key[0] not in {app for app, _ in steps}}
_shape_as([f"{app}.{name}" for app, name in steps | others])
schema.migrate()
"""
SHAPES = {
    "sqlite": (
        'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk'
        " FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        'SELECT m.name, k."table", k."from", k."to", k.on_update, k.on_delete'
        " FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = 'table'",
        "SELECT tbl_name, name, sql FROM sqlite_master WHERE type <> 'table'",
    ),
    "postgresql": (
        "SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default,"
        " is_identity FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ),
}


def test_a_new_database_has_the_shape_of_one_that_came_step_by_step(
    bare_node: Node, other_node: Callable[[str], Node]
) -> None:
    old = other_node("old")
    old.python(STEP_BY_STEP)
    for select in SHAPES["postgresql" if old.database_url else "sqlite"]:
        at_once, in_steps = (sorted(map(repr, node.sql(select))) for node in (bare_node, old))
        assert at_once == in_steps
        assert at_once


@pytest.mark.parametrize("version", ["2026-11-24"])  # the first that landed
def test_what_a_landed_version_left_is_brought_to_this_one(
    other_node: Callable[[str], Node], version: str
) -> None:
    node = other_node(version)
    assert node.told("restore", LANDED / f"{version}.tar.gz")["sound"]
    node.run("upgrade")
    assert node.told("upgrade") == {"migrations": [], "roles": {}, "rules": []}
    brought = [("Noise at night", "open"), ("河水发臭", "closed"), ("", "dispatched")]
    texts = "SELECT s.text, m.state FROM matters_submission s JOIN matters_matter m ON m.id = s.matter_id"
    assert sorted(node.sql(texts)) == sorted(brought)
    ((digest,),) = node.sql("SELECT sha256 FROM files_file")
    kept = node.folder / "files" / digest[:2] / digest[2:4] / digest
    assert kept.read_bytes() == b"seen from the bridge"
    assert node.python(SIGNED_IN).strip() == "li.hua"
    with node.serving() as served:
        assert served.submit("It goes on")["number"]
        assert served.stop() == 0
    report = node.told("ledger", "verify")
    assert report["sound"], report["faults"]
    assert report["erased"] > 0
    assert report["entries"] > 36


def test_every_landed_version_that_is_kept_is_tried() -> None:
    tried = test_what_a_landed_version_left_is_brought_to_this_one.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert sorted(tried) == sorted(archive.name.removesuffix(".tar.gz") for archive in LANDED.iterdir())


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
