"""Urgent information: reported to the superior under a clock by rule, read by both sides and nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import add_organisation, put_under
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.acts import Contact, Needs
from gongzhi.governance.matters.library import certainty, rule_set
from gongzhi.governance.matters.models import Deadline, Instruction, Matter, Urgent
from gongzhi.governance.matters.rules import default_tables
from gongzhi.methods import decision_tables as dt
from gongzhi.service.commands.demonstration import load
from tests.builders import World, world

HOUR = timedelta(hours=1)
SAID = {"title": "A dike leaks", "text": "At the bridge since six; Old Mr Mao was taken out of his house."}


@pytest.fixture
def place(db: None) -> World:
    return ruled(world())


def ruled(made: World) -> World:
    """A world whose centre has a superior, under the shipped rules."""
    for table in default_tables():
        enact(OPERATOR, made.top, table=table)
    above = add_organisation(
        OPERATOR, made.county, code="q0", name={"zh": "区政府"}, kind="government", functions=["government"]
    )
    made.centre = put_under(OPERATOR, made.centre, superior=above)
    return made


def above(place: World) -> Any:
    return place.centre.superior


def emergency(place: World, **more: Any) -> Matter:
    matter = place.submission("water in the house", needs=Needs(urgency="emergency"), **more).matter
    assert matter is not None
    return matter


def test_the_shipped_limit_is_marked_as_an_example() -> None:
    found = rule_set("handling")
    assert found is not None
    (table,) = (each for text in found.texts for each in dt.load(text) if each.name == "matters.urgent")
    assert {certainty(row.basis) for row in table.rules} == {"example"}


def test_an_emergency_starts_a_clock_by_rule_that_the_first_report_ends(place: World) -> None:
    matter = emergency(place)
    (clock,) = Deadline.objects.filter(matter=matter.pk, clock="urgent")
    assert clock.holder_id == place.centre.pk
    assert clock.due_at == matter.opened_at + HOUR
    assert clock.rule
    assert "Example" in clock.basis or "示例" in clock.basis
    urgent = acts.report_urgent(place.staff("clerk"), place.centre, matter=matter, **SAID)
    assert (urgent.due_at, urgent.rule) == (clock.due_at, clock.rule)
    clock.refresh_from_db()
    assert clock.met_at == urgent.first_at
    entry = Entry.objects.get(verb="urgent.report")
    assert '"in_time":true' in entry.facts
    assert "Mao" not in entry.facts
    assert "Mao" in Private.objects.get(pk=entry.pk).text


def test_what_is_not_an_emergency_or_has_no_superior_starts_no_clock(place: World) -> None:
    place.submission()
    place.submission(needs=Needs(urgency="urgent"))
    put_under(OPERATOR, place.centre, superior=None)
    emergency(place)
    assert not Deadline.objects.filter(clock="urgent").exists()


def test_without_a_matter_the_clock_runs_from_when_it_became_known(place: World) -> None:
    clerk = place.staff("clerk")
    late = acts.report_urgent(clerk, place.centre, known_at=now() - 2 * HOUR, **SAID)
    assert late.due_at == late.known_at + HOUR
    assert '"in_time":false' in Entry.objects.get(verb="urgent.report").facts
    with pytest.raises(Invalid) as refused:
        acts.report_urgent(clerk, place.centre, known_at=now() + HOUR, **SAID)
    assert refused.value.field == "known_at"


def test_without_a_superior_it_is_refused_and_says_what_to_do(place: World) -> None:
    put_under(OPERATOR, place.centre, superior=None)
    with pytest.raises(NotPossible) as refused:
        acts.report_urgent(place.staff("clerk"), place.centre, **SAID)
    assert "telephone" in str(refused.value.instead)


@pytest.mark.parametrize("wrong", [{"title": " "}, {"title": "x" * 121}, {"text": ""}])
def test_a_report_says_what_it_is_about(place: World, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        acts.report_urgent(place.staff("clerk"), place.centre, **{**SAID, **wrong})


def test_reports_follow_until_the_final_one(place: World) -> None:
    clerk, matter = place.staff("clerk"), emergency(place)
    urgent = acts.report_urgent(clerk, place.centre, matter=matter, **SAID)
    with pytest.raises(NotPossible, match="reported already"):
        acts.report_urgent(clerk, place.centre, matter=matter, **SAID)
    acts.report_further(clerk, urgent, text="the water falls")
    with pytest.raises(Invalid):
        acts.report_finally(clerk, urgent, text=" ")
    done = acts.report_finally(clerk, urgent, text="the dike is mended")
    assert done.reports == 3
    assert done.final_at is not None
    for act in (acts.report_further, acts.report_finally):
        with pytest.raises(NotPossible, match="final report"):
            act(clerk, urgent, text="more")
    acts.report_urgent(clerk, place.centre, matter=matter, **SAID)  # it has broken out again


def test_the_superior_alone_acknowledges_and_instructs(place: World) -> None:
    urgent = acts.report_urgent(place.staff("clerk"), place.centre, **SAID)
    leader = place.staff("leader", above(place))
    for by in (place.staff("director"), place.staff("leader", place.water), place.staff("clerk")):
        with pytest.raises(NotAllowed):
            acts.acknowledge_urgent(by, urgent)
        with pytest.raises(NotAllowed):
            acts.instruct_urgent(by, urgent, text="do")
    assert queries.counted(leader, queries.days_from(now(), "UTC")).urgent_waiting == 1
    acts.acknowledge_urgent(leader, urgent)
    assert queries.counted(leader, queries.days_from(now(), "UTC")).urgent_waiting == 0
    with pytest.raises(NotPossible, match="already"):
        acts.acknowledge_urgent(leader, urgent)
    with pytest.raises(Invalid):
        acts.instruct_urgent(leader, urgent, text="do", due=now() - HOUR)
    assert acts.instruct_urgent(leader, urgent, text="people first").instructed_at is not None


def test_a_leader_who_reaches_the_matter_instructs_on_it_and_no_other_comes_to_read_it(place: World) -> None:
    clerk, matter = place.staff("clerk"), emergency(place)
    urgent = acts.report_urgent(clerk, place.centre, matter=matter, **SAID)
    leader = place.staff("leader", above(place))
    acts.instruct_urgent(leader, urgent, text="people first", due=now() + HOUR)
    assert not Instruction.objects.exists()
    assert queries.matter(leader, matter.pk) is None
    director = place.staff("director", above(place))
    acts.instruct_urgent(director, urgent, text="open the gates", due=now() + HOUR)
    (word,) = Instruction.objects.all()
    assert (word.giver_id, word.to_id) == (above(place).pk, place.centre.pk)
    assert Entry.objects.get(verb="matter.instruct").cause is not None


def test_nobody_reads_a_report_but_both_sides_and_the_auditor(place: World) -> None:
    person = Contact(name="Old Mr Mao", phone="13800000000")
    urgent = acts.report_urgent(
        place.staff("clerk"), place.centre, matter=emergency(place, contact=person), **SAID
    )
    readers = [place.staff("clerk"), place.staff("director"), place.staff("leader", above(place))]
    for by in (*readers, place.staff("auditor")):
        assert queries.urgent_at_desk(by, urgent.pk) is not None
    others = [
        place.staff("handler", place.water), place.staff("leader", place.water), place.staff("grid_worker"),
        place.staff("coordinator", place.water), place.staff("rule_author"), place.staff("administrator"), anyone(),
    ]  # fmt: skip
    for by in others:
        assert queries.urgent_at_desk(by, urgent.pk) is None
        assert not queries.urgent_list(by)


def test_the_story_of_a_matter_tells_of_it_to_those_who_read_it(place: World) -> None:
    matter, clerk = emergency(place), place.staff("clerk")
    urgent = acts.report_urgent(clerk, place.centre, matter=matter, **SAID)
    acts.report_further(clerk, urgent, text="the water falls")

    def told(by: Any) -> set[str]:
        desk = queries.at_desk(by, matter.pk)
        assert desk is not None
        return {each.verb for each in queries.story(desk, []) if each.verb.startswith("urgent.")}

    assert told(clerk) == {"urgent.report", "urgent.report_further"}
    assert told(place.staff("handler", place.water)) == set()
    assert told(anyone([each.pk for each in queries.submissions(clerk).filter(matter=matter.pk)])) == set()


def test_the_superior_reads_the_report_and_nothing_more_of_the_matter(place: World) -> None:
    matter = emergency(place, contact=Contact(name="Old Mr Mao", phone="13800000000"))
    urgent = acts.report_urgent(
        place.staff("clerk"), place.centre, matter=matter, title="Flood", text="Two out."
    )
    leader = place.staff("leader", above(place))
    desk = queries.urgent_at_desk(leader, urgent.pk)
    assert desk is not None
    assert desk.urgent.told_matter is None  # type: ignore[attr-defined]
    story = queries.urgent_story(desk)
    assert [each.private for each in story] == [{"title": "Flood", "text": "Two out."}]
    assert "13800000000" not in str(story)
    assert queries.at_desk(leader, matter.pk) is None


def test_a_sealed_matter_and_one_out_of_reach_are_not_reported(place: World) -> None:
    stranger = emergency(place, region=place.neighbour)
    with pytest.raises(NotAllowed):
        acts.report_urgent(place.staff("clerk"), place.centre, matter=stranger, **SAID)
    told = acts.file(
        anyone(), place.town, kind="report", category=place.smell, text="he takes money",
        accused=acts.Accused([place.water]),
    ).matter  # fmt: skip
    assert told is not None
    with pytest.raises(NotPossible, match="sealed"):
        acts.report_urgent(place.staff("clerk"), place.centre, matter=told, **SAID)
    assert not Urgent.objects.exists()


def test_who_is_not_of_the_centre_reports_nothing_for_it(place: World) -> None:
    for by in (place.staff("clerk", place.water), place.staff("handler"), anyone()):
        with pytest.raises(NotAllowed):
            acts.report_urgent(by, place.centre, **SAID)


def test_what_a_report_said_is_erased_with_its_matter(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.foundation.ledger import work
    from gongzhi.foundation.parties.actors import PLATFORM

    matter, clerk = emergency(place), place.staff("clerk")
    urgent = acts.report_urgent(clerk, place.centre, matter=matter, **SAID)
    acts.report_finally(clerk, urgent, text="Mao is back")
    acts.answer(place.staff("handler", place.water), matter, text="done")
    acts.verify(place.staff("verifier"), matter, passed=True, text="dry")
    acts.close(clerk, matter)
    monkeypatch.setattr(work, "now", lambda: now() + timedelta(days=800))
    acts.archive(PLATFORM, matter)
    urgent.refresh_from_db()
    assert urgent.title == ""
    assert not any("Mao" in each.text for each in Private.objects.all())


def texts_of_the_demonstration() -> list[str]:
    folder = Path(load.__file__).parent / "rules"
    return [path.read_text("utf-8") for path in folder.glob("*.yaml")]


def test_a_report_of_no_matter_is_kept_as_long_as_a_rule_says(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongzhi.foundation.ledger import work
    from gongzhi.foundation.parties.actors import PLATFORM
    from gongzhi.governance.matters.consumers import archive_what_is_due, correspondence

    clerk = place.staff("clerk")
    kept = acts.report_finally(clerk, acts.report_urgent(clerk, place.centre, **SAID), text="No rule yet")
    assert kept.keep_until is None
    (rule,) = (each for each in texts_of_the_demonstration() if "table: matters.urgent_retention\n" in each)
    enact(OPERATOR, place.county, table=rule)
    ended, goes_on = (acts.report_urgent(clerk, place.centre, **SAID) for _n in range(2))
    ended = acts.report_finally(clerk, ended, text="Mao is back")
    assert ended.keep_until is not None
    assert goes_on.keep_until is None
    with pytest.raises(NotPossible, match="has not run out"):
        acts.archive_urgent(PLATFORM, ended)
    archive_what_is_due()
    ended.refresh_from_db()
    assert ended.title
    for module in (work, correspondence):
        monkeypatch.setattr(module, "now", lambda: now() + timedelta(days=3700))
    archive_what_is_due()
    for urgent in (ended, goes_on):
        urgent.refresh_from_db()
    assert (ended.title, ended.keep_until) == ("", None)
    assert goes_on.title == SAID["title"]
    about = Entry.objects.filter(made__in=[goes_on.pk, kept.pk]).values_list("pk", flat=True)
    assert {each.entry_id for each in Private.objects.all() if "Mao" in each.text} == set(about)
    with pytest.raises(NotPossible):
        acts.archive_urgent(PLATFORM, ended)


def test_what_waits_to_be_acknowledged_comes_first_however_old_it_is(place: World) -> None:
    clerk, leader = place.staff("clerk"), place.staff("leader", above(place))
    waits = acts.report_urgent(clerk, place.centre, **SAID)
    for _n in range(2):
        acts.acknowledge_urgent(leader, acts.report_urgent(clerk, place.centre, **SAID))
    found = list(queries.urgent_list(leader))
    assert (len(found), found[0]) == (3, waits)
