"""What happened and how things stand, in sentences for the public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.foundation.ledger.acts import ACTS, PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts import Place
from gongzhi.governance.matters.queries import Clock, Deadline, Matter, State
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal.placing import Around

#: What happens inside the house and tells the public nothing.
_INSIDE = frozenset({"notice.write", "person.add", "file.attach", "file.store"})

#: Whose words stand on the page already.
_SHOWN_ABOVE = frozenset({"submission.file", "matter.answer"})


def status_of(matter: Matter, region: Region) -> parts.Status:
    """How a matter stands, whom it waits for and by when."""
    lead = name_of(matter.lead.name) if matter.lead else ""
    receiver = name_of(matter.first_receiver.name) if matter.first_receiver else name_of(region.name)
    if matter.state == State.CLOSED:
        return parts.Status(_("%(body)s has answered, and it is closed.") % {"body": lead}, "done", True)
    if matter.state == State.ANSWERED:
        return parts.Status(_("%(body)s has answered.") % {"body": lead}, "done", True)
    waits_for = lead or receiver
    if matter.due_at is None:
        state = "in_hand" if lead else "waiting"
        return parts.Status(_("Waiting for %(body)s.") % {"body": waits_for}, state, True)
    due = Moment.of(matter.due_at, region.zone, "day" if matter.precision == "day" else None).exact()
    told = {"body": waits_for, "due": due}
    if matter.due_at < now():
        return parts.Status(_("%(body)s should have answered by %(due)s.") % told, "overdue", True)
    if not lead:
        return parts.Status(
            _("Waiting for %(body)s to find who handles it; the answer is due by %(due)s.") % told,
            "waiting",
            True,
        )
    return parts.Status(_("Waiting for %(body)s to answer by %(due)s.") % told, "in_hand", True)


def where_in_words(place: Place) -> str:
    """Words, grid or coordinates of a place, as far as they are known."""
    known = [place.words]
    if place.grid is not None:
        names = [name_of(place.grid.region.name), name_of(place.grid.name)]
        known += names[1:] if names[0] in names[1] else names
    elif place.lon is not None and place.lat is not None:
        known.append(f"{place.lat:.5f}, {place.lon:.5f}")
    return " · ".join(each for each in known if each)


def border_hint(spot: Around) -> str:
    """That a spot lies close to other regions, and what comes of it; empty where it does not."""
    if not spot.neighbours:
        return ""
    told = {
        "region": name_of(spot.authority.name),
        "others": _(" and ").join(name_of(each.name) for each in spot.neighbours),
    }
    return (
        _(
            "This spot lies on the border of %(region)s and %(others)s. It goes to %(region)s first; "
            "if it belongs to the other side, it is passed on, and you need not report it twice."
        )
        % told
    )


def next_of(matter: Matter) -> str:
    """What happens next, in one sentence."""
    if matter.state == State.OPEN:
        return _("A person reads it and sends it to the body that handles it.")
    if matter.state == State.DISPATCHED:
        return _("It was sent on at once. The body that handles it looks into it and answers you.")
    return _("The answer stands below.")


_CLOCKS = {
    Clock.CONTACT.value: lambda: _("First contact"),
    Clock.ANSWER.value: lambda: _("Answer"),
    Clock.FINISH.value: lambda: _("Finished and answered"),
}


def clock_of(deadline: Deadline, region: Region) -> parts.Deadline:
    """A deadline with the rule behind it, as `queries.clocks` reads it."""
    return parts.Deadline(
        due=deadline.due_at,
        zone=region.zone,
        label=_CLOCKS[deadline.clock](),
        precision="day" if deadline.precision == "day" else "minute",
        rule=_rule(deadline),
        met=deadline.met_at,
    )


def _rule(deadline: Deadline) -> parts.Rule | None:
    cited: dict[str, Any] | None = getattr(deadline, "cited", None)
    if cited is None:
        return parts.Rule(deadline.basis) if deadline.basis else None
    told = {
        "region": name_of(cited["region"]),
        "number": cited["number"],
        "measure": measure(deadline.measure),
    }
    label = _("the deadline rule of %(region)s, version %(number)d: %(measure)s")
    if deadline.row:
        told["row"] = deadline.row
        label = _("the deadline rule of %(region)s, version %(number)d, row %(row)d: %(measure)s")
    url = reverse("portal:rule", args=[deadline.rule]) + f"?of={cited['code']}"
    if deadline.row:
        url += f"#row-{deadline.row}"
    return parts.Rule(label % told, url=url, basis=deadline.basis)


def measure(told: str) -> str:
    """``5 working_days`` in words."""
    amount, _space, unit = told.partition(" ")
    if not amount.isdecimal():
        return told
    n = int(amount)
    words = {
        "working_days": lambda: ngettext("%(n)d working day", "%(n)d working days", n),
        "working_hours": lambda: ngettext("%(n)d working hour", "%(n)d working hours", n),
        "hours": lambda: ngettext("%(n)d hour", "%(n)d hours", n),
    }
    return words[unit]() % {"n": n} if unit in words else told


def steps_of(entries: Iterable[Told], bodies: Mapping[str, Any], region: Region) -> list[parts.Step]:
    """What happened, each entry a sentence; ``bodies`` are names of organisations by code."""
    return [
        parts.Step(
            sentence=_sentence(told, bodies),
            at=told.occurred,
            by=_by(told),
            zone=region.zone,
            precision="day" if told.precision == "day" else "minute",
            text=_text(told),
        )
        for told in entries
        if told.verb not in _INSIDE
    ]


def bodies_in(entries: Iterable[Told]) -> set[str]:
    """The codes of the organisations that entries name."""
    return {
        code
        for told in entries
        for name in ("to", "receiver")
        if isinstance(code := told.facts.get(name), str)
    }


def _sentence(told: Told, bodies: Mapping[str, Any]) -> str:
    facts = told.facts
    if told.verb == "submission.file":
        return _("It was brought in.")
    if told.verb == "matter.open":
        receiver = bodies.get(str(facts.get("receiver") or ""))
        if receiver is None:
            return _("It was taken in.")
        return _("%(body)s took it in, and answers for it until another body has.") % {
            "body": name_of(receiver)
        }
    if told.verb == "matter.dispatch":
        to = bodies.get(facts.get("to") or "")
        return _("It was sent to %(body)s.") % {"body": name_of(to) if to else facts.get("to", "")}
    in_time: bool | None = facts.get("in_time")
    if told.verb == "matter.contact":
        if in_time is None:
            return _("First contact was made.")
        return _("First contact was made, in time.") if in_time else _("First contact was made, late.")
    if told.verb == "matter.answer":
        if in_time is None:
            return _("It was answered.")
        return _("It was answered, in time.") if in_time else _("It was answered, late.")
    if told.verb == "matter.close":
        return _("It was closed.")
    return str(ACTS[told.verb].title) if told.verb in ACTS else told.verb


def _text(told: Told) -> str:
    if told.erased:
        return _("What stood here was erased. The proof that it stood here still holds.")
    if told.verb in _SHOWN_ABOVE:
        return ""
    return str((told.private or {}).get("text", ""))


def _by(told: Told) -> Any:
    """The body whose post did it; never the person."""
    post = told.beside.get("post")
    if post:
        return post["organisation"]
    if told.actor == PLATFORM.id and told.verb in ("matter.open", "matter.dispatch"):
        return _("by rule, without a person")
    if told.attributed:
        return told.attributed
    return ""
