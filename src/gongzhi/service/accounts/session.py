"""What a session remembers besides who is signed in: the chosen post, and secrets that were shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from gongzhi.foundation.parties.actors import Actor, anyone, person_actor

_POST, _HOLDS = "appointment", "holds"
#: Of so many submissions a session remembers that their secrets were shown.
MOST_HELD = 50


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks: the person signed in, with all posts or the chosen one; otherwise the public."""
    account: Any = request.user
    holds = held_in(request)
    if not account.is_authenticated:
        return anyone(holds)
    only = chosen_post(request)
    actor = person_actor(account.person_id, only)
    if only is not None and not actor.is_staff:  # the post has ended since
        actor = person_actor(account.person_id)
    return actor.with_secrets_of(holds)


def chosen_post(request: HttpRequest) -> UUID | None:
    """The appointment as which the person has chosen to act; None for all of them."""
    told = request.session.get(_POST)
    return UUID(told) if told else None


def choose_post(request: HttpRequest, appointment: UUID | None) -> None:
    """Act as one appointment from now on, or as all of them."""
    if appointment is None:
        request.session.pop(_POST, None)
    else:
        request.session[_POST] = str(appointment)


def held_in(request: HttpRequest) -> list[UUID]:
    """The submissions whose secrets were shown in this session."""
    return [UUID(each) for each in request.session.get(_HOLDS, ())]


def hold(request: HttpRequest, submission: UUID) -> None:
    """Remember that a submission's secret was shown."""
    before = [each for each in request.session.get(_HOLDS, ()) if each != str(submission)]
    request.session[_HOLDS] = [*before, str(submission)][-MOST_HELD:]
