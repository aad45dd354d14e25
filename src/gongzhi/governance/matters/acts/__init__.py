"""What is done to submissions and matters, from the first word to the closed file."""

from gongzhi.governance.matters.acts.clocks import note_nearly_due, note_overdue
from gongzhi.governance.matters.acts.conferring import ask_superiors, confer, minute, opine
from gongzhi.governance.matters.acts.ending import call_back, decide_plea, plead, rate, reopen, verify
from gongzhi.governance.matters.acts.filing import (
    MOST_FILES,
    NAME_LENGTH,
    PLACE_LENGTH,
    RECEIVING,
    TEXT_LENGTH,
    Accused,
    Contact,
    Needs,
    Place,
    add_category,
    file,
    open_matter,
)
from gongzhi.governance.matters.acts.finding import find
from gongzhi.governance.matters.acts.grouping import merge, represent, unmerge
from gongzhi.governance.matters.acts.handling import (
    accept,
    answer,
    answer_interim,
    close,
    contact,
    dispatch,
    note,
    promise,
)
from gongzhi.governance.matters.acts.handover import (
    Duty,
    arbitrate,
    designate,
    hand_over,
    return_,
    take_silently,
    withdraw_offer,
)
from gongzhi.governance.matters.acts.intake import (
    answer_directly,
    chase,
    decline,
    supplement,
    withdraw,
)
from gongzhi.governance.matters.acts.joint import (
    add_support,
    ask_extension,
    carry_out,
    escalate,
    go_on,
    instruct,
    release,
    report,
    sign_extension,
    stop,
    supervise,
)
from gongzhi.governance.matters.acts.keeping import archive, archive_urgent, erase_person
from gongzhi.governance.matters.acts.knowledge import (
    raise_question,
    remind_of_article,
    retire_article,
    review_article,
    settle_question,
    write_article,
)
from gongzhi.governance.matters.acts.mustering import arrive, conclude_muster, judge_muster, muster
from gongzhi.governance.matters.acts.notices import deliver_notice, write_notice
from gongzhi.governance.matters.acts.revealing import reveal
from gongzhi.governance.matters.acts.roster import cancel_shift, hand_over_shift, plan_shift, take_shift
from gongzhi.governance.matters.acts.seeing import let_see
from gongzhi.governance.matters.acts.succession import succeed
from gongzhi.governance.matters.acts.tasks import (
    RESIDENTS,
    do_task,
    join_task,
    note_money,
    refuse_task,
    set_task,
)
from gongzhi.governance.matters.acts.things import (
    CODE_LENGTH,
    add_thing,
    change_owner,
    retire_thing,
)
from gongzhi.governance.matters.acts.urgent import (
    acknowledge_urgent,
    instruct_urgent,
    report_finally,
    report_further,
    report_urgent,
)

__all__ = [
    "CODE_LENGTH", "MOST_FILES", "NAME_LENGTH", "PLACE_LENGTH", "RECEIVING", "RESIDENTS", "TEXT_LENGTH",
    "Accused", "Contact", "Duty", "Needs", "Place", "accept", "acknowledge_urgent", "add_category",
    "add_support", "add_thing", "answer", "answer_directly", "answer_interim", "arbitrate", "archive",
    "archive_urgent", "arrive", "ask_extension", "ask_superiors", "call_back", "cancel_shift", "carry_out",
    "change_owner", "chase", "close", "conclude_muster", "confer", "contact", "decide_plea", "decline",
    "deliver_notice", "designate", "dispatch", "do_task", "erase_person", "escalate", "file", "find", "go_on",
    "hand_over", "hand_over_shift", "instruct", "instruct_urgent", "join_task", "judge_muster", "let_see",
    "merge", "minute", "muster", "note", "note_money", "note_nearly_due", "note_overdue", "open_matter",
    "opine", "plan_shift", "plead", "promise", "raise_question", "rate", "refuse_task", "release",
    "remind_of_article", "reopen", "report", "report_finally", "report_further", "report_urgent", "represent",
    "retire_article", "retire_thing", "return_", "reveal", "review_article", "set_task", "settle_question",
    "sign_extension", "stop", "succeed", "supervise", "supplement", "take_shift", "take_silently", "unmerge",
    "verify", "withdraw", "withdraw_offer", "write_article", "write_notice",
]  # fmt: skip
