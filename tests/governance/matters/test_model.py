"""Whatever is done to a matter, in whatever order, by whomever: it stays answered for, and can end.

A machine does acts at random, with five bodies of two authorities and an area above them, and looks after
each step. Much of what it tries is refused; what is not must leave everything in order.

Hypothesis plays a few machines, and makes what fails small. Many more are played by plain random numbers,
which costs a fifth less and repeats itself nowhere:

SEED=1 MACHINES=2000 pytest tests/governance/matters/test_model.py -k many -s
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gongzhi.governance.matters import acts
from tests.governance.matters.board import ATTEMPTS, Board
from tests.governance.matters.play import KINDS, MOST_MATTERS, WAITS, Play, Step, Tally
from tests.moments import Moments

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: A Monday morning on which every machine begins.
BEGINS = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NUMBERS = 800
#: So many steps a machine of Hypothesis takes, and a plain one at least and at most.
STEPS, FEWEST, MOST = 40, 20, 120


@pytest.fixture
def board(db: None, monkeypatch: pytest.MonkeyPatch) -> Board:
    """The country, founded once for all machines of a test."""
    clock = Moments(monkeypatch)
    clock.put(BEGINS)
    return Board(clock)


class Handling(RuleBasedStateMachine):
    """A play whose numbers Hypothesis draws."""

    board: ClassVar[Board]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(self.board, self.tally)

    def teardown(self) -> None:
        try:
            self.play.bring_to_the_end()
        finally:
            self.play.close()

    @initialize(kind=st.integers(0, len(KINDS) - 1), smell=st.booleans(), known=st.integers(0, 1))
    def begin(self, kind: int, smell: bool, known: int) -> None:
        self.play.do(Step("bring_in", a=kind, b=known, yes=smell))

    @precondition(lambda self: 0 < len(self.play.matters) < MOST_MATTERS)
    @rule(kind=st.integers(0, len(KINDS) - 1), smell=st.booleans(), known=st.integers(0, 1))
    def bring_in(self, kind: int, smell: bool, known: int) -> None:
        self.play.do(Step("bring_in", a=kind, b=known, yes=smell))

    @rule(hours=st.integers(0, len(WAITS) - 1))
    def wait(self, hours: int) -> None:
        self.play.do(Step("wait", a=hours))

    @precondition(lambda self: self.play.matters)
    @rule(
        which=st.integers(0, MOST_MATTERS - 1), who=st.integers(0, NUMBERS), act=st.integers(0, NUMBERS),
        a=st.integers(0, NUMBERS), b=st.integers(0, NUMBERS), yes=st.booleans(),
    )  # fmt: skip
    def do(self, which: int, who: int, act: int, a: int, b: int, yes: bool) -> None:
        self.play.do(self.play.choose(which, who, act, a, b, yes))


def test_whatever_is_done_a_matter_is_answered_for_and_ends(board: Board) -> None:
    Handling.board, Handling.tally = board, Tally()
    run_state_machine_as_test(
        Handling,
        settings=settings(
            max_examples=12,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# -- many machines -----------------------------------------------------------------------------------------


def test_many_machines(board: Board) -> None:
    """As many machines of a seed as the environment says; the same seed gives the same machines."""
    seed, machines = os.environ.get("SEED", "0"), int(os.environ.get("MACHINES", "25"))
    if "MACHINES" in os.environ:
        faulthandler.cancel_dump_traceback_later()  # so long a run has not come to a standstill
    tally, failures, began = Tally(), [], time.process_time()
    for number in range(machines):
        failure = play(board, tally, Random(f"{seed} {number}"))
        if failure is not None:
            steps, error = failure
            failures.append(
                told := f"seed {seed}, machine {number}: {error}\n{smallest(board, steps, error)}"
            )
            tell(told)
            if len(failures) == 3:
                break
        if number % 50 == 49:
            each = (time.process_time() - began) / tally.steps * 1000
            tell(f"seed {seed}, {number + 1} of {machines}: {tally}, {each:.2f} ms a step")
    tell(f"seed {seed}:\n{tally.table()}")
    assert not failures, "\n\n".join(failures)
    if machines >= 1000:
        assert set(tally.done) >= set(ATTEMPTS), f"never done: {set(ATTEMPTS) - set(tally.done)}"


def tell(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def play(board: Board, tally: Tally, chance: Random) -> tuple[list[Step], BaseException] | None:
    """One machine; what it did and what was wrong, if anything was."""
    machine = Play(board, tally)
    try:
        for step in drawn(machine, chance, chance.randint(FEWEST, MOST)):
            machine.do(step)
        machine.bring_to_the_end()
    except Exception as error:
        return machine.steps, error
    finally:
        machine.close()
    return None


def drawn(machine: Play, chance: Random, steps: int) -> Iterator[Step]:
    """Steps drawn one after the other, as things then stand."""
    for _step in range(steps):
        lot = chance.random()
        if not machine.matters or (lot < 0.06 and len(machine.matters) < MOST_MATTERS):
            kind, known, smell = chance.randrange(len(KINDS)), chance.randrange(2), chance.random() < 0.5
            yield Step("bring_in", a=kind, b=known, yes=smell)
        elif lot > 0.95:
            yield Step("wait", a=chance.randrange(len(WAITS)))
        else:
            numbers = [chance.randrange(each) for each in (MOST_MATTERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)]
            yield machine.choose(*numbers, chance.random() < 0.5)


def smallest(board: Board, steps: list[Step], error: BaseException) -> str:
    """The failing steps without those that are not needed for it."""
    size = max(len(steps) // 2, 1)
    while size:
        start = 0
        while start < len(steps):
            fewer = steps[:start] + steps[start + size :]
            if fails_alike(board, fewer, error):
                steps = fewer
            else:
                start += size
        size //= 2
    return "\n".join(f"  {step}," for step in steps)


def fails_alike(board: Board, steps: Sequence[Step], error: BaseException) -> bool:
    """Whether the same comes of some steps."""
    machine = Play(board, Tally())
    try:
        for step in steps:
            machine.do(step)
        machine.bring_to_the_end()
    except Exception as found:
        return type(found) is type(error) and str(found)[:40] == str(error)[:40]
    finally:
        machine.close()
    return False


def test_every_act_on_a_matter_is_tried() -> None:
    all_acts = {name for name in acts.__all__ if name[0].islower() and hasattr(getattr(acts, name), "verb")}
    elsewhere = {
        "add_category", "archive", "deliver_notice", "erase_person", "file", "open_matter",
        "promise", "succeed", "write_notice",
        "do_task", "join_task", "note_money", "refuse_task", "set_task",
        "find", "let_see", "raise_question", "remind_of_article", "retire_article", "reveal", "review_article",
        "settle_question", "write_article",
        "acknowledge_urgent", "archive_urgent", "instruct_urgent", "report_finally", "report_further",
        "report_urgent", "cancel_shift", "hand_over_shift", "plan_shift", "take_shift", "add_thing",
        "change_owner", "retire_thing",
    }  # fmt: skip
    assert all_acts - elsewhere == set(ATTEMPTS)
