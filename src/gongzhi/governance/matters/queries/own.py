"""A matter as whoever brought it in is told of it: who answers, who else is at it, and what they may say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.reach import audience_columns, audiences_of
from gongzhi.governance.matters.models import (
    LIVE_STEPS,
    Extension,
    Handover,
    Matter,
    Outcome,
    Part,
    Pause,
    Rating,
    Role,
    State,
    Submission,
)
from gongzhi.governance.matters.queries.duty import AtDesk
from gongzhi.governance.matters.queries.joint import JSONList
from gongzhi.governance.matters.queries.nested import Parsed
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.rules import ENDING, facts_of, known

#: What concerns one of several people who brought the same matter in, and is told to nobody else of them.
OF_ONE = frozenset({"matter.call_back", "matter.plead", "matter.decide_plea", "submission.rate"})
#: What somebody may say to their own submission.
SAYING = ("rate", "reopen", "chase", "supplement", "withdraw")


@dataclass(frozen=True)
class Own:
    """A matter of one's own: the row, whose entries one reads, and how it stands.

    ``handover``, ``pause``, ``extension`` and ``rating`` are columns by name, or None; ``supports`` are the
    bodies that still have a part.
    """

    desk: AtDesk
    handover: dict[str, Any] | None
    pause: dict[str, Any] | None
    extension: dict[str, Any] | None
    rating: dict[str, Any] | None
    supports: list[dict[str, Any]] = field(default_factory=list)
    reopen_until: datetime | None = None
    sayings: tuple[str, ...] = ()

    @property
    def matter(self) -> Matter:
        """The matter itself."""
        return self.desk.matter


def own_matter(by: Any, filed: Submission, at: datetime) -> Own | None:
    """The matter of a submission that was reached, with all that is told of it, in one query."""
    if filed.matter_id is None:
        return None
    row = (
        matters(by)
        .annotate(
            told_handover=_handover(), told_pause=_pause(), told_extension=_extension(),
            told_rating=_rating(filed), told_supports=_supports(),
            **audience_columns(by, "matter.read", Matter),
        )
        .select_related("category", "region", "grid", "lead__region", "first_receiver__region",
                        "answering__region")
        .filter(pk=filed.matter_id)
        .first()
    )  # fmt: skip
    if row is None:
        return None
    told: Any = row
    desk = AtDesk(row, frozenset(), audiences_of(by, row.__dict__))
    until = _reopen_until(row, at)
    is_rated = told.told_rating is not None and not told.told_rating["by_call"]
    return Own(
        desk, told.told_handover, told.told_pause, told.told_extension, told.told_rating,
        sorted(told.told_supports or [], key=lambda each: str(each["since"])), until,
        tuple(name for name in SAYING if _may_say(name, row, filed, until, at, is_rated=is_rated)),
    )  # fmt: skip


def _name(of: str) -> Any:
    return Parsed(f"{of}__name")


def _handover() -> Subquery:
    rows = Handover.objects.filter(matter=OuterRef("pk"), step__in=[each.value for each in LIVE_STEPS])
    told = JSONObject(
        step="step", giver=_name("giver"), asked=_name("asked"), arbiter=_name("arbiter"),
        is_across="is_across",
    )  # fmt: skip
    return Subquery(rows.order_by("-pk").values(told=told)[:1])


def _pause() -> Subquery:
    rows = Pause.objects.filter(matter=OuterRef("pk"), ended_at=None)
    told = JSONObject(kind="kind", reason="reason", since="since", until="until", basis="basis")
    return Subquery(rows.order_by("-pk").values(told=told)[:1])


def _extension() -> Subquery:
    rows = Extension.objects.filter(matter=OuterRef("pk"), granted=True)
    told = JSONObject(days="days", reason="reason", due="due_at", basis="basis")
    return Subquery(rows.order_by("-pk").values(told=told)[:1])


def _rating(filed: Submission) -> Subquery:
    rows = Rating.objects.filter(submission=filed.pk, matter=OuterRef("pk"), round=OuterRef("round"))
    told = JSONObject(resolved="resolved", satisfied="satisfied", text="text", by_call="by_call")
    return Subquery(rows.values(told=told)[:1])


def _supports() -> Subquery:
    rows = Part.objects.filter(matter=OuterRef("pk"), role=Role.SUPPORT, released_at=None)
    told = JSONObject(
        name=_name("organisation"), region=Parsed("organisation__region__name"),
        phone=F("organisation__phone"), due="due_at", reported="reported_at", since="since",
    )  # fmt: skip
    return Subquery(rows.order_by().values("matter").annotate(list=JSONList(told)).values("list"))


def _reopen_until(row: Matter, at: datetime) -> datetime | None:
    """Until when a closed matter can be opened again; None where it cannot."""
    if row.state != State.CLOSED or row.closed_at is None or row.archived_at is not None:
        return None
    decided = known(ENDING, row.region, facts_of(row), at)
    return None if decided is None else row.closed_at + timedelta(days=decided.value["reopen_days"])


def _may_say(
    name: str, row: Matter, filed: Submission, until: datetime | None, at: datetime, *, is_rated: bool
) -> bool:
    """Whether something can be said now; the act itself has the last word."""
    if filed.withdrawn_at is not None or filed.erased is not None:
        return False
    is_handled = row.outcome in ("", Outcome.ANSWERED, Outcome.DIRECT)
    if name == "rate":
        return row.state in (State.ANSWERED, State.CLOSED) and is_handled and not is_rated
    if name == "reopen":
        return until is not None and at <= until
    if name == "withdraw":
        return row.state in (State.OPEN, State.DISPATCHED)
    return row.state in (State.OPEN, State.DISPATCHED, State.ANSWERED)


def for_one(entries: Iterable[Told], filed: Submission) -> list[Told]:
    """Entries on a matter without what was said by others who brought the same in."""

    def is_theirs(each: Told) -> bool:
        whose = each.facts.get("submission")
        return each.verb not in OF_ONE or whose is None or UUID(str(whose)) == filed.pk

    return [each for each in entries if is_theirs(each)]
