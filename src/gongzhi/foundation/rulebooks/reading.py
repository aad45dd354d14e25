"""Reading what somebody hands in as the table of a rule."""

from __future__ import annotations

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
