"""Duty lists compared (履职事项清单): what several bodies of a place have, and what nobody there has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.models import Charge
from gongzhi.foundation.parties.queries import Organisation, charges_over, functions_over
from gongzhi.foundation.regions.queries import Region, regions
from gongzhi.foundation.rulebooks.queries import in_force
from gongzhi.governance.matters.rules import KEEPER, OWNER, ROUTING


@dataclass(frozen=True)
class Duty:
    """A function in a place: who has it nearest, and the rows of the routing rule that send to it."""

    function: str
    bodies: tuple[Organisation, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class DutyFaults:
    """What the rule's author has to settle: the rule of which authority it is, overlaps and gaps.

    An overlap is told because the one with the first code is sent everything; a gap, because what the
    rule sends there waits for a person.
    """

    rule: str
    region: str
    overlapping: tuple[Duty, ...]
    missing: tuple[Duty, ...]


@dataclass(frozen=True)
class Fault:
    """A duty that several bodies share, or nobody has, in some places."""

    duty: Duty
    places: tuple[Region, ...]


def duty_faults(region: Region) -> DutyFaults:
    """The duties in a place that several bodies share, and those that the rule sends to and nobody has."""
    rows, digest, path = _sent(region)
    functions = sorted({*rows, *functions_over(region)})
    duties = _duties(functions, rows, charges_over(functions, region))
    return DutyFaults(
        digest,
        path,
        tuple(each for each in duties if len(each.bodies) > 1),
        tuple(each for each in duties if not each.bodies),
    )


def duty_faults_within(top: Region) -> tuple[str, str, list[Fault]]:
    """What is at fault in a region and in each of those directly below it, by the rule of the region.

    Tells the rule's digest, whose it is, and each fault once with the places where it is so; in the same
    number of queries whatever the number of places.
    """
    rows, digest, path = _sent(top)
    places = [top, *regions().filter(parent=top).order_by("path").defer("outline")]
    charges = _charges_at(places)
    found: dict[Duty, list[Region]] = {}
    for place in places:
        over = [each for each in charges if place.path.startswith(each.region.path)]
        functions = sorted({*rows, *(each.function for each in over)})
        for duty in _duties(functions, rows, over):
            if len(duty.bodies) != 1:
                found.setdefault(duty, []).append(place)
    return digest, path, [Fault(duty, tuple(where)) for duty, where in found.items()]


def _charges_at(places: list[Region]) -> list[Charge]:
    """Who has what in any of some places or above them, the nearest first."""
    codes = places[0].path.strip("/").split("/")
    above = ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    paths = {*above, *(each.path for each in places)}
    rows = Charge.objects.filter(region__path__in=paths, organisation__dissolved=None)
    rows = rows.select_related("organisation", "region").defer("region__outline")
    return list(rows.order_by("-region__path", "organisation__code"))


def _sent(region: Region) -> tuple[dict[str, list[int]], str, str]:
    """The rows of the rule of a place by the function that they send to; its digest, and whose it is."""
    held, _trace = in_force(ROUTING.name, region.path, now())
    rows: dict[str, list[int]] = {}
    if held is None:
        return rows, "", ""
    column = [output.name for output in held.table.outputs].index("function")
    for number, rule in enumerate(held.table.rules, 1):
        if (function := str(rule.then[column])) not in (OWNER, KEEPER):  # whose a thing is, the register says
            rows.setdefault(function, []).append(number)
    return rows, held.digest, held.path


def _duties(functions: list[str], rows: dict[str, list[int]], charges: Iterable[Charge]) -> list[Duty]:
    """Each function with who has it nearest."""
    nearest: dict[str, list[Organisation]] = {}
    place: dict[str, object] = {}
    for charge in charges:
        if place.setdefault(charge.function, charge.region_id) == charge.region_id:
            nearest.setdefault(charge.function, []).append(charge.organisation)
    return [Duty(each, tuple(nearest.get(each, ())), tuple(rows.get(each, ()))) for each in functions]
