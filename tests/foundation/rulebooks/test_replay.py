"""Every decision is on record with what was read, can be made again, and shows who wrote past the platform."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR
from gongzhi.foundation.rulebooks import acts
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.foundation.rulebooks.models import Force, Version
from gongzhi.foundation.rulebooks.proof import altered
from gongzhi.foundation.rulebooks.queries import check, decisions, replay, table_of
from gongzhi.foundation.rulebooks.queries.deciding import storable
from gongzhi.foundation.rulebooks.queries.replaying import again
from gongzhi.governance.matters.models import Deadline
from gongzhi.governance.matters.rules import DEADLINES, ROUTING
from tests.builders import DEADLINES as COUNTY_DEADLINES
from tests.builders import ROUTING as COUNTY_ROUTING
from tests.builders import SOUND, World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def test_an_entry_keeps_what_was_read_which_rows_and_what_was_said(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    facts = json.loads(Entry.objects.get(made=matter.pk).facts)
    routed, due = facts["decided"]
    version = Version.objects.get(rule__subject=ROUTING.name)
    assert routed == {
        "subject": "matters.routing",
        "digest": version.digest,
        "read": {"category": "smell"},
        "rows": [1],
        "outcome": {"function": "water"},
    }
    assert (due["subject"], due["outcome"]["finish"]) == ("matters.deadline", 5)


def test_a_rule_changed_in_the_middle_of_a_matters_life(place: World) -> None:
    first = place.submission().matter
    old = Version.objects.get(rule__subject=DEADLINES.name)
    new = enact(OPERATOR, place.county, table=COUNTY_DEADLINES.replace("finish: 5", "finish: 9"))
    second = place.submission().matter
    assert first is not None
    assert second is not None
    cited = {
        m.pk: Deadline.objects.filter(matter=m.pk).values_list("rule", flat=True) for m in (first, second)
    }
    assert set(cited[first.pk]) == {old.digest}
    assert set(cited[second.pk]) == {new.digest}
    past = list(decisions(OPERATOR, about=DEADLINES.name))
    assert [each.digest for each in past] == [old.digest, new.digest]
    assert check(past).changed == []


def test_every_decision_on_record_comes_out_as_it_did(place: World) -> None:
    for category in (place.smell, place.noise, place.smell):
        place.submission(category=category)
    enact(OPERATOR, place.county, table=SOUND)
    place.submission(category=place.noise)
    found = check(decisions(OPERATOR))
    assert found.count >= 5
    assert found.changed == []


def test_a_draft_is_tried_on_what_was_decided(place: World) -> None:
    for _ in range(3):
        place.submission()
    author = place.staff("rule_author")
    draft = acts.draft(author, place.county, table=COUNTY_ROUTING.replace("water", "ecology"))
    found = replay(draft, decisions(author, about=ROUTING.name))
    assert (found.count, len(found.changed)) == (3, 3)
    assert found.changed[0].outcome == {"function": "ecology"}
    gap = table_of(SOUND.replace("smell", "dust"))
    assert [each.outcome for each in replay(gap, decisions(author, about=ROUTING.name)).changed] == [None] * 3
    assert replay(draft, decisions(author, about=ROUTING.name, since=now())).count == 0


def test_decisions_are_read_within_reach(place: World) -> None:
    place.submission()
    assert list(decisions(place.staff("clerk"))) == []
    assert len(list(decisions(place.staff("rule_author")))) == 2


def test_what_is_imported_consults_no_rule(place: World) -> None:
    from gongzhi.foundation.ledger import acts as ledger
    from gongzhi.foundation.ledger.acts import recounting
    from gongzhi.foundation.ledger.work import History

    before = Entry.objects.filter(facts__contains='"decided"').count()
    with ledger.together(), recounting(IMPORTER, History(now() - timedelta(days=300), source="row 1")):
        place.submission(by=IMPORTER)  # type: ignore[arg-type]
    assert Entry.objects.filter(facts__contains='"decided"').count() == before


def test_values_of_every_type_survive_the_entry() -> None:
    text = """
table: any.table
hit: F
inputs:
  - {name: a, type: number}
  - {name: b, type: date}
  - {name: c, type: duration}
  - {name: d, type: datetime}
outputs: [{name: sum, type: number}]
rules: [{when: {a: "> 0.1", b: 'date("2026-01-01")'}, then: {sum: 1.5}}]
"""
    table = table_of(text)
    facts = {"a": Decimal("0.2"), "b": now().date().replace(2026, 1, 1), "c": timedelta(hours=3), "d": now()}
    outcome = table.decide(facts)
    stored = json.loads(json.dumps({name: storable(value) for name, value in outcome.inputs.items()}))
    assert again(table, stored) == ({"sum": "1.5"}, (1,), "")


def test_a_table_that_was_changed_in_the_database_is_named(place: World) -> None:
    assert altered() == []
    version = Version.objects.get(rule__subject=DEADLINES.name)
    rows = Version.objects.filter(pk=version.pk)
    with guard.permitted():
        rows.update(table=version.table.replace("finish: 5", "finish: 50"))
    (found,) = altered()
    assert (found.how, found.subject, found.number) == ("changed", DEADLINES.name, 1)
    assert found.entry == Entry.objects.get(made=version.pk).pk
    other = table_of(version.table.replace("finish: 5", "finish: 50")).digest
    with guard.permitted():
        rows.update(digest=other)
    assert [each.how for each in altered()] == ["changed"]


def test_a_version_that_was_deleted_or_slipped_in_is_named(place: World) -> None:
    version = Version.objects.get(rule__subject=DEADLINES.name)
    with guard.permitted():
        Force.objects.filter(version=version).delete()
        Version.objects.filter(pk=version.pk).delete()
    assert sorted(each.how for each in altered()) == ["deleted", "moved"]
    with guard.permitted():
        Version.objects.create(
            rule=version.rule, number=7, table=version.table, digest=version.digest,
            effective_from=now(), recorded_from=now(),
        )  # fmt: skip
    assert sorted(each.how for each in altered()) == ["deleted", "moved", "strange"]


def test_a_time_that_was_moved_is_named(place: World) -> None:
    with guard.permitted():
        Force.objects.filter(version__rule__subject=ROUTING.name).update(
            effective_from=now() - timedelta(days=300)
        )
    assert [(each.how, each.subject) for each in altered()] == [("moved", ROUTING.name)]


def test_nothing_is_altered_by_all_that_can_be_done(place: World) -> None:
    author, approver = place.staff("rule_author"), place.staff("rule_approver")
    version = acts.draft(author, place.county, table=COUNTY_ROUTING)
    acts.revise(author, version, table=SOUND)
    acts.review(place.staff("rule_reviewer"), acts.verify(author, version))
    acts.approve(approver, version)
    acts.repeal(approver, version, reason="not needed", at=now() + timedelta(days=3))
    acts.arrange(author, place.town, topic="covenant", title={"zh": "公约"}, text="晚十点后不放鞭炮。")
    acts.withdraw(author, acts.draft(author, place.county, table=SOUND))
    assert altered() == []
