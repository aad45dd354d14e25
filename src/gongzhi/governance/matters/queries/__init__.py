"""Reads of matters, always narrowed by the actor's reach."""

from gongzhi.governance.matters.models import (
    AnswerBy,
    Attachment,
    Category,
    Channel,
    Clock,
    Deadline,
    Kind,
    Matter,
    Notice,
    Part,
    Role,
    State,
    Submission,
)
from gongzhi.governance.matters.queries.duties import Duty, DutyFaults, duty_faults
from gongzhi.governance.matters.queries.duty import (
    AtDesk,
    at_desk,
    bodies_called,
    brought_in,
    clocks,
    story,
    who_could_lead,
)
from gongzhi.governance.matters.queries.measures import Handled, Marks, Measures, Share, Weights, measures
from gongzhi.governance.matters.queries.picture import (
    Cut,
    Figure,
    Period,
    Picture,
    Scene,
    Tally,
    matters_behind,
    picture,
    scene_of,
    scene_of_area,
    scene_of_posts,
)
from gongzhi.governance.matters.queries.single import (
    calls_waiting,
    categories,
    category,
    deadlines,
    followed_up,
    matter,
    matters,
    parts,
    submission,
    submission_numbered,
    submissions,
    submissions_of,
    timeline,
)
from gongzhi.governance.matters.queries.tasks import (
    Account,
    TasksDone,
    public_account,
    task_list,
    tasks,
    tasks_done,
)
from gongzhi.governance.matters.queries.work import (
    Narrowing,
    Page,
    Span,
    Tab,
    binding,
    categories_at_work,
    counts,
    days_from,
    page,
    page_by_opening,
    regions_taking_in,
    tabs,
    within_reach,
    work,
)

__all__ = [
    "Account", "AnswerBy", "AtDesk", "Attachment", "Category", "Channel", "Clock", "Cut", "Deadline",
    "Duty", "DutyFaults", "Figure", "Handled", "Kind", "Marks", "Matter", "Measures", "Narrowing", "Notice",
    "Page", "Part", "Period", "Picture", "Role", "Scene", "Share", "Span", "State", "Submission", "Tab",
    "Tally", "TasksDone", "Weights", "at_desk", "binding", "bodies_called", "brought_in", "calls_waiting",
    "categories", "categories_at_work", "category", "clocks", "counts", "days_from", "deadlines",
    "duty_faults", "followed_up", "matter", "matters", "matters_behind", "measures", "page",
    "page_by_opening", "parts", "picture", "public_account", "regions_taking_in", "scene_of",
    "scene_of_area", "scene_of_posts", "story", "submission", "submission_numbered", "submissions",
    "submissions_of", "tabs", "task_list", "tasks", "tasks_done", "timeline", "who_could_lead",
    "within_reach", "work",
]  # fmt: skip
