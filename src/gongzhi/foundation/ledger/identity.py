"""Keys: UUIDs of version 7 (RFC 9562), which sort by the time they were made."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, SafeUUID, uuid5

_AHEAD = 256
_MARKS = 0x7 << 76 | 0b10 << 62
_new, _set = object.__new__, object.__setattr__  # what `UUID(int=…)` does, without its many questions

_lock = threading.Lock()
_last = 0
# Drawn in advance: a system call for each key costs more than the key.
_ahead: Iterator[int] = iter(())


def uuid7() -> UUID:
    """A new key: 48 bits of milliseconds, then a counter within them, then 62 random bits.

    Keys made by one process rise strictly, whatever the clock does.
    """
    global _last
    with _lock:
        # 12 fraction bits of a millisecond serve as the counter (RFC 9562, 6.2, method 3)
        _last = max(_last + 1, time.time_ns() * 4096 // 1_000_000)
        stamp = _last
        random = _drawn()
    key = _new(UUID)
    _set(key, "int", (stamp >> 12) << 80 | _MARKS | (stamp & 0xFFF) << 64 | random >> 2)
    _set(key, "is_safe", SafeUUID.unknown)
    return key


def chance() -> int:
    """A random whole number of 64 bits that nobody can foresee."""
    with _lock:
        return _drawn()


def _drawn() -> int:
    global _ahead
    drawn = next(_ahead, None)
    if drawn is None:
        _ahead = iter(memoryview(os.urandom(8 * _AHEAD)).cast("Q"))
        drawn = next(_ahead)
    return drawn


def _forget() -> None:
    """A forked process must not draw what its parent draws."""
    global _ahead
    _ahead = iter(())


os.register_at_fork(after_in_child=_forget)


def first_of(moment: datetime) -> UUID:
    """The lowest key that could be made at a moment, so that keys can be narrowed by time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def named(name: str) -> UUID:
    """The fixed key of something every node has, such as the platform as an actor."""
    return uuid5(NAMESPACE_URL, f"gongzhi:{name}")
