"""Many matters at once, put in by bulk insertion: for counting queries and measuring pages, nothing else.

What they say is plausible, but no act made them, so nothing of them stands in the ledger.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.models import Organisation, Person
from gongzhi.foundation.regions.divisions import readable_number
from gongzhi.foundation.regions.models import Region
from gongzhi.governance.matters.models import (
    LIVE_STEPS,
    Deadline,
    Handover,
    Matter,
    Part,
    Role,
    State,
    Submission,
)
from tests.builders import World

#: Of so many in a hundred each state: most of what there is was closed long ago.
_STATES = [(State.CLOSED, 90), (State.DISPATCHED, 6), (State.ANSWERED, 2), (State.OPEN, 2)]
_AT_ONCE = 5000


def crowd(world: World, matters: int, *, towns: int = 0, bodies: int = 0, seed: int = 1) -> None:
    """Add matters, spread over a year, over the county's towns and bodies, of which more can be added."""
    chance = random.Random(seed)
    with guard.permitted(), guard.writing():
        _add_towns(world, towns)
        _add_bodies(world, bodies)
        where = list(Region.objects.filter(parent=world.county))
        who = [world.water, *Organisation.objects.filter(region=world.county, code__startswith="body")]
        numbers = _unused_numbers()
        for first in range(0, matters, _AT_ONCE):
            count = min(matters - first, _AT_ONCE)
            rows = [_matter(world, chance, where, who, next(numbers)) for _ in range(count)]
            _write(world, rows, numbers)


def handed_over(world: World, count: int, *, seed: int = 3) -> None:
    """Offer so many matters that are being handled to another body, at every step of the way."""
    chance = random.Random(seed)
    who = list(Organisation.objects.filter(region=world.county))
    matters = Matter.objects.filter(state=State.DISPATCHED, lead__isnull=False)
    free = matters.exclude(pk__in=Handover.objects.values("matter")).order_by("number")[:count]
    with guard.permitted(), guard.writing():
        Handover.objects.bulk_create(
            Handover(
                matter=each,
                giver_id=each.lead_id,
                asked=chance.choice(who),
                is_across=False,
                reason="It is yours",
                step=chance.choice(LIVE_STEPS),
                arbiter=world.centre,
                offered_at=each.opened_at,
            )
            for each in free
        )


def _unused_numbers() -> Iterator[str]:
    """New numbers: of a hundred thousand drawn at once, two may well be the same."""
    used = {*Matter.objects.values_list("number", flat=True)}
    used |= {*Submission.objects.values_list("number", flat=True)}
    while True:
        number = readable_number()
        if number not in used:
            used.add(number)
            yield number


def _add_towns(world: World, count: int) -> None:
    have = Region.objects.filter(parent=world.county).count()
    codes = [f"{world.county.code}{500 + have + n}" for n in range(count)]
    Region.objects.bulk_create(
        Region(
            code=code,
            name={"zh": f"镇{code}", "en": f"Town {code}"},
            level="township",
            parent=world.county,
            path=f"{world.county.path}{code}/",
            outline={"type": "Polygon", "coordinates": [[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31]]]},
        )
        for code in codes
    )


def _add_bodies(world: World, count: int) -> None:
    have = Organisation.objects.count()
    Organisation.objects.bulk_create(
        Organisation(
            code=f"body{have + n}",
            name={"zh": f"单位{have + n}", "en": f"Body {have + n}"},
            kind="government",
            functions=["water"],
            region=world.county,
        )
        for n in range(count)
    )


def _matter(
    world: World, chance: random.Random, where: list[Region], who: list[Organisation], number: str
) -> Matter:
    state = chance.choices([s for s, _ in _STATES], [n for _, n in _STATES])[0]
    at = now()
    opened = at - timedelta(seconds=chance.randrange(365 * 86400 if state == State.CLOSED else 20 * 86400))
    answered = opened + timedelta(days=chance.uniform(0.1, 9))
    category = chance.choice([world.smell, world.noise])
    return Matter(
        number=number,
        kind="complain",
        category=category,
        title=f"{category.name['en']} {chance.randrange(10**6)}",
        region=chance.choice(where),
        state=state,
        first_receiver=world.centre,
        lead=None if state == State.OPEN else chance.choice(who),
        undecided="No rule decides." if state == State.OPEN else "",
        opened_at=opened,
        answered_at=min(answered, at) if state in (State.ANSWERED, State.CLOSED) else None,
        closed_at=min(answered + timedelta(days=1), at) if state == State.CLOSED else None,
        due_at=opened + timedelta(days=7) if state in (State.OPEN, State.DISPATCHED) else None,
    )


def _write(world: World, rows: list[Matter], numbers: Iterator[str]) -> None:
    Matter.objects.bulk_create(rows, batch_size=1000)
    people = [Person(name="王小明", phone="13900000000", home=world.county) for _ in rows]
    Person.objects.bulk_create(people, batch_size=1000)
    Submission.objects.bulk_create(
        (_submission(row, person, next(numbers)) for row, person in zip(rows, people, strict=True)),
        batch_size=1000,
    )
    Part.objects.bulk_create((part for row in rows for part in _parts(row)), batch_size=1000)
    Deadline.objects.bulk_create((_deadline(row) for row in rows), batch_size=1000)


def _submission(row: Matter, person: Person, number: str) -> Submission:
    return Submission(
        number=number,
        kind=row.kind,
        category=row.category,
        channel="hotline",
        text=f"{row.title}: since the morning, near the bridge",
        region=row.region,
        person=person,
        matter=row,
        filed_at=row.opened_at,
    )


def _parts(row: Matter) -> list[Part]:
    held: list[tuple[Any, str]] = [(row.first_receiver, Role.FIRST_RECEIVER)]
    if row.lead is not None:
        held.append((row.lead, Role.LEAD))
    return [Part(matter=row, organisation=body, role=role, since=row.opened_at) for body, role in held]


def _deadline(row: Matter) -> Deadline:
    due: datetime = row.opened_at + timedelta(days=7)
    return Deadline(matter=row, clock="finish", due_at=due, met_at=row.answered_at, row=1, basis="test rule")
