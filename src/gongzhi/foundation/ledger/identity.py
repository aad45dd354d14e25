"""Keys: UUIDs of version 7 (RFC 9562), which sort by the time they were made."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new key: 48 bits of milliseconds, then a counter within them, then 62 random bits.

    Keys made by one process rise strictly, whatever the clock does.
    """
    global _last
    with _lock:
        # 12 fraction bits of a millisecond serve as the counter (RFC 9562, 6.2, method 3)
        _last = max(_last + 1, time.time_ns() * 4096 // 1_000_000)
        stamp = _last
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def first_of(moment: datetime) -> UUID:
    """The lowest key that could be made at a moment, so that keys can be narrowed by time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def named(name: str) -> UUID:
    """The fixed key of something every node has, such as the platform as an actor."""
    return uuid5(NAMESPACE_URL, f"gongzhi:{name}")
