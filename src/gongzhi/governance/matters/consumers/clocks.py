"""Clocks: what is nearly due or overdue becomes an entry, and rules say what follows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from gongzhi.foundation.ledger.acts import PLATFORM, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import consumer, ticker
from gongzhi.foundation.ledger.models import Entry, Origin
from gongzhi.foundation.ledger.refusals import Refusal, Undecidable
from gongzhi.foundation.rulebooks.queries import decide
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import OVER, Clock, Deadline, Handover, Matter, Pause, Step
from gongzhi.governance.matters.rules import ESCALATION, NEARLY, asked_of

log = structlog.get_logger(__name__)

#: A clock is looked at this long before its end, to ask the rule whether that is near.
LOOKED_AHEAD = timedelta(days=3)
BATCH = 50


@ticker("matters.clocks", timedelta(seconds=30))
def look_at_clocks() -> None:
    """Note clocks that are nearly due or overdue, each once; what has no holder does not tick."""
    at = now()
    running = Deadline.objects.filter(met_at=None, overdue_at=None, holder__isnull=False, paused_at=None)
    running = running.exclude(matter__origin=Origin.IMPORTED).exclude(matter__state__in=OVER)
    running = running.select_related("matter__region", "matter__category")
    overdue = running.filter(due_at__lte=at).order_by("due_at")
    while found := list(overdue[:BATCH]):
        _note_each(acts.note_overdue, found)
    near = running.filter(due_at__gt=at, due_at__lte=at + LOOKED_AHEAD, nearly_at=None)
    _note_each(
        acts.note_nearly_due,
        [clock for clock in near.order_by("due_at")[: 20 * BATCH] if clock.due_at - _notice(clock, at) <= at],
    )


def _notice(clock: Deadline, at: datetime) -> timedelta:
    """How long before its end the rule wants a clock to be noticed; without a rule it is not."""
    try:
        decided = decide(NEARLY, clock.matter.region, {"clock": clock.clock}, at)
    except Undecidable:
        return timedelta()
    return timedelta(hours=decided.value["hours"])


def _note_each(act: Any, clocks: Sequence[Deadline]) -> None:
    for start in range(0, len(clocks), BATCH):
        with together():
            for clock in clocks[start : start + BATCH]:
                act(PLATFORM, clock.matter, deadline=clock.pk)


@ticker("matters.pauses", timedelta(minutes=1))
def let_run_on() -> None:
    """Let clocks run on whose pause has come to its end."""
    ended = Pause.objects.filter(ended_at=None, until__lte=now()).select_related("matter")
    for pause in ended.order_by("until")[:BATCH]:
        acts.go_on(PLATFORM, pause.matter)


@consumer("matters.follow", ["matter.overdue"])
def follow(entries: Sequence[Entry]) -> None:
    """What follows when a clock has run out: silence takes over, a conference ends, a matter goes up."""
    for entry in entries:
        matter = Matter.objects.select_related("region", "category", "lead__superior").get(pk=entry.subject)
        told = json.loads(entry.facts)
        _AFTER.get(told["clock"], _rise)(matter, told["clock"])


def _take_silently(matter: Matter, _clock: str) -> None:
    live = Handover.objects.filter(matter=matter.pk, step=Step.OFFERED, is_across=False).first()
    if live is not None:
        _try(lambda: acts.take_silently(PLATFORM, matter))


def _ask_superiors(matter: Matter, clock: str) -> None:
    if Handover.objects.filter(matter=matter.pk, step=Step.CONFERENCE).exists():
        _try(lambda: acts.ask_superiors(PLATFORM, matter, reason=clock))


def _rise(matter: Matter, clock: str) -> None:
    """Let the superior of the lead watch a matter, or handle it, where the rule says so."""
    above = matter.lead.superior if matter.lead is not None else None
    decided = asked_of(ESCALATION, matter, clock=clock)
    if above is None or decided is None or decided.value["to"] == "none":
        return
    if decided.value["to"] == "watch":
        _try(lambda: acts.supervise(PLATFORM, matter, watcher=above))
    else:
        _try(lambda: acts.escalate(PLATFORM, matter, to=above, reason=clock))


def _try(act: Callable[[], Any]) -> None:
    """Do what follows; where the matter has gone on meanwhile, nothing follows any more."""
    try:
        act()
    except Refusal as refusal:
        log.info("follow.refused", kind=type(refusal).__name__)


_AFTER: dict[str, Callable[[Matter, str], None]] = {
    Clock.TAKE: _take_silently,
    Clock.CONFER: _ask_superiors,
}
