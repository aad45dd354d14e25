"""What rules decide about matters: where they go, by when, and how long they are kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import moment
from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import Decision, decide
from gongzhi.foundation.rulebooks.subjects import Subject, declare

_FACTS = {"kind": "string", "category": "string", "channel": "string"}

#: Which body leads: the function it has in the place, such as "water", nearest first.
ROUTING = declare("matters.routing", _("routing"), inputs=_FACTS, outputs={"function": "string"})

#: By when a matter is contacted and finished; a unit is working_days, working_hours or hours.
DEADLINES = declare(
    "matters.deadline",
    _("deadlines"),
    inputs=_FACTS,
    outputs={
        "contact": "integer",
        "contact_unit": "string",
        "finish": "integer",
        "finish_unit": "string",
    },
)

#: How many years a closed matter is kept before it is archived and its personal data erased.
RETENTION = declare("matters.retention", _("retention"), inputs=_FACTS, outputs={"years": "integer"})


def consult(subject: Subject, region: Region, told: dict[str, Any], undecided: list[str]) -> Decision | None:
    """What the rule in force decides about facts at this moment; where none does, the reason is noted."""
    try:
        return decide(subject, region, told, moment())
    except Undecidable as refusal:
        undecided.append(str(refusal))
        return None
