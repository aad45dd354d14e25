"""Consumers read in order, at least once, and what they cannot do stays on a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gongzhi.foundation.ledger import consumers
from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import Consumer, Ticker, run_once
from gongzhi.foundation.ledger.models import Cursor, Entry, Undone
from gongzhi.governance.matters.acts import write_notice
from gongzhi.governance.matters.models import Notice, Submission
from tests.builders import World, world


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(consumers, "CONSUMERS", {})
    monkeypatch.setattr(consumers, "TICKERS", {})
    yield world()


def listen(handle: object, *verbs: str, history: bool = False) -> None:
    consumers.CONSUMERS["test"] = Consumer("test", frozenset(verbs), handle, history)  # type: ignore[arg-type]


def test_each_entry_is_handled_once_and_in_order(place: World) -> None:
    seen: list[int] = []
    listen(lambda entry: seen.append(entry.id), "submission.file")
    for number in range(3):
        place.submission(f"smell {number}")
    run_once()
    run_once()
    place.submission("smell 3")
    run_once()
    assert seen == list(
        Entry.objects.filter(verb="submission.file").order_by("id").values_list("id", flat=True)
    )
    assert len(seen) == 4


def test_more_entries_than_a_batch_are_all_handled(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "BATCH", 2)
    seen: list[int] = []
    listen(lambda entry: seen.append(entry.id), "submission.file")
    for number in range(7):
        place.submission(f"smell {number}")
    run_once()
    assert len(seen) == len(set(seen)) == 7


def test_what_a_consumer_does_and_its_cursor_are_one(place: World) -> None:
    def tell(entry: Entry) -> None:
        submission = Submission.objects.get(pk=entry.made)
        write_notice(PLATFORM, submission, code="filed", entry=entry.id)
        if "second" in submission.text and not Undone.objects.exists():
            raise RuntimeError("cut off")

    listen(tell, "submission.file")
    for text in ("first", "second", "third"):
        place.submission(text)
    run_once()
    assert Notice.objects.count() == 2
    undone = Undone.objects.get()
    assert "cut off" in undone.reason
    Undone.objects.update(next_attempt=now() - timedelta(seconds=1))
    run_once()
    assert Notice.objects.count() == 3
    assert not Undone.objects.exists()


def test_retries_are_bounded_and_the_failure_stays_visible(place: World) -> None:
    def fail(entry: Entry) -> None:
        raise RuntimeError("never")

    listen(fail, "submission.file")
    place.submission()
    for _ in range(10):
        run_once()
        Undone.objects.update(next_attempt=now() - timedelta(seconds=1))
    assert Undone.objects.get().attempts == consumers.ATTEMPTS


def test_a_lease_keeps_two_processes_apart(place: World) -> None:
    seen: list[int] = []
    listen(lambda entry: seen.append(entry.id), "submission.file")
    place.submission()
    Cursor.objects.create(consumer="test", holder="another", held_until=now() + timedelta(minutes=1))
    run_once()
    assert seen == []
    Cursor.objects.update(held_until=now() - timedelta(seconds=1))
    run_once()
    assert len(seen) == 1


def test_a_ticker_runs_no_more_often_than_it_says(place: World) -> None:
    ticks: list[int] = []
    consumers.TICKERS["hourly"] = Ticker("hourly", timedelta(hours=1), lambda: ticks.append(1))
    run_once()
    run_once()
    assert len(ticks) == 1
    Cursor.objects.update(held_until=now() - timedelta(seconds=1))
    run_once()
    assert len(ticks) == 2
