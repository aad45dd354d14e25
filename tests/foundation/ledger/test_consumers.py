"""Consumers read in order, at least once, and what they cannot do stays on a list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
import structlog
from django.utils import translation
from django.utils.translation import gettext_lazy

from gongzhi.foundation.ledger import acts, consumers
from gongzhi.foundation.ledger.acts import PLATFORM, recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import Consumer, Ticker, run_once
from gongzhi.foundation.ledger.models import Cursor, Entry, Undone
from gongzhi.foundation.ledger.queries import size
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER
from gongzhi.governance.matters.acts import write_notice
from gongzhi.governance.matters.models import Notice, Submission
from tests.builders import World, world


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(consumers, "CONSUMERS", {})
    monkeypatch.setattr(consumers, "TICKERS", {})
    yield world()


def listen(handle: Callable[[Entry], object], *verbs: str, history: bool = False) -> None:
    def handle_all(entries: Sequence[Entry]) -> None:
        for entry in entries:
            handle(entry)

    consumers.CONSUMERS["test"] = Consumer("test", frozenset(verbs), handle_all, history)


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
    assert undone.reason.startswith("RuntimeError at gongzhi.foundation.ledger.consumers:")
    Undone.objects.update(next_attempt=now() - timedelta(seconds=1))
    run_once()
    assert Notice.objects.count() == 3
    assert not Undone.objects.exists()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("Key (phone)=(13912345678) is there"), "ValueError at "),
        (NotPossible(gettext_lazy("This account is closed.")), ": This account is closed."),
        (NotPossible(gettext_lazy("%(n)s is closed.") % {"n": "Wang 13912345678"}), "NotPossible at "),
        (Invalid("Wang 13912345678 is closed."), "Invalid at "),
    ],
)
def test_what_stays_undone_tells_where_it_failed_and_nothing_of_anybody(
    place: World, error: Exception, told: str
) -> None:
    def fail(entry: Entry) -> None:
        raise error

    listen(fail, "submission.file")
    place.submission()
    with translation.override("zh-hans"), structlog.testing.capture_logs() as said:
        run_once()
        first = Undone.objects.get().reason
        Undone.objects.update(next_attempt=now() - timedelta(seconds=1))
        run_once()
    again = Undone.objects.get()
    assert again.attempts == 2 and again.reason.split(":")[0] == first.split(":")[0]
    assert told in first and told in again.reason
    assert "gongzhi.foundation.ledger.consumers:" in first
    assert "13912345678" not in first + again.reason
    assert [line["error"] for line in said if line["event"] == "consumer.undone"] == [error]


def test_a_ticker_that_fails_is_logged_and_tried_again(place: World) -> None:
    def fail() -> None:
        raise ValueError("13912345678")

    consumers.TICKERS["failing"] = Ticker("failing", timedelta(0), fail)
    with structlog.testing.capture_logs() as said:
        run_once()
        run_once()
    failed = [line for line in said if line["event"] == "ticker.failed"]
    assert [(line["ticker"], type(line["error"])) for line in failed] == [("failing", ValueError)] * 2
    assert all(set(line) <= {"event", "log_level", "ticker", "error"} for line in failed)


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


def test_who_wants_nothing_goes_past_without_a_lease(place: World) -> None:
    listen(lambda entry: None, "rule.enact.never")
    place.submission()
    assert run_once() == 0
    cursor = Cursor.objects.get(pk="test")
    assert cursor.position == size()
    assert (cursor.holder, cursor.held_until) == ("", None)


def test_history_is_gone_past_unless_it_is_wanted(place: World) -> None:
    seen: list[str] = []
    listen(lambda entry: seen.append(entry.verb), "submission.file", history=True)
    consumers.CONSUMERS["other"] = Consumer("other", frozenset({"submission.file"}), seen.append, False)  # type: ignore[arg-type]
    with together(), recounting(IMPORTER, History(now() - timedelta(days=900), source="a.csv:2")):
        place.submission("old", by=IMPORTER)  # type: ignore[arg-type]
    run_once()
    assert seen == ["submission.file"]
    assert set(Cursor.objects.values_list("position", flat=True)) == {size()}


def test_whoever_names_itself_keeps_its_lease_until_it_is_used_up(place: World) -> None:
    listen(lambda entry: None, "submission.file")
    place.submission()
    sequence()
    run_once("serve:1")
    cursor = Cursor.objects.get(pk="test")
    assert cursor.holder == "serve:1"
    place.submission()
    sequence()
    assert run_once("worker:2") == 0
    assert run_once("serve:1") == 1
    assert Cursor.objects.get(pk="test").held_until == cursor.held_until
    Cursor.objects.update(held_until=now() + consumers.LEASE / 3)
    place.submission()
    sequence()
    assert run_once("serve:1") == 1
    renewed = Cursor.objects.get(pk="test").held_until
    assert renewed is not None
    assert cursor.held_until is not None
    assert renewed > cursor.held_until


def test_several_entries_share_a_commit_and_one_that_fails_takes_none_along(place: World) -> None:
    def tell(entry: Entry) -> None:
        submission = Submission.objects.get(pk=entry.made)
        write_notice(PLATFORM, submission, code="filed", entry=entry.id)
        if submission.text.endswith("3"):
            raise RuntimeError("cut off after it was written")

    listen(tell, "submission.file")
    for number in range(8):
        place.submission(f"smell {number}")
    assert run_once() == 8
    told = set(Notice.objects.values_list("submission__text", flat=True))
    assert told == {f"smell {number}" for number in range(8) if number != 3}
    assert Undone.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_runner_sequences_and_consumes_by_itself_and_gives_its_leases_back() -> None:
    place = world()
    run_once()
    runner = consumers.Runner(idle_seconds=0.05)
    runner.start()
    try:
        submission = place.submission()
        for _ in range(200):
            if Notice.objects.filter(submission=submission).exists():
                break
            time.sleep(0.05)
    finally:
        runner.stop()
        acts.committed.clear()
    assert Notice.objects.filter(submission=submission).count() == 1
    assert not Cursor.objects.filter(consumer="matters.notices").exclude(held_until=None).exists()
