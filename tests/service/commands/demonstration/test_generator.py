from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.foundation.regions.geometry import contains
from gongzhi.service.commands.demonstration import data
from gongzhi.service.commands.demonstration.generator import DemoSubmission, calendar, generate

UNTIL = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # a Tuesday, 10:30 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


@cache
def year() -> list[DemoSubmission]:
    return list(generate(7, UNTIL, count=2500))


def share(count: int) -> float:
    return count / len(year())


def test_the_same_seed_gives_the_same_year() -> None:
    assert list(generate(3, UNTIL, count=120)) == list(generate(3, UNTIL, count=120))
    assert list(generate(3, UNTIL, count=120)) != list(generate(4, UNTIL, count=120))


def test_exactly_as_many_as_asked_in_order_within_the_time() -> None:
    assert len(year()) == 2500
    assert all(one.filed_at <= two.filed_at for one, two in pairwise(year()))
    assert UNTIL - timedelta(days=365) <= year()[0].filed_at
    assert year()[-1].filed_at <= UNTIL
    assert [each.reference for each in year()[:2]] == ["d00001", "d00002"]


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1000), st.integers(1, 80), st.integers(2, 400), st.integers(0, 800))
def test_any_seed_length_and_end_will_do(seed: int, count: int, days: int, later: int) -> None:
    until = UNTIL - timedelta(hours=later * 5)
    made = list(generate(seed, until, days=days, count=count))
    assert len(made) == count
    for each in made:
        assert until - timedelta(days=days) <= each.filed_at <= until
        assert all(each.filed_at <= step.at <= until for step in each.steps)


def test_steps_follow_one_another_and_none_lies_in_the_future() -> None:
    for each in year():
        moments = [step.at for step in each.steps]
        assert moments == sorted(moments), each.reference
        assert all(each.filed_at.replace(microsecond=0) <= at <= UNTIL for at in moments)
        assert each.contact_due <= each.due or each.due > each.filed_at


def test_points_lie_in_their_grids_and_grids_in_their_villages() -> None:
    outlines = {grid.code: grid.outline for grid in data.grids()}
    for each in year()[::10]:
        assert contains(outlines[each.grid], each.lon, each.lat)
        assert each.grid.startswith(each.region)
        assert each.region.startswith(each.town)
        assert each.town.startswith(each.county)


def test_some_six_in_a_hundred_lie_near_a_border() -> None:
    assert 0.04 < share(sum(bool(each.across) for each in year())) < 0.11
    assert all(each.county not in each.across for each in year())


def test_shares_of_kinds_are_those_of_the_region() -> None:
    kinds = Counter(each.kind for each in year())
    for kind, expected in {"consult": 45, "help": 22, "complain": 21, "report": 7, "suggest": 4}.items():
        assert abs(100 * share(kinds[kind]) - expected) < 4, kind


def test_mondays_from_nine_to_eleven_are_busiest() -> None:
    local = [each.filed_at.astimezone(SHANGHAI) for each in year() if not each.story]
    hours = Counter((moment.weekday(), moment.hour) for moment in local)
    assert {pair for pair, _ in hours.most_common(2)} == {(0, 9), (0, 10)}
    days = Counter(moment.weekday() for moment in local)
    assert days[0] > days[6] * 1.6


def test_seasons_are_felt() -> None:
    def months(category: str) -> Counter[int]:
        return Counter(each.filed_at.month for each in year() if each.category == category and not each.story)

    flood, wages = months("c39"), months("c19")
    assert flood[6] + flood[7] > 3 * (flood[1] + flood[2])
    assert wages[1] + wages[12] > 2 * (wages[6] + wages[7])


def test_what_is_not_taken_in_does_not_occur() -> None:
    assert not {"c41", "c42"} & {each.category for each in year()}
    assert len({each.category for each in year()}) >= 38


def test_leads_and_deadlines_are_those_of_the_rules() -> None:
    bodies = {body.code: body for body in data.bodies()}
    for each in year()[::5]:
        facts = {"kind": each.kind, "category": each.category, "channel": each.channel, "thing": "none"}
        if each.ruled is not None:
            function = data.table(each.county, "matters.routing").decide(facts).value
            assert function in bodies[each.ruled].functions
            assert each.steps[0].what == "dispatch"
            assert each.steps[0].organisation == each.ruled
        told = data.table(each.county, "matters.deadline").decide(facts).value
        assert each.due == calendar().add(each.filed_at, int(told["finish"]), told["finish_unit"])
        assert each.lead not in each.supports


def test_what_no_rule_sends_anywhere_waits_for_a_person() -> None:
    undecided = [each for each in year() if each.ruled is None]
    assert {each.category for each in undecided} == {"c14", "c21"}
    waiting = [each for each in undecided if not each.steps]
    assert waiting
    assert all(UNTIL - each.filed_at < timedelta(days=3) for each in waiting)
    assert all(each.steps for each in year() if each.ruled is not None)


def test_questions_are_answered_by_the_centre_or_passed_on() -> None:
    for each in year():
        if each.kind == "consult":
            assert each.ruled == each.receiver
            assert (each.lead == each.receiver) >= each.is_direct


def test_nearly_every_first_contact_is_in_time() -> None:
    made = [(each, each.at("contact")) for each in year() if not each.is_direct and each.at("contact")]
    late = sum(at > each.contact_due for each, at in made if at)
    assert 0.005 < late / len(made) < 0.15
    unanswered = [each for each in year() if each.dispatched_at and not each.answered_at]
    forgotten = [each for each in unanswered if each.contact_due < UNTIL and not each.at("contact")]
    assert len(forgotten) < 0.2 * len(unanswered)


def test_there_is_work_left_at_the_end() -> None:
    waiting = [each for each in year() if each.answered_at is None]
    soon = [each for each in waiting if UNTIL < each.due < UNTIL + timedelta(hours=36)]
    assert 30 < len(waiting) < 400
    assert sum(each.is_overdue(UNTIL) for each in year()) >= 4
    assert len(soon) >= 4
    for county in ("310118", "320509", "330421"):
        assert any(each.county == county for each in waiting)
    assert {each.state for each in year()} == {"open", "dispatched", "answered", "closed"}


def test_nearly_all_is_answered_in_time_and_some_is_late() -> None:
    answered = [each for each in year() if each.answered_at]
    late = sum(each.answered_at > each.due for each in answered if each.answered_at)
    assert 0.005 < late / len(answered) < 0.08


def test_nine_in_a_hundred_are_returned_once() -> None:
    returned = [each for each in year() if any(step.what == "return" for step in each.steps)]
    assert 0.05 < share(len(returned)) < 0.12
    for each in returned:
        dispatched = [step.organisation for step in each.steps if step.what == "dispatch"]
        assert dispatched[0] == each.ruled != each.lead
        assert dispatched[1:] in ([each.lead], [])


def test_joined_submissions_are_about_the_same_thing_and_later() -> None:
    by_reference = {each.reference: each for each in year()}
    joined = [each for each in year() if each.joins]
    assert joined
    for each in joined:
        first = by_reference[str(each.joins)]
        assert first.category == each.category
        assert first.filed_at <= each.filed_at
        assert first.joins is None


def test_texts_are_varied_and_complete_in_both_languages() -> None:
    for tongue in ("zh", "en"):
        texts = [each.text[tongue] for each in year()]
        assert len(set(texts)) > 0.85 * len(texts)
        assert not any("{" in text or "}" in text for text in texts)
    assert max(Counter(each.text["zh"] for each in year()).values()) < 8
    for each in year():
        assert len(each.title["zh"]) <= 60
        assert (each.answer is None) == (each.answered_at is None)
        if each.answer:
            assert "{" not in each.answer["zh"] + each.answer["en"]


def test_english_sentences_begin_with_a_capital() -> None:
    assert all(each.text["en"][0].isupper() or not each.text["en"][0].isalpha() for each in year())


def test_persons_are_invented_and_cannot_be_called() -> None:
    for each in year():
        if each.person is None:
            assert each.answer_by == "page"
            assert not each.is_confidential
            continue
        assert each.person.name["zh"].endswith("(示)")
        assert each.person.phone.startswith("100")
        assert len(each.person.phone) == 11
        assert not each.person.email or each.person.email.endswith("@example.org")
        assert each.answer_by != "email" or each.person.email


def test_patrols_complain_and_have_no_person() -> None:
    patrols = [each for each in year() if each.channel == "patrol"]
    assert patrols
    assert {each.kind for each in patrols} == {"complain"}
    assert all(each.person is None for each in patrols)


@pytest.mark.parametrize("key", ["gym", "yuandang", "last bus", "plum rain"])
def test_stories_are_told(key: str) -> None:
    told = [each for each in year() if each.story == key]
    assert len(told) >= 3
    assert len({each.county for each in told}) >= 2 or key == "yuandang"


def test_the_smell_at_yuandang_lies_on_the_border() -> None:
    told = [each for each in year() if each.story == "yuandang"]
    assert any(each.across for each in told)
    assert [each.joins is None for each in told].count(True) == 1
