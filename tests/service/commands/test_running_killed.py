"""Killed at any moment under load, a node loses nothing that it acknowledged and does nothing twice."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid

import pytest

from tests.service.commands.nodes import Node, Serving

KILLS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 6
WRITERS = 4


class Writer(threading.Thread):
    """Brings things in one after the other, each under a key of its own until it is acknowledged."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.served: Serving | None = None
        self.stop = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.attempts: dict[str, int] = {}

    def run(self) -> None:
        key = uuid.uuid4().hex
        while not self.stop.is_set():
            served = self.served
            try:
                if served is None:
                    raise OSError
                self.attempts[key] = self.attempts.get(key, 0) + 1
                self.acknowledged[key] = served.submit(f"Smells {key}", key)["number"]
                key = uuid.uuid4().hex
            except (OSError, AssertionError, ValueError):  # nobody there, or gone before the answer
                self.stop.wait(0.05)


@pytest.mark.slow
def test_a_node_killed_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing(node: Node) -> None:
    chance = random.Random(20261123)
    writers = [Writer(n) for n in range(WRITERS)]
    for each in writers:
        each.start()
    try:
        for _ in range(KILLS):
            with node.serving() as served:
                for each in writers:
                    each.served = served
                time.sleep(chance.uniform(0.1, 1.5))
        with node.serving() as served:
            for each in writers:
                each.served = served
            until = time.monotonic() + 60
            goal = {each: len(each.acknowledged) + 2 for each in writers}
            while any(len(each.acknowledged) < goal[each] for each in writers):
                assert time.monotonic() < until, node.log()[-3000:]
                time.sleep(0.1)
            for each in writers:
                each.stop.set()
                each.join()
            until = time.monotonic() + 60
            while node.told("ledger", "verify")["waiting"] or behind(node):
                assert time.monotonic() < until
            assert served.stop() == 0
    finally:
        for each in writers:
            each.stop.set()
            each.join()

    acknowledged = {key: number for each in writers for key, number in each.acknowledged.items()}
    attempted = {key for each in writers for key in each.attempts}
    assert len(acknowledged) > KILLS
    rows = node.sql("SELECT text, number FROM matters_submission")
    kept = {text.removeprefix("Smells "): number for text, number in rows}
    assert len(kept) == len(rows)  # none doubled
    assert {key: kept.get(key) for key in acknowledged} == acknowledged  # none lost
    assert set(kept) <= attempted
    assert node.sql("SELECT count(*) FROM ledger_entry WHERE verb = 'submission.file'") == [(len(rows),)]
    assert node.told("ledger", "verify")["sound"]
    assert node.sql("SELECT count(*) FROM ledger_undone") == [(0,)]
    doubled = (
        "SELECT count(*) FROM (SELECT entry_id FROM ledger_position GROUP BY entry_id HAVING count(*) > 1) d"
    )
    assert node.sql(doubled) == [(0,)]
    assert "database is locked" not in node.log()


def behind(node: Node) -> int:
    """How many entries the consumers together have not read yet."""
    ((size,),) = node.sql("SELECT count(*) FROM ledger_position")
    rows = node.sql("SELECT position FROM ledger_cursor WHERE consumer NOT LIKE 'tick:%'")
    return sum(size - position for (position,) in rows)
