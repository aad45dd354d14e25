"""Time that a test lets pass: for acts, actors and whatever the clock starts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest


class Moments:
    """A clock that stands where it was put, and goes on a little with each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from gongzhi.foundation.ledger import work
        from gongzhi.foundation.ledger.clock import now
        from gongzhi.foundation.parties import actors
        from gongzhi.foundation.regions import queries
        from gongzhi.governance.matters.consumers import clocks

        self.at = now()
        for module in (work, actors, queries, clocks):
            monkeypatch.setattr(module, "now", self)

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def put(self, moment: datetime) -> None:
        """Put the clock to a moment."""
        self.at = moment

    def pass_by(self, **length: float) -> None:
        """Let so much time pass, as `timedelta` takes it."""
        self.at += timedelta(**length)
