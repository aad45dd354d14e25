"""Checking the ledger and receipts by command: what is found, what is trusted, what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gongzhi.foundation.ledger.notes import Signer
from gongzhi.service.commands.ledger import next_name
from tests.service.commands.nodes import ROOT, Node, free_port

RECEIPT = """
from gongzhi.foundation.ledger.receipts import receipt
print(receipt(3))
"""


@pytest.fixture
def receipt(node: Node, tmp_path: Path) -> Path:
    """A receipt that was taken home."""
    file = tmp_path / "receipt"
    file.write_text(node.python(RECEIPT)[:-1], encoding="utf-8")
    return file


@pytest.fixture
def key(node: Node, tmp_path: Path) -> Path:
    """The verifier key as the node publishes it."""
    file = tmp_path / "key"
    file.write_text((node.folder / "keys" / "ledger.pub").read_text())
    return file


def test_a_receipt_is_checked_where_there_is_no_node(receipt: Path, key: Path, tmp_path: Path) -> None:
    nowhere = Node(tmp_path / "nowhere", f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    told = nowhere.told("ledger", "check", receipt, "--key", key)
    assert told["valid"]
    assert told["entry"]["id"] == 3
    assert told["origin"] == "127.0.0.1/ledger"
    assert not nowhere.folder.exists()  # nothing was made on the way, no secret either
    nowhere.run("ledger", "check", receipt, "--key", key, said="position 2 of 127.0.0.1/ledger")


def test_checking_a_receipt_loads_neither_django_nor_a_database(receipt: Path, key: Path, node: Node) -> None:
    code = (
        f"import sys\nsys.argv = ['gongzhi', 'ledger', 'check', {str(receipt)!r}, '--key', {str(key)!r}]\n"
        "from gongzhi.service.commands.main import app\n"
        "try:\n    app()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "assert not {'django', 'sqlite3', 'psycopg', 'structlog'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], env=node.environ, cwd=ROOT, check=True)


def test_without_a_key_the_nodes_own_is_used_and_without_a_node_it_is_misuse(
    receipt: Path, node: Node, tmp_path: Path
) -> None:
    assert node.told("ledger", "check", receipt)["valid"]
    Node(tmp_path / "nowhere").run("ledger", "check", receipt, code=2, said="--key")
    Node(tmp_path / "nowhere").run("ledger", "check", receipt, "--key", receipt, code=2)
    node.run("ledger", "check", tmp_path / "nothing", code=2)


def test_a_key_that_comes_with_the_receipt_proves_nothing(
    receipt: Path, key: Path, node: Node, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_text(f"{Signer.generate('127.0.0.1/ledger').key}\n")
    assert node.told("ledger", "check", receipt, "--key", other, code=1)["valid"] is False
    forged = tmp_path / "forged"
    forged.write_text(f"{receipt.read_text()}{key.read_text()}")
    node.run("ledger", "check", forged, "--key", other, code=1)


@pytest.mark.parametrize(
    "change", [("region.add", "region.bad"), ("\nindex 2\n", "\nindex 1\n"), ("tlog-proof", "x")]
)
def test_a_receipt_that_was_changed_proves_nothing(
    change: tuple[str, str], receipt: Path, key: Path, node: Node
) -> None:
    from base64 import b64decode, b64encode

    text = receipt.read_text()
    if change[0] in text:
        text = text.replace(*change)
    else:
        line = next(each for each in text.split("\n") if each.startswith("extra "))
        carried = b64decode(line.removeprefix("extra "))
        entry = json.loads(carried)["entry"]
        entry["facts"] = '{"level":"moon"}' if isinstance(entry["facts"], str) else {"level": "moon"}
        text = text.replace(line, "extra " + b64encode(json.dumps({"entry": entry}).encode()).decode())
    receipt.write_text(text)
    node.run("ledger", "check", receipt, "--key", key, code=1, said="proves nothing")


def test_what_was_changed_behind_the_ledgers_back_is_named(node: Node) -> None:
    assert node.told("ledger", "verify")["sound"]
    node.sql(
        "UPDATE ledger_entry SET facts = '{}' WHERE id = 3",
        "DELETE FROM ledger_private WHERE entry_id IN (SELECT min(entry_id) FROM ledger_private)",
    )
    report = node.told("ledger", "verify", code=1)
    assert any("root is not that of the entries" in fault for fault in report["faults"])
    node.run("ledger", "verify", code=1, said="fault")


def test_a_checkpoint_kept_elsewhere_finds_what_is_gone(node: Node, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(node.run("ledger", "checkpoint"))
    node.run("keys", "rotate", "ledger")  # adds an entry
    node.run("ledger", "verify", "--against", kept, said="Everything fits")
    later = tmp_path / "later"
    later.write_text(node.run("ledger", "checkpoint"))
    size = int(kept.read_text().split("\n")[1])
    node.sql(
        f"DELETE FROM ledger_position WHERE position >= {size}",
        f"DELETE FROM ledger_checkpoint WHERE size > {size}",
    )
    assert any(
        "truncated" in fault for fault in node.told("ledger", "verify", "--against", later, code=1)["faults"]
    )
    node.run("ledger", "verify", "--against", tmp_path / "nothing", code=2)


def test_the_signing_key_is_changed_and_what_it_signed_still_holds(
    node: Node, receipt: Path, key: Path, tmp_path: Path
) -> None:
    before = (node.folder / "keys" / "ledger.key").read_text()
    node.run("keys", "rotate", "ledger", said="Fingerprint")
    assert (node.folder / "keys" / "ledger.key").read_text() != before
    former, latest = key.read_text().strip(), (node.folder / "keys" / "ledger.pub").read_text().split("\n")[0]
    assert former != latest
    ((facts,),) = node.sql("SELECT facts FROM ledger_entry WHERE verb = 'ledger.rotate_keys'")
    assert json.loads(facts) == {"former": former, "key": latest}
    old = tmp_path / "old"
    old.write_text(f"{former}\n")
    newest = tmp_path / "newest"
    newest.write_text(node.run("ledger", "checkpoint"))
    assert node.told("ledger", "check", receipt, "--key", old)["valid"]
    assert node.told("ledger", "verify", "--against", newest)["sound"]
    node.run("keys", "rotate", "ledger")
    assert node.told("ledger", "verify")["sound"]


def test_former_secret_keys_are_honoured_until_they_are_to_be_forgotten(node: Node) -> None:
    file = node.folder / "keys" / "secret-keys"
    first = file.read_text().split() or [
        node.python("from django.conf import settings; print(settings.SECRET_KEY)").strip()
    ]
    node.run("keys", "rotate", "secret", said="restart")
    node.run("keys", "rotate", "secret")
    assert file.read_text().split()[2:] == first
    assert len(set(file.read_text().split())) == 3
    assert file.stat().st_mode & 0o777 == 0o600
    node.run("keys", "rotate", "secret", "--forget-former", said="sign in again")
    assert len(file.read_text().split()) == 1
    node.settings["GONGZHI_SECRET_KEY"] = "x" * 50
    node.run("keys", "rotate", "secret", code=1, said="GONGZHI_SECRET_KEY")


def test_what_consumers_could_not_do_is_listed_and_tried_again(node: Node) -> None:
    assert node.told("ledger", "undone") == {"undone": []}
    node.run("ledger", "undone", said="Nothing")
    node.sql(
        "INSERT INTO ledger_undone (consumer, position, reason, attempts) VALUES ('matters.notices', 3, 'no mail server', 5)"
    )
    (undone,) = node.told("ledger", "undone")["undone"]
    assert (undone["consumer"], undone["position"], undone["reason"]) == (
        "matters.notices",
        3,
        "no mail server",
    )
    node.run("ledger", "undone", "--consumer", "matters.notices", said="no mail server")
    assert node.told("ledger", "undone", "--retry") == {"undone": []}


def test_entries_are_given_their_place_by_command(node: Node) -> None:
    node.run("ledger", "sequence", said="0 entries got")


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("a.example/ledger", "a.example/ledger/2"),
        ("a.example/ledger/2", "a.example/ledger/3"),
        ("a/9", "a/10"),
        ("a", "a/2"),
    ],
)
def test_a_ledger_that_begins_anew_has_the_next_name(name: str, following: str) -> None:
    assert next_name(name) == following


def test_a_ledger_does_not_begin_anew_without_need(node: Node) -> None:
    node.run("ledger", "begin-anew", "--reason", "just so", "--yes", code=1, said="nothing to begin anew")
