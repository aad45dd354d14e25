"""Reads of the map. Regions, areas and grids are public."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.remembered import Remembered, copy_of
from gongzhi.foundation.regions.geometry import PointIndex
from gongzhi.foundation.regions.models import CooperationArea, Grid, Level, Membership, Region

__all__ = [
    "CooperationArea", "Grid", "Level", "Membership", "Region", "ancestors", "area", "areas", "areas_of",
    "county_of", "grid", "grids_in", "locate", "member_paths", "members", "outlined", "paths_of", "region",
    "regions", "root", "within_region",
]  # fmt: skip


def regions() -> QuerySet[Region]:
    """All regions, in the order of the tree."""
    return Region.objects.all()


def region(code: str) -> Region | None:
    """The region with a division code; its outline is read when it is asked for."""
    found = _region(code)
    return None if found is None else copy_of(found)


_region = Remembered(lambda code: Region.objects.filter(code=code).defer("outline").first())


def paths_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The paths of regions by their keys, in order; of those that are there."""
    return _paths(*keys)


def _found_paths(*keys: str) -> tuple[str, ...]:
    return tuple(sorted(Region.objects.filter(pk__in=keys).values_list("path", flat=True)))


_paths = Remembered(_found_paths)


def outlined(codes: Iterable[str]) -> dict[str, Region]:
    """Regions by their codes, each before those that lie in it, with their outlines."""
    rows = Region.objects.filter(code__in=set(codes)).order_by("path")
    return {row.code: row for row in rows}


def root() -> Region | None:
    """The region at the top of the tree."""
    return Region.objects.filter(parent=None).first()


def within_region(top: Region) -> QuerySet[Region]:
    """A region and all below it."""
    return Region.objects.filter(path__startswith=top.path)


def ancestors(of: Region) -> QuerySet[Region]:
    """A region and all above it, the nearest first."""
    codes = of.path.strip("/").split("/")
    paths = ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    return Region.objects.filter(path__in=paths).order_by("-path")


def county_of(region: Region) -> str:
    """The path of the county in which a region lies; of the region itself where it lies in none."""
    return _county(region.path)


def _found_county(path: str) -> str:
    codes = path.strip("/").split("/")
    found = Region.objects.filter(code__in=codes, level=Level.COUNTY).order_by("-path")
    return next(iter(found.values_list("path", flat=True)[:1]), path)


_county = Remembered(_found_county)


def area(code: str) -> CooperationArea | None:
    """The cooperation area with a code."""
    return CooperationArea.objects.filter(code=code).first()


def areas() -> QuerySet[CooperationArea]:
    """All cooperation areas."""
    return CooperationArea.objects.order_by("code")


def member_paths(area: UUID) -> tuple[str, ...]:
    """The paths of a cooperation area's present members."""
    at = now()
    held = Membership.objects.filter(Q(until=None) | Q(until__gt=at), area=area, since__lte=at)
    return tuple(held.order_by("region__path").values_list("region__path", flat=True))


def members(area: UUID, at: datetime) -> list[Region]:
    """The regions that are members of a cooperation area at a moment, in the order of the tree."""
    held = Membership.objects.filter(Q(until=None) | Q(until__gt=at), area=area, since__lte=at)
    return list(Region.objects.filter(pk__in=held.values("region")).defer("outline"))


def areas_of(regions: Iterable[Region], at: datetime) -> list[tuple[CooperationArea, list[Region]]]:
    """The cooperation areas that all of some regions belong to, themselves or through a region above.

    Each comes with the members through which they belong; the smallest area is first.
    """
    held = Membership.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    by_area: dict[CooperationArea, list[Region]] = {}
    for each in held.select_related("area", "region").defer("region__outline").order_by("region__path"):
        by_area.setdefault(each.area, []).append(each.region)
    found = []
    for area, inside in by_area.items():
        through = [_nearest(region, inside) for region in regions]
        if through and None not in through:
            found.append((area, list(dict.fromkeys(each for each in through if each is not None))))
    return sorted(found, key=lambda pair: (len(by_area[pair[0]]), pair[0].code))


def _nearest(region: Region, members: list[Region]) -> Region | None:
    above = [each for each in members if region.path.startswith(each.path)]
    return max(above, key=lambda each: len(each.path), default=None)


def grid(code: str) -> Grid | None:
    """The grid with a code."""
    found = _grid(code)
    return None if found is None else copy_of(found)


_grid = Remembered(
    lambda code: Grid.objects.select_related("region").filter(code=code).defer("region__outline").first()
)


def grids_in(top: Region) -> QuerySet[Grid]:
    """The grids of a region and of all below it."""
    return Grid.objects.filter(region__path__startswith=top.path).select_related("region")


def locate(lon: float, lat: float) -> Grid | None:
    """The grid in which a WGS-84 point lies."""
    key = _grid_index().find(lon, lat)
    return None if key is None else Grid.objects.select_related("region").filter(pk=key).first()


def near_borders(lon: float, lat: float, metres: float) -> list[tuple[Grid, float]]:
    """Other grids within a distance of a point, nearest first, with the distance in metres."""
    found = dict(_grid_index().near(lon, lat, metres))
    grids = Grid.objects.select_related("region").filter(pk__in=list(found))
    return sorted(((g, found[g.pk]) for g in grids), key=lambda pair: pair[1])


def _indexed() -> PointIndex[UUID]:
    """The index of all grids that have an outline."""
    rows = Grid.objects.exclude(outline=None).values_list("pk", "outline")
    return PointIndex((key, outline) for key, outline in rows if outline is not None)


_grid_index = Remembered(_indexed)
