"""The bytes of files, in a folder by their SHA-256. No rows, no rights: only content."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

#: A file that was written and not yet committed is younger than this.
SETTLED = timedelta(hours=1)


def folder() -> Path:
    """Where files lie."""
    path: Path = settings.CONFIG.data_dir / "files"
    return path


def path_of(sha256: str) -> Path:
    """Where the content with a digest lies, or would."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return folder() / sha256[:2] / sha256[2:4] / sha256


def write(sha256: str, data: bytes) -> None:
    """Keep content: whole or not at all, on disk before this returns."""
    path = path_of(sha256)
    if path.exists() and path.stat().st_size == len(data):
        os.utime(path)  # young again, so that no sweep takes it before the row is committed
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(path: Path) -> None:
    """Make the name of a new file survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def opened(sha256: str) -> BinaryIO | None:
    """The content with a digest, to be read and closed by the caller."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError:
        return None


def remove(sha256: str) -> None:
    """Delete content."""
    path_of(sha256).unlink(missing_ok=True)


def settled(at: datetime) -> Iterator[Path]:
    """All that lies in the folder and is old enough to belong to a committed row, leftovers too."""
    return (path for path in sorted(folder().glob("*/*/*")) if is_settled(path, at))


def is_settled(path: Path, at: datetime) -> bool:
    """Whether something in the folder was written long enough ago to have been committed."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - SETTLED
    except FileNotFoundError:
        return False
