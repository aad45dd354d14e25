"""Reading rulebooks: what is in force is public, what is being written is for those who reach it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongzhi.foundation.ledger.queries import Told, entries_on
from gongzhi.foundation.parties.reach import audiences, reach, reaches
from gongzhi.foundation.regions.queries import CooperationArea, Region, areas, members, regions
from gongzhi.foundation.rulebooks.findings import Fault, faults
from gongzhi.foundation.rulebooks.models import Accepted, Adoption, Alignment, Law, Rule, Version
from gongzhi.foundation.rulebooks.queries.deciding import paths, table_of
from gongzhi.methods import decision_tables as dt

READ = "rule.read"
#: A rule is shown as due for review so long before its day.
AHEAD = timedelta(days=30)

_WHOSE = ("rule__rule_set__region", "rule__rule_set__area", "alignment")


def versions_in_force(region: Region, at: datetime) -> QuerySet[Version]:
    """The versions in force for a region and its superiors, nearest last."""
    return _binding(at).filter(rule__rule_set__region__path__in=paths(region.path))


def _binding(at: datetime) -> QuerySet[Version]:
    """The versions of regions' binding rules that are in force at a moment."""
    rows = _standing(at).filter(rule__kind=Rule.Kind.BINDING, rule__rule_set__area=None)
    return rows.order_by("rule__rule_set__region__path", "rule__subject")


def _standing(at: datetime) -> QuerySet[Version]:
    waits = Q(alignment__isnull=False, alignment__in_force_from=None)
    return (
        Version.objects.filter(state=Version.State.APPROVED, effective_from__lte=at, recorded_until=None)
        .exclude(effective_until__lte=at)
        .exclude(waits)
        .select_related(*_WHOSE)
    )


def arrangements(region: Region, at: datetime) -> QuerySet[Version]:
    """The informal arrangements in a region, or in one around it: shown and cited, never enforced."""
    inside = Q(rule__rule_set__region__path__in=paths(region.path))
    inside |= Q(rule__rule_set__region__path__startswith=region.path)
    return (
        _standing(at)
        .filter(inside, rule__kind=Rule.Kind.INFORMAL)
        .order_by("rule__rule_set__region__path", "rule__subject")
    )


def joint_in_force(region: Region, at: datetime) -> list[Version]:
    """The joint rules that a region, itself or through one above, had adopted by a moment, newest first."""
    inside = regions().filter(path__in=paths(region.path)).values("pk")
    adopted = Adoption.objects.filter(region__in=inside, at__lte=at).values("version")
    rows = Version.objects.filter(pk__in=adopted, effective_from__lte=at).exclude(effective_until__lte=at)
    newest: dict[UUID, Version] = {}
    for each in rows.select_related(*_WHOSE).order_by("rule__subject", "-number"):
        newest.setdefault(each.rule_id, each)
    return list(newest.values())


def version(digest: str, of: str = "") -> Version | None:
    """The version whose table has a digest, of the region with a code if one is given.

    Of several it is the first that was approved or proposed; drafts are nobody's to cite.
    """
    rows = Version.objects.filter(digest=digest).select_related(*_WHOSE)
    if of:
        rows = rows.filter(rule__rule_set__region__code=of)
    said = rows.filter(state__in=(Version.State.APPROVED, Version.State.PROPOSED))
    return said.order_by("recorded_from").first()


def versions_called(digests: Iterable[str]) -> dict[str, list[Version]]:
    """The versions that can be cited by the digests of their tables, the first recorded first."""
    rows = Version.objects.filter(
        digest__in=set(digests), state__in=(Version.State.APPROVED, Version.State.PROPOSED)
    )
    found: dict[str, list[Version]] = {}
    for row in rows.select_related(*_WHOSE).order_by("recorded_from"):
        found.setdefault(row.digest, []).append(row)
    return found


def versions_reached(by: Any) -> QuerySet[Version]:
    """All versions that an actor reaches, drafts and all, by rule and newest first."""
    rows = Version.objects.filter(reach(by, READ, Version)).select_related(*_WHOSE)
    return rows.order_by(
        "rule__rule_set__region__path", "rule__kind", "rule__subject", "rule", "-number"
    ).distinct()


def version_reached(by: Any, key: UUID, verb: str = READ) -> Version | None:
    """One version that an actor reaches with a verb."""
    rows = Version.objects.filter(reach(by, verb, Version), pk=key)
    return rows.select_related(*_WHOSE).first()


def may_do(by: Any, of: Version, verbs: Iterable[str]) -> set[str]:
    """Which of some verbs the actor's reach gets to a version with; asked at once."""
    wanted = sorted(verbs)
    columns = {f"may_{n}": reaches(by, verb, Version) for n, verb in enumerate(wanted)}
    row = Version.objects.filter(pk=of.pk).values(**columns).first() or {}
    return {verb for n, verb in enumerate(wanted) if row.get(f"may_{n}")}


def versions_of(by: Any, rule: UUID) -> list[Version]:
    """The versions of a rule that an actor reaches, newest first."""
    return list(versions_reached(by).filter(rule=rule).order_by("-number"))


def regions_to_write(by: Any, verb: str = "rule.draft") -> QuerySet[Region]:
    """The regions for which an actor may write rules."""
    return regions().filter(reach(by, verb, Region)).defer("outline")


def areas_reached(by: Any, at: datetime) -> list[CooperationArea]:
    """The cooperation areas whose rules an actor compares: with a member, or all of it, in reach."""
    inside = regions().filter(reach(by, READ, Region)).values_list("path", flat=True)
    mine = tuple(inside)
    return [each for each in areas() if any(m.path in mine for m in members(each.pk, at))]


def story(by: Any, of: Version) -> list[Told]:
    """What was done to a version, as far as the actor may read it."""
    return entries_on([of.pk], audiences(by, READ, of))


@dataclass(frozen=True)
class Judged:
    """A finding about a version, and who accepted it, if somebody did."""

    fault: Fault
    accepted: Accepted | None

    @property
    def is_open(self) -> bool:
        """Whether it keeps the version from coming into force."""
        return self.fault.is_blocking and self.accepted is None


def judged(of: Version) -> list[Judged]:
    """The findings about a version's table, with who accepted which."""
    if of.rule.kind != Rule.Kind.BINDING:
        return []
    done = {each.finding: each for each in Accepted.objects.filter(version=of.pk, digest=of.digest)}
    return [Judged(each, done.get(each.key)) for each in faults(table_of(of.table))]


def open_faults(of: Version) -> list[Fault]:
    """The findings about a version that block it and that nobody has accepted."""
    return [each.fault for each in judged(of) if each.is_open]


def adoptions(of: Iterable[Version]) -> QuerySet[Adoption]:
    """Who has adopted joint versions, in the order in which they did."""
    keys = [each.pk for each in of]
    return Adoption.objects.filter(version__in=keys).select_related("region").order_by("at")


def alignment_versions(of: Alignment) -> QuerySet[Version]:
    """The drafts of an alignment, one for each member."""
    return Version.objects.filter(alignment=of.pk).select_related(*_WHOSE).order_by("pk")


def due_for_review(by: Any, at: datetime) -> list[Version]:
    """The versions in force that an actor reaches and whose day of review is near or past."""
    rows = _binding(at).filter(reach(by, READ, Version), review_on__lte=(at + AHEAD).date())
    return list(rows.order_by("review_on"))


# -- what the law has overtaken ----------------------------------------------------------------------


@dataclass(frozen=True)
class Overtaken:
    """A version in force that rests on a law which has changed since it was approved."""

    version: Version
    law: Law
    rows: tuple[int, ...]


def laws(region: Region | None = None) -> QuerySet[Law]:
    """The changes of laws on record, the newest first."""
    rows = Law.objects.select_related("region").order_by("-changed_on", "-pk")
    return rows if region is None else rows.filter(region__path__in=paths(region.path))


def overtaken(at: datetime, within: Q | None = None) -> list[Overtaken]:
    """The versions in force that rest on a law or article amended or repealed after they were approved."""
    changes = list(Law.objects.select_related("region").filter(changed_on__lte=at.date()))
    if not changes:
        return []
    found = []
    for each in _binding(at).filter(within or Q()):
        table = table_of(each.table)
        for law in changes:
            own: Any = each.rule.rule_set.region
            if each.recorded_from.date() >= law.changed_on or not own.path.startswith(law.region.path):
                continue
            if rows := _rows_on(table, law):
                found.append(Overtaken(each, law, rows))
    return found


def overtaken_reached(by: Any, at: datetime) -> list[Overtaken]:
    """The same of the versions that an actor reaches."""
    return overtaken(at, reach(by, READ, Version))


def _rows_on(table: dt.Table, law: Law) -> tuple[int, ...]:
    return tuple(
        number
        for number, row in enumerate(table.rules, 1)
        if row.basis is not None and _rests_on(row.basis, law)
    )


def _rests_on(basis: dt.Basis, law: Law) -> bool:
    titles = [basis.law] if isinstance(basis.law, str) else list(basis.law.values())
    if _bare(law.title) not in map(_bare, titles):
        return False
    return not law.article or (basis.article or "").startswith(law.article)


def _bare(title: str) -> str:
    return title.strip("《》 ")
