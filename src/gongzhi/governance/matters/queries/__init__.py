"""Reads of matters, always narrowed by the actor's reach."""

from gongzhi.governance.matters.models import (
    AnswerBy, Attachment, Category, Channel, Clock, Deadline, Kind, Matter, Notice, Part, Role, State,
    Submission,
)  # fmt: skip
from gongzhi.governance.matters.queries.single import (
    categories, category, deadlines, followed_up, matter, matters, parts, submission, submissions,
    submissions_of, timeline,
)  # fmt: skip

__all__ = [
    "AnswerBy", "Attachment", "Category", "Channel", "Clock", "Deadline", "Kind", "Matter", "Notice",
    "Part", "Role", "State", "Submission", "categories", "category", "deadlines", "followed_up", "matter",
    "matters", "parts", "submission", "submissions", "submissions_of", "timeline",
]  # fmt: skip
