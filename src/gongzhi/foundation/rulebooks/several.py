"""What rules say of many things at once, for whoever only reads: the database is asked once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.regions.queries import Membership, Region
from gongzhi.foundation.rulebooks.models import Adoption
from gongzhi.foundation.rulebooks.queries import Decision, _held, _newest, _table, _told
from gongzhi.foundation.rulebooks.subjects import Subject


@dataclass(frozen=True)
class Said:
    """What a rule decided, or why none did."""

    decision: Decision | None = None
    why: str = ""


def decide_each(subject: Subject, asked: Iterable[tuple[Region, dict[str, Any]]], at: datetime) -> list[Said]:
    """What the rule in force decides about each of some facts, each for its region."""
    held = _held(_newest()).get(subject.name, ())
    found = []
    for region, facts in asked:
        standing = [
            each
            for each in held
            if region.path.startswith(each.path)
            and each.since <= at
            and not (each.until and each.until <= at)
        ]
        nearest = max(standing, key=lambda each: len(each.path), default=None)
        found.append(Said() if nearest is None else _said(nearest.table, facts, region=nearest.path))
    return found


def _said(table: Any, facts: dict[str, Any], **where: str) -> Said:
    try:
        return Said(_told(table, facts, **where))
    except Undecidable as refusal:
        return Said(why=str(refusal))


@dataclass(frozen=True)
class _Joint:
    """A version of a joint rule, and the members of its area that have adopted it."""

    area: str
    table: str
    adopted: set[str]


@dataclass(frozen=True)
class JointRules:
    """The joint rules on a subject at a moment, read once."""

    rules: tuple[_Joint, ...] = ()

    def say(self, regions: Iterable[Region], facts: dict[str, Any]) -> Said:
        """What the joint rule says that binds all of some regions, or nothing where there is none."""
        wanted = list(regions)
        for rule in self.rules:
            if all(any(region.path.startswith(path) for path in rule.adopted) for region in wanted):
                return _said(_table(rule.table), facts, area=rule.area)
        return Said()


def joint_rules(subject: Subject, at: datetime) -> JointRules:
    """The joint rules on a subject, the newest first, with the present members that have adopted each."""
    standing = Membership.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    member = standing.filter(area=OuterRef("version__rule__rule_set__area"), region=OuterRef("region"))
    rows = (
        Adoption.objects.filter(
            Exists(member),
            version__rule__subject=subject.name,
            version__effective_from__lte=at,
            at__lte=at,
        )
        .exclude(version__effective_until__lte=at)
        .order_by("-version__number")
        .values_list("version", "version__rule__rule_set__area__code", "version__table", "region__path")
    )
    found: dict[Any, _Joint] = {}
    for version, area, table, path in rows:
        found.setdefault(version, _Joint(area, table, set())).adopted.add(path)
    return JointRules(tuple(found.values()))
