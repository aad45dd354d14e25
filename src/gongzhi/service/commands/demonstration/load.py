"""Loads the demonstration region: everything in it through acts, as invented history.

What is told in it is told in the language of the node, GONGZHI_LANGUAGE, whatever the terminal speaks.

Each act is recorded at the moment at which it is supposed to have happened, with the origin
"generated", so that no notice is sent and nobody mistakes it for something that was done here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import translation

from gongzhi.config import Config
from gongzhi.foundation.ledger.acts import recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR, person_actor
from gongzhi.foundation.parties.acts import add_organisation, add_person, appoint, create_post, found_node
from gongzhi.foundation.parties.queries import Appointment, Organisation, Person, role
from gongzhi.foundation.regions.acts import add_grid, add_region, found_area
from gongzhi.foundation.regions.queries import CooperationArea, Grid, Region
from gongzhi.foundation.rulebooks.acts import adopt, enact, propose_jointly
from gongzhi.governance.matters.acts import (
    Place,
    add_category,
    add_thing,
    answer,
    close,
    contact,
    dispatch,
    file,
    note,
)
from gongzhi.governance.matters.queries import Category, Thing
from gongzhi.service.accounts.acts import Hashed, open_account
from gongzhi.service.commands.founding import above_all
from gongzhi.service.commands.shipped import enact_defaults
from gongzhi.service.commands.words import _

from . import data, wording
from .course import ZONE
from .days import days
from .generator import DemoStep, DemoSubmission, generate
from .stories.playing import Stage, stories
from .things import things

SEED = 20260501
DAYS = 365
COUNT = 4000
PASSWORD = "water-town-2026"  # noqa: S105  everybody may know it: nothing here is real
ORIGIN, SOURCE = "generated", "demonstration"

SHARE_OF_GUESTS = 0.03  # of submissions that are written in the other language

_BATCH = 250
_SHOWN = ("admin", "area", "qingpu.")
_OTHER = {"zh": "en", "en": "zh"}
LOCALES = {"zh": "zh-hans", "en": "en"}

Progress = Callable[[str], Any]


def load(
    progress: Progress, *, count: int = COUNT, seed: int = SEED, play: bool = True
) -> list[dict[str, Any]]:
    """Load the region into an empty database; returns an account for each kind of user.

    Without ``play`` nothing has happened in it but the invented year.
    """
    until = now()
    loading = Loading(Config.read().language, until - timedelta(days=DAYS + 1), until)
    with translation.override(LOCALES[loading.tongue]):
        return _load(loading, progress, generate(seed, until, DAYS, count), count, play, seed)


def _load(
    loading: Loading, progress: Progress, year: Iterable[DemoSubmission], count: int, play: bool, seed: int
) -> list[dict[str, Any]]:
    progress(_("Regions and grids"))
    loading.regions()
    progress(_("Organisations, categories and rules"))
    loading.organisations()
    loading.categories()
    loading.rules()
    progress(_("Public things"))
    loading.things(seed)
    progress(_("Accounts"))
    loading.accounts()
    for done in loading.submissions(year):
        progress(_("Submissions: {done} of {count}").format(done=done, count=count))
    if play:
        progress(_("Stories"))
        loading.stories()
    return [loading.told(a) for a in data.accounts() if a.username.startswith(_SHOWN)]


class Loading:
    """What has been loaded so far, by its code."""

    def __init__(self, tongue: str, since: datetime, until: datetime) -> None:
        self.tongue, self.since = tongue, since
        self.stage = Stage(self, until)
        self.chance = random.Random("notes")  # noqa: S311
        self.region: dict[str, Region] = {}
        self.grid: dict[str, Grid] = {}
        self.body: dict[str, Organisation] = {}
        self.person: dict[tuple[str, str], Person] = {}
        self.category: dict[str, Category] = {}
        self.thing: dict[str, Thing] = {}
        self.area: CooperationArea | None = None

    def say(self, label: data.Label) -> str:
        """A label in the language of the node."""
        return label[self.tongue]

    def at(self, moment: datetime, by: str | None = None) -> AbstractContextManager[None]:
        """Record what happened at a moment, in the name of a body."""
        attributed = self.say(self.body[by].name)[:200] if by else None
        return recounting(IMPORTER, History(moment, ORIGIN, SOURCE, attributed))

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """One transaction at the beginning of the invented year."""
        with together(), self.at(self.since):
            yield

    def regions(self) -> None:
        """The tree, the grids and the cooperation area.

        The tree hangs below a top of no country, so that cities of other countries can be brought in
        beside it, and are not marked as invented.
        """
        top = self.region["all"] = found_node(OPERATOR, above_all())
        with together(), self.at(self.since):
            for node in data.tree():
                self.region[node.code] = add_region(
                    IMPORTER,
                    self.region[node.parent] if node.parent else top,
                    code=node.code,
                    name=dict(node.name),
                    level=node.level,
                    zone=None if node.parent else ZONE.key,
                    calendar=None if node.parent else "CN",
                    outline=node.outline,
                    invented=True,
                )
            for each in data.grids():
                within, name = self.region[each.region], dict(each.name)
                self.grid[each.code] = add_grid(
                    IMPORTER, within, code=each.code, name=name, outline=each.outline
                )
            area = data.area()
            members = [self.region[code] for code in area.members]
            country = self.region[data.tree()[0].code]
            self.area = found_area(IMPORTER, country, code=area.code, name=dict(area.name), members=members)

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
        """The shipped tables for all, those of each county before them, in force from the beginning."""
        enact_defaults(IMPORTER, self.region["all"], since=self.since, within=self.beginning)
        for each in data.rule_texts():
            with together(), self.at(self.since):
                enact(IMPORTER, self.region[each.region], table=each.text, effective_from=self.since)

    def things(self, seed: int) -> None:
        """The register of public things in each county."""
        with together(), self.at(self.since):
            for each in things(seed):
                spot = each.spot
                self.thing[each.code] = add_thing(
                    IMPORTER,
                    self.region[spot.village],
                    code=each.code,
                    kind=each.kind,
                    owner=self.body[each.owner],
                    keeper=self.body[each.keeper] if each.keeper else None,
                    place=Place("", spot.lon, spot.lat, self.grid[spot.grid]),
                )

    def accounts(self) -> None:
        """Posts, the invented persons who hold them, and their accounts, which share a password."""
        password = Hashed(make_password(PASSWORD))
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
                open_account(IMPORTER, person, username=each.username, password=password)
                self.person.setdefault((each.organisation, each.role), person)

    def stories(self) -> None:
        """What the members of the area have agreed on, and each story as far as the reader finds it."""
        self.agree(data.joint_rule())
        for story in stories():
            self.stage.play(story)
        days(self)

    def agree(self, table: str) -> None:
        """Let the area's coordinator propose a joint rule, and the approver of each member adopt it."""
        if self.area is None:
            raise LookupError("the area comes first")
        played = History(self.since, ORIGIN, SOURCE, played=True)
        by = person_actor(self.person["a1", "area_coordinator"].pk)
        with together(), recounting(IMPORTER, played):
            version = propose_jointly(by, self.area, table=table, effective_from=self.since)
        for code, body in zip(data.area().members, ("q0", "w0", "j0"), strict=True):
            approver = person_actor(self.person[body, "rule_approver"].pk)
            with together(), recounting(IMPORTER, played):
                adopt(approver, version, region=self.region[code])

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
        is_guest = self.chance.random() < SHARE_OF_GUESTS
        spoken = _OTHER[self.tongue] if is_guest else self.tongue
        with self.at(told.filed_at, told.receiver):
            filed = file(
                IMPORTER,
                region,
                kind=told.kind,
                category=self.category[told.category],
                text=told.text[spoken],
                channel=told.channel,
                place=Place(told.place[spoken], told.lon, told.lat, self.grid[told.grid]),
                person=self._person(told, region, spoken),
                confidential=told.is_confidential,
                answer_by=told.answer_by,
                language=LOCALES[spoken],
                title=self.say(told.title)[:120],
            )
            matter = filed.matter
            if matter is None:
                raise LookupError(f"{told.reference}: filing opens a matter")
        for step in told.steps:
            by = told.receiver if step.what == "dispatch" else step.organisation
            with self.at(step.at, by):
                self._step(matter, step, told, spoken)

    def _step(self, matter: Any, step: DemoStep, told: DemoSubmission, spoken: str) -> None:
        if step.what == "dispatch":
            if matter.lead_id != self.body[step.organisation].pk:  # else a rule has sent it there
                dispatch(IMPORTER, matter, to=self.body[step.organisation])
        elif step.what == "contact":
            contact(IMPORTER, matter, text=self._note("contact" if told.person else "look", told)[spoken])
        elif step.what == "answer" and step.text is not None:
            answer(IMPORTER, matter, text=step.text[spoken])
        elif step.what == "close":
            close(IMPORTER, matter)
        elif step.what == "return":
            note(IMPORTER, matter, text=self.say(self._note("return", told)))
        elif told.person:
            reached = "resolved" if told.was_resolved else "unresolved"
            note(IMPORTER, matter, text=self.say(self._note(reached, told)))

    def _note(self, what: str, told: DemoSubmission) -> data.Label:
        pair = self.chance.choice(data.shared_texts()["notes"][what])
        rating = str(told.rating)
        return wording.fill(pair, {"rating": (rating, rating)})

    def _person(self, told: DemoSubmission, region: Region, spoken: str) -> Person | None:
        who = told.person
        if who is None:
            return None
        name = who.name[spoken]
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
