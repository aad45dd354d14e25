"""A matter on one page: what it is told with, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongzhi.foundation.ledger.refusals import NotAllowed, Refusal
from gongzhi.foundation.parties.acts import reveal
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import AtDesk, Clock, Deadline, Matter, State, Submission
from gongzhi.service.design import parts
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.forms import ActForm, DispatchForm, RevealForm, TextForm
from gongzhi.service.desk.masks import masked
from gongzhi.service.desk.words import codes_in, deadline_of, status_of, steps_of


@dataclass(frozen=True)
class Attempt:
    """What came of trying an act: what was done, or the form with what was refused."""

    name: str
    done: str = ""
    form: Form | None = None
    refusal: Refusal | None = None
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status of the page that tells it."""
        if self.refusal is not None:
            return self.refusal.status
        return 200 if self.shown else 422


@dataclass(frozen=True)
class Doing:
    """One act that the reader may do here, as a form."""

    name: str
    title: str
    button: str
    form: Form
    url: str
    is_first: bool
    note: str = ""


def context_of(by: Any, desk: AtDesk, at: datetime, attempt: Attempt | None = None) -> dict[str, Any]:
    """Everything that the page of a matter shows."""
    matter = desk.matter
    submissions = queries.brought_in(by, matter)
    clocks = queries.clocks(matter)
    story = queries.story(desk, submissions)
    bodies = queries.who_could_lead(by, [matter]) if _can(desk, "dispatch") else []
    names = queries.bodies_called(codes_in(story), [matter.lead, matter.first_receiver, *bodies])
    zone = matter.region.zone

    def proof(told: Any) -> str:
        return reverse("desk:proof", args=[matter.pk, told.id])

    return {
        "matter": matter,
        "zone": zone,
        "status": status_of(matter, clocks, at),
        "brought_in": [_shown(by, each, attempt) for each in submissions],
        "place": _place(matter, submissions),
        "steps": steps_of(story, names, zone, proof),
        "parties": _parties(matter),
        "clocks": [deadline_of(each, zone, at) for each in clocks],
        "doings": _doings(by, desk, bodies, attempt, clocks),
        "not_possible": _not_possible(desk),
        "attempt": attempt,
        "refusal": attempt.refusal if attempt else None,
    }


# -- the story ---------------------------------------------------------------------------------------


def _shown(by: Any, submission: Submission, attempt: Attempt | None) -> dict[str, Any]:
    person = submission.person
    revealed = attempt.shown if attempt and person and attempt.shown.get("person") == person.pk else None
    is_asked = attempt is not None and attempt.name == "reveal" and revealed is None
    return {
        "submission": submission,
        "files": [
            {"name": each["name"], "url": reverse("portal:file", args=[UUID(each["id"])])}
            for each in submission.files or []  # type: ignore[attr-defined]
        ],
        "person": person,
        "contact": {} if person is None or submission.confidential else masked(person),
        "revealed": revealed,
        "reveal": (attempt.form if attempt and is_asked else RevealForm(auto_id=f"id_{submission.pk}_%s"))
        if person is not None and person.erased is None
        else None,
    }


def _place(matter: Matter, submissions: list[Submission]) -> parts.Place:
    words = next((each.place for each in submissions if each.place), "")
    where = [words, name_of(matter.grid.name) if matter.grid else "", name_of(matter.region.name)]
    points = [] if matter.lon is None or matter.lat is None else [parts.Point(matter.lon, matter.lat)]
    grid = matter.grid
    areas = [parts.Area(grid.outline, name_of(grid.name))] if grid is not None and grid.outline else []
    shown = " · ".join(each for each in where if each)
    return parts.Place(words=shown, points=points, areas=areas, title=_("Where it is"), short=True, zoom=14)


# -- the duty ----------------------------------------------------------------------------------------


def _parties(matter: Matter) -> list[parts.Party]:
    found = []
    if matter.lead is not None:
        note = matter.lead.phone
        found.append(parts.Party(matter.lead.name, _("lead"), matter.lead.region.name, note=note))
    receiver = matter.first_receiver
    if receiver is not None and receiver.pk != matter.lead_id:
        found.append(
            parts.Party(receiver.name, _("first receiver"), receiver.region.name, note=receiver.phone)
        )
    return found


def _can(desk: AtDesk, name: str) -> bool:
    return f"matter.{name}" in desk.may and desk.matter.state in _WHEN[name]


_WHEN: dict[str, tuple[str, ...]] = {
    "dispatch": (State.OPEN, State.DISPATCHED),
    "contact": (State.DISPATCHED,),
    "answer": (State.DISPATCHED,),
    "close": (State.ANSWERED,),
    "note": tuple(State.values),
}


def _titles() -> dict[str, tuple[str, str]]:
    """Of each act the heading and the word on its button."""
    return {
        "dispatch": (_("Send to a handling body"), pgettext("dispatch", "Send")),
        "contact": (_("Note the first contact"), _("Note the contact")),
        "answer": (_("Answer"), _("Answer")),
        "close": (pgettext("matter", "Close"), pgettext("matter", "Close")),
        "note": (_("Note for colleagues"), _("Note")),
    }


def _doings(
    by: Any, desk: AtDesk, bodies: list[Any], attempt: Attempt | None, clocks: list[Deadline]
) -> list[Doing]:
    forms: dict[str, Callable[[], Form]] = {
        "dispatch": lambda: DispatchForm(bodies=bodies, auto_id="dispatch_%s"),
        "contact": lambda: _text_form("contact"),
        "answer": lambda: _text_form("answer"),
        "close": lambda: ActForm(auto_id="close_%s"),
        "note": lambda: _text_form("note"),
    }
    waits_for_contact = any(clock.clock == Clock.CONTACT and clock.met_at is None for clock in clocks)
    possible = [
        name
        for name in _order(by, desk.matter)
        if _can(desk, name) and (name != "contact" or waits_for_contact)
    ]
    tried = attempt.name if attempt and attempt.form is not None else ""
    return [
        Doing(
            name,
            *_titles()[name],
            attempt.form if attempt and tried == name and attempt.form else forms[name](),
            reverse("desk:do", args=[desk.matter.pk, name]),
            is_first=name == (tried or possible[0]),
        )
        for name in possible
    ]


def _order(by: Any, matter: Matter) -> tuple[str, ...]:
    """What is most likely to be done here first."""
    if matter.state == State.OPEN:
        return ("dispatch", "note")
    if matter.state == State.DISPATCHED and matter.lead_id not in by.organisations:
        return ("note", "dispatch", "contact", "answer")
    return ("contact", "answer", "close", "note", "dispatch")


def _text_form(name: str, data: Any = None) -> TextForm:
    labels = {
        "answer": (
            _("What the person will read"),
            _("It goes out as it stands here. Say what was done, or why not."),
        ),
        "contact": (
            _("Who was reached, or what was seen on the spot"),
            _("The person reads it too. It ends the clock of the first contact."),
        ),
        "note": (_("What colleagues should know"), _("Only staff who reach this matter read it.")),
    }
    label, help_text = labels[name]
    return TextForm(data, label=label, help_text=help_text, auto_id=f"{name}_%s")


def _not_possible(desk: AtDesk) -> list[parts.Choice]:
    """What cannot be done here, why, and who decides otherwise."""
    matter = desk.matter
    receiver = name_of(matter.first_receiver.name) if matter.first_receiver else ""
    lead = name_of(matter.lead.name) if matter.lead else receiver
    decides = {"dispatch": receiver, "close": receiver, "answer": lead}
    found = []
    for name in ("answer", "close", "dispatch"):
        if _can(desk, name):
            continue
        in_time = matter.state in _WHEN[name]
        why = _why_not_now(matter.state, name) if not in_time else _("Your post does not give you this here.")
        found.append(parts.Choice(_titles()[name][0], why_not=why, decides=decides[name] if in_time else ""))
    return found


def _why_not_now(state: str, name: str) -> str:
    if state == State.CLOSED:
        return _("This matter is closed.")
    if state == State.ANSWERED:
        return _("This matter has been answered.")
    if name == "answer":
        return _("A matter is sent to a handling body before it is answered.")
    return _("A matter is answered before it is closed.")


# -- acts --------------------------------------------------------------------------------------------


def _attempted(name: str, form: Form, done: str, act: Callable[[], Any]) -> Attempt:
    try:
        act()
    except Refusal as refusal:
        if isinstance(form, ActForm):
            form.refused(refusal)
        return Attempt(name, form=form, refusal=refusal)
    return Attempt(name, done=done)


def _key(form: Form) -> str | None:
    return form.cleaned_data.get("key") or None


def _dispatch(by: Any, desk: AtDesk, told: QueryDict) -> Attempt:
    form = DispatchForm(told, bodies=queries.who_could_lead(by, [desk.matter]), auto_id="dispatch_%s")
    if not form.is_valid():
        return Attempt("dispatch", form=form)
    done = _("Sent to %(body)s.") % {"body": name_of(form.body.name)}
    return _attempted(
        "dispatch", form, done, lambda: acts.dispatch.once(_key(form))(by, desk.matter, to=form.body)
    )


def _saying(name: str, act: Any) -> Callable[[Any, AtDesk, QueryDict], Attempt]:
    def attempt(by: Any, desk: AtDesk, told: QueryDict) -> Attempt:
        form = _text_form(name, told)
        if not form.is_valid():
            return Attempt(name, form=form)
        done = _("The answer was given.") if name == "answer" else _("Noted.")
        text = form.cleaned_data["text"]
        return _attempted(name, form, done, lambda: act.once(_key(form))(by, desk.matter, text=text))

    return attempt


def _close(by: Any, desk: AtDesk, told: QueryDict) -> Attempt:
    form = ActForm(told, auto_id="close_%s")
    form.is_valid()
    return _attempted("close", form, _("Closed."), lambda: acts.close.once(_key(form))(by, desk.matter))


def _reveal(by: Any, desk: AtDesk, told: QueryDict) -> Attempt:
    """Show whose submission it is; the purpose and the reader stand in the ledger, for that person too."""
    asked = told.get("submission", "")
    submission = next((s for s in queries.brought_in(by, desk.matter) if str(s.pk) == asked), None)
    if submission is None or submission.person is None:
        refusal = NotAllowed(_("There is nobody to be shown here."))
        return Attempt("reveal", form=RevealForm(told), refusal=refusal)
    form = RevealForm(told, auto_id=f"id_{submission.pk}_%s")
    if not form.is_valid():
        return Attempt("reveal", form=form)
    try:
        contact = reveal(by, submission.person, purpose=form.cleaned_data["purpose"])
    except Refusal as refusal:
        return Attempt("reveal", form=form, refusal=refusal)
    return Attempt("reveal", shown={"person": submission.person.pk, **contact})


AT_DESK: dict[str, Callable[[Any, AtDesk, QueryDict], Attempt]] = {
    "dispatch": _dispatch,
    "contact": _saying("contact", acts.contact),
    "answer": _saying("answer", acts.answer),
    "note": _saying("note", acts.note),
    "close": _close,
    "reveal": _reveal,
}
