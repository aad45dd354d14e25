"""What lies near a border, and who is on the other side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gongzhi.foundation.parties.queries import Organisation, nearest_in_charge
from gongzhi.foundation.regions.queries import Region, near_borders
from gongzhi.governance.matters.rules import NEAR, known

#: The function of the body that receives what comes in and answers until another has taken over.
RECEIVING = "centre"


def across(region: Region, told: dict[str, Any], lon: float, lat: float, at: datetime) -> list[Organisation]:
    """The bodies that receive what comes in on the other side of borders that a spot lies near.

    How near is a rule of the region in which the spot lies; without one nothing is near.
    """
    decided = known(NEAR, region, told, at)
    if decided is None or not decided.value["border_metres"]:
        return []
    own = nearest_in_charge([RECEIVING], region).get(RECEIVING)
    found: dict[str, Organisation] = {}
    for cell, _metres in near_borders(lon, lat, decided.value["border_metres"]):
        body = nearest_in_charge([RECEIVING], cell.region).get(RECEIVING)
        if body is not None and (own is None or body.pk != own.pk):
            found.setdefault(body.code, body)
    return list(found.values())
