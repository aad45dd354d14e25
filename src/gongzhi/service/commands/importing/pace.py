"""How fast an import may go: large batches alone, small ones and pauses while others write.

SQLite has one writer at a time, so whoever files a submission beside an import waits for the batch that
is being written. PostgreSQL lets both write at once, and there every batch is large.
"""

from __future__ import annotations

import time

from django.db import connection

LARGE, SMALL = 500, 100

#: So long others are thought to be still at it, after something of theirs was seen.
_REMEMBERED_SECONDS = 5.0
#: Whoever waits for SQLite looks again after at most a tenth of a second: a pause has to be longer.
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.15, 0.5


class Pace:
    """Asked before each batch how large it may be; pauses when it has to."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._until = 0.0
        self._began = time.monotonic()
        self.seen()

    @property
    def is_gentle(self) -> bool:
        """Whether others are writing."""
        return time.monotonic() < self._until

    def next(self) -> int:
        """Rows of the next batch; where others write, they get as much time as the last batch took."""
        if self.seen():
            self._until = time.monotonic() + _REMEMBERED_SECONDS
        if self.is_gentle:
            took = time.monotonic() - self._began
            time.sleep(max(_SHORTEST_PAUSE_SECONDS, min(_LONGEST_PAUSE_SECONDS, took)))
        self._began = time.monotonic()
        return SMALL if self.is_gentle else LARGE

    def seen(self) -> bool:
        """Whether another connection has changed the database since this was last asked."""
        if connection.vendor != "sqlite":
            return False
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
        before, self._version = self._version, version
        return before is not None and before != version
