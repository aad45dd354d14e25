"""The last checkpoint that this node let out of its hands, kept beside the database.

A database restored from an older backup would grow a second history and sign it. So nothing is
signed that does not continue what was published last.
"""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from gongzhi.foundation.ledger import keys, notes
from gongzhi.foundation.ledger.models import Checkpoint

_telling = threading.Lock()
_known: dict[Path, tuple[int, notes.Checkpoint]] = {}


class Disagrees(RuntimeError):
    """The database does not continue the last published checkpoint; nothing is signed."""


def path() -> Path:
    """Where the last published checkpoint lies."""
    folder: Path = settings.CONFIG.data_dir / "ledger"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "published"


def last() -> notes.Checkpoint | None:
    """The last published checkpoint, its signature checked."""
    file = path()
    if not file.exists():
        return None
    stamp = file.stat().st_mtime_ns
    if file not in _known or _known[file][0] != stamp:
        _known[file] = stamp, notes.open_checkpoint(file.read_text(), keys.verifiers()).checkpoint
    return _known[file][1]


def agree(head: Checkpoint | None) -> None:
    """Raise `Disagrees` unless the newest checkpoint of the database is or continues the published one."""
    continues(head, last())


def continues(head: Checkpoint | None, said: notes.Checkpoint | None) -> None:
    """As `agree`, with what was published up to a moment ago: entries may have been published since."""
    if said is None or said.size == 0:
        return
    if head is None or head.size < said.size:
        raise Disagrees(
            f"the database ends at {head.size if head else 0} entries, but {said.size} were published. "
            "Restore a newer backup, or begin a new ledger with: gongzhi ledger begin-anew"
        )
    if head.size == said.size and bytes(head.root) == said.root:
        return
    kept = Checkpoint.objects.filter(size=said.size).first()
    if kept is None or bytes(kept.root) != said.root:
        raise Disagrees(f"the database has another tree at size {said.size} than the one published")


def tell(note: str) -> None:
    """Publish a checkpoint, once the batch that it signs has been committed; never an older one."""
    with _telling:
        file = path()
        if not file.exists() or _size(file.read_text()) <= _size(note):
            keys.write_privately(file, note, 0o644)


def _size(note: str) -> int:
    return int(note.split("\n", 2)[1])


def part() -> Path | None:
    """Lay the last published checkpoint aside, for a ledger that begins anew; returns where it lies now."""
    file = path()
    if not file.exists():
        return None
    number = 1 + len(list(file.parent.glob("published.[0-9]*")))
    return file.rename(file.with_name(f"published.{number}"))
