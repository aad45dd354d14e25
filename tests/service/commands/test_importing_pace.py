"""An import takes large batches alone, and small ones with pauses while others write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.service.commands.cities import MAPPING, many
from tests.service.commands.nodes import GONGZHI, ROOT, Node

SEEN = """
import json, sqlite3
from django.db import connection
from gongzhi.foundation.ledger import guard
from gongzhi.service.commands.importing.pace import Pace
pace = Pace()
told = [pace.next()]
with guard.permitted(), connection.cursor() as cursor:
    cursor.execute("INSERT INTO ledger_cursor (consumer, position, holder) VALUES ('own', 0, '')")
told.append(pace.next())
if connection.vendor == "sqlite":
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=30)
    other.execute("INSERT INTO ledger_cursor (consumer, position, holder) VALUES ('another', 0, '')")
    other.close()
told += [pace.next(), pace.next(), pace.is_gentle]
print(json.dumps([connection.vendor, *told]))
"""

WRITER = """
import json, time
from gongzhi.foundation.parties.actors import anyone
from gongzhi.foundation.regions.queries import region
from gongzhi.governance.matters.acts import file
from gongzhi.governance.matters.queries import category
place = region("310118110")
kind = category(place, "smell")
done = 0
until = time.monotonic() + 8
while time.monotonic() < until:
    file(anyone(), place, kind="complain", category=kind, text="Smell")
    done += 1
print(json.dumps(done))
"""


def test_another_writer_is_noticed_and_its_own_writing_is_not(node: Node) -> None:
    vendor, *told = json.loads(node.python(SEEN))
    assert told == ([500, 500, 100, 100, True] if vendor == "sqlite" else [500, 500, 500, 500, False])


@pytest.mark.slow
def test_an_import_and_a_writer_beside_each_other_lose_nothing(node: Node, tmp_path: Path) -> None:
    mapping, path = tmp_path / "riverton.yaml", tmp_path / "riverton.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    path.write_text(many(1_000), encoding="utf-8")
    before = node.sql("SELECT count(*) FROM matters_submission WHERE origin = 'here'")[0][0]
    running = subprocess.Popen(
        [GONGZHI, "import", mapping, path, "--json"],
        env=node.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    filed = json.loads(node.python(WRITER))
    told = json.loads(running.communicate()[0].splitlines()[-1])
    assert running.returncode == 0
    assert filed
    kept = dict(node.sql("SELECT origin, count(*) FROM matters_submission GROUP BY origin"))
    assert kept == {"imported": told["landed"], "here": before + filed}
    node.python("from gongzhi.foundation.ledger.sequencer import sequence\nsequence()")
    assert node.told("ledger", "verify")["sound"]
