"""Many voices, one matter: merged and taken apart again without loss, and spoken for by some."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    Actor,
    act,
    historical,
    keep,
    moment,
    record,
    standing,
)
from gongzhi.foundation.ledger.refusals import NotAllowed, NotPossible
from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.acts.clocks import _go_on, _hand_clocks, _running
from gongzhi.governance.matters.acts.joint import _go_on_with
from gongzhi.governance.matters.acts.settling import _live
from gongzhi.governance.matters.acts.taking_part import _leave, _open_supports, _take_part
from gongzhi.governance.matters.models import (
    Deadline,
    Matter,
    Merging,
    Role,
    State,
    Submission,
)  # fmt: skip


@act("matter.merge", _("Handle together with another"), audience=PARTICIPANTS)
def merge(by: Actor, matter: Matter, *, into: Matter, reason: str = "") -> Merging:
    """Join a matter to another about the same thing; every submission keeps its number and its voice.

    Whoever took each of them in takes part in the other matter, reads it, and calls its own person back.
    """
    into = _other(by, matter, into)
    for each in (matter, into):
        if each.state not in (State.OPEN, State.DISPATCHED):
            raise NotPossible(_("Only matters that are being handled can be handled together."))
        if each.sealed:
            raise NotPossible(_("A sealed matter is handled by itself."))
    if _live(matter) is not None or _open_supports(matter):
        raise NotPossible(_("Settle first who leads this matter, and release those who support it."))
    _go_on_with(matter)
    submissions = standing(Submission, matter_id=matter.pk)
    clocks = _running(matter)
    merging = Merging(
        source=matter,
        target=into,
        submissions=[str(each.pk) for each in submissions],
        clocks=[str(each.pk) for each in clocks],
        former=matter.state,
        merged_at=moment(),
    )
    keep(merging)
    for submission in submissions:
        if submission.received_by is None:
            submission.received_by = matter.answering
        submission.matter = into
        keep(submission, "matter", "received_by")
    for clock in clocks:
        clock.paused_at = clock.paused_at or moment()
        clock.met_at, clock.void = moment(), True
        keep(clock, "paused_at", "met_at", "void")
    matter.state, matter.due_at = State.MERGED, None
    keep(matter, "state", "due_at")
    if matter.answering is not None and matter.answering_id not in (into.answering_id, into.lead_id):
        _take_part(into, matter.answering, Role.WATCHER)
    record(
        facts={"into": into.number, "submissions": merging.submissions, "target": into.pk},
        private={"reason": reason} if reason else {},
    )
    return merging


def _other(by: Actor, matter: Matter, into: Matter) -> Matter:
    """The other matter as it stands within the act; whoever joins them reads both."""
    if into.pk == matter.pk:
        raise NotPossible(_("A matter cannot be joined to itself."), field="into")
    if historical() is None and not _reads(by, into):
        raise NotAllowed(
            _("You reach no matter with this number."),
            instead=_("Whoever reaches both, such as the coordinator of the area, can join them."),
        )
    (found,) = standing(Matter, id=into.pk)
    return found


def _reads(by: Actor, matter: Matter) -> bool:
    return Matter._base_manager.filter(reach(by, "matter.read", Matter), pk=matter.pk).exists()


@act("matter.unmerge", _("Take apart again"), audience=PARTICIPANTS)
def unmerge(by: Actor, matter: Matter, *, reason: str = "") -> Merging:
    """Take a matter out of the one it was joined to: its submissions come back, its clocks run on."""
    merging = next((each for each in standing(Merging, source_id=matter.pk) if each.undone_at is None), None)
    if merging is None or matter.state != State.MERGED:
        raise NotPossible(_("This matter is handled by itself."))
    (target,) = standing(Matter, id=merging.target_id)
    if target.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(
            _("The matter it was joined to has been answered already."),
            instead=_("Open that one again first."),
        )
    merging.undone_at = moment()
    keep(merging, "undone_at")
    wanted = {UUID(key) for key in merging.submissions}
    for submission in standing(Submission, matter_id=target.pk):
        if submission.pk in wanted:
            submission.matter = matter
            keep(submission, "matter")
    matter.state = merging.former
    _resume_clocks(matter, {UUID(key) for key in merging.clocks})
    _hand_clocks(matter, matter.lead or matter.answering)
    keep(matter, "state", "due_at")
    if matter.answering is not None:
        _leave(target, matter.answering, Role.WATCHER)
    record(
        facts={"from": target.number, "submissions": merging.submissions, "target": target.pk},
        private={"reason": reason} if reason else {},
    )
    return merging


def _resume_clocks(matter: Matter, keys: set[UUID]) -> None:
    """Let the clocks that ran when a matter was merged run on, with the time they had left."""
    for clock in standing(Deadline, matter_id=matter.pk):
        if clock.pk not in keys:
            continue
        clock.met_at, clock.void = None, False
        keep(clock, "met_at", "void")
        _go_on(clock)
        if clock.clock == "finish":
            matter.due_at = clock.due_at


@act("submission.represent", _("Let somebody speak for the group"), audience=PARTICIPANTS)
def represent(by: Actor, submission: Submission, *, speaks: bool = True) -> Submission:
    """Name whoever brought this in a representative of all who brought the same matter in, or end it."""
    if submission.matter is None:
        raise NotPossible(_("This belongs to no matter."))
    if submission.represents == speaks:
        raise NotPossible(_("Nothing would change."))
    submission.represents = speaks
    keep(submission, "represents")
    record(facts={"speaks": speaks, "matter": submission.matter_id})
    return submission
