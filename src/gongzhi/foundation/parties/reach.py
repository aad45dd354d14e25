"""Reach: the one place that decides who gets to which rows.

The same Q narrows a list and decides a single object, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Q, Value, When

from gongzhi.foundation.ledger.acts import Machine, authorise_with
from gongzhi.foundation.ledger.models import Audience
from gongzhi.foundation.ledger.reach import NOTHING, Reached
from gongzhi.foundation.parties.actors import Actor, Held, held_by


def reach(by: Any, verb: str, kind: type[models.Model]) -> Q:
    """The rows of a kind that an actor reaches with a verb; an empty Q is all of them."""
    found = _reach(by, verb, kind)
    return NOTHING if found is None else found


def may(by: Any, verb: str) -> bool:
    """Whether an actor has any grant of a verb."""
    return any(verb in held.grants for held in held_by(by))


def _reach(by: Any, verb: str, kind: type[models.Model]) -> Q | None:
    ways: Reached = kind.reached  # type: ignore[attr-defined]
    found: Q | None = None
    for held in held_by(by):
        each = _of(held, verb, ways)
        if each is not None:
            found = each if found is None else (found | each if found and each else Q())
    if found is not None and ways.barred is not None and isinstance(by, Actor) and by.bodies:
        found = (found & ~ways.barred(by.id, by.bodies)) | _own(by, verb, ways)
    return found


def _own(by: Actor, verb: str, ways: Reached) -> Q:
    """What is the actor's own with a verb: nothing bars anybody from that."""
    own = NOTHING
    for held in by.held:
        if "own" in held.grants.get(verb, ()):
            own = own | ways.by("own", held.scope)
    return own


def _of(held: Held, verb: str, ways: Reached) -> Q | None:
    """What one appointment reaches: sealed rows by participation or ownership alone."""
    kinds = held.grants.get(verb)
    if kinds is None:
        return None
    found: Q | None = None
    for kind in kinds:
        each = ways.by(kind, held.scope)
        if ways.sealed and kind not in ("own", "participant") and not held.scope.sealed:
            each &= Q(**{ways.sealed: False})
        found = each if found is None else (found | each if found and each else Q())
    return found


class _Authoriser:
    """What acts ask."""

    def may(self, by: Any, verb: str) -> bool:
        return may(by, verb)

    def reach(self, by: Any, verb: str, kind: type[models.Model]) -> Q | None:
        return _reach(by, verb, kind)

    def appointment(self, by: Any, verb: str, subject: models.Model) -> UUID | None:
        """The first appointment whose own reach gets to the subject; machines are not appointed."""
        if isinstance(by, Machine):
            return None
        granting = [h for h in held_by(by) if verb in h.grants and h.appointment]
        if len(granting) < 2:
            return granting[0].appointment if granting else None
        ways: Reached = subject.reached  # type: ignore[attr-defined]
        for held in granting:
            narrowed = _of(held, verb, ways)
            rows = type(subject)._base_manager.filter(narrowed or Q(), pk=subject.pk)
            if narrowed is not None and rows.exists():
                return held.appointment
        return granting[0].appointment


def reaches(by: Any, verb: str, kind: type[models.Model]) -> Case:
    """Whether the actor reaches a row with a verb, as a column read beside the row."""
    return _column(_reach(by, verb, kind))


def _column(narrowed: Q | None) -> Case:
    if not narrowed:
        return Case(default=Value(narrowed is not None))
    return Case(When(narrowed, then=Value(True)), default=Value(False))


def audiences(by: Any, verb: str, subject: models.Model) -> tuple[str, ...]:
    """Whose entries on a subject the actor may read; the subject itself must be reached with the verb.

    Staff who reach it read what participants and staff may; a participant what participants may; to
    sealed entries only those with the grant ``entry.read_sealed`` get.
    """
    columns = audience_columns(by, verb, type(subject))
    row = type(subject)._base_manager.filter(pk=subject.pk).values(**columns).first()
    return audiences_of(by, row or {})


def audience_columns(by: Any, verb: str, kind: type[models.Model]) -> dict[str, Case]:
    """What to read beside a row so that `audiences_of` can tell the audiences without another query."""
    ways: Reached = kind.reached  # type: ignore[attr-defined]
    return {f"held_{n}": _column(_of(held, verb, ways)) for n, held in enumerate(held_by(by))}


def audiences_of(by: Any, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The audiences to which an actor belongs, from the columns read beside a row."""
    found: list[str] = []
    for n, held in enumerate(held_by(by)):
        if not row.get(f"held_{n}"):
            continue
        found += [Audience.PUBLIC, Audience.PARTICIPANTS]
        if held.staff:
            found.append(Audience.STAFF)
            if "entry.read_sealed" in held.grants:
                found.append(Audience.SEALED)
    return tuple(dict.fromkeys(found))


def install() -> None:
    """Register as the one who decides."""
    authorise_with(_Authoriser())
