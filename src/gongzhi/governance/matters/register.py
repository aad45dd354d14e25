"""A table of public things, brought into the register line by line with the acts of a single one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import Actor, together
from gongzhi.foundation.ledger.refusals import Invalid, Refusal
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Place
from gongzhi.governance.matters.models import Thing


@dataclass(frozen=True)
class ThingLine:
    """A thing as a table has it; where it stands need not be told of one that is in the register."""

    code: str
    kind: str
    region: Region | None
    owner: Organisation
    keeper: Organisation | None
    place: Place

    @property
    def where(self) -> Region:
        """The region, for a thing that is to be entered."""
        if self.region is None:
            raise Invalid(_("Say in which region it stands."), field="region")
        return self.region


@dataclass
class BroughtIn:
    """What came of a table: how many were entered, changed hands, were there; which lines were not taken."""

    added: int = 0
    changed: int = 0
    same: int = 0
    wrong: list[tuple[int, Refusal]] = field(default_factory=list)


def bring_in_things(by: Actor, lines: Iterable[tuple[int, ThingLine | Refusal]], *, reason: str) -> BroughtIn:
    """Take the good lines of a table in one transaction, and tell of the bad ones.

    A thing that is in the register already is handed over to the owner that the table names.
    """
    lines, told = list(lines), BroughtIn()
    codes = [line.code for _number, line in lines if isinstance(line, ThingLine)]
    with together():
        rows = Thing.objects.select_related("owner", "keeper", "region")
        known = {row.code: row for row in rows.filter(code__in=codes)}
        for number, line in lines:
            try:
                _bring_in(by, line, known, told, reason)
            except Refusal as refusal:
                told.wrong.append((number, refusal))
    return told


def _bring_in(
    by: Actor, line: ThingLine | Refusal, known: dict[str, Thing], told: BroughtIn, reason: str
) -> None:
    if isinstance(line, Refusal):
        raise line
    held = known.get(line.code)
    kept = line.keeper.pk if line.keeper is not None and line.keeper.pk != line.owner.pk else None
    if held is None:
        known[line.code] = acts.add_thing(
            by,
            line.where,
            code=line.code,
            kind=line.kind,
            owner=line.owner,
            keeper=line.keeper,
            place=line.place,
        )
        told.added += 1
    elif (held.owner_id, held.keeper_id) == (line.owner.pk, kept):
        told.same += 1
    else:
        known[line.code] = acts.change_owner(by, held, owner=line.owner, keeper=line.keeper, reason=reason)
        told.changed += 1
