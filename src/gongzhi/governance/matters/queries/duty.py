"""One matter as a desk needs it: what it is, what the reader may do with it, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from gongzhi.foundation.ledger.queries import Told, entries_on
from gongzhi.foundation.parties.queries import Appointment, Organisation, organisations
from gongzhi.foundation.parties.reach import audience_columns, audiences_of, reach, reaches
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.foundation.regions.queries import Membership
from gongzhi.governance.matters.models import Attachment, Deadline, Matter, Submission
from gongzhi.governance.matters.queries.joint import JSONList, Paper, columns, papers_in
from gongzhi.governance.matters.queries.nested import Parsed
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.queries.urgent import of_matter
from gongzhi.governance.matters.queries.work import with_rules

#: What somebody at a desk may do to a matter.
DESK_VERBS = (
    "account.note",
    *(f"matter.{name}" for name in (
        "dispatch", "contact", "answer", "note", "close", "accept", "return", "hand_over", "withdraw_offer",
        "arbitrate", "designate", "confer", "minute", "ask_superiors", "opine", "add_support", "report",
        "release", "muster", "arrive", "conclude_muster", "judge_muster", "instruct", "carry_out",
        "supervise", "escalate", "ask_extension", "sign_extension", "stop", "go_on", "verify", "call_back",
        "plead", "decide_plea", "reopen", "merge", "unmerge", "answer_interim", "answer_directly", "decline",
    )),
)  # fmt: skip

#: So many bodies at most are offered for choosing; any other is found by its name.
MOST_OFFERED = 300


@dataclass(frozen=True)
class AtDesk:
    """A matter that was reached, the verbs with which it is, and the audiences its reader belongs to."""

    matter: Matter
    may: frozenset[str]
    audiences: tuple[str, ...]
    papers: dict[str, list[Paper]] = field(default_factory=dict)
    #: The urgent reports on it that its reader reads as well.
    urgents: list[dict[str, Any]] = field(default_factory=list)


def at_desk(by: Any, key: UUID) -> AtDesk | None:
    """A matter that the actor may read, with all that reach says about it, in one query."""
    alike = _verbs_alike(by)
    asked = {f"may_{n}": reaches(by, verbs[0], Matter) for n, verbs in enumerate(alike)}
    row = (
        matters(by)
        .annotate(
            **asked, **columns(), **audience_columns(by, "matter.read", Matter), told_urgents=of_matter(by)
        )
        .select_related(
            "category",
            "region",
            "grid",
            "lead__region",
            "first_receiver__region",
            "answering__region",
            "thing__owner",
            "thing__keeper",
        )
        .filter(pk=key)
        .first()
    )
    if row is None:
        return None
    may = frozenset(verb for n, verbs in enumerate(alike) if getattr(row, f"may_{n}") for verb in verbs)
    told: Any = row
    return AtDesk(
        row, may, audiences_of(by, row.__dict__), papers_in(row), _with_keys(told.told_urgents or [])
    )


def _with_keys(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({**each, "id": UUID(str(each["id"]))} for each in told), key=lambda each: each["id"])


def _verbs_alike(by: Any) -> list[list[str]]:
    """The verbs of a desk in groups that reach the same rows, so that each group is asked about once."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for verb in DESK_VERBS:
        ways = tuple(tuple(sorted(held.grants.get(verb, ()))) for held in by.held)
        groups.setdefault(ways, []).append(verb)
    return list(groups.values())


def brought_in(by: Any, matter: Matter) -> list[Submission]:
    """The submissions of a matter that the actor may read, each with its ``files``, in one query."""
    files = (
        Attachment.objects.filter(
            reach(by, "file.read", Attachment), submission=OuterRef("pk"), file__erased=None
        )
        .order_by()
        .values("submission")
        .annotate(list=JSONList(JSONObject(id="pk", name="file__name", type="file__media_type")))
    )
    rows = Submission.objects.filter(reach(by, "submission.read", Submission), matter=matter.pk)
    rows = rows.select_related("person", "category").annotate(files=Subquery(files.values("list")))
    return list(rows.order_by("filed_at", "pk"))


def clocks(matter: Matter) -> list[Deadline]:
    """The clocks of a matter that was reached, with the rules that set them, the first to bind first."""
    rows = with_rules(Deadline.objects.filter(matter=matter.pk)).select_related("holder")
    return list(rows.order_by("due_at", "pk"))


def story(desk: AtDesk, submissions: Iterable[Submission]) -> list[Told]:
    """What has happened to a matter, as far as its reader may know, with whose post did it."""
    posts = Appointment.objects.filter(pk=OuterRef("appointment"))
    named = JSONObject(organisation=Parsed("post__organisation__name"), title=Parsed("post__title"))
    return entries_on(
        [desk.matter.pk, *(each.pk for each in submissions), *(each["id"] for each in desk.urgents)],
        desk.audiences,
        beside={"post": Subquery(posts.values(named=named)[:1])},
    )


def bodies_of(
    by: Any, matter: Matter, keys: Iterable[UUID], codes: Iterable[str]
) -> tuple[list[Organisation], list[Organisation]]:
    """The bodies that a matter names, with those above them, and those that could be asked, in one query."""
    wanted, called = set(keys), set(codes)
    named = Q(pk__in=wanted) | Q(code__in=called)
    above = Q(pk__in=Organisation.objects.filter(pk__in=wanted).values("superior"))
    rows = (
        Organisation.objects.filter(named | above | (_could_lead(by, [matter]) & Q(dissolved=None)))
        .select_related("region")
        .defer("region__outline")
        .order_by("-region__path", "code")
    )
    found = list(rows)
    known = {each.superior_id for each in found if each.pk in wanted} | wanted
    mentioned = [each for each in found if each.pk in known or each.code in called]
    return mentioned, [each for each in found if each.dissolved is None][:MOST_OFFERED]


def bodies_called(codes: Iterable[str], known: Iterable[Organisation | None]) -> dict[str, Any]:
    """The names of organisations by code; asks only for those that are not among the known."""
    names = {each.code: each.name for each in known if each is not None}
    missing = set(codes) - set(names)
    if missing:
        names |= dict(Organisation.objects.filter(code__in=missing).values_list("code", "name"))
    return names


def who_could_lead(by: Any, rows: Iterable[Matter]) -> list[Organisation]:
    """The bodies that matters can be sent to: those in charge of the places, and those below the actor."""
    return list(organisations().filter(_could_lead(by, rows)).order_by("-region__path", "code"))


def _could_lead(by: Any, rows: Iterable[Matter]) -> Q:
    """Bodies at the places or above them, below the actor, or in the areas to which the places belong."""
    codes = {code for row in rows for code in row.region.path.strip("/").split("/")}
    found = Q(region__code__in=codes) | Q(Exists(_side_by_side(codes)))
    for held in by.held:
        for path in held.scope.paths:
            found |= Q(region__path__startswith=path)
    return found


def _side_by_side(codes: Iterable[str]) -> QuerySet[Membership]:
    """The members of the areas to which regions belong, below which an organisation's region lies."""
    standing = Membership.objects.filter(until=None)
    areas = standing.filter(region__code__in=list(codes)).values("area")
    where = ExpressionWrapper(OuterRef("region__path"), CharField())
    return standing.annotate(where=where).filter(area__in=areas, where__startswith=F("region__path"))


def body_called(words: str) -> Organisation | None:
    """The body that somebody named: by its code, or by its name, with its region where two share it."""
    said = words.strip()
    name, _, where = (each.strip() for each in said.partition("·"))
    rows = organisations().filter(Q(code=said) | Q(name__zh=name) | Q(name__en=name))
    if where:
        rows = rows.filter(Q(code=said) | Q(region__name__zh=where) | Q(region__name__en=where))
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def body_of_post(by: Any, verb: str) -> Organisation | None:
    """The body of the actor's first post with a grant, such as whose roster they read or keep."""
    for held in by.held:
        if verb in held.grants and held.scope.organisation:
            rows = Organisation.objects.select_related("region", "superior")
            return rows.get(pk=held.scope.organisation)
    return None


def matter_numbered(by: Any, number: str) -> Matter | None:
    """The matter with a number, or with a submission that has it, if the actor may read it."""
    try:
        plain = normalise_number(number)
    except ValueError:
        return None
    named = Submission.objects.filter(reach(by, "submission.read", Submission), number=plain).values("matter")
    return matters(by).filter(Q(number=plain) | Q(pk__in=named)).first()
