"""What is done day by day beside the stories: the tasks of grids, and a cover that its owner is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gongzhi.foundation.parties.actors import anyone
from gongzhi.governance.matters import acts

from . import data


def days(loading: Any) -> None:
    """Do it all in each county."""
    told = data.grid_tasks()
    for county in told["counties"]:
        for task in told["tasks"]:
            _task(loading, county, task)
        _cover(loading, county["village"][:6], told["cover"])


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
