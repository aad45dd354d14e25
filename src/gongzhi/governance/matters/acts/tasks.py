"""A grid's tasks in one list (多格合一), admitted by rule; and the public account of what residents do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.files.queries import File
from gongzhi.foundation.ledger.acts import PUBLIC, STAFF, Actor, act, keep, moment, record, standing
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Grid, Region
from gongzhi.foundation.rulebooks.queries import Decision
from gongzhi.governance.matters.acts.filing import MOST_FILES
from gongzhi.governance.matters.acts.taking_part import _speaks_for
from gongzhi.governance.matters.models import AccountLine, Matter, State, Task, TaskPhoto
from gongzhi.governance.matters.rules import ADMISSION, consult

#: Bodies of residents, whose money on a matter stands on a public account.
RESIDENTS = ("committee", "social", "community")


@act("task.set", _("Set a grid a task"), audience=STAFF, creates=True)
def set_task(
    by: Actor,
    region: Region,
    *,
    grid: Grid,
    body: Organisation,
    asker: Organisation,
    lines: Sequence[str],
    text: str,
    due: datetime | None = None,
) -> Task:
    """Set a grid's workers a task for one line of business or several; what is not admitted is refused.

    Whether a line may be pushed down to the body is a rule; where none decides, the body may refuse.
    """
    _speaks_for(by, asker)
    if not lines:
        raise Invalid(_("Say for which lines of business this is done."), field="lines")
    if not text.strip():
        raise Invalid(_("Say what is to be done."), field="text")
    if grid.region_id != region.pk:
        raise Invalid(_("This grid lies elsewhere."), field="grid")
    if due is not None and due <= moment():
        raise Invalid(_("The deadline lies in the past."), field="due")
    decided = _admitted(region, body, lines)
    task = Task(
        region=region,
        grid=grid,
        body=body,
        asker=asker,
        lines=sorted(set(lines)),
        text=text[:300],
        set_at=moment(),
        due_at=due,
        rule=decided.digest if decided else "",
        basis=decided.basis[:300] if decided else "",
    )
    keep(task)
    record(
        facts={"grid": grid.code, "body": body.code, "asker": asker.code, "lines": task.lines, "due": due},
        private={"text": text},
    )
    return task


def _admitted(region: Region, body: Organisation, lines: Sequence[str]) -> Decision | None:
    """The rule that admits all lines; refused where one of them is not on the list."""
    decided = None
    for line in dict.fromkeys(lines):
        decided = consult(ADMISSION, region, {"line": line, "body": body.kind}, [])
        if decided is not None and not decided.value["admit"]:
            raise NotPossible(
                _("%(line)s is not on the duty list of %(body)s: %(basis)s")
                % {"line": line, "body": body, "basis": decided.basis},
                field="lines",
                instead=_("Do it with your own people, or have it admitted first."),
            )
        if decided is None:
            return None
    return decided


@act("task.join", _("Let a task serve another line as well"), audience=STAFF)
def join_task(by: Actor, task: Task, *, lines: Sequence[str]) -> Task:
    """Let a task that is set already serve further lines of business: it is done once and counts once."""
    if not task.is_open:
        raise NotPossible(_("This task has ended."))
    added = sorted(set(lines) - set(task.lines))
    if not added:
        raise NotPossible(_("The task serves these lines already."), field="lines")
    _admitted(task.region, task.body, added)
    task.lines = sorted({*task.lines, *added})
    keep(task, "lines")
    record(facts={"lines": task.lines, "added": added})
    return task


@act("task.do", _("Report a task as done, or as not possible"), audience=STAFF)
def do_task(
    by: Actor, task: Task, *, result: str, possible: bool = True, photos: Sequence[File] = ()
) -> Task:
    """Say, as a worker of the grid, what was done, or why it could not be, for all lines at once.

    Photos show it; they are stored before, without what cameras hide in them.
    """
    if not task.is_open:
        raise NotPossible(_("This task has ended."))
    if not result.strip():
        raise Invalid(_("Say what was done, or why it could not be."), field="result")
    _show(task, photos)
    task.result, task.possible, task.done_at = result, possible, moment()
    keep(task, "result", "possible", "done_at")
    in_time = task.done_at <= task.due_at if task.due_at else None
    record(
        facts={"lines": task.lines, "body": task.body.code, "in_time": in_time, "possible": possible},
        private={"text": result},
    )
    return task


def _show(task: Task, photos: Sequence[File]) -> None:
    if not photos:
        return
    if len(photos) > MOST_FILES:
        raise Invalid(
            _("There are %(count)d files; at most %(limit)d can be attached.")
            % {"count": len(photos), "limit": MOST_FILES},
            field="photos",
        )
    if any(not each.media_type.startswith("image/") for each in photos):
        raise Invalid(_("Only photos can be taken here."), field="photos")
    if any(each.erased for each in photos) or TaskPhoto.objects.filter(file__in=photos).exists():
        raise Invalid(_("A file is no longer there. Choose it again."), field="photos")
    for each in photos:
        keep(TaskPhoto(task=task, file=each))
    record(facts={"photos": [each.pk for each in photos]})


@act("task.refuse", _("Refuse a task that was never admitted"), audience=STAFF)
def refuse_task(by: Actor, task: Task, *, reason: str) -> Task:
    """Refuse, as the body whose grid it is, what no rule has admitted."""
    _speaks_for(by, task.body)
    if not task.is_open:
        raise NotPossible(_("This task has ended."))
    if task.rule:
        raise NotPossible(_("This task is on the duty list: %(basis)s") % {"basis": task.basis})
    if not reason.strip():
        raise Invalid(_("Say why; whoever set it reads it."), field="reason")
    task.reason, task.refused_at = reason, moment()
    keep(task, "reason", "refused_at")
    record(facts={"lines": task.lines, "body": task.body.code}, private={"reason": reason})
    return task


@act("account.note", _("Note money on the public account"), audience=PUBLIC)
def note_money(by: Actor, matter: Matter, *, amount: Decimal, what_for: str, evidence: str) -> AccountLine:
    """Note, as residents who lead a matter, money in (positive) or out (negative); never more out than in."""
    if matter.state != State.DISPATCHED or matter.lead is None or matter.lead.kind not in RESIDENTS:
        raise NotPossible(_("Only residents who handle a matter keep an account of it."))
    if matter.sealed:
        raise NotPossible(_("A sealed matter has no public account."))
    _speaks_for(by, matter.lead)
    cents = amount.quantize(Decimal("0.01")) if amount.is_finite() else Decimal(0)
    if not cents or cents != amount:
        raise Invalid(_("Give an amount, to the cent."), field="amount")
    if not what_for.strip() or not evidence.strip():
        raise Invalid(_("Say what for, and what proves it."), field="evidence")
    held = sum((line.amount for line in standing(AccountLine, matter_id=matter.pk)), Decimal(0))
    if held + cents < 0:
        raise NotPossible(_("There is not so much on the account."), field="amount")
    line = AccountLine(
        matter=matter, amount=cents, what_for=what_for[:200], evidence=evidence[:200], body=matter.lead,
        at=moment(),
    )  # fmt: skip
    keep(line)
    record(
        facts={"amount": str(cents), "balance": str(held + cents), "body": matter.lead.code},
        private={"what_for": what_for, "evidence": evidence},
    )
    return line
