"""What the public sees: counts alone, and none that would let somebody work out who it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.regions.acts import add_region
from gongzhi.governance.matters.acts import answer, file
from gongzhi.governance.matters.models import Deadline
from gongzhi.governance.matters.queries.public import (
    FEWEST,
    FEWEST_FOR_SHARE,
    InTime,
    Tally,
    by_category,
    by_place,
    in_time,
    taking_in,
)
from tests.builders import World, world

LONG_AGO = now() - timedelta(days=3650)


@pytest.fixture
def house(db: None) -> World:
    return world()


def test_counts_go_by_category_the_most_frequent_first(house: World) -> None:
    for _ in range(2):
        house.submission(category=house.noise)
    for _ in range(3):
        filed = house.submission()
    answer(house.staff("handler", house.water), filed.matter, text="Done")
    told = by_category(house.county, LONG_AGO)
    assert [(t.code, t.count, t.answered) for t in told] == [("smell", 3, 1), ("noise", 2, 0)]


def test_counts_of_a_county_are_those_of_its_towns_and_of_the_county_itself(house: World) -> None:
    other = add_region(OPERATOR, house.county, code="310118111", name={"zh": "朱家角镇"}, level="township")
    house.submission()
    house.submission(region=other)
    house.submission(region=house.county)
    assert sum(t.count for t in by_category(house.county, LONG_AGO)) == 3
    assert [(t.code, t.count) for t in by_place(house.county, LONG_AGO)] == [
        ("310118110", 1),
        ("310118111", 1),
    ]
    assert by_category(house.neighbour, LONG_AGO) == []


def test_reports_of_wrongdoing_are_left_out_altogether(house: World) -> None:
    file(anyone(), house.town, kind="report", category=house.smell, text="A works discharges at night")
    assert by_category(house.county, LONG_AGO) == []
    assert [t.count for t in by_place(house.county, LONG_AGO)] == [0]
    assert in_time(house.county, LONG_AGO, now()).due == 0


def test_sealed_matters_are_left_out_altogether(house: World) -> None:
    from gongzhi.foundation.ledger import guard
    from gongzhi.governance.matters.models import Matter

    filed = house.submission()
    with guard.permitted():
        Matter.objects.filter(pk=filed.matter_id).update(sealed=True)
    assert by_category(house.county, LONG_AGO) == []


def test_what_is_older_is_not_counted(house: World) -> None:
    house.submission()
    assert by_category(house.county, now() + timedelta(seconds=1)) == []


@pytest.mark.parametrize(("count", "few"), [(0, True), (FEWEST - 1, True), (FEWEST, False)])
def test_few_is_fewer_than_three(count: int, few: bool) -> None:
    assert Tally({}, "x", count, 0).is_few is few


def test_in_time_counts_those_whose_deadline_has_come_or_that_were_answered(house: World) -> None:
    handler = house.staff("handler", house.water)
    early, late, due, running = (house.submission() for _ in range(4))
    answer(handler, early.matter, text="Done")
    _move(late, timedelta(days=-20))
    answer(handler, late.matter, text="Done")
    _move(due, timedelta(days=-20))
    assert running.matter
    assert in_time(house.county, LONG_AGO, now()) == InTime(due=3, in_time=1)


def _move(filed: Any, by: timedelta) -> None:
    from gongzhi.foundation.ledger import guard

    with guard.permitted():
        for deadline in Deadline.objects.filter(matter=filed.matter_id):
            deadline.due_at += by
            deadline.save()


def test_a_share_of_few_is_not_told() -> None:
    assert InTime(FEWEST_FOR_SHARE - 1, 1).percent is None
    assert InTime(FEWEST_FOR_SHARE, 5).percent == 25.0


def test_regions_that_take_in_are_those_with_a_receiving_body_in_the_order_of_the_tree(house: World) -> None:
    assert taking_in() == [house.county]
    add_organisation(
        OPERATOR, house.neighbour, code="w1", name={"zh": "吴江中心"}, kind="government",
        functions=["centre"],
    )  # fmt: skip
    assert taking_in() == [house.county, house.neighbour]


def test_where_no_body_receives_the_whole_tree_takes_in(db: None) -> None:
    from gongzhi.foundation.parties.actors import forget_roles
    from gongzhi.foundation.parties.acts import found_node
    from gongzhi.foundation.regions.queries import Region

    forget_roles()
    assert taking_in() == []
    top = found_node(OPERATOR, Region(code="us", name={"en": "USA"}, level="state", path="/us/"))
    assert taking_in() == [top]


def test_the_questions_to_the_database_do_not_grow(house: World, django_assert_num_queries: Any) -> None:
    for times in (1, 6):
        for _ in range(times):
            house.submission()
            house.submission(category=house.noise)
        with django_assert_num_queries(1):
            by_category(house.county, LONG_AGO)
        with django_assert_num_queries(2):
            by_place(house.county, LONG_AGO)
        with django_assert_num_queries(1):
            in_time(house.county, LONG_AGO, now())


def test_a_region_with_none_below_it_is_told_by_its_grids(house: World) -> None:
    from gongzhi.foundation.regions.acts import add_grid
    from gongzhi.governance.matters.acts import Place

    here, there = (
        add_grid(OPERATOR, house.town, code=f"31011811000{n}", name={"zh": f"网格{n}"}) for n in (1, 2)
    )
    house.submission(place=Place(grid=here))
    house.submission()
    told = by_place(house.town, LONG_AGO)
    assert [(t.code, t.count, t.is_grid) for t in told] == [(here.code, 1, True), (there.code, 0, True)]
