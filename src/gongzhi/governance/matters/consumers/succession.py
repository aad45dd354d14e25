"""When a body is dissolved, its matters go to its successor, or back to whoever received them first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import Q

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.consumers import consumer
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.parties.queries import Organisation, organisation
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Accusal, Matter, Part, State


@consumer("matters.succession", ["organisation.dissolve"])
def succeed_the_dissolved(entries: Sequence[Entry]) -> None:
    """Let each matter that a dissolved body has go on, in the hands of another."""
    for entry in entries:
        told = json.loads(entry.facts)
        body = organisation(told["code"])
        if body is not None:
            _succeed(body, organisation(told["successor"]) if told.get("successor") else None)


def _succeed(body: Organisation, successor: Organisation | None) -> None:
    """Each matter once: what is done here is written when all of it is done.

    What accuses the body accuses its successor, also where it is closed.
    """
    parts = Part.objects.filter(organisation=body, released_at=None).values("matter")
    held = Matter.objects.exclude(state=State.CLOSED).filter(
        Q(lead=body) | Q(answering=body) | Q(first_receiver=body) | Q(pk__in=parts)
    )
    accused = Matter.objects.filter(pk__in=Accusal.objects.filter(organisation=body).values("matter"))
    for matter in (held | accused).order_by("pk").iterator():
        acts.succeed(PLATFORM, matter, body=body, successor=successor)
