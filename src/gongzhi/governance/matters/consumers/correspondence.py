"""What matters do by themselves: people are told what happened, letters go out, files are closed for good."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from gongzhi.foundation.files.acts import erase_file
from gongzhi.foundation.files.queries import File
from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import consumer, ticker
from gongzhi.foundation.ledger.identity import first_of
from gongzhi.foundation.ledger.models import Entry, Origin
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.governance.matters.acts import archive, archive_urgent, deliver_notice, write_notice
from gongzhi.governance.matters.models import (
    AnswerBy,
    Attachment,
    Matter,
    Notice,
    State,
    Submission,
    TaskPhoto,
    Urgent,
)
from gongzhi.governance.matters.notices import CODES, code_of, letter

log = structlog.get_logger(__name__)

#: A letter that cannot be delivered is tried for so long.
PATIENCE = timedelta(days=1)
#: A file that was stored and never attached to anything is kept for so long.
UNATTACHED = timedelta(days=1)
BATCH = 50


@consumer("matters.notices", CODES)
def notices(entries: Sequence[Entry]) -> None:
    """Tell everybody who brought a matter in what happened to it; once for each entry.

    Nobody is told of history, nor of what they have withdrawn.
    """
    codes = {each.pk: code for each in entries if (code := code_of(each)) is not None}
    matters = {each.subject for each in entries}
    brought: dict[UUID | None, list[Submission]] = {}
    for submission in (
        found := list(
            Submission.objects.filter(matter__in=matters, erased=None, withdrawn_at=None)
            .exclude(origin=Origin.IMPORTED)
            .order_by("pk")
        )
    ):
        brought.setdefault(submission.matter_id, []).append(submission)
    earlier = Notice.objects.filter(submission__in=found, entry__in=[each.pk for each in entries])
    told = set(earlier.values_list("submission", "entry"))
    write_notice.each(
        PLATFORM,
        [
            (submission, {"code": codes[each.pk], "entry": each.pk})
            for each in entries
            for submission in brought.get(each.subject, ())
            if each.pk in codes and (submission.pk, each.pk) not in told
        ],
    )


@ticker("matters.letters", timedelta(seconds=10))
def letters() -> None:
    """Send the notices of those who want e-mail, where a mail server is set; otherwise they wait.

    Outside any transaction, for a mail server may be slow: sent at least once, then noted by an act.
    """
    if settings.CONFIG.smtp_url is None:
        return
    waiting = (
        Notice.objects.filter(
            pk__gte=first_of(now() - 2 * PATIENCE),
            delivery=Notice.Delivery.WAITING,
            submission__answer_by=AnswerBy.EMAIL,
            submission__erased=None,
        )
        .exclude(submission__person=None)
        .select_related("submission__person", "submission__matter")
        .order_by("pk")[:BATCH]
    )
    if not (found := list(waiting)):
        return
    server = get_connection()
    try:
        for notice in found:
            _deliver(notice, server)
    except OSError as error:  # the server is away; its words may name somebody, so only their kind is kept
        log.warning("letters.wait", kind=type(error).__name__)
    finally:
        server.close()


def _deliver(notice: Notice, server: BaseEmailBackend) -> None:
    """Send one notice; what is refused for good, or for too long, is given up."""
    told = letter(notice)
    try:
        sent = bool(EmailMessage(told.subject, told.text, to=[told.to], connection=server).send())
    except (smtplib.SMTPRecipientsRefused, ValueError) as error:
        if not _is_final(error) and notice.at > now() - PATIENCE:
            return
        log.warning("notice.failed", notice=str(notice.pk), kind=type(error).__name__)
        sent = False
    try:
        deliver_notice(PLATFORM, notice, sent=sent)
    except NotPossible:  # another process was at it too
        log.info("notice.sent_twice", notice=str(notice.pk))


def _is_final(error: Exception) -> bool:
    """Whether it is no use to try again: the address is refused, or cannot stand in a header."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return True


@ticker("matters.archive", timedelta(hours=1))
def archive_what_is_due() -> None:
    """Archive the closed matters, and the urgent reports of no matter, whose time has come."""
    due = Matter.objects.filter(
        state=State.CLOSED, archived_at=None, keep_until__lte=now().date(), sealed=False
    )
    while found := list(due.order_by("pk")[:BATCH]):
        for matter in found:
            archive(PLATFORM, matter)
    for urgent in Urgent.objects.filter(keep_until__lte=now().date()).order_by("pk"):
        archive_urgent(PLATFORM, urgent)


@ticker("matters.unattached", timedelta(hours=1))
def erase_what_was_never_attached() -> None:
    """Erase files that were stored for a submission, or a task's end, which never came."""
    stored = File.objects.filter(
        pk__lt=first_of(now() - UNATTACHED), pk__gte=first_of(now() - 30 * UNATTACHED), erased=None
    )
    stored = stored.exclude(pk__in=Attachment.objects.values("file"))
    for file in stored.exclude(pk__in=TaskPhoto.objects.values("file"))[:BATCH]:
        erase_file(PLATFORM, file)
