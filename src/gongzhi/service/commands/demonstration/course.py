"""How an invented matter goes from dispatch to closing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from gongzhi.foundation.regions.calendars import WorkingCalendar

from . import data, wording
from .submissions import DemoStep, Plan, Step

ZONE = ZoneInfo("Asia/Shanghai")

RECEIVERS = {"310118": "q1", "320509": "w1", "330421": "j1"}
"""County → its centre, which receives and calls back."""

SHARE_RETURNED = 0.14  # of what is dispatched beyond the centre: about 9 % of all
SHARE_LATE = 0.05
SHARE_CONTACTED_LATE = 0.03
SHARE_WAITING = 0.5  # of what no rule sent anywhere in the last days
SHARE_STILL_OPEN_NEAR_DUE = 0.85


@cache
def calendar() -> WorkingCalendar:
    """The working calendar in which all three counties count their days."""
    return WorkingCalendar("CN", ZONE)


class Course:
    """How a matter goes from dispatch to closing; what lies after the end has not happened."""

    def __init__(
        self,
        chance: random.Random,
        plan: Plan,
        channel: str,
        ruled: str | None,
        lead: str,
        dues: tuple[datetime, datetime],
        until: datetime,
    ) -> None:
        self.chance, self.plan, self.channel = chance, plan, channel
        self.ruled, self.lead = ruled, lead
        self.contact_due, self.due = dues
        self.until = until
        self.steps: list[DemoStep] = []
        if ruled is not None:
            self._step(plan.filed_at, "dispatch", ruled)

    def direct(self, receiver: str) -> tuple[DemoStep, ...]:
        """Answered by the clerk: at once on the telephone, within hours in writing."""
        filed, chance = self.plan.filed_at, self.chance
        if self.channel in ("hotline", "counter"):
            answered = filed + timedelta(seconds=chance.uniform(40, 360))
        else:
            answered = calendar().add_working_hours(filed, chance.uniform(0.1, 3))
        if self.ruled != receiver:
            self._step(filed + timedelta(seconds=20), "dispatch", receiver)
        self._step(answered, "answer", receiver)
        self._step(answered + timedelta(seconds=30), "close", receiver)
        return self._until()

    def through(self, supports: tuple[str, ...]) -> tuple[DemoStep, ...]:
        """Sent on by rule or by a person, perhaps returned once, contacted, answered, called back, closed."""
        chance, receiver = self.chance, RECEIVERS[self.plan.spot.county]
        if self.ruled is None and self._waits_for_a_person():
            return ()
        dispatched = self._dispatched_at(supports)
        answered = self._answered_at(dispatched)
        contacted = self._contacted_at(dispatched)
        if answered is None:
            self._step(contacted, "contact", self.lead)
            return self._until()
        self._step(max(dispatched, min(contacted, answered - timedelta(minutes=5))), "contact", self.lead)
        self._step(answered, "answer", self.lead)
        if self.plan.kind != "consult":
            called = calendar().add_working_hours(answered, chance.uniform(2, 16))
            self._step(called, "call_back", receiver)
            self._step(called + timedelta(minutes=chance.uniform(2, 15)), "close", receiver)
        else:
            self._step(answered + timedelta(minutes=chance.uniform(10, 300)), "close", receiver)
        return self._until()

    def _waits_for_a_person(self) -> bool:
        """What no rule sent anywhere a person does, but not at once."""
        lately = self.until - self.plan.filed_at < timedelta(days=3)
        return lately and self.chance.random() < SHARE_WAITING

    def _dispatched_at(self, supports: tuple[str, ...]) -> datetime:
        """When whoever handles it in the end has it: by rule at once, else by the hand of the centre."""
        filed, chance = self.plan.filed_at, self.chance
        if self.ruled != self.lead:
            dispatched = filed + timedelta(minutes=chance.uniform(1, 25))
            self._step(dispatched, "dispatch", self.lead)
            return dispatched
        bodies = [body for body in supports if body[0] in "qwj"]
        if not bodies or chance.random() >= SHARE_RETURNED or self.due - filed <= timedelta(days=1):
            return filed
        back = calendar().add_working_hours(filed, chance.uniform(0.5, 3.8))
        self._step(back, "return", self.lead)
        self.lead = chance.choice(bodies)
        dispatched = back + timedelta(minutes=chance.uniform(5, 60))
        self._step(dispatched, "dispatch", self.lead)
        return dispatched

    def _contacted_at(self, dispatched: datetime) -> datetime:
        """When somebody rang, or looked at the place: nearly always before that clock ends."""
        chance, given = self.chance, self.contact_due - dispatched
        if given < timedelta(minutes=20) or chance.random() < SHARE_CONTACTED_LATE:
            return max(dispatched, self.contact_due) + timedelta(minutes=chance.uniform(10, 200))
        if given <= timedelta(hours=24):
            return dispatched + given * chance.uniform(0.1, 0.9)
        working = calendar().working_time_between(dispatched, self.contact_due)
        return calendar().add_working_hours(dispatched, working * chance.uniform(0.05, 0.8))

    def _answered_at(self, dispatched: datetime) -> datetime | None:
        """When it is answered; None for what is stuck, or binds within the next day and is not done."""
        chance = self.chance
        if self.plan.is_stuck:
            return None
        binds_soon = timedelta(0) < self.due - self.until < timedelta(hours=36)
        if binds_soon and chance.random() < SHARE_STILL_OPEN_NEAR_DUE:
            return None
        recent = self.until - self.plan.filed_at < timedelta(days=30)
        if recent and chance.random() < 0.035:
            return None
        pace = body_pace(self.lead)
        if chance.random() < SHARE_LATE * pace**3:
            share = 1 + min(2.5, chance.expovariate(2.2))
        else:
            share = min(0.99, chance.betavariate(2.2, 2.4) * pace)
        return max(self._at_share(share), dispatched + timedelta(minutes=chance.uniform(12, 50)))

    def _at_share(self, share: float) -> datetime:
        """The moment at which a share of the time from filing to the deadline is spent, in office hours."""
        filed = self.plan.filed_at
        given = calendar().working_time_between(filed, self.due)
        if given < timedelta(hours=1) or self.due - filed < timedelta(hours=5):
            return filed + (self.due - filed) * share
        return calendar().add_working_hours(filed, given * share)

    def _step(self, at: datetime, what: Step, organisation: str) -> None:
        text = None
        if what == "answer":
            name = next(b.name for b in data.bodies() if b.code == organisation)
            text = wording.answer_text(
                self.chance, self.plan.category, self.plan.kind, self.plan.slots, self.plan.body, name
            )
        self.steps.append(DemoStep(at.replace(microsecond=0), what, organisation, text))

    def _until(self) -> tuple[DemoStep, ...]:
        return tuple(step for step in self.steps if step.at <= self.until)


@cache
def body_pace(body: str) -> float:
    """How much of the time given a body usually takes: each its own, always the same."""
    return random.Random(f"pace of {body}").uniform(0.7, 1.15)  # noqa: S311
