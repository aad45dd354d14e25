"""Somebody without the secret rings up: a clerk finds what they brought in, and says what for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import STAFF, Actor, act, record
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.queries import persons_with_phone
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.divisions import normalise_number
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.models import Submission

#: A telephone number is asked for whole; what is shorter would fish for strangers.
SHORTEST_PHONE = 7
MOST_FOUND = 20


@act("submission.find", _("Find what a caller brought in"), audience=STAFF, creates=True)
def find(by: Actor, region: Region, *, purpose: str, number: str = "", phone: str = "") -> list[Submission]:
    """Find submissions of a region by their number, or by the whole telephone number given with them.

    The person whom it concerns can see who looked and what for. Nobody is listed: without a number that
    fits there is nothing.
    """
    if len(purpose.strip()) < 4:
        raise Invalid(_("Say what you need this for."), field="purpose")
    if bool(number.strip()) == bool(phone.strip()):
        raise Invalid(_("Tell the number of the submission, or the telephone number."), field="number")
    rows = Submission.objects.filter(
        reach(by, "submission.read", Submission), region__path__startswith=region.path
    )
    if number.strip():
        try:
            rows = rows.filter(number=normalise_number(number))
        except ValueError:
            raise Invalid(_("This is not a number of ours. Read it again, please."), field="number") from None
    else:
        rows = rows.filter(person__in=persons_with_phone(_digits(phone)))
    found = list(rows.select_related("category", "matter__lead", "region").order_by("-filed_at")[:MOST_FOUND])
    record(
        facts={"by": "number" if number.strip() else "phone", "found": len(found)},
        private={"purpose": purpose},
        persons=sorted({each.person_id for each in found if each.person_id is not None}),
    )
    return found


def _digits(phone: str) -> str:
    digits = "".join(each for each in phone if each.isdigit())
    if len(digits) < SHORTEST_PHONE:
        raise Invalid(_("Ask for the whole telephone number."), field="phone")
    return digits
