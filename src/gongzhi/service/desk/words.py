"""What the desk says: the status of a matter, its deadlines with their rules, its story, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.foundation.ledger.acts import ACTS, PLATFORM
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.actors import IMPORTER, PUBLIC_ID
from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.governance.matters.queries import Channel, Clock, Deadline, Matter, State
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of

CLOCKS = {
    Clock.CONTACT: gettext_lazy("Contact"),
    Clock.ANSWER: gettext_lazy("Answer"),
    Clock.FINISH: gettext_lazy("Finish"),
}


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
        now=at,
    )


# -- status ------------------------------------------------------------------------------------------


def state_of(matter: Matter, at: datetime) -> parts.State:
    """How a matter stands, for its shape and colour."""
    if matter.state == State.CLOSED:
        return parts.State.DONE
    if matter.state == State.ANSWERED:
        return parts.State.WAITING
    if matter.due_at is not None and matter.due_at < at:
        return parts.State.OVERDUE
    return parts.State.NEW if matter.state == State.OPEN else parts.State.IN_HAND


def status_of(matter: Matter, clocks: Iterable[Deadline], at: datetime) -> parts.Status:
    """The status sentence: who is waited for, for what, by when, by which rule."""
    binding = next((each for each in clocks if each.met_at is None), None)
    is_late = matter.state in UNANSWERED and binding is not None and binding.due_at < at
    state = parts.State.OVERDUE if is_late else state_of(matter, at)
    return parts.Status(_sentence(matter, binding, at), state, large=True)


def _sentence(matter: Matter, binding: Deadline | None, at: datetime) -> str:
    zone = matter.region.zone
    if matter.state == State.CLOSED and matter.closed_at:
        return _("Closed %(when)s") % {"when": Moment.of(matter.closed_at, zone).exact(at)}
    if matter.state == State.ANSWERED and matter.answered_at:
        when = Moment.of(matter.answered_at, zone).exact(at)
        return _("Answered %(when)s; still to be closed") % {"when": when}
    who = matter.lead if matter.state == State.DISPATCHED else matter.first_receiver
    told = {"who": name_of(who.name) if who else _("somebody who may send it on")}
    if binding is None:
        return _WITHOUT_DEADLINE[State(matter.state)] % told
    due = Moment.of(binding.due_at, zone, precision_of(binding.precision))
    sentence = _waiting(matter, binding, is_late=binding.due_at < at) % {**told, "when": due.exact(at)}
    rule = rule_of(binding)
    return _("%(sentence)s, by %(rule)s") % {"sentence": sentence, "rule": rule.label} if rule else sentence


UNANSWERED = (State.OPEN, State.DISPATCHED)
_WITHOUT_DEADLINE = {
    State.OPEN: gettext_lazy("Not sent to a handling body yet; %(who)s decides"),
    State.DISPATCHED: gettext_lazy("In hand at %(who)s"),
}


def _waiting(matter: Matter, binding: Deadline, *, is_late: bool) -> str:
    if matter.state == State.OPEN:
        if is_late:
            return _("Not sent to a handling body yet, and overdue since %(when)s; %(who)s decides")
        return _("Not sent to a handling body yet; %(who)s decides, by %(when)s")
    if binding.clock == Clock.CONTACT:
        if is_late:
            return _("Overdue: %(who)s should have made contact by %(when)s")
        return _("Waiting for %(who)s to make contact until %(when)s")
    if is_late:
        return _("Overdue: %(who)s should have answered by %(when)s")
    return _("Waiting for %(who)s to answer until %(when)s")


# -- the story ---------------------------------------------------------------------------------------


def codes_in(entries: Iterable[Told]) -> set[str]:
    """The codes of the organisations that a story names."""
    named = (each.facts.get(key) for each in entries for key in ("to", "from", "receiver"))
    return {code for code in named if code}


def steps_of(entries: Iterable[Told], names: Mapping[str, Any], zone: str, proof: Any) -> list[parts.Step]:
    """The story as a timeline; ``proof`` gives the address of an entry's proof."""
    return [_step(each, names, zone, proof) for each in entries if each.verb not in _UNTOLD]


#: What only moves on what another entry tells already.
_UNTOLD = frozenset({"matter.open", "person.add"})


def _step(told: Told, names: Mapping[str, Any], zone: str, proof: Any) -> parts.Step:
    text = (told.private or {}).get("text", "")
    if told.erased:
        text = _("The text that stood here was erased; the proof still holds.")
    return parts.Step(
        sentence=_said(told, names),
        at=told.occurred,
        by=_by(told),
        zone=zone,
        precision=precision_of(told.precision),
        state=_STATES.get(told.verb, parts.State.INFORMATION),
        text=text if told.verb != "submission.file" or told.erased else "",
        proof=proof(told) if told.position is not None else "",
        position=told.position,
        private=told.audience in ("staff", "sealed"),
    )


_STATES = {
    "submission.file": parts.State.NEW,
    "matter.dispatch": parts.State.IN_HAND,
    "matter.contact": parts.State.IN_HAND,
    "matter.answer": parts.State.DONE,
    "matter.close": parts.State.DONE,
}


def _said(told: Told, names: Mapping[str, Any]) -> str:
    facts = told.facts
    if told.verb == "submission.file":
        return _("Brought in: %(channel)s") % {"channel": Channel(facts["channel"]).label}
    if told.verb == "matter.dispatch":
        return _dispatched(facts, names, by_rule=told.actor == PLATFORM.id)
    if told.verb == "matter.answer":
        words = {True: _("Answered in time"), False: _("Answered late")}
        return words.get(bool(facts["in_time"]), "") if facts.get("in_time") is not None else _("Answered")
    if told.verb == "matter.contact":
        contact: dict[bool | None, str] = {True: _("First contact, in time"), False: _("First contact, late")}
        return contact.get(facts.get("in_time"), _("First contact"))
    if told.verb == "matter.note":
        return _("Note for colleagues")
    if told.verb == "matter.close":
        return _("Closed")
    if told.verb == "notice.write":
        return _("Whoever brought it in was told")
    return str(ACTS[told.verb].title) if told.verb in ACTS else told.verb


def _dispatched(facts: Mapping[str, Any], names: Mapping[str, Any], *, by_rule: bool) -> str:
    told = {"to": name_of(names.get(facts["to"], facts["to"]))}
    if facts.get("from"):
        told["from"] = name_of(names.get(facts["from"], facts["from"]))
        return _("Sent from %(from)s on to %(to)s") % told
    return (_("Sent to %(to)s, by rule") if by_rule else _("Sent to %(to)s")) % told


def _by(told: Told) -> str:
    """Whose doing it was: a post, never a person's name."""
    post = told.beside.get("post")
    if post:
        return " · ".join(name_of(post[key]) for key in ("organisation", "title"))
    if told.origin == "imported" or told.actor == IMPORTER.id:
        return told.attributed or _("taken over from %(source)s") % {"source": told.source or _("elsewhere")}
    if told.actor == PLATFORM.id:
        return _("the platform itself, without anybody's doing")
    return _("somebody without an account") if told.actor == PUBLIC_ID else _("whoever brought it in")
