"""Urgent information 紧急信息报送: a body reports to the one above it, first, further on, and finally."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import STAFF, Actor, act, historical, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.rulebooks.queries import Decision
from gongzhi.governance.matters.acts.clocks import _deadline, _meet, _running, _start
from gongzhi.governance.matters.acts.joint import instruct
from gongzhi.governance.matters.acts.taking_part import _parts, _speaks_for
from gongzhi.governance.matters.models import OVER, Clock, Matter, Urgency, Urgent
from gongzhi.governance.matters.rules import (
    URGENT,
    URGENT_RETENTION,
    consult,
    due_after,
    facts_of,
    kept_until,
)

TITLE_LENGTH = 120


def _expect_report(matter: Matter, body: Organisation) -> None:
    """Start the clock of the first report where a rule asks for one and a superior is there to read it."""
    if matter.sealed or matter.urgency == Urgency.ORDINARY or body.superior_id is None:
        return
    decided = consult(URGENT, matter.region, facts_of(matter), [])
    if decided is not None and decided.value["report"]:
        due, measure = _due(decided, body, moment())
        _start(_deadline(matter, Clock.URGENT, due, body, decided, measure))


def _due(decided: Decision, body: Organisation, since: datetime) -> tuple[datetime, str]:
    amount, unit = decided.value["amount"], decided.value["unit"]
    return due_after(amount, unit, body.region, {}, since), f"{amount} {unit}"


@act("urgent.report", _("Report something urgent to the superior"), audience=STAFF, creates=True)
def report_urgent(
    by: Actor,
    body: Organisation,
    *,
    title: str,
    text: str,
    matter: Matter | None = None,
    known_at: datetime | None = None,
) -> Urgent:
    """Report an urgent affair, of a matter or of none, to the superior of a body: the first report.

    A rule says how soon after it became known. Whoever reads the matter decides what the report says of it;
    the superior reads the report, and no more of the matter than before.
    """
    above = _superior(body)
    _check_words(title, text)
    since = _known(known_at, matter)
    if matter is not None:
        _check_matter(by, body, matter)
    urgent = Urgent(
        region=body.region,
        body=body,
        superior=above,
        matter=matter,
        title=title.strip(),
        known_at=since,
        first_at=moment(),
        last_at=moment(),
    )
    in_time, measure = _timed(urgent, matter)
    keep(urgent)
    record(
        facts={
            "body": body.code,
            "superior": above.code,
            "matter": matter.pk if matter else None,
            "known": since,
            "due": urgent.due_at,
            "in_time": in_time,
            "measure": measure,
            **({"rule": urgent.rule} if urgent.rule else {}),
        },
        private={"title": urgent.title, "text": text},
    )
    return urgent


def _superior(body: Organisation) -> Organisation:
    above = body.superior
    if above is None or above.dissolved is not None:
        raise NotPossible(
            _("No superior of %(body)s is known here, so nobody would read it.") % {"body": body},
            instead=_("Report by telephone now, and ask the administrator to enter the superior."),
        )
    return above


def _check_words(title: str, text: str) -> None:
    if not title.strip() or len(title) > TITLE_LENGTH:
        raise Invalid(
            _("Say what it is about, in at most %(limit)d characters.") % {"limit": TITLE_LENGTH},
            field="title",
        )
    _check_text(text)


def _check_text(text: str) -> None:
    if not text.strip():
        raise Invalid(_("Say what has happened, and what is being done."), field="text")


def _known(told: datetime | None, matter: Matter | None) -> datetime:
    since = told or (matter.opened_at if matter else moment())
    if since > moment():
        raise Invalid(_("This lies in the future; say when it became known."), field="known_at")
    return since


def _check_matter(by: Actor, body: Organisation, matter: Matter) -> None:
    """Only a matter that the reporter reads, that is not sealed, and is not being reported already."""
    reads = Matter._base_manager.filter(reach(by, "matter.read", Matter), pk=matter.pk)
    if historical() is None and not reads.exists():
        raise NotAllowed(
            _("You reach no matter with this number."), instead=_("Report it without naming a matter.")
        )
    if matter.sealed:
        raise NotPossible(
            _("A sealed matter is not reported upward."),
            instead=_("What must be known at once is reported without naming a matter or a person."),
        )
    if standing(Urgent, body_id=body.pk, matter_id=matter.pk, final_at=None):
        raise NotPossible(
            _("This matter has been reported already."),
            instead=_("Write a further report, or the final one."),
        )


def _timed(urgent: Urgent, matter: Matter | None) -> tuple[bool | None, str]:
    """Set by when the first report was due, and end the clock that ran for it; whether it is in time."""
    clocks = _running(matter, Clock.URGENT) if matter is not None else []
    for clock in clocks:
        if clock.holder_id == urgent.body_id:
            urgent.due_at, urgent.rule, urgent.basis = clock.due_at, clock.rule, clock.basis
            return _meet([clock]), clock.measure
    urgency = matter.urgency if matter is not None else Urgency.EMERGENCY.value
    decided = consult(URGENT, urgent.region, {"urgency": urgency}, [])
    if decided is None or not decided.value["report"]:
        return None, ""
    urgent.due_at, measure = _due(decided, urgent.body, urgent.known_at)
    urgent.rule, urgent.basis = decided.digest, decided.basis[:300]
    return moment() <= urgent.due_at, measure


@act("urgent.report_further", _("Write a further report"), audience=STAFF)
def report_further(by: Actor, urgent: Urgent, *, text: str) -> Urgent:
    """Report how an urgent affair goes on."""
    return _reported(urgent, text)


@act("urgent.report_finally", _("Write the final report"), audience=STAFF)
def report_finally(by: Actor, urgent: Urgent, *, text: str) -> Urgent:
    """Report how an urgent affair ended; nothing follows after it.

    A rule says how long a report of no matter is kept; one of a matter is kept as long as that.
    """
    _reported(urgent, text)
    urgent.final_at = moment()
    if urgent.matter_id is None and historical() is None:
        asked = {"urgency": Urgency.EMERGENCY.value}
        urgent.keep_until = kept_until(URGENT_RETENTION, urgent.region, asked)
    keep(urgent, "final_at", "keep_until")
    return urgent


def _reported(urgent: Urgent, text: str) -> Urgent:
    _check_open(urgent)
    _check_text(text)
    urgent.reports, urgent.last_at = urgent.reports + 1, moment()
    keep(urgent, "reports", "last_at")
    record(
        facts={"body": urgent.body.code, "superior": urgent.superior.code, "number": urgent.reports},
        private={"text": text},
    )
    return urgent


def _check_open(urgent: Urgent) -> None:
    if urgent.final_at is not None:
        raise NotPossible(
            _("The final report has been written."), instead=_("Report anew if something else has happened.")
        )


@act("urgent.acknowledge", _("Acknowledge an urgent report"), audience=STAFF)
def acknowledge_urgent(by: Actor, urgent: Urgent) -> Urgent:
    """Say, as the superior, that the report has been read."""
    _speaks_for(by, urgent.superior)
    if urgent.acknowledged_at is not None:
        raise NotPossible(_("This report has been acknowledged already."))
    urgent.acknowledged_at = moment()
    keep(urgent, "acknowledged_at")
    record(facts={"superior": urgent.superior.code, "body": urgent.body.code})
    return urgent


@act("urgent.instruct", _("Instruct on an urgent report"), audience=STAFF)
def instruct_urgent(by: Actor, urgent: Urgent, *, text: str, due: datetime | None = None) -> Urgent:
    """A word of the superior's leader on an urgent report; the body answers it with a further report.

    Where the leader reaches the matter itself, the word is an instruction on the matter too, with its clock.
    """
    _speaks_for(by, urgent.superior)
    _check_open(urgent)
    if not text.strip():
        raise Invalid(_("Write the instruction."), field="text")
    if due is not None and due <= moment():
        raise Invalid(_("The deadline lies in the past."), field="due")
    urgent.instructed_at = moment()
    keep(urgent, "instructed_at")
    if urgent.acknowledged_at is None:
        urgent.acknowledged_at = moment()
        keep(urgent, "acknowledged_at")
    record(facts={"giver": urgent.superior.code, "to": urgent.body.code, "due": due}, private={"text": text})
    if urgent.matter is not None and _can_instruct(by, urgent.matter, urgent.body):
        instruct(by, urgent.matter, to=urgent.body, giver=urgent.superior, text=text, due=due)
    return urgent


def _can_instruct(by: Actor, matter: Matter, body: Organisation) -> bool:
    """Whether the actor reaches the matter with an instruction to a body that takes part in it."""
    rows = Matter._base_manager.filter(reach(by, "matter.instruct", Matter), pk=matter.pk)
    takes_part = any(part.organisation_id == body.pk for part in _parts(matter))
    return takes_part and matter.state not in OVER and rows.exists()
