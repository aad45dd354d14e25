"""What happened and how things stand, in sentences for the public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts import Place
from gongzhi.governance.matters.queries import (
    Clock,
    Deadline,
    Matter,
    Outcome,
    State,
    Step,
    Stop,
    Thing,
    metres_to,
)
from gongzhi.governance.matters.queries.nested import instant
from gongzhi.governance.matters.queries.own import Own
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal.happened import clock_name, sentence, state
from gongzhi.service.portal.placing import Around

#: What happens inside the house and tells the public nothing.
_INSIDE = frozenset({"notice.write", "person.add", "file.attach", "file.store", "matter.nearly_due"})

#: Whose words stand on the page already.
_SHOWN_ABOVE = frozenset({"submission.file", "matter.answer", "matter.answer_directly", "matter.decline"})
#: Clocks that bind bodies among themselves, of which a person is told by sentences alone.
_AMONG_BODIES = frozenset({Clock.INSTRUCTION.value, Clock.URGENT.value})


def status_of(matter: Matter, region: Region, pause: dict[str, Any] | None = None) -> parts.Status:
    """How a matter stands, whom it waits for and by when; ``pause`` tells of clocks that stand still."""
    lead = name_of(matter.lead.name) if matter.lead else ""
    receiver = name_of(matter.first_receiver.name) if matter.first_receiver else name_of(region.name)
    if matter.state in (State.CLOSED, State.ANSWERED):
        return parts.Status(_over(matter, lead or receiver), "done", True)
    if matter.stopped:
        return parts.Status(_standing_still(matter, pause or {}, region), "suspended", True)
    waits_for = lead or receiver
    if matter.due_at is None:
        how = "in_hand" if lead else "waiting"
        return parts.Status(_("Waiting for %(body)s.") % {"body": waits_for}, how, True)
    due = _exact(matter.due_at, region, matter.precision)
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


def _over(matter: Matter, body: str) -> str:
    told = {"body": body}
    if matter.state == State.ANSWERED:
        return _("%(body)s has answered.") % told
    if matter.outcome == Outcome.WITHDRAWN:
        return _("It was withdrawn, and it is closed.")
    if matter.outcome == Outcome.DECLINED:
        return _("It was not taken in. The right door stands below.")
    if matter.outcome == Outcome.DIRECT:
        answerer = name_of(matter.answering.name) if matter.answering else body
        return _("%(body)s has answered at once, and it is closed.") % {"body": answerer}
    return _("%(body)s has answered, and it is closed.") % told


def _exact(at: datetime, region: Region, precision: str = "") -> str:
    return Moment.of(at, region.zone, "day" if precision == "day" else None).exact()


def _standing_still(matter: Matter, pause: dict[str, Any], region: Region) -> str:
    until = instant(pause.get("until"))
    told = {"until": _exact(until, region) if until else ""}
    if matter.stopped == Stop.SHELVED:
        if until is None:
            return _("It cannot be done for now and stands on the public list of the unresolved.")
        return (
            _("It cannot be done for now and stands on the public list of the unresolved, until %(until)s.")
            % told
        )
    if until is None:
        return _("The clocks stand still.")
    return _("The clocks stand still until %(until)s at the latest.") % told


def pause_of(own: Own) -> tuple[str, str]:
    """Why the clocks stand still, in the words of whoever stopped them, and on what rule."""
    return (own.pause["reason"], own.pause["basis"]) if own.pause else ("", "")


def arrangement_of(own: Own) -> str:
    """Who answers while bodies settle who leads, and what they are at; empty where it is settled."""
    matter = own.matter
    answering = name_of(matter.answering.name) if matter.answering else ""
    if own.handover is None:
        is_settled = matter.lead_id is None or matter.lead_id == matter.answering_id
        if is_settled or matter.state != State.DISPATCHED or not answering:
            return ""
        lead = name_of(matter.lead.name) if matter.lead else ""
        told = {"lead": lead, "answering": answering}
        return (
            _("It was sent to %(lead)s. Until it has taken over, %(answering)s goes on answering you.") % told
        )
    told = {
        "giver": name_of(own.handover["giver"]),
        "asked": name_of(own.handover["asked"]),
        "arbiter": name_of(own.handover["arbiter"]),
        "answering": answering,
    }
    sentences = {
        Step.OFFERED.value: _(
            "%(giver)s has asked %(asked)s to take over. Until it has, %(answering)s goes on answering you."
        ),
        Step.RETURNED.value: _(
            "%(asked)s has returned it to %(giver)s. %(answering)s goes on answering you; nothing is lost."
        ),
        Step.ARBITRATION.value: _(
            "%(giver)s and %(asked)s do not agree who leads; %(arbiter)s decides. "
            "Until then %(answering)s goes on answering you."
        ),
        Step.CONFERENCE.value: _(
            "%(giver)s and %(asked)s meet to agree who leads. Until then %(answering)s goes on answering you."
        ),
        Step.SUPERIORS.value: _(
            "Who leads is before the superiors of %(giver)s and %(asked)s. "
            "Until then %(answering)s goes on answering you."
        ),
    }
    return sentences.get(own.handover["step"], "") % told


def extension_of(own: Own) -> str:
    """That more time was granted, and why; empty where it was not, or is long over."""
    if own.extension is None or own.matter.state not in (State.OPEN, State.DISPATCHED):
        return ""
    told = {"days": own.extension["days"], "reason": own.extension["reason"]}
    return _("The deadline was extended by %(days)d working days: %(reason)s") % told


def next_of(own: Own, clocks: Iterable[Deadline], region: Region) -> str:
    """What happens next, in one sentence."""
    matter = own.matter
    running = {each.clock: each.due_at for each in clocks if each.met_at is None}
    if matter.state == State.OPEN:
        return _("A person reads it and sends it to the body that handles it.")
    if matter.state == State.DISPATCHED:
        return arrangement_of(own) or _(
            "It was sent on at once. The body that handles it looks into it and answers you."
        )
    if (due := running.get(Clock.VERIFY.value)) is not None:
        told = {"due": _exact(due, region)}
        return _("Somebody who did not handle it looks, by %(due)s, whether it was done.") % told
    if (due := running.get(Clock.CALL_BACK.value)) is not None:
        return _("You are called back by %(due)s and asked how it went.") % {"due": _exact(due, region)}
    if own.reopen_until is not None and "reopen" in own.sayings:
        told = {"until": _exact(own.reopen_until, region)}
        return _("If it was not done, you can have it opened again until %(until)s.") % told
    return _("The answer stands below.")


def where_in_words(place: Place) -> str:
    """Words, grid or coordinates of a place, as far as they are known."""
    known = [place.words]
    if place.grid is not None:
        names = [name_of(place.grid.region.name), name_of(place.grid.name)]
        known += names[1:] if names[0] in names[1] else names
    elif place.lon is not None and place.lat is not None:
        known.append(f"{place.lat:.5f}, {place.lon:.5f}")
    return " · ".join(each for each in known if each)


def thing_in_words(thing: Thing, lon: float, lat: float) -> str:
    """What a thing is and how far it stands from a spot."""
    known = [str(thing.get_kind_display()), thing.code, thing.place]
    far = _("%(n)d m away") % {"n": round(metres_to(thing, lon, lat))}
    return " · ".join([*(each for each in known if each), far])


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
            "This spot lies on the border of %(region)s and %(others)s. Both will see it. %(region)s answers "
            "you first; if it belongs to the other side, it is passed on, and you need not report it twice."
        )
        % told
    )


def clocks_shown(clocks: Iterable[Deadline]) -> list[Deadline]:
    """The clocks that a person is told of: those that run, and those that were met."""
    return [each for each in clocks if not each.void and each.clock not in _AMONG_BODIES]


def clock_of(deadline: Deadline, region: Region) -> parts.Deadline:
    """A deadline with the rule behind it, as `queries.clocks` reads it."""
    return parts.Deadline(
        due=deadline.due_at,
        zone=region.zone,
        label=clock_name(deadline.clock),
        precision="day" if deadline.precision == "day" else "minute",
        rule=_rule(deadline),
        met=deadline.met_at,
        stopped=deadline.paused_at is not None and deadline.met_at is None,
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
            sentence=sentence(told, bodies),
            at=told.occurred,
            by=_by(told),
            zone=region.zone,
            precision="day" if told.precision == "day" else "minute",
            text=_text(told),
            state=state(told.verb),
        )
        for told in entries
        if told.verb not in _INSIDE
    ]


def _text(told: Told) -> str:
    if told.erased:
        return _("What stood here was erased. The proof that it stood here still holds.")
    if told.verb in _SHOWN_ABOVE:
        return ""
    private = told.private or {}
    return str(next((private[key] for key in _WORDS if private.get(key)), ""))


#: Where an entry keeps the words that whoever brought it in reads.
_WORDS = ("text", "reason", "conclusion", "grounds", "about")


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
