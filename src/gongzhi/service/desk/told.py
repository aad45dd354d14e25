"""The story of a matter: one plain sentence for each entry, whatever was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.acts import ACTS, PLATFORM
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.parties.actors import IMPORTER, PUBLIC_ID
from gongzhi.governance.matters.queries import Channel, Clock, Reply, Stop
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.words import CLOCKS, precision_of

#: The facts that name organisations by their codes, one or several.
_NAMING = (
    "to", "from", "receiver", "body", "arbiter", "proposal", "convenor", "lead", "giver", "watcher",
    "superior", "names", "caller", "holder", "judge", "judged", "invited", "bodies", "duties", "supports",
    "superiors", "absent",
)  # fmt: skip

#: What only moves on what another entry tells already.
_UNTOLD = frozenset({"matter.open", "person.add"})

#: What was said, in the order in which it is read.
_SAID = ("text", "reason", "right_door", "task", "about", "grounds", "conclusion")


def codes_in(entries: Iterable[Told]) -> set[str]:
    """The codes of the organisations that a story names."""
    found: set[str] = set()
    for each in entries:
        for key in _NAMING:
            value = each.facts.get(key)
            found |= set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
    return found


def steps_of(entries: Iterable[Told], names: Mapping[str, Any], zone: str, proof: Any) -> list[parts.Step]:
    """The story as a timeline; ``proof`` gives the address of an entry's proof."""
    return [_step(each, names, zone, proof) for each in entries if each.verb not in _UNTOLD]


def _step(told: Told, names: Mapping[str, Any], zone: str, proof: Any) -> parts.Step:
    private = told.private or {}
    text = "\n".join(_said(told, str(private[key])) for key in _SAID if private.get(key))
    if told.erased:
        text = _("The text that stood here was erased; the proof still holds.")
    return parts.Step(
        sentence=sentence_of(told, names),
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


def _said(told: Told, text: str) -> str:
    """What was said; where the platform acted because a clock had run out, its reason is that clock."""
    if told.actor != PLATFORM.id or text not in CLOCKS:
        return text
    return _("The time had run out: %(clock)s") % {"clock": CLOCKS[Clock(text)]}


_STATES = {
    "submission.file": parts.State.NEW,
    "matter.reopen": parts.State.NEW,
    "matter.dispatch": parts.State.IN_HAND,
    "matter.contact": parts.State.IN_HAND,
    "matter.accept": parts.State.IN_HAND,
    "matter.designate": parts.State.IN_HAND,
    "matter.hand_over": parts.State.WAITING,
    "matter.arbitrate": parts.State.WAITING,
    "matter.confer": parts.State.WAITING,
    "matter.ask_superiors": parts.State.WAITING,
    "matter.add_support": parts.State.WAITING,
    "matter.muster": parts.State.WAITING,
    "matter.return": parts.State.ATTENTION,
    "matter.escalate": parts.State.ATTENTION,
    "matter.nearly_due": parts.State.ATTENTION,
    "submission.chase": parts.State.ATTENTION,
    "matter.overdue": parts.State.OVERDUE,
    "matter.decline": parts.State.REFUSED,
    "matter.stop": parts.State.SUSPENDED,
    "matter.report": parts.State.DONE,
    "matter.minute": parts.State.DONE,
    "matter.answer": parts.State.DONE,
    "matter.answer_directly": parts.State.DONE,
    "matter.verify": parts.State.DONE,
    "matter.close": parts.State.DONE,
    "urgent.report": parts.State.ATTENTION,
    "urgent.report_further": parts.State.IN_HAND,
    "urgent.report_finally": parts.State.DONE,
}


class _Names(dict[str, str]):
    """The facts of an entry as sentences take them: codes of bodies have become names."""

    def __init__(self, facts: Mapping[str, Any], names: Mapping[str, Any]) -> None:
        def called(code: str) -> str:
            return name_of(names.get(code, code))

        super().__init__()
        for key, value in facts.items():
            if key not in _NAMING:
                self[key] = str(value)
            elif isinstance(value, list):
                self[key] = " / ".join(called(code) for code in value)
            elif isinstance(value, str):
                self[key] = called(value)

    def __missing__(self, key: str) -> str:
        return "–"


def sentence_of(told: Told, names: Mapping[str, Any]) -> str:
    """What an entry says, in a sentence."""
    say = _SENTENCES.get(told.verb)
    if say is not None:
        return say(told) % _Names(told.facts, names)
    return str(ACTS[told.verb].title) if told.verb in ACTS else told.verb


def _timely(told: Told, in_time: str, late: str, plain: str) -> str:
    """What is said of something that had a clock, which was met or not."""
    met = told.facts.get("in_time")
    return plain if met is None else in_time if met else late


def _filed(told: Told) -> str:
    return _("Brought in: %(channel)s") % {"channel": Channel(told.facts["channel"]).label}


def _dispatched(told: Told) -> str:
    if told.facts.get("from"):
        return _("Sent from %(from)s on to %(to)s")
    return _("Sent to %(to)s, by rule") if told.actor == PLATFORM.id else _("Sent to %(to)s")


def _returned(told: Told) -> str:
    if told.facts.get("proposal"):
        return _("%(body)s returned it to %(to)s and proposes %(proposal)s")
    return _("%(body)s returned it to %(to)s")


def _designated(told: Told) -> str:
    if told.facts.get("across"):
        return _("%(arbiter)s designated %(to)s, by the joint rule that both sides had adopted (row %(row)s)")
    return _("%(arbiter)s designated %(to)s; it is bound")


def _minuted(told: Told) -> str:
    duties, lead = bool(told.facts.get("duties")), bool(told.facts.get("lead"))
    if lead and duties:
        return _("The conference agreed that %(lead)s leads, and gave duties to %(duties)s")
    if lead:
        return _("The conference agreed that %(lead)s leads")
    return _("The conference gave duties to %(duties)s") if duties else _("The conference was minuted")


def _opined(told: Told) -> str:
    if told.facts.get("step") == "designated":
        return _("%(superior)s said that %(names)s should lead; both superiors agree, and it is bound")
    return _("%(superior)s said that %(names)s should lead")


def _verified(told: Told) -> str:
    return _("Verified: it was done") if told.facts.get("passed") else _("Verified: it was not done")


def _called_back(told: Told) -> str:
    reply, resolved = told.facts.get("reply"), told.facts.get("resolved")
    if reply == Reply.REACHED:
        if resolved:
            return _("Called back: resolved, %(satisfied)s of 5")
        return _("Called back: not resolved, %(satisfied)s of 5")
    if reply == Reply.REFUSED:
        return _("Called back: the person did not want to say")
    return _("Called back: not reached (try no. %(tries)s)")


def _rated(told: Told) -> str:
    if told.facts.get("resolved"):
        return _("Rated by the person: resolved, %(satisfied)s of 5")
    return _("Rated by the person: not resolved, %(satisfied)s of 5")


def _clock(told: Told) -> dict[str, str]:
    return {"clock": str(CLOCKS.get(told.facts.get("clock", ""), told.facts.get("clock", "")))}


def _nearly(told: Told) -> str:
    return _("Nearly due: %(clock)s") % _clock(told)


def _overdue(told: Told) -> str:
    if told.facts.get("holder"):
        return _("Overdue: %(clock)s of %%(holder)s") % _clock(told)
    return _("Overdue: %(clock)s") % _clock(told)


def _stopped(told: Told) -> str:
    if told.facts.get("kind") == Stop.SHELVED:
        return _("Put on the public list of the unresolved")
    return _("Suspended: its clocks stand still")


def _signed(told: Told) -> str:
    return (
        _("More time granted: %(days)s working days") if told.facts.get("granted") else _("More time refused")
    )


def _plea(told: Told) -> str:
    if told.facts.get("granted"):
        return _("The rating is left out of the rates")
    return _("The rating counts")


def _declined(told: Told) -> str:
    return _("Not taken in; the right door was told")


_SENTENCES: dict[str, Callable[[Told], str]] = {
    "submission.file": _filed,
    "submission.chase": lambda told: _("The person asked how far it is (no. %(chases)s)"),
    "submission.supplement": lambda told: _("The person added something"),
    "submission.withdraw": lambda told: _("The person withdrew it"),
    "submission.rate": _rated,
    "submission.represent": lambda told: (
        _("Somebody speaks for the group now")
        if told.facts.get("speaks")
        else _("Everybody speaks for themselves")
    ),
    "notice.write": lambda told: _("Whoever brought it in was told"),
    "matter.dispatch": _dispatched,
    "matter.accept": lambda told: _("%(body)s took it over and answers to the person"),
    "matter.take_silently": lambda told: _("%(body)s let the time pass, and so has taken it over"),
    "matter.contact": lambda told: _timely(
        told,
        _("First contact, in time"),
        _("First contact, late"),
        _("First contact"),
    ),
    "matter.answer_interim": lambda told: _("Answered in the meantime"),
    "matter.answer": lambda told: _timely(told, _("Answered in time"), _("Answered late"), _("Answered")),
    "matter.answer_directly": lambda told: _("Answered at once, and closed"),
    "matter.decline": _declined,
    "matter.note": lambda told: _("Note for colleagues"),
    "matter.close": lambda told: _("Closed"),
    "matter.hand_over": lambda told: _("%(from)s offered it to %(to)s"),
    "matter.return": _returned,
    "matter.withdraw_offer": lambda told: _("%(body)s withdrew the offer and keeps it"),
    "matter.arbitrate": lambda told: _("%(arbiter)s was asked to decide who leads"),
    "matter.designate": _designated,
    "matter.confer": lambda told: _("%(convenor)s called a conference with %(invited)s"),
    "matter.minute": _minuted,
    "matter.ask_superiors": lambda told: _("Put to the superiors: %(superiors)s"),
    "matter.opine": _opined,
    "matter.add_support": lambda told: _("%(body)s was asked for support"),
    "matter.report": lambda told: _timely(
        told,
        _("%(body)s reported on its part, in time"),
        _("%(body)s reported on its part, late"),
        _("%(body)s reported on its part"),
    ),
    "matter.release": lambda told: _("%(body)s was released from its part"),
    "matter.muster": lambda told: _("%(caller)s called %(bodies)s to the spot"),
    "matter.arrive": lambda told: _timely(
        told,
        _("%(body)s arrived in time"),
        _("%(body)s arrived late"),
        _("%(body)s arrived"),
    ),
    "matter.conclude_muster": lambda told: (
        _("The muster was concluded; %(absent)s did not come")
        if told.facts.get("absent")
        else _("The muster was concluded; all had come")
    ),
    "matter.judge_muster": lambda told: _("%(judge)s judged %(judged)s: %(mark)s of 5"),
    "matter.instruct": lambda told: _("%(giver)s instructed %(to)s"),
    "matter.carry_out": lambda told: _("%(body)s carried out the instruction"),
    "matter.supervise": lambda told: _("%(watcher)s watches it until it is done"),
    "matter.escalate": lambda told: _("Handled one level up: %(to)s leads, %(from)s supports"),
    "matter.ask_extension": lambda told: _("%(body)s asked for %(days)s working days more"),
    "matter.sign_extension": _signed,
    "matter.stop": _stopped,
    "matter.go_on": lambda told: _("Its clocks run on"),
    "matter.nearly_due": _nearly,
    "matter.overdue": _overdue,
    "matter.verify": _verified,
    "matter.call_back": _called_back,
    "matter.plead": lambda told: _("%(body)s asked that a rating be left out"),
    "matter.decide_plea": _plea,
    "matter.reopen": lambda told: _("Opened again (no. %(reopenings)s)"),
    "matter.merge": lambda told: _("Handled together with %(into)s from now on"),
    "matter.unmerge": lambda told: _("Taken apart from %(from)s again"),
    "matter.succeed": lambda told: str(ACTS["matter.succeed"].title),
    "account.note": lambda told: _("Noted on the public account: %(amount)s yuan; left %(balance)s"),
    "matter.archive": lambda told: _("The file was archived"),
    "urgent.report": lambda told: _timely(
        told,
        _("%(body)s reported it to %(superior)s as urgent, in time"),
        _("%(body)s reported it to %(superior)s as urgent, late"),
        _("%(body)s reported it to %(superior)s as urgent"),
    ),
    "urgent.report_further": lambda told: _("%(body)s wrote report no. %(number)s to %(superior)s"),
    "urgent.report_finally": lambda told: _("%(body)s wrote the final report to %(superior)s"),
    "urgent.acknowledge": lambda told: _("%(superior)s acknowledged the report"),
    "urgent.archive": lambda told: _("The file was archived"),
    "urgent.instruct": lambda told: _("%(giver)s instructed %(to)s on the urgent report"),
}  # fmt: skip


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
