"""What rules decide about matters: where they go, by when, and how long they are kept."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import moment
from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.regions.calendars import Unit
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.foundation.rulebooks.queries import Decision, decide
from gongzhi.foundation.rulebooks.subjects import Subject, declare
from gongzhi.governance.matters.library import rule_set

_FACTS = {"kind": "string", "category": "string", "channel": "string"}

#: What a rule on routing may say instead of a function: the body that owns, or keeps, the thing named.
OWNER, KEEPER = "owner", "keeper"
#: What such a rule reads where no thing was named, or nobody who stands owns it.
NO_THING = "none"

#: Which body leads: the function it has in the place, such as "water", nearest first; or whose the thing is.
ROUTING = declare(
    "matters.routing",
    _("routing"),
    inputs={**_FACTS, "thing": "string"},
    outputs={"function": "string"},
    untold={"thing": NO_THING},
)

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

#: From what time of day on something counts as come in on the next working day; else from when offices close.
CUT_OFF = declare("matters.cut_off", _("cut-off time"), inputs=_FACTS, outputs={"time": "time"})

#: How many years a closed matter is kept before it is archived and its personal data erased.
RETENTION = declare("matters.retention", _("retention"), inputs=_FACTS, outputs={"years": "integer"})


_MATTER = {**_FACTS, "urgency": "string"}
_TIME = {"amount": "integer", "unit": "string"}

#: How long a body has to take over or return, and how often it may return a matter.
TAKE = declare(
    "matters.take",
    _("taking over or returning"),
    inputs={**_MATTER, "across": "boolean"},
    outputs={**_TIME, "returns": "integer"},
)

#: How long each step takes when bodies disagree: arbitrate, confer, superior.
SETTLE = declare(
    "matters.settle",
    _("settling who leads"),
    inputs={**_MATTER, "step": "string"},
    outputs=_TIME,
)

#: Whether the coordinator of an area may designate who leads: binds only members that adopted it.
DESIGNATION = declare(
    "matters.designation", _("designation"), inputs=_MATTER, outputs={"designate": "boolean"}
)

#: How long a supporting body has for its part.
SUPPORT = declare("matters.support", _("support"), inputs=_MATTER, outputs=_TIME)

#: What must come before a matter is closed, and how long it can be opened again.
ENDING = declare(
    "matters.ending",
    _("ending"),
    inputs=_MATTER,
    outputs={
        "verify": "boolean",
        "verify_days": "integer",
        "call_back": "boolean",
        "call_back_days": "integer",
        "tries": "integer",
        "reopen_days": "integer",
        "second_after": "integer",
    },
)

#: How often and by how much a deadline may be extended, and whether the person is told first.
EXTENSION = declare(
    "matters.extension",
    _("extension"),
    inputs=_MATTER,
    outputs={"times": "integer", "days": "integer", "told_first": "boolean"},
)

#: Whether clocks may stand still (suspended, shelved), and for how many days at most.
STOP = declare(
    "matters.stop",
    _("suspending and shelving"),
    inputs={**_MATTER, "stop": "string"},
    outputs={"allowed": "boolean", "days": "integer"},
)

#: Where an overdue matter goes: superior, watch or none.
ESCALATION = declare(
    "matters.escalation", _("escalation"), inputs={**_MATTER, "clock": "string"}, outputs={"to": "string"}
)

#: How many hours before its end a clock counts as nearly due.
NEARLY = declare(
    "matters.nearly_due", _("nearly due"), inputs={"clock": "string"}, outputs={"hours": "integer"}
)

#: How often in a month a body may call a muster, and how soon those called must arrive.
MUSTER = declare("matters.muster", _("muster"), inputs=_MATTER, outputs={**_TIME, "per_month": "integer"})

#: Whether something of this urgency is reported upward, and how soon after it became known.
URGENT = declare(
    "matters.urgent",
    _("urgent information"),
    inputs={"urgency": "string"},
    outputs={"report": "boolean", **_TIME},
)

#: How many years an urgent report of no matter is kept after the final one before what it said is erased.
URGENT_RETENTION = declare(
    "matters.urgent_retention",
    _("retention of urgent reports"),
    inputs={"urgency": "string"},
    outputs={"years": "integer"},
)

#: How near a border both sides see it, and how near and late two reports are of one thing.
NEAR = declare(
    "matters.near",
    _("borders and neighbourhood"),
    inputs=_MATTER,
    outputs={"border_metres": "integer", "alike_metres": "integer", "alike_days": "integer"},
)


#: What each of the three rates weighs, out of a hundred, and from which mark on somebody is satisfied.
RATES = declare(
    "matters.rates",
    _("weights of the three rates"),
    inputs={"level": "string"},
    outputs={
        "response": "integer",
        "resolution": "integer",
        "satisfaction": "integer",
        "satisfied_from": "integer",
    },
)


#: When more came in than usual: against so many weeks, at least so many, so many times their mean.
UNUSUAL = declare(
    "matters.unusual",
    _("what is unusual"),
    inputs={"weekday": "integer"},
    outputs={"weeks": "integer", "least": "integer", "times": "integer"},
)

#: Whether a line of business may be pushed down to a body of a kind (准入); none is shipped, for each town
#: has a duty list of its own.
ADMISSION = declare(
    "matters.admission",
    _("admission of tasks"),
    inputs={"line": "string", "body": "string"},
    outputs={"admit": "boolean"},
)


def default_tables() -> list[str]:
    """The tables that a node starts with for how matters are handled, as examples to be replaced."""
    found = rule_set("handling")
    return list(found.texts) if found else []


def facts_of(matter: Any, **more: Any) -> dict[str, Any]:
    """What rules may know of a matter."""
    return {
        "kind": matter.kind,
        "category": matter.category.code,
        "channel": "",
        "urgency": matter.urgency,
        **more,
    }


def asked_of(subject: Subject, matter: Any, **more: Any) -> Decision | None:
    """What the rule in force decides about a matter; None where none does, so that a person decides."""
    return consult(subject, matter.region, facts_of(matter, **more), [])


def known(subject: Subject, region: Region, told: dict[str, Any], at: datetime) -> Decision | None:
    """What the rule in force at a moment would decide, for a page that says so; None where none does."""
    try:
        return decide(subject, region, told, at)
    except Undecidable:
        return None


def consult(
    subject: Subject, region: Region, told: dict[str, Any], undecided: list[list[Any]]
) -> Decision | None:
    """What the rule in force decides about facts at this moment; where none does, the reason is noted."""
    try:
        return decide(subject, region, told, moment())
    except Undecidable as refusal:
        undecided.append(refusal.why)
        return None


#: So many characters of the reasons are kept with a matter.
_REASONS = 300


def reasons_kept(undecided: list[list[Any]]) -> str:
    """Why no rule decided, in codes, as a matter keeps it; the last are left out where there are too many."""
    kept = list(undecided)
    while len(text := json.dumps(kept, ensure_ascii=False, separators=(",", ":"))) > _REASONS:
        kept.pop()
    return text if kept else ""


def reasons_of(text: str) -> list[list[Any]] | None:
    """The reasons that a matter keeps; None where they were kept as a sentence."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def kept_until(subject: Subject, region: Region, told: dict[str, Any]) -> date | None:
    """Until when something that ends now is kept; None where no rule says so: until one does."""
    decided = consult(subject, region, told, [])
    if decided is None:
        return None
    today = moment().date()
    return today.replace(year=today.year + decided.value["years"], day=min(today.day, 28))


def due_after(
    amount: int, unit: Unit, region: Region, told: dict[str, Any], since: datetime | None = None
) -> datetime:
    """When so much time has passed since a moment, or from now on; a rule may cut days off early."""
    cut_off = consult(CUT_OFF, region, told, []) if unit == "working_days" else None
    by = cut_off.value["time"] if cut_off else None
    return calendar_of(region).add(since or moment(), amount, unit, cut_off=by)
