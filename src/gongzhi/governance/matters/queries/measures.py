"""How well matters were handled in a period, as the ledger tells it up to a position.

Everything here is a function of (period, position) over the facts of entries alone, never of how a row
stands now: what was published for a past day comes out the same whenever it is computed again.

A thing counts in the period in which it was decided: a first contact when it was made, or when its clock
was noted as overdue before; an answer likewise; a rating when the word that stands was said.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from gongzhi.foundation.ledger.models import Entry, Position
from gongzhi.foundation.ledger.queries import size
from gongzhi.foundation.ledger.refusals import Undecidable
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.queries import Region, regions
from gongzhi.foundation.rulebooks.queries import decide
from gongzhi.governance.matters.models import Matter, Submission
from gongzhi.governance.matters.queries.picture import Period
from gongzhi.governance.matters.rules import RATES

#: What is told apart by who did it is told for everybody under this code.
ALL = ""


@dataclass
class Share:
    """So many of so many; nothing where there was none to count."""

    yes: int = 0
    of: int = 0

    def add(self, is_so: bool) -> None:
        """Count one more."""
        self.yes, self.of = self.yes + is_so, self.of + 1

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None where there is nothing to divide by."""
        return self.yes / self.of if self.of else None


@dataclass
class Marks:
    """Marks from 1 to 5 that one side of musters gave the other."""

    total: int = 0
    count: int = 0

    @property
    def mean(self) -> float | None:
        """Their mean; None where none was given."""
        return self.total / self.count if self.count else None


@dataclass
class Handled:
    """The measures of one body, or of all together."""

    response: Share = field(default_factory=Share)
    finish: Share = field(default_factory=Share)
    resolution: Share = field(default_factory=Share)
    satisfaction: Share = field(default_factory=Share)
    arrival: Share = field(default_factory=Share)
    excluded: int = 0
    returns: int = 0
    reopenings: int = 0
    musters: int = 0
    absences: int = 0
    as_caller: Marks = field(default_factory=Marks)
    as_called: Marks = field(default_factory=Marks)


@dataclass(frozen=True)
class Weights:
    """What the rule says of the three rates, with the version that said it."""

    response: int
    resolution: int
    satisfaction: int
    satisfied_from: int
    rule: str


@dataclass(frozen=True)
class Measures:
    """What came out, of which period and up to which position; by the code of a body."""

    period: Period
    position: int
    weights: Weights | None
    by_body: Mapping[str, Handled]

    @property
    def all(self) -> Handled:
        """Everybody together."""
        return self.by_body.get(ALL, Handled())

    def score(self, body: str = ALL) -> float | None:
        """The three rates weighed, from 0 to 100; None where one has nothing to count, or no rule weighs."""
        told, weights = self.by_body.get(body, Handled()), self.weights
        if weights is None:
            return None
        shares = [
            (told.response.value, weights.response),
            (told.resolution.value, weights.resolution),
            (told.satisfaction.value, weights.satisfaction),
        ]
        if any(share is None for share, _weight in shares):
            return None
        whole = sum(weight for _share, weight in shares)
        return 100 * sum((share or 0.0) * weight for share, weight in shares) / whole


def measures(by: Any, region: Region, period: Period, position: int | None = None) -> Measures:
    """The measures of a region that the actor reaches, in a period, as the ledger stood at a position.

    ``position`` is how many entries count; without one, all there are. Sealed matters are in no figure.
    """
    upto = size() if position is None else position
    reached = regions().filter(reach(by, "matter.read", Region), path__startswith=region.path)
    keys = set(reached.values_list("pk", flat=True))
    weights = weights_of(region, period)
    return Measures(period, upto, weights, recounted(_entries(keys, period, upto), period, weights))


def weights_of(region: Region, period: Period) -> Weights | None:
    """What the rule in force at the end of a period says of the rates; None where there was none.

    Then nobody has decided from which mark on somebody is satisfied: no satisfaction is counted.
    """
    try:
        decided = decide(RATES, region, {"level": region.level}, period.until)
    except Undecidable:
        return None
    return Weights(**decided.value, rule=decided.digest)


#: So many keys are asked about at once.
_AT_ONCE = 400
#: What decides something that is counted; its subject is a matter, or a submission that was rated.
_DECIDES = (
    "matter.contact", "matter.answer", "matter.answer_directly", "matter.overdue", "matter.call_back",
    "submission.rate", "matter.return", "matter.reopen", "matter.muster", "matter.arrive",
    "matter.conclude_muster", "matter.judge_muster",
)  # fmt: skip
#: What is needed besides, to know what those are about.
_TELLS = (
    *_DECIDES, "matter.open", "matter.dispatch", "matter.verify", "matter.decide_plea", "matter.accept",
    "matter.designate", "matter.escalate", "matter.opine", "matter.take_silently", "matter.succeed",
)  # fmt: skip


def _entries(places: Collection[UUID], period: Period, upto: int) -> list[Entry]:
    """The entries on matters of which something was decided in a period, up to a position, in order."""
    known = Position.objects.filter(position__lt=upto).values("entry")
    sealed = Matter.objects.filter(sealed=True).values("pk")
    hidden = Submission.objects.filter(sealed=True).values("pk")
    told = Entry.objects.filter(pk__in=known, region__in=places)
    told = told.exclude(subject__in=sealed).exclude(subject__in=hidden)
    told = told.only("verb", "subject", "made", "facts", "occurred")
    decided = told.filter(verb__in=_DECIDES, occurred__gte=period.since, occurred__lt=period.until)
    matters, submissions = set(), set()
    for entry in decided.iterator():
        facts = json.loads(entry.facts)
        matters.add(UUID(facts["matter"]) if entry.verb == "submission.rate" else entry.subject)
        submissions |= {UUID(facts["submission"])} if entry.verb == "matter.call_back" else set()
        submissions |= {entry.subject} if entry.verb == "submission.rate" else set()
    found = {
        entry.pk: entry
        for keys in _batched(sorted(matters), _AT_ONCE)
        for entry in told.filter(Q(subject__in=keys) | Q(made__in=keys), verb__in=_TELLS)
        if entry.occurred < period.until or entry.verb == "matter.decide_plea"
    }
    # A word that the person said later stands before what a clerk had noted, and counts when it was said.
    for keys in _batched(sorted(submissions), _AT_ONCE):
        found |= {each.pk: each for each in told.filter(verb="submission.rate", subject__in=keys)}
    return sorted(found.values(), key=lambda entry: (entry.occurred, entry.pk))


def _batched(keys: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """A few keys at a time, for a database takes only so many in one question."""
    return (keys[start : start + size] for start in range(0, len(keys), size))


def recounted(entries: Iterable[Entry], period: Period, weights: Weights | None) -> dict[str, Handled]:
    """The measures by body, from entries in the order of what happened."""
    count = _Count(period, weights)
    for entry in entries:
        facts = json.loads(entry.facts)
        if entry.verb == "submission.rate":
            count.said(entry.subject, facts, entry.occurred)
        else:
            count.take(entry.verb, entry.made or entry.subject, facts, entry.occurred)
    count.ratings()
    return count.by_body


@dataclass
class _Course:
    """What is known of one matter so far."""

    matter: UUID
    lead: str | None = None
    round: int = 1
    contact_due: datetime | None = None
    contacted: bool = False
    finished: set[int] = field(default_factory=set)


@dataclass
class _Word:
    """What a person said of one handling, and whether they said it themselves."""

    body: str | None
    resolved: bool | None
    satisfied: int | None
    at: datetime
    own: bool


class _Count:
    """Takes entries in order, and counts."""

    def __init__(self, period: Period, weights: Weights | None) -> None:
        self.period, self.weights = period, weights
        self.by_body: dict[str, Handled] = {}
        self.course: dict[UUID, _Course] = {}
        #: By submission, the matter that it was handled in, and which handling of that it was.
        self.word: dict[tuple[UUID, UUID, int], _Word] = {}
        self.left_out: set[tuple[UUID, UUID, int]] = set()
        self.caller: dict[str, str] = {}

    def of(self, body: str | None) -> list[Handled]:
        """Whose measures something counts in: the body's, and everybody's."""
        return [self.by_body.setdefault(code, Handled()) for code in dict.fromkeys((body or ALL, ALL))]

    def take(self, verb: str, subject: UUID, facts: dict[str, Any], at: datetime) -> None:
        """Take one entry."""
        course = self.course.setdefault(subject, _Course(subject))
        follows, counts = _FOLLOWS.get(verb), _COUNTS.get(verb)
        if counts is not None:
            counts(self, course, facts, at)
        if follows is not None:
            follows(course, facts)

    def now(self, at: datetime) -> bool:
        """Whether what happened belongs to the period."""
        return self.period.since <= at < self.period.until

    # -- what is counted -------------------------------------------------------------------------------

    def contacted(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        self.respond(course, facts.get("in_time"), at)

    def respond(self, course: _Course, in_time: bool | None, at: datetime) -> None:
        """The first response to a matter that was to have one by a time."""
        if course.contacted or (in_time is None and course.contact_due is None):
            return
        course.contacted = True
        if in_time is None and course.contact_due is not None:
            in_time = at <= course.contact_due
        if self.now(at):
            for each in self.of(course.lead):
                each.response.add(bool(in_time))

    def answered(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        self.respond(course, None, at)
        self.finish(course, facts.get("in_time"), at)

    def finish(self, course: _Course, in_time: bool | None, at: datetime) -> None:
        """The end of one handling that was to end by a time."""
        if in_time is None or course.round in course.finished:
            return
        course.finished.add(course.round)
        if self.now(at):
            for each in self.of(course.lead):
                each.finish.add(in_time)

    def overdue(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if facts["clock"] == "contact":
            self.respond(course, False, at)
        if facts["clock"] == "finish":
            self.finish(course, False, at)

    def called_back(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if facts["reply"] == "reached":
            key = (UUID(facts["submission"]), course.matter, facts["round"])
            if key not in self.word:
                self.word[key] = _Word(facts["rated"], facts["resolved"], facts["satisfied"], at, own=False)

    def said(self, key: UUID, facts: dict[str, Any], at: datetime) -> None:
        """What a person says themselves stands before what a clerk noted."""
        about = (key, UUID(facts["matter"]), facts["round"])
        if about not in self.word or not self.word[about].own:
            self.word[about] = _Word(facts["rated"], facts["resolved"], facts["satisfied"], at, own=True)

    def decided(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if facts["granted"]:
            self.left_out.add((UUID(facts["submission"]), course.matter, facts["round"]))

    def returned(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if self.now(at):
            for each in self.of(facts["body"]):
                each.returns += 1

    def reopened(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if self.now(at):
            for each in self.of(course.lead):
                each.reopenings += 1

    def mustered(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        self.caller[facts["muster"]] = facts["caller"]
        if self.now(at):
            for each in self.of(facts["caller"]):
                each.musters += 1

    def arrived(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if self.now(at) and facts["in_time"] is not None:
            for each in self.of(facts["body"]):
                each.arrival.add(facts["in_time"])

    def concluded(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        for body in facts["absent"] if self.now(at) else ():
            for each in self.of(body):
                each.absences += 1

    def judged(self, course: _Course, facts: dict[str, Any], at: datetime) -> None:
        if not self.now(at):
            return
        for each in self.of(facts["judged"]):
            is_caller = self.caller.get(facts["muster"]) == facts["judged"]
            marks = each.as_caller if is_caller else each.as_called
            marks.total, marks.count = marks.total + facts["mark"], marks.count + 1

    def ratings(self) -> None:
        """Count every word that stands, once; what was left out is only counted as left out."""
        for key, word in self.word.items():
            if not self.now(word.at):
                continue
            for each in self.of(word.body):
                if key in self.left_out:
                    each.excluded += 1
                    continue
                if word.resolved is not None:
                    each.resolution.add(word.resolved)
                if word.satisfied is not None and self.weights is not None:
                    each.satisfaction.add(word.satisfied >= self.weights.satisfied_from)


def _opens(course: _Course, facts: dict[str, Any]) -> None:
    due = (facts.get("due") or {}).get("contact")
    course.contact_due = datetime.fromisoformat(due) if due else None


def _leads(course: _Course, facts: dict[str, Any]) -> None:
    course.lead = facts.get("to") or facts.get("body") or course.lead


def _succeeds(course: _Course, facts: dict[str, Any]) -> None:
    if course.lead == facts["body"]:
        course.lead = facts["to"]


def _named(course: _Course, facts: dict[str, Any]) -> None:
    if facts["step"] == "designated":
        course.lead = facts["names"]


def _verified(course: _Course, facts: dict[str, Any]) -> None:
    course.round += not facts["passed"]


def _reopens(course: _Course, facts: dict[str, Any]) -> None:
    course.round, course.lead = facts["round"], facts["lead"]


_FOLLOWS = {
    "matter.open": _opens,
    "matter.dispatch": _leads,
    "matter.accept": _leads,
    "matter.designate": _leads,
    "matter.escalate": _leads,
    "matter.take_silently": _leads,
    "matter.opine": _named,
    "matter.succeed": _succeeds,
    "matter.verify": _verified,
    "matter.reopen": _reopens,
}
_COUNTS = {
    "matter.contact": _Count.contacted,
    "matter.answer": _Count.answered,
    "matter.answer_directly": _Count.answered,
    "matter.overdue": _Count.overdue,
    "matter.call_back": _Count.called_back,
    "matter.decide_plea": _Count.decided,
    "matter.return": _Count.returned,
    "matter.reopen": _Count.reopened,
    "matter.muster": _Count.mustered,
    "matter.arrive": _Count.arrived,
    "matter.conclude_muster": _Count.concluded,
    "matter.judge_muster": _Count.judged,
}
