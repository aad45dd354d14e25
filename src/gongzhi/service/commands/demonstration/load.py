"""Loads the demonstration region: everything in it through acts, as invented history.

Each act is recorded at the moment at which it is supposed to have happened, with the origin
"generated", so that no notice is sent and nobody mistakes it for something that was done here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from gongzhi.foundation.ledger.acts import recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR
from gongzhi.foundation.parties.acts import add_organisation, add_person, appoint, create_post, found_node
from gongzhi.foundation.parties.queries import Appointment, Organisation, Person, role
from gongzhi.foundation.regions.acts import add_grid, add_region, found_area
from gongzhi.foundation.regions.queries import CooperationArea, Grid, Region
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.acts import Place, add_category, answer, close, dispatch, file, note, promise
from gongzhi.governance.matters.queries import Category
from gongzhi.service.accounts.acts import Hidden, open_account
from gongzhi.service.commands.words import _, language

from . import data, wording
from .generator import DemoStep, DemoSubmission, generate

SEED = 20260501
DAYS = 365
COUNT = 4000
PASSWORD = "water-town-2026"  # noqa: S105  everybody may know it: nothing here is real
ORIGIN, SOURCE = "generated", "demonstration"

_BATCH = 250
_SHOWN = ("admin", "area", "qingpu.")

Progress = Callable[[str], Any]


def load(progress: Progress, *, count: int = COUNT, seed: int = SEED) -> list[dict[str, Any]]:
    """Load the region into an empty database; returns an account for each kind of user."""
    until = now()
    loading = _Loading(language(), until, until - timedelta(days=DAYS + 1))
    progress(_("Regions and grids"))
    loading.regions()
    progress(_("Organisations, categories and rules"))
    loading.organisations()
    loading.categories()
    loading.rules()
    progress(_("Accounts"))
    loading.accounts()
    for done in loading.submissions(generate(seed, until, DAYS, count)):
        progress(_("Submissions: {done} of {count}").format(done=done, count=count))
    return [loading.told(a) for a in data.accounts() if a.username.startswith(_SHOWN)]


class _Loading:
    """What has been loaded so far, by its code."""

    def __init__(self, tongue: str, until: datetime, since: datetime) -> None:
        self.tongue, self.until, self.since = tongue, until, since
        self.chance = random.Random("notes")  # noqa: S311
        self.region: dict[str, Region] = {}
        self.grid: dict[str, Grid] = {}
        self.body: dict[str, Organisation] = {}
        self.category: dict[str, Category] = {}
        self.area: CooperationArea | None = None

    def say(self, label: data.Label) -> str:
        """A label in the language in which the demonstration is told."""
        return label[self.tongue]

    def at(self, moment: datetime, by: str | None = None) -> AbstractContextManager[None]:
        """Record what happened at a moment, in the name of a body."""
        attributed = self.say(self.body[by].name)[:200] if by else None
        return recounting(IMPORTER, History(moment, ORIGIN, SOURCE, attributed))

    def regions(self) -> None:
        """The tree, the grids and the cooperation area."""
        first, *rest = data.tree()
        top = Region(code=first.code, name=dict(first.name), level=first.level, path=f"/{first.code}/")
        top.invented = True
        self.region[first.code] = found_node(OPERATOR, top)
        with together(), self.at(self.since):
            for node in rest:
                self.region[node.code] = add_region(
                    IMPORTER,
                    self.region[node.parent or first.code],
                    code=node.code,
                    name=dict(node.name),
                    level=node.level,
                    outline=node.outline,
                    invented=node.invented,
                )
            for each in data.grids():
                within, name = self.region[each.region], dict(each.name)
                self.grid[each.code] = add_grid(
                    IMPORTER, within, code=each.code, name=name, outline=each.outline
                )
            area = data.area()
            members = [self.region[code] for code in area.members]
            top = self.region[first.code]
            self.area = found_area(IMPORTER, top, code=area.code, name=dict(area.name), members=members)

    def organisations(self) -> None:
        """All bodies, superiors first."""
        with together(), self.at(self.since):
            for body in data.bodies():
                self.body[body.code] = add_organisation(
                    IMPORTER,
                    self.region[body.region],
                    code=body.code,
                    name=dict(body.name),
                    kind=body.kind,
                    functions=body.functions,
                    superior=self.body[body.superior] if body.superior else None,
                    aliases=[dict(alias) for alias in body.aliases],
                    invented=body.invented,
                )

    def categories(self) -> None:
        """The classes, shared by all counties."""
        with together(), self.at(self.since):
            for each in data.classes():
                self.category[each.code] = add_category(
                    IMPORTER,
                    self.region[data.tree()[0].code],
                    code=each.code,
                    name=dict(each.name),
                    hint=dict(each.hint),
                    refer_to=dict(each.refer_to),
                    order=each.order,
                )

    def rules(self) -> None:
        """The decision tables of each county, in force from the beginning."""
        for each in data.rule_texts():
            with together(), self.at(self.since):
                enact(IMPORTER, self.region[each.region], table=each.text, effective_from=self.since)

    def accounts(self) -> None:
        """Posts, the invented persons who hold them, and their accounts."""
        held: dict[str, Appointment] = {}
        for each in data.accounts():
            body = self.body[each.organisation]
            with together(), self.at(self.since, each.organisation):
                person = add_person(IMPORTER, body.region, name=self.say(each.name), invented=True)
                part = role(each.role)
                if part is None:
                    raise LookupError(f"{each.username}: there is no role {each.role}")
                post = create_post(IMPORTER, body, role=part, title=dict(each.title))
                held[each.username] = appoint(
                    IMPORTER,
                    post,
                    person=person,
                    regions=[self.region[code] for code in each.regions],
                    grids=[self.grid[code] for code in each.grids],
                    area=self.area if each.in_area else None,
                    deputy_for=held[each.deputy_for] if each.deputy_for else None,
                )
                open_account(IMPORTER, person, username=each.username, password=Hidden(PASSWORD))

    def submissions(self, told: Iterable[DemoSubmission]) -> Iterable[int]:
        """The year, some hundreds in a transaction; yields how many are done."""
        rest, done = iter(told), 0
        while batch := list(islice(rest, _BATCH)):
            with together():
                for each in batch:
                    self._submission(each)
            done += len(batch)
            yield done

    def _submission(self, told: DemoSubmission) -> None:
        region = self.region[told.region]
        with self.at(told.filed_at, told.receiver):
            filed = file(
                IMPORTER,
                region,
                kind=told.kind,
                category=self.category[told.category],
                text=self.say(told.text),
                channel=told.channel,
                place=Place(self.say(told.place), told.lon, told.lat, self.grid[told.grid]),
                person=self._person(told, region),
                confidential=told.is_confidential,
                answer_by=told.answer_by,
                language="zh-hans" if self.tongue == "zh" else "en",
                title=self.say(told.title)[:120],
            )
            matter = filed.matter
            if matter is None:
                raise LookupError(f"{told.reference}: filing opens a matter")
            if matter.due_at is None:
                promise(IMPORTER, matter, due=told.due)
        for step in told.steps:
            by = told.receiver if step.what == "dispatch" else step.organisation
            with self.at(step.at, by):
                self._step(matter, step, told)

    def _step(self, matter: Any, step: DemoStep, told: DemoSubmission) -> None:
        if step.what == "dispatch":
            if matter.lead_id != self.body[step.organisation].pk:
                dispatch(IMPORTER, matter, to=self.body[step.organisation])
        elif step.what == "answer" and step.text is not None:
            answer(IMPORTER, matter, text=self.say(step.text))
        elif step.what == "close":
            close(IMPORTER, matter)
        else:
            note(IMPORTER, matter, text=self._note(step, told))

    def _note(self, step: DemoStep, told: DemoSubmission) -> str:
        code: str = step.what
        if step.what == "call_back":
            code = "resolved" if told.was_resolved else "unresolved"
        pair = self.chance.choice(data.shared_texts()["notes"][code])
        rating = str(told.rating)
        return self.say(wording.fill(pair, {"rating": (rating, rating)}))

    def _person(self, told: DemoSubmission, region: Region) -> Person | None:
        who = told.person
        if who is None:
            return None
        name = self.say(who.name)
        return add_person(IMPORTER, region, name=name, phone=who.phone, email=who.email, invented=True)

    def told(self, account: data.DemoAccount) -> dict[str, Any]:
        """An account as the operator is shown it."""
        body = self.body[account.organisation].name
        who = {tongue: f"{account.name[tongue]}, {body[tongue]}" for tongue in ("zh", "en")}
        return {
            "username": account.username,
            "password": PASSWORD,
            "role": dict(account.title),
            "who": who,
        }
