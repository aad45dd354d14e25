"""A grid worker's one list, how much of it was done for whom, and where tasks are set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import F, QuerySet

from gongzhi.foundation.files.queries import File, content_of
from gongzhi.foundation.parties.queries import Organisation, charges_over
from gongzhi.foundation.parties.reach import reach, reaches
from gongzhi.foundation.regions.queries import Grid
from gongzhi.governance.matters.models import Task, TaskPhoto
from gongzhi.governance.matters.queries.picture import Period
from gongzhi.governance.matters.queries.work import within_reach


def tasks(by: Any) -> QuerySet[Task]:
    """All tasks that the actor reaches."""
    rows = Task.objects.filter(reach(by, "task.read", Task))
    return rows.select_related("grid", "body", "asker", "region")


def task_list(by: Any) -> QuerySet[Task]:
    """What is still to be done, of all lines in one list, the first to bind first.

    Each row says what the actor may do with it: ``may_do``, ``may_refuse``, ``may_join``.
    """
    rows = tasks(by).filter(done_at=None, refused_at=None)
    rows = rows.annotate(
        may_do=reaches(by, "task.do", Task),
        may_refuse=reaches(by, "task.refuse", Task),
        may_join=reaches(by, "task.join", Task),
    )
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def photos_of(rows: Iterable[Task]) -> dict[UUID, list[TaskPhoto]]:
    """The photos of tasks that were reached, by task, in one query."""
    found: dict[UUID, list[TaskPhoto]] = {}
    kept = TaskPhoto.objects.filter(task__in=[each.pk for each in rows], file__erased=None)
    for photo in kept.select_related("file").order_by("pk"):
        found.setdefault(photo.task_id, []).append(photo)
    return found


def open_photo(by: Any, key: UUID) -> tuple[File, BinaryIO] | None:
    """A photo and its content, for whoever reads the task that it shows; None once it is erased."""
    rows = TaskPhoto.objects.filter(reach(by, "task.read", TaskPhoto), pk=key)
    found = rows.select_related("file").first()
    content = content_of(found.file) if found is not None else None
    return (found.file, content) if found is not None and content is not None else None


@dataclass(frozen=True)
class TasksDone:
    """How many tasks were done, each once, and how many each line was served by."""

    count: int
    by_line: dict[str, int]


def task_ended(by: Any, period: Period) -> QuerySet[Task]:
    """What has ended in a period, done or not possible, the last first."""
    rows = tasks(by).filter(done_at__gte=period.since, done_at__lt=period.until)
    return rows.order_by("-done_at", "-pk")


def tasks_done(by: Any, period: Period) -> TasksDone:
    """The tasks done in a period: one that served three lines is one task, and is told under all three."""
    rows = task_ended(by, period).filter(possible=True).order_by()
    lines = list(rows.values_list("lines", flat=True))
    return TasksDone(len(lines), dict(Counter(line for each in lines for line in each)))


#: So many grids at most are offered for choosing; any other is found by its code.
MOST_GRIDS = 300


def grids_to_task(by: Any) -> list[Grid]:
    """Grids in which the actor may set tasks, by code."""
    rows = Grid.objects.filter(region__in=within_reach(by, "task.set"))
    return list(
        rows.select_related("region").defer("outline", "region__outline").order_by("code")[:MOST_GRIDS]
    )


def grid_to_task(by: Any, code: str) -> Grid | None:
    """The grid with a code, if the actor may set tasks in it."""
    rows = Grid.objects.filter(region__in=within_reach(by, "task.set"), code=code)
    return rows.select_related("region").first()


def keeper_of(grid: Grid) -> Organisation | None:
    """The body whose grid it is: the town nearest to it."""
    return next((charge.organisation for charge in charges_over(["town"], grid.region)), None)
