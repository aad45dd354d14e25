"""Small believable pieces for tests, made through the acts like everything else."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.foundation.parties.actors import OPERATOR, Actor, anyone, forget_roles, person_actor
from gongzhi.foundation.parties.acts import add_organisation, add_person, appoint, create_post, found_node
from gongzhi.foundation.parties.queries import Organisation, Person, role
from gongzhi.foundation.regions.acts import add_region
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.acts import Contact, Place, add_category, file
from gongzhi.governance.matters.queries import Category, Submission

ROUTING = """
table: matters.routing
hit: F
inputs: [{name: category, type: string}]
outputs: [{name: function, type: string}]
rules:
  - {when: {category: '"smell"'}, then: {function: water}, basis: "test rule 1"}
"""

#: The same for every category there is, without a gap.
SOUND = """
table: matters.routing
hit: U
inputs: [{name: category, type: string, values: [smell, noise]}]
outputs: [{name: function, type: string}]
rules:
  - {when: {category: '"smell"'}, then: {function: water}, basis: "test rule 1"}
  - {when: {category: '"noise"'}, then: {function: ecology}, basis: "test rule 4"}
"""

DEADLINES = """
table: matters.deadline
hit: F
inputs: [{name: category, type: string}]
outputs:
  - {name: contact, type: integer}
  - {name: contact_unit, type: string}
  - {name: finish, type: integer}
  - {name: finish_unit, type: string}
rules:
  - when: {category: '"smell"'}
    then: {contact: 4, contact_unit: hours, finish: 5, finish_unit: working_days}
    basis: "test rule 2"
"""

RETENTION = """
table: matters.retention
hit: F
inputs: [{name: kind, type: string}]
outputs: [{name: years, type: integer}]
rules:
  - {when: {}, then: {years: 2}, basis: "test rule 3"}
"""


@dataclass
class World:
    """A founded node: a county with a centre and a water bureau, its town, and a neighbour county."""

    top: Region
    county: Region
    town: Region
    neighbour: Region
    centre: Organisation
    water: Organisation
    smell: Category
    noise: Category

    def staff(self, code: str, organisation: Organisation | None = None) -> Actor:
        """A person newly appointed with a role, by default in the centre, as an actor."""
        body = organisation or self.centre
        person = self.person(f"{code} of {body.code}")
        post = create_post(OPERATOR, body, role=role(code), title={"zh": code, "en": code})
        appoint(OPERATOR, post, person=person)
        return person_actor(person.pk)

    def beside(self, code: str = "w3") -> Organisation:
        """A water bureau of the neighbour, whom nobody here commands."""
        return add_organisation(
            OPERATOR, self.neighbour, code=code, name={"zh": "吴江水务局"}, kind="government",
            functions=["water"],
        )  # fmt: skip

    def person(self, name: str = "") -> Person:
        """A person whose home is the county."""
        return add_person(OPERATOR, self.county, name=name)

    def submission(
        self,
        text: str = "The river smells",
        *,
        by: Actor | None = None,
        category: Category | None = None,
        contact: Contact = Contact(),
        place: Place = Place(),
        region: Region | None = None,
        **more: object,
    ) -> Submission:
        """Something brought in by the public; by default rules route it to the water bureau."""
        return file(
            by or anyone(),
            region or self.town,
            kind="complain",
            category=category or self.smell,
            text=text,
            contact=contact,
            place=place,
            **more,  # type: ignore[arg-type]
        )


def world() -> World:
    """Found a node with a little of everything."""
    forget_roles()
    root = Region(code="cn", name={"zh": "中国", "en": "China"}, level="state", path="/cn/")
    top = found_node(OPERATOR, root)
    county = add_region(OPERATOR, top, code="310118", name={"zh": "青浦区", "en": "Qingpu"}, level="county")
    neighbour = add_region(
        OPERATOR, top, code="320509", name={"zh": "吴江区", "en": "Wujiang"}, level="county"
    )
    town = add_region(
        OPERATOR, county, code="310118110", name={"zh": "金泽镇", "en": "Jinze"}, level="township"
    )
    centre = add_organisation(
        OPERATOR, county, code="q1", name={"zh": "城运中心", "en": "Centre"}, kind="government",
        functions=["centre"],
    )  # fmt: skip
    water = add_organisation(
        OPERATOR, county, code="q3", name={"zh": "水务局", "en": "Water"}, kind="government",
        functions=["water"],
    )  # fmt: skip
    smell = add_category(OPERATOR, county, code="smell", name={"zh": "河湖异味", "en": "Smelling water"})
    noise = add_category(OPERATOR, county, code="noise", name={"zh": "噪声", "en": "Noise"})
    for table in (ROUTING, DEADLINES, RETENTION):
        enact(OPERATOR, county, table=table)
    return World(top, county, town, neighbour, centre, water, smell, noise)
