"""Lists of work: what is in which, in what order, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.governance.matters.acts import answer, close, contact, dispatch
from gongzhi.governance.matters.models import Deadline, Matter
from gongzhi.governance.matters.queries import (
    Narrowing,
    Tab,
    binding,
    categories_at_work,
    counted,
    days_from,
    page,
    tabs,
    work,
)
from tests.builders import World
from tests.builders import world as founded

WHOLE = Narrowing()


@pytest.fixture
def world(db: None) -> World:
    return founded()


def due(matter: Matter, at: datetime | None) -> Matter:
    """Let a matter have no other clock than one that ends at a moment."""
    with guard.permitted():
        Matter.objects.filter(pk=matter.pk).update(due_at=at)
        Deadline.objects.filter(matter=matter.pk, clock="contact").delete()
        if at is None:
            Deadline.objects.filter(matter=matter.pk).delete()
        else:
            Deadline.objects.filter(matter=matter.pk).update(due_at=at)
    return matter


def listed(by, tab: Tab, narrowing: Narrowing = WHOLE, at: datetime | None = None) -> list:
    return list(work(by, tab, narrowing, days_from(at or now(), by.zone)).values_list("pk", flat=True))


def test_today_ends_at_midnight_where_the_post_is(world):
    handler = world.staff("handler", world.water)
    at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    today = due(world.submission().matter, datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    tomorrow = due(world.submission().matter, datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert handler.zone == "Asia/Shanghai"
    assert listed(handler, Tab.TODAY, at=at) == [today.pk]
    assert listed(handler, Tab.WEEK, at=at) == [tomorrow.pk]


def test_what_binds_first_comes_first_and_overdue_before_all(world):
    handler = world.staff("handler", world.water)
    at = now()
    soon = due(world.submission().matter, at + timedelta(seconds=5))
    over = due(world.submission().matter, at - timedelta(days=3))
    assert listed(handler, Tab.TODAY, at=at) == [over.pk, soon.pk]


def test_the_clock_of_the_first_contact_binds_until_contact_was_made(world):
    handler = world.staff("handler", world.water)
    at = now()
    other = due(world.submission().matter, at + timedelta(days=2))
    matter = world.submission().matter  # contact within four hours, finish within five working days
    assert listed(handler, Tab.WAITING, at=at) == []
    order = [*listed(handler, Tab.TODAY, at=at), *listed(handler, Tab.WEEK, at=at)]
    assert order == [matter.pk, other.pk]
    assert binding([matter])[matter.pk].clock == "contact"
    contact(handler, matter, text="Rang the caller.")
    assert binding([matter])[matter.pk].clock == "finish"
    assert [*listed(handler, Tab.WEEK, at=at), *listed(handler, Tab.LATER, at=at)] == [other.pk, matter.pk]


def test_what_has_no_deadline_is_not_lost_but_later_and_last(world):
    handler = world.staff("handler", world.water)
    at = now()
    never = due(world.submission().matter, None)
    later = due(world.submission().matter, at + timedelta(days=30))
    assert listed(handler, Tab.LATER, at=at) == [later.pk, never.pk]


def test_what_another_body_leads_is_waited_for_and_binds_that_body(world):
    matter = world.submission().matter
    due(matter, now())
    centre, water = world.staff("coordinator"), world.staff("handler", world.water)
    assert listed(centre, Tab.WAITING) == [matter.pk]
    assert listed(centre, Tab.TODAY) == []
    assert listed(water, Tab.TODAY) == [matter.pk]
    assert listed(water, Tab.WAITING) == []


def test_what_nobody_leads_binds_the_first_receiver_and_is_to_be_dispatched(world):
    matter = world.submission(category=world.noise).matter
    centre = world.staff("coordinator")
    assert listed(centre, Tab.DISPATCH) == [matter.pk]
    assert listed(centre, Tab.LATER) == [matter.pk]
    dispatch(centre, matter, to=world.water)
    assert listed(centre, Tab.DISPATCH) == listed(centre, Tab.LATER) == []


def test_an_answered_matter_waits_for_whoever_may_close_it(world):
    matter = world.submission().matter
    centre, water = world.staff("coordinator"), world.staff("handler", world.water)
    answer(water, matter, text="Done.")
    assert listed(centre, Tab.CLOSE) == [matter.pk]
    assert Tab.CLOSE not in tabs(water)
    close(centre, matter)
    assert listed(centre, Tab.CLOSE) == []
    assert listed(water, Tab.ALL) == [matter.pk]


def test_every_list_says_how_many_it_holds(world):
    centre = world.staff("coordinator")
    for _ in range(2):
        world.submission()
    world.submission(category=world.noise)
    span = days_from(now(), centre.zone)
    told = counted(centre, span).lists
    assert told == {tab: len(listed(centre, tab)) for tab in tabs(centre) if tab is not Tab.ALL}
    assert told[Tab.WAITING] == 2
    assert told[Tab.DISPATCH] == 1


def test_lists_hold_nothing_of_a_region_out_of_reach(world):
    world.submission(region=world.neighbour)
    centre = world.staff("coordinator")
    assert [listed(centre, tab) for tab in Tab] == [[]] * len(Tab)
    assert set(counted(centre, days_from(now(), "")).lists.values()) == {0}


def test_a_list_is_narrowed_by_what_the_address_says(world):
    centre = world.staff("coordinator")
    smell = world.submission().matter
    noise = world.submission(category=world.noise, region=world.county).matter
    due(smell, now() - timedelta(days=1))
    cases = {
        Narrowing(state="dispatched"): smell,
        Narrowing(state="open"): noise,
        Narrowing(category="noise"): noise,
        Narrowing(region="310118110"): smell,
        Narrowing(lead="q3"): smell,
        Narrowing(overdue=True): smell,
    }
    for narrowing, matter in cases.items():
        assert listed(centre, Tab.ALL, narrowing) == [matter.pk], narrowing
    assert len(listed(centre, Tab.ALL, Narrowing(region="310118"))) == 2
    assert listed(centre, Tab.ALL, Narrowing(region="31011")) == []


def test_search_finds_numbers_however_they_are_written_and_words_in_any_order(world):
    centre = world.staff("coordinator")
    submission = world.submission("Black water smells below the old bridge")
    world.submission("A lamp is out")
    matter = submission.matter
    spoken = matter.number.replace("-", " ").lower()
    for words in (matter.number, spoken, submission.number, "bridge black", "LAMP bridge"[5:]):
        assert listed(centre, Tab.ALL, Narrowing(words=words)) == [matter.pk], words
    assert listed(centre, Tab.ALL, Narrowing(words="bridge lamp")) == []


def test_search_reads_no_text_that_is_out_of_reach(world):
    world.submission("The secret word", region=world.neighbour)
    assert listed(world.staff("coordinator"), Tab.ALL, Narrowing(words="secret")) == []


def test_the_deadline_of_a_list_cites_the_rule_of_the_matter_s_own_region(world):
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.acts import enact
    from tests.builders import DEADLINES

    enact(OPERATOR, world.neighbour, table=DEADLINES)  # the neighbour enacts the very same table
    matter = world.submission().matter
    cited = binding([matter])[matter.pk].cited
    assert cited["code"] == "310118"
    assert (cited["number"], cited["subject"]) == (1, "matters.deadline")


def test_categories_to_choose_from_are_those_in_use_where_one_works(world):
    assert [c.code for c in categories_at_work(world.staff("coordinator"))] == ["noise", "smell"]


offsets = st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=offsets, size=st.integers(1, 5), tab=st.sampled_from([Tab.WAITING, Tab.ALL]))
def test_pages_hold_every_matter_once_forwards_and_backwards(world, days, size, tab):
    from django.db import transaction

    centre = world.staff("coordinator")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    with transaction.atomic():
        for each in days:
            put_in(world, None if each is None else at + timedelta(days=each), at + timedelta(days=each or 0))
        span = days_from(at, centre.zone)
        whole = [row.pk for row in work(centre, tab, WHOLE, span)]
        pages, cursor = [], ""
        while True:
            found = page(centre, tab, WHOLE, span, cursor, size=size)
            pages.append(found)
            cursor = found.after
            if not cursor:
                break
        assert [row.pk for each in pages for row in each.rows] == whole
        assert all(len(each.rows) == size for each in pages[:-1])
        assert pages[0].before == ""
        for earlier, later in pairwise(pages):
            back = page(centre, tab, WHOLE, span, later.before, size=size)
            assert [r.pk for r in back.rows] == [r.pk for r in earlier.rows]
            assert bool(back.before) == bool(earlier.before)
        transaction.set_rollback(True)


def put_in(world: World, due_at: datetime | None, opened_at: datetime) -> None:
    from gongzhi.foundation.regions.divisions import readable_number

    with guard.permitted():
        Matter.objects.create(
            number=readable_number(), kind="help", category=world.smell, title="t", region=world.town,
            state="dispatched", lead=world.water, opened_at=opened_at, due_at=due_at,
        )  # fmt: skip


#: `[null, "0…0", 0]`: a moment is missing that every matter has.
NO_MOMENT = "W251bGwsICIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCIsIDBd"


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "WzEsMiwzXQ", "é", "WyJ4IiwgIngiLCAxXQ", NO_MOMENT])
def test_a_mangled_cursor_begins_at_the_beginning(world, cursor):
    matter = world.submission().matter
    centre = world.staff("coordinator")
    found = page(centre, Tab.ALL, WHOLE, days_from(now(), ""), cursor)
    assert [row.pk for row in found.rows] == [matter.pk]


def test_nothing_archived_is_work(world):

    matter = world.submission().matter
    with guard.permitted():
        Matter.objects.filter(pk=matter.pk).update(archived_at=F("opened_at"), state="closed")
    assert listed(world.staff("coordinator"), Tab.ALL) == []
