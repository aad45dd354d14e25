"""Verify, compare and decide decision tables, and beside it ask z3 and zen-engine, in one run.

    python bench/decision_tables.py             everything: some ten minutes, most of it z3's
    python bench/decision_tables.py --quick     without the large tables

Tables are made by splitting one box at random until there are enough rules: complete and without an
overlap. A faulty one has a quarter cut off one side of a tenth of its rules (gaps), a tenth moved out over
their neighbours (overlaps), or another outcome in one rule (a difference). z3 proves the sound table and
finds *one* witness in the faulty one; the platform finds all, with regions and witnesses. The tests by
which a region is shown are written when somebody reads them; what that takes is told by itself. Each begins
with the rules in its own terms, read and checked: the platform with a table of which nothing is prepared,
z3 with whole numbers. So what the platform prepares is counted, and so is the building of z3's formulas
through its interface for Python; what z3 needs to solve them, without that, is told beside it. zen-engine
decides by the same rules. Time is the process's own on the processor: all peers use one thread, and the
machine may be busy.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gongzhi.methods import decision_tables as dt

WIDE, NARROW = 100_000, 6
OUTPUT = dt.Output("outcome", "string", values=tuple("ABCDEFGZ"))
TIMEOUT = 60  # seconds that z3 gets for one question
TIMES = 15  # that the platform is asked each question beside z3

Box = tuple[list[int], list[int]]


# ---- tables -------------------------------------------------------------------------------


def inputs_of(count: int) -> tuple[dt.Input, ...]:
    return tuple(
        dt.Input(f"x{c}", "integer", low=0, high=(NARROW if c % 2 else WIDE) - 1) for c in range(count)
    )


def split(inputs: int, rules: int, seed: int) -> list[Box]:
    """One box, split at random until there are enough."""
    chance = random.Random(seed)
    boxes: list[Box] = [([0] * inputs, [NARROW if c % 2 else WIDE for c in range(inputs)])]
    while len(boxes) < rules:
        low, high = boxes[chance.randrange(len(boxes))]
        c = chance.randrange(inputs)
        if high[c] - low[c] > 1:
            at = chance.randrange(low[c] + 1, high[c])
            boxes.append(([*low[:c], at, *low[c + 1 :]], high.copy()))
            high[c] = at
    chance.shuffle(boxes)
    return boxes


def table(inputs: int, boxes: list[Box], seed: int, hit: dt.Hit = dt.Hit.UNIQUE) -> dt.Table:
    chance = random.Random(seed)
    columns = inputs_of(inputs)
    rules = []
    for low, high in boxes:
        when = {c.name: f"[{a}..{b})" for c, a, b in zip(columns, low, high, strict=True)}
        rules.append(dt.rule(columns, (OUTPUT,), when, {"outcome": chance.choice("ABCDEFG")}))
    return dt.Table("bench", columns, (OUTPUT,), tuple(rules), hit)


def holed(boxes: list[Box], seed: int) -> list[Box]:
    return _changed(boxes, seed, lambda a, b, top: (a + (b - a) // 4, b))


def swollen(boxes: list[Box], seed: int) -> list[Box]:
    return _changed(boxes, seed, lambda a, b, top: (a, min(top, b + (b - a) // 4 + 1)))


def _changed(boxes: list[Box], seed: int, change: Callable[[int, int, int], tuple[int, int]]) -> list[Box]:
    chance = random.Random(seed)
    changed = [(low.copy(), high.copy()) for low, high in boxes]
    for low, high in chance.sample(changed, len(changed) // 10):
        c = chance.randrange(len(low))
        low[c], high[c] = change(low[c], high[c], NARROW if c % 2 else WIDE)
    return changed


def another(one: dt.Table) -> dt.Table:
    """The same table with another outcome in its last rule."""
    last = replace(one.rules[-1], then=("Z",))
    return replace(one, rules=(*one.rules[:-1], last))


def halved(one: dt.Table, boxes: list[Box], inputs: int) -> dt.Table:
    """A table that answers the same, each rule of it written as two where it can be."""
    columns = one.inputs
    rules = []
    for (low, high), rule in zip(boxes, one.rules, strict=True):
        c = max(range(inputs), key=lambda c: high[c] - low[c])
        middle = (low[c] + high[c]) // 2
        ends = [(low[c], middle), (middle, high[c])] if low[c] < middle else [(low[c], high[c])]
        for a, b in ends:
            when = {x.name: f"[{p}..{q})" for x, p, q in zip(columns, low, high, strict=True)}
            when[columns[c].name] = f"[{a}..{b})"
            rules.append(dt.rule(columns, (OUTPUT,), when, {"outcome": rule.then[0]}))
    return replace(one, rules=tuple(rules))


# ---- z3 -----------------------------------------------------------------------------------


class Z3:
    """The same questions as formulas over whole numbers."""

    def __init__(self, inputs: int) -> None:
        import z3

        self.z3 = z3
        self.solving = 0.0  # seconds of the last question, without what building its formulas took
        self.x = [z3.Int(f"x{c}") for c in range(inputs)]
        self.domain = self._in([0] * inputs, [NARROW if c % 2 else WIDE for c in range(inputs)])

    def _in(self, low: list[int], high: list[int]) -> Any:
        return self.z3.And([self.z3.And(x >= a, x < b) for x, a, b in zip(self.x, low, high, strict=True)])

    def ask(self, *claims: Any) -> str:
        solver = self.z3.Solver()
        solver.set("timeout", TIMEOUT * 1000)
        solver.add(self.domain, *claims)
        start = time.process_time()
        said = str(solver.check())
        self.solving = time.process_time() - start
        return said

    def gap(self, boxes: list[Box]) -> str:
        return self.ask(*[self.z3.Not(self._in(*b)) for b in boxes])

    def overlap(self, boxes: list[Box]) -> str:
        """Whether two rules hold at once: `AtLeast` is how z3 counts."""
        return self.ask(self.z3.AtLeast(*[self._in(*b) for b in boxes], 2))

    def difference(self, a: list[Box], said: list[Any], b: list[Box], others: list[Any]) -> str:
        return self.ask(self._outcome(a, said) != self._outcome(b, others))

    def _outcome(self, boxes: list[Box], said: list[Any]) -> Any:
        value = self.z3.IntVal(-1)
        for box, outcome in zip(reversed(boxes), reversed(said), strict=True):
            value = self.z3.If(self._in(*box), self.z3.IntVal(ord(outcome)), value)
        return value


# ---- measuring ----------------------------------------------------------------------------


def timed(work: Callable[..., Any], *given: dt.Table, times: int = 1) -> tuple[float, Any]:
    """The median of some runs, and what the last gave; each is given tables of which nothing is prepared."""
    taken = []
    result = None
    for _ in range(times):
        fresh = [replace(one) for one in given]
        gc.collect()
        gc.freeze()  # as a serving process does: what is there already is not walked through again
        start = time.process_time()
        result = work(*fresh)
        taken.append(time.process_time() - start)
    return statistics.median(taken), result


def line(
    what: str,
    ours: float,
    found: dt.Findings,
    theirs: float | None = None,
    said: str = "",
    solving: float = 0.0,
) -> float:
    told = f"{what:<58}{len(found) + found.more:6} found {ours * 1e3:9.1f} ms"
    if theirs is None:
        print(told, flush=True)
        return 0.0
    gave_up = said == "unknown"
    ratio = theirs / ours
    print(
        f"{told}   z3 {theirs * 1e3:9.0f} ms ({'gave up' if gave_up else said}) {'>' * gave_up}{ratio:.0f}×"
        f" (solving alone {'>' * gave_up}{solving / ours:.1f}×)",
        flush=True,
    )
    return ratio


def beside_z3(inputs: int, rules: int) -> list[float]:
    """Gaps, overlaps and differences of one size, sound and faulty."""
    boxes = split(inputs, rules, 1)
    z3 = Z3(inputs)
    sound = table(inputs, boxes, 2)
    size = f"{rules} rules × {inputs}"
    ratios = []
    for name, ask, theirs, faulty in (
        ("gaps", dt.gaps, z3.gap, holed(boxes, 3)),
        ("overlaps", dt.overlaps, z3.overlap, swollen(boxes, 4)),
    ):
        for state, of, one in (("sound", boxes, sound), ("faulty", faulty, table(inputs, faulty, 2))):
            ours, found = timed(ask, one, times=TIMES)
            peer, said = timed(lambda theirs=theirs, of=of: theirs(of))  # type: ignore[misc]
            assert said == "unknown" or (said == "sat") == bool(found), (name, state, said)
            ratios.append(line(f"{size}: {name}, {state}", ours, found, peer, said, z3.solving))
            if found:
                start = time.process_time()
                assert all(map(dict, (each.region for each in found)))
                print(f"{size}: regions written out {(time.process_time() - start) * 1e3:.1f} ms", flush=True)
    both, _ = timed(lambda one: (dt.gaps(one), dt.overlaps(one), dt.unreachable(one)), sound, times=TIMES)
    print(
        f"{size}: gaps, overlaps and unreachable rows of one table together {both * 1e3:.1f} ms", flush=True
    )
    outcomes = [r.then[0] for r in sound.rules]
    for state, other, said_there in (
        ("one rule changed", another(sound), [*outcomes[:-1], "Z"]),
        ("the same rules in another order", replace(sound, rules=sound.rules[::-1]), outcomes[::-1]),
    ):
        ours, found = timed(dt.difference, sound, other, times=TIMES)
        there = boxes if state == "one rule changed" else boxes[::-1]
        peer, said = timed(lambda there=there, s=said_there: z3.difference(boxes, outcomes, there, s))  # type: ignore[misc]
        assert said == "unknown" or (said == "sat") == bool(found), (state, said)
        ratios.append(line(f"{size}: difference, {state}", ours, found, peer, said, z3.solving))
    ours, found = timed(dt.difference, sound, halved(sound, boxes, inputs), times=TIMES)
    assert not found
    line(f"{size}: difference, {len(boxes)} rules written as twice as many", ours, found)
    return ratios


def growth(inputs: int, sizes: tuple[int, ...]) -> None:
    """How the time grows with the number of rules."""
    first: dict[str, float] = {}
    for rules in sizes:
        boxes = split(inputs, rules, 1)
        one = table(inputs, holed(boxes, 3), 2)
        other = another(one)
        questions: tuple[tuple[str, Callable[..., Any], tuple[dt.Table, ...]], ...] = (
            ("gaps", dt.gaps, (one,)),
            ("overlaps", dt.overlaps, (one,)),
            ("difference", dt.difference, (one, other)),
        )
        for name, ask, of in questions:
            taken, found = timed(ask, *of, times=3)
            first.setdefault(name, taken)
            line(
                f"{rules} rules × {inputs}: {name} ({taken / first[name]:.1f} times {sizes[0]} rules)",
                taken,
                found,
            )


# ---- deciding -----------------------------------------------------------------------------


def deciding() -> None:
    """A table of 50 rows: one decision at a time here and by zen-engine, and many at once."""
    import numpy as np
    import zen

    boxes = split(5, 50, 7)
    one = table(5, boxes, 2)
    chance = random.Random(3)
    facts = [
        {c.name: chance.randrange(NARROW if n % 2 else WIDE) for n, c in enumerate(one.inputs)}
        for _ in range(20_000)
    ]
    engine = zen.ZenEngine().create_decision(json.dumps(as_zen(one, boxes)))
    for each in facts[:200]:
        assert engine.evaluate(each)["result"]["outcome"] == one.decide(each).value
    ours, _ = timed(lambda: [one.decide(f) for f in facts], times=5)
    theirs, _ = timed(lambda: [engine.evaluate(f) for f in facts[:2000]], times=5)
    columns = {name: np.array([f[name] for f in facts] * 5) for name in facts[0]}
    many, _ = timed(lambda: one.decide_many(columns).values, times=5)
    single, peer, together = len(facts) / ours, 2000 / theirs, 5 * len(facts) / many
    print(f"50 rules × 5: one by one {single:,.0f}/s; zen-engine {peer:,.0f}/s: {single / peer:.0f}×")
    print(f"50 rules × 5: decide_many {together:,.0f}/s: {together / single:.1f}× one by one", flush=True)


def as_zen(one: dt.Table, boxes: list[Box]) -> dict[str, Any]:
    """The table as a decision of zen-engine."""
    rules = [
        {f"i{c}": f"[{a}..{b})" for c, (a, b) in enumerate(zip(low, high, strict=True))}
        | {"o": json.dumps(rule.then[0]), "_id": str(n)}
        for n, ((low, high), rule) in enumerate(zip(boxes, one.rules, strict=True))
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": f"i{n}", "name": c.name, "field": c.name} for n, c in enumerate(one.inputs)],
        "outputs": [{"id": "o", "name": "outcome", "field": "outcome"}],
        "rules": rules,
    }
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def main() -> int:
    global TIMEOUT
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="without the large tables")
    parser.add_argument("--timeout", type=int, default=TIMEOUT, help="seconds that z3 gets for one question")
    wanted = parser.parse_args()
    TIMEOUT = wanted.timeout
    dt.gaps(table(5, split(5, 50, 1), 1))  # NumPy is loaded before any clock starts
    deciding()
    ratios = beside_z3(5, 200 if wanted.quick else 1500)
    print(
        f"beside z3: {min(ratios):.0f}× at least, {statistics.median(ratios):.0f}× in the middle", flush=True
    )
    if not wanted.quick:
        growth(5, (500, 1500, 5000))
        growth(13, (500, 1500, 5000))
        beside_z3(13, 5000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
