"""A grid's one list: admitted by rule, done once for several lines, counted once; and residents' money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post
from gongzhi.foundation.parties.queries import role
from gongzhi.foundation.regions.acts import add_grid
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Matter, Task
from gongzhi.governance.matters.queries import Period, public_account, task_list, tasks_done
from tests.builders import world

LIST = """
table: matters.admission
hit: F
inputs: [{name: line, type: string}]
outputs: [{name: admit, type: boolean}]
rules:
  - {when: {line: '"water", "ecology"'}, then: {admit: true}, basis: "duty list of the town, 12"}
  - {when: {line: '"emergency"'}, then: {admit: false}, basis: "duty list, taken back 3"}
"""


class Town:
    def __init__(self) -> None:
        self.world = w = world()
        self.grid = add_grid(OPERATOR, w.town, code="310118110001001", name={"zh": "一网格"})
        self.other = add_grid(OPERATOR, w.town, code="310118110001002", name={"zh": "二网格"})
        self.body = add_organisation(
            OPERATOR, w.town, code="q10", name={"zh": "镇"}, kind="government", functions=["town"]
        )
        person = w.person("Shen")
        post = create_post(OPERATOR, self.body, role=role("grid_worker"), title={"zh": "网格员"})  # type: ignore[arg-type]
        appoint(OPERATOR, post, person=person, grids=[self.grid])
        self.worker = person_actor(person.pk)

    def set(self, *lines: str, **more: Any) -> Task:
        told = {"grid": self.grid, "body": self.body, "asker": self.world.water, "text": "walk the bank"}
        by = self.world.staff("handler", self.world.water)
        return acts.set_task(by, self.world.town, lines=lines, **{**told, **more})


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def month() -> Period:
    return Period(now() - timedelta(days=30), now() + timedelta(days=1))


def test_what_is_not_on_the_list_is_refused_by_rule_and_says_which_row(town: Town) -> None:
    enact(OPERATOR, town.world.county, table=LIST)
    with pytest.raises(NotPossible, match="taken back 3"):
        town.set("water", "emergency")
    assert not Task.objects.exists()
    task = town.set("water")
    assert task.basis == "duty list of the town, 12"
    with pytest.raises(NotPossible, match="on the duty list"):
        acts.refuse_task(town.world.staff("coordinator", town.body), task, reason="too much")
    with pytest.raises(NotPossible, match="taken back 3"):
        acts.join_task(town.world.staff("handler", town.world.water), task, lines=["emergency"])


def test_what_no_rule_decides_may_be_refused_by_the_town(town: Town) -> None:
    task = town.set("statistics")
    assert not task.rule
    acts.refuse_task(town.world.staff("coordinator", town.body), task, reason="never admitted")
    assert not task_list(town.worker).exists()
    with pytest.raises(NotPossible):
        acts.do_task(town.worker, task, result="done")


def test_one_task_serves_several_lines_and_counts_once(town: Town) -> None:
    task = town.set("water")
    acts.join_task(town.world.staff("handler", town.world.water), task, lines=["ecology", "emergency"])
    town.set("water", text="count the boats")
    acts.do_task(town.worker, task, result="all clear")
    told = tasks_done(town.worker, month())
    assert (told.count, told.by_line) == (1, {"ecology": 1, "emergency": 1, "water": 1})


def test_the_list_is_one_the_first_to_bind_first_and_only_of_ones_grids(town: Town) -> None:
    late, soon = now() + timedelta(days=5), now() + timedelta(days=1)
    whenever = town.set("water", text="c")
    last, first = town.set("ecology", due=late, text="b"), town.set("water", due=soon, text="a")
    assert list(task_list(town.worker)) == [first, last, whenever]
    stranger = town.world.staff("grid_worker", town.world.water)
    assert not task_list(stranger).exists()
    with pytest.raises(NotAllowed):
        acts.do_task(stranger, first, result="done")


def test_a_task_is_set_for_somebody_one_speaks_for_with_words_lines_and_time(town: Town) -> None:
    for wrong in ({"text": " "}, {"due": now() - timedelta(days=1)}):
        with pytest.raises(Invalid):
            town.set("water", **wrong)
    with pytest.raises(Invalid):
        town.set()
    with pytest.raises(NotAllowed):
        town.set("water", asker=town.world.centre)


def led_by_residents(town: Town) -> tuple[Any, Matter]:
    village = add_organisation(OPERATOR, town.world.town, code="s1", name={"zh": "村委会"}, kind="committee")
    matter = town.world.submission(category=town.world.noise).matter
    assert matter is not None
    acts.dispatch(town.world.staff("clerk"), matter, to=village)
    return town.world.staff("handler", village), matter


def test_residents_keep_a_public_account_that_adds_up(town: Town) -> None:
    by, matter = led_by_residents(town)
    assert public_account(matter) is None
    acts.note_money(by, matter, amount=Decimal("300.00"), what_for="gifts", evidence="list")
    acts.note_money(by, matter, amount=Decimal("-120.50"), what_for="paint", evidence="bill 7")
    with pytest.raises(NotPossible, match="not so much"):
        acts.note_money(by, matter, amount=Decimal("-179.51"), what_for="brushes", evidence="bill 8")
    told = public_account(matter)
    assert told is not None
    assert (told.paid_in, told.paid_out, told.balance) == (
        Decimal("300.00"), Decimal("120.50"), Decimal("179.50"),
    )  # fmt: skip


@pytest.mark.parametrize("amount", ["0", "0.001", "NaN", "Infinity"])
def test_an_amount_is_money(town: Town, amount: str) -> None:
    by, matter = led_by_residents(town)
    with pytest.raises(Invalid):
        acts.note_money(by, matter, amount=Decimal(amount), what_for="gifts", evidence="list")


def test_only_residents_who_lead_keep_an_account(town: Town) -> None:
    matter = town.world.submission().matter
    assert matter is not None
    by = town.world.staff("handler", town.world.water)
    with pytest.raises(NotPossible, match="residents"):
        acts.note_money(by, matter, amount=Decimal(5), what_for="gifts", evidence="list")
