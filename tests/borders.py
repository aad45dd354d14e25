"""Two counties on a border, the bodies of both, their area, and the rules on handling together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gongzhi.foundation.parties.actors import OPERATOR, Actor
from gongzhi.foundation.parties.acts import add_organisation, put_under
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.acts import add_region, found_area
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.acts import adopt, enact, propose_jointly
from gongzhi.governance.matters.acts import Contact
from gongzhi.governance.matters.queries import Matter
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World, world

JOINT = """
table: matters.designation
hit: F
inputs: [{name: category, type: string}]
outputs: [{name: designate, type: boolean}]
rules:
  - {when: {category: '"smell"'}, then: {designate: true}, basis: "memorandum on the lake, article 4"}
"""


@dataclass
class Border:
    """The world of `tests.builders` with what lies on the other side of the lake."""

    world: World
    third: Region
    body: dict[str, Organisation]
    _staff: dict[tuple[str, str], Actor] = field(default_factory=dict)

    def staff(self, role: str, code: str) -> Actor:
        """Whoever holds a role in a body; the same person each time."""
        if (role, code) not in self._staff:
            self._staff[role, code] = self.world.staff(role, self.body[code])
        return self._staff[role, code]

    def matter(self, text: str = "The water at the border smells", **more: Any) -> Matter:
        """Something that somebody with a telephone brought in, sent by rule to the water bureau."""
        contact = Contact(name="王小明", phone="13912345678")
        found = self.world.submission(text, contact=contact, **more).matter
        assert found is not None
        return found


def border(*, joint: bool = True) -> Border:
    """Qingpu (q…), Wujiang (w…), Jiashan (j…) and the area above them; with a joint rule, or without."""
    made = world()
    top, county, neighbour = made.top, made.county, made.neighbour
    third = add_region(OPERATOR, top, code="330421", name={"zh": "嘉善县", "en": "Jiashan"}, level="county")
    body = {"q1": made.centre, "q3": made.water}

    def add(region: Region, code: str, zh: str, en: str, functions: list[str], above: str = "") -> None:
        body[code] = add_organisation(
            OPERATOR, region, code=code, name={"zh": zh, "en": en}, kind="government", functions=functions,
            superior=body[above] if above else None,
        )  # fmt: skip

    add(county, "q0", "青浦区政府", "Qingpu Government", ["government"])
    for each in (made.centre, made.water):
        put_under(OPERATOR, each, superior=body["q0"])
    add(neighbour, "w0", "吴江区政府", "Wujiang Government", ["government"])
    add(neighbour, "w3", "吴江水务局", "Wujiang Water", ["water"], "w0")
    add(third, "j0", "嘉善县政府", "Jiashan Government", ["government"])
    add(third, "j3", "嘉善水利局", "Jiashan Water", ["water"], "j0")
    add(top, "a1", "示范区执委会", "Area Committee", ["coordination"])
    for table in default_tables():
        enact(OPERATOR, top, table=table)
    members = [county, neighbour, third]
    area = found_area(OPERATOR, top, code="lake", name={"zh": "示范区", "en": "Lake Area"}, members=members)
    if joint:
        version = propose_jointly(OPERATOR, area, table=JOINT)
        for member in members:
            adopt(OPERATOR, version, region=member)
    return Border(made, third, body)


def many_handovers(place: Border, count: int) -> None:
    """Add open handovers of all steps by bulk insertion: for counting queries and looking at a full board."""
    from datetime import timedelta

    from gongzhi.foundation.ledger import guard
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.regions.divisions import readable_number
    from gongzhi.governance.matters.models import Deadline, Handover, Part

    at, giver, asked = now(), place.body["q3"], place.body["w3"]
    steps = [("offered", "take", asked), ("returned", "arbitrate", giver), ("arbitration", "arbitrate", None)]
    matters = [
        Matter(
            number=readable_number(), kind="complain", category=place.world.smell,
            title=f"元荡岸边异味 Smell at the lake, no. {n}", region=place.world.town, state="dispatched",
            first_receiver=place.world.centre, lead=giver, answering=giver, opened_at=at - timedelta(hours=n),
        )
        for n in range(count)
    ]  # fmt: skip
    with guard.permitted(), guard.writing():
        Matter.objects.bulk_create(matters)
        parts = [
            Part(matter=m, organisation=body, role=role, since=at)
            for m in matters
            for body, role in ((place.world.centre, "first_receiver"), (giver, "lead"), (asked, "asked"))
        ]
        Part.objects.bulk_create(parts)
        Handover.objects.bulk_create(
            Handover(
                matter=m, giver=giver, asked=asked, is_across=True, step=steps[n % 3][0],
                arbiter=place.body["a1"] if n % 3 == 2 else None, offered_at=m.opened_at,
                reason="排口在吴江一侧，请贵局核实处置。 The outlet lies on the side of Wujiang.",
                objection="" if n % 3 == 0 else "上风向在青浦，非本局职责。 The wind comes from Qingpu.",
                proposed=None if n % 3 == 0 else giver,
                returned_at=None if n % 3 == 0 else at - timedelta(hours=1),
            )
            for n, m in enumerate(matters)
        )  # fmt: skip
        Deadline.objects.bulk_create(
            Deadline(
                matter=m, clock=steps[n % 3][1], holder=steps[n % 3][2] or place.body["a1"],
                due_at=at + timedelta(hours=(n * 37) % 90 - 5), row=1, basis="test rule",
            )
            for n, m in enumerate(matters)
        )  # fmt: skip
