"""Backup, wipe, restore, verify, go on; and what must not go on. Export, read without the platform."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gongzhi.service.commands.exporting import tile_name
from tests.service.commands.nodes import Databases, Node, copy

GOING_ON = """
from tests.builders import *
from gongzhi.foundation.regions.queries import region
from gongzhi.governance.matters.queries import category
town = region('310118110')
filed = [
    file(anyone(), town, kind='complain', category=category(town, 'smell'), text=f'臭 {n}', contact=Contact(phone='139'))
    for n in range(5)
]
print(filed[0].number)
"""

New = Callable[[str], Node]


@pytest.fixture(scope="session")
def _lived(_founded: Node, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Node:
    node = copy(_founded, tmp_path_factory.mktemp("lived") / "data", databases)
    node.python(GOING_ON + "console.sequence()")
    stored = node.folder / "files" / "ab" / "cd" / ("abcd" + "0" * 60)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"a picture")
    return node


@pytest.fixture
def lived(_lived: Node, databases: Databases, tmp_path: Path) -> Node:
    """A node in which something has happened, and a file lies."""
    return copy(_lived, tmp_path / "lived", databases)


def contents(archive: Path) -> dict[str, bytes]:
    """The tables of a backup, line by line, and its files; a table's rows in no order."""
    found = {}
    with tarfile.open(archive) as opened:
        for member in opened:
            content = opened.extractfile(member)
            assert content is not None
            found[member.name] = content.read()
    return found


def test_a_node_is_backed_up_wiped_restored_verified_and_goes_on(
    lived: Node, other_node: New, tmp_path: Path
) -> None:
    archive, again = tmp_path / "node.tar.gz", tmp_path / "again.tar.gz"
    told = lived.told("backup", archive)
    assert told["rows"] > 50
    assert archive.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(lived.folder)
    back = other_node("back")
    restored = back.told("restore", archive)
    assert restored["sound"]
    assert restored["rows"] == told["rows"]
    back.run("backup", again)
    before, after = contents(archive), contents(again)
    before.pop("manifest.json"), after.pop("manifest.json")
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []
    size = restored["size"]
    back.python(GOING_ON)
    with back.serving() as served:
        assert served.submit("It goes on")["number"]
        assert served.stop() == 0
    report = back.told("ledger", "verify")
    assert report["sound"]
    assert report["size"] > size + 5
    assert not list(back.folder.glob("restoring-*"))


def test_keys_come_back_as_private_as_they_were(lived: Node, other_node: New, tmp_path: Path) -> None:
    lived.run("backup", tmp_path / "b.tar.gz")
    back = other_node("back")
    back.run("restore", tmp_path / "b.tar.gz")
    for name in ("ledger.key", "secret-keys"):
        restored = back.folder / "keys" / name
        assert restored.read_bytes() == (lived.folder / "keys" / name).read_bytes()
        assert restored.stat().st_mode & 0o777 == 0o600
    assert (back.folder / "files/ab/cd" / ("abcd" + "0" * 60)).read_bytes() == b"a picture"


def test_what_one_database_wrote_the_other_reads(
    lived: Node, other_node: New, databases: Databases, tmp_path: Path
) -> None:
    """On PostgreSQL this goes there and back by SQLite; on SQLite it is a second restore."""
    lived.run("backup", tmp_path / "1.tar.gz")
    between = Node(tmp_path / "between")
    between.run("restore", tmp_path / "1.tar.gz")
    between.python(GOING_ON + "console.sequence()")
    between.run("backup", tmp_path / "2.tar.gz")
    back = other_node("back")
    assert back.told("restore", tmp_path / "2.tar.gz")["sound"]
    back.python(GOING_ON + "console.sequence()")
    assert back.told("ledger", "verify")["sound"]


def test_a_backup_is_of_one_moment_whoever_writes_meanwhile(
    lived: Node, other_node: New, tmp_path: Path
) -> None:
    with lived.serving() as served:
        stop = threading.Event()
        sent: list[str] = []

        def write() -> None:
            while not stop.is_set():
                sent.append(served.submit("Still smells")["number"])

        writers = [threading.Thread(target=write) for _ in range(2)]
        for each in writers:
            each.start()
        try:
            while len(sent) < 5:
                stop.wait(0.1)
            lived.run("backup", tmp_path / "b.tar.gz")
        finally:
            stop.set()
            for each in writers:
                each.join()
    back = other_node("back")
    assert back.told("restore", tmp_path / "b.tar.gz")["sound"]
    assert back.told("ledger", "verify")["sound"]
    (there,) = back.sql("SELECT count(*) FROM matters_submission")
    (entries,) = back.sql("SELECT count(*) FROM ledger_entry WHERE verb = 'submission.file'")
    assert there == entries
    assert there[0] <= len(sent) + 5 + 2


def test_an_older_backup_signs_nothing_where_more_was_published(
    lived: Node, other_node: New, tmp_path: Path
) -> None:
    lived.run("backup", tmp_path / "old.tar.gz")
    lived.python(GOING_ON + "console.sequence()")
    newest = tmp_path / "newest"
    newest.write_text(lived.run("ledger", "checkpoint"))
    back = other_node("back")
    restored = back.told("restore", tmp_path / "old.tar.gz", "--published", newest, code=1)
    assert any("published" in fault for fault in restored["faults"])
    signed = (back.folder / "ledger" / "published").read_text()
    assert signed == newest.read_text()
    back.run("serve", code=1, said="signs nothing")
    back.run("worker", code=1, said="signs nothing")
    back.run("keys", "rotate", "ledger", code=1, said="were published")
    assert "begin-anew" in str(back.told("doctor", code=1))
    ((size,),) = back.sql("SELECT max(size) FROM ledger_checkpoint")
    assert size < int(signed.split("\n")[1])

    back.run("ledger", "begin-anew", "--reason", "the disk is gone", "--yes", said="127.0.0.1/ledger/2+")
    report = back.told("ledger", "verify")
    assert report["sound"], report
    ((facts,),) = back.sql("SELECT facts FROM ledger_entry WHERE verb = 'ledger.begin_anew'")
    told = json.loads(facts)
    assert told["former"] == "127.0.0.1/ledger"
    assert told["published_size"] == int(signed.split("\n")[1])
    assert told["kept_size"] == size
    assert back.run("ledger", "checkpoint").startswith("127.0.0.1/ledger/2\n")
    assert not back.told("ledger", "verify", "--against", newest, code=1)["sound"]  # what was lost stays lost
    assert (back.folder / "ledger" / "published.1").read_text() == signed


def test_a_folder_that_remembers_more_than_the_backup_keeps_its_memory(
    lived: Node, databases: Databases, tmp_path: Path
) -> None:
    """The database is lost, the rest of the machine is not."""
    lived.run("backup", tmp_path / "old.tar.gz")
    lived.python(GOING_ON + "console.sequence()")
    published = (lived.folder / "ledger" / "published").read_text()
    for file in lived.folder.glob("gongzhi.sqlite3*"):
        file.unlink()
    lived.database_url = databases.new()
    assert not lived.told("restore", tmp_path / "old.tar.gz", code=1)["sound"]
    assert (lived.folder / "ledger" / "published").read_text() == published


def test_a_checkpoint_of_another_node_is_not_believed(lived: Node, other_node: New, tmp_path: Path) -> None:
    lived.run("backup", tmp_path / "b.tar.gz")
    (tmp_path / "other").write_text("elsewhere/ledger\n9999\nAAAA\n\n— elsewhere/ledger AAAAAAAAAAA=\n")
    other_node("back").run("restore", tmp_path / "b.tar.gz", "--published", tmp_path / "other", code=1)


def test_nothing_is_restored_over_something(lived: Node, other_node: New, tmp_path: Path) -> None:
    archive = tmp_path / "b.tar.gz"
    lived.run("backup", archive)
    lived.run("backup", archive, code=2, said="exists already")
    lived.run("restore", archive, code=1, said="not empty")
    lived.run("restore", tmp_path / "nothing", code=2)
    other = other_node("other")
    other.run("init", "--code", "1", "--name", "a", "--organisation", "b", "--administrator", "c")
    other.run("restore", archive, code=1, said="keys of another node")


def changed(archive: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup with something else in it."""
    held = contents(archive)
    change(held)
    with tarfile.open(to, "w:gz") as out:
        for name, content in held.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            out.addfile(member, BytesIO(content))
    return to


def _other_row(held: dict[str, bytes]) -> None:
    held["tables/ledger_entry.jsonl"] = held["tables/ledger_entry.jsonl"].replace(
        b"region.add", b"region.bad"
    )


def _one_missing(held: dict[str, bytes]) -> None:
    del held["tables/parties_person.jsonl"]


def _one_more(held: dict[str, bytes]) -> None:
    held["data/keys/other"] = b"x"


def _climbing(held: dict[str, bytes]) -> None:
    held["data/../../climbed"] = b"x"


def _of_later(held: dict[str, bytes]) -> None:
    manifest: dict[str, Any] = json.loads(held["manifest.json"])
    manifest["migrations"].append("matters.9999_later")
    held["manifest.json"] = json.dumps(manifest).encode()


def _other_format(held: dict[str, bytes]) -> None:
    held["manifest.json"] = b'{"format": "something/9"}'


@pytest.mark.parametrize("change", [_other_row, _one_missing, _one_more, _climbing, _of_later, _other_format])
def test_a_backup_that_was_changed_changes_nothing(
    change: Callable[[dict[str, bytes]], None], _founded: Node, other_node: New, tmp_path: Path
) -> None:
    archive = tmp_path / "whole.tar.gz"
    _founded.run("backup", archive)
    back = other_node("back")
    back.run("restore", changed(archive, tmp_path / "broken.tar.gz", change), code=1)
    assert not (tmp_path / "climbed").exists()
    assert not (back.folder / "keys" / "ledger.key").exists()
    assert back.told("restore", archive)["sound"]


def test_half_a_backup_changes_nothing(_founded: Node, other_node: New, tmp_path: Path) -> None:
    archive, half = tmp_path / "whole.tar.gz", tmp_path / "half.tar.gz"
    _founded.run("backup", archive)
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    other_node("back").run("restore", half, code=1, said="not a whole backup")


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()


def test_an_export_is_read_and_checked_without_the_platform(lived: Node, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    told = lived.told("export", folder)
    lived.run("export", folder, code=2, said="not empty")
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    lines = (folder / "ledger/entries.jsonl").read_bytes().split(b"\n")[:-1]
    origin, size, claimed = (folder / "ledger/checkpoint").read_text().split("\n")[:3]
    assert (origin, int(size)) == ("127.0.0.1/ledger", len(lines)) == ("127.0.0.1/ledger", told["entries"])
    assert base64.b64encode(root(lines)).decode() == claimed
    entries = {each["id"]: each for each in map(json.loads, lines)}
    private = [json.loads(line) for line in (folder / "ledger/private.jsonl").read_text().splitlines()]
    assert len(private) >= 5
    for each in private:
        digest = hmac.digest(bytes.fromhex(each["salt"]), each["text"].encode(), "sha256").hex()
        assert digest == entries[each["entry"]]["commitment"]
    rows = [
        json.loads(line) for line in (folder / "tables/matters_submission.jsonl").read_text().splitlines()
    ]
    assert {row["text"] for row in rows} == {f"臭 {n}" for n in range(5)}
    tile = (folder / "ledger/tile/0" / f"000.p/{len(lines)}").read_bytes()
    assert tile[:32] == hashlib.sha256(b"\0" + lines[0]).digest()
    assert (folder / "files" / ("abcd" + "0" * 60)).read_bytes() == b"a picture"


def test_an_export_holds_no_secret(lived: Node, tmp_path: Path) -> None:
    lived.python("from tests.builders import *\nfrom gongzhi.foundation.regions.queries import root\n"
                 "from gongzhi.service.accounts.acts import Hidden, open_account\n"
                 "open_account(OPERATOR, add_person(OPERATOR, root(), name='W'), username='wang', password=Hidden('long enough 99'))")  # fmt: skip
    folder = tmp_path / "export"
    lived.run("export", folder)
    assert '"username":"wang"' in (folder / "tables/accounts_account.jsonl").read_text()
    secret = (lived.folder / "keys/secret-keys").read_text().split()[0]
    signing = (lived.folder / "keys/ledger.key").read_text().strip()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"argon2" not in content, path
            assert secret.encode() not in content, path
            assert signing.encode() not in content, path


@pytest.mark.parametrize(
    ("number", "name"), [(0, "000"), (67, "067"), (1234067, "x001/x234/067"), (1000, "x001/000")]
)
def test_a_tile_is_named_as_the_specification_does(number: int, name: str) -> None:
    assert tile_name(number) == name
