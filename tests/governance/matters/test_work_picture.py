"""Today's picture: every figure is as many as the matters that it opens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.regions.acts import found_area
from gongzhi.governance.matters.acts import answer
from gongzhi.governance.matters.models import Deadline, Matter
from gongzhi.governance.matters.queries import (
    Cut,
    Figure,
    Period,
    Tally,
    matters_behind,
    picture,
    scene_of,
    scene_of_area,
    scene_of_posts,
)
from tests.builders import World
from tests.builders import world as founded
from tests.crowds import crowd


@pytest.fixture
def world(db: None) -> World:
    return founded()


def period(days: float = 1) -> Period:
    at = now()
    return Period(at - timedelta(days=days), at + timedelta(seconds=1))


def figures(tally: Tally) -> dict[Figure, int]:
    return {
        Figure.TAKEN_IN: tally.taken_in,
        Figure.DUE: tally.due,
        Figure.IN_TIME: tally.in_time,
        Figure.LATE: tally.late,
        Figure.OPEN: tally.open,
        Figure.OVERDUE: tally.overdue,
        Figure.TO_DISPATCH: tally.to_dispatch,
        Figure.IN_HAND: tally.in_hand,
        Figure.TO_CLOSE: tally.to_close,
    }


def test_every_figure_counts_the_matters_it_opens(world):
    crowd(world, 300, towns=3, bodies=2)
    director = world.staff("director")
    scene, days = scene_of(director, "310118"), period(60)
    told = picture(director, scene, days)

    def behind(figure: Figure, **cut: str) -> int:
        return matters_behind(director, scene, figure, days, Cut(**cut)).count()

    for figure, n in figures(told.total).items():
        assert n == behind(figure), figure
        assert n == sum(figures(tally)[figure] for tally in (*told.parts.values(), told.elsewhere)), figure
    for code, tally in told.parts.items():
        for figure, n in figures(tally).items():
            assert n == behind(figure, part=code), (code, figure)
    for code, tally in told.bodies.items():
        for figure in (Figure.IN_HAND, Figure.OVERDUE, Figure.DUE, Figure.IN_TIME):
            assert figures(tally)[figure] == behind(figure, lead=code), (code, figure)
    assert sum(told.categories.values()) == told.total.taken_in
    for code, n in told.categories.items():
        assert n == behind(Figure.TAKEN_IN, category=code)
    assert told.total.due > told.total.in_time > 0
    assert told.total.overdue > 0


def test_due_and_in_time_are_those_whose_last_clock_ends_in_the_period(world):
    director, water = world.staff("director"), world.staff("handler", world.water)
    kept, broken, running = (world.submission().matter for _ in range(3))
    answer(water, kept, text="Done.")
    at = now()
    with guard.permitted():
        Deadline.objects.filter(matter=kept.pk, clock="finish").update(due_at=at + timedelta(milliseconds=1))
        Deadline.objects.filter(matter=broken.pk, clock="finish").update(due_at=at - timedelta(hours=1))
        Matter.objects.filter(pk=broken.pk).update(due_at=at - timedelta(hours=1))
    told = picture(director, scene_of(director, "310118"), period()).total
    assert (told.due, told.in_time, told.late, told.overdue, told.open) == (2, 1, 1, 1, 2)
    assert running.pk not in matters_behind(
        director, scene_of(director, "310118"), Figure.DUE, period(), Cut()
    ).values_list("pk", flat=True)


def test_a_region_has_its_parts_and_the_way_up_as_far_as_one_reaches(world):
    director = world.staff("director")
    county = scene_of(director, "310118")
    assert [part.code for part in county.parts] == ["310118110"]
    assert county.above == ()
    town = scene_of(director, "310118110")
    assert [region.code for region in town.above] == ["310118"]
    for code in ("320509", "cn", "nowhere"):
        assert scene_of(director, code) is None


def test_a_body_s_handler_has_no_picture_of_a_region(world):
    handler = world.staff("handler", world.water)
    assert scene_of(handler, "310118") is None
    assert scene_of_posts(handler) is None


def test_members_of_an_area_stand_side_by_side_as_far_as_one_reaches(world):
    area = found_area(
        OPERATOR, world.top, code="delta", name={"en": "Delta"}, members=[world.county, world.neighbour]
    )
    world.submission()
    world.submission(region=world.neighbour, category=world.noise)
    director = world.staff("director")
    assert [top.code for top in scene_of_area(director, "delta").tops] == ["310118"]
    assert scene_of_area(director, "nowhere") is None

    coordinator = in_area(world, area)
    scene = scene_of_posts(coordinator)
    assert [top.code for top in scene.tops] == ["310118", "320509"]
    assert scene.area.code == "delta"
    told = picture(coordinator, scene, period())
    assert {code: tally.taken_in for code, tally in told.parts.items()} == {"310118": 1, "320509": 1}


def in_area(world: World, area):
    from gongzhi.foundation.parties.actors import person_actor
    from gongzhi.foundation.parties.acts import appoint, create_post
    from gongzhi.foundation.parties.queries import role

    post = create_post(OPERATOR, world.centre, role=role("area_coordinator"), title={"en": "area"})
    person = world.person()
    appoint(OPERATOR, post, person=person, area=area)
    return person_actor(person.pk)


def test_in_a_town_the_parts_are_its_grids(world):
    from gongzhi.foundation.regions.acts import add_grid
    from gongzhi.governance.matters.acts import Place

    grids = [add_grid(OPERATOR, world.town, code=f"310118110{n}", name={"en": f"g{n}"}) for n in (1, 2)]
    world.submission(place=Place(grid=grids[0]))
    world.submission()
    director = world.staff("director")
    scene = scene_of(director, "310118110")
    assert scene.by_grid
    told = picture(director, scene, period())
    assert [told.parts[grid.code].taken_in for grid in grids] == [1, 0]
    assert told.elsewhere.taken_in == 1
    behind = matters_behind(director, scene, Figure.TAKEN_IN, period(), Cut(part=grids[0].code))
    assert behind.count() == 1


def test_sealed_matters_are_not_counted_for_those_who_may_not_see_them(world):
    matter = world.submission().matter
    with guard.permitted():
        Matter.objects.filter(pk=matter.pk).update(sealed=True)
    elsewhere = add_organisation(
        OPERATOR, world.county, code="q9", name={"zh": "卫健委"}, kind="government", functions=[]
    )
    director = world.staff("director", elsewhere)
    assert picture(director, scene_of(director, "310118"), period()).total == Tally()


def test_a_picture_takes_three_questions(world, django_assert_num_queries):
    crowd(world, 100, towns=4, bodies=5)
    director = world.staff("director")
    scene = scene_of(director, "310118")
    with django_assert_num_queries(3):
        picture(director, scene, period(30))
