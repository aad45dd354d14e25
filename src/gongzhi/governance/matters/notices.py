"""What somebody is told of what became of their submission: codes are kept, sentences made when read."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.parties.queries import organisation
from gongzhi.governance.matters.models import Notice

#: The verbs of which somebody is told, and the code of the notice.
CODES = {"matter.dispatch": "dispatched", "matter.answer": "answered", "matter.close": "closed"}


@dataclass(frozen=True)
class Letter:
    """A notice as it is sent by e-mail."""

    to: str
    subject: str
    text: str


def letter(notice: Notice) -> Letter:
    """The notice as an e-mail, in the language in which the submission was made.

    It names nothing of what was brought in, for e-mail is read by others on its way; the answer alone
    is in it, because that is what the person asked to be sent.
    """
    submission = notice.submission
    with translation.override(submission.language):
        told = {"number": submission.number, "site": settings.CONFIG.base_url}
        lines = [
            sentence(notice),
            _("Your submission has the number %(number)s.") % told,
            _("Follow it up at %(site)s with this number and the secret that you were given.") % told,
            _("This e-mail was sent by a machine; an answer to it reaches nobody."),
        ]
        if notice.code == CODES["matter.answer"] and submission.matter and submission.matter.answer:
            lines.insert(1, submission.matter.answer)
        subject = _("Submission %(number)s: %(news)s") % {**told, "news": _headline(notice.code)}
        to = submission.person.email if submission.person else ""
        return Letter(to, subject, "\n\n".join(lines) + "\n")


def sentence(notice: Notice) -> str:
    """What happened, in the reader's language."""
    if notice.code == CODES["matter.dispatch"]:
        return _("It was sent to %(body)s, who will answer you.") % {"body": _body(notice)}
    if notice.code == CODES["matter.answer"]:
        return _("You have been answered.")
    return _("It is closed.")


def _headline(code: str) -> str:
    if code == CODES["matter.dispatch"]:
        return _("in hand")
    return _("answered") if code == CODES["matter.answer"] else _("closed")


def _body(notice: Notice) -> str:
    """The name of the body that a matter was sent to, from the entry that sent it."""
    facts = Entry.objects.filter(pk=notice.entry).values_list("facts", flat=True).first()
    code = json.loads(facts).get("to", "") if facts else ""
    found = organisation(code)
    if found is None:
        return str(code)
    language = (translation.get_language() or "zh")[:2]
    return str(found.name.get(language) or found.name.get("zh") or code)
