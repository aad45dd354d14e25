"""Whom a handling body reaches besides its matters: the persons who brought them in.

`parties` cannot know this, for matters stand on it; so this room adds the way.
"""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from gongzhi.foundation.ledger.reach import NOTHING, Scope
from gongzhi.foundation.parties.queries import Person
from gongzhi.governance.matters.models import Part, Submission


def _whose_matters_it_has(scope: Scope) -> Q:
    """Persons behind submissions of matters in which the scope's organisation has a part that stands.

    Who wished that handlers see no number is reached by the body that took it in alone.
    """
    if scope.organisation is None:
        return NOTHING
    parts = Part.objects.filter(organisation=scope.organisation, released_at=None).values("matter")
    brought = Submission.objects.filter(matter__in=parts, person__isnull=False)
    shown = brought.filter(Q(hide_number=False) | Q(received_by=scope.organisation))
    return Q(pk__in=shown.values("person"))


def declare() -> None:
    """Let a body reach the persons of its matters, as far as its grants say."""
    Person.reached = replace(Person.reached, organisation=_whose_matters_it_has)
