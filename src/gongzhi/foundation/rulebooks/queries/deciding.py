"""Consulting rules: which authority's rule decides, what it says, and the citation of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import cite
from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.ledger.remembered import Remembered
from gongzhi.foundation.regions.queries import Region, areas_of
from gongzhi.foundation.rulebooks.models import Adoption, Force, Rule, Version
from gongzhi.foundation.rulebooks.subjects import Subject, untold
from gongzhi.methods import decision_tables as dt

#: What became of an authority's rule when several had one: it decides; it lets a region below decide;
#: a region above lets nobody decide otherwise.
DECIDES, GIVES_WAY, OVERRULED = "decides", "gives_way", "overruled"


@dataclass(frozen=True)
class Considered:
    """A rule that spoke for the case: whose it is, which version, and what became of it."""

    region: str
    number: int
    digest: str
    verdict: str


@dataclass(frozen=True)
class Decision:
    """What a rule decided: outcome, the version consulted, the rows hit and their legal basis.

    ``region`` is the path of the authority whose rule it is, or empty where it is the joint rule of
    the cooperation area whose code ``area`` is. ``trace`` has every authority's rule that spoke for
    the case, the outermost first, with which of them decided and why.
    """

    value: dict[str, Any]
    digest: str
    rows: tuple[int, ...]
    basis: str
    region: str
    area: str = ""
    trace: tuple[Considered, ...] = ()


@dataclass(frozen=True)
class InForce:
    """A version as it binds for a time, without what nobody decides by."""

    path: str
    number: int
    digest: str
    since: datetime
    until: datetime | None
    text: str
    refinable: bool

    @property
    def table(self) -> dt.Table:
        """Its decision table."""
        return table_of(self.text)


def decide(
    subject: Subject,
    region: Region,
    facts: dict[str, Any],
    at: datetime,
    *,
    known_at: datetime | None = None,
) -> Decision:
    """What the rule in force for a region at a moment decides about facts.

    The nearest authority at or above the region decides, unless one further up does not let its rule be
    refined. ``known_at`` asks what the platform believed at a moment about the rules of another: before
    a correction it believed otherwise than after. Raises `Undecidable` where no authority has such a
    rule, or its table does not cover the facts; the reason names the table, the input and the value.
    """
    if known_at is None:
        held, trace = in_force(subject.name, region.path, at)
    else:
        held, trace = _choose(_known(known_at, subject.name), subject.name, region.path, at)
    if held is None:
        raise Undecidable(
            _("No rule on %(subject)s is in force for %(region)s.")
            % {"subject": subject.name, "region": region.code},
            why=("no_rule", subject.name),
        )
    return _told(held.table, facts, at, region=held.path, trace=trace)


def decide_jointly(
    subject: Subject, regions: Iterable[Region], facts: dict[str, Any], at: datetime
) -> Decision:
    """What the joint rule that binds all of some regions at a moment decides about facts.

    The rule is that of a cooperation area to which all of them belong, themselves or through a region
    above, in the newest version that each of these members had adopted. Raises `Undecidable` where there
    is no such area or rule, where a member has not adopted it, or where it does not cover the facts.
    """
    wanted = list(regions)
    names = ", ".join(dict.fromkeys(each.code for each in wanted))
    areas = areas_of(wanted, at)
    if not areas:
        raise Undecidable(_("%(regions)s have no cooperation area in common.") % {"regions": names})
    lacking: list[str] = []
    for area, members in areas:
        found = Version.objects.filter(
            rule__rule_set__area=area,
            rule__subject=subject.name,
            state=Version.State.PROPOSED,
            effective_from__lte=at,
        )
        for version in found.exclude(effective_until__lte=at).order_by("-number"):
            adopted = Adoption.objects.filter(version=version.pk, at__lte=at).values_list("region", flat=True)
            missing = [each.code for each in members if each.pk not in set(adopted)]
            if not missing:
                return _told(table_of(version.table), facts, at, area=area.code)
            lacking.append(
                _("%(members)s: not adopted version %(number)d of %(area)s")
                % {"members": ", ".join(missing), "number": version.number, "area": area.code}
            )
    if lacking:
        raise Undecidable(
            _("No joint rule on %(subject)s binds all of %(regions)s (%(why)s).")
            % {"subject": subject.name, "regions": names, "why": "; ".join(map(str, lacking))}
        )
    raise Undecidable(
        _("No joint rule on %(subject)s is in force for %(regions)s.")
        % {"subject": subject.name, "regions": names}
    )


def ruled(region: Region) -> set[str]:
    """The subjects on which a region itself has, or once had, a rule."""
    rows = Version.objects.filter(rule__rule_set__region=region)
    return set(rows.values_list("rule__subject", flat=True))


def in_force(subject: str, path: str, at: datetime) -> tuple[InForce | None, tuple[Considered, ...]]:
    """The version that decides for a path at a moment, and all that spoke for it."""
    return _choose(_held(), subject, path, at)


def _told(
    table: dt.Table,
    facts: dict[str, Any],
    at: datetime,
    *,
    region: str = "",
    area: str = "",
    trace: tuple[Considered, ...] = (),
) -> Decision:
    """What a table says of facts, cited by the act that is running."""
    wanted = {each.name: facts.get(each.name, untold(table.name, each.name)) for each in table.inputs}
    try:
        outcome = table.decide(wanted)
    except dt.DecisionError as error:
        raise Undecidable(str(error), why=_why(table, error)) from None
    value = as_dict(table, outcome.value)
    _cite(table, outcome, value, at, trace)
    basis = "; ".join(str(b) for b in outcome.basis if b)
    return Decision(value, table.digest, tuple(outcome.rows), basis, region, area, trace)


def _why(table: dt.Table, error: dt.DecisionError) -> list[Any]:
    """Why a table says nothing: which, and the inputs or the rows at fault."""
    if isinstance(error, dt.Undecidable):
        if error.reason == "conflict":
            return ["conflict", table.name, list(error.rows)]
        return ["uncovered", table.name, {name: storable(error.inputs[name]) for name in error.barren}]
    if isinstance(error, dt.InvalidFacts):
        return ["unknown", table.name, {each.input: None for each in error.problems}]
    return ["unknown", table.name, {}]


def as_dict(table: dt.Table, value: Any) -> dict[str, Any]:
    """An outcome by the names of outputs, also where there is only one."""
    return value if isinstance(value, dict) else {table.outputs[0].name: value}


def _cite(
    table: dt.Table,
    outcome: dt.Outcome,
    value: dict[str, Any],
    at: datetime,
    trace: tuple[Considered, ...],
) -> None:
    unit = work.running()
    if unit is None or not unit.stack:
        return
    told: dict[str, Any] = {
        "subject": table.name,
        "digest": table.digest,
        "read": {name: storable(each) for name, each in outcome.inputs.items()},
        "rows": list(outcome.rows),
        "outcome": {name: storable(each) for name, each in value.items()},
    }
    if at != unit.moment:
        told["at"] = at
    if len(trace) > 1:
        told["trace"] = [[each.region, each.digest, each.verdict] for each in trace]
    cite(table.digest, told)


def storable(value: Any) -> Any:
    """A value of a decision table as an entry holds it; columns read it back."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {name: storable(each) for name, each in value.items()}
    return dt.KINDS[next(name for kind, name in _WRITTEN if isinstance(value, kind))].write(value)


_WRITTEN: tuple[tuple[type, str], ...] = (
    (Decimal, "number"), (datetime, "datetime"), (date, "date"), (time, "time"), (timedelta, "duration"),
)  # fmt: skip

#: By subject and code of the authority.
_Book = dict[tuple[str, str], list[InForce]]


def _choose(
    book: _Book, subject: str, path: str, at: datetime
) -> tuple[InForce | None, tuple[Considered, ...]]:
    """Of the rules of all authorities at or above a path: the nearest, unless one above forbids it."""
    speak = [
        each if each.path == where else replace(each, path=where)  # where it lies now, if it has moved
        for where in paths(path)
        for each in book.get((subject, _code(where)), ())
        if each.since <= at and (each.until is None or at < each.until)
    ]
    if not speak:
        return None, ()
    chosen = next((n for n, each in enumerate(speak) if not each.refinable), len(speak) - 1)
    trace = tuple(
        Considered(
            each.path,
            each.number,
            each.digest,
            DECIDES if n == chosen else GIVES_WAY if n < chosen else OVERRULED,
        )
        for n, each in enumerate(speak)
    )
    return speak[chosen], trace


_held = Remembered(lambda: _book(Force.objects.filter(recorded_until=None)))


def _known(at: datetime, subject: str) -> _Book:
    """What was known at a moment about one subject."""
    stood = Q(recorded_until=None) | Q(recorded_until__gt=at)
    return _book(Force.objects.filter(stood, recorded_from__lte=at, version__rule__subject=subject))


def _book(rows: QuerySet[Force]) -> _Book:
    found: _Book = {}
    binding = rows.filter(
        version__rule__kind=Rule.Kind.BINDING, version__rule__rule_set__region__isnull=False
    )
    for row in binding.values_list(
        "version__rule__subject",
        "version__rule__rule_set__region__path",
        "version__number",
        "version__digest",
        "effective_from",
        "effective_until",
        "version__table",
        "version__refinable",
    ):
        found.setdefault((row[0], _code(row[1])), []).append(InForce(*row[1:]))
    return found


def _code(path: str) -> str:
    """The code of the region at the end of a path: what stays when the region moves."""
    return path.rstrip("/").rpartition("/")[2]


@lru_cache(maxsize=4096)
def table_of(text: str) -> dt.Table:
    """The one table in a text, read once."""
    (table,) = dt.load(text)
    return table


def paths(path: str) -> list[str]:
    """The paths of a region and of all above it, the outermost first."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
