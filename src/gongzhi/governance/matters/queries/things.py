"""The register of public things: what stands near a spot, whose it is, and what rules send by owner."""

from __future__ import annotations

import math
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.reach import reach, reaches
from gongzhi.foundation.regions.queries import Region, county_of
from gongzhi.foundation.rulebooks.queries import InForce, in_force
from gongzhi.foundation.rulebooks.queries.replaying import again
from gongzhi.governance.matters.models import Kind, Thing, ThingKind, Urgency
from gongzhi.governance.matters.rules import KEEPER, NEAR, OWNER, ROUTING, known

#: So many things near a spot are offered for choosing, the nearest ones.
MOST_NEAR = 8
#: So many are looked at before the nearest are known.
_MOST_LOOKED_AT = 400
_METRES_PER_DEGREE = 111_320


def things(by: Any) -> QuerySet[Thing]:
    """The register as far as the actor reads it, by code; each row says what they may do with it."""
    rows = Thing.objects.filter(reach(by, "thing.read", Thing))
    rows = rows.annotate(
        may_change=reaches(by, "thing.change_owner", Thing), may_retire=reaches(by, "thing.retire", Thing)
    )
    return rows.select_related("owner", "keeper", "region", "grid").defer("region__outline").order_by("code")


def thing(by: Any, key: UUID) -> Thing | None:
    """A thing in the register, if the actor reads it."""
    return things(by).filter(pk=key).first()


def thing_called(code: str) -> Thing | None:
    """The thing with a code, as it stands on it; None where no code was told. It is no secret.

    Raises `Invalid` where the register knows no such code.
    """
    code = code.strip()
    if not code:
        return None
    found = Thing.objects.select_related("owner", "keeper", "region").filter(code=code).first()
    if found is None:
        raise Invalid(
            _("No thing has the code %(code)s.") % {"code": code},
            field="thing",
            instead=_("Look at it once more, or leave it open."),
        )
    return found


def kinds_by_owner(region: Region, kind: str, category: str, channel: str, at: datetime) -> tuple[str, ...]:
    """The kinds of things whose owner, or keeper, the rule in force sends something to; asks for no row."""
    if kind == Kind.REPORT:
        return ()
    rule, _all = in_force(ROUTING.name, region.path, at)
    return _sent_by_owner(rule, kind, category, channel) if rule is not None else ()


@lru_cache(maxsize=4096)
def _sent_by_owner(rule: InForce, kind: str, category: str, channel: str) -> tuple[str, ...]:
    """What a version says of each kind of thing, which never changes."""
    if not any(column.name == "thing" for column in rule.table.inputs):
        return ()
    told = {"kind": kind, "category": category, "channel": channel}
    found = {each: again(rule.table, {**told, "thing": each})[0] for each in ThingKind.values}
    return tuple(each for each, said in found.items() if said and said["function"] in (OWNER, KEEPER))


def things_near(
    region: Region,
    lon: float | None,
    lat: float | None,
    *,
    kind: str,
    category: str,
    channel: str,
    at: datetime,
) -> list[Thing]:
    """Things near a spot that a rule sends by their owner, the nearest first; without one it asks for no row.

    How near is what the rule calls one place.
    """
    wanted = kinds_by_owner(region, kind, category, channel, at)
    if not wanted or lon is None or lat is None:
        return []
    told = {"kind": kind, "category": category, "channel": "", "urgency": Urgency.ORDINARY.value}
    decided = known(NEAR, region, told, at)
    if decided is None:
        return []
    metres = decided.value["alike_metres"]
    up = metres / _METRES_PER_DEGREE
    aside = up / max(math.cos(math.radians(lat)), 0.01)
    rows = Thing.objects.filter(
        retired_at=None,
        kind__in=wanted,
        lat__range=(lat - up, lat + up),
        lon__range=(lon - aside, lon + aside),
        region__path__startswith=county_of(region),
    )
    found = [(metres_to(row, lon, lat), row) for row in rows.select_related("owner")[:_MOST_LOOKED_AT]]
    near = sorted((pair for pair in found if pair[0] <= metres), key=lambda pair: (pair[0], pair[1].code))
    return [row for _far, row in near[:MOST_NEAR]]


def metres_to(row: Thing, lon: float, lat: float) -> float:
    """How far a thing stands from a spot."""
    if row.lon is None or row.lat is None:
        return math.inf
    aside = (row.lon - lon) * math.cos(math.radians(lat))
    return math.hypot(aside, row.lat - lat) * _METRES_PER_DEGREE
