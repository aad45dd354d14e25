"""A year of invented submissions for the demonstration region.

    for each in generate(seed=1, until=now):
        each.filed_at, each.text["zh"], each.steps

Pure: the same seed and end give the same year, and nothing here touches the database. Routing and
deadlines come from the region's own decision tables, so that what is generated agrees with its rules.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from gongzhi.foundation.regions.calendars import Unit, WorkingCalendar

from . import data, wording
from .places import Spot, places

Step = Literal["dispatch", "return", "contact", "answer", "call_back", "close"]
State = Literal["open", "dispatched", "answered", "closed"]

KIND_SHARES = {"consult": 45, "help": 22, "complain": 21, "report": 7, "suggest": 4, "praise": 1}
CHANNEL_SHARES = {
    "hotline": 56,
    "portal": 15,
    "wechat": 13,
    "patrol": 50,
    "counter": 5,
    "media": 2,
    "email": 1,
}
COUNTY_SHARES = {"310118": 33, "320509": 41, "330421": 26}
RECEIVERS = {"310118": "q1", "320509": "w1", "330421": "j1"}

SHARE_AT_BORDER = 0.06
SHARE_JOINED = 0.04
SHARE_RETURNED = 0.14  # of what is dispatched beyond the centre: about 9 % of all
SHARE_ANSWERED_AT_ONCE = 0.8  # of questions
SHARE_LATE = 0.05
SHARE_ANONYMOUS = 0.12
SHARE_CONFIDENTIAL = {"report": 0.6, "complain": 0.06}
SHARE_STILL_OPEN_NEAR_DUE = 0.85

_WATER_CATEGORIES = frozenset({"c01", "c02", "c04", "c09", "c18"})
_BORDER_CATEGORIES = frozenset({"c14", "c33"})
_PATROL_CATEGORIES = frozenset({"c02", "c05", "c06", "c12", "c13", "c16", "c25", "c27", "c28", "c39"})
_WEEKDAYS = (1.3, 1.1, 1.05, 1.0, 0.95, 0.6, 0.5)
_HOURS = (2, 1, 1, 1, 1, 3, 8, 22, 55, 96, 90, 62, 34, 46, 58, 55, 50, 40, 32, 30, 26, 20, 12, 6)
_MONDAY_PEAK = 1.7
_BUSY_DAYS, _LATELY = 12, 1.8  # so that the desks have work at the end
_ZONE = ZoneInfo("Asia/Shanghai")


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
    order and none lies after the end. `is_direct`: answered at once by the receiving centre.
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
class _Plan:
    """What a submission is to be about, before words and course are drawn."""

    filed_at: datetime
    kind: str
    category: str
    spot: Spot
    slots: wording.Slots
    body: wording.Pair
    story: str | None = None
    joins: _Plan | None = None


def generate(seed: int, until: datetime, days: int = 365, count: int = 4000) -> Iterator[DemoSubmission]:
    """Exactly `count` submissions filed in the `days` before `until`, in the order of their filing."""
    chance = random.Random(f"gongzhi demonstration {seed}")  # noqa: S311
    plans = _plans(chance, until.astimezone(UTC), days, count)
    numbers = {id(plan): f"d{number:05d}" for number, plan in enumerate(plans, 1)}
    for plan in plans:
        joins = numbers[id(plan.joins)] if plan.joins else None
        yield _submission(chance, plan, numbers[id(plan)], joins, until.astimezone(UTC))


# ---- what and where and when -----------------------------------------------------------------


def _plans(chance: random.Random, until: datetime, days: int, count: int) -> list[_Plan]:
    told = _story_plans(chance, until, days, count)
    joined = round(SHARE_JOINED * count)
    moments = _moments(chance, until, days, max(0, count - len(told) - joined))
    plain = [_plan(chance, moment) for moment in moments]
    followed = [_joining(chance, first, until) for first in chance.choices(plain, k=joined)] if plain else []
    return sorted(told + plain + followed, key=lambda plan: plan.filed_at)[:count]


def _moments(chance: random.Random, until: datetime, days: int, count: int) -> list[datetime]:
    """Filing times: busy Mondays from nine to eleven, quiet nights and holidays, growing over the year."""
    start = until - timedelta(days=days)
    first, last = start.astimezone(_ZONE).date(), until.astimezone(_ZONE).date()
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [_busyness(day) * (1 + 0.25 * place / len(dates)) for place, day in enumerate(dates)]
    weights[-_BUSY_DAYS:] = [_LATELY * weight for weight in weights[-_BUSY_DAYS:]]
    found: list[datetime] = []
    while len(found) < count:
        for day in chance.choices(dates, weights, k=count - len(found)):
            moment = _hour_of(chance, day)
            if start <= moment <= until:
                found.append(moment)
    return found


@cache
def _busyness(day: date) -> float:
    works = calendar().is_workday(day)
    if works and day.weekday() >= 5:
        return 0.95
    return _WEEKDAYS[day.weekday()] if works or day.weekday() >= 5 else 0.5


def _hour_of(chance: random.Random, day: date) -> datetime:
    hours = list(_HOURS)
    if day.weekday() == 0:
        hours[9], hours[10] = int(hours[9] * _MONDAY_PEAK), int(hours[10] * _MONDAY_PEAK)
    (hour,) = chance.choices(range(24), hours)
    seconds = hour * 3600 + chance.randrange(3600)
    return (datetime.combine(day, datetime.min.time(), _ZONE) + timedelta(seconds=seconds)).astimezone(UTC)


def _plan(chance: random.Random, moment: datetime) -> _Plan:
    (kind,) = chance.choices(list(KIND_SHARES), list(KIND_SHARES.values()))
    day = moment.astimezone(_ZONE).date()
    codes, weights = _categories(kind, day)
    (category,) = chance.choices(codes, weights)
    (county,) = chance.choices(list(COUNTY_SHARES), list(COUNTY_SHARES.values()))
    if category in _BORDER_CATEGORIES or chance.random() < SHARE_AT_BORDER * 0.8:
        spot = places().draw_at_border(chance, county)
    else:
        spot = places().draw(chance, county, by_water=category in _WATER_CATEGORIES)
    slots = wording.draw_slots(chance, category, spot)
    return _Plan(moment, kind, category, spot, slots, wording.draw_body(chance, category, kind))


@cache
def _categories(kind: str, day: date) -> tuple[list[str], list[float]]:
    """Categories of a kind, and how often they come up on a day."""
    found = [(c, c.kinds.index(kind)) for c in data.classes() if c.weight and kind in c.kinds]
    weights = [c.weight * _season(c, day) / (1 + 0.7 * rank) for c, rank in found]
    return [c.code for c, _ in found], weights


def _season(category: data.Class, day: date) -> float:
    """The month, and the days that matter: plum rain, the two golden weeks, before Spring Festival."""
    weight = category.season[day.month - 1]
    in_year = (day.month, day.day)
    if category.season_name == "flood" and (6, 15) <= in_year <= (7, 15):
        return weight * 1.8
    if category.season_name == "tourism" and ((5, 1) <= in_year <= (5, 5) or (10, 1) <= in_year <= (10, 8)):
        return weight * 4
    if category.season_name == "wages" and ((1, 10) <= in_year <= (2, 5)):
        return weight * 1.6
    return weight


def _joining(chance: random.Random, first: _Plan, until: datetime) -> _Plan:
    """Somebody else about the same thing, soon after and close by."""
    filed_at = min(first.filed_at + timedelta(hours=0.2 + chance.expovariate(1 / 10)), until)
    spot = places().around(chance, first.spot.lon, first.spot.lat, 40)
    slots = {**first.slots, "when": chance.choice(data.shared_texts()["slots"]["when"])}
    body = wording.draw_body(chance, first.category, first.kind)
    return _Plan(filed_at, first.kind, first.category, spot, slots, body, joins=first)


def _story_plans(chance: random.Random, until: datetime, days: int, count: int) -> list[_Plan]:
    plans: list[_Plan] = []
    for story in data.stories():
        begin = _beginning(story, until)
        number = story["number"]
        if number > 3:
            number = round(number * count / 4000)
        if begin < until - timedelta(days=days) or count < 50:
            continue
        plans += _tell(chance, story, begin, number, until)
    return plans


def _beginning(story: Mapping[str, Any], until: datetime) -> datetime:
    local = until.astimezone(_ZONE).replace(hour=17, minute=40, second=0, microsecond=0)
    if "before" in story:
        return (local - timedelta(days=story["before"])).astimezone(UTC)
    begin = local.replace(month=story["month"], day=story["day"], hour=4)
    return (begin if begin < local else begin.replace(year=local.year - 1)).astimezone(UTC)


def _tell(
    chance: random.Random, story: Mapping[str, Any], begin: datetime, number: int, until: datetime
) -> list[_Plan]:
    hours = sorted(
        chance.triangular(0, story["spread_hours"], story["spread_hours"] / 4) for _ in range(number)
    )
    plans: list[_Plan] = []
    for place, after in enumerate(hours):
        spot = _story_spot(chance, story, place, plans)
        slots = wording.draw_slots(chance, story["category"], spot) | story.get("slots", {})
        kind, texts = chance.choice(story["kinds"]), story.get("texts")
        plans.append(
            _Plan(
                filed_at=min(begin + timedelta(hours=after), until),
                kind=kind,
                category=story["category"],
                spot=spot,
                slots=slots,
                body=texts[place % len(texts)]
                if texts
                else wording.draw_body(chance, story["category"], kind),
                story=story["key"],
                joins=plans[0] if plans and story["joins"] else None,
            )
        )
    return plans


def _story_spot(chance: random.Random, story: Mapping[str, Any], place: int, told: list[_Plan]) -> Spot:
    county = story["counties"][place % len(story["counties"])]
    if "point" in story:
        return places().around(chance, story["point"][0], story["point"][1], 160)
    if story["joins"] and told and "scattered" not in story:
        return places().around(chance, told[0].spot.lon, told[0].spot.lat, 120)
    return places().draw_at_border(chance, county) if story["joins"] else places().draw(chance, county)


# ---- who and how ------------------------------------------------------------------------------


def _submission(
    chance: random.Random, plan: _Plan, reference: str, joins: str | None, until: datetime
) -> DemoSubmission:
    spot = plan.spot
    channel = _channel(chance, plan)
    person = _person(chance, plan.kind, channel)
    lead, supports = _bodies(plan.category, plan.kind, channel, spot)
    contact_due, due = _deadlines(plan, channel)
    is_direct = plan.kind == "consult" and chance.random() < SHARE_ANSWERED_AT_ONCE
    course = _Course(chance, plan, channel, lead, due, until)
    steps = course.direct(RECEIVERS[spot.county]) if is_direct else course.through(supports)
    called = any(step.what == "call_back" for step in steps)
    in_time = any(step.what == "answer" and step.at <= due for step in steps)
    return DemoSubmission(
        reference=reference,
        story=plan.story,
        joins=joins,
        kind=plan.kind,
        category=plan.category,
        channel=channel,
        title=wording.title(plan.category, plan.slots),
        text=wording.submission_text(chance, plan.category, plan.kind, channel, plan.slots, plan.body),
        place=wording.place_words(plan.slots, spot),
        lon=spot.lon,
        lat=spot.lat,
        grid=spot.grid,
        region=spot.village,
        town=spot.town,
        county=spot.county,
        across=spot.across,
        person=person,
        is_confidential=person is not None and chance.random() < SHARE_CONFIDENTIAL.get(plan.kind, 0.01),
        answer_by=_answer_by(chance, person, channel),
        filed_at=plan.filed_at,
        receiver=RECEIVERS[spot.county],
        lead=lead,
        supports=supports,
        contact_due=contact_due,
        due=due,
        is_direct=is_direct,
        steps=steps,
        was_resolved=chance.random() < (0.93 if in_time else 0.75) if called else None,
        rating=chance.choices((5, 4, 3, 2, 1), (58, 24, 9, 5, 4) if in_time else (25, 25, 20, 15, 15))[0]
        if called
        else None,
    )


def _channel(chance: random.Random, plan: _Plan) -> str:
    shares = dict(CHANNEL_SHARES)
    if plan.category not in _PATROL_CATEGORIES or plan.kind != "complain" or plan.story:
        del shares["patrol"]
    return chance.choices(list(shares), list(shares.values()))[0]


def _person(chance: random.Random, kind: str, channel: str) -> DemoPerson | None:
    """Nobody for a patrol, and nobody where the submission is anonymous."""
    if channel == "patrol" or chance.random() < SHARE_ANONYMOUS * (2 if kind == "report" else 1):
        return None
    name = wording.person_name(chance)
    mail = f"{name['en'].split(' (')[0].replace(' ', '.').lower()}@example.org"
    has_mail = channel == "email" or chance.random() < 0.3
    return DemoPerson(name, wording.phone_number(chance), mail if has_mail else "")


def _answer_by(chance: random.Random, person: DemoPerson | None, channel: str) -> str:
    if person is None:
        return "page"
    if channel == "email" or (person.email and chance.random() < 0.3):
        return "email"
    return "phone" if chance.random() < (0.75 if channel == "hotline" else 0.3) else "page"


def _bodies(category: str, kind: str, channel: str, spot: Spot) -> tuple[str, tuple[str, ...]]:
    """Who leads by the county's rule, and who else has a part."""
    facts = {"kind": kind, "category": category, "channel": channel}
    function = str(data.table(spot.county, "matters.routing").decide(facts).value)
    lead = body_for(function, spot.village) or RECEIVERS[spot.county]
    wanted = next(c.supports for c in data.classes() if c.code == category)
    found = [body_for(each, spot.village) for each in wanted]
    return lead, tuple(dict.fromkeys(b for b in found if b and b != lead))


@cache
def body_for(function: str, region: str) -> str | None:
    """The nearest body at or above a region that has a function."""
    parents = {node.code: node.parent for node in data.tree()}
    at: str | None = region
    while at is not None:
        for body in data.bodies():
            if body.region == at and function in body.functions:
                return body.code
        at = parents[at]
    return None


@cache
def calendar() -> WorkingCalendar:
    """The working calendar in which all three counties count their days."""
    return WorkingCalendar("CN", _ZONE)


def _deadlines(plan: _Plan, channel: str) -> tuple[datetime, datetime]:
    facts = {"kind": plan.kind, "category": plan.category, "channel": channel}
    told = data.table(plan.spot.county, "matters.deadline").decide(facts).value
    return (
        calendar().add(plan.filed_at, int(told["contact"]), cast(Unit, told["contact_unit"])),
        calendar().add(plan.filed_at, int(told["finish"]), cast(Unit, told["finish_unit"])),
    )


# ---- what became of it ------------------------------------------------------------------------


class _Course:
    """How a matter goes from dispatch to closing; what lies after the end has not happened."""

    def __init__(
        self,
        chance: random.Random,
        plan: _Plan,
        channel: str,
        lead: str,
        due: datetime,
        until: datetime,
    ) -> None:
        self.chance, self.plan, self.channel, self.lead = chance, plan, channel, lead
        self.due, self.until = due, until
        self.steps: list[DemoStep] = []

    def direct(self, receiver: str) -> tuple[DemoStep, ...]:
        """Answered by the clerk: at once on the telephone, within hours in writing."""
        filed, chance = self.plan.filed_at, self.chance
        if self.channel in ("hotline", "counter"):
            answered = filed + timedelta(seconds=chance.uniform(40, 360))
        else:
            answered = calendar().add_working_hours(filed, chance.uniform(0.1, 3))
        self._step(filed + timedelta(seconds=20), "dispatch", receiver)
        self._step(answered, "answer", receiver)
        self._step(answered + timedelta(seconds=30), "close", receiver)
        return self._until()

    def through(self, supports: tuple[str, ...]) -> tuple[DemoStep, ...]:
        """Dispatched, perhaps returned once, contacted, answered, called back, closed."""
        filed, chance = self.plan.filed_at, self.chance
        receiver = RECEIVERS[self.plan.spot.county]
        if self._waits_for_a_person():
            return ()
        dispatched = filed + timedelta(minutes=chance.uniform(1, 25))
        bodies = [body for body in supports if body[0] in "qwj"]
        if bodies and chance.random() < SHARE_RETURNED and self.due - filed > timedelta(days=1):
            wrong = chance.choice(bodies)
            self._step(dispatched, "dispatch", wrong)
            back = calendar().add_working_hours(dispatched, chance.uniform(0.5, 3.8))
            self._step(back, "return", wrong)
            dispatched = back + timedelta(minutes=chance.uniform(5, 60))
        self._step(dispatched, "dispatch", self.lead)
        answered = self._answered_at(dispatched)
        if answered is None:
            return self._until()
        given = calendar().working_time_between(dispatched, answered)
        contacted = calendar().add_working_hours(dispatched, given * chance.uniform(0.05, 0.4))
        self._step(min(contacted, answered - timedelta(minutes=5)), "contact", self.lead)
        self._step(answered, "answer", self.lead)
        if self.plan.kind != "consult":
            called = calendar().add_working_hours(answered, chance.uniform(2, 16))
            self._step(called, "call_back", receiver)
            self._step(called + timedelta(minutes=chance.uniform(2, 15)), "close", receiver)
        else:
            self._step(answered + timedelta(minutes=chance.uniform(10, 300)), "close", receiver)
        return self._until()

    def _waits_for_a_person(self) -> bool:
        """A few of the last days have not been sent to anybody yet."""
        return self.until - self.plan.filed_at < timedelta(days=3) and self.chance.random() < 0.14

    def _answered_at(self, dispatched: datetime) -> datetime | None:
        """When it is answered; None for what is stuck, or binds within the next day and is not done."""
        chance = self.chance
        binds_soon = timedelta(0) < self.due - self.until < timedelta(hours=36)
        if binds_soon and chance.random() < SHARE_STILL_OPEN_NEAR_DUE:
            return None
        recent = self.until - self.plan.filed_at < timedelta(days=30)
        if chance.random() < (0.035 if recent else 0.003):
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
