"""Reads of files. Whether somebody may read one is asked of what it is attached to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db.models import QuerySet

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.content import Content, examine
from gongzhi.foundation.files.models import File
from gongzhi.foundation.ledger.clock import now

__all__ = ["Content", "File", "content_of", "examine", "files", "is_in_use", "lost", "orphans"]


def files(keys: Iterable[UUID]) -> QuerySet[File]:
    """Files that have not been erased, for whoever was given their keys when they were stored."""
    return File.objects.filter(pk__in=list(keys), erased=None)


def content_of(file: File) -> BinaryIO | None:
    """The content of a file that was reached; None once it is erased."""
    return None if file.erased is not None else blobs.opened(file.sha256)


def orphans() -> Iterator[Path]:
    """What lies in the folder and belongs to no file: left by a crash, and safe to delete."""
    for path in blobs.settled(now()):
        if len(path.name) != 64 or not is_in_use(path.name):
            yield path


def is_in_use(sha256: str) -> bool:
    """Whether any file that has not been erased has this content."""
    return File.objects.filter(sha256=sha256, erased=None).exists()


def lost() -> Iterator[File]:
    """Files whose content is missing or has another size: for a backup to bring back."""
    for file in File.objects.filter(erased=None).order_by("pk").iterator(1000):
        path = blobs.path_of(file.sha256)
        if not path.is_file() or path.stat().st_size != file.size:
            yield file
