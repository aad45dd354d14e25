"""From the first word to the closed file: what each act does, what it refuses, and what erasing leaves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.acts import erase_file, store
from gongzhi.foundation.files.models import File
from gongzhi.foundation.files.queries import examine
from gongzhi.foundation.ledger import receipts, work
from gongzhi.foundation.ledger.acts import PLATFORM, recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.keys import verifiers
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.ledger.sequencer import sequence
from gongzhi.foundation.ledger.verify import verify
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR, Actor, anyone, person_actor
from gongzhi.foundation.parties.models import Person
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.acts import (
    Contact,
    Place,
    add_category,
    answer,
    archive,
    close,
    contact,
    deliver_notice,
    dispatch,
    erase_person,
    file,
    note,
    promise,
    write_notice,
)
from gongzhi.governance.matters.followup import is_secret_of, secret_of
from gongzhi.governance.matters.models import Attachment, Deadline, Matter, Part, State, Submission
from gongzhi.governance.matters.queries import followed_up, matters, submissions, timeline
from tests.builders import DEADLINES, World, world


@pytest.fixture
def place(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path / "files")
    return world()


def opened(place: World, **more: Any) -> Matter:
    matter = place.submission(**more).matter
    assert matter is not None
    return matter


def handler(place: World) -> Actor:
    return place.staff("handler", place.water)


def facts(verb: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Entry.objects.filter(verb=verb).latest("id").facts)
    return found


def picture(place: World, words: str = "a photo") -> File:
    return store(anyone(), place.town, content=examine(words.encode(), "a.txt"))


# -- taking in -----------------------------------------------------------------------------------------


def test_a_submission_is_routed_and_put_under_deadlines_with_their_basis(place: World) -> None:
    matter = opened(place)
    assert (matter.state, matter.lead, matter.first_receiver) == (State.DISPATCHED, place.water, place.centre)
    clocks = {d.clock: d for d in Deadline.objects.filter(matter=matter)}
    assert set(clocks) == {"contact", "finish"}
    assert clocks["contact"].due_at - matter.opened_at == timedelta(hours=4)
    assert clocks["finish"].due_at == matter.due_at
    assert {(d.basis, d.row) for d in clocks.values()} == {("test rule 2", 1)}
    roles = Part.objects.filter(matter=matter).values_list("role", flat=True)
    assert set(roles) == {"first_receiver", "lead"}


def test_what_no_rule_decides_waits_for_a_person_with_the_reason(place: World) -> None:
    matter = opened(place, category=place.noise)
    assert (matter.state, matter.lead, matter.due_at) == (State.OPEN, None, None)
    assert matter.first_receiver == place.centre
    assert matter.undecided


def test_a_function_that_nobody_has_there_waits_for_a_person_too(place: World) -> None:
    table = (
        "{table: matters.routing, hit: F, inputs: [{name: category, type: string}],"
        " outputs: [{name: function, type: string}],"
        " rules: [{when: {}, then: {function: lighthouse}, basis: test}]}"
    )
    enact(OPERATOR, place.county, table=table)
    matter = opened(place)
    assert matter.state == State.OPEN
    assert "lighthouse" in matter.undecided


def test_a_region_without_any_rule_or_body_still_takes_in(place: World) -> None:
    matter = opened(place, region=place.neighbour)
    assert (matter.state, matter.first_receiver) == (State.OPEN, None)


def test_the_rule_in_force_at_the_moment_decides(place: World) -> None:
    enact(OPERATOR, place.county, table=DEADLINES.replace("contact: 4", "contact: 2"))
    matter = opened(place)
    contact = Deadline.objects.get(matter=matter, clock="contact")
    assert contact.measure == "2 hours"


def test_an_anonymous_submission_keeps_no_person(place: World) -> None:
    submission = place.submission()
    assert submission.person is None
    assert facts("submission.file")["anonymous"] is True
    assert not Person.objects.exists()


def test_a_contact_becomes_a_person_whom_the_entry_concerns(place: World) -> None:
    submission = place.submission(contact=Contact("Li", "139 1234 5678", "li@example.org"))
    assert submission.person is not None
    assert submission.person.home == place.town
    entry = Entry.objects.get(verb="submission.file")
    assert not {"Li", "139", "example.org"} & set(entry.facts.split('"'))


def test_the_grid_is_a_fact_and_the_exact_spot_is_private(place: World) -> None:
    place.submission(place=Place("behind the school", 120.95, 31.05))
    entry = Entry.objects.get(verb="submission.file")
    private = json.loads(Private.objects.get(pk=entry.pk).text)
    assert private["place"] == "behind the school"
    assert private["point"] == ["120.950000", "31.050000"]
    assert "120.95" not in entry.facts


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " \n"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"place": Place("x" * 201)}, "place"),
        ({"kind": "shout"}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"answer_by": "pigeon"}, "answer_by"),
        ({"answer_by": "email"}, "email"),
        ({"answer_by": "phone", "contact": Contact(email="li@example.org")}, "phone"),
        ({"contact": Contact(email="li at home")}, "email"),
        ({"contact": Contact(phone="no")}, "phone"),
        ({"contact": Contact(name="x" * 101)}, "name"),
    ],
)
def test_what_is_wrong_with_a_submission_is_said_by_field(
    place: World, wrong: dict[str, Any], field: str
) -> None:
    told: dict[str, Any] = {"kind": "complain", "category": place.smell, "text": "smell"} | wrong
    with pytest.raises(Invalid) as refused:
        file(anyone(), place.town, **told)
    assert refused.value.field == field
    assert not Submission.objects.exists()


def test_telephone_numbers_come_in_many_forms(place: World) -> None:
    for number in ("110", "+86 139-1234-5678", "(0512) 63421234", "021/5972.1234"):
        place.submission(contact=Contact(phone=number))


def test_the_wrong_door_is_told_the_right_one(place: World) -> None:
    door = {"zh": "请拨打110", "en": "Call 110"}
    crime = add_category(OPERATOR, place.county, code="crime", name={"zh": "犯罪"}, refer_to=door)
    with pytest.raises(NotPossible) as refused:
        place.submission(category=crime)
    assert "110" in str(refused.value.instead)


def test_files_are_attached_once_and_at_most_five(place: World) -> None:
    kept = picture(place)
    first = place.submission(attachments=[kept])
    assert Attachment.objects.get().submission == first
    with pytest.raises(Invalid, match="no longer"):
        place.submission(attachments=[kept])
    gone = picture(place)
    erase_file(PLATFORM, gone)
    with pytest.raises(Invalid, match="no longer"):
        place.submission(attachments=[File.objects.get(pk=gone.pk)])
    with pytest.raises(Invalid, match="6 files; at most 5"):
        place.submission(attachments=[picture(place, str(n)) for n in range(6)])


def test_the_secret_is_the_submissions_own_and_forgives_how_it_is_written(place: World) -> None:
    mine, other = place.submission(), place.submission("other")
    secret = secret_of(mine)
    assert followed_up(mine.number, secret) == mine
    assert followed_up(mine.number.lower(), f" {secret[:5].lower()} {secret[5:]}") == mine
    assert not is_secret_of(other, secret)
    assert followed_up(other.number, secret) is None
    assert followed_up("nonsense", secret) is None


# -- handling ------------------------------------------------------------------------------------------


def test_a_clerk_sends_on_what_no_rule_decided(place: World) -> None:
    matter = opened(place, category=place.noise)
    sent = dispatch(place.staff("clerk"), matter, to=place.water)
    assert (sent.state, sent.lead, sent.undecided) == (State.DISPATCHED, place.water, "")
    assert facts("matter.dispatch") == {"from": None, "to": "q3"}


def test_a_matter_can_be_sent_to_another_body_while_it_is_unanswered(place: World) -> None:
    matter = opened(place)
    sent = dispatch(place.staff("clerk"), matter, to=place.centre)
    assert facts("matter.dispatch") == {"from": "q3", "to": "q1"}
    assert sent.lead == place.centre
    again = dispatch(place.staff("clerk"), sent, to=place.water)
    assert again.lead == place.water
    assert Part.objects.filter(matter=matter, role="lead").count() == 2


def test_dispatching_is_refused_where_it_makes_no_sense(place: World) -> None:
    matter, clerk = opened(place), place.staff("clerk")
    with pytest.raises(NotPossible, match="leads the matter already"):
        dispatch(clerk, matter, to=place.water)
    answer(handler(place), matter, text="done")
    with pytest.raises(NotPossible, match="already been answered"):
        dispatch(clerk, matter, to=place.centre)


def test_a_note_is_for_colleagues_alone(place: World) -> None:
    submission = place.submission()
    matter = submission.matter
    assert matter is not None
    note(place.staff("clerk"), matter, text="rang twice")
    with pytest.raises(Invalid):
        note(place.staff("clerk"), matter, text=" ")
    public = timeline(anyone([submission.pk]), matter)
    staff = timeline(handler(place), matter)
    assert "matter.note" not in {told.verb for told in public}
    assert "matter.note" in {told.verb for told in staff}


def test_an_answer_stops_the_clocks_and_says_whether_it_was_in_time(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = answer(handler(place), opened(place), text="cleaned")
    assert (done.state, done.due_at, done.answer) == (State.ANSWERED, None, "cleaned")
    assert not Deadline.objects.filter(met_at=None).exists()
    assert facts("matter.answer")["in_time"] is True
    late = opened(place)
    by = handler(place)
    monkeypatch.setattr(work, "now", lambda: now() + timedelta(days=60))
    answer(by, late, text="sorry")
    assert facts("matter.answer")["in_time"] is False


def test_the_first_contact_ends_its_own_clock_and_no_other(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter, by = opened(place), handler(place)
    contact(by, matter, text="rang, will look at the bridge at four")
    assert facts("matter.contact")["in_time"] is True
    assert list(Deadline.objects.filter(met_at=None).values_list("clock", flat=True)) == ["finish"]
    with pytest.raises(NotPossible, match="noted already"):
        contact(by, matter, text="rang again")
    late = opened(place)
    monkeypatch.setattr(work, "now", lambda: now() + timedelta(hours=5))
    answer(by, late, text="cleaned")
    assert facts("matter.answer")["in_time"] is True, "only the contact was late"
    contacted = Deadline.objects.get(matter=late.pk, clock="contact")
    assert contacted.met_at is not None
    assert contacted.met_at > contacted.due_at


def test_contact_is_noted_in_words_while_a_body_handles_the_matter(place: World) -> None:
    by = place.staff("coordinator")
    with pytest.raises(NotPossible, match="while a body handles"):
        contact(by, opened(place, category=place.noise), text="rang")
    matter = opened(place)
    with pytest.raises(Invalid):
        contact(handler(place), matter, text=" ")
    answer(handler(place), matter, text="done")
    with pytest.raises(NotPossible, match="while a body handles"):
        contact(by, matter, text="rang")


def test_invented_history_follows_the_rules_of_its_day_and_imported_history_does_not(place: World) -> None:
    occurred = now() + timedelta(days=1)  # the rules are in force since now
    for origin in ("generated", "imported"):
        with together(), recounting(IMPORTER, History(occurred, origin)):
            told = place.submission(by=IMPORTER)
            matter = told.matter
            assert matter is not None
            if origin == "imported":
                assert (matter.lead, matter.due_at, matter.first_receiver) == (None, None, None)
                continue
            assert (matter.state, matter.lead, matter.first_receiver) == (
                "dispatched",
                place.water,
                place.centre,
            )
            contact(IMPORTER, matter, text="rang")
            answer(IMPORTER, matter, text="cleaned")
            close(IMPORTER, matter)
    clocks = Deadline.objects.all()
    assert {(clock.clock, clock.met_at) for clock in clocks} == {("contact", occurred), ("finish", occurred)}
    assert all(clock.rule and clock.basis for clock in clocks)
    assert set(
        Entry.objects.filter(origin="generated", verb="matter.open").values_list("occurred", flat=True)
    ) == {occurred}


def test_answers_are_refused_before_dispatch_after_answer_and_when_empty(place: World) -> None:
    by = place.staff("coordinator")
    waiting = opened(place, category=place.noise)
    with pytest.raises(NotPossible, match="sent this matter"):
        answer(by, waiting, text="x")
    matter = opened(place)
    with pytest.raises(Invalid):
        answer(handler(place), matter, text="  ")
    answer(handler(place), matter, text="done")
    with pytest.raises(NotPossible, match="has been answered"):
        answer(handler(place), matter, text="done again")


def test_only_the_body_that_has_a_part_answers(place: World) -> None:
    from gongzhi.foundation.parties.acts import add_organisation

    other = add_organisation(
        OPERATOR, place.county, code="q9", name={"zh": "城管局"}, kind="government", functions=["city_order"]
    )
    with pytest.raises(NotAllowed):
        answer(place.staff("handler", other), opened(place), text="not mine")


def test_closing_follows_the_answer_and_the_retention_rule(place: World) -> None:
    matter, clerk = opened(place), place.staff("clerk")
    with pytest.raises(NotPossible, match="answered before"):
        close(clerk, matter)
    closed = close(clerk, answer(handler(place), matter, text="done"), outcome="resolved")
    assert closed.keep_until is not None
    assert closed.closed_at is not None
    assert closed.keep_until.year == closed.closed_at.year + 2
    assert facts("matter.close")["outcome"] == "resolved"
    with pytest.raises(NotPossible, match="closed already"):
        close(clerk, closed)


def test_a_deadline_that_was_set_elsewhere_is_kept_without_a_rule(place: World) -> None:
    due = datetime(2027, 1, 4, tzinfo=UTC)
    with together(), recounting(IMPORTER, History(datetime(2026, 1, 4, tzinfo=UTC), source="a.csv:2")):
        made = place.submission("old", by=IMPORTER)  # type: ignore[arg-type]
        assert made.matter is not None
        promise(IMPORTER, made.matter, due=due)
        answer(IMPORTER, dispatch(IMPORTER, made.matter, to=place.water), text="")
    deadline = Deadline.objects.get()
    assert (deadline.due_at, deadline.rule, deadline.met_at) == (due, "", datetime(2026, 1, 4, tzinfo=UTC))


def test_a_matter_is_archived_only_when_it_is_time(place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = opened(place)
    with pytest.raises(NotPossible, match="Only a closed"):
        archive(PLATFORM, matter)
    close(place.staff("clerk"), answer(handler(place), matter, text="done"))
    with pytest.raises(NotPossible, match="has not run out"):
        archive(PLATFORM, matter)
    monkeypatch.setattr(work, "now", lambda: now() + timedelta(days=800))
    archive(PLATFORM, matter)
    with pytest.raises(NotPossible, match="archived already"):
        archive(PLATFORM, matter)


def test_a_notice_is_delivered_once(place: World) -> None:
    notice = write_notice(PLATFORM, place.submission(), code="answered", entry=1)
    deliver_notice(PLATFORM, notice, sent=True)
    with pytest.raises(NotPossible):
        deliver_notice(PLATFORM, notice, sent=False)


# -- erasing -------------------------------------------------------------------------------------------

SECRETS = ("Wang Fang", "13987654321", "threw rubbish", "behind the temple", "We spoke to her", "wang.txt")


def _texts_in_the_database() -> str:
    """Every character that the database still holds, whatever the table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor for v in row]
    return "\n".join(found)


def _of_wang(place: World) -> Submission:
    photo = store(anyone(), place.town, content=examine(b"her door", "wang.txt"))
    submission = place.submission(
        "My neighbour threw rubbish",
        contact=Contact("Wang Fang", "13987654321"),
        place=Place("behind the temple", 120.95, 31.05),
        attachments=[photo],
    )
    assert submission.matter is not None
    answer(handler(place), submission.matter, text="We spoke to her.")
    return submission


def test_erasing_reaches_rows_files_and_payloads_and_leaves_every_proof_valid(place: World) -> None:
    submission = _of_wang(place)
    run_once()
    sequence()
    entry = Entry.objects.get(verb="submission.file")
    before = receipts.receipt(entry.pk)
    text = _texts_in_the_database()
    assert all(secret in text for secret in SECRETS)
    assert list(blobs.folder().glob("*/*/*"))

    assert submission.person is not None
    erase_person(place.staff("administrator"), submission.person, reason="own request")
    run_once()
    sequence()
    text = _texts_in_the_database()
    assert [secret for secret in SECRETS if secret in text] == []
    assert list(blobs.folder().glob("*/*/*")) == []
    assert verify().faults == []
    now_told = receipts.receipt(entry.pk)
    assert before is not None
    assert now_told is not None
    assert receipts.check(now_told, verifiers()).private is None
    old = receipts.check(before, verifiers())  # what was handed out before still proves what it said
    assert old.private is not None
    assert old.private["text"] == "My neighbour threw rubbish"


def test_the_timeline_says_where_a_text_was_erased(place: World) -> None:
    submission = _of_wang(place)
    person, matter = submission.person, submission.matter
    assert person is not None
    assert matter is not None
    erase_person(place.staff("administrator"), person, reason="own request")
    told = {each.verb: each for each in timeline(handler(place), matter)}
    for verb in ("submission.file", "matter.answer"):
        assert told[verb].erased
        assert told[verb].private is None
    assert not told["matter.dispatch"].erased


def test_erasing_one_person_leaves_everybody_elses_texts(place: World) -> None:
    mine = _of_wang(place)
    place.submission("Somebody else's words", contact=Contact("Li Hua", "13900000000"))
    assert mine.person is not None
    erase_person(place.staff("administrator"), mine.person, reason="own request")
    text = _texts_in_the_database()
    assert "Somebody else's words" in text
    assert "Li Hua" in text


def test_what_was_erased_is_not_found_by_search(place: World) -> None:
    mine = _of_wang(place)
    assert mine.person is not None
    clerk = place.staff("clerk")
    assert submissions(clerk).filter(text__icontains="rubbish").exists()
    erase_person(place.staff("administrator"), mine.person, reason="own request")
    assert not submissions(clerk).filter(text__icontains="rubbish").exists()
    assert not matters(clerk).filter(title__icontains="rubbish").exists()


def test_erasing_needs_a_reason_and_happens_once(place: World) -> None:
    person = place.person("Wang")
    admin = place.staff("administrator")
    with pytest.raises(Invalid) as refused:
        erase_person(admin, person, reason="x")
    assert refused.value.field == "reason"
    erase_person(admin, person, reason="own request")
    with pytest.raises(NotPossible):
        erase_person(admin, person, reason="own request")
    with pytest.raises(NotAllowed):
        erase_person(place.staff("clerk"), place.person("Li"), reason="own request")


def test_a_person_with_an_account_keeps_reaching_what_is_left(place: World) -> None:
    person = place.person("Wang")
    submission = place.submission("mine", person=person)
    erase_person(place.staff("administrator"), person, reason="own request")
    left = submissions(person_actor(person.pk)).get()
    assert left.pk == submission.pk
    assert isinstance(left.pk, UUID)
    assert (left.text, left.erased is None) == ("", False)
