"""What belongs to a submission on paper: its files, its notices, and the entry by which it came in."""

from __future__ import annotations

from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import QuerySet

from gongzhi.foundation.files.queries import File, content_of
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.prepared import Prepared
from gongzhi.foundation.parties.reach import reach
from gongzhi.governance.matters.models import Attachment, Deadline, Matter, Notice, Submission


def files_of(by: Any, submission: Submission) -> QuerySet[Attachment]:
    """The files of a submission that the actor may read, in the order in which they came."""
    rows = Attachment.objects.filter(reach(by, "file.read", Attachment), submission=submission.pk)
    return rows.select_related("file").order_by("pk")


def open_file(by: Any, attachment: UUID) -> tuple[File, BinaryIO] | None:
    """A file and its content, for whoever reaches what it is attached to; None once it is erased."""
    rows = Attachment.objects.filter(reach(by, "file.read", Attachment), pk=attachment)
    found = rows.select_related("file").first()
    content = content_of(found.file) if found is not None else None
    return (found.file, content) if found is not None and content is not None else None


def notices_of(submission: Submission) -> QuerySet[Notice]:
    """What was told to whoever brought in a submission that was reached."""
    return Notice.objects.filter(submission=submission.pk).order_by("pk")


def filing_entry(submission: Submission) -> int | None:
    """The entry by which a submission that was reached came in; receipts and promises are for it."""
    found = _filing.first(submission.pk)
    return None if found is None else found.pk


_filing = Prepared(lambda made: Entry.objects.filter(made=made).only("pk"), UUID)


def clocks_of(matter: Matter) -> list[Deadline]:
    """The clocks of a matter that was reached or just made, the first to bind first."""
    fresh: list[Deadline] | None = getattr(matter, "fresh_deadlines", None)
    return _clocks(matter.pk) if fresh is None else sorted(fresh, key=lambda each: each.due_at)


_clocks = Prepared(lambda matter: Deadline.objects.filter(matter=matter).order_by("due_at"), UUID)
