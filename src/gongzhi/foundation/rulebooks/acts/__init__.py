"""What is done to rules: from a draft into force and out of it, alone or together with others."""

from __future__ import annotations

from gongzhi.foundation.rulebooks.acts.direct import enact
from gongzhi.foundation.rulebooks.acts.joint import adopt, propose_jointly

__all__ = ["adopt", "enact", "propose_jointly"]
