"""What a person is told about themselves: what the ledger says concerns them, in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.queries import Told, concerning
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.queries import Appointment, appointments_called
from gongzhi.governance.matters.queries import Submission, submissions
from gongzhi.service.design.parts import Step

#: What somebody did with a person's data, rather than for them.
_LOOKS = frozenset({"person.reveal"})


def looks_at(person: UUID, zone: str, limit: int = 50) -> list[Step]:
    """Who did what that concerns a person, newest first."""
    entries = concerning(person, limit)
    posts = appointments_called(e.appointment for e in entries if e.appointment)
    return [_step(told, person, posts.get(told.appointment), zone) for told in entries]  # type: ignore[arg-type]


def _step(told: Told, person: UUID, post: Appointment | None, zone: str) -> Step:
    title = str(ACTS[told.verb].title) if told.verb in ACTS else told.verb
    purpose = (told.private or {}).get("purpose", "")
    text = _("Purpose: %(purpose)s") % {"purpose": purpose} if purpose else ""
    if told.erased:
        text = _("What stood here was erased.")
    return Step(
        sentence=title,
        at=told.occurred,
        by=_by(told, person, post),
        zone=zone,
        precision="day" if told.precision == "day" else "minute",
        state="attention" if told.verb in _LOOKS else "information",
        text=text,
    )


def _by(told: Told, person: UUID, post: Appointment | None) -> Any:
    if told.actor == person:
        return _("you yourself")
    if told.actor == OPERATOR.id:
        return _("the operator of this node")
    if post is None:
        return _("the platform itself")
    names = (post.post.organisation.name, post.post.title)
    return {code: " · ".join(n.get(code) or n.get("zh", "") for n in names) for code in ("zh", "en")}


def own_submissions(by: Any, person: UUID, limit: int = 20) -> list[Submission]:
    """What the person brought in while signed in, newest first."""
    rows = submissions(by).filter(person=person).select_related("matter", "region", "category")
    return list(rows.order_by("-filed_at")[:limit])
