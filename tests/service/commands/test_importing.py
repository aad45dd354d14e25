"""Rows become acts of history: good ones land once, bad ones go to the report, nothing half-lands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from gongzhi.foundation.ledger.models import Entry, Pending
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.ledger.verify import verify
from gongzhi.foundation.parties.actors import OPERATOR, forget_roles
from gongzhi.foundation.parties.acts import found_node
from gongzhi.foundation.parties.models import Charge, Organisation
from gongzhi.foundation.regions.divisions import readable_number
from gongzhi.foundation.regions.models import Grid, Region
from gongzhi.governance.matters.acts import filing
from gongzhi.governance.matters.models import Category, Deadline, Matter, Notice, Part, Submission
from gongzhi.service.commands.importing import pace
from tests.service.commands.cities import MAPPING, brought_in, many, state, table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    forget_roles()
    with translation.override("en"):
        yield
    forget_roles()


def counts(told: dict[str, object]) -> tuple[object, ...]:
    assert told["read"] == told["landed"] + told["unchanged"] + told["rejected"]  # type: ignore[operator]
    return told["read"], told["landed"], told["unchanged"], told["rejected"]


def test_a_row_becomes_a_closed_matter_with_its_history(tmp_path: Path) -> None:
    told, _bad = brought_in(tmp_path, table([{}]))
    assert counts(told) == (1, 1, 0, 0)
    submission = Submission.objects.select_related("matter__lead", "region", "grid", "category").get()
    matter = submission.matter
    assert matter is not None and matter.lead is not None
    assert (submission.source, submission.origin, submission.language) == ("riverton:1", "imported", "en")
    assert submission.region.path == "/all/riverton/riverton-north/"
    assert submission.grid.name == {"en": "Ward 3", "zh": "第3选区"}
    assert (matter.state, matter.lead.code, matter.answer) == ("closed", "riverton-pw", "Filled")
    assert matter.opened_at == matter.dispatched_at == datetime(2011, 7, 1, 13, 30, tzinfo=UTC)
    assert matter.closed_at == matter.answered_at == datetime(2011, 7, 5, 21, tzinfo=UTC)
    assert Part.objects.filter(matter=matter, organisation=matter.lead, role="lead").count() == 1
    deadline = Deadline.objects.get()
    assert (deadline.due_at, deadline.met_at) == (datetime(2011, 7, 8, 13, 30, tzinfo=UTC), matter.closed_at)


def test_every_act_leaves_its_entry_which_says_where_it_is_written(tmp_path: Path) -> None:
    brought_in(tmp_path, table([{}]))
    entries = list(Entry.objects.exclude(verb="node.found").order_by("id"))
    assert [e.verb for e in entries] == [
        "region.add", "region.add", "category.add", "grid.add", "submission.file", "matter.open",
        "matter.promise", "organisation.add", "matter.dispatch", "matter.answer", "matter.close",
    ]  # fmt: skip
    assert {e.origin for e in entries} == {"imported"}
    assert {e.source for e in entries} == {"riverton.csv:2"}
    assert {e.verb: e.attributed for e in entries if e.attributed} == {
        "matter.answer": "PW",
        "matter.close": "PW",
    }
    answer = next(e for e in entries if e.verb == "matter.answer")
    assert json.loads(answer.facts) == {"due": "2011-07-08T13:30:00.000000Z", "in_time": True}
    filed = next(e for e in entries if e.verb == "submission.file")
    assert json.loads(filed.facts)["grid"] == "riverton-3"
    assert "Main St" not in filed.facts


def test_what_a_city_calls_things_is_added_once_and_named_in_both_languages(tmp_path: Path) -> None:
    brought_in(
        tmp_path, table([{}, {"area": "West Side"}, {"area": ""}, {"dept": "Parks"}, {"what": "pothole"}])
    )
    assert sorted(Region.objects.values_list("code", flat=True)) == [
        "all",
        "riverton",
        "riverton-north",
        "riverton-west-side",
    ]
    assert Region.objects.get(code="riverton-north").name == {"en": "North", "zh": "北区"}
    assert Region.objects.get(code="riverton-north").zone == "America/Chicago"
    assert {o.code: o.name for o in Organisation.objects.all()} == {
        "riverton-pw": {"zh": "工程局", "en": "Public Works"}, "riverton-parks": {"en": "Parks"},
    }  # fmt: skip
    assert [c.function for c in Charge.objects.all()] == ["roads"]
    assert [c.name for c in Category.objects.all()] == [{"en": "Pothole"}]
    assert [g.region.code for g in Grid.objects.select_related("region")] == ["riverton"]
    assert Submission.objects.get(source="riverton:3").region.code == "riverton"


def test_a_second_run_lands_nothing_and_changes_nothing(tmp_path: Path) -> None:
    text = many(120)
    first, _bad = brought_in(tmp_path, text)
    before, entries = state(), Entry.objects.count()
    second, _bad = brought_in(tmp_path, text)
    assert second["landed"] == 0
    assert (second["unchanged"], second["rejected"]) == (first["landed"], first["rejected"])
    assert (state(), Entry.objects.count()) == (before, entries)


def test_rows_are_known_by_their_key_wherever_they_stand_and_whatever_the_file_is_called(
    tmp_path: Path,
) -> None:
    rows = [{"id": str(n), "words": f"w{n}"} for n in range(1, 6)]
    brought_in(tmp_path, table(rows))
    told, _bad = brought_in(tmp_path, table([{"id": "9"}, *reversed(rows)]), file="newer.csv")
    assert counts(told) == (6, 1, 5, 0)


def test_without_a_key_rows_are_known_by_their_line(tmp_path: Path) -> None:
    by_line = MAPPING.replace("key: id\n", "")
    brought_in(tmp_path, table([{"words": "one"}, {"words": "two"}]), by_line)
    assert set(Submission.objects.values_list("source", flat=True)) == {"riverton:2", "riverton:3"}
    told, bad = brought_in(tmp_path, table([{"words": "one"}, {"words": "changed"}]), by_line)
    assert counts(told) == (2, 0, 1, 1)
    (problem,) = bad.problems
    assert (problem.line, problem.value) == (3, "riverton:3")
    assert "imported before with other content" in problem.reason
    assert set(Submission.objects.values_list("text", flat=True)) == {"one", "two"}


def test_with_file_and_line_as_key_each_months_file_stands_for_itself(tmp_path: Path) -> None:
    by_file = MAPPING.replace("key: id\n", "key: [$file, $line]\n")
    brought_in(tmp_path, table([{}]), by_file, file="may.csv")
    told, _bad = brought_in(tmp_path, table([{}]), by_file, file="june.csv")
    assert counts(told) == (1, 1, 0, 0)


def test_one_key_twice_in_a_file_lands_once(tmp_path: Path) -> None:
    told, bad = brought_in(tmp_path, table([{"id": "7"}, {"id": "7"}, {"id": "7", "words": "other"}]))
    assert counts(told) == (3, 1, 1, 1)
    assert bad.problems[0].line == 4


def test_bad_rows_are_told_with_line_column_value_and_reason_and_leave_no_trace(tmp_path: Path) -> None:
    rows = [{}, {"via": "fax", "dept": "Zoo", "what": "Lions"}, {"closed": "2011-06-01", "area": "Moon"}]
    told, bad = brought_in(tmp_path, table(rows))
    assert counts(told) == (3, 1, 0, 2)
    assert [(p.line, p.column, p.value) for p in bad.problems] == [
        (3, "via", "fax"),
        (4, "closed", "2011-06-01"),
    ]
    assert not Organisation.objects.filter(code="riverton-zoo").exists()
    assert not Region.objects.filter(code="riverton-moon").exists()
    assert {e.source for e in Entry.objects.filter(origin="imported")} == {"riverton.csv:2"}


def test_a_file_of_bad_rows_founds_nothing(tmp_path: Path) -> None:
    told, _bad = brought_in(tmp_path, table([{"opened": ""}]))
    assert counts(told) == (1, 0, 0, 1)
    assert Entry.objects.count() == 0
    assert Region.objects.count() == 0


def test_a_dry_run_checks_everything_and_writes_nothing(tmp_path: Path) -> None:
    brought_in(tmp_path, table([{}]))
    before = Entry.objects.count()
    told, _bad = brought_in(tmp_path, table([{}, {"id": "2"}, {"via": "fax"}]), dry_run=True)
    assert counts(told) == (3, 1, 1, 1)
    assert told["dry_run"] is True
    assert Entry.objects.count() == before


def test_a_column_that_the_file_does_not_have_is_refused_before_any_row(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="has no column where; it has id, opened"):
        brought_in(tmp_path, table([{}]).replace("where", "location"))
    assert Submission.objects.count() == 0


def test_it_settles_under_the_top_of_a_node_that_was_founded(tmp_path: Path) -> None:
    found_node(OPERATOR, Region(code="cn", name={"zh": "中国"}, level="state", path="/cn/"))
    brought_in(tmp_path, table([{}]))
    assert Region.objects.get(code="riverton").path == "/cn/riverton/"


def test_two_cities_stand_side_by_side_each_in_its_zone(tmp_path: Path) -> None:
    other = MAPPING.replace("riverton", "lakeside").replace("America/Chicago", "Asia/Shanghai")
    brought_in(tmp_path, table([{}]))
    brought_in(tmp_path, table([{}]), other)
    opened = {s.source: s.filed_at.hour for s in Submission.objects.all()}
    assert opened == {"riverton:1": 13, "lakeside:1": 0}
    assert Region.objects.get(code="lakeside").zone == "Asia/Shanghai"
    assert Category.objects.filter(code="pothole").count() == 2


def test_no_clock_ticks_and_no_notice_is_written_for_history(tmp_path: Path) -> None:
    brought_in(tmp_path, table([{"closed": "", "target": "2011-07-02 00:00:00"}]))
    matter = Matter.objects.get()
    assert (matter.state, matter.due_at, matter.keep_until) == ("dispatched", None, None)
    assert Deadline.objects.count() == 1
    assert Notice.objects.count() == 0


def test_days_stay_days_in_every_row_and_entry(tmp_path: Path) -> None:
    row = {"opened": "2011-07-01", "closed": "2011-07-03", "target": "2011-07-03"}
    brought_in(tmp_path, table([row]))
    matter, deadline = Matter.objects.get(), Deadline.objects.get()
    assert (matter.precision, deadline.precision) == ("day", "day")
    assert matter.opened_at == datetime(2011, 7, 1, 5, tzinfo=UTC)
    assert {e.precision for e in Entry.objects.filter(origin="imported")} == {"day"}
    answer = Entry.objects.get(verb="matter.answer")
    assert json.loads(answer.facts)["in_time"] is True


def test_everything_has_its_place_in_the_ledger_when_it_is_done(tmp_path: Path) -> None:
    brought_in(tmp_path, many(60))
    assert not Pending.objects.exists()
    assert verify().sound


def test_a_refusal_by_an_act_leaves_out_its_row_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongzhi.service.commands.importing import engine

    def picky(*args: object, **named: object) -> object:
        if named["text"] == "bad":
            raise Invalid("No.", field="text")
        return file(*args, **named)  # type: ignore[arg-type]

    file = engine.file
    monkeypatch.setattr(engine, "file", picky)
    told, bad = brought_in(
        tmp_path, table([{"words": "one"}, {"words": "bad", "what": "New"}, {"words": "two"}])
    )
    assert counts(told) == (3, 2, 0, 1)
    assert (bad.problems[0].line, bad.problems[0].reason) == (3, "No.")
    assert not Category.objects.filter(code="new").exists()


def test_batches_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LARGE", 7)
    told, _bad = brought_in(tmp_path, many(40))
    assert told["read"] == 40
    in_sevens = state()
    assert len(in_sevens["submissions"]) == told["landed"]
    assert verify().sound


def test_numbers_drawn_alike_are_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["2222-2222-2"] * 4)
    monkeypatch.setattr(filing, "readable_number", lambda: next(drawn, None) or readable_number())
    told, _bad = brought_in(tmp_path, table([{}, {}, {}]))
    assert counts(told) == (3, 3, 0, 0)
    assert len(set(Matter.objects.values_list("number", flat=True))) == 3
