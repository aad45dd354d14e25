"""What the desk says: the status of a matter and its deadlines with their rules, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.governance.matters.queries import Clock, Deadline, Matter, State, Step, Stop
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of

CLOCKS = {
    Clock.CONTACT: gettext_lazy("Contact"),
    Clock.ANSWER: gettext_lazy("Answer"),
    Clock.INTERIM: gettext_lazy("Interim answer"),
    Clock.FINISH: gettext_lazy("Finish"),
    Clock.TAKE: gettext_lazy("Take over or return"),
    Clock.ARBITRATE: gettext_lazy("Decide who leads"),
    Clock.CONFER: gettext_lazy("Conference"),
    Clock.SUPERIOR: gettext_lazy("Superiors"),
    Clock.SUPPORT: gettext_lazy("Support"),
    Clock.ARRIVE: gettext_lazy("Arrival"),
    Clock.INSTRUCTION: gettext_lazy("Instruction"),
    Clock.VERIFY: gettext_lazy("Verification"),
    Clock.CALL_BACK: gettext_lazy("Call-back"),
    Clock.URGENT: gettext_lazy("First report to the superior"),
}
#: The clocks of the question who leads: while it is open, they say what the matter waits for.
SETTLING = (Clock.TAKE, Clock.ARBITRATE, Clock.CONFER, Clock.SUPERIOR)


def precision_of(value: str) -> Any:
    """How exactly a moment is shown."""
    return "day" if value == "day" else "minute"


# -- rules and deadlines -----------------------------------------------------------------------------


def rule_of(deadline: Deadline) -> parts.Rule | None:
    """The rule that set a deadline: whose, on what, which version and row; None where none did."""
    cited: Mapping[str, Any] | None = getattr(deadline, "cited", None)
    if not cited:
        return None
    titles = {each.name: str(each.title) for each in subjects()}
    told = {
        "region": name_of(cited["region"]),
        "subject": titles.get(cited["subject"], cited["subject"]),
        "number": cited["number"],
        "row": deadline.row,
    }
    label = (
        _("the rule of %(region)s on %(subject)s, version %(number)s")
        if deadline.row is None
        else _("the rule of %(region)s on %(subject)s, version %(number)s, row %(row)s")
    )
    url = reverse("portal:rule", args=[deadline.rule]) + f"?of={cited['code']}"
    if deadline.row is not None:
        url += f"#row-{deadline.row}"
    return parts.Rule(label % told, url=url, basis=deadline.basis)


def short_rule_of(deadline: Deadline) -> str:
    """The rule of a deadline as a list cites it: version and row, and whose."""
    cited: Mapping[str, Any] | None = getattr(deadline, "cited", None)
    if not cited:
        return ""
    number = f"{cited['number']}.{deadline.row}" if deadline.row is not None else cited["number"]
    return _("rule %(number)s of %(region)s") % {"number": number, "region": name_of(cited["region"])}


def deadline_of(deadline: Deadline, zone: str, at: datetime) -> parts.Deadline:
    """A clock of a matter as it is shown."""
    return parts.Deadline(
        deadline.due_at,
        zone,
        str(CLOCKS[Clock(deadline.clock)]),
        precision_of(deadline.precision),
        rule_of(deadline),
        deadline.met_at,
        stopped=deadline.paused_at is not None,
        now=at,
    )


# -- status ------------------------------------------------------------------------------------------


def state_of(matter: Matter, at: datetime) -> parts.State:
    """How a matter stands, for its shape and colour."""
    if matter.state in (State.CLOSED, State.MERGED):
        return parts.State.DONE
    if matter.stopped:
        return parts.State.SUSPENDED
    if matter.state == State.ANSWERED:
        return parts.State.WAITING
    if matter.due_at is not None and matter.due_at < at:
        return parts.State.OVERDUE
    return parts.State.NEW if matter.state == State.OPEN else parts.State.IN_HAND


def status_of(matter: Matter, clocks: Iterable[Deadline], at: datetime, live: Any = None) -> parts.Status:
    """The status sentence: who is waited for, for what, by when, by which rule.

    While it is open who leads (``live``), that is what the matter waits for.
    """
    running = [each for each in clocks if each.met_at is None and each.paused_at is None]
    settling = [each for each in running if live is not None and each.clock in SETTLING]
    binding = next(iter(settling or running), None)
    late = matter.state in WORKING and binding is not None and binding.due_at < at
    state = parts.State.OVERDUE if late else state_of(matter, at)
    is_arbitrated = bool(settling) and live.step == Step.ARBITRATION
    sentence = _sentence(matter, binding, at, is_arbitrated=is_arbitrated)
    return parts.Status(sentence, state, large=True)


def _sentence(matter: Matter, binding: Deadline | None, at: datetime, *, is_arbitrated: bool = False) -> str:
    zone = matter.region.zone
    if matter.state == State.CLOSED and matter.closed_at:
        return _("Closed %(when)s") % {"when": Moment.of(matter.closed_at, zone).exact(at)}
    if matter.state == State.MERGED:
        return _("Handled together with another matter")
    if matter.stopped:
        return str(_STANDING[Stop(matter.stopped)])
    if matter.state == State.ANSWERED and matter.answered_at and binding is None:
        when = Moment.of(matter.answered_at, zone).exact(at)
        return _("Answered %(when)s; still to be closed") % {"when": when}
    holder = binding.holder if binding is not None else None
    handler = matter.lead if matter.state == State.DISPATCHED else matter.answering or matter.first_receiver
    who = holder if binding is not None and binding.clock not in _LEADS and holder else handler
    told = {"who": name_of(who.name) if who else _("somebody who may send it on")}
    if binding is None:
        return str(_WITHOUT_DEADLINE[State(matter.state)]) % told
    due = Moment.of(binding.due_at, zone, precision_of(binding.precision))
    is_late = binding.due_at < at
    words = _ARBITER[is_late] if is_arbitrated else _waiting(matter, binding, is_late=is_late)
    sentence = str(words) % {**told, "when": due.exact(at)}
    rule = rule_of(binding)
    return _("%(sentence)s, by %(rule)s") % {"sentence": sentence, "rule": rule.label} if rule else sentence


UNANSWERED = (State.OPEN, State.DISPATCHED)
WORKING = (*UNANSWERED, State.ANSWERED)
_LEADS = (Clock.CONTACT, Clock.ANSWER, Clock.INTERIM, Clock.FINISH)
_STANDING = {
    Stop.SUSPENDED: gettext_lazy("Suspended: its clocks stand still"),
    Stop.SHELVED: gettext_lazy("On the public list of the unresolved: its clocks stand still"),
}
_WITHOUT_DEADLINE = {
    State.OPEN: gettext_lazy("Not sent to a handling body yet; %(who)s decides"),
    State.DISPATCHED: gettext_lazy("In hand at %(who)s"),
    State.ANSWERED: gettext_lazy("Answered; still to be closed"),
}


def _waiting(matter: Matter, binding: Deadline, *, is_late: bool) -> str:
    clock = Clock(binding.clock)
    if clock in _OTHERS:
        return str(_OTHERS[clock][is_late])
    if matter.state == State.OPEN:
        if is_late:
            return _("Not sent to a handling body yet, and overdue since %(when)s; %(who)s decides")
        return _("Not sent to a handling body yet; %(who)s decides, by %(when)s")
    if is_late:
        return _("Overdue: %(who)s should have answered by %(when)s")
    return _("Waiting for %(who)s to answer until %(when)s")


_ARBITER = (
    gettext_lazy("Waiting for %(who)s to designate who leads until %(when)s"),
    gettext_lazy("Overdue: %(who)s should have designated who leads by %(when)s"),
)
#: What a clock waits for, and what is said when it was not done.
_OTHERS = {
    Clock.CONTACT: (
        gettext_lazy("Waiting for %(who)s to make contact until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have made contact by %(when)s"),
    ),
    Clock.TAKE: (
        gettext_lazy("Waiting for %(who)s to take over or return until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have taken over or returned by %(when)s"),
    ),
    Clock.ARBITRATE: (
        gettext_lazy("Waiting for %(who)s to let it be decided who leads, until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have let it be decided who leads by %(when)s"),
    ),
    Clock.CONFER: (
        gettext_lazy("Waiting for the conference that %(who)s called, until %(when)s"),
        gettext_lazy("Overdue: the conference that %(who)s called should have agreed by %(when)s"),
    ),
    Clock.SUPERIOR: (
        gettext_lazy("Waiting for the superiors, asked through %(who)s, until %(when)s"),
        gettext_lazy("Overdue: the superiors, asked through %(who)s, should have answered by %(when)s"),
    ),
    Clock.SUPPORT: (
        gettext_lazy("Waiting for %(who)s to report on its part until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have reported on its part by %(when)s"),
    ),
    Clock.ARRIVE: (
        gettext_lazy("Waiting for %(who)s to arrive on the spot until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have arrived on the spot by %(when)s"),
    ),
    Clock.INSTRUCTION: (
        gettext_lazy("Waiting for %(who)s to carry out an instruction until %(when)s"),
        gettext_lazy("Overdue: %(who)s should have carried out an instruction by %(when)s"),
    ),
    Clock.VERIFY: (
        gettext_lazy("Answered; to be verified until %(when)s, by somebody whom %(who)s lets look"),
        gettext_lazy("Overdue: it should have been verified by %(when)s, by somebody whom %(who)s lets look"),
    ),
    Clock.CALL_BACK: (
        gettext_lazy("Answered; the person is called back until %(when)s, by way of %(who)s"),
        gettext_lazy("Overdue: the person should have been called back by %(when)s, by way of %(who)s"),
    ),
}
