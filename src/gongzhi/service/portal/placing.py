"""From what somebody said about a place to the region, the grid and the neighbours it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.foundation.regions.queries import Grid, Region, grid, locate, near_borders
from gongzhi.governance.matters.acts import Place
from gongzhi.service.portal.drafts import Draft
from gongzhi.service.portal.here import Here

#: So close to another region's grid a spot counts as lying on the border.
BORDER_METRES = 200


@dataclass(frozen=True)
class Placed:
    """Where a draft's place lies, and who else may be concerned."""

    place: Place
    region: Region
    authority: Region
    moved: bool
    neighbours: tuple[Region, ...]


def placed(draft: Draft, here: Here) -> Placed:
    """Where a draft lies. A spot in another region's grid goes to that region."""
    chosen = next((each for each in here.regions if each.code == draft.region), here.region)
    cell = _grid_of(draft)
    authority = (here.around(cell.region.path) if cell else None) or chosen
    place = Place(words=draft.words, lon=draft.lon, lat=draft.lat, grid=cell)
    within = cell.region if cell and cell.region.path.startswith(authority.path) else authority
    return Placed(place, within, authority, authority.pk != chosen.pk, _neighbours(draft, here, authority))


def _grid_of(draft: Draft) -> Grid | None:
    if draft.grid:
        return grid(draft.grid)
    if draft.lon is not None and draft.lat is not None:
        return locate(draft.lon, draft.lat)
    return None


def _neighbours(draft: Draft, here: Here, authority: Region) -> tuple[Region, ...]:
    if draft.lon is None or draft.lat is None:
        return ()
    found: dict[str, Region] = {}
    for cell, _distance in near_borders(draft.lon, draft.lat, BORDER_METRES):
        other = here.around(cell.region.path)
        if other is not None and other.pk != authority.pk:
            found[other.code] = other
    return tuple(found.values())
