"""One matter and what belongs to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongzhi.foundation.ledger.prepared import Through
from gongzhi.foundation.ledger.queries import Told, entries_on
from gongzhi.foundation.ledger.remembered import Remembered, copy_of
from gongzhi.foundation.parties.reach import audiences, reach
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.followup import is_secret_of
from gongzhi.governance.matters.models import CallBack, Category, Deadline, Matter, Part, Reply, Submission


def categories(region: Region) -> QuerySet[Category]:
    """The categories in use in a region: its own and those of the regions above it."""
    codes = region.path.strip("/").split("/")
    return Category.objects.filter(region__code__in=codes, retired=None)


def category(region: Region, code: str) -> Category | None:
    """The category with a code that is in use in a region: its own, or that of the nearest region above."""
    found = _called(region.path, code)
    return None if found is None else copy_of(found)


def _nearest(path: str, code: str) -> Category | None:
    rows = Category.objects.filter(region__code__in=path.strip("/").split("/"), retired=None, code=code)
    return rows.order_by("-region__path").first()


_called = Remembered(_nearest)


def matters(by: Any) -> QuerySet[Matter]:
    """The matters that the actor may read."""
    return Matter.objects.filter(reach(by, "matter.read", Matter))


def submissions(by: Any) -> QuerySet[Submission]:
    """The submissions that the actor may read."""
    return Submission.objects.filter(reach(by, "submission.read", Submission))


def matter(by: Any, key: UUID) -> Matter | None:
    """A matter that the actor may read."""
    return (
        matters(by)
        .select_related("category", "region", "grid", "lead__region", "first_receiver__region")
        .filter(pk=key)
        .first()
    )


def submission(by: Any, key: UUID) -> Submission | None:
    """A submission that the actor may read."""
    return submissions(by).select_related("category", "region", "matter").filter(pk=key).first()


def submission_numbered(by: Any, number: str) -> Submission | None:
    """The submission with a number, written as it is kept, if the actor may read it."""
    return _numbered.first(reach(by, "submission.read", Submission), number)


def _with_number(reached: Q, number: str) -> QuerySet[Submission]:
    rows = Submission.objects.filter(reached, number=number)
    return rows.select_related("category", "region", "matter", "grid").defer("region__outline")


_numbered = Through(_with_number, str)


def submissions_of(by: Any, matter: Matter) -> QuerySet[Submission]:
    """The submissions of a matter that the actor may read, the first one first."""
    return submissions(by).filter(matter=matter.pk).select_related("person").order_by("filed_at", "pk")


def parts(matter: Matter) -> QuerySet[Part]:
    """Who has part in a matter that was reached."""
    return (
        Part.objects.filter(matter=matter.pk).select_related("organisation__region").order_by("since", "pk")
    )


def calls_waiting(by: Any, matter: Matter) -> QuerySet[CallBack]:
    """Who still waits to be called back about a matter, as far as the actor reaches it."""
    rows = CallBack.objects.filter(reach(by, "matter.read", CallBack), matter=matter.pk, reply=Reply.WAITING)
    return rows.select_related("submission", "caller").order_by("since", "pk")


def deadlines(matter: Matter) -> QuerySet[Deadline]:
    """The clocks of a matter that was reached, the first to bind first."""
    return Deadline.objects.filter(matter=matter.pk).order_by("due_at")


def timeline(by: Any, matter: Matter) -> list[Told]:
    """What has happened to a matter, as far as the actor may read it."""
    keys = [matter.pk, *submissions(by).filter(matter=matter.pk).values_list("pk", flat=True)]
    return entries_on(keys, audiences(by, "matter.read", matter))


def followed_up(number: str, secret: str) -> Submission | None:
    """The submission with a number, for whoever tells its secret."""
    try:
        plain = normalise_number(number)
    except ValueError:
        return None
    found = Submission.objects.select_related("matter", "region", "category").filter(number=plain).first()
    return found if found is not None and is_secret_of(found, secret) else None
