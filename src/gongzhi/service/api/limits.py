"""How often somebody may ask: a bucket for each caller in this process, told in every answer."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass

#: Buckets that nobody has drawn from for a while are thrown away at this number.
_MOST = 20_000


@dataclass
class Allowance:
    """What a caller has left: requests now, and seconds until the whole allowance is back."""

    limit: int
    left: int
    reset_seconds: int
    wait_seconds: int = 0


class Buckets:
    """Token buckets: so many requests a minute, unused ones saved up to a minute's worth."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, float]] = {}

    def draw(self, caller: str, a_minute: int, at: float | None = None) -> Allowance:
        """Take one request from a caller's allowance; ``wait_seconds`` says that there was none."""
        moment = time.monotonic() if at is None else at
        rate = a_minute / 60
        with self._lock:
            left, seen = self._held.get(caller, (float(a_minute), moment))
            left = min(float(a_minute), left + (moment - seen) * rate)
            is_granted = left >= 1
            left -= 1 if is_granted else 0
            self._held.pop(caller, None)
            self._held[caller] = (left, moment)
            while len(self._held) > _MOST:
                del self._held[next(iter(self._held))]
        wait = 0 if is_granted else math.ceil((1 - left) / rate)
        return Allowance(a_minute, int(left), math.ceil((a_minute - left) / rate), wait)
