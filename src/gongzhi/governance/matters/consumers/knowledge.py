"""Articles do not grow old unseen: when a review date has passed, the owner is reminded."""

from __future__ import annotations

from datetime import timedelta

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import ticker
from gongzhi.governance.matters.acts import remind_of_article
from gongzhi.governance.matters.queries.knowledge import overdue_for_review

BATCH = 50


@ticker("matters.review", timedelta(hours=1))
def remind_of_review() -> None:
    """Remind the owners of articles whose review date has passed, once for each date."""
    remind_of_article.many(PLATFORM, list(overdue_for_review(now())[:BATCH]))
