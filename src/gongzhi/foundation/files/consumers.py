"""What files do by themselves: content goes when no file needs it any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.models import File
from gongzhi.foundation.files.queries import is_in_use, orphans
from gongzhi.foundation.files.turns import alone
from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import consumer, ticker
from gongzhi.foundation.ledger.models import Entry


@consumer("files.erased", ["file.erase"], history=True)
def remove_content(entries: Sequence[Entry]) -> None:
    """Delete the content of erased files; again if it was broken off."""
    files = File.objects.filter(pk__in=[each.subject for each in entries])
    for sha256 in sorted(set(files.values_list("sha256", flat=True))):
        alone(sha256)
        if not is_in_use(sha256):
            blobs.remove(sha256)


@ticker("files.sweep", timedelta(hours=6))
def sweep() -> None:
    """Delete what a crash left in the folder, of which no file knows."""
    for path in list(orphans()):
        with guard.writing():
            if len(path.name) != 64:
                path.unlink(missing_ok=True)
                continue
            alone(path.name)
            if blobs.is_settled(path, now()) and not is_in_use(path.name):
                path.unlink(missing_ok=True)
