"""What is done to parties: organisations and persons come in, posts are filled and left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, STAFF, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.reach import KINDS
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.actors import forget_roles, shipped_roles
from gongzhi.foundation.parties.models import Appointment, Charge, Organisation, Person, Post, Role
from gongzhi.foundation.regions.queries import CooperationArea, Grid, Region, regions


@act("node.found", _("Found a node"), audience=PUBLIC, creates=True)
def found_node(by: Actor, top: Region) -> Region:
    """Begin: the top of the tree, which is still to be written, and the roles that are shipped."""
    if regions().exists():
        raise NotPossible(_("This node was founded already."))
    keep(top)
    for code, role in shipped_roles().items():
        keep(Role(code=code, name=role["name"], grants=role["grants"]))
    record(facts={"code": top.code, "level": top.level}, region=top.pk)
    return top


@act("role.set", _("Define a role"), audience=PUBLIC, creates=True)
def set_role(
    by: Actor, top: Region, *, code: str, name: dict[str, str], grants: dict[str, list[str]]
) -> Role:
    """Define what a role may do, and by which kind of reach; other grants of it end."""
    if unknown := sorted({k for kinds in grants.values() for k in kinds} - set(KINDS)):
        raise Invalid(_("There is no kind of reach called %(kinds)s.") % {"kinds": ", ".join(unknown)})
    role = Role.objects.filter(code=code).first() or Role(code=code)
    role.name, role.grants = name, grants
    keep(role, "name", "grants")
    record(facts={"code": code, "grants": grants})
    transaction.on_commit(forget_roles)
    return role


@act("organisation.add", _("Add an organisation"), audience=PUBLIC, creates=True)
def add_organisation(
    by: Actor,
    region: Region,
    *,
    code: str,
    name: dict[str, str],
    kind: str,
    functions: Iterable[str] = (),
    superior: Organisation | None = None,
    aliases: Iterable[dict[str, str]] = (),
    phone: str = "",
    invented: bool = False,
) -> Organisation:
    """Add an organisation whose home is a region, with the functions it has there."""
    if kind not in Organisation.Kind.values:
        raise Invalid(_("There is no kind of organisation called %(kind)s.") % {"kind": kind}, field="kind")
    organisation = Organisation(
        code=code,
        name=name,
        kind=kind,
        functions=sorted(functions),
        region=region,
        superior=superior,
        aliases=list(aliases),
        phone=phone,
        invented=invented,
    )
    keep(organisation)
    for function in organisation.functions:
        keep(Charge(organisation=organisation, function=function, region=region))
    record(
        facts={
            "code": code,
            "kind": kind,
            "functions": organisation.functions,
            "superior": superior.code if superior else None,
        }
    )
    return organisation


@act("organisation.dissolve", _("Dissolve an organisation"), audience=PUBLIC)
def dissolve(
    by: Actor, organisation: Organisation, *, successor: Organisation | None = None, reason: str
) -> Organisation:
    """Dissolve an organisation: its posts end, its functions go to the successor, if there is one."""
    if organisation.dissolved is not None:
        raise NotPossible(_("This organisation has been dissolved already."))
    if successor is not None and (successor.pk == organisation.pk or successor.dissolved is not None):
        raise Invalid(_("Choose a successor that exists."), field="successor")
    if not reason.strip():
        raise Invalid(_("Say by which decision it was dissolved."), field="reason")
    organisation.dissolved = moment()
    keep(organisation, "dissolved")
    if successor is not None:
        _inherit_functions(organisation, successor)
    held = Appointment.objects.filter(post__organisation=organisation)
    for appointment in held.filter(Q(until=None) | Q(until__gt=moment())):
        appointment.until = max(moment(), appointment.since)
        keep(appointment, "until")
    record(
        facts={
            "code": organisation.code,
            "successor": successor.code if successor else None,
            "reason": reason,
        }
    )
    return organisation


def _inherit_functions(organisation: Organisation, successor: Organisation) -> None:
    has = set(Charge.objects.filter(organisation=successor).values_list("function", "region"))
    for charge in Charge.objects.filter(organisation=organisation).select_related("region"):
        if (charge.function, charge.region_id) not in has:
            keep(Charge(organisation=successor, function=charge.function, region=charge.region))
    successor.functions = sorted({*successor.functions, *organisation.functions})
    keep(successor, "functions")


@act("organisation.put_under", _("Put an organisation under another superior"), audience=PUBLIC)
def put_under(by: Actor, organisation: Organisation, *, superior: Organisation | None) -> Organisation:
    """Let another body guide or command an organisation from now on; never one below itself."""
    above = superior
    while above is not None:
        if above.pk == organisation.pk:
            raise Invalid(_("An organisation cannot be its own superior."), field="superior")
        above = above.superior
    before = organisation.superior
    organisation.superior = superior
    keep(organisation, "superior")
    record(
        facts={
            "code": organisation.code,
            "superior": superior.code if superior else None,
            "former": before.code if before else None,
        }
    )
    return organisation


@act("person.add", _("Add a person"), audience=STAFF, creates=True)
def add_person(
    by: Actor, region: Region, *, name: str = "", phone: str = "", email: str = "", invented: bool = False
) -> Person:
    """Add a person whose records the region keeps."""
    person = Person(name=name, phone=phone, email=email, home=region, invented=invented)
    keep(person)
    told = {k: v for k, v in {"name": name, "phone": phone, "email": email}.items() if v}
    record(private=told, persons=[person.pk])
    return person


@act("post.create", _("Create a post"), audience=PUBLIC, creates=True)
def create_post(by: Actor, organisation: Organisation, *, role: Role, title: dict[str, str]) -> Post:
    """Create a post with a role in an organisation."""
    post = Post(organisation=organisation, role=role, title=title)
    keep(post)
    record(facts={"organisation": organisation.code, "role": role.code})
    return post


@act("appointment.make", _("Appoint somebody to a post"), audience=STAFF, creates=True)
def appoint(
    by: Actor,
    post: Post,
    *,
    person: Person,
    regions: Iterable[Region] = (),
    grids: Iterable[Grid] = (),
    area: CooperationArea | None = None,
    deputy_for: Appointment | None = None,
    until: datetime | None = None,
) -> Appointment:
    """Give a person a post from now on, with an extent."""
    if until is not None and until <= moment():
        raise Invalid(_("The end of an appointment lies after its beginning."), field="until")
    appointment = Appointment(
        person=person,
        post=post,
        regions=[str(r.pk) for r in regions],
        grids=[str(g.pk) for g in grids],
        area=area,
        deputy_for=deputy_for,
        since=moment(),
        until=until,
    )
    keep(appointment)
    record(
        facts={"post": post.pk, "person": person.pk, "deputy": deputy_for is not None, "until": until},
        persons=[person.pk],
        region=post.organisation.region_id,
    )
    return appointment


@act("appointment.end", _("End an appointment"), audience=STAFF)
def end_appointment(by: Actor, appointment: Appointment) -> Appointment:
    """End an appointment now."""
    if appointment.until is not None and appointment.until <= moment():
        raise NotPossible(_("This appointment has already ended."))
    appointment.until = moment()
    keep(appointment, "until")
    record(facts={"person": appointment.person_id}, persons=[appointment.person_id])
    return appointment
