"""What is done to rules: from a draft into force and out of it, alone or together with others."""

from __future__ import annotations

from gongzhi.foundation.rulebooks.acts.deciding import (
    accept_finding,
    approve,
    file,
    lapse,
    note_law,
    repeal,
    review,
    send_back,
)
from gongzhi.foundation.rulebooks.acts.direct import enact
from gongzhi.foundation.rulebooks.acts.drafting import align, arrange, draft, revise, verify, withdraw
from gongzhi.foundation.rulebooks.acts.joint import adopt, propose_jointly

__all__ = [
    "accept_finding", "adopt", "align", "approve", "arrange", "draft", "enact", "file", "lapse",
    "note_law", "propose_jointly", "repeal", "review", "revise", "send_back", "verify", "withdraw",
]  # fmt: skip
