"""Reads of parties. Organisations are public; persons are read through reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gongzhi.foundation.ledger.remembered import Remembered, copy_of
from gongzhi.foundation.parties.models import DIGITS, Appointment, Charge, Organisation, Person, Post, Role
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.queries import Region

__all__ = [
    "Appointment", "Organisation", "Person", "Post", "Role", "appointments_called", "appointments_of",
    "bodies_of", "charges_over", "command_over", "functions_over", "in_charge", "names_of", "organisation",
    "organisations", "person_reached", "persons_with_phone", "role",
]  # fmt: skip


def organisations() -> QuerySet[Organisation]:
    """All organisations that have not been dissolved."""
    return Organisation.objects.filter(dissolved=None).select_related("region").order_by("code")


_OF_NO_POST = ("public", "holder", "platform", "importer", "operator")


def organisation(code: str) -> Organisation | None:
    """The organisation with a code."""
    return Organisation.objects.select_related("region").filter(code=code).first()


def bodies_of(region: Region) -> list[Organisation]:
    """The bodies of a region, of those above it and of those below, the nearest first."""
    codes = region.path.strip("/").split("/")
    where = Q(region__code__in=codes) | Q(region__path__startswith=region.path)
    return list(organisations().filter(where).order_by("-region__path", "code"))


def role(code: str) -> Role | None:
    """The role with a code."""
    return Role.objects.filter(code=code).first()


def staff_roles() -> list[Role]:
    """The roles that posts have; the others are of the public, of account holders and of machines."""
    return list(Role.objects.exclude(code__in=_OF_NO_POST).order_by("code"))


def person_reached(by: Any, key: UUID, verb: str = "person.read") -> Person | None:
    """A person whom the actor reaches."""
    return Person.objects.filter(reach(by, verb, Person), pk=key).first()


def persons_with_phone(digits: str) -> list[UUID]:
    """The persons who gave a telephone number with exactly these digits, however they wrote it."""
    rows = Person.objects.exclude(phone="").annotate(digits=DIGITS).filter(digits=digits, erased=None)
    return list(rows.values_list("pk", flat=True))


def appointments_of(person: UUID) -> QuerySet[Appointment]:
    """A person's appointments, past and present."""
    return Appointment.objects.filter(person=person).select_related("post__organisation", "post__role")


def appointments_called(keys: Iterable[UUID]) -> dict[UUID, Appointment]:
    """Appointments by their keys, with post and organisation: whose post is public, who held it is not."""
    rows = Appointment.objects.filter(pk__in=set(keys)).select_related("post__organisation__region")
    return {row.pk: row for row in rows}


def names_of(keys: Iterable[UUID]) -> dict[UUID, str]:
    """The names of persons who signed something in their office; callers have reached what was signed."""
    return dict(Person.objects.filter(pk__in=set(keys)).values_list("pk", "name"))


def in_charge(function: str, region: Region) -> Organisation | None:
    """Who has a function for a region: the nearest above it whose own region has such a body.

    Where several bodies of one region share a function, the one with the first code answers; the
    overlap is the rule author's to settle.
    """
    return nearest_in_charge([function], region).get(function)


def nearest_in_charge(functions: Iterable[str], region: Region) -> dict[str, Organisation]:
    """For each function the nearest body at or above a region."""
    found = _nearest(region.path, *functions)
    return {function: copy_of(organisation) for function, organisation in found.items()}


def _found_nearest(path: str, *functions: str) -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for charge in _nearest_first(path, functions):
        found.setdefault(charge.function, charge.organisation)
    return found


_nearest = Remembered(_found_nearest)


def charges_over(functions: Iterable[str], region: Region) -> list[Charge]:
    """Who has some functions for a region, at or above it, the nearest first."""
    return list(_nearest_first(region.path, functions))


def functions_over(region: Region) -> set[str]:
    """The functions that any body has for a region, at or above it."""
    return set(_at_or_above(region.path).values_list("function", flat=True))


def _nearest_first(path: str, functions: Iterable[str]) -> QuerySet[Charge]:
    rows = _at_or_above(path).filter(function__in=list(functions)).select_related("organisation")
    return rows.order_by("-region__path", "organisation__code")


def _at_or_above(path: str) -> QuerySet[Charge]:
    codes = path.strip("/").split("/")
    paths = ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    return Charge.objects.filter(region__path__in=paths, organisation__dissolved=None)


def command_over(body: Organisation) -> list[UUID]:
    """A body and those that command it, by way of their superiors, the nearest first."""
    found: list[UUID] = []
    above: UUID | None = body.pk
    while above is not None and above not in found:
        found.append(above)
        above = Organisation.objects.filter(pk=above).values_list("superior", flat=True).first()
    return found
