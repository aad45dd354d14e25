"""The coordinator's board: who is asked to lead what, what both sides and the rules say, how it went before.

However many handovers are open, a board takes a few queries: the cards of all columns at once, their clocks,
the rules that speak for either side, and how handovers of the same category between the same two ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.rulebooks.queries import Said, decide_each, joint_rules
from gongzhi.governance.matters.models import LIVE_STEPS, Clock, Deadline, Handover, Step
from gongzhi.governance.matters.queries.work import with_rules
from gongzhi.governance.matters.rules import DESIGNATION, ROUTING, facts_of

#: What was settled stays on the board for so long.
SHOWN_AFTERWARDS = timedelta(days=30)
SETTLING = (Clock.TAKE, Clock.ARBITRATE, Clock.CONFER, Clock.SUPERIOR)


class Column(StrEnum):
    """Where a handover stands on the board."""

    OFFERED = "offered"
    RETURNED = "returned"
    ARBITRATE = "arbitrate"
    BOUND = "bound"


_STEPS = {
    Column.OFFERED: (Step.OFFERED,),
    Column.RETURNED: (Step.RETURNED,),
    Column.ARBITRATE: (Step.ARBITRATION, Step.CONFERENCE, Step.SUPERIORS),
    Column.BOUND: (Step.DESIGNATED,),
}


@dataclass(frozen=True)
class Alike:
    """How handovers of the same category between the same two bodies ended: to which body, how often."""

    to: list[tuple[dict[str, str], int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(number for _body, number in self.to)


@dataclass(frozen=True)
class Card:
    """A handover on the board, with what speaks for either side."""

    handover: Handover
    clock: Deadline | None
    routing: Said
    joint: Said
    alike: Alike


@dataclass(frozen=True)
class Stack:
    """A column: how many handovers it holds, and those of them that bind first."""

    column: Column
    total: int
    cards: list[Card]


def board(
    by: Any, at: datetime, *, column: Column | None = None, skip: int = 0, size: int = 6
) -> list[Stack]:
    """The handovers that the actor may read, in columns, what binds first on top; or a page of one column."""
    rows = _cards(by, at, column, skip, size)
    clocks, alike = _clocks(rows), _alike(by, rows, at)
    routing = decide_each(ROUTING, [(row.matter.region, facts_of(row.matter)) for row in rows], at)
    joint = joint_rules(DESIGNATION, at)
    cards: dict[Column, list[Card]] = {}
    totals: dict[Column, int] = {}
    for row, routed in zip(rows, routing, strict=True):
        place = Column(row.column)
        sides = (row.giver.region, row.asked.region)
        said = joint.say(sides, facts_of(row.matter)) if row.is_across else Said()
        card = Card(row, clocks.get(row.matter_id), routed, said, alike.get(_pair(row), Alike()))
        cards.setdefault(place, []).append(card)
        totals[place] = row.total
    return [
        Stack(each, totals.get(each, 0), cards.get(each, []))
        for each in Column
        if column is None or each is column
    ]


def _cards(by: Any, at: datetime, column: Column | None, skip: int, size: int) -> list[Any]:
    steps = [When(step__in=steps, then=Value(name.value)) for name, steps in _STEPS.items()]
    running = Deadline.objects.filter(matter=OuterRef("matter"), met_at=None, clock__in=SETTLING)
    shown = Q(step__in=LIVE_STEPS) | Q(step=Step.DESIGNATED, ended_at__gte=at - SHOWN_AFTERWARDS)
    if column is not None:
        shown &= Q(step__in=_STEPS[column])
    rows = (
        Handover.objects.filter(reach(by, "matter.read", Handover), shown)
        .annotate(
            column=Case(*steps, output_field=CharField()),
            due=Subquery(running.order_by("due_at").values("due_at")[:1]),
        )
        .annotate(
            total=Window(Count("pk"), partition_by=[F("column")]),
            place=Window(
                RowNumber(),
                partition_by=[F("column")],
                order_by=[F("due").asc(nulls_last=True), F("ended_at").desc(nulls_last=True), F("pk").asc()],
            ),
        )
        .filter(place__gt=skip, place__lte=skip + size)
        .select_related(
            "matter__region", "matter__category", "giver__region", "asked__region", "proposed__region",
            "arbiter", "designated",
        )
        .defer(*(f"{side}__region__outline" for side in ("matter", "giver", "asked", "proposed")))
        .order_by("place")
    )  # fmt: skip
    return list(rows)


def _clocks(rows: Iterable[Any]) -> dict[UUID, Deadline]:
    live = [row.matter_id for row in rows if row.step in LIVE_STEPS]
    found: dict[UUID, Deadline] = {}
    running = Deadline.objects.filter(matter__in=live, met_at=None, clock__in=SETTLING)
    for each in with_rules(running).order_by("due_at", "pk") if live else ():
        found.setdefault(each.matter_id, each)
    return found


def _pair(row: Any) -> tuple[str, frozenset[UUID]]:
    return row.matter.category.code, frozenset((row.giver_id, row.asked_id))


def _alike(by: Any, rows: Iterable[Any], at: datetime) -> dict[tuple[str, frozenset[UUID]], Alike]:
    """How handovers between the same two bodies in the same category ended, as far as the reader may know."""
    shown = {_pair(row) for row in rows}
    bodies = {body for _code, pair in shown for body in pair}
    ended: QuerySet[Any] = Handover.objects.filter(
        reach(by, "matter.read", Handover),
        step__in=(Step.ACCEPTED, Step.DESIGNATED, Step.WITHDRAWN),
        matter__category__code__in={code for code, _pair in shown},
        giver__in=bodies,
        asked__in=bodies,
    )
    went = Case(
        When(step=Step.ACCEPTED, then=F("asked__name")),
        When(step=Step.DESIGNATED, then=F("designated__name")),
        default=F("giver__name"),
    )
    counted = ended.values("matter__category__code", "giver", "asked").annotate(went=went, n=Count("pk"))
    found: dict[tuple[str, frozenset[UUID]], dict[str, tuple[dict[str, str], int]]] = {}
    for row in counted if shown else ():
        pair = (row["matter__category__code"], frozenset((row["giver"], row["asked"])))
        if pair not in shown:
            continue
        told = found.setdefault(pair, {})
        name = row["went"] or {}
        told[str(name)] = (name, told.get(str(name), (name, 0))[1] + row["n"])
    return {pair: Alike(sorted(told.values(), key=lambda each: -each[1])) for pair, told in found.items()}
