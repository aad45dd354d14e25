"""What is done to the map of responsibility."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.regions.models import CooperationArea, Grid, Level, Membership, Region


@act("region.add", _("Add a region"), audience=PUBLIC, creates=True)
def add_region(
    by: Actor,
    parent: Region,
    *,
    code: str,
    name: dict[str, str],
    level: str,
    zone: str | None = None,
    calendar: str | None = None,
    outline: dict[str, Any] | None = None,
    invented: bool = False,
) -> Region:
    """Add a region below another; zone, calendar and being invented are inherited."""
    if level not in Level.values:
        raise Invalid(_("There is no level called %(level)s.") % {"level": level}, field="level")
    region = Region(
        code=code,
        name=name,
        level=level,
        parent=parent,
        path=f"{parent.path}{code}/",
        zone=zone or parent.zone,
        calendar=calendar or parent.calendar,
        outline=outline,
        invented=invented or parent.invented,
    )
    keep(region)
    record(facts={"code": code, "level": level, "parent": parent.code}, region=region.pk)
    return region


@act("region.move", _("Move a region under another"), audience=PUBLIC)
def move_region(by: Actor, region: Region, *, parent: Region, reason: str) -> Region:
    """Move a region, with all below it, under another superior region; what lies in it stays in it."""
    if region.parent_id is None:
        raise NotPossible(_("The top of the tree stays where it is."))
    if parent.path.startswith(region.path):
        raise Invalid(_("A region cannot lie below itself."), field="parent")
    if parent.pk == region.parent_id:
        raise NotPossible(_("It lies there already."), field="parent")
    if not reason.strip():
        raise Invalid(_("Say by which decision it was moved."), field="reason")
    before, former = region.path, region.parent
    after = f"{parent.path}{region.code}/"
    for row in Region.objects.filter(path__startswith=before).exclude(pk=region.pk):
        row.path = after + row.path[len(before) :]
        keep(row, "path")
    region.parent, region.path = parent, after
    keep(region, "parent", "path")
    record(
        facts={
            "code": region.code,
            "parent": parent.code,
            "former": former.code if former else None,
            "reason": reason,
        }
    )
    return region


@act("grid.add", _("Add a grid"), audience=PUBLIC, creates=True)
def add_grid(
    by: Actor,
    region: Region,
    *,
    code: str,
    name: dict[str, str],
    kind: str = Grid.Kind.GENERAL,
    outline: dict[str, Any] | None = None,
) -> Grid:
    """Add a grid inside a region."""
    grid = Grid(code=code, name=name, kind=kind, region=region, outline=outline)
    keep(grid)
    record(facts={"code": code, "kind": str(kind), "region": region.code})
    return grid


@act("area.found", _("Found a cooperation area"), audience=PUBLIC, creates=True)
def found_area(
    by: Actor, region: Region, *, code: str, name: dict[str, str], members: list[Region]
) -> CooperationArea:
    """Found a cooperation area whose members all lie at or below the region in which it is founded."""
    if len(members) < 2:
        raise NotPossible(_("A cooperation area has at least two members."))
    if outside := [m.code for m in members if not m.path.startswith(region.path)]:
        raise Invalid(_("%(codes)s lie elsewhere.") % {"codes": ", ".join(outside)}, field="members")
    area = CooperationArea(code=code, name=name)
    keep(area)
    for member in members:
        keep(Membership(area=area, region=member, since=moment()))
    record(facts={"code": code, "members": [m.code for m in members]})
    return area
