"""Verification of large tables by volume: what is found and what the rows cover make up the whole, exactly."""

from collections.abc import Iterable
from math import prod
from random import Random

import numpy as np
import pytest

from gongzhi.methods import decision_tables as dt

WIDE, NARROW = 100_000, 6
OUTPUT = dt.Output("n", "integer")

Box = list[tuple[int, int]]  # for each input from and up to, not with


def top(place: int) -> int:
    return NARROW if place % 2 else WIDE


def split(inputs: int, count: int, chance: Random) -> list[Box]:
    """The whole, split at random until there are enough boxes."""
    boxes: list[Box] = [[(0, top(c)) for c in range(inputs)]]
    while len(boxes) < count:
        box, c = chance.choice(boxes), chance.randrange(inputs)
        low, high = box[c]
        if high - low > 1:
            at = chance.randrange(low + 1, high)
            boxes.append([*box[:c], (at, high), *box[c + 1 :]])
            box[c] = (low, at)
    return boxes


def cut(boxes: list[Box], chance: Random) -> list[Box]:
    """The same with a part cut off every tenth."""
    found = [list(box) for box in boxes]
    for box in found[::10]:
        c = chance.randrange(len(box))
        low, high = box[c]
        box[c] = (low + (high - low) // 4, high)
    return found


def table_of(boxes: Iterable[Box], inputs: tuple[dt.Input, ...]) -> dt.Table:
    rules = [
        dt.rule(
            inputs,
            (OUTPUT,),
            {i.name: f"[{a}..{b})" for i, (a, b) in zip(inputs, box, strict=True)},
            {"n": n % 7},
        )
        for n, box in enumerate(boxes)
    ]
    return dt.Table("t", inputs, (OUTPUT,), tuple(rules))


def boxes_of(findings: dt.Findings, inputs: tuple[dt.Input, ...]) -> list[Box]:
    """The regions read again; on each input one stretch or several, so a region may be several boxes."""
    found: list[Box] = []
    for finding in findings:
        parts: list[Box] = [[]]
        for i in inputs:
            cell = dt.cell(i, ", ".join(finding.region[i.name]))
            parts = [[*part, (low[1], high[1])] for part in parts for low, high in cell.intervals]
        found += parts
    return found


def volume(boxes: list[Box]) -> int:
    return sum(prod(high - low for low, high in box) for box in boxes)


def are_apart(boxes: list[Box]) -> bool:
    low, high = (np.array([[ends[e] for ends in box] for box in boxes]) for e in (0, 1))
    meets = np.ones((len(boxes), len(boxes)), bool)
    for a, b in zip(low.T, high.T, strict=True):
        meets &= (a[:, None] < b[None, :]) & (a[None, :] < b[:, None])
    return int(meets.sum()) == len(boxes)


@pytest.mark.parametrize(("inputs", "count"), [(5, 500), (7, 1_500)])
def test_gaps_and_differences_of_large_tables_are_exact_by_volume(inputs: int, count: int) -> None:
    chance = Random(inputs * count)
    columns = tuple(dt.Input(f"x{c}", "integer", low=0, high=top(c) - 1) for c in range(inputs))
    boxes = split(inputs, count, chance)
    less = cut(boxes, chance)
    whole, holed = table_of(boxes, columns), table_of(less, columns)
    everything = prod(map(top, range(inputs)))
    assert not dt.gaps(whole)
    assert not dt.overlaps(whole)
    holes = boxes_of(dt.gaps(holed), columns)
    assert volume(holes) == everything - volume(less) > 0
    assert are_apart([*less, *holes])
    differing = boxes_of(dt.difference(whole, holed), columns)
    assert volume(differing) == volume(holes)
    assert are_apart([*less, *differing])
    many = whole.decide_many(
        {c.name: [box[n][0] for box in boxes] for n, c in enumerate(columns)}, keep_errors=True
    )
    assert many.rows == [(n,) for n in range(1, count + 1)]
