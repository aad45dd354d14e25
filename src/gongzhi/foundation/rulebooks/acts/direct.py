"""The direct way into force, for whoever was given it: founding a node, imports, demonstrations."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, keep, moment, record
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.acts.forces import _next_number, _rule_of, _supersede
from gongzhi.foundation.rulebooks.models import Version
from gongzhi.foundation.rulebooks.reading import read


@act("rule.enact", _("Bring a rule into force"), audience=PUBLIC, creates=True)
def enact(
    by: Actor,
    region: Region,
    *,
    table: str,
    effective_from: datetime | None = None,
    effective_until: datetime | None = None,
    refinable: bool = True,
) -> Version:
    """Bring a version of a rule into force for a region, in place of the version before it.

    ``table`` is the YAML of one decision table; its name is the subject that it decides. ``refinable``
    says that regions below may decide otherwise.
    """
    wanted = read(table)
    since = effective_from or moment()
    rule = _rule_of({"region": region}, region.name, wanted.name)
    version = Version(
        rule=rule,
        number=_next_number(rule),
        state=Version.State.APPROVED,
        table=table,
        digest=wanted.digest,
        effective_from=since,
        effective_until=effective_until,
        recorded_from=moment(),
        refinable=refinable,
        authors=[str(by.id)],
        approver=by.id,
    )
    keep(version)
    force = _supersede(version, since)
    record(
        facts={
            "region": region.code,
            "subject": wanted.name,
            "number": version.number,
            "digest": wanted.digest,
            "effective_from": since,
            "rule": rule.pk,
            "force": force,
        }
    )
    return version
