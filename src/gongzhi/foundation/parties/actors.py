"""Actors: a person with the appointments of the moment, or the public with what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml
from django.db.models import Q

from gongzhi.foundation.ledger.acts import PLATFORM, Machine
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.identity import named
from gongzhi.foundation.ledger.reach import Scope
from gongzhi.foundation.parties.models import Appointment, Role
from gongzhi.foundation.regions.queries import member_paths, paths_of

IMPORTER = Machine(named("importer"), "importer")
#: Whoever sits at the console of the node's machine, and could read its keys anyway.
OPERATOR = Machine(named("operator"), "operator")
PUBLIC_ID = named("public")

Grants = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Held:
    """One appointment as an actor holds it: grants and how far they go."""

    appointment: UUID | None
    role: str
    grants: Grants
    scope: Scope
    title: Mapping[str, str] = field(default_factory=dict)
    organisation_name: Mapping[str, str] = field(default_factory=dict)
    staff: bool = True
    zone: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """Whoever acts, with everything that decides how far they reach."""

    id: UUID
    held: tuple[Held, ...] = ()
    #: The bodies of every post that the person holds, also of those as which they do not act now.
    employers: frozenset[UUID] = frozenset()

    @property
    def bodies(self) -> frozenset[UUID]:
        """All bodies that the person works for, whichever post they have chosen to act as."""
        return self.employers | self.organisations

    @property
    def is_staff(self) -> bool:
        """Whether the actor holds any appointment."""
        return any(h.staff for h in self.held)

    @property
    def organisations(self) -> frozenset[UUID]:
        """The organisations in which the actor holds a post."""
        return frozenset(h.scope.organisation for h in self.held if h.scope.organisation)

    @property
    def at_work(self) -> Actor:
        """The same actor with nothing but what their posts give them."""
        return replace(self, held=tuple(h for h in self.held if h.staff))

    @property
    def zone(self) -> str:
        """The zone in which the actor's first post counts its days."""
        return next((h.zone for h in self.held if h.zone), "")

    def with_secrets_of(self, keys: Iterable[UUID]) -> Actor:
        """The same actor, who has shown the secrets of some subjects."""
        holds = frozenset(keys)
        if not holds:
            return self
        shown = Held(None, "public", role_grants("public"), Scope(holds=holds), staff=False)
        return replace(self, held=(*self.held, shown))


def anyone(holds: Iterable[UUID] = ()) -> Actor:
    """A member of the public without an account, with the subjects whose secrets they have shown."""
    scope = Scope(everywhere=True, holds=frozenset(holds))
    return Actor(PUBLIC_ID, (Held(None, "public", role_grants("public"), scope, staff=False),))


def person_actor(person: UUID, only: UUID | None = None) -> Actor:
    """A person with the appointments that hold at this moment, or with only one of them."""
    at = now()
    found = list(
        Appointment.objects.filter(Q(until=None) | Q(until__gt=at), person=person, since__lte=at)
        .select_related("post__organisation__region", "post__role")
        .order_by("pk")
    )
    rows = [row for row in found if only is None or row.pk == only]
    paths = _paths(rows)
    held = [_held(row, paths[row.pk]) for row in rows]
    public = Scope(person=person, everywhere=True)
    own = Scope(person=person)
    return Actor(
        person,
        (
            *held,
            Held(None, "public", role_grants("public"), public, staff=False),
            Held(None, "holder", role_grants("holder"), own, staff=False),
        ),
        frozenset(row.post.organisation_id for row in found),
    )


def _paths(rows: Iterable[Appointment]) -> dict[UUID, tuple[str, ...]]:
    """How far each appointment extends."""
    rows = list(rows)
    members = {area: member_paths(area) for area in {row.area_id for row in rows if row.area_id}}
    found: dict[UUID, tuple[str, ...]] = {}
    for row in rows:
        if row.area_id:
            found[row.pk] = members[row.area_id]
        elif row.regions:
            found[row.pk] = paths_of(row.regions)
        else:
            found[row.pk] = (row.post.organisation.region.path,)
    return found


def _held(row: Appointment, paths: tuple[str, ...]) -> Held:
    organisation = row.post.organisation
    scope = Scope(
        person=row.person_id,
        organisation=organisation.pk,
        grids=frozenset(UUID(g) for g in row.grids),
        paths=paths,
        home=organisation.region.path,
        area=row.area_id,
    )
    grants = {verb: tuple(kinds) for verb, kinds in row.post.role.grants.items()}
    return Held(
        row.pk,
        row.post.role.code,
        grants,
        scope,
        row.post.title,
        organisation.name,
        zone=organisation.region.zone,
        until=row.until,
    )


_machines: dict[UUID, str] = {PLATFORM.id: "platform", IMPORTER.id: "importer", OPERATOR.id: "operator"}


def held_by(by: Any) -> tuple[Held, ...]:
    """What an actor holds at this moment; machines hold their role everywhere.

    An appointment may end between the beginning of a request and what is done in it.
    """
    if isinstance(by, Actor):
        if any(held.until is not None for held in by.held):
            at = now()
            return tuple(held for held in by.held if held.until is None or at < held.until)
        return by.held
    if isinstance(by, Machine) and by.id in _machines:
        return _held_by_machine(_machines[by.id])
    return ()


def _held_by_machine(role: str) -> tuple[Held, ...]:
    held = _machine_cache.get(role)
    if held is None:
        scope = Scope(everywhere=True, sealed=role == "platform")
        held = (Held(None, role, role_grants(role), scope, staff=True),)
        if role in _cache:
            _machine_cache[role] = held
    return held


_cache: dict[str, Grants] = {}
_machine_cache: dict[str, tuple[Held, ...]] = {}


def role_grants(code: str) -> Grants:
    """The grants of a role that the platform ships, as this node has it."""
    if code not in _cache:
        role = Role.objects.filter(code=code).first()
        grants = role.grants if role else shipped_roles()[code]["grants"]
        held = {verb: tuple(kinds) for verb, kinds in grants.items()}
        if role is None:  # the node is being founded
            return held
        _cache[code] = held
    return _cache[code]


@cache
def shipped_roles() -> dict[str, Any]:
    """The roles that every node starts with."""
    text = resources.files("gongzhi.foundation.parties").joinpath("roles.yaml").read_text("utf-8")
    roles: dict[str, Any] = yaml.safe_load(text)
    return roles


def forget_roles() -> None:
    """Read the roles anew; after roles have changed."""
    _cache.clear()
    _machine_cache.clear()
