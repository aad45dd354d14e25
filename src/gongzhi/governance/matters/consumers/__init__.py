"""What this room does by itself: letters and files, and what follows when a clock runs out."""

from gongzhi.governance.matters.consumers.clocks import follow, let_run_on, look_at_clocks
from gongzhi.governance.matters.consumers.correspondence import (
    archive_what_is_due,
    erase_what_was_never_attached,
    letters,
    notices,
)
from gongzhi.governance.matters.consumers.knowledge import remind_of_review
from gongzhi.governance.matters.consumers.succession import succeed_the_dissolved

__all__ = [
    "archive_what_is_due",
    "erase_what_was_never_attached",
    "follow",
    "let_run_on",
    "letters",
    "look_at_clocks",
    "notices",
    "remind_of_review",
    "succeed_the_dissolved",
]
