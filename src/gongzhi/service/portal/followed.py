"""Everything that whoever brought something in is told about it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.queries import (
    Submission,
    at_desk,
    bodies_called,
    clocks,
    is_led_by_residents,
    story,
)
from gongzhi.governance.matters.queries.nested import instant
from gongzhi.governance.matters.queries.own import Own, for_one, own_matter
from gongzhi.governance.matters.queries.papers import files_of
from gongzhi.service.design.parts import Deadline, Party, Receipt
from gongzhi.service.portal.decided import Decided, decided_about
from gongzhi.service.portal.happened import bodies_in
from gongzhi.service.portal.saying import sayings_of
from gongzhi.service.portal.sentences import (
    arrangement_of,
    clock_of,
    clocks_shown,
    extension_of,
    next_of,
    pause_of,
    status_of,
    steps_of,
)


def followed(by: Any, filed: Submission, tried: Any = None) -> dict[str, Any]:
    """A submission that was reached, its matter, clocks, story and receipt, as pages show them.

    ``tried`` is what somebody wanted to say there and could not.
    """
    region = filed.region
    told: dict[str, Any] = {"submission": filed, "region": region}
    own = own_matter(by, filed, now())
    if own is None:
        return told
    handled, entries = own.matter, for_one(story(own.desk, [filed]), filed)
    known = [handled.lead, handled.first_receiver, handled.answering]
    bodies = bodies_called(bodies_in(entries), known)
    binding = clocks_shown(clocks(handled))
    reason, basis = pause_of(own)
    return told | {
        "matter": handled,
        "status": status_of(handled, region, own.pause),
        "arrangement": arrangement_of(own),
        "pause_reason": reason,
        "pause_basis": basis,
        "extension": extension_of(own),
        "next": next_of(own, binding, region),
        "clocks": [clock_of(each, region) for each in binding],
        "steps": steps_of(entries, bodies, region),
        "parties": _parties(own),
        "supports": [_support(each, region) for each in own.supports],
        "files": list(files_of(by, filed)),
        "receipt": receipt_of(filed, filing(entries, filed)),
        "is_answered": handled.answered_at is not None,
        "rating": own.rating,
        "has_account": is_led_by_residents(handled.lead) and not handled.sealed,
        "sayings": sayings_of(own, filed, tried),
    }


def decided_of(by: Any, filed: Submission) -> list[Decided]:
    """What rules decided about the matter of a submission that was reached."""
    desk = at_desk(by, filed.matter_id) if filed.matter_id else None
    return decided_about(for_one(story(desk, [filed]), filed), filed.region) if desk is not None else []


def _parties(own: Own) -> list[Party]:
    """Who answers to the person first, then who leads, then whoever received it first."""
    handled, found = own.matter, {}
    if handled.answering is not None:
        found[handled.answering.pk] = _party(handled.answering, _("answers you"))
    if handled.lead is not None and handled.lead.pk not in found:
        found[handled.lead.pk] = _party(handled.lead, _("was sent it and is to take over"))
    receiver = handled.first_receiver
    if receiver is not None and receiver.pk not in found:
        found[receiver.pk] = _party(receiver, _("took it in"))
    return list(found.values())


def _party(body: Organisation, role: str) -> Party:
    return Party(body.name, role=role, region=body.region.name, note=body.phone)


def _support(told: dict[str, Any], region: Any) -> tuple[Party, Deadline | None]:
    """A body that helps, and by when; one that has reported is done."""
    reported, due = instant(told["reported"]), instant(told["due"])
    role = _("has helped") if reported else _("helps")
    party = Party(told["name"], role=role, region=told["region"], note=told["phone"] or "")
    clock = Deadline(due=due, zone=region.zone, label=_("Its part"), met=reported) if due else None
    return party, clock


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
