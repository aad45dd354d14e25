"""Plays the stories: who does which act when, as the YAML beside this says it.

Each step is an act by somebody who may do it, checked like anything done here, at a moment before the
region was loaded; see `docs/decisions/0012-stories-are-played.md`. A story is played as far as its step
marked ``live``: there the reader takes it over. What is marked ``refused`` must be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from gongzhi.foundation.ledger import refusals
from gongzhi.foundation.ledger.acts import PLATFORM, recounting, together
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, anyone, person_actor
from gongzhi.foundation.parties.acts import add_person, appoint, create_post
from gongzhi.foundation.parties.queries import Organisation, Person, role
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.queries import Matter, Submission, calls_waiting, matters, parts, submissions

from .. import data

_TEXTS = {
    "text",
    "reason",
    "task",
    "grounds",
    "about",
    "minutes",
    "conclusion",
    "right_door",
    "what_for",
    "evidence",
}
_BODY = {"to", "body", "arbiter", "lead", "proposal", "names", "giver", "watcher", "judged"}
_MADE = {"conference", "instruction", "extension", "muster"}
_HOURS = {"due", "meets_at", "until"}
#: Acts whose subject is what somebody brought in.
_ON_SUBMISSION = {"chase", "supplement", "withdraw", "rate", "represent"}


@dataclass(frozen=True)
class Story:
    """A story: how many hours before the region was loaded it began, and its steps."""

    key: str
    number: int
    began: float
    steps: tuple[Mapping[str, Any], ...]


@cache
def stories() -> tuple[Story, ...]:
    """All stories, by number."""
    folder = resources.files("gongzhi.service.commands.demonstration.stories")
    found = []
    for path in folder.iterdir():
        if path.name.endswith(".yaml"):
            for told in yaml.safe_load(path.read_text("utf-8"))["stories"]:
                found.append(Story(told["story"], told["number"], told["began"], tuple(told["steps"])))
    return tuple(sorted(found, key=lambda story: (story.number, story.key)))


class NotAsTold(AssertionError):
    """A step went otherwise than the story says."""


@dataclass
class Stage:
    """The region in which stories are played: its regions, bodies and categories by code."""

    loading: Any
    until: datetime
    filed: dict[tuple[str, str], Submission] = field(default_factory=dict)
    made: dict[tuple[str, str], Any] = field(default_factory=dict)
    played: dict[str, int] = field(default_factory=dict)

    def play(self, story: Story, *, to_the_end: bool = False) -> None:
        """Play a story as far as its live step, or the rest of it as well."""
        for number, step in enumerate(story.steps):
            if number < self.played.get(story.key, 0):
                continue
            try:
                self._step(story, step)
            except refusals.Refusal as refusal:
                raise NotAsTold(f"{story.key}, step {number + 1} ({step['do']}): {refusal}") from refusal
            self.played[story.key] = number + 1
            if step.get("live") and not to_the_end:
                return

    def submission(self, story: str, name: str) -> Submission:
        """What somebody in a story brought in, as it stands now."""
        return submissions(PLATFORM).get(pk=self.filed[story, name].pk)

    def matter(self, story: str, name: str) -> Matter:
        """The matter in which what somebody brought in is handled now."""
        found = self.submission(story, name).matter
        if found is None:
            raise LookupError(f"{story}: {name} belongs to no matter")
        return matters(PLATFORM).get(pk=found.pk)

    # -- one step --------------------------------------------------------------------------------------

    def _step(self, story: Story, step: Mapping[str, Any]) -> None:
        at = self.until - timedelta(hours=story.began - step["after"])
        actor = self.actor(story.key, step["by"]) if "by" in step else anyone()
        if step["do"] != "file":
            with self.moment(at):
                self._act(story.key, step, actor, at)
            return
        person = self._brought_by(step, at)
        with self.moment(at):
            self.filed[story.key, step["as"]] = self._file(step, actor, person)

    @contextmanager
    def moment(self, at: datetime) -> Iterator[None]:
        """What is done within is recorded at a moment, and checked like anything done here."""
        with together(), recounting(IMPORTER, History(at, "generated", "demonstration", played=True)):
            yield

    def _act(self, story: str, step: Mapping[str, Any], actor: Any, at: datetime) -> None:
        name, on = step["do"], step.get("of", "a")
        subject: Any = self.submission(story, on) if name in _ON_SUBMISSION else self.matter(story, on)
        if name == "send":
            if subject.lead is not None and subject.lead.code == step["to"]:
                return
            name = "dispatch"
        told = {
            key: self._value(story, subject, key, value, at)
            for key, value in step.items()
            if key not in ("after", "do", "of", "by", "as", "live", "refused")
        }
        wanted = step.get("refused")
        try:
            result = getattr(acts, name)(actor, subject, **told)
        except refusals.Refusal as refusal:
            if type(refusal).__name__ != wanted:
                raise
            return
        if wanted is not None:
            raise NotAsTold(f"{story}: {step['do']} was to be refused")
        if "as" in step:
            self.made[story, step["as"]] = result

    def _value(self, story: str, subject: Any, key: str, value: Any, at: datetime) -> Any:
        if key in _TEXTS:
            return self.say(value)
        if key == "amount":
            return Decimal(value)
        if key in _BODY:
            return self._body(value)
        if key in _MADE:
            return self.made[story, value]
        if key in _HOURS:
            return at + timedelta(hours=value)
        if key == "into":
            return self.matter(story, value)
        if key in ("bodies", "invited"):
            return [self._body(code) for code in value]
        if key in ("duties", "supports"):
            return [acts.Duty(self._body(each["body"]), self.say(each["task"])) for each in value]
        if key == "part":
            owed = [each for each in parts(subject) if each.is_open and each.organisation.code == value]
            return owed[0]
        if key == "call":
            return calls_waiting(PLATFORM, subject).get(submission=self.filed[story, value].pk)
        return value

    def _brought_by(self, step: Mapping[str, Any], at: datetime) -> Person | None:
        if "person" not in step:
            return None
        home = self.loading.region[step["region"]]
        with together(), recounting(IMPORTER, History(at, "generated", "demonstration")):
            return add_person(IMPORTER, home, name=self.say(step["person"]), invented=True)

    def _file(self, step: Mapping[str, Any], actor: Any, person: Person | None) -> Submission:
        loading = self.loading
        lon, lat = step.get("point", (None, None))
        return acts.file(
            actor,
            loading.region[step["region"]],
            kind=step["kind"],
            category=loading.category[step["category"]],
            text=self.say(step["text"]),
            channel=step.get("channel", "hotline"),
            place=acts.Place(self.say(step["place"]), lon, lat),
            person=person,
            confidential=step.get("confidential", False),
            title=self.say(step["title"]),
            needs=acts.Needs(
                urgency=step.get("urgency", "ordinary"),
                people=step.get("people", 1),
                vulnerable=step.get("vulnerable", False),
            ),
        )

    # -- who and what ----------------------------------------------------------------------------------

    def say(self, pair: Any) -> str:
        """Words in the language of the node."""
        return str(pair if isinstance(pair, str) else pair[0 if self.loading.tongue == "zh" else 1])

    def _body(self, code: str) -> Organisation:
        body: Organisation = self.loading.body[code]
        return body

    def actor(self, story: str, who: str) -> Any:
        """Somebody by body and role, such as ``q3.handler``; or whoever brought something in, by its name."""
        code, _, called = who.partition(".")
        if not called:
            return anyone([self.filed[story, code].pk])
        return person_actor(self._cast(code, called).pk)

    def _cast(self, code: str, called: str) -> Person:
        """Who plays a role in a body: whoever holds the post, or somebody newly appointed to one."""
        people: dict[tuple[str, str], Person] = self.loading.person
        if (code, called) not in people:
            body, part = self._body(code), role(called)
            if part is None:
                raise LookupError(f"there is no role {called}")
            name = data.others(part.name, self.loading.tongue)
            before = History(self.loading.since, "generated", "demonstration")
            with together(), recounting(IMPORTER, before):
                person = add_person(IMPORTER, body.region, name=name, invented=True)
                post = create_post(IMPORTER, body, role=part, title=dict(part.name))
                appoint(IMPORTER, post, person=person)
            people[code, called] = person
        return people[code, called]
