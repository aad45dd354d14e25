"""How rows declare which kinds of reach get to them. `parties` composes these with appointments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, product
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

KINDS = ("own", "participant", "organisation", "grid", "region", "area")


@dataclass(frozen=True)
class Scope:
    """How far one appointment goes, or what a person holds.

    ``paths`` are the regions of its extent, ``home`` is that of the organisation; ``sealed`` is for the
    platform alone, which tells people and watches clocks of what is sealed too.
    """

    person: UUID | None = None
    organisation: UUID | None = None
    grids: frozenset[UUID] = frozenset()
    paths: tuple[str, ...] = ()
    home: str = ""
    area: UUID | None = None
    everywhere: bool = False
    sealed: bool = False
    holds: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Among:
    """What is found through other rows, to be written where a query would be: ``Q(pk__in=Among(…))``.

    ``rows`` makes the query of a condition, and nothing else decides what that query is: so it is compiled
    once with the reach that says it, whatever the values in the condition (see `prepared`).
    """

    rows: Callable[[Q], QuerySet[Any, Any]]
    told: Q

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """What Django makes of the query that stands here."""
        return self.rows(self.told).resolve_expression(*args, **kwargs)


Way = Callable[[Scope], Q]

#: The rows that an actor may not reach by any post: who it is, and the bodies of all their posts.
Barred = Callable[[UUID, frozenset[UUID]], Q]

#: Reaches nothing.
NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Reached:
    """The ways by which each kind of reach gets to a model's rows; a kind without a way reaches none.

    A cooperation area reaches what lies in its members' regions, unless ``area`` names another way;
    ``sealed`` names the boolean field of rows that participants alone may reach; ``barred`` says which
    rows nobody of some bodies reaches, whatever else they hold.
    """

    own: Way | None = None
    participant: Way | None = None
    organisation: Way | None = None
    grid: Way | None = None
    region: Way | None = None
    area: Way | None = None
    sealed: str | None = None
    barred: Barred | None = None

    def by(self, kind: str, scope: Scope) -> Q:
        """The rows that one kind of reach gets to from a scope."""
        way = self.area or self.region if kind == "area" else getattr(self, kind)
        return NOTHING if way is None else way(scope)


def within(lookup: str = "region") -> Way:
    """Rows whose region lies at or below the scope's regions; ``""`` for regions themselves."""
    path = f"{lookup}__path__startswith" if lookup else "path__startswith"

    def way(scope: Scope) -> Q:
        if scope.everywhere:
            return Q()
        found = NOTHING
        for each in scope.paths:
            found = found | Q(**{path: each})
        return found

    return way


def of_organisation(lookup: str) -> Way:
    """Rows that name the scope's organisation in a field."""
    return lambda scope: Q(**{lookup: scope.organisation}) if scope.organisation else NOTHING


def of_person(lookup: str) -> Way:
    """Rows that name the scope's person in a field."""
    return lambda scope: Q(**{lookup: scope.person}) if scope.person else NOTHING


def of_area(lookup: str = "pk") -> Way:
    """Rows that name the scope's cooperation area in a field; by default the area itself."""

    def way(scope: Scope) -> Q:
        if scope.everywhere:
            return Q()
        return Q(**{lookup: scope.area}) if scope.area else NOTHING

    return way


def in_grid(lookup: str = "grid") -> Way:
    """Rows in one of the scope's grids."""
    return lambda scope: Q(**{f"{lookup}__in": list(scope.grids)}) if scope.grids else NOTHING


def held(lookup: str = "pk") -> Way:
    """Rows whose secret the actor has shown."""
    return lambda scope: Q(**{f"{lookup}__in": list(scope.holds)}) if scope.holds else NOTHING


def either(*ways: Way) -> Way:
    """Rows that one of several ways gets to."""

    def way(scope: Scope) -> Q:
        found = NOTHING
        for each in ways:
            if not (reached := each(scope)):
                return reached
            found = found | reached
        return found

    return way


def alternatives(told: Q) -> list[Q]:
    """Conditions without an ``or``, of which a row that fits ``told`` fits one: an index can follow each."""
    if told.negated or not told.children:
        return [told]
    each = [alternatives(child) if isinstance(child, Q) else [Q(child)] for child in told.children]
    if told.connector == Q.OR:
        return [*chain.from_iterable(each)]
    return [Q(*together) for together in product(*each)]
