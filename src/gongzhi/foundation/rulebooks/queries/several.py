"""What rules say of many things at once, for whoever only reads: the database is asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.regions.queries import Membership, Region
from gongzhi.foundation.rulebooks.models import Adoption, Version
from gongzhi.foundation.rulebooks.queries.deciding import (
    Decision,
    _choose,
    _held,
    _told,
    table_of,
)
from gongzhi.foundation.rulebooks.subjects import Subject


@dataclass(frozen=True)
class Said:
    """What a rule decided, or why none did; of a joint rule also whose it is."""

    decision: Decision | None = None
    why: str = ""
    area: Mapping[str, str] = field(default_factory=dict)


def decide_each(subject: Subject, asked: Iterable[tuple[Region, dict[str, Any]]], at: datetime) -> list[Said]:
    """What the rule in force decides about each of some facts, each for its region."""
    book, found = _held(), []
    for region, facts in asked:
        chosen, trace = _choose(book, subject.name, region.path, at)
        found.append(
            Said() if chosen is None else _said(chosen.table, facts, at, region=chosen.path, trace=trace)
        )
    return found


def _said(table: Any, facts: dict[str, Any], at: datetime, **where: Any) -> Said:
    try:
        return Said(_told(table, facts, at, **where))
    except Undecidable as refusal:
        return Said(why=str(refusal))


@dataclass(frozen=True)
class _Joint:
    """A version of a joint rule, and the members of its area that have adopted it."""

    area: str
    name: Mapping[str, str]
    table: str
    adopted: set[str]


@dataclass(frozen=True)
class JointRules:
    """The joint rules on a subject at a moment, read once."""

    at: datetime
    rules: tuple[_Joint, ...] = ()

    def say(self, regions: Iterable[Region], facts: dict[str, Any]) -> Said:
        """What the joint rule says that binds all of some regions, or nothing where there is none."""
        wanted = list(regions)
        for rule in self.rules:
            if all(any(region.path.startswith(path) for path in rule.adopted) for region in wanted):
                return replace(_said(table_of(rule.table), facts, self.at, area=rule.area), area=rule.name)
        return Said()


def joint_rules(subject: Subject, at: datetime) -> JointRules:
    """The joint rules on a subject, the newest first, with the present members that have adopted each."""
    standing = Membership.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    area = "version__rule__rule_set__area"
    member = standing.filter(area=OuterRef(area), region=OuterRef("region"))
    rows = (
        Adoption.objects.filter(
            Exists(member),
            version__rule__subject=subject.name,
            version__state=Version.State.PROPOSED,
            version__effective_from__lte=at,
            at__lte=at,
        )
        .exclude(version__effective_until__lte=at)
        .order_by("-version__number")
        .values_list(
            "version",
            "version__rule__rule_set__area__code",
            "version__rule__rule_set__area__name",
            "version__table",
            "region__path",
        )
    )
    found: dict[Any, _Joint] = {}
    for version, code, name, table, path in rows:
        found.setdefault(version, _Joint(code, name, table, set())).adopted.add(path)
    return JointRules(at, tuple(found.values()))
