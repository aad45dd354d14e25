"""A year of invented submissions for the demonstration region.

    for each in generate(seed=1, until=now):
        each.filed_at, each.text["zh"], each.steps

Pure: the same seed and end give the same year, and nothing here touches the database. Routing and
deadlines come from the region's own decision tables, so that what is generated agrees with its rules.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

from gongzhi.foundation.regions.calendars import Unit
from gongzhi.methods import decision_tables as dt

from . import data, wording
from .course import RECEIVERS, ZONE, Course, calendar
from .places import Spot, places
from .submissions import DemoPerson, DemoStep, DemoSubmission, Plan

__all__ = ["DemoPerson", "DemoStep", "DemoSubmission", "body_for", "calendar", "generate"]

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

SHARE_AT_BORDER = 0.06
SHARE_JOINED = 0.04
SHARE_ANSWERED_AT_ONCE = 0.8  # of questions
SHARE_ANONYMOUS = 0.12
SHARE_CONFIDENTIAL = {"report": 0.6, "complain": 0.06}

_WATER_CATEGORIES = frozenset({"c01", "c02", "c04", "c09", "c18"})
_BORDER_CATEGORIES = frozenset({"c14", "c33"})
_PATROL_CATEGORIES = frozenset({"c02", "c05", "c06", "c12", "c13", "c16", "c25", "c27", "c28", "c39"})
_WEEKDAYS = (1.3, 1.1, 1.05, 1.0, 0.95, 0.6, 0.5)
_HOURS = (2, 1, 1, 1, 1, 3, 8, 22, 55, 96, 90, 62, 34, 46, 58, 55, 50, 40, 32, 30, 26, 20, 12, 6)
_MONDAY_PEAK = 1.7
_BUSY_DAYS, _LATELY = 12, 1.8  # so that the desks have work at the end


def generate(seed: int, until: datetime, days: int = 365, count: int = 4000) -> Iterator[DemoSubmission]:
    """Exactly `count` submissions filed in the `days` before `until`, in the order of their filing."""
    chance = random.Random(f"gongzhi demonstration {seed}")  # noqa: S311
    plans = _plans(chance, until.astimezone(UTC), days, count)
    numbers = {id(plan): f"d{number:05d}" for number, plan in enumerate(plans, 1)}
    for plan in plans:
        joins = numbers[id(plan.joins)] if plan.joins else None
        yield _submission(chance, plan, numbers[id(plan)], joins, until.astimezone(UTC))


# ---- what and where and when -----------------------------------------------------------------


def _plans(chance: random.Random, until: datetime, days: int, count: int) -> list[Plan]:
    told = _story_plans(chance, until, days, count)
    joined = round(SHARE_JOINED * count)
    moments = _moments(chance, until, days, max(0, count - len(told) - joined))
    plain = [_plan(chance, moment) for moment in moments]
    followed = [_joining(chance, first, until) for first in chance.choices(plain, k=joined)] if plain else []
    return sorted(told + plain + followed, key=lambda plan: plan.filed_at)[:count]


def _moments(chance: random.Random, until: datetime, days: int, count: int) -> list[datetime]:
    """Filing times: busy Mondays from nine to eleven, quiet nights and holidays, growing over the year."""
    start = until - timedelta(days=days)
    first, last = start.astimezone(ZONE).date(), until.astimezone(ZONE).date()
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
    return (datetime.combine(day, datetime.min.time(), ZONE) + timedelta(seconds=seconds)).astimezone(UTC)


def _plan(chance: random.Random, moment: datetime) -> Plan:
    (kind,) = chance.choices(list(KIND_SHARES), list(KIND_SHARES.values()))
    day = moment.astimezone(ZONE).date()
    codes, weights = _categories(kind, day)
    (category,) = chance.choices(codes, weights)
    (county,) = chance.choices(list(COUNTY_SHARES), list(COUNTY_SHARES.values()))
    if category in _BORDER_CATEGORIES or chance.random() < SHARE_AT_BORDER * 0.8:
        spot = places().draw_at_border(chance, county)
    else:
        spot = places().draw(chance, county, by_water=category in _WATER_CATEGORIES)
    slots = wording.draw_slots(chance, category, spot)
    return Plan(moment, kind, category, spot, slots, wording.draw_body(chance, category, kind))


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


def _joining(chance: random.Random, first: Plan, until: datetime) -> Plan:
    """Somebody else about the same thing, soon after and close by."""
    filed_at = min(first.filed_at + timedelta(hours=0.2 + chance.expovariate(1 / 10)), until)
    filed_at = max(first.filed_at, filed_at.replace(microsecond=0))
    spot = places().around(chance, first.spot.lon, first.spot.lat, 40)
    slots = {**first.slots, "when": chance.choice(data.shared_texts()["slots"]["when"])}
    body = wording.draw_body(chance, first.category, first.kind)
    return Plan(filed_at, first.kind, first.category, spot, slots, body, joins=first)


def _story_plans(chance: random.Random, until: datetime, days: int, count: int) -> list[Plan]:
    plans: list[Plan] = []
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
    local = until.astimezone(ZONE).replace(hour=17, minute=40, second=0, microsecond=0)
    if "before" in story:
        return (local - timedelta(days=story["before"])).astimezone(UTC)
    begin = local.replace(month=story["month"], day=story["day"], hour=4)
    return (begin if begin < local else begin.replace(year=local.year - 1)).astimezone(UTC)


def _tell(
    chance: random.Random, story: Mapping[str, Any], begin: datetime, number: int, until: datetime
) -> list[Plan]:
    hours = sorted(
        chance.triangular(0, story["spread_hours"], story["spread_hours"] / 4) for _ in range(number)
    )
    plans: list[Plan] = []
    for place, after in enumerate(hours):
        spot = _story_spot(chance, story, place, plans)
        slots = wording.draw_slots(chance, story["category"], spot) | story.get("slots", {})
        kind, texts = chance.choice(story["kinds"]), story.get("texts")
        plans.append(
            Plan(
                filed_at=min(begin + timedelta(hours=after), until).replace(microsecond=0),
                kind=kind,
                category=story["category"],
                spot=spot,
                slots=slots,
                body=texts[place % len(texts)]
                if texts
                else wording.draw_body(chance, story["category"], kind),
                story=story["key"],
                joins=plans[0] if plans and story["joins"] else None,
                is_stuck=story.get("stuck", False),
            )
        )
    return plans


def _story_spot(chance: random.Random, story: Mapping[str, Any], place: int, told: list[Plan]) -> Spot:
    county = story["counties"][place % len(story["counties"])]
    if "point" in story:
        return places().around(chance, story["point"][0], story["point"][1], 160)
    if story["joins"] and told and "scattered" not in story:
        return places().around(chance, told[0].spot.lon, told[0].spot.lat, 120)
    return places().draw_at_border(chance, county) if story["joins"] else places().draw(chance, county)


# ---- who and how ------------------------------------------------------------------------------


def _submission(
    chance: random.Random, plan: Plan, reference: str, joins: str | None, until: datetime
) -> DemoSubmission:
    spot = plan.spot
    channel = _channel(chance, plan)
    person = _person(chance, plan.kind, channel)
    ruled = _by_rule(plan.category, plan.kind, channel, spot)
    contact_due, due = _deadlines(plan, channel)
    is_direct = plan.kind == "consult" and chance.random() < SHARE_ANSWERED_AT_ONCE
    lead = _lead(plan, channel, ruled, is_direct=is_direct)
    supports = _supports(plan.category, spot, lead)
    course = Course(chance, plan, channel, ruled, lead, (contact_due, due), until)
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
        ruled=ruled,
        lead=course.lead,
        supports=tuple(body for body in supports if body != course.lead),
        contact_due=contact_due,
        due=due,
        is_direct=is_direct,
        steps=steps,
        was_resolved=chance.random() < (0.93 if in_time else 0.75) if called else None,
        rating=chance.choices((5, 4, 3, 2, 1), (58, 24, 9, 5, 4) if in_time else (25, 25, 20, 15, 15))[0]
        if called
        else None,
    )


def _channel(chance: random.Random, plan: Plan) -> str:
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


def _by_rule(category: str, kind: str, channel: str, spot: Spot) -> str | None:
    """Who leads by the county's rule; None where it does not decide."""
    facts = {"kind": kind, "category": category, "channel": channel, "thing": "none"}
    try:
        function = str(data.table(spot.county, "matters.routing").decide(facts).value)
    except dt.DecisionError:
        return None
    return body_for(function, spot.village)


def _lead(plan: Plan, channel: str, ruled: str | None, *, is_direct: bool) -> str:
    """Who handles it: by rule, or whom the centre passes a question to that it cannot answer."""
    receiver = RECEIVERS[plan.spot.county]
    if plan.kind == "consult":
        if is_direct:
            return receiver
        ruled = _by_rule(plan.category, "help", channel, plan.spot)
    function = next(c.lead for c in data.classes() if c.code == plan.category)
    return ruled or body_for(function, plan.spot.village) or receiver


def _supports(category: str, spot: Spot, lead: str) -> tuple[str, ...]:
    """Who else has a part."""
    wanted = next(c.supports for c in data.classes() if c.code == category)
    found = [body_for(each, spot.village) for each in wanted]
    return tuple(dict.fromkeys(b for b in found if b and b != lead))


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


def _deadlines(plan: Plan, channel: str) -> tuple[datetime, datetime]:
    facts = {"kind": plan.kind, "category": plan.category, "channel": channel}
    told = data.table(plan.spot.county, "matters.deadline").decide(facts).value
    return (
        calendar().add(plan.filed_at, int(told["contact"]), cast(Unit, told["contact_unit"])),
        calendar().add(plan.filed_at, int(told["finish"]), cast(Unit, told["finish_unit"])),
    )
