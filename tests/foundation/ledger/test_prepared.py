"""A prepared query answers as the query itself does, whatever the values, and never one for another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q, QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger.acts import PLATFORM
from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.prepared import Prepared, Through, by_key
from gongzhi.foundation.ledger.reach import NOTHING
from gongzhi.foundation.parties.actors import anyone, person_actor
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.models import Region
from gongzhi.governance.matters.models import Matter, Submission
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def test_it_answers_as_the_query_does_for_other_values_too(place: World) -> None:
    asked = Prepared(lambda code: Region.objects.filter(code=code), str)
    for code in ("310118", "320509", "nowhere", "310118"):
        plain = list(Region.objects.filter(code=code))
        assert asked(code) == plain
        for mine, theirs in zip(asked(code), plain, strict=True):
            held = {k: v for k, v in vars(theirs).items() if k != "_state"}
            assert {k: v for k, v in vars(mine).items() if k != "_state"} == held
            assert not mine._state.adding


def test_related_rows_come_with_it(place: World, django_assert_num_queries: Any) -> None:
    def build(of: UUID) -> QuerySet[Submission]:
        return Submission.objects.filter(pk=of).select_related("matter__lead", "region", "person")

    asked = Prepared(build, UUID)
    first, second = place.submission(), place.submission("loud", category=place.noise)
    for made, lead in ((first, place.water), (second, None)):
        with django_assert_num_queries(1):
            found = asked.first(made.pk)
            assert found is not None
            assert found.matter is not None
            assert (found.matter.lead, found.region, found.person) == (lead, place.town, None)


def test_several_values_stay_in_their_places(place: World) -> None:
    def build(kind: str, code: str, level: str) -> QuerySet[Organisation]:
        return Organisation.objects.filter(
            Q(code=code) | Q(region__code=code), kind=kind, region__level=level
        )

    asked = Prepared(build, str, str, str)
    assert asked("government", "q3", "county") == [place.water]
    assert asked("county", "q3", "government") == []
    assert len(asked("government", "310118", "county")) == 2


def test_a_value_that_the_query_changes_is_refused(place: World) -> None:
    asked = Prepared(lambda code: Region.objects.filter(path__startswith=code), str)
    with pytest.raises(TypeError, match="as it is"):
        asked("/cn/")


def test_a_value_may_look_like_anything(place: World) -> None:
    asked = Prepared(lambda code: Region.objects.filter(code=code), str)
    for odd in ("' OR 1=1 --", "%s", "%", "\ue0000\ue001", ""):
        assert asked(odd) == []


def test_by_key_finds_what_the_reach_gets_to_and_nothing_else(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    for _ in range(2):
        assert by_key(Matter, Q(), matter.pk, lock=True) == matter
        assert by_key(Matter, Q(sealed=False), matter.pk, lock=False) == matter
        assert by_key(Matter, Q(sealed=True), matter.pk, lock=False) is None
        assert by_key(Matter, Q(sealed=False) & ~Q(lead=place.water.pk), matter.pk, lock=False) is None
        assert by_key(Matter, Q(pk__in=Matter.objects.all()), matter.pk, lock=True) == matter
        assert by_key(Matter, Q(pk__in=Matter.objects.none()), matter.pk, lock=True) is None
        assert by_key(Matter, Q(), uuid7(), lock=True) is None


def test_two_reaches_of_one_shape_are_not_taken_for_each_other(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    for path, found in (("/cn/310118/", matter), ("/cn/320509/", None), ("/cn/310118/", matter)):
        assert by_key(Matter, Q(region__path__startswith=path), matter.pk, lock=False) == found


def test_what_is_found_through_other_rows_is_compiled_with_the_reach(place: World) -> None:
    """Reaches by a part, by what somebody brought in, and past those accused: of one shape, with other values."""
    made, other = place.submission(), place.submission(by=anyone(), category=place.noise)
    assert made.matter is not None
    assert other.matter is not None
    handlers = [place.staff("handler", body) for body in (place.water, place.beside(), place.centre)]
    handlers += [anyone([made.pk]), anyone([other.pk]), person_actor(place.person().pk)]
    for actor in [*handlers, *reversed(handlers)]:
        through = reach(actor, "matter.read", Matter)
        for matter in (made.matter, other.matter):
            plain = Matter.objects.filter(through, pk=matter.pk).first()
            assert by_key(Matter, through, matter.pk, lock=False) == plain


def test_a_reach_through_other_rows_is_compiled_once(place: World) -> None:
    asked = Through(lambda told, number: Matter.objects.filter(told, number=number), str)
    for body in (place.water, place.centre, place.beside()):
        told = reach(place.staff("handler", body), "matter.read", Matter)
        asked(told, "1")
    assert len(asked._held) == 1
    assert None not in asked._held.values()


def test_a_row_that_changed_is_read_anew(place: World) -> None:
    matter = place.submission(category=place.noise).matter
    assert matter is not None
    before = by_key(Matter, Q(), matter.pk, lock=False)
    from gongzhi.governance.matters.acts import dispatch

    dispatch(place.staff("clerk"), matter, to=place.water)
    after = by_key(Matter, Q(), matter.pk, lock=False)
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == ("open", "dispatched")


def _numbered(reach: Q, number: str) -> QuerySet[Submission]:
    return Submission.objects.filter(reach, number=number).select_related("region")


def test_through_a_reach_it_finds_what_the_query_finds(place: World) -> None:
    """Reaches of the public, of staff, and of those who hold one secret, several or none."""
    asked = Through(_numbered, str)
    rows = [place.submission(f"smell {n}") for n in range(4)]
    rows.append(place.submission("there", region=place.neighbour, category=place.noise))
    keys = [row.pk for row in rows]
    actors = [
        anyone(),
        anyone(keys[:1]),
        anyone(keys[1:3]),
        anyone(keys),
        place.staff("clerk"),
        place.staff("handler", place.water),
        person_actor(place.person().pk),
        PLATFORM,
    ]
    for actor in [*actors, *reversed(actors)]:
        through = reach(actor, "submission.read", Submission)
        for row in rows:
            assert asked(through, row.number) == list(_numbered(through, row.number))


@given(
    st.recursive(
        st.sampled_from(
            [
                Q(),
                NOTHING,
                Q(code="310118"),
                Q(code="cn"),
                Q(code__in=["310118", "320509"]),
                Q(code__in=("cn",)),
                Q(path__startswith="/cn/310118/"),
                Q(level="county"),
                Q(parent=None),
                Q(invented=False),
                Q(parent__code="310118"),
                Q(pk__in=Region.objects.filter(level="township").values("pk")),
            ]
        ),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
            inner.map(lambda one: ~one),
        ),
        max_leaves=8,
    ),
    st.sampled_from(["county", "township", "nowhere"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_reach_finds_what_the_query_finds(place: World, through: Q, level: str) -> None:
    def build(reached: Q, wanted: str) -> QuerySet[Region]:
        return Region.objects.filter(reached, level=wanted)

    assert Through(build, str)(through, level) == list(build(through, level))
