"""What comes in, and the matter that it becomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.files.queries import File
from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    PLATFORM,
    PUBLIC,
    Actor,
    act,
    historical,
    keep,
    moment,
    origin,
    record,
    standing,
)  # fmt: skip
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.acts import add_person
from gongzhi.foundation.parties.queries import (
    Organisation,
    Person,
    charges_over,
    command_over,
    nearest_in_charge,
)
from gongzhi.foundation.regions.divisions import readable_number
from gongzhi.foundation.regions.queries import Grid, Region, county_of
from gongzhi.governance.matters.acts.clocks import _is_imported, _set_deadlines
from gongzhi.governance.matters.acts.handling import dispatch
from gongzhi.governance.matters.acts.seeing import let_see
from gongzhi.governance.matters.acts.urgent import _expect_report
from gongzhi.governance.matters.borders import RECEIVING, across
from gongzhi.governance.matters.models import (
    Accusal,
    AnswerBy,
    Attachment,
    Category,
    Channel,
    Kind,
    Matter,
    Part,
    Role,
    Submission,
    Thing,
    Urgency,
)  # fmt: skip
from gongzhi.governance.matters.rules import KEEPER, NO_THING, OWNER, ROUTING, consult, facts_of, reasons_kept

#: A place may be described in this many characters, and a submission in this many.
PLACE_LENGTH, TEXT_LENGTH, NAME_LENGTH = 200, 4000, 100
#: So many files can be attached to one submission.
MOST_FILES = 5


@dataclass(frozen=True)
class Contact:
    """How the person can be reached, as they gave it."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Needs:
    """What whoever takes something in notes of it: haste, how many people, whether any needs care."""

    urgency: str = Urgency.ORDINARY.value
    people: int = 1
    vulnerable: bool = False
    #: Handlers see no number; the body that took it in rings the person.
    hide_number: bool = False


@dataclass(frozen=True)
class Accused:
    """Whom a report of wrongdoing accuses: they never reach it, whatever posts they hold."""

    bodies: Sequence[Organisation] = ()
    persons: Sequence[Person] = ()

    def __bool__(self) -> bool:
        return bool(self.bodies or self.persons)


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
    thing: Thing | None = None,
    contact: Contact = Contact(),
    person: Person | None = None,
    confidential: bool = False,
    answer_by: str = AnswerBy.PAGE.value,
    attachments: Sequence[File] = (),
    language: str = "zh-hans",
    source: str | None = None,
    digest: str = "",
    title: str | None = None,
    needs: Needs = Needs(),
    accused: Accused = Accused(),
) -> Submission:
    """Bring something in for a region; it becomes a matter, which rules route and put under deadlines.

    Without ``contact`` and ``person`` it is anonymous. Taking in never depends on a rule: what no rule
    decides waits for a person. A report of wrongdoing is sealed: it goes to bodies that the accused does not
    command, and to nobody else; where it names nobody, to whoever takes it in alone.
    """
    _check(kind, channel, category, text, place, contact, answer_by)
    _check_needs(kind, needs, accused)
    if thing is not None:
        thing = _named(thing, kind, region)
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
        thing=thing,
        person=person,
        confidential=confidential or kind == Kind.REPORT,
        answer_by=answer_by,
        language=language,
        urgency=needs.urgency,
        people=needs.people,
        vulnerable=needs.vulnerable,
        hide_number=needs.hide_number,
        sealed=kind == Kind.REPORT,
        filed_at=moment(),
        precision=history.precision if history else "exact",
        origin=origin(),
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
            **({"urgency": needs.urgency} if needs.urgency != Urgency.ORDINARY else {}),
            **({"people": needs.people} if needs.people > 1 else {}),
        },
        private=_private(submission),
        persons=[person.pk] if person else [],
    )
    submission.matter = open_matter(PLATFORM, region, submission=submission, title=title, accused=accused)
    submission.received_by = submission.matter.first_receiver
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


def _check_needs(kind: str, needs: Needs, accused: Accused) -> None:
    if needs.urgency not in Urgency.values:
        raise Invalid(_("Say how urgent it is."), field="urgency")
    if not 1 <= needs.people <= 1_000_000:
        raise Invalid(_("Say how many people it is about."), field="people")
    if accused and kind != Kind.REPORT:
        raise Invalid(_("Only a report of wrongdoing accuses somebody."), field="accused")


def _named(thing: Thing, kind: str, region: Region) -> Thing:
    """A thing as it stands in the register now, if what is brought in there can be about it."""
    (thing,) = standing(Thing, id=thing.pk)
    if kind == Kind.REPORT:
        raise Invalid(_("A report of wrongdoing accuses somebody and names no thing."), field="thing")
    if thing.retired_at is not None:
        raise NotPossible(
            _("%(code)s was taken out of the register.") % {"code": thing.code},
            field="thing",
            instead=_("Leave it open; whoever looks there finds out what it is."),
        )
    if county_of(thing.region) != county_of(region):
        raise Invalid(
            _("%(code)s stands in %(region)s.") % {"code": thing.code, "region": thing.region},
            field="thing",
            instead=_("Leave it open, or bring it in there."),
        )
    return thing


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
    if submission.thing is not None:  # as exact a place as the point, so that it can be erased with it
        told["thing"] = submission.thing.code
    return told


@act("matter.open", _("Open a matter"), audience=PARTICIPANTS, creates=True)
def open_matter(
    by: Actor,
    region: Region,
    *,
    submission: Submission,
    title: str | None = None,
    accused: Accused = Accused(),
) -> Matter:
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
        thing=submission.thing,
        opened_at=submission.filed_at,
        precision=submission.precision,
        sealed=submission.sealed,
        urgency=submission.urgency,
        origin=submission.origin,
    )
    keep(matter)
    for body in accused.bodies:
        keep(Accusal(matter=matter, organisation=body))
    for person in accused.persons:
        keep(Accusal(matter=matter, person=person.pk))
    facts = {"number": matter.number, "category": submission.category.code, "submission": submission.pk}
    if _is_imported():
        record(facts=facts)
        return matter
    told = facts_of(matter, channel=submission.channel)
    whose = _whose(matter.thing)
    undecided: list[list[Any]] = []
    thing = matter.thing.kind if matter.thing is not None and whose else NO_THING
    routed = consult(ROUTING, region, {**told, "thing": thing}, undecided)
    functions = [RECEIVING, *([routed.value["function"]] if routed else [])]
    bodies = _not_commanded(functions, region, accused) if accused else nearest_in_charge(functions, region)
    receiver = bodies.get(RECEIVING)
    if receiver is not None:
        matter.first_receiver = matter.answering = receiver
        keep(Part(matter=matter, organisation=receiver, role=Role.FIRST_RECEIVER, since=moment()))
    elif matter.sealed:
        raise _nobody_may_read(accused)
    due = _set_deadlines(matter, region, told, undecided, receiver)
    if receiver is not None:
        _expect_report(matter, receiver)
    names_nobody = matter.sealed and not accused
    lead = (whose.get(functions[-1]) or bodies.get(functions[-1])) if routed and not names_nobody else None
    if names_nobody:
        undecided.append(["names_nobody"])
    elif routed and lead is None:
        undecided.append(["nobody", functions[-1]])
    matter.undecided = reasons_kept(undecided)
    record(
        facts={**facts, "receiver": receiver.code if receiver else None, "due": due},
        private={"thing": matter.thing.code} if matter.thing is not None else None,
    )
    if lead is not None:
        dispatch(PLATFORM, matter, to=lead)
    _let_neighbours_see(matter, told)
    return matter


def _whose(thing: Thing | None) -> dict[str, Organisation]:
    """What a rule may say of a thing instead of a function, and who that is; nothing once its owner went."""
    if thing is None or thing.owner.dissolved is not None:
        return {}
    keeper = thing.keeper if thing.keeper is not None and thing.keeper.dissolved is None else thing.owner
    return {OWNER: thing.owner, KEEPER: keeper}


def _nobody_may_read(accused: Accused) -> NotPossible:
    return NotPossible(
        _("No body here may read this report, for those accused command all of them.")
        if accused
        else _("No body here takes reports of wrongdoing in."),
        instead=_("Bring it to the discipline inspection (12388) or to the next higher authority."),
    )


def _let_neighbours_see(matter: Matter, told: dict[str, Any]) -> None:
    """Whoever receives things on the other side of a border sees what lies near it."""
    if matter.sealed or matter.lon is None or matter.lat is None:
        return
    for body in across(matter.region, told, matter.lon, matter.lat, moment()):
        if body.pk != matter.lead_id:
            let_see(PLATFORM, matter, neighbour=body)


def _not_commanded(functions: Sequence[str], region: Region, accused: Accused) -> dict[str, Organisation]:
    """For each function the nearest body that is neither accused nor under the command of the accused."""
    barred = {body.pk for body in accused.bodies}
    found: dict[str, Organisation] = {}
    for charge in charges_over(functions, region):
        body = charge.organisation
        if charge.function not in found and not barred & set(command_over(body)):
            found[charge.function] = body
    return found


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
