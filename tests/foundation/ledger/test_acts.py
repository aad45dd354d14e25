"""An act is one transaction, one entry, through reach; a refused one has not happened."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from django.db import connection, connections, transaction

from gongzhi.foundation.ledger import guard
from gongzhi.foundation.ledger.acts import ACTS, PLATFORM, Act, keep, recounting, together
from gongzhi.foundation.ledger.models import Audience, Claim, Entry, Private
from gongzhi.foundation.ledger.refusals import Conflict, Invalid, NotAllowed, NotPossible
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, Actor, anyone
from gongzhi.governance.matters.acts import Contact, answer, dispatch, file, filing, note
from gongzhi.governance.matters.models import Matter, Submission
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def entries(**wanted: object) -> list[str]:
    return list(Entry.objects.filter(**wanted).order_by("id").values_list("verb", flat=True))


def test_filing_leaves_an_entry_for_everything_it_caused_and_each_names_its_cause(place: World) -> None:
    before = Entry.objects.order_by("-id").values_list("id", flat=True)[0]
    made = place.submission(contact=Contact(phone="139"))
    rows = list(Entry.objects.filter(id__gt=before).order_by("id"))
    assert [row.verb for row in rows] == ["submission.file", "person.add", "matter.open", "matter.dispatch"]
    first, *caused = rows
    assert first.cause is None
    assert {row.cause for row in caused} == {first.id}
    assert (first.made, first.subject, first.region) == (made.pk, place.town.pk, place.town.pk)
    assert {row.actor for row in caused} == {PLATFORM.id}


def test_an_entry_cites_the_rules_that_were_consulted(place: World) -> None:
    place.submission()
    opened = Entry.objects.get(verb="matter.open")
    assert opened.rules.count('"') == 4  # two digests: routing and deadlines


def test_a_refused_act_changes_nothing_and_leaves_no_entry(place: World) -> None:
    before = Entry.objects.count()
    with pytest.raises(Invalid) as refused:
        place.submission("   ")
    assert refused.value.field == "text"
    assert Entry.objects.count() == before
    assert not Submission.objects.exists()


def test_a_refusal_that_another_act_swallowed_breaks_the_whole(place: World) -> None:
    matter = place.submission("one").matter
    assert matter is not None
    by = place.staff("clerk")

    def careless(actor: Actor, subject: Matter) -> None:
        with pytest.raises(Invalid):
            note(by, subject, text=" ")

    outer = Act("matter.careless", careless, title="careless", audience=Audience.STAFF, creates=False)
    held = by.held[0]
    grants = {**held.grants, "matter.careless": ("region",)}
    able = dataclasses.replace(by, held=(dataclasses.replace(held, grants=grants),))
    with pytest.raises(RuntimeError, match="swallowed"), together():
        outer(able, matter)
    assert not Entry.objects.filter(verb="matter.careless").exists()


def test_the_same_key_with_the_same_arguments_gives_the_first_result(place: World) -> None:
    def once(text: str) -> Submission:
        return file.once("k-1")(anyone(), place.town, kind="complain", category=place.smell, text=text)

    first, count = once("it smells"), Entry.objects.count()
    assert once("it smells").pk == first.pk
    assert Entry.objects.count() == count
    with pytest.raises(Conflict):
        once("something else")
    assert Entry.objects.count() == count


def test_a_key_belongs_to_one_actor_and_one_verb(place: World) -> None:
    clerk = place.staff("clerk")
    for by in (anyone(), clerk):
        file.once("k-1")(by, place.town, kind="complain", category=place.smell, text="it smells")
    matter = Matter.objects.order_by("id").first()
    assert matter is not None
    note.once("k-1")(clerk, matter, text="call back")
    assert Claim.objects.count() == 3


def test_what_is_authorised_is_what_is_read_anew(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    stale = Matter.objects.get(pk=matter.pk)
    handler = place.staff("handler", place.water)
    answer(handler, matter, text="mended")
    with pytest.raises(NotPossible):
        answer(handler, stale, text="mended twice")


def test_outside_reach_looks_like_not_there(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    stranger = place.staff("handler", place.centre)
    with pytest.raises(NotAllowed):
        answer(anyone(), matter, text="x")
    assert stranger is not None


def test_the_entry_names_the_appointment_that_reached(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    handler = place.staff("handler", place.water)
    answer(handler, matter, text="mended")
    entry = Entry.objects.get(verb="matter.answer")
    assert entry.actor == handler.id
    assert entry.appointment == handler.held[0].appointment


def test_many_are_all_or_none(place: World) -> None:
    matters = [place.submission(f"noise {n}", category=place.noise).matter for n in range(5)]
    clerk = place.staff("clerk")
    dispatch.many(clerk, [m for m in matters if m], to=place.water)
    assert entries(verb="matter.dispatch").count("matter.dispatch") == 5
    more = [place.submission("x", category=place.noise).matter for _ in range(2)]
    there = place.submission("x", category=place.noise, region=place.neighbour).matter
    with pytest.raises(NotAllowed, match="1 of the 3"):
        dispatch.many(clerk, [*more, there], to=place.water)  # type: ignore[list-item]
    assert Matter.objects.filter(lead=place.water.pk).count() == 5


def test_each_of_many_may_be_done_otherwise(place: World) -> None:
    matters = [place.submission(f"smell {n}").matter for n in range(2)]
    handler = place.staff("handler", place.water)
    answer.each(handler, [(m, {"text": f"mended {n}"}) for n, m in enumerate(matters) if m])
    assert [m.answer for m in Matter.objects.order_by("number") if m.answer] in (
        ["mended 0", "mended 1"],
        ["mended 1", "mended 0"],
    )
    other = place.submission("x", category=place.noise).matter
    assert other is not None
    with pytest.raises(NotAllowed, match="1 of the 2"):
        answer.each(handler, [(matters[0], {"text": "again"}), (other, {"text": "mine?"})])  # type: ignore[list-item]
    assert not Matter.objects.filter(answer__in=["again", "mine?"]).exists()


@pytest.mark.django_db(transaction=True)
def test_a_number_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    place = world()
    drawn = iter(
        ["a", "b", "a", "c", "d", "b", "e", "f"]
    )  # submission, matter; taken: the first, then the second
    monkeypatch.setattr(filing, "readable_number", lambda: next(drawn))
    for text in ("first", "second"):
        place.submission(text)
    assert dict(Submission.objects.values_list("text", "number")) == {"first": "a", "second": "e"}
    assert set(Matter.objects.values_list("number", flat=True)) == {"b", "f"}


def test_private_text_is_never_in_the_open_part(place: World) -> None:
    place.submission("my neighbour Zhang", contact=Contact(name="Li Hua", phone="13912345678"))
    for entry in Entry.objects.all():
        for secret in ("Zhang", "Li Hua", "13912345678"):
            assert secret not in f"{entry.facts}{entry.source}{entry.attributed}{entry.rules}"
    assert Private.objects.filter(text__contains="Li Hua").count() == 1


def test_history_is_recorded_as_history_and_asks_no_rule(place: World) -> None:
    from datetime import UTC, datetime

    then = datetime(2011, 7, 1, 5, tzinfo=UTC)
    with together(), recounting(IMPORTER, History(then, source="a.csv:2", attributed="PWD")):
        made = place.submission("old", by=IMPORTER)  # type: ignore[arg-type]
        assert made.matter is not None
        dispatch(IMPORTER, made.matter, to=place.water)
        answer(IMPORTER, made.matter, text="done")
    row = Entry.objects.get(verb="matter.answer")
    assert (row.origin, row.source, row.attributed, row.occurred) == ("imported", "a.csv:2", "PWD", then)
    assert row.recorded > row.occurred
    matter = Matter.objects.get()
    assert (matter.state, matter.due_at, matter.first_receiver_id) == ("answered", None, place.water.pk)


def test_only_an_importer_recounts(place: World) -> None:
    from datetime import UTC, datetime

    then = History(datetime(2011, 7, 1, tzinfo=UTC))
    with pytest.raises(NotAllowed), together(), recounting(place.staff("clerk"), then):
        pass


def test_every_act_has_an_audience_and_a_title() -> None:
    for verb, act in ACTS.items():
        assert act.audience in Audience
        assert str(act.title), verb
        assert act.__doc__, verb
        room, _, what = verb.partition(".")
        assert room.isidentifier(), verb
        assert what.isidentifier(), verb


def test_a_write_outside_an_act_is_refused(place: World) -> None:
    region = place.town
    for write in (
        lambda: region.save(),
        lambda: Matter.objects.update(state="closed"),
        lambda: Claim.objects.filter(verb="x")._raw_delete("default"),
        lambda: Entry.objects.bulk_create([Entry(verb="x")]),
        lambda: execute("  insert into matters_matter select * from matters_matter"),
        lambda: execute("WITH x AS (SELECT 1) UPDATE matters_matter SET state = 'closed'"),
        lambda: execute("/* a remark */ UPDATE matters_matter SET state = 'closed'"),
        lambda: execute("-- a remark\nUPDATE matters_matter SET state = 'closed'"),
        lambda: execute("SELECT 1; UPDATE matters_matter SET state = 'closed'"),
        lambda: execute("DELETE FROM ledger_undone;\nDELETE FROM matters_matter"),
    ):
        place.submission()
        with pytest.raises(guard.WriteOutsideAct), transaction.atomic():
            write()


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_once_do_it_once() -> None:
    place = world()
    found: list[object] = []

    def post() -> None:
        try:
            made = file.once("same")(
                anyone(), place.town, kind="complain", category=place.smell, text="it smells"
            )
            found.append(made.pk)
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1, found
    assert Submission.objects.count() == 1


def test_what_is_refused_among_others_leaves_no_entry_and_they_go_on(place: World) -> None:
    one, two = place.submission("one").matter, place.submission("two").matter
    assert one is not None and two is not None
    by = place.staff("clerk")
    before = Entry.objects.count()
    with together():
        with pytest.raises(Invalid):
            note(by, one, text=" ")
        note(by, two, text="seen")
    assert entries(verb="matter.note") == ["matter.note"]
    assert Entry.objects.count() == before + 1


def test_what_was_changed_before_it_was_refused_is_undone_with_all_the_rest(place: World) -> None:
    matter = place.submission("one").matter
    assert matter is not None
    by = place.staff("clerk")

    def half(actor: object, subject: Matter) -> None:
        subject.title = "half"
        keep(subject, "title")
        raise NotPossible("no")

    broken = Act("matter.half", half, title="half", audience=Audience.STAFF, creates=False)
    with pytest.raises(RuntimeError, match="refused"), together():
        note(by, matter, text="seen")
        held = by.held[0]
        grants = {**held.grants, "matter.half": ("region",)}
        with pytest.raises(NotPossible):
            broken(dataclasses.replace(by, held=(dataclasses.replace(held, grants=grants),)), matter)
    matter.refresh_from_db()
    assert matter.title != "half" and not Entry.objects.filter(verb="matter.note").exists()
