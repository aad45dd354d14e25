"""The direct way into force, for whoever was given it: founding a node, imports, demonstrations."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.models import Rule, RuleSet, Version
from gongzhi.foundation.rulebooks.reading import read


@act("rule.enact", _("Bring a rule into force"), audience=PUBLIC, creates=True)
def enact(by: Actor, region: Region, *, table: str, effective_from: datetime | None = None) -> Version:
    """Bring a version of a rule into force for a region, in place of the version before it.

    ``table`` is the YAML of one decision table; its name is the subject that it decides.
    """
    wanted = read(table)
    since = effective_from or moment()
    rule_set = RuleSet.objects.filter(region=region).first() or RuleSet(region=region, name=region.name)
    _keep_new(rule_set)
    rule = Rule.objects.filter(rule_set=rule_set.pk, subject=wanted.name).first()
    rule = rule or Rule(rule_set=rule_set, subject=wanted.name)
    _keep_new(rule)
    former = list(Version.objects.filter(rule=rule.pk).order_by("-number")) if not rule._state.adding else []
    _supersede(former, since)
    version = Version(
        rule=rule,
        number=former[0].number + 1 if former else 1,
        table=table,
        digest=wanted.digest,
        effective_from=since,
        recorded_from=moment(),
    )
    keep(version)
    record(
        facts={
            "region": region.code,
            "subject": wanted.name,
            "number": version.number,
            "digest": wanted.digest,
            "effective_from": since,
        }
    )
    return version


def _keep_new(row: RuleSet | Rule) -> None:
    """Keep a row if it is new."""
    if row._state.adding:
        keep(row)


def _supersede(former: list[Version], since: datetime) -> None:
    for version in former:
        if version.effective_until is not None and version.effective_until <= since:
            continue
        if version.effective_from >= since:
            raise Invalid(
                _("Version %(number)d takes effect only after that; give a later day.")
                % {"number": version.number},
                field="effective_from",
            )
        version.effective_until = since
        keep(version, "effective_until")
