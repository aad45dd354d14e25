"""Regions, their categories and the rules in force there: all of it public."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router
from pydantic import BaseModel

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.regions import queries as regions
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import version, versions_in_force
from gongzhi.governance.matters.queries import categories
from gongzhi.service.api import paging, told
from gongzhi.service.api.paging import Paging, Wanted

router = Router(tags=["places"])


class RegionsPage(BaseModel):
    """Some regions, and the cursor of the next page."""

    items: list[told.RegionTold]
    next: str | None


@router.get("/regions", response=RegionsPage, summary="Regions")
def list_regions(request: HttpRequest, wanted: Paging = Wanted, below: str = "") -> Any:
    """All regions in the order of the tree, or one and those ``below`` it."""
    rows = regions.within_region(found(below)) if below else regions.regions()
    if after := paging.read(wanted.cursor):
        rows = rows.filter(path__gt=after[0])
    some = list(rows.defer("outline").order_by("path")[: wanted.limit + 1])
    return {
        "items": [told.region(each) for each in some[: wanted.limit]],
        "next": paging.written(some[wanted.limit - 1].path) if len(some) > wanted.limit else None,
    }


@router.get("/regions/{code}", response=told.RegionTold, summary="One region")
def one_region(request: HttpRequest, code: str) -> Any:
    """The region with a division code."""
    return told.region(found(code))


@router.get("/regions/{code}/categories", response=list[told.CategoryTold], summary="Categories of a region")
def list_categories(request: HttpRequest, code: str) -> Any:
    """What can be brought in for a region: its own categories and those of the regions above it."""
    return [told.category(each) for each in categories(found(code))]


@router.get("/regions/{code}/rules", response=list[told.RuleTold], summary="Rules in force for a region")
def list_rules(request: HttpRequest, code: str) -> Any:
    """The rules that decide there now; where two have one subject, the one of the nearest region decides."""
    return [told.rule(each) for each in versions_in_force(found(code), now())]


@router.get("/rules/{digest}", response=told.RuleTable, summary="One rule with its table")
def one_rule(request: HttpRequest, digest: str) -> Any:
    """The rule whose table has a digest, as entries and deadlines cite it."""
    row = version(digest)
    if row is None:
        raise Http404
    return told.rule(row) | {"table": row.table}


def found(code: str) -> Region:
    """The region with a code, or a 404."""
    row = regions.region(code)
    if row is None:
        raise Http404
    return row
