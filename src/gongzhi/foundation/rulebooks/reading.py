"""Reading what somebody hands in as the table of a rule."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.rulebooks.subjects import subject
from gongzhi.methods import decision_tables as dt


def read(text: str) -> dt.Table:
    """The one decision table in a text, on a subject that is known, reading and answering what it may."""
    try:
        (table,) = dt.load(text)
    except dt.FormatError as error:
        raise Invalid(_("The table cannot be read: %(why)s") % {"why": error}, field="table") from None
    except ValueError:
        raise Invalid(_("Bring one table at a time."), field="table") from None
    subject(table.name).check(table)
    return table


def arrangement_digest(subject: str, text: str) -> str:
    """SHA-256 that names the words of an informal arrangement."""
    return hashlib.sha256(f"gongzhi arrangement 1\n{subject}\n{text}".encode()).hexdigest()
