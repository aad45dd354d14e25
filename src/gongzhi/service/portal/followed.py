"""Everything that whoever brought something in is told about it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.queries import (
    Matter,
    Role,
    Submission,
    at_desk,
    bodies_called,
    clocks,
    story,
)
from gongzhi.governance.matters.queries.papers import files_of
from gongzhi.service.design.parts import Party, Receipt
from gongzhi.service.portal.sentences import bodies_in, clock_of, next_of, status_of, steps_of


def followed(by: Any, filed: Submission) -> dict[str, Any]:
    """A submission that was reached, its matter, clocks, story and receipt, as pages show them."""
    region = filed.region
    told: dict[str, Any] = {"submission": filed, "region": region}
    desk = at_desk(by, filed.matter_id) if filed.matter_id else None
    if desk is None:
        return told
    handled, entries = desk.matter, story(desk, [filed])
    bodies = bodies_called(bodies_in(entries), [handled.lead, handled.first_receiver])
    return told | {
        "matter": handled,
        "status": status_of(handled, region),
        "next": next_of(handled),
        "clocks": [clock_of(each, region) for each in clocks(handled)],
        "steps": steps_of(entries, bodies, region),
        "parties": _parties(handled),
        "files": list(files_of(by, filed)),
        "receipt": receipt_of(filed, filing(entries, filed)),
        "is_answered": handled.answered_at is not None,
    }


def _parties(handled: Matter) -> list[Party]:
    """Who answers for a matter: its lead; until there is one, whoever received it first."""
    found = []
    if handled.lead is not None:
        found.append(_party(handled.lead, Role.LEAD.label))
    if handled.first_receiver is not None and handled.first_receiver_id != handled.lead_id:
        found.append(_party(handled.first_receiver, Role.FIRST_RECEIVER.label))
    return found


def _party(body: Organisation, role: Any) -> Party:
    return Party(body.name, role=str(role), region=body.region.name, note=body.phone)


def filing(entries: list[Told], filed: Submission) -> Told | None:
    """The entry by which a submission came in."""
    return next((e for e in entries if e.verb == "submission.file" and e.made == filed.pk), None)


def receipt_of(filed: Submission, entry: Told | None) -> Receipt:
    """The receipt of a submission as pages show it."""
    return Receipt(
        number=filed.number,
        at=filed.filed_at,
        zone=filed.region.zone,
        url=reverse("portal:followed", args=[filed.number]),
        download_url=reverse("portal:receipt", args=[filed.number]),
        position=entry.position if entry else None,
        is_ready=entry is not None and entry.position is not None,
        poll_url=reverse("portal:proof", args=[filed.number]),
    )
