"""What is done to submissions and matters, from the first word to the closed file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.files.acts import erase_file
from gongzhi.foundation.files.queries import File
from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    PLATFORM,
    PUBLIC,
    STAFF,
    Actor,
    act,
    erase,
    historical,
    keep,
    moment,
    record,
)  # fmt: skip
from gongzhi.foundation.ledger.models import Origin
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible, Undecidable
from gongzhi.foundation.parties.acts import add_person
from gongzhi.foundation.parties.queries import Organisation, Person, nearest_in_charge
from gongzhi.foundation.regions.divisions import readable_number
from gongzhi.foundation.regions.queries import Grid, Region
from gongzhi.foundation.regions.working import calendar_of
from gongzhi.foundation.rulebooks.queries import Decision, decide
from gongzhi.governance.matters.models import (
    AnswerBy,
    Attachment,
    Category,
    Channel,
    Clock,
    Deadline,
    Kind,
    Matter,
    Notice,
    Part,
    Role,
    State,
    Submission,
)  # fmt: skip
from gongzhi.governance.matters.rules import DEADLINES, RETENTION, ROUTING

#: A place may be described in this many characters, and a submission in this many.
PLACE_LENGTH, TEXT_LENGTH, NAME_LENGTH = 200, 4000, 100
#: So many files can be attached to one submission.
MOST_FILES = 5

#: The function of the body that receives what comes in and answers until another has taken over.
RECEIVING = "centre"


@dataclass(frozen=True)
class Contact:
    """How the person can be reached, as they gave it."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Place:
    """Where it is: a point in WGS-84, words, and the grid if it is known."""

    words: str = ""
    lon: float | None = None
    lat: float | None = None
    grid: Grid | None = None


@act("category.add", _("Add a category"), audience=PUBLIC, creates=True)
def add_category(
    by: Actor,
    region: Region,
    *,
    code: str,
    name: dict[str, str],
    hint: dict[str, str] | None = None,
    refer_to: dict[str, str] | None = None,
    order: int = 0,
) -> Category:
    """Add a class of matters for a region and those below it.

    ``refer_to`` says whose door is the right one for what is not taken in here.
    """
    category = Category(
        code=code, name=name, region=region, hint=hint or {}, refer_to=refer_to or {}, order=order
    )
    keep(category)
    record(facts={"code": code})
    return category


@act("submission.file", _("Bring something in"), audience=PARTICIPANTS, creates=True)
def file(
    by: Actor,
    region: Region,
    *,
    kind: str,
    category: Category,
    text: str,
    channel: str = Channel.PORTAL.value,
    place: Place = Place(),
    contact: Contact = Contact(),
    person: Person | None = None,
    confidential: bool = False,
    answer_by: str = AnswerBy.PAGE.value,
    attachments: Sequence[File] = (),
    language: str = "zh-hans",
    source: str | None = None,
    digest: str = "",
    title: str | None = None,
) -> Submission:
    """Bring something in for a region; it becomes a matter, which rules route and put under deadlines.

    Without ``contact`` and ``person`` it is anonymous. Taking in never depends on a rule: what no rule
    decides waits for a person.
    """
    _check(kind, channel, category, text, place, contact, answer_by)
    if contact:
        person = add_person(PLATFORM, region, name=contact.name, phone=contact.phone, email=contact.email)
    history = historical()
    submission = Submission(
        number=readable_number(),
        kind=kind,
        category=category,
        channel=channel,
        text=text,
        region=region,
        grid=place.grid,
        lon=place.lon,
        lat=place.lat,
        place=place.words,
        person=person,
        confidential=confidential,
        answer_by=answer_by,
        language=language,
        filed_at=moment(),
        precision=history.precision if history else "exact",
        origin=history.origin if history else "here",
        source=source,
        digest=digest,
    )
    record(
        facts={
            "number": submission.number,
            "kind": kind,
            "category": category.code,
            "channel": channel,
            "grid": place.grid.code if place.grid else None,
            "anonymous": person is None,
        },
        private=_private(submission),
        persons=[person.pk] if person else [],
    )
    submission.matter = open_matter(PLATFORM, region, submission=submission, title=title)
    keep(submission)
    _attach(submission, attachments)
    return submission


def _attach(submission: Submission, files: Sequence[File]) -> None:
    if not files:
        return
    if len(files) > MOST_FILES:
        raise Invalid(
            _("There are %(count)d files; at most %(limit)d can be attached.")
            % {"count": len(files), "limit": MOST_FILES},
            field="files",
        )
    if any(each.erased for each in files) or Attachment.objects.filter(file__in=files).exists():
        raise Invalid(_("A file is no longer there. Choose it again."), field="files")
    for each in files:
        keep(Attachment(submission=submission, file=each))
    record(facts={"files": [each.pk for each in files]})


def _check(
    kind: str, channel: str, category: Category, text: str, place: Place, contact: Contact, answer_by: str
) -> None:
    if kind not in _KINDS:
        raise Invalid(_("Choose what you would like: %(kind)s is unknown.") % {"kind": kind}, field="kind")
    if channel not in _CHANNELS:
        raise Invalid(_("There is no channel called %(channel)s.") % {"channel": channel}, field="channel")
    if historical() is not None:
        return
    if category.refer_to:
        raise NotPossible(
            _("This is not taken in here."),
            instead=category.refer_to.get("zh") or category.refer_to.get("en", ""),
        )
    if not text.strip():
        raise Invalid(_("Say in a few words what it is about."), field="text")
    if len(text) > TEXT_LENGTH:
        raise Invalid(
            _("The text has %(length)d characters; at most %(limit)d can be taken.")
            % {"length": len(text), "limit": TEXT_LENGTH},
            field="text",
        )
    if len(place.words) > PLACE_LENGTH:
        raise Invalid(
            _("The place has %(length)d characters; at most %(limit)d can be taken.")
            % {"length": len(place.words), "limit": PLACE_LENGTH},
            field="place",
        )
    if answer_by not in AnswerBy.values:
        raise Invalid(_("Choose how you would like to be answered."), field="answer_by")
    _check_contact(contact)
    if answer_by == AnswerBy.EMAIL and not contact.email:
        raise Invalid(_("To be answered by e-mail, give an address."), field="email")
    if answer_by == AnswerBy.PHONE and not contact.phone:
        raise Invalid(_("To be answered by telephone, give a number."), field="phone")


def _check_contact(contact: Contact) -> None:
    if contact.email:
        try:
            validate_email(contact.email)
        except ValidationError:
            raise Invalid(_("This is no e-mail address."), field="email") from None
    if contact.phone and not _PHONE.fullmatch(contact.phone):
        raise Invalid(_("A telephone number has 3 to 30 digits."), field="phone")
    if len(contact.name) > NAME_LENGTH:
        raise Invalid(
            _("The name is too long; at most %(limit)d characters can be taken.") % {"limit": NAME_LENGTH},
            field="name",
        )


_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]{1,28}[0-9]")
_KINDS, _CHANNELS = frozenset(Kind.values), frozenset(Channel.values)


def _private(submission: Submission) -> dict[str, Any]:
    """What the entry keeps privately of a submission: all that may be erased."""
    told: dict[str, Any] = {"text": submission.text}
    if submission.place:
        told["place"] = submission.place
    if submission.lon is not None and submission.lat is not None:
        told["point"] = [f"{submission.lon:.6f}", f"{submission.lat:.6f}"]
    return told


@act("matter.open", _("Open a matter"), audience=PARTICIPANTS, creates=True)
def open_matter(by: Actor, region: Region, *, submission: Submission, title: str | None = None) -> Matter:
    """Make a matter of a submission; rules say who leads and by when, a person where they do not.

    What is imported was routed elsewhere, by rules that are not here; what is generated follows the
    rules in force at the moment it is told of.
    """
    matter = Matter(
        number=readable_number(),
        kind=submission.kind,
        category=submission.category,
        title=title if title is not None else _title(submission.text),
        region=region,
        grid=submission.grid,
        lon=submission.lon,
        lat=submission.lat,
        opened_at=submission.filed_at,
        precision=submission.precision,
        sealed=submission.sealed,
        origin=submission.origin,
    )
    keep(matter)
    facts = {"number": matter.number, "category": submission.category.code, "submission": submission.pk}
    if _is_imported():
        record(facts=facts)
        return matter
    told = {
        "kind": submission.kind,
        "category": submission.category.code,
        "channel": submission.channel,
    }
    undecided: list[str] = []
    routed = _consult(ROUTING, region, told, undecided)
    functions = [RECEIVING, *([routed.value["function"]] if routed else [])]
    bodies = nearest_in_charge(functions, region)
    receiver = bodies.get(RECEIVING)
    if receiver is not None:
        matter.first_receiver = receiver
        keep(Part(matter=matter, organisation=receiver, role=Role.FIRST_RECEIVER, since=moment()))
    due = _set_deadlines(matter, region, told, undecided)
    lead = bodies.get(functions[-1]) if routed else None
    if routed and lead is None:
        undecided.append(str(_("Nobody here has the function “%(function)s”.") % {"function": functions[-1]}))
    matter.undecided = " ".join(undecided)[:300]
    record(facts={**facts, "receiver": receiver.code if receiver else None, "due": due})
    if lead is not None:
        dispatch(PLATFORM, matter, to=lead)
    return matter


def _is_imported() -> bool:
    """Whether what is being done was done elsewhere, where other rules held."""
    history = historical()
    return history is not None and history.origin == Origin.IMPORTED


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _consult(subject: Any, region: Region, told: dict[str, Any], undecided: list[str]) -> Decision | None:
    try:
        return decide(subject, region, told, moment())
    except Undecidable as refusal:
        undecided.append(str(refusal))
        return None


def _set_deadlines(
    matter: Matter, region: Region, told: dict[str, Any], undecided: list[str]
) -> dict[str, datetime]:
    """Start the clocks that the rule in force gives; the first of them binds the matter."""
    decided = _consult(DEADLINES, region, told, undecided)
    if decided is None:
        return {}
    calendar, due = calendar_of(region), {}
    for clock in (Clock.CONTACT, Clock.FINISH):
        amount, unit = decided.value[clock.value], decided.value[f"{clock.value}_unit"]
        due[clock.value] = calendar.add(matter.opened_at, amount, unit)
        _start(
            Deadline(
                matter=matter,
                clock=clock,
                due_at=due[clock.value],
                rule=decided.digest,
                row=decided.rows[0] if decided.rows else None,
                basis=decided.basis[:300],
                measure=f"{amount} {unit}",
            )
        )
    matter.due_at = due[Clock.FINISH.value]
    return due


def _start(deadline: Deadline) -> None:
    """Start a clock; what is done to the matter in the same transaction finds it with the matter."""
    keep(deadline)
    matter: Any = deadline.matter
    matter.fresh_deadlines = [*getattr(matter, "fresh_deadlines", []), deadline]


@act("matter.dispatch", _("Send the matter to a handling body"), audience=PARTICIPANTS)
def dispatch(by: Actor, matter: Matter, *, to: Organisation) -> Matter:
    """Send a matter to the body that leads it."""
    if matter.state not in (State.OPEN, State.DISPATCHED):
        raise NotPossible(_("This matter has already been answered."))
    if matter.lead_id == to.pk:
        raise NotPossible(_("This body leads the matter already."), field="to")
    before = matter.lead
    matter.lead = to
    matter.state = State.DISPATCHED
    matter.dispatched_at = moment()
    matter.undecided = ""
    if matter.first_receiver_id is None:
        matter.first_receiver = to
    keep(matter, "lead", "state", "dispatched_at", "undecided", "first_receiver")
    if not (before and Part.objects.filter(matter=matter.pk, organisation=to.pk, role=Role.LEAD).exists()):
        keep(Part(matter=matter, organisation=to, role=Role.LEAD, since=moment()))
    record(facts={"to": to.code, "from": before.code if before else None})
    return matter


@act("matter.note", _("Note something for colleagues"), audience=STAFF)
def note(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Write a note on a matter that staff who reach it can read."""
    if not text.strip():
        raise Invalid(_("Write what you want to note."), field="text")
    record(private={"text": text})
    return matter


@act("matter.contact", _("Note the first contact"), audience=PARTICIPANTS)
def contact(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Note that whoever brought the matter in was spoken to, or that the place was looked at.

    Ends the clock of the first contact; what was said is read by that person too.
    """
    if matter.state != State.DISPATCHED:
        raise NotPossible(_("Contact is noted while a body handles the matter."))
    if not text.strip():
        raise Invalid(_("Say in a few words who was reached, or what was seen."), field="text")
    running = [deadline for deadline in _running(matter) if deadline.clock == Clock.CONTACT]
    if not running and not _is_imported():
        raise NotPossible(_("The first contact was noted already, or no rule asks for one."))
    due = min((deadline.due_at for deadline in running), default=None)
    record(facts={"due": due, "in_time": _meet(running)}, private={"text": text})
    return matter


@act("matter.answer", _("Answer"), audience=PARTICIPANTS)
def answer(by: Actor, matter: Matter, *, text: str) -> Matter:
    """Answer whoever brought the matter in; ends the clocks that ran for it."""
    if matter.state != State.DISPATCHED:
        raise NotPossible(
            _("This matter has been answered.")
            if matter.state in (State.ANSWERED, State.CLOSED)
            else _("Somebody has to be sent this matter before it can be answered."),
        )
    if not text.strip() and historical() is None:
        raise Invalid(_("Write the answer in words that the person understands."), field="text")
    matter.state = State.ANSWERED
    matter.answered_at = moment()
    matter.answer = text
    running = _running(matter)
    due = matter.due_at or min((deadline.due_at for deadline in running), default=None)
    matter.due_at = None
    keep(matter, "state", "answered_at", "answer", "due_at")
    _meet([deadline for deadline in running if deadline.clock == Clock.CONTACT])
    in_time = _meet([deadline for deadline in running if deadline.clock != Clock.CONTACT])
    record(facts={"due": due, "in_time": in_time}, private={"text": text} if text else {})
    return matter


def _meet(running: list[Deadline]) -> bool | None:
    """End running clocks; whether all of them were met, None where there was none."""
    in_time: bool | None = None
    for deadline in running:
        deadline.met_at = moment()
        keep(deadline, "met_at")
        in_time = deadline.met_at <= deadline.due_at and in_time is not False
    return in_time


def _running(matter: Matter) -> list[Deadline]:
    fresh: list[Deadline] | None = getattr(matter, "fresh_deadlines", None)
    if fresh is not None:
        return [d for d in fresh if d.met_at is None]
    if _is_imported():
        return []
    return list(Deadline.objects.filter(matter=matter.pk, met_at=None))


@act("matter.promise", _("Give a deadline"), audience=PARTICIPANTS)
def promise(by: Actor, matter: Matter, *, due: datetime, precision: str = "exact") -> Matter:
    """Record a deadline that was set elsewhere, such as an imported target.

    An imported one is kept as a fact and binds nobody: no clock ticks for history.
    """
    deadline = Deadline(matter=matter, clock=Clock.FINISH, due_at=due, precision=precision)
    _start(deadline)
    if matter.state in (State.OPEN, State.DISPATCHED) and matter.origin != Origin.IMPORTED:
        matter.due_at = due
        keep(matter, "due_at")
    record(facts={"clock": Clock.FINISH.value, "due": due})
    return matter


@act("matter.close", _("Close"), audience=PARTICIPANTS)
def close(by: Actor, matter: Matter, *, outcome: str = "answered") -> Matter:
    """Close an answered matter; a rule says how long its file is kept."""
    if matter.state != State.ANSWERED:
        raise NotPossible(
            _("This matter is closed already.")
            if matter.state == State.CLOSED
            else _("A matter is answered before it is closed.")
        )
    matter.state = State.CLOSED
    matter.closed_at = moment()
    if not _is_imported():
        matter.keep_until = _keep_until(matter)
    keep(matter, "state", "closed_at", "keep_until")
    record(facts={"outcome": outcome, "keep_until": matter.keep_until})
    return matter


def _keep_until(matter: Matter) -> Any:
    told = {"kind": matter.kind, "category": matter.category.code, "channel": ""}
    decided = _consult(RETENTION, matter.region, told, [])
    if decided is None or matter.closed_at is None:
        return None
    day = matter.closed_at.date()
    return day.replace(year=day.year + decided.value["years"], day=min(day.day, 28))


@act("matter.archive", _("Archive"), audience=STAFF)
def archive(by: Actor, matter: Matter) -> Matter:
    """Take a closed matter, whose time has come, out of the working lists and erase what is personal."""
    if matter.state != State.CLOSED:
        raise NotPossible(_("Only a closed matter is archived."))
    if matter.archived_at is not None:
        raise NotPossible(_("This matter is archived already."))
    if matter.keep_until is None or matter.keep_until > moment().date():
        raise NotPossible(_("The time for which this file is kept has not run out."))
    matter.archived_at = moment()
    keep(matter, "archived_at")
    record(facts={"keep_until": matter.keep_until})
    _erase_submissions(list(Submission.objects.filter(matter=matter.pk)), {matter.pk: matter})
    return matter


@act("person.erase", _("Erase a person's data"), audience=STAFF)
def erase_person(by: Actor, person: Person, *, reason: str) -> Person:
    """Erase what is known of a person, and every text of theirs, wherever it stands.

    Every proof in the ledger still holds; where a text stood, the platform says that it was erased.
    """
    if person.erased is not None:
        raise NotPossible(_("This person's data have been erased already."))
    if len(reason.strip()) < 4:
        raise Invalid(_("Say on what ground, such as the person's own request."), field="reason")
    person.name = person.phone = person.email = ""
    person.erased = moment()
    keep(person, "name", "phone", "email", "erased")
    record(facts={"person": person.pk}, persons=[person.pk])
    _erase_submissions(list(Submission.objects.filter(person=person.pk)), {}, persons=[person.pk])
    return person


def _erase_submissions(
    submissions: list[Submission], held: dict[Any, Matter], persons: Sequence[Any] = ()
) -> None:
    for submission in submissions:
        submission.text = submission.place = ""
        submission.lon = submission.lat = None
        submission.erased = moment()
        keep(submission, "text", "place", "lon", "lat", "erased")
    wanted = {s.matter_id for s in submissions if s.matter_id} - set(held)
    matters = [*Matter.objects.filter(pk__in=wanted), *held.values()]
    for matter in matters:
        matter.title = matter.answer = ""
        matter.lon = matter.lat = None
        keep(matter, "title", "answer", "lon", "lat")
    for attached in Attachment.objects.filter(submission__in=submissions).select_related("file"):
        if attached.file.erased is None:
            erase_file(PLATFORM, attached.file)
    erase(persons=persons, subjects=[*(s.pk for s in submissions), *(m.pk for m in matters)])


@act("notice.write", _("Write a notice"), audience=PARTICIPANTS, creates=True)
def write_notice(by: Actor, submission: Submission, *, code: str, entry: int) -> Notice:
    """Tell whoever brought something in what has happened; once for each entry."""
    notice = Notice(submission=submission, code=code, at=moment(), entry=entry)
    keep(notice)
    record(facts={"code": code, "entry": entry}, region=submission.region_id)
    return notice


@act("notice.deliver", _("Deliver a notice"), audience=STAFF)
def deliver_notice(by: Actor, notice: Notice, *, sent: bool) -> Notice:
    """Note that a notice was sent, or could not be."""
    if notice.delivery != Notice.Delivery.WAITING:
        raise NotPossible(_("This notice was delivered already."))
    notice.delivery = Notice.Delivery.SENT if sent else Notice.Delivery.FAILED
    keep(notice, "delivery")
    record(facts={"sent": sent})
    return notice
