"""What is kept when a matter is over, and what is erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.files.acts import erase_file
from gongzhi.foundation.ledger.acts import (
    PLATFORM,
    STAFF,
    Actor,
    act,
    erase,
    keep,
    moment,
    record,
)  # fmt: skip
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Person
from gongzhi.governance.matters.models import (
    Attachment,
    Matter,
    State,
    Submission,
    Urgent,
)  # fmt: skip


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


@act("urgent.archive", _("Archive an urgent report"), audience=STAFF)
def archive_urgent(by: Actor, urgent: Urgent) -> Urgent:
    """Erase what was reported, of no matter, when the time for which it is kept has run out."""
    if urgent.keep_until is None or urgent.keep_until > moment().date():
        raise NotPossible(_("The time for which this file is kept has not run out."))
    record(facts={"keep_until": urgent.keep_until})
    urgent.title, urgent.keep_until = "", None
    keep(urgent, "title", "keep_until")
    erase(persons=(), subjects=[urgent.pk])
    return urgent


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
        submission.lon = submission.lat = submission.thing = None
        submission.erased = moment()
        keep(submission, "text", "place", "lon", "lat", "thing", "erased")
    wanted = {s.matter_id for s in submissions if s.matter_id} - set(held)
    matters = [*Matter.objects.filter(pk__in=wanted), *held.values()]
    for matter in matters:
        matter.title = matter.answer = ""
        matter.lon = matter.lat = matter.thing = None
        keep(matter, "title", "answer", "lon", "lat", "thing")
    urgents = list(Urgent.objects.filter(matter__in=matters))
    for urgent in urgents:
        urgent.title = ""
        keep(urgent, "title")
    for attached in Attachment.objects.filter(submission__in=submissions).select_related("file"):
        if attached.file.erased is None:
            erase_file(PLATFORM, attached.file)
    erase(persons=persons, subjects=[each.pk for each in (*submissions, *matters, *urgents)])
