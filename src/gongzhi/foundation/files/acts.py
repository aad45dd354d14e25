"""What is done to files: they come in, and they are erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.content import Content
from gongzhi.foundation.files.models import File
from gongzhi.foundation.files.turns import alone
from gongzhi.foundation.ledger.acts import PARTICIPANTS, STAFF, Actor, act, erase, keep, moment, record
from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.foundation.regions.queries import Region


@act("file.store", _("Store a file"), audience=PARTICIPANTS, creates=True)
def store(by: Actor, region: Region, *, content: Content) -> File:
    """Keep a file that `content.examine` has made safe, until it is attached to something."""
    alone(content.sha256)
    blobs.write(content.sha256, content.data)
    file = File(
        sha256=content.sha256,
        media_type=content.media_type,
        size=content.size,
        name=content.name,
        stored_at=moment(),
    )
    keep(file)
    record(
        facts={"media_type": content.media_type, "size": content.size},
        private={"sha256": content.sha256, "name": content.name},
    )
    return file


@act("file.erase", _("Erase a file"), audience=STAFF)
def erase_file(by: Actor, file: File) -> File:
    """Erase a file: its name at once, its content as soon as no other file has the same."""
    if file.erased is not None:
        raise NotPossible(_("This file has been erased already."))
    file.name, file.erased = "", moment()
    keep(file, "name", "erased")
    erase(subjects=[file.pk])
    return file
