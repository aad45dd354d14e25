"""A matter as its page knows it: what hangs on it, for whom its reader speaks, what stands against an act.

What is asked here only decides what a form offers; whether a thing is done, the act says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters.queries import (
    LIVE_STEPS,
    OVER,
    AtDesk,
    Deadline,
    Matter,
    Paper,
    Reply,
    Role,
    State,
    Submission,
)
from gongzhi.service.design.parts import name_of

#: A sentence, translated now or when it is read; an empty one says that nothing stands against an act.
Sentence = str | Promise

UNANSWERED = (State.OPEN, State.DISPATCHED)


@dataclass(frozen=True)
class Case:
    """Everything about one matter that decides what its reader sees and may do."""

    by: Any
    desk: AtDesk
    at: datetime
    submissions: list[Submission] = field(default_factory=list)
    clocks: list[Deadline] = field(default_factory=list)
    bodies: Mapping[UUID, Organisation] = field(default_factory=dict)
    offered: list[Organisation] = field(default_factory=list)

    @property
    def matter(self) -> Matter:
        return self.desk.matter

    @property
    def zone(self) -> str:
        return self.matter.region.zone

    def papers(self, kind: str) -> list[Paper]:
        """What of a kind hangs on the matter, the oldest first."""
        return self.desk.papers.get(kind, [])

    def name(self, key: UUID | None) -> str:
        """What a body is called."""
        body = self.bodies.get(key) if key else None
        return name_of(body.name) if body else "–"

    def superior(self, key: UUID | None) -> UUID | None:
        """The key of a body's superior."""
        body = self.bodies.get(key) if key else None
        return body.superior_id if body else None

    def is_ours(self, *keys: UUID | None) -> bool:
        """Whether the reader speaks for one of some bodies."""
        return any(key in self.by.organisations for key in keys if key)

    # -- what hangs on it ----------------------------------------------------------------------------

    @property
    def live(self) -> Paper | None:
        """The handover that is not settled, if there is one."""
        return next((each for each in self.papers("handovers") if each.step in LIVE_STEPS), None)

    @property
    def supports(self) -> list[Paper]:
        """The parts of supporting bodies that have not been released."""
        parts = self.papers("parts")
        return [each for each in parts if each.role == Role.SUPPORT and each.released_at is None]

    @property
    def open_supports(self) -> list[Paper]:
        return [each for each in self.supports if each.reported_at is None]

    @property
    def conferences(self) -> list[Paper]:
        """Conferences that have not been minuted."""
        return [each for each in self.papers("conferences") if each.minuted_at is None]

    @property
    def musters(self) -> list[Paper]:
        """Musters that have not been concluded."""
        return [each for each in self.papers("musters") if each.concluded_at is None]

    @property
    def instructions(self) -> list[Paper]:
        """Instructions that have not been carried out."""
        return [each for each in self.papers("instructions") if each.done_at is None]

    @property
    def extensions(self) -> list[Paper]:
        """Requests for more time that have not been decided."""
        return [each for each in self.papers("extensions") if each.granted is None]

    @property
    def calls(self) -> list[Paper]:
        """Whoever still waits to be called back."""
        now = self.matter.round
        return [each for each in self.papers("calls") if each.reply == Reply.WAITING and each.round == now]

    @property
    def opinions(self) -> list[Paper]:
        """What the superiors were asked about the handover that is not settled."""
        live = self.live
        return [each for each in self.papers("opinions") if live is not None and each.handover == live.id]

    @property
    def verified(self) -> bool:
        """Whether somebody found what was answered to be done."""
        found = [each for each in self.papers("verifications") if each.round == self.matter.round]
        return bool(found) and bool(found[-1].passed)

    # -- what stands against an act: a sentence, or nothing ------------------------------------------

    def speaks(self, *keys: UUID | None) -> str:
        named = list(dict.fromkeys(key for key in keys if key))
        if self.is_ours(*named):
            return ""
        if not named:
            return _("Nobody has this matter yet.")
        return _("Only %(bodies)s can do this.") % {"bodies": " / ".join(map(self.name, named))}

    def unanswered(self) -> str:
        return "" if self.matter.state in UNANSWERED else self.why_over()

    def handled(self) -> str:
        if self.matter.state == State.OPEN:
            return _("No body handles this matter yet.")
        return "" if self.matter.state == State.DISPATCHED else self.why_over()

    def why_over(self) -> str:
        words = {
            State.CLOSED: _("This matter is closed."),
            State.MERGED: _("This matter is handled together with another."),
            State.ANSWERED: _("This matter has been answered."),
        }
        return words.get(State(self.matter.state), _("This matter has not been answered yet."))

    def not_over(self) -> str:
        return self.why_over() if self.matter.state in OVER else ""

    def nothing_live(self) -> str:
        return _("This matter is being handed over.") if self.live is not None else ""

    def something_live(self) -> str:
        return "" if self.live is not None else _("Nothing is being handed over here.")

    def runs(self) -> str:
        return _("The clocks of this matter stand still.") if self.matter.stopped else ""

    def some(self, papers: Iterable[Paper], lacking: Sentence) -> Sentence:
        return "" if list(papers) else lacking
