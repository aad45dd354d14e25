"""Search: what is found is what holds the words, as far as one reaches, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.reach import alternatives
from gongzhi.foundation.parties.actors import anyone
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Matter, Submission
from gongzhi.governance.matters.queries import Narrowing, Span, Tab, days_from, page, paging, work
from gongzhi.governance.matters.queries.said import is_indexed
from tests.builders import World, world

pytestmark = pytest.mark.django_db

#: How many are looked at first, and in all, and after how many found: some, or none before the index.
WAYS = [(1, 2, 0), (1, 3, 1), (0, 0, 1)]

TEXTS = [
    "我要投诉：桥边有臭味", "桥", "The bridge smells", "SEWAGE at the Bridge", "100% of it", "under_score",
    "back\\slash", "投 诉", "诉投", "É tard", "straße", "",
]  # fmt: skip
WORDS = [
    "投诉", "桥", "臭味", "bridge", "BRIDGE sewage", "%", "_", "\\", "é", "ss", "我要投诉：桥边", "zz", "e",
    "'; --", "桥 臭",
]  # fmt: skip


@pytest.fixture
def house(db: None) -> World:
    return world()


def found(by: Any, words: str, tab: Tab = Tab.ALL, size: int = 50) -> list[Any]:
    """What a search finds, by each of its ways; it is the same as the list without pages."""
    span, narrowing = days_from(now(), ""), Narrowing(words=words)
    whole = [row.pk for row in work(by, tab, narrowing, span)]
    assert [*_paged(by, tab, narrowing, span, size)] == whole
    if not is_indexed():
        return whole
    for few, most, several in WAYS:
        with patch.multiple(paging, FEW=few, MOST=most, SEVERAL=several):
            assert [*_paged(by, tab, narrowing, span, size)] == whole
    return whole


def _paged(by: Any, tab: Tab, narrowing: Narrowing, span: Span, size: int) -> Iterator[Any]:
    cursor: str | None = ""
    while cursor is not None:
        shown = page(by, tab, narrowing, span, cursor, size=size)
        yield from (row.pk for row in shown.rows)
        cursor = shown.after or None


def test_words_of_any_length_and_language_are_found_where_they_stand(house: World) -> None:
    clerk = house.staff("clerk")
    matters = {text: house.submission(text).matter_id for text in TEXTS if text}
    titled = house.submission("nothing", title="三号桥").matter_id
    for words in WORDS:
        expected = {
            key for text, key in matters.items() if all(w.upper() in text.upper() for w in words.split())
        }
        if words == "桥":
            expected.add(titled)
        if words in ("é", "ss"):  # whether É is a capital é, and ß is ss, is up to the database
            continue
        assert set(found(clerk, words)) == expected, words
        assert set(found(clerk, words, size=2)) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text("投诉桥 aB", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=5),
    words=st.text("投诉桥 aB", max_size=4).filter(str.strip),
)
def test_a_search_finds_exactly_what_holds_the_words(house: World, texts: list[str], words: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        clerk = house.staff("clerk")
        made = [(text, house.submission(text).matter_id) for text in texts]
        expected = {key for text, key in made if all(w.lower() in text.lower() for w in words.split())}
        assert set(found(clerk, words, size=2)) == expected
        transaction.set_rollback(True)


def test_a_number_is_found_whole_and_by_its_beginning(house: World) -> None:
    clerk = house.staff("clerk")
    one, _other = house.submission(), house.submission()
    assert one.matter is not None
    for number in (one.number, one.matter.number):
        for words in (number, number.lower().replace("-", " "), number[:8], number.replace("-", "")[:6]):
            assert one.matter_id in found(clerk, words)
            assert len(found(clerk, words)) == 1


def test_nobody_finds_what_they_do_not_reach(house: World) -> None:
    report = acts.file(
        anyone(), house.town, kind="report", category=house.smell, text="They take envelopes",
        accused=acts.Accused([house.water]),
    )  # fmt: skip
    noise = house.submission("Envelopes rustle all night", category=house.noise)
    far = house.submission("Envelopes in the river", region=house.neighbour)
    assert set(found(house.staff("clerk"), "envelopes")) == {report.matter_id, noise.matter_id}
    assert found(house.staff("handler", house.water), "envelopes") == []
    assert found(house.staff("handler", house.water), far.number) == []
    assert far.matter_id not in found(house.staff("coordinator"), "envelopes")
    assert report.matter_id not in found(house.staff("director", house.water), "envelopes")


def test_what_was_erased_is_found_no_more(house: World) -> None:
    clerk = house.staff("clerk")
    filed = house.submission("My gallstones", contact=acts.Contact(name="Li"))
    assert found(clerk, "gallstones") == [filed.matter_id]
    acts.erase_person(house.staff("administrator"), filed.person, reason="her own request")  # type: ignore[arg-type]
    assert found(clerk, "gallstones") == []


def test_many_who_say_the_same_about_one_matter_make_one_line(house: World) -> None:
    clerk = house.staff("clerk")
    first, second = house.submission("投诉臭味"), house.submission("也投诉臭味")
    acts.merge(clerk, first.matter, into=second.matter)
    with guard.permitted():
        Submission.objects.filter(pk=first.pk).update(matter=second.matter)
        Matter.objects.filter(pk=first.matter_id).update(title="")
    assert found(clerk, "投诉", size=1) == [second.matter_id]
    assert found(clerk, "臭味", tab=Tab.WAITING) == [second.matter_id]


def test_the_alternatives_of_a_condition_are_the_condition(house: World) -> None:
    from django.db.models import Q

    for n in range(4):
        house.submission(f"{n}", category=house.smell if n % 2 else house.noise)
    one, two = Q(title="1"), Q(title="2") | Q(category=house.smell)
    for told in (Q(), one, two, one & two, ~two, ~one & (two | one), (one | two) & two, Q(pk__in=()) | one):
        each = [set(Matter.objects.filter(way).values_list("pk", flat=True)) for way in alternatives(told)]
        assert set().union(*each) == set(Matter.objects.filter(told).values_list("pk", flat=True))
    assert len(alternatives((one | two) & ~one)) == 3
