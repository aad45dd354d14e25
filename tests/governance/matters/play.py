"""One play of a machine: acts on up to three matters, a look at everything after each, and an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models, transaction

from gongzhi.foundation.ledger import statements
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.actors import anyone
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import (
    LIVE_STEPS,
    OVER,
    CallBack,
    Deadline,
    Handover,
    Matter,
    Merging,
    Part,
    State,
    Verification,
)
from tests.governance.matters.board import ATTEMPTS, REASON, Absent, Board, matter_of

KINDS = ("complain", "consult", "help")
MOST_MATTERS = 3
#: Hours that may pass at once: within an hour, a day, a week, and beyond every deadline.
WAITS = (1, 5, 26, 100, 400, 1000)
#: From any state a matter must come to its end within so many acts.
MOST_TO_END = 30


class Step(NamedTuple):
    """Something that is done: enough to do it again, and to read what it was."""

    act: str
    who: str = ""
    which: int = 0
    a: int = 0
    b: int = 0
    yes: bool = False

    def __str__(self) -> str:
        return f"Step({', '.join(map(repr, self))})"


class Tally:
    """What was done and refused, of all plays of a process."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.done_by: Counter[str] = Counter()
        self.refused_by: Counter[str] = Counter()
        #: Plays, matters that came to their end, acts that took them there, times that passed.
        self.plays = self.ends = self.to_the_end = self.waits = 0

    @property
    def steps(self) -> int:
        """Acts that somebody really tried, done or refused; not those that had nothing to be done to."""
        return self.done.total() + self.refused.total()

    def __str__(self) -> str:
        refused = self.refused.total()
        return (
            f"{self.steps} steps: {self.done.total()} done, {refused} refused; {self.plays} machines,"
            f" {self.ends} ends reached in {self.to_the_end} further acts, {self.waits} waits"
        )

    def table(self) -> str:
        """Done and refused, of each act and by each role."""
        lines = [str(self)]
        for done, refused in ((self.done, self.refused), (self.done_by, self.refused_by)):
            lines += [
                f"{name:<20}{done[name]:>9} done{refused[name]:>9} refused" for name in sorted(done | refused)
            ]
        return "\n".join(lines)


class Seen(NamedTuple):
    """A matter, and what there is beside it."""

    matter: UUID
    state: str
    answering: UUID | None
    lead: UUID | None
    counts: tuple[int, int, int]
    stopped: str
    outcome: str
    parts: tuple[tuple[Any, ...], ...]
    running: tuple[tuple[Any, ...], ...]
    live: tuple[str, ...]
    merged: int


class Play:
    """A machine at play; whatever it did is taken back when it is closed."""

    def __init__(self, board: Board, tally: Tally) -> None:
        self.board, self.tally = board, tally
        self.matters: list[UUID] = []
        self.seen: dict[UUID, Seen] = {}
        self.steps: list[Step] = []
        self._began = board.clock.at
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        tally.plays += 1

    def close(self) -> None:
        """Leave everything as it was before."""
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)
        self.board.clock.put(self._began)

    # -- what is done ------------------------------------------------------------------------------

    def choose(self, which: int, who: int, act: int, a: int, b: int, yes: bool) -> Step:
        """Make a step of numbers: three times in four something that may well be possible as things stand.

        Whoever is drawn otherwise is anybody, and so are the acts: those are refused, most of them.
        """
        which %= len(self.matters)
        seen = self.seen[self.matters[which]]
        promising = (SETTLING[seen.live[0]] if seen.live else STANDING[seen.state]) if act % 4 else _ALL
        name = promising[act // 4 % len(promising)]
        names: Iterable[str] = self.board.names
        if who % 4:
            able, turn = self.board.able(name), self._turn(seen) if who % 4 > 1 else set()
            names = sorted(able & turn) or sorted(able & self._concerned(seen)) or sorted(able) or names
        names = list(names)
        by = names[who // 4 % len(names)]
        return Step(name, by, which, self._body(a, seen, by), self._body(b, seen, by), yes)

    def _turn(self, seen: Seen) -> set[str]:
        """Those who work for whoever leads, answers, or was asked to lead or to decide."""
        asked = {body for body, role, _ in seen.parts if role in ("asked", "arbiter")}
        return {name for body in {seen.lead, seen.answering, *asked} for name in self.board.of.get(body, ())}

    def _concerned(self, seen: Seen) -> set[str]:
        """Those who work for a body that takes part, or get to it otherwise."""
        return _EVERYWHERE.union(*(self.board.of[body] for body, *_ in seen.parts))

    def _body(self, number: int, seen: Seen, who: str) -> int:
        """Any body; or, as often each, one that takes part, or the one for which somebody works."""
        bodies = self.board.all
        kind, number = number % 3, number // 3
        if kind == 0 or " " not in who:
            return number % len(bodies)
        if kind == 1:
            return self.board.works_for(who)
        taking = [each[0] for each in seen.parts]
        return self.board.place[taking[number % len(taking)]]

    def do(self, step: Step) -> bool:
        """Do a step, if there is something to do it to, and look whether all is in order."""
        if step.act == "wait":
            self.steps.append(step)
            self.board.clock.pass_by(hours=WAITS[step.a])
            self.tally.waits += 1
            self.look()
            return True
        if step.act == "bring_in":
            self.steps.append(step)
            self._bring_in(step)
            self._count(step, done=True)
            self.look()
            return True
        if step.which >= len(self.matters):
            return False
        matter = matter_of(self.matters[step.which])
        bodies = (self.board.all[step.a], self.board.all[step.b])
        self.steps.append(step)
        try:
            ATTEMPTS[step.act](self, self.board.actors[step.who], matter, *bodies, step.yes)
        except Absent:
            self.steps.pop()
            return False
        except Refusal:
            self._count(step, done=False)
            before = self.seen
            self.look()
            assert self.seen == before, "what was refused has left something behind"
            return True
        self._count(step, done=True)
        self.look()
        return True

    def _bring_in(self, step: Step) -> None:
        w = self.board.world
        made = acts.file(
            anyone(),
            w.town,
            kind=KINDS[step.a % len(KINDS)],
            category=w.smell if step.yes else w.noise,
            text="It is bad",
            person=self.board.li if step.b % 2 else None,
        )
        assert made.matter_id is not None
        self.matters.append(made.matter_id)

    def _count(self, step: Step, *, done: bool) -> None:
        counted, by = (
            (self.tally.done, self.tally.done_by) if done else (self.tally.refused, self.tally.refused_by)
        )
        counted[step.act] += 1
        by[step.who.split(" ")[0] or "anyone"] += 1

    # -- what must hold ----------------------------------------------------------------------------

    def look(self) -> None:
        """Look at everything there is, and whether it is in order."""
        now = dict(see())
        assert set(now) == set(self.matters)
        for key, matter in now.items():
            if matter != (before := self.seen.get(key)):
                check(matter, before)
        self.seen = now

    def bring_to_the_end(self) -> None:
        """From any state, those whose turn it is bring every matter to its end in a few acts."""
        for key in self.matters:
            for _act in range(MOST_TO_END):
                if self.seen[key].state in OVER:
                    break
                next_act(self.board, matter_of(key))
                self.tally.to_the_end += 1
                self.look()
            assert self.seen[key].state in OVER, f"no end is reached from {self.seen[key]}"
            self.tally.ends += 1


def check(matter: Seen, before: Seen | None) -> None:
    """Whether a matter is in order, and has gone on from what it was before."""
    assert matter.answering is not None, "exactly one body answers to the person"
    if before is not None:
        assert all(a <= b for a, b in zip(before.counts, matter.counts, strict=True)), "a count has fallen"
    bodies = {body for body, *_ in matter.parts}
    assert matter.answering in bodies, "whoever answers takes no part, and does not even reach the matter"
    for clock, holder in matter.running:
        assert holder in bodies, f"nobody here can stop {clock}"
    opened = [body for body, role, reported in matter.parts if role == "support" and reported is None]
    assert len(matter.live) <= 1
    if matter.state == State.CLOSED:
        assert not opened, "closed with an open part"
        assert not matter.running
        assert not matter.live
        assert not matter.stopped
        assert matter.outcome
    if matter.state == State.MERGED:
        assert not matter.running
        assert matter.merged == 1
    if matter.state == State.DISPATCHED:
        assert matter.lead in {body for body, role, _ in matter.parts if role == "lead"}
    if matter.state == State.OPEN:
        assert matter.lead is None


def see() -> Iterator[tuple[UUID, Seen]]:
    """All matters there are, with one query of each kind."""
    parts = _by_matter(_PARTS)
    running = _by_matter(_RUNNING)
    live = _by_matter(_LIVE)
    merged = _by_matter(_MERGED)
    for key, state, answering, lead, returns, reopenings, failures, stopped, outcome in _ask(_MATTERS):
        yield key, Seen(
            key, state, answering, lead, (returns, reopenings, failures), stopped, outcome,
            tuple(parts.get(key, ())), tuple(running.get(key, ())),
            tuple(step for (step,) in live.get(key, ())), len(merged.get(key, ())),
        )  # fmt: skip


def _by_matter(asked: int) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for key, *rest in _ask(asked):
        found.setdefault(key, []).append(tuple(rest))
    return found


_MATTERS, _PARTS, _RUNNING, _LIVE, _MERGED = range(5)


@cache
def _asked(which: int) -> tuple[str, tuple[Any, ...], tuple[int, ...]]:
    """A question about all matters: its SQL, written once, and which columns are keys."""
    rows: models.QuerySet[Any, Any] = (
        Matter.objects.values_list(
            "pk", "state", "answering", "lead", "returns", "reopenings", "failures", "stopped", "outcome"
        ),
        Part.objects.filter(released_at=None).values_list("matter", "organisation", "role", "reported_at"),
        Deadline.objects.filter(met_at=None).values_list("matter", "clock", "holder"),
        Handover.objects.filter(step__in=LIVE_STEPS).values_list("matter", "step"),
        Merging.objects.filter(undone_at=None).values_list("source"),
    )[which].order_by("pk")
    keys = {0: (0, 2, 3), 1: (0, 1), 2: (0, 2), 3: (0,), 4: (0,)}[which]
    sql, params = rows.query.sql_with_params()
    return sql, params, keys if connection.vendor == "sqlite" else ()


def _ask(which: int) -> Iterator[list[Any]]:
    sql, params, keys = _asked(which)
    for row in statements.rows(sql, params):
        told = list(row)
        for place in keys:
            told[place] = told[place] and UUID(told[place])
        yield told


def next_act(board: Board, matter: Any) -> None:
    """What whoever must do something next does, so that the matter ends."""
    handover = Handover.objects.filter(matter=matter.pk, step__in=LIVE_STEPS).first()
    supports = [p for p in Part.objects.filter(matter=matter.pk, role="support") if p.is_open]
    if matter.stopped:
        acts.go_on(board.staff(matter.answering, "leader"), matter)
    elif handover is not None:
        acts.withdraw_offer(board.staff(handover.giver, "leader"), matter)
    elif supports:
        acts.release(board.staff(matter.answering, "leader"), matter, part=supports[0], reason=REASON)
    elif matter.state == State.OPEN:
        led = set(Part.objects.filter(matter=matter.pk, role="lead").values_list("organisation", flat=True))
        free = [body for body in board.body.values() if body.pk not in led] or list(board.body.values())
        acts.dispatch(board.staff(board.body["q1"], "clerk"), matter, to=free[0])
    elif matter.state == State.DISPATCHED:
        # The superior of a body leads only what was handled one level up, and has no handlers.
        role = "handler" if matter.lead.code in board.body else "leader"
        acts.answer(board.staff(matter.lead, role), matter, text="done")
    elif matter.state == State.ANSWERED:
        waiting = CallBack.objects.filter(matter=matter.pk, round=matter.round, reply="waiting").first()
        passed = Verification.objects.filter(matter=matter.pk, round=matter.round, passed=True).exists()
        if not passed and matter.kind != "consult":
            acts.verify(board.staff(board.body["q1"], "verifier"), matter, passed=True, text="seen")
        elif waiting is not None:
            acts.call_back(board.staff(board.body["q1"], "caller"), matter, call=waiting, reply="refused")
        else:
            acts.close(board.staff(board.body["q1"], "clerk"), matter)
    else:
        raise AssertionError(f"nothing to do in {matter.state}")


SETTLING = {
    "offered": ["accept", "return_", "return_", "withdraw_offer", "take_silently", "confer", "arbitrate"],
    "returned": ["arbitrate", "arbitrate", "confer", "ask_superiors", "dispatch", "withdraw_offer"],
    "arbitration": ["designate", "designate", "confer", "ask_superiors"],
    "conference": ["minute", "ask_superiors", "arbitrate", "confer"],
    "superiors": ["opine", "opine", "confer", "withdraw_offer"],
}
HANDLING = [
    "add_support", "answer", "answer", "arrive", "ask_extension", "carry_out", "conclude_muster", "confer",
    "contact", "dispatch", "escalate", "go_on", "hand_over", "hand_over", "instruct", "judge_muster", "merge",
    "minute", "muster", "release", "report", "report", "return_", "sign_extension", "stop", "supervise",
    "accept", "note_overdue", "note_nearly_due",
]  # fmt: skip
STANDING = {
    "open": ["dispatch", "dispatch", "hand_over", "add_support", "muster", "merge", "confer"],
    "dispatched": HANDLING,
    "answered": ["verify", "verify", "call_back", "call_back", "close", "rate", "judge_muster"],
    "closed": ["reopen", "rate", "plead", "decide_plea", "judge_muster", "reopen"],
    "merged": ["unmerge", "note"],
}
_ALL = list(ATTEMPTS)
#: Those whose reach is not a body's part alone.
_EVERYWHERE = {
    "clerk q1", "coordinator q1", "verifier q1", "caller q1", "director q1", "area_coordinator a1", "platform"
}  # fmt: skip
