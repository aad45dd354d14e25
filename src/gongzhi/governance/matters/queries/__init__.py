"""Reads of matters, always narrowed by the actor's reach."""

from gongzhi.governance.matters.models import (
    LIVE_STEPS,
    OVER,
    AnswerBy,
    Attachment,
    Category,
    Channel,
    Clock,
    Deadline,
    Kind,
    Matter,
    Notice,
    Outcome,
    Part,
    Plea,
    Reply,
    Role,
    State,
    Step,
    Stop,
    Submission,
    Urgency,
)
from gongzhi.governance.matters.queries.accounts import (
    Account,
    Kept,
    account_of,
    accounts_kept,
    is_led_by_residents,
    matter_with_account,
    public_account,
)
from gongzhi.governance.matters.queries.board import Alike, Card, Column, Stack, board
from gongzhi.governance.matters.queries.duties import Duty, DutyFaults, Fault, duty_faults, duty_faults_within
from gongzhi.governance.matters.queries.duty import (
    DESK_VERBS,
    AtDesk,
    at_desk,
    bodies_called,
    bodies_of,
    body_called,
    brought_in,
    clocks,
    matter_numbered,
    story,
    who_could_lead,
)
from gongzhi.governance.matters.queries.holding import Holding, who_holds_what
from gongzhi.governance.matters.queries.joint import Paper, bodies_in, paper
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
    TasksDone,
    grid_to_task,
    grids_to_task,
    keeper_of,
    task_ended,
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
    "DESK_VERBS", "LIVE_STEPS", "OVER", "Account", "Alike", "AnswerBy", "AtDesk", "Attachment", "Card",
    "Category", "Channel", "Clock", "Column", "Cut", "Deadline", "Duty", "DutyFaults", "Fault", "Figure",
    "Handled", "Holding", "Kept", "Kind", "Marks", "Matter", "Measures", "Narrowing", "Notice", "Outcome",
    "Page", "Paper", "Part", "Period", "Picture", "Plea", "Reply", "Role", "Scene", "Share", "Span",
    "Stack", "State", "Step", "Stop", "Submission", "Tab", "Tally", "TasksDone", "Urgency", "Weights",
    "account_of", "accounts_kept", "at_desk", "binding", "board", "bodies_called", "bodies_in",
    "bodies_of", "body_called", "brought_in", "calls_waiting", "categories", "categories_at_work",
    "category", "clocks", "counts", "days_from", "deadlines", "duty_faults", "duty_faults_within",
    "followed_up", "grid_to_task", "grids_to_task", "is_led_by_residents", "keeper_of", "matter",
    "matter_numbered", "matter_with_account", "matters", "matters_behind", "measures", "page",
    "page_by_opening", "paper", "parts", "picture", "public_account", "regions_taking_in", "scene_of",
    "scene_of_area", "scene_of_posts", "story", "submission", "submission_numbered", "submissions",
    "submissions_of", "tabs", "task_ended", "task_list", "tasks", "tasks_done", "timeline",
    "who_could_lead", "who_holds_what", "within_reach", "work",
]  # fmt: skip
