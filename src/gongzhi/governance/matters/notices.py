"""What somebody is told of what became of their submission: codes are kept, sentences made when read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.parties.queries import organisation
from gongzhi.governance.matters.models import Notice

#: The verbs of which somebody is told, and the code of the notice.
CODES = {
    "matter.dispatch": "dispatched",
    "matter.accept": "taken_over",
    "matter.take_silently": "taken_over",
    "matter.designate": "designated",
    "matter.answer_interim": "interim",
    "matter.answer": "answered",
    "matter.answer_directly": "answered_at_once",
    "matter.decline": "declined",
    "matter.sign_extension": "extended",
    "matter.stop": "stopped",
    "matter.go_on": "goes_on",
    "matter.reopen": "reopened",
    "matter.close": "closed",
}

#: With these the answer, or why it is not taken in, goes into the letter.
_WITH_ANSWER = frozenset({"answered", "answered_at_once", "declined"})
#: With these the letter says what the body wrote when it did it.
_WITH_WORDS = frozenset({"interim", "stopped", "extended"})


def code_of(entry: Entry) -> str | None:
    """The code of the notice that an entry asks for; None where nobody need be told."""
    if entry.verb == "matter.sign_extension" and not json.loads(entry.facts).get("granted"):
        return None
    return CODES.get(entry.verb)


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
        if words := _words(notice):
            lines.insert(1, words)
        subject = _("Submission %(number)s: %(news)s") % {**told, "news": _headline(notice.code)}
        to = submission.person.email if submission.person else ""
        return Letter(to, subject, "\n\n".join(lines) + "\n")


def _words(notice: Notice) -> str:
    """What the person asked to be sent: the answer, or the words of whoever did it."""
    matter = notice.submission.matter
    if notice.code in _WITH_ANSWER:
        return matter.answer if matter is not None else ""
    if notice.code not in _WITH_WORDS:
        return ""
    text = Private.objects.filter(pk=notice.entry).values_list("text", flat=True).first()
    private = json.loads(text) if text else {}
    return str(private.get("text") or private.get("reason") or "")


def sentence(notice: Notice) -> str:
    """What happened, in the reader's language."""
    sentences: dict[str, Callable[[], str]] = {
        "dispatched": lambda: (
            _("It was sent to %(body)s, who will answer you.") % {"body": _body(notice, "to")}
        ),
        "taken_over": lambda: (
            _("%(body)s has taken it over and answers you from now on.") % {"body": _body(notice, "body")}
        ),
        "designated": lambda: (
            _("It was decided that %(body)s handles it and answers you.") % {"body": _body(notice, "to")}
        ),
        "interim": lambda: _("You were told how far it is."),
        "answered": lambda: _("You have been answered."),
        "answered_at_once": lambda: _("You have been answered at once."),
        "declined": lambda: _("It was not taken in; the right door was named."),
        "extended": lambda: _("It takes longer: the deadline was extended."),
        "stopped": lambda: _("It cannot go on for now: the clocks stand still."),
        "goes_on": lambda: _("It goes on, and the clocks run again."),
        "reopened": lambda: _("It was opened again, and is handled anew."),
    }
    return sentences.get(notice.code, lambda: _("It is closed."))()


def _headline(code: str) -> str:
    headlines = {
        "dispatched": _("in hand"),
        "taken_over": _("taken over"),
        "designated": _("in hand"),
        "interim": _("how far it is"),
        "answered": _("answered"),
        "answered_at_once": _("answered"),
        "declined": _("not taken in"),
        "extended": _("takes longer"),
        "stopped": _("stands still"),
        "goes_on": _("goes on"),
        "reopened": _("opened again"),
    }
    return headlines.get(code, _("closed"))


def _body(notice: Notice, fact: str) -> str:
    """The name of the body that an entry names, such as the one that a matter was sent to."""
    facts = Entry.objects.filter(pk=notice.entry).values_list("facts", flat=True).first()
    code = (json.loads(facts).get(fact) or "") if facts else ""
    found = organisation(code)
    if found is None:
        return str(code)
    language = (translation.get_language() or "zh")[:2]
    return str(found.name.get(language) or found.name.get("zh") or code)
