"""A grid worker's one list, how much of it was done for whom, and the public account of what residents do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.models import AccountLine, Matter, Task
from gongzhi.governance.matters.queries.picture import Period


def tasks(by: Any) -> QuerySet[Task]:
    """All tasks that the actor reaches."""
    rows = Task.objects.filter(reach(by, "task.read", Task))
    return rows.select_related("grid", "body", "asker", "region")


def task_list(by: Any) -> QuerySet[Task]:
    """What is still to be done, of all lines in one list, the first to bind first."""
    rows = tasks(by).filter(done_at=None, refused_at=None)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class TasksDone:
    """How many tasks were done, each once, and how many each line was served by."""

    count: int
    by_line: dict[str, int]


def tasks_done(by: Any, period: Period) -> TasksDone:
    """The tasks done in a period: one that served three lines is one task, and is told under all three."""
    rows = tasks(by).filter(done_at__gte=period.since, done_at__lt=period.until)
    lines = list(rows.values_list("lines", flat=True))
    return TasksDone(len(lines), dict(Counter(line for each in lines for line in each)))


@dataclass(frozen=True)
class Account:
    """The money of a matter that residents handle, as everybody may see it."""

    lines: Sequence[AccountLine]
    paid_in: Decimal
    paid_out: Decimal

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.paid_in - self.paid_out


def public_account(matter: Matter) -> Account | None:
    """The account of a matter, for everybody; None where there is none, as for all that is sealed."""
    rows = AccountLine.objects.filter(matter=matter.pk, matter__sealed=False).select_related("body")
    lines = list(rows.order_by("at", "pk"))
    if not lines:
        return None
    paid_in = sum((line.amount for line in lines if line.amount > 0), Decimal(0))
    paid_out = -sum((line.amount for line in lines if line.amount < 0), Decimal(0))
    return Account(lines, paid_in, paid_out)
