"""The picture of regions today: what came in, what was due and answered in time, what is open and where.

A figure and the matters behind it are narrowed by the same Q, and by the reader's reach, so that the list
that a figure opens holds as many matters as the figure says. Each picture takes three queries whatever the
number of matters, regions and organisations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from gongzhi.foundation.parties.reach import reach, reaches
from gongzhi.foundation.regions.models import Membership
from gongzhi.foundation.regions.queries import CooperationArea, Grid, Region, grids_in, regions
from gongzhi.governance.matters.models import (
    LIVE_STEPS,
    Clock,
    Deadline,
    Handover,
    Matter,
    Part,
    Role,
    State,
    Step,
    Submission,
)
from gongzhi.governance.matters.queries.single import matters
from gongzhi.governance.matters.queries.work import UNANSWERED, WORKING


class Figure(StrEnum):
    """What is counted."""

    TAKEN_IN = "taken-in"
    DUE = "due"
    IN_TIME = "in-time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"
    TO_DISPATCH = "to-dispatch"
    IN_HAND = "in-hand"
    TO_CLOSE = "to-close"
    WAITING = "waiting"
    SENT = "sent"
    OFFERED = "offered"
    RETURNED = "returned"
    DISPUTED = "disputed"
    DESIGNATED = "designated"
    TAKEN_OVER = "taken-over"
    DUE_SOON = "due-soon"
    ON_TIME = "on-time"
    NO_DEADLINE = "no-deadline"
    STOPPED = "stopped"
    JOINT = "joint"
    JOINT_LATE = "joint-late"


@dataclass(frozen=True)
class Period:
    """From when to when; what is due or came in at its end belongs to the next."""

    since: datetime
    until: datetime


def behind(figure: Figure, period: Period) -> Q:
    """Which matters a figure counts."""
    if figure is Figure.TAKEN_IN:
        return Q(opened_at__gte=period.since, opened_at__lt=period.until)
    if figure is Figure.DUE:
        return Q(pk__in=_due(period).values("matter"))
    if figure is Figure.IN_TIME:
        return Q(pk__in=_due(period).filter(met_at__lte=F("due_at")).values("matter"))
    if figure is Figure.LATE:
        return behind(Figure.DUE, period) & ~behind(Figure.IN_TIME, period)
    if figure is Figure.OPEN:
        return Q(state__in=UNANSWERED)
    if figure is Figure.OVERDUE:
        return Q(state__in=UNANSWERED, due_at__lt=period.until)
    state = {
        Figure.TO_DISPATCH: State.OPEN,
        Figure.IN_HAND: State.DISPATCHED,
        Figure.TO_CLOSE: State.ANSWERED,
    }
    return Q(state=state[figure]) if figure in state else behind(Figure.OPEN, period) & _step(figure, period)


def _step(figure: Figure, period: Period) -> Q:
    """In which step of the loop a matter stands that is not answered yet."""
    at, soon = period.until, period.until + SOON
    runs = Q(stopped="")
    if figure in _LIVE:
        return _handed(*_LIVE[figure])
    if figure in (Figure.JOINT, Figure.JOINT_LATE):
        parts = Part.objects.filter(matter=OuterRef("pk"), role=Role.SUPPORT, released_at=None)
        late = parts.filter(reported_at=None, due_at__lt=at)
        return Q(Exists(parts)) if figure is Figure.JOINT else runs & Q(Exists(late))
    clocks = {
        Figure.DUE_SOON: runs & Q(due_at__gte=at, due_at__lt=soon),
        Figure.ON_TIME: runs & Q(due_at__gte=soon),
        Figure.NO_DEADLINE: runs & Q(due_at=None),
        Figure.STOPPED: ~runs & ~Q(due_at__lt=at),
    }
    if figure in clocks:
        return clocks[figure]
    settled = ~_handed(*LIVE_STEPS)
    is_taken = Q(answering=F("lead"))
    return (
        settled
        & {
            Figure.WAITING: Q(state=State.OPEN),
            Figure.DESIGNATED: Q(state=State.DISPATCHED, bound=True),
            Figure.TAKEN_OVER: Q(state=State.DISPATCHED, bound=False) & is_taken,
            Figure.SENT: Q(state=State.DISPATCHED, bound=False) & ~is_taken,
        }[figure]
    )


#: What is due within this counts as due soon.
SOON = timedelta(days=1)
_LIVE = {
    Figure.OFFERED: (Step.OFFERED,),
    Figure.RETURNED: (Step.RETURNED,),
    Figure.DISPUTED: tuple(step for step in LIVE_STEPS if step not in (Step.OFFERED, Step.RETURNED)),
}


def _handed(*steps: Step) -> Q:
    """Whether a handover of a matter stands at one of some steps."""
    return Q(Exists(Handover.objects.filter(matter=OuterRef("pk"), step__in=steps)))


def by_door(rows: Any) -> Any:
    """Matters with the ``door`` by which they first came in."""
    first = Submission.objects.filter(matter=OuterRef("pk")).order_by("filed_at", "pk")
    return rows.annotate(door=Subquery(first.values("channel")[:1]))


def _due(period: Period) -> QuerySet[Deadline]:
    return Deadline.objects.filter(clock=Clock.FINISH, due_at__gte=period.since, due_at__lt=period.until)


# -- where -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """What a picture is of: regions side by side or one region with its parts, and the way up."""

    tops: tuple[Region, ...]
    parts: tuple[Region | Grid, ...] = ()
    above: tuple[Region, ...] = ()
    area: CooperationArea | None = None

    @property
    def region(self) -> Region | None:
        """The one region that the picture is of, if it is of one."""
        return self.tops[0] if len(self.tops) == 1 and self.area is None else None

    @property
    def by_grid(self) -> bool:
        """Whether the parts are grids."""
        return bool(self.parts) and isinstance(self.parts[0], Grid)


def scene_of(by: Any, code: str) -> Scene | None:
    """A region that the actor reaches, its parts with their outlines, and the regions above it."""
    target = Region.objects.filter(code=code)
    path = ExpressionWrapper(OuterRef("path"), CharField())
    above = target.annotate(upper=path).filter(path__startswith=F("upper"))
    rows = (
        regions()
        .annotate(
            is_reached=reaches(by, "matter.read", Region),
            is_part=Case(When(parent__code=code, then=Value(True)), default=Value(False)),
        )
        .filter(Q(is_part=True) | Exists(above))
    )
    found = list(rows)
    region = next((each for each in found if each.code == code), None)
    if region is None or not region.is_reached:
        return None
    parts: tuple[Region | Grid, ...] = tuple(each for each in found if each.is_part)
    upper = tuple(
        each for each in found if each.is_reached and region.path.startswith(each.path) and each is not region
    )
    return Scene((region,), parts or tuple(grids_in(region)), upper)


def scene_of_area(by: Any, code: str) -> Scene | None:
    """The members of a cooperation area that the actor reaches, side by side."""
    held = Membership.objects.filter(area__code=code, until=None)
    return _side_by_side(by, Q(pk__in=held.values("region")))


def scene_of_posts(by: Any) -> Scene | None:
    """Where the actor's posts reach: one region with its parts, or several side by side."""
    widest = paths_of_posts(by)
    if not widest:
        return None
    if len(widest) == 1:
        return scene_of(by, widest.pop().strip("/").split("/")[-1])
    return _side_by_side(by, Q(path__in=widest))


def paths_of_posts(by: Any) -> set[str]:
    """The paths of the regions that the actor's posts reach as a whole, the widest alone."""
    paths = {
        path
        for held in by.held
        if {"region", "area"} & set(held.grants.get("matter.read", ()))
        for path in held.scope.paths
    }
    return {path for path in paths if not any(path != one and path.startswith(one) for one in paths)}


def _side_by_side(by: Any, which: Q) -> Scene | None:
    member = Membership.objects.filter(region=OuterRef("pk"), until=None).order_by("since")
    found = tuple(
        regions()
        .filter(which, reach(by, "matter.read", Region))
        .annotate(
            area_code=Subquery(member.values("area__code")[:1]),
            area_name=Subquery(member.values("area__name")[:1]),
        )
    )
    if not found:
        return None
    areas = {each.area_code: each.area_name for each in found}
    (code, name), *others = areas.items()
    area = CooperationArea(code=code, name=name) if code and not others else None
    return Scene(found, found, area=area)


# -- counting ----------------------------------------------------------------------------------------


@dataclass
class Tally:
    """How many matters each figure counts somewhere."""

    taken_in: int = 0
    due: int = 0
    in_time: int = 0
    to_dispatch: int = 0
    in_hand: int = 0
    to_close: int = 0
    overdue: int = 0

    @property
    def open(self) -> int:
        """Not answered yet."""
        return self.to_dispatch + self.in_hand

    @property
    def late(self) -> int:
        """Due in the period, and not answered in time."""
        return self.due - self.in_time


@dataclass
class Picture:
    """What is counted of a scene: in all, for each of its parts, body and category."""

    period: Period
    total: Tally = field(default_factory=Tally)
    parts: dict[str, Tally] = field(default_factory=dict)
    elsewhere: Tally = field(default_factory=Tally)
    bodies: dict[str, Tally] = field(default_factory=dict)
    body_names: dict[str, Any] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    category_names: dict[str, Any] = field(default_factory=dict)


_STATE_FIELDS = {State.OPEN: "to_dispatch", State.DISPATCHED: "in_hand", State.ANSWERED: "to_close"}


def picture(by: Any, scene: Scene, period: Period) -> Picture:
    """Count a scene in three queries: what is in hand, what came in, what was due."""
    found = Picture(period, parts={part.code: Tally() for part in scene.parts})
    rows = matters(by).filter(inside(scene))
    where = ["region__path", *(["grid__code"] if scene.by_grid else [])]
    lead = ["lead__code", "lead__name"]
    overdue = behind(Figure.OVERDUE, period)
    working = rows.filter(state__in=WORKING).order_by().values(*where, *lead, "state")
    for row in working.annotate(n=Count("pk"), over=Count("pk", filter=overdue)):
        told = {_STATE_FIELDS[State(row["state"])]: row["n"], "overdue": row["over"]}
        _add(found, scene, row, told)
        _add_body(found, row, told)
    taken_in = rows.filter(behind(Figure.TAKEN_IN, period)).order_by()
    for row in taken_in.values(*where, "category__code", "category__name").annotate(n=Count("pk")):
        _add(found, scene, row, {"taken_in": row["n"]})
        code = row["category__code"]
        found.categories[code] = found.categories.get(code, 0) + row["n"]
        found.category_names[code] = row["category__name"]
    due = rows.filter(behind(Figure.DUE, period)).order_by().values(*where, *lead)
    in_time = behind(Figure.IN_TIME, period)
    for row in due.annotate(n=Count("pk"), kept=Count("pk", filter=in_time)):
        told = {"due": row["n"], "in_time": row["kept"]}
        _add(found, scene, row, told)
        _add_body(found, row, told)
    return found


def inside(scene: Scene) -> Q:
    """The matters of a scene."""
    found = Q()
    for top in scene.tops:
        found |= Q(region__path__startswith=top.path)
    return found


def _add(found: Picture, scene: Scene, row: dict[str, Any], told: dict[str, int]) -> None:
    part = found.parts.get(part_of(scene, row), found.elsewhere)
    for name, n in told.items():
        setattr(found.total, name, getattr(found.total, name) + n)
        setattr(part, name, getattr(part, name) + n)


def part_of(scene: Scene, row: dict[str, Any]) -> str:
    """The code of the part in which a counted row lies; empty where it lies in none of them."""
    if scene.by_grid:
        return row["grid__code"] or ""
    path: str = row["region__path"]
    top = next(top for top in scene.tops if path.startswith(top.path))
    if scene.region is None:
        return top.code
    return path[len(top.path) :].split("/")[0]


def _add_body(found: Picture, row: dict[str, Any], told: dict[str, int]) -> None:
    code = row["lead__code"]
    if code is None:
        return
    found.body_names[code] = row["lead__name"]
    tally = found.bodies.setdefault(code, Tally())
    for name, n in told.items():
        setattr(tally, name, getattr(tally, name) + n)


@dataclass(frozen=True)
class Cut:
    """The slice of a scene that a figure was of: one of its parts, bodies, categories or doors; codes."""

    part: str = ""
    lead: str = ""
    category: str = ""
    channel: str = ""


def matters_behind(by: Any, scene: Scene, figure: Figure, period: Period, cut: Cut) -> QuerySet[Matter]:
    """The matters that a figure counts."""
    rows = matters(by).filter(inside(scene), behind(figure, period))
    if cut.part:
        part = Q(grid__code=cut.part) if scene.by_grid else Q(region__path__contains=f"/{cut.part}/")
        rows = rows.filter(part)
    if cut.channel:
        rows = by_door(rows).filter(door=cut.channel)
    if cut.lead:
        rows = rows.filter(lead__code=cut.lead)
    if cut.category:
        rows = rows.filter(category__code=cut.category)
    return rows.select_related("category", "region", "lead__region")
