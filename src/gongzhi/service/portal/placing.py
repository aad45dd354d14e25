"""From what somebody said about a place to the region, the grid and the neighbours it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.regions.queries import Region, grid, locate, region
from gongzhi.governance.matters.acts import Place
from gongzhi.governance.matters.queries.near import across
from gongzhi.service.portal.drafts import Draft
from gongzhi.service.portal.here import Here


@dataclass(frozen=True)
class Spot:
    """The region that a draft goes to, and its place."""

    region: Region
    place: Place


@dataclass(frozen=True)
class Around:
    """Whose region a spot lies in, whether that is another than was chosen, and who else is close by."""

    authority: Region
    moved: bool
    neighbours: tuple[Region, ...]


def locate_draft(draft: Draft, here: Here) -> None:
    """Look up once where a draft lies; a spot in another region's grid goes to that region."""
    if draft.grid:
        cell = grid(draft.grid)
    elif draft.lon is not None and draft.lat is not None:
        cell = locate(draft.lon, draft.lat)
    else:
        cell = None
    chosen = here.called(draft.region)
    authority = (here.around(cell.region.path) if cell else None) or chosen
    is_inside = cell is not None and cell.region.path.startswith(authority.path)
    draft.located = cell.code if cell else ""
    draft.into = cell.region.code if cell and is_inside else authority.code
    draft.authority = authority.code
    draft.close_by = [each.code for each in _close_by(draft, authority, here) if each.pk != authority.pk]


def _close_by(draft: Draft, authority: Region, here: Here) -> list[Region]:
    """The regions on the other side of a border that a spot lies near, as the rule counts near."""
    if draft.lon is None or draft.lat is None:
        return []
    told = {"kind": draft.kind, "category": draft.category, "channel": "portal", "urgency": "ordinary"}
    bodies = across(authority, told, draft.lon, draft.lat, now())
    found = {each.code: each for body in bodies if (each := here.around(body.region.path))}
    return list(found.values())


def spot_of(draft: Draft) -> Spot | None:
    """Where a located draft goes to; None if that region has gone since."""
    cell = grid(draft.located) if draft.located else None
    into = cell.region if cell and cell.region.code == draft.into else region(draft.into)
    place = Place(words=draft.words, lon=draft.lon, lat=draft.lat, grid=cell)
    return Spot(into, place) if into else None


def around_of(draft: Draft, here: Here) -> Around:
    """Whose region a located draft lies in, and who is close by, for whoever is about to send it."""
    others = tuple(each for each in here.regions if each.code in draft.close_by)
    return Around(here.called(draft.authority), draft.authority != draft.region, others)
