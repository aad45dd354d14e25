"""What is done day by day beside the stories: tasks, duty rosters, urgent reports, a cover for its owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from gongzhi.foundation.parties.actors import anyone, person_actor
from gongzhi.foundation.parties.queries import appointments_of
from gongzhi.governance.matters import acts

from . import data
from .course import ZONE


def days(loading: Any) -> None:
    """Do it all in each county."""
    told = data.grid_tasks()
    for county in told["counties"]:
        for task in told["tasks"]:
            _task(loading, county, task)
        _cover(loading, county["village"][:6], told["cover"])
    roster = data.duty_roster()
    for county in roster["counties"]:
        _roster(loading, county, roster)
    for affair in roster["urgent"]:
        _urgent(loading, affair)


def _cover(loading: Any, county: str, told: Mapping[str, Any]) -> None:
    """Somebody names a cover, and it goes to the body that owns it."""
    stage = loading.stage
    thing = next(each for code, each in loading.thing.items() if code.startswith(f"{county}01997"))
    with stage.moment(stage.until - timedelta(hours=told["filed"])):
        acts.file(
            anyone(),
            thing.region,
            kind="complain",
            category=loading.category["c13"],
            text=stage.say(told["text"]),
            place=acts.Place(stage.say(told["place"]), thing.lon, thing.lat, thing.grid),
            thing=thing,
        )


def _roster(loading: Any, centre: str, told: Mapping[str, Any]) -> None:
    """The shifts of a centre around the moment at which the region is loaded, and how one was handed over."""
    stage = loading.stage
    here = stage.until.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    with stage.moment(stage.until - timedelta(days=told["planned"])):
        keeper = stage.actor("", f"{centre}.coordinator")
        shifts = [_shift(loading, centre, keeper, here, day, each) for day, each in _planned(told)]
    over = _just_over(shifts, stage.until)
    if over is not None:
        with stage.moment(over.until):
            note = stage.say(told["left_over"][centre])
            acts.hand_over_shift(person_actor(over.person), over, note=note)


def _planned(told: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """Each day's shifts, but for the one that nobody holds."""
    first, last = told["days"]
    every = [(day, each) for day in range(first, last + 1) for each in told["each_day"]]
    gap = (told["nobody"]["day"], told["nobody"]["from"])
    return [(day, each) for day, each in every if (day, each["from"]) != gap]


def _shift(loading: Any, centre: str, keeper: Any, here: datetime, day: int, told: Mapping[str, Any]) -> Any:
    person = loading.person[centre, told["who"]]
    holder = appointments_of(person.pk).filter(post__organisation__code=centre).order_by("pk")[0]
    since = here + timedelta(days=day, hours=told["from"])
    until = since + timedelta(hours=told["hours"])
    body = loading.body[centre]
    return acts.plan_shift(keeper, body, holder=holder, kind=told["kind"], since=since, until=until)


def _just_over(shifts: list[Any], at: datetime) -> Any:
    """The officer's shift that ended last, if there is one."""
    over = [each for each in shifts if each.kind == "officer" and each.until <= at]
    return max(over, key=lambda each: each.until, default=None)


def _urgent(loading: Any, told: Mapping[str, Any]) -> None:
    """An affair as it was reported, read and followed, so many hours before the region is loaded."""
    stage, body = loading.stage, loading.body[told["centre"]]
    matter = stage.matter(*told["of"]) if "of" in told else None
    urgent: Any = None
    for step in told["steps"]:
        at = stage.until - timedelta(hours=step["before"])
        with stage.moment(at):
            by, name = stage.actor("", step["by"]), step["do"]
            words = {"text": stage.say(step["text"])} if "text" in step else {}
            if name == "report_urgent":
                known = None if matter else at - timedelta(hours=told["known"])
                title = stage.say(told["title"])
                urgent = acts.report_urgent(by, body, title=title, matter=matter, known_at=known, **words)
            else:
                getattr(acts, name)(by, urgent, **words)


def _task(loading: Any, county: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    stage, asker = loading.stage, county[told["asker"]]
    role = "coordinator" if told["asker"] == "centre" else "handler"
    due = stage.until + timedelta(hours=told["due"]) if "due" in told else None
    with stage.moment(stage.until - timedelta(hours=told["set"])):
        task = acts.set_task(
            stage.actor("", f"{asker}.{role}"),
            loading.region[county["village"]],
            grid=loading.grid[f"{county['village']}{told['grid']:03}"],
            body=loading.body[county["town"]],
            asker=loading.body[asker],
            lines=told["lines"],
            text=stage.say(told["text"]),
            due=due,
        )
    if "done" in told:
        with stage.moment(stage.until - timedelta(hours=told["done"])):
            worker = stage.actor("", f"{county['town']}.grid_worker")
            result = stage.say(told["result"])
            acts.do_task(worker, task, result=result, possible=told.get("possible", True))
