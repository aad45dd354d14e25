"""The state of this room: submissions and matters, who has part in them, and what is asked of whom."""

from gongzhi.governance.matters.models.ending import CallBack, Merging, Rating, Verification
from gongzhi.governance.matters.models.handover import Handover, Opinion
from gongzhi.governance.matters.models.joint import (
    Conference,
    Extension,
    Instruction,
    Judgement,
    Muster,
    Pause,
)
from gongzhi.governance.matters.models.knowledge import Article, Question, Readers
from gongzhi.governance.matters.models.matter import (
    Accusal,
    Attachment,
    Category,
    Deadline,
    Matter,
    Notice,
    Part,
    Submission,
    through_matter,
)
from gongzhi.governance.matters.models.roster import Shift, Watch, next_on_duty
from gongzhi.governance.matters.models.tasks import AccountLine, Task, TaskPhoto
from gongzhi.governance.matters.models.things import Thing, ThingKind
from gongzhi.governance.matters.models.urgent import Urgent
from gongzhi.governance.matters.models.words import (
    LIVE_STEPS,
    OVER,
    AnswerBy,
    Channel,
    Clock,
    Kind,
    Outcome,
    Plea,
    Reply,
    Role,
    State,
    Step,
    Stop,
    Urgency,
)

__all__ = [
    "LIVE_STEPS", "OVER", "AccountLine", "Accusal", "AnswerBy", "Article", "Attachment", "CallBack",
    "Category", "Channel", "Clock", "Conference", "Deadline", "Extension", "Handover", "Instruction",
    "Judgement", "Kind", "Matter", "Merging", "Muster", "Notice", "Opinion", "Outcome", "Part", "Pause",
    "Plea", "Question", "Rating", "Readers", "Reply", "Role", "Shift", "State", "Step", "Stop",
    "Submission", "Task", "TaskPhoto", "Thing", "ThingKind", "Urgency", "Urgent", "Verification", "Watch",
    "next_on_duty", "through_matter",
]  # fmt: skip
