"""One matter as a desk needs it: what it is, what the reader may do with it, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from gongzhi.foundation.ledger.queries import Told, entries_on
from gongzhi.foundation.parties.queries import Appointment, Organisation, organisations
from gongzhi.foundation.parties.reach import audience_columns, audiences_of, reach, reaches
from gongzhi.governance.matters.models import Attachment, Deadline, Matter, Submission
from gongzhi.governance.matters.queries.nested import Parsed
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.queries.work import with_rules

#: What somebody at a desk may do to a matter.
DESK_VERBS = ("matter.dispatch", "matter.contact", "matter.answer", "matter.note", "matter.close")


@dataclass(frozen=True)
class AtDesk:
    """A matter that was reached, the verbs with which it is, and the audiences its reader belongs to."""

    matter: Matter
    may: frozenset[str]
    audiences: tuple[str, ...]


def at_desk(by: Any, key: UUID) -> AtDesk | None:
    """A matter that the actor may read, with all that reach says about it, in one query."""
    columns = {f"may_{n}": reaches(by, verb, Matter) for n, verb in enumerate(DESK_VERBS)}
    row = (
        matters(by)
        .annotate(**columns, **audience_columns(by, "matter.read", Matter))
        .select_related("category", "region", "grid", "lead__region", "first_receiver__region")
        .filter(pk=key)
        .first()
    )
    if row is None:
        return None
    may = frozenset(verb for n, verb in enumerate(DESK_VERBS) if getattr(row, f"may_{n}"))
    return AtDesk(row, may, audiences_of(by, row.__dict__))


class _List(Aggregate):
    """Many values as one JSON list."""

    output_field = JSONField()
    allow_distinct = False

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def brought_in(by: Any, matter: Matter) -> list[Submission]:
    """The submissions of a matter that the actor may read, each with its ``files``, in one query."""
    files = (
        Attachment.objects.filter(
            reach(by, "file.read", Attachment), submission=OuterRef("pk"), file__erased=None
        )
        .order_by()
        .values("submission")
        .annotate(list=_List(JSONObject(id="pk", name="file__name", type="file__media_type")))
    )
    rows = Submission.objects.filter(reach(by, "submission.read", Submission), matter=matter.pk)
    rows = rows.select_related("person", "category").annotate(files=Subquery(files.values("list")))
    return list(rows.order_by("filed_at", "pk"))


def clocks(matter: Matter) -> list[Deadline]:
    """The clocks of a matter that was reached, with the rules that set them, the first to bind first."""
    return list(with_rules(Deadline.objects.filter(matter=matter.pk)).order_by("due_at", "pk"))


def story(desk: AtDesk, submissions: Iterable[Submission]) -> list[Told]:
    """What has happened to a matter, as far as its reader may know, with whose post did it."""
    posts = Appointment.objects.filter(pk=OuterRef("appointment"))
    named = JSONObject(organisation=Parsed("post__organisation__name"), title=Parsed("post__title"))
    return entries_on(
        [desk.matter.pk, *(each.pk for each in submissions)],
        desk.audiences,
        beside={"post": Subquery(posts.values(named=named)[:1])},
    )


def bodies_called(codes: Iterable[str], known: Iterable[Organisation | None]) -> dict[str, Any]:
    """The names of organisations by code; asks only for those that are not among the known."""
    names = {each.code: each.name for each in known if each is not None}
    missing = set(codes) - set(names)
    if missing:
        names |= dict(Organisation.objects.filter(code__in=missing).values_list("code", "name"))
    return names


def who_could_lead(by: Any, rows: Iterable[Matter]) -> list[Organisation]:
    """The bodies that matters can be sent to: those in charge of the places, and those below the actor."""
    codes = {code for row in rows for code in row.region.path.strip("/").split("/")}
    found = Q(region__code__in=codes)
    for held in by.held:
        for path in held.scope.paths:
            found |= Q(region__path__startswith=path)
    return list(organisations().filter(found).order_by("-region__path", "code"))
