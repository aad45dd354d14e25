"""Duty lists compared (履职事项清单): what several bodies of a place have, and what nobody there has."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.queries import Organisation, charges_over, functions_over
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import in_force
from gongzhi.governance.matters.rules import ROUTING


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


def duty_faults(region: Region) -> DutyFaults:
    """The duties in a place that several bodies share, and those that the rule sends to and nobody has."""
    held, _trace = in_force(ROUTING.name, region.path, now())
    rows: dict[str, list[int]] = {}
    if held is not None:
        column = [output.name for output in held.table.outputs].index("function")
        for number, rule in enumerate(held.table.rules, 1):
            rows.setdefault(str(rule.then[column]), []).append(number)
    functions = sorted({*rows, *functions_over(region)})
    nearest: dict[str, list[Organisation]] = {}
    place: dict[str, object] = {}
    for charge in charges_over(functions, region):
        if place.setdefault(charge.function, charge.region_id) == charge.region_id:
            nearest.setdefault(charge.function, []).append(charge.organisation)
    duties = [Duty(each, tuple(nearest.get(each, ())), tuple(rows.get(each, ()))) for each in functions]
    return DutyFaults(
        held.digest if held else "",
        held.path if held else "",
        tuple(each for each in duties if len(each.bodies) > 1),
        tuple(each for each in duties if not each.bodies),
    )
