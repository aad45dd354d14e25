"""What happened to a matter, verb by verb, in sentences for whoever brought it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.queries import Told
from gongzhi.governance.matters.queries import Clock
from gongzhi.service.design.parts import State, name_of

#: Facts that name organisations by their codes.
_NAMING = (
    "to", "from", "receiver", "body", "proposal", "arbiter", "convenor", "lead", "superior",
    "names", "caller", "holder", "neighbour",
)  # fmt: skip
_LISTING = ("supports", "invited", "duties", "superiors", "bodies", "absent")


def bodies_in(entries: Iterable[Told]) -> set[str]:
    """The codes of the organisations that entries name."""
    found = set()
    for told in entries:
        found |= {code for name in _NAMING if isinstance(code := told.facts.get(name), str)}
        for name in _LISTING:
            found |= {code for code in told.facts.get(name) or () if isinstance(code, str)}
    return found


def sentence(told: Told, bodies: Mapping[str, Any]) -> str:
    """One entry as a sentence; ``bodies`` are names of organisations by code."""

    def called(name: str) -> str:
        code = told.facts.get(name)
        if not isinstance(code, str):
            return str(_("another body"))
        return name_of(bodies[code]) if code in bodies else code

    said = _SAID.get(told.verb)
    if said is not None:
        names = {name: called(name) for name in _NAMING}
        names |= {name: _several(told.facts.get(name), bodies) for name in _LISTING}
        return said(told.facts, names)
    return str(ACTS[told.verb].title) if told.verb in ACTS else told.verb


def _several(codes: Any, bodies: Mapping[str, Any]) -> str:
    return _(", ").join(name_of(bodies.get(code, {"zh": code})) for code in codes or ())


def state(verb: str) -> State:
    """How an entry looks in the story."""
    return _STATES.get(verb, State.DONE)


_STATES = {
    "matter.overdue": State.OVERDUE,
    "matter.stop": State.SUSPENDED,
    "matter.hand_over": State.WAITING,
    "matter.arbitrate": State.WAITING,
    "matter.ask_superiors": State.WAITING,
    "matter.confer": State.WAITING,
    "matter.reopen": State.ATTENTION,
    "matter.return": State.ATTENTION,
    "matter.decline": State.REFUSED,
}

Said = Callable[[Mapping[str, Any], Mapping[str, str]], str]


def _opened(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if not facts.get("receiver"):
        return _("It was taken in.")
    return _("%(receiver)s took it in, and answers for it until another body has.") % names


def _timed(plain: str, in_time: str, late: str) -> Said:
    """A sentence that says whether a deadline was kept, where one was."""

    def said(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
        kept: bool | None = facts.get("in_time")
        return _(plain if kept is None else in_time if kept else late) % names

    return said


def _plain(words: str) -> Said:
    return lambda _facts, names: _(words) % names


def _signed(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if not facts.get("granted"):
        return _("More time was asked for and refused; the deadline stands.")
    return _("More time was granted: %(days)d working days.") % {"days": facts.get("days") or 0}


def _stopped(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("kind") == "shelved":
        return _("It cannot be done for now: it stands on the public list of the unresolved.")
    return _("The clocks were stopped, by a rule.")


def _verified(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("passed"):
        return _("Somebody who did not handle it looked: it was done.")
    return _("Somebody who did not handle it looked: it was not done. It is being handled again.")


def _called(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    words = {
        "reached": _("You were called back."),
        "refused": _("You were called back and did not want to say anything."),
        "unreached": _("Somebody tried to call you back and did not reach you."),
    }
    return words.get(str(facts.get("reply")), _("You were called back."))


def _rated(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = {"stars": facts.get("satisfied") or 0}
    if facts.get("resolved"):
        return _("You rated it: resolved, satisfaction %(stars)d of 5.") % told
    return _("You rated it: not resolved, satisfaction %(stars)d of 5.") % told


def _pleaded(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("granted"):
        return _("%(body)s asked that your rating be left out of its rates; this was granted.") % names
    return _("%(body)s asked that your rating be left out of its rates; it counts.") % names


def _ran_out(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = {**names, "what": clock_name(str(facts.get("clock")))}
    if facts.get("holder"):
        return _("A deadline has passed: %(what)s. It was for %(holder)s to keep.") % told
    return _("A deadline has passed: %(what)s.") % told


def _designated(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("supports"):
        return _("%(arbiter)s decided: %(to)s leads and must, %(supports)s help.") % names
    return _("%(arbiter)s decided: %(to)s leads, and must.") % names


def _minuted(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("lead"):
        return _("The bodies met and agreed that %(lead)s leads.") % names
    if facts.get("duties"):
        return _("The bodies met; %(duties)s have each something to do.") % names
    return _("The bodies met.")


def _concluded(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if facts.get("absent"):
        return _("The bodies that met on the spot have concluded; %(absent)s did not come.") % names
    return _("The bodies that met on the spot have concluded.")


def _money(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = {"amount": facts.get("amount"), "balance": facts.get("balance")}
    return _("Noted on the public account: %(amount)s yuan; left %(balance)s") % told


_SAID: dict[str, Said] = {
    "account.note": _money,
    "submission.file": _plain(gettext_noop("It was brought in.")),
    "submission.chase": _plain(gettext_noop("You asked how far it is. Whoever answers for it sees that.")),
    "submission.supplement": _plain(gettext_noop("You added something.")),
    "submission.withdraw": _plain(gettext_noop("You withdrew it.")),
    "submission.rate": _rated,
    "submission.represent": lambda facts, _names: (
        _("You speak for all who brought the same in.")
        if facts.get("speaks")
        else _("You no longer speak for all who brought the same in.")
    ),
    "matter.open": _opened,
    "matter.dispatch": _plain(gettext_noop("It was sent to %(to)s.")),
    "matter.accept": _plain(gettext_noop("%(body)s took it over and answers you from now on.")),
    "matter.take_silently": _plain(
        gettext_noop(
            "%(body)s did not return it in time, and so has taken it over and answers you from now on."
        )
    ),
    "matter.contact": _timed(
        gettext_noop("First contact was made."),
        gettext_noop("First contact was made, in time."),
        gettext_noop("First contact was made, late."),
    ),
    "matter.answer_interim": _timed(
        gettext_noop("You were told how far it is."),
        gettext_noop("You were told how far it is, in time."),
        gettext_noop("You were told how far it is, late."),
    ),
    "matter.answer": _timed(
        gettext_noop("It was answered."),
        gettext_noop("It was answered, in time."),
        gettext_noop("It was answered, late."),
    ),
    "matter.answer_directly": _plain(gettext_noop("It was answered at once.")),
    "matter.decline": _plain(gettext_noop("It was not taken in; the right door was named.")),
    "matter.promise": _plain(gettext_noop("A deadline was given.")),
    "matter.close": _plain(gettext_noop("It was closed.")),
    "matter.reopen": _plain(gettext_noop("It was opened again, and its clocks begin anew.")),
    "matter.hand_over": _plain(
        gettext_noop(
            "%(from)s asked %(to)s to take over. Until it has, whoever answered before goes on answering."
        )
    ),
    "matter.return": _plain(gettext_noop("%(body)s returned it with a reason.")),
    "matter.withdraw_offer": _plain(gettext_noop("%(body)s keeps it after all.")),
    "matter.arbitrate": _plain(gettext_noop("They do not agree who leads; %(arbiter)s was asked to decide.")),
    "matter.designate": _designated,
    "matter.confer": _plain(gettext_noop("%(convenor)s called the bodies together to agree who does what.")),
    "matter.minute": _minuted,
    "matter.ask_superiors": _plain(gettext_noop("The question who leads went up to %(superiors)s.")),
    "matter.opine": _plain(gettext_noop("%(superior)s said that %(names)s should lead.")),
    "matter.add_support": _plain(gettext_noop("%(body)s was asked to help.")),
    "matter.report": _timed(
        gettext_noop("%(body)s has done its part."),
        gettext_noop("%(body)s has done its part, in time."),
        gettext_noop("%(body)s has done its part, late."),
    ),
    "matter.release": _plain(gettext_noop("%(body)s no longer has to help.")),
    "matter.escalate": _plain(gettext_noop("It is now handled one level up, by %(to)s; %(from)s helps.")),
    "matter.sign_extension": _signed,
    "matter.stop": _stopped,
    "matter.go_on": _plain(gettext_noop("It goes on, and the clocks run again.")),
    "matter.verify": _verified,
    "matter.call_back": _called,
    "matter.decide_plea": _pleaded,
    "matter.merge": _plain(gettext_noop("Others brought in the same; all of it is handled together.")),
    "matter.unmerge": _plain(gettext_noop("It is handled by itself again.")),
    "matter.muster": _plain(gettext_noop("%(caller)s called these to the spot: %(bodies)s.")),
    "matter.arrive": _timed(
        gettext_noop("%(body)s was on the spot."),
        gettext_noop("%(body)s was on the spot, in time."),
        gettext_noop("%(body)s was on the spot, late."),
    ),
    "matter.conclude_muster": _concluded,
    "matter.overdue": _ran_out,
    "matter.succeed": _plain(gettext_noop("%(body)s no longer exists; %(to)s goes on with it.")),
    "matter.let_see": _plain(gettext_noop("It lies close to the border: %(neighbour)s sees it too.")),
}


def clock_name(clock: str) -> str:
    """What must have happened when a deadline passes, in the public's words."""
    words = {
        Clock.CONTACT.value: _("First contact"),
        Clock.ANSWER.value: _("Answer"),
        Clock.INTERIM.value: _("Word of how far it is"),
        Clock.FINISH.value: _("Finished and answered"),
        Clock.TAKE.value: _("Taken over or returned"),
        Clock.ARBITRATE.value: _("Decided who leads"),
        Clock.CONFER.value: _("Agreed in conference"),
        Clock.SUPERIOR.value: _("Answer of the superiors"),
        Clock.SUPPORT.value: _("The part of a body that helps"),
        Clock.ARRIVE.value: _("Arrival on the spot"),
        Clock.VERIFY.value: _("Somebody else has looked"),
        Clock.CALL_BACK.value: _("You have been called back"),
    }
    return words.get(clock, clock)
