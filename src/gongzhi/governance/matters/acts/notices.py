"""What whoever brought something in is told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import (
    PARTICIPANTS,
    STAFF,
    Actor,
    act,
    keep,
    moment,
    record,
)  # fmt: skip
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.governance.matters.models import (
    Notice,
    Submission,
)  # fmt: skip


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
