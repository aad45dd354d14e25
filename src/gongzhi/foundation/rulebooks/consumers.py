"""What rulebooks do by themselves: a version whose time is over is noted to have lapsed."""

from __future__ import annotations

from datetime import timedelta

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import ticker
from gongzhi.foundation.rulebooks.acts import lapse
from gongzhi.foundation.rulebooks.models import Version

BATCH = 50


@ticker("rulebooks.lapse", timedelta(hours=1))
def lapse_what_is_over() -> None:
    """Note of each version whose validity has ended that it lapsed."""
    over = Version.objects.filter(
        state=Version.State.APPROVED, ending="", recorded_until=None, effective_until__lte=now()
    )
    for version in over.order_by("pk")[:BATCH]:
        lapse(PLATFORM, version)
