"""The duty roster 值班表: who is put on duty, and how one shift hands over to the next 交接班."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import STAFF, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.queries import Appointment, Organisation
from gongzhi.governance.matters.models import Shift, Watch, next_on_duty

#: Longer than this a shift is a slip of the pen.
LONGEST = timedelta(days=7)
#: Only a post with this grant can be put on duty.
DUTY = "shift.hand_over"


@act("shift.plan", _("Put somebody on duty"), audience=STAFF)
def plan_shift(
    by: Actor,
    body: Organisation,
    *,
    holder: Appointment,
    kind: str,
    since: datetime,
    until: datetime,
    beside: bool = False,
) -> Shift:
    """Put somebody of a body on duty for a while; beside another of the same kind only where that is stated.

    The body is locked, so that two who plan at the same moment cannot put two people in one place.
    """
    if kind not in Watch.values:
        raise Invalid(_("Somebody is on duty as leader or as officer."), field="kind")
    _check_times(since, until)
    _check_holder(body, holder, since, until)
    if not beside:
        _check_free(body, kind, since, until)
    shift = Shift(
        body=body,
        holder=holder,
        person=holder.person_id,
        kind=kind,
        since=since,
        until=until,
        beside=beside,
    )
    keep(shift)
    record(facts=_facts(shift) | {"beside": beside}, persons=[shift.person])
    return shift


def _check_times(since: datetime, until: datetime) -> None:
    if until <= since:
        raise Invalid(_("A shift ends after it begins."), field="until")
    if until <= moment():
        raise Invalid(_("This shift would have ended already."), field="until")
    if until - since > LONGEST:
        raise Invalid(_("A shift lasts seven days at most; look at the two dates again."), field="until")


def _check_holder(body: Organisation, holder: Appointment, since: datetime, until: datetime) -> None:
    """Whoever is on duty holds a post of the body, one that takes shifts, for as long as the shift lasts."""
    if holder.post.organisation_id != body.pk:
        raise Invalid(
            _("Only somebody of %(body)s can be put on its roster.") % {"body": body}, field="holder"
        )
    if DUTY not in holder.post.role.grants:
        raise Invalid(_("This post takes no shifts."), field="holder")
    if holder.since > max(since, moment()) or (holder.until is not None and holder.until < until):
        raise Invalid(_("This post is not held for the whole of the shift."), field="holder")


def _check_free(body: Organisation, kind: str, since: datetime, until: datetime) -> None:
    for other in standing(Shift, body_id=body.pk, cancelled_at=None):
        if other.kind == kind and other.since < until and since < other.until:
            raise NotPossible(
                _("Somebody else is on duty then."),
                field="since",
                instead=_("Choose hours that nobody holds, or say that two are on duty side by side."),
            )


def _facts(shift: Shift) -> dict[str, object]:
    return {
        "shift": shift.pk,
        "kind": shift.kind,
        "body": shift.body.code,
        "since": shift.since,
        "until": shift.until,
    }


@act("shift.cancel", _("Take a shift off the roster"), audience=STAFF)
def cancel_shift(by: Actor, shift: Shift, *, reason: str) -> Shift:
    """Take a shift off the roster; one that has begun ends now, and what was done in it stands."""
    if shift.cancelled_at is not None or shift.until <= moment():
        raise NotPossible(_("This shift is over."))
    if not reason.strip():
        raise Invalid(_("Say why; whoever was on duty reads it."), field="reason")
    if shift.since < moment():
        shift.until = moment()
        keep(shift, "until")
    else:
        shift.cancelled_at = moment()
        keep(shift, "cancelled_at")
    record(facts=_facts(shift), private={"reason": reason}, persons=[shift.person])
    return shift


@act("shift.hand_over", _("Hand a shift over"), audience=STAFF)
def hand_over_shift(by: Actor, shift: Shift, *, note: str) -> Shift:
    """Say, as whoever is on duty, what is left over for the next; until they take it, it can be said anew."""
    if shift.person != by.id:
        raise NotAllowed(
            _("Only whoever is on duty hands the shift over."),
            instead=_("Ask the coordinator to put somebody else on duty."),
        )
    if shift.cancelled_at is not None or shift.since > moment():
        raise NotPossible(_("This shift has not begun."))
    if shift.taken_at is not None:
        raise NotPossible(_("The next shift has taken over already."))
    if not note.strip():
        raise Invalid(_("Say what is left over, or that nothing is."), field="note")
    shift.note, shift.handed_at = note, moment()
    keep(shift, "note", "handed_at")
    record(facts=_facts(shift), private={"note": note}, persons=[shift.person])
    return shift


@act("shift.take", _("Take over from the shift before"), audience=STAFF)
def take_shift(by: Actor, shift: Shift) -> Shift:
    """Take what a shift has left over, as whoever is on duty after it in the same place."""
    if shift.handed_at is None:
        raise NotPossible(
            _("This shift has not been handed over."),
            instead=_("Ask whoever was on duty to write what is left."),
        )
    if shift.taken_at is not None:
        raise NotPossible(_("The next shift has taken over already."))
    others = standing(Shift, body_id=shift.body_id, cancelled_at=None)
    if by.id not in next_on_duty(shift, others, moment()):
        raise NotAllowed(
            _("Only whoever is on duty next takes a shift over."),
            instead=_("Ask the coordinator to put you on the roster."),
        )
    shift.taken_at = moment()
    keep(shift, "taken_at")
    record(facts=_facts(shift), persons=[shift.person])
    return shift
