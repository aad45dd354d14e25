"""What rules decide about matters: where they go, by when, and how long they are kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.rulebooks.subjects import declare

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
