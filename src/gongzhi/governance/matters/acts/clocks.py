"""The clocks of a matter: started by a rule or a promise, ended by what they waited for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gongzhi.foundation.ledger.acts import (
    historical,
    keep,
    moment,
)  # fmt: skip
from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.governance.matters.models import (
    Clock,
    Deadline,
    Matter,
)  # fmt: skip
from gongzhi.governance.matters.rules import DEADLINES, consult


def _is_imported() -> bool:
    """Whether what is being done was done elsewhere, where other rules held."""
    history = historical()
    return history is not None and history.origin == Origin.IMPORTED


def _set_deadlines(
    matter: Matter, region: Region, told: dict[str, Any], undecided: list[str]
) -> dict[str, datetime]:
    """Start the clocks that the rule in force gives; the first of them binds the matter."""
    decided = consult(DEADLINES, region, told, undecided)
    if decided is None:
        return {}
    calendar, due = calendar_of(region), {}
    for clock in (Clock.CONTACT, Clock.FINISH):
        amount, unit = decided.value[clock.value], decided.value[f"{clock.value}_unit"]
        due[clock.value] = calendar.add(matter.opened_at, amount, unit)
        _start(
            Deadline(
                matter=matter,
                clock=clock,
                due_at=due[clock.value],
                rule=decided.digest,
                row=decided.rows[0] if decided.rows else None,
                basis=decided.basis[:300],
                measure=f"{amount} {unit}",
            )
        )
    matter.due_at = due[Clock.FINISH.value]
    return due


def _start(deadline: Deadline) -> None:
    """Start a clock; what is done to the matter in the same transaction finds it with the matter."""
    keep(deadline)
    matter: Any = deadline.matter
    matter.fresh_deadlines = [*getattr(matter, "fresh_deadlines", []), deadline]


def _meet(running: list[Deadline]) -> bool | None:
    """End running clocks; whether all of them were met, None where there was none."""
    in_time: bool | None = None
    for deadline in running:
        deadline.met_at = moment()
        keep(deadline, "met_at")
        in_time = deadline.met_at <= deadline.due_at and in_time is not False
    return in_time


def _running(matter: Matter) -> list[Deadline]:
    fresh: list[Deadline] | None = getattr(matter, "fresh_deadlines", None)
    if fresh is not None:
        return [d for d in fresh if d.met_at is None]
    if _is_imported():
        return []
    return list(Deadline.objects.filter(matter=matter.pk, met_at=None))
