"""Joint rules of a cooperation area: proposed by its coordinator, binding each member that adopts them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.queries import CooperationArea, Region, members, regions
from gongzhi.foundation.rulebooks.acts.forces import _next_number, _rule_of
from gongzhi.foundation.rulebooks.models import Adoption, Version
from gongzhi.foundation.rulebooks.reading import read


@act("rule.propose_jointly", _("Propose a joint rule"), audience=PUBLIC, creates=True)
def propose_jointly(
    by: Actor, area: CooperationArea, *, table: str, effective_from: datetime | None = None
) -> Version:
    """Propose a version of a joint rule to the members of a cooperation area; it binds nobody yet."""
    wanted = read(table)
    rule = _rule_of({"area": area}, area.name, wanted.name)
    version = Version(
        rule=rule,
        number=_next_number(rule),
        state=Version.State.PROPOSED,
        table=table,
        digest=wanted.digest,
        effective_from=effective_from or moment(),
        recorded_from=moment(),
        authors=[str(by.id)],
    )
    keep(version)
    record(
        facts={
            "area": area.code,
            "subject": wanted.name,
            "number": version.number,
            "digest": wanted.digest,
            "effective_from": version.effective_from,
        }
    )
    return version


@act("rule.adopt", _("Adopt a joint rule"), audience=PUBLIC)
def adopt(by: Actor, version: Version, *, region: Region) -> Adoption:
    """Make a version of a joint rule binding for a member region, from now on or from its first day."""
    area = version.rule.rule_set.area
    if area is None:
        raise NotPossible(_("Only joint rules of a cooperation area are adopted."))
    if region not in members(area.pk, moment()):
        raise Invalid(
            _("%(region)s is no member of %(area)s.") % {"region": region.code, "area": area.code},
            field="region",
        )
    if not regions().filter(reach(by, "rule.adopt", Region), pk=region.pk).exists():
        raise NotAllowed(
            _("You may not adopt rules for %(region)s.") % {"region": region.code},
            instead=_("The approver of rules of that region can."),
        )
    if Adoption.objects.filter(version=version.pk, region=region.pk).exists():
        raise NotPossible(_("%(region)s has adopted this version already.") % {"region": region.code})
    adoption = Adoption(version=version, region=region, at=moment())
    keep(adoption)
    record(
        facts={
            "area": area.code,
            "region": region.code,
            "subject": version.rule.subject,
            "number": version.number,
            "digest": version.digest,
        },
        region=region.pk,
    )
    return adoption
