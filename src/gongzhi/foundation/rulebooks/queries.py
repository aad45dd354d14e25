"""Consulting rules: the nearest authority whose rule is in force decides, and the act cites it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import statements, work
from gongzhi.foundation.ledger.acts import cite
from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.regions.queries import Region, areas_of
from gongzhi.foundation.rulebooks.models import Adoption, Version
from gongzhi.foundation.rulebooks.subjects import Subject
from gongzhi.methods import decision_tables as dt

__all__ = ["Decision", "Version", "decide", "decide_jointly", "version", "versions_in_force"]


@dataclass(frozen=True)
class Decision:
    """What a rule decided: outcome, the version consulted, the rows hit and their legal basis.

    ``region`` is the path of the authority whose rule it is, or empty where it is the joint rule of
    the cooperation area whose code ``area`` is.
    """

    value: dict[str, Any]
    digest: str
    rows: tuple[int, ...]
    basis: str
    region: str
    area: str = ""


@dataclass(frozen=True)
class _InForce:
    path: str
    since: datetime
    until: datetime | None
    table: dt.Table


def decide(subject: Subject, region: Region, facts: dict[str, Any], at: datetime) -> Decision:
    """What the rule in force for a region at a moment decides about facts.

    Raises `Undecidable` where no authority at or above the region has such a rule, or its table does
    not cover the facts; the reason names the table, the input and the value.
    """
    held = _nearest(subject.name, region.path, at)
    if held is None:
        raise Undecidable(
            _("No rule on %(subject)s is in force for %(region)s.")
            % {"subject": subject.name, "region": region.code}
        )
    return _told(held.table, facts, region=held.path)


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
            rule__rule_set__area=area, rule__subject=subject.name, effective_from__lte=at
        )
        for version in found.exclude(effective_until__lte=at).order_by("-number"):
            adopted = Adoption.objects.filter(version=version.pk, at__lte=at).values_list("region", flat=True)
            missing = [each.code for each in members if each.pk not in set(adopted)]
            if not missing:
                return _told(_table(version.table), facts, area=area.code)
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


def _told(table: dt.Table, facts: dict[str, Any], *, region: str = "", area: str = "") -> Decision:
    """What a table says of facts, cited by the act that is running."""
    wanted = {column.name: facts.get(column.name) for column in table.inputs}
    try:
        outcome = table.decide(wanted)
    except dt.DecisionError as error:
        raise Undecidable(str(error)) from None
    cite(table.digest)
    value = outcome.value
    if not isinstance(value, dict):
        value = {table.outputs[0].name: value}
    basis = "; ".join(str(b) for b in outcome.basis if b)
    return Decision(value, table.digest, tuple(outcome.rows), basis, region, area)


def versions_in_force(region: Region, at: datetime) -> QuerySet[Version]:
    """The versions in force for a region and its superiors, nearest last."""
    return (
        Version.objects.filter(rule__rule_set__region__path__in=_paths(region.path), effective_from__lte=at)
        .exclude(effective_until__lte=at)
        .select_related("rule__rule_set__region")
        .order_by("rule__rule_set__region__path", "rule__subject")
    )


def version(digest: str) -> Version | None:
    """The version whose table has a digest."""
    rows = Version.objects.filter(digest=digest).select_related(
        "rule__rule_set__region", "rule__rule_set__area"
    )
    return rows.order_by("recorded_from").first()


def _nearest(subject: str, path: str, at: datetime) -> _InForce | None:
    """The version of the nearest authority at or above a path."""
    best: _InForce | None = None
    for held in _held(_newest()).get(subject, ()):
        if not path.startswith(held.path) or held.since > at or (held.until and held.until <= at):
            continue
        if best is None or len(held.path) > len(best.path):
            best = held
    return best


def _newest() -> str:
    """The key of the newest version, which tells whether what is held in memory still stands."""
    unit = work.running()
    if unit is not None and "rulebooks" in unit.known:
        return str(unit.known["rulebooks"])
    row = statements.row("SELECT id FROM rulebooks_version ORDER BY id DESC LIMIT 1")
    newest = str(row[0]) if row else ""
    if unit is not None:
        unit.known["rulebooks"] = newest
    return newest


@lru_cache(maxsize=2)
def _held(newest: str) -> dict[str, list[_InForce]]:
    found: dict[str, list[_InForce]] = {}
    of_regions = Version.objects.exclude(rule__rule_set__region=None)
    for row in of_regions.select_related("rule__rule_set__region"):
        region: Any = row.rule.rule_set.region
        each = _InForce(region.path, row.effective_from, row.effective_until, _table(row.table))
        found.setdefault(row.rule.subject, []).append(each)
    return found


@lru_cache(maxsize=4096)
def _table(text: str) -> dt.Table:
    (table,) = dt.load(text)
    return table


def _paths(path: str) -> list[str]:
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
