"""The clocks of a matter: started by a rule or a promise, held by the body that can stop them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    STAFF,
    Actor,
    act,
    historical,
    keep,
    moment,
    record,
    standing,
)  # fmt: skip
from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.foundation.rulebooks.queries import Decision
from gongzhi.foundation.rulebooks.subjects import Subject
from gongzhi.governance.matters.models import Clock, Deadline, Matter
from gongzhi.governance.matters.rules import DEADLINES, asked_of, consult, due_after, facts_of

#: What the lead of a matter can stop, by contact or answer.
LEADS_CLOCKS = (Clock.CONTACT, Clock.ANSWER, Clock.INTERIM, Clock.FINISH)


def _is_imported() -> bool:
    """Whether what is being done was done elsewhere, where other rules held."""
    history = historical()
    return history is not None and history.origin == Origin.IMPORTED


def _set_deadlines(
    matter: Matter,
    region: Region,
    told: dict[str, Any],
    undecided: list[list[Any]],
    holder: Organisation | None,
) -> dict[str, datetime]:
    """Start the clocks that the rule in force gives; that of the end binds the matter."""
    decided = consult(DEADLINES, region, told, undecided)
    if decided is None:
        return {}
    due = {}
    for clock in (Clock.CONTACT, Clock.FINISH):
        amount, unit = decided.value[clock.value], decided.value[f"{clock.value}_unit"]
        due[clock.value] = due_after(amount, unit, region, told)
        _start(_deadline(matter, clock, due[clock.value], holder, decided, f"{amount} {unit}"))
    matter.due_at = due[Clock.FINISH.value]
    return due


def _deadline(
    matter: Matter,
    clock: Clock,
    due: datetime,
    holder: Organisation | None,
    decided: Decision | None = None,
    measure: str = "",
    part: UUID | None = None,
) -> Deadline:
    return Deadline(
        matter=matter,
        clock=clock,
        holder=holder,
        part=part,
        due_at=due,
        rule=decided.digest if decided else "",
        row=decided.rows[0] if decided and decided.rows else None,
        basis=decided.basis[:300] if decided else "",
        measure=measure,
    )


def _start(deadline: Deadline) -> None:
    """Start a clock; what is done to a new matter in the same transaction finds it with the matter."""
    keep(deadline)
    matter: Any = deadline.matter
    if work.current().is_new(matter):
        matter.fresh_deadlines = [*getattr(matter, "fresh_deadlines", []), deadline]


def _start_by_rule(
    matter: Matter,
    clock: Clock,
    subject: Subject,
    holder: Organisation,
    *,
    part: UUID | None = None,
    **facts: Any,
) -> Deadline | None:
    """Start the clock whose amount and unit a rule gives; without such a rule none runs."""
    decided = asked_of(subject, matter, **facts)
    if decided is None:
        return None
    amount, unit = decided.value["amount"], decided.value["unit"]
    due = due_after(amount, unit, matter.region, facts_of(matter))
    deadline = _deadline(matter, clock, due, holder, decided, f"{amount} {unit}")
    _start(deadline)
    return deadline


def _running(matter: Matter, *clocks: Clock) -> list[Deadline]:
    """The clocks of a matter that have not ended; of some kinds if these are named."""
    fresh: list[Deadline] | None = getattr(matter, "fresh_deadlines", None)
    if fresh is None and _is_imported():
        return []
    rows = standing(Deadline, matter_id=matter.pk, met_at=None) if fresh is None else fresh
    return [row for row in rows if row.met_at is None and (not clocks or row.clock in clocks)]


def _meet(running: Iterable[Deadline]) -> bool | None:
    """End running clocks; whether all of them were met, None where there was none."""
    in_time: bool | None = None
    for deadline in running:
        _go_on(deadline)
        deadline.met_at = moment()
        keep(deadline, "met_at")
        in_time = deadline.met_at <= deadline.due_at and in_time is not False
    return in_time


def _void(running: Iterable[Deadline]) -> None:
    """End clocks because what they waited for is no longer wanted."""
    for deadline in running:
        deadline.met_at, deadline.void = moment(), True
        keep(deadline, "met_at", "void")


def _hand_clocks(matter: Matter, holder: Organisation | None) -> None:
    """Let another body be the one that can stop the clocks of the lead."""
    if _is_imported():
        return
    for deadline in _running(matter, *LEADS_CLOCKS):
        if deadline.holder_id != (holder.pk if holder else None):
            deadline.holder = holder
            keep(deadline, "holder")


def _stand_still(matter: Matter) -> None:
    """Stop the clocks of the lead and the supports for a while."""
    for deadline in _running(matter, *LEADS_CLOCKS, Clock.SUPPORT):
        if deadline.paused_at is None:
            deadline.paused_at = moment()
            keep(deadline, "paused_at")


def _let_run(matter: Matter) -> None:
    """Let clocks that stood still run on, with the time that they had left."""
    for deadline in _running(matter):
        _go_on(deadline)
        if deadline.clock == Clock.FINISH:
            matter.due_at = deadline.due_at
            keep(matter, "due_at")


def _go_on(deadline: Deadline) -> None:
    """Give a clock that stands still the time it had left: office time where it was measured in it."""
    if deadline.paused_at is None:
        return
    stopped, deadline.paused_at = deadline.paused_at, None
    left = max(deadline.due_at - stopped, timedelta())
    if left and "working" in deadline.measure:
        calendar = calendar_of(deadline.matter.region)
        deadline.due_at = calendar.add_working_hours(
            moment(), calendar.working_time_between(stopped, deadline.due_at)
        )
    elif left:
        deadline.due_at = moment() + left
    keep(deadline, "paused_at", "due_at")


@act("matter.nearly_due", _("Note that a deadline is near"), audience=STAFF)
def note_nearly_due(by: Actor, matter: Matter, *, deadline: UUID) -> Matter:
    """Note, once for each clock, that it will soon have run out."""
    clock = _clock_of(matter, deadline)
    if clock.nearly_at is not None:
        raise NotPossible(_("This was noted already."))
    clock.nearly_at = moment()
    keep(clock, "nearly_at")
    _record_clock(clock)
    return matter


@act("matter.overdue", _("Note that a deadline has passed"), audience=PARTICIPANTS)
def note_overdue(by: Actor, matter: Matter, *, deadline: UUID) -> Matter:
    """Note, once for each clock, that it has run out; rules say what follows."""
    clock = _clock_of(matter, deadline)
    if clock.overdue_at is not None:
        raise NotPossible(_("This was noted already."))
    if clock.due_at > moment():
        raise NotPossible(_("This deadline has not passed."))
    clock.overdue_at = moment()
    keep(clock, "overdue_at")
    _record_clock(clock)
    return matter


def _clock_of(matter: Matter, key: UUID) -> Deadline:
    found = [each for each in _running(matter) if each.pk == key and each.paused_at is None]
    if not found:
        raise NotPossible(_("This clock does not run."))
    return found[0]


def _record_clock(clock: Deadline) -> None:
    holder = clock.holder.code if clock.holder else None
    record(facts={"clock": clock.clock, "due": clock.due_at, "holder": holder, "measure": clock.measure})
    if clock.rule:
        record(facts={"rule": clock.rule, "row": clock.row})
