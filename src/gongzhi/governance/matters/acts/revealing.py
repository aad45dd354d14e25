"""Who brought something in is shown to somebody who works on it and says what for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import STAFF, Actor, act, record
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.governance.matters.models import Submission


@act("person.reveal", _("Reveal personal data"), audience=STAFF)
def reveal(by: Actor, submission: Submission, *, purpose: str) -> dict[str, Any]:
    """Show the contact data of whoever brought something in; the person can see who looked, and what for.

    Only who reaches the submission is shown them, and of a report of wrongdoing nobody is. Who wished that
    handlers see no number is shown to the body that took it in alone.
    """
    if len(purpose.strip()) < 4:
        raise Invalid(_("Say what you need this for."), field="purpose")
    if submission.sealed:
        raise NotPossible(
            _("Nobody is shown who reported wrongdoing."),
            instead=_("Answer here: whoever reported it reads it under the number of the report."),
        )
    person = submission.person
    if person is None:
        raise NotPossible(_("It was brought in without a name."))
    if submission.hide_number and submission.received_by_id not in getattr(by, "organisations", ()):
        raise NotAllowed(_("This person is rung up only by the body that took it in."))
    record(facts={"fields": ["name", "phone", "email"]}, private={"purpose": purpose}, persons=[person.pk])
    return {"name": person.name, "phone": person.phone, "email": person.email}
