"""What an invented submission is: its words, its place, its person and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from . import data
from .places import Spot
from .wording import Pair, Slots

Step = Literal["dispatch", "return", "contact", "answer", "call_back", "close"]
State = Literal["open", "dispatched", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Whoever brought something in: invented, with a telephone number that cannot exist."""

    name: data.Label
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoStep:
    """Something that was done, by whom; a dispatch names the body that it went to."""

    at: datetime
    what: Step
    organisation: str
    text: data.Label | None = None


@dataclass(frozen=True, slots=True)
class DemoSubmission:
    """One submission and what became of it up to the end of the generated time.

    `region` is the village or community of `grid`; `across` are other counties within 300 m of the
    point. `joins` is the reference of the earlier submission about the same thing. `steps` are in
    order and none lies after the end. `ruled` is whom the county's rule sends it to, if it decides,
    `lead` who handled it in the end. `is_direct`: answered at once by the receiving centre.
    """

    reference: str
    story: str | None
    joins: str | None
    kind: str
    category: str
    channel: str
    title: data.Label
    text: data.Label
    place: data.Label
    lon: float
    lat: float
    grid: str
    region: str
    town: str
    county: str
    across: tuple[str, ...]
    person: DemoPerson | None
    is_confidential: bool
    answer_by: str
    filed_at: datetime
    receiver: str
    ruled: str | None
    lead: str
    supports: tuple[str, ...]
    contact_due: datetime
    due: datetime
    is_direct: bool
    steps: tuple[DemoStep, ...]
    was_resolved: bool | None
    rating: int | None

    def at(self, what: Step) -> datetime | None:
        """When something was last done, if it was."""
        return next((step.at for step in reversed(self.steps) if step.what == what), None)

    @property
    def dispatched_at(self) -> datetime | None:
        return self.at("dispatch")

    @property
    def answered_at(self) -> datetime | None:
        return self.at("answer")

    @property
    def closed_at(self) -> datetime | None:
        return self.at("close")

    @property
    def answer(self) -> data.Label | None:
        """The text of the answer, if one was given."""
        return next((step.text for step in self.steps if step.what == "answer"), None)

    @property
    def state(self) -> State:
        """Where the matter stands at the end."""
        if self.closed_at:
            return "closed"
        if self.answered_at:
            return "answered"
        return "dispatched" if self.dispatched_at else "open"

    def is_overdue(self, at: datetime) -> bool:
        """Whether it waits for an answer beyond its time."""
        return self.answered_at is None and self.due < at


@dataclass(frozen=True, slots=True)
class Plan:
    """What a submission is to be about, before words and course are drawn."""

    filed_at: datetime
    kind: str
    category: str
    spot: Spot
    slots: Slots
    body: Pair
    story: str | None = None
    joins: Plan | None = None
    is_stuck: bool = False
