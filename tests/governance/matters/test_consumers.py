"""People are told what happened, once; letters go out when a server is set; files are closed for good."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.acts import store
from gongzhi.foundation.files.models import File
from gongzhi.foundation.files.queries import examine
from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import recounting, together
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.models import Entry, Private, Undone
from gongzhi.foundation.ledger.verify import verify
from gongzhi.foundation.ledger.work import History
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR, anyone
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Contact, answer, close, dispatch
from gongzhi.governance.matters.consumers import archive_what_is_due, erase_what_was_never_attached, letters
from gongzhi.governance.matters.consumers import correspondence as consumers
from gongzhi.governance.matters.models import Matter, Notice, Submission
from gongzhi.governance.matters.notices import letter, sentence
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World, world
from tests.mailserver import Mailbox, serving


@pytest.fixture
def place(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path / "files")
    monkeypatch.setattr(machinery, "TICKERS", {})
    return world()


@pytest.fixture
def mail(settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with serving() as box:
        url = f"smtp://127.0.0.1:{box.port}"
        settings.CONFIG = dataclasses.replace(settings.CONFIG, smtp_url=url)  # type: ignore[attr-defined]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port  # type: ignore[attr-defined]
        yield box


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass for whatever acts and ticks."""

    def pass_by(length: timedelta) -> None:
        def then() -> datetime:
            return now() + length

        monkeypatch.setattr(work, "now", then)
        monkeypatch.setattr(consumers, "now", then)

    return pass_by


def codes(submission: Submission) -> list[str]:
    return list(Notice.objects.filter(submission=submission).order_by("pk").values_list("code", flat=True))


def by_mail(place: World, email: str = "li@example.org", **more: object) -> Submission:
    contact = Contact(name="Li", email=email)
    return place.submission("The river smells", contact=contact, answer_by="email", **more)


def answered(place: World, submission: Submission, text: str = "Cleaned on Monday.") -> Matter:
    assert submission.matter is not None
    return answer(place.staff("handler", place.water), submission.matter, text=text)


def test_who_brought_it_in_is_told_of_each_step_and_once(place: World) -> None:
    submission = place.submission()
    run_once()
    assert codes(submission) == ["dispatched"]
    close(place.staff("clerk"), answered(place, submission))
    run_once()
    run_once()
    assert codes(submission) == ["dispatched", "answered", "closed"]
    assert not Undone.objects.exists()


def test_whatever_changes_for_the_person_is_told_and_nothing_else(place: World) -> None:
    for table in default_tables():
        enact(OPERATOR, place.top, table=table)
    submission = place.submission()
    matter, handler = submission.matter, place.staff("handler", place.water)
    assert matter is not None
    acts.accept(handler, matter)
    acts.answer_interim(handler, matter, text="The laboratory has it.")
    for days, granted in ((1, False), (2, True)):
        asked = acts.ask_extension(handler, matter, days=days, reason="Slow", told=True)
        acts.sign_extension(place.staff("leader", place.water), matter, extension=asked, granted=granted)
    acts.stop(handler, matter, kind="suspended", reason="An expert looks at it.")
    acts.go_on(handler, matter)
    run_once()
    assert codes(submission) == ["dispatched", "taken_over", "interim", "extended", "stopped", "goes_on"]
    told = {each.code: each for each in Notice.objects.select_related("submission__matter")}
    with translation.override("en"):
        assert sentence(told["taken_over"]) == "Water has taken it over and answers you from now on."
        assert "The laboratory has it." in letter(told["interim"]).text
        assert "An expert looks at it." in letter(told["stopped"]).text
    assert not Undone.objects.exists()


def test_what_is_not_taken_in_is_told_with_the_right_door(place: World) -> None:
    submission = place.submission()
    assert submission.matter is not None
    acts.decline(
        place.staff("clerk"), submission.matter, reason="A court has it.", right_door="Ask the court."
    )
    run_once()
    assert codes(submission) == ["dispatched", "declined"]
    notice = Notice.objects.select_related("submission__matter").get(code="declined")
    assert "Ask the court." in letter(notice).text


def test_whoever_has_withdrawn_is_told_no_more(place: World) -> None:
    mine, theirs = place.submission("one"), place.submission("two")
    assert mine.matter is not None and theirs.matter is not None
    acts.merge(place.staff("clerk"), theirs.matter, into=mine.matter)
    theirs.refresh_from_db()
    acts.withdraw(anyone([theirs.pk]), theirs)
    answered(place, mine)
    run_once()
    assert "answered" in codes(mine) and "answered" not in codes(theirs)


def test_a_notice_leaves_an_entry_that_its_participant_may_read(place: World) -> None:
    place.submission()
    run_once()
    entry = Entry.objects.get(verb="notice.write")
    assert entry.audience == "participants"
    assert entry.region == place.town.pk


def test_handling_an_entry_again_tells_nobody_twice(place: World) -> None:
    submission = place.submission()
    entry = Entry.objects.get(verb="matter.dispatch")
    for _ in range(2):
        with together():
            consumers.notices([entry])
    assert codes(submission) == ["dispatched"]


def test_nobody_is_told_of_history(place: World) -> None:
    with together(), recounting(IMPORTER, History(now() - timedelta(days=900), source="a.csv:2")):
        made = place.submission("old", by=IMPORTER)  # type: ignore[arg-type]
        assert made.matter is not None
        dispatch(IMPORTER, made.matter, to=place.water)
        answer(IMPORTER, made.matter, text="done")
    run_once()
    assert not Notice.objects.exists()


def test_letters_go_to_those_who_wanted_e_mail(place: World, mail: Mailbox) -> None:
    mine, other = by_mail(place), place.submission("no contact")
    answered(place, mine)
    run_once()
    letters()
    first, second = mail.letters
    assert first["to"] == second["to"] == "li@example.org"
    assert mine.number in first["subject"]
    assert "Cleaned on Monday." in second.get_content()
    states = Notice.objects.filter(submission=mine).values_list("delivery", flat=True)
    assert set(states) == {"sent"}
    assert set(Notice.objects.filter(submission=other).values_list("delivery", flat=True)) == {"waiting"}
    letters()
    assert len(mail.letters) == 2


def test_a_letter_tells_nothing_of_what_was_brought_in(place: World, mail: Mailbox) -> None:
    by_mail(place, language="en")
    run_once()
    letters()
    (sent,) = mail.letters
    assert "river" not in sent.get_content()
    assert "Water" in sent.get_content()
    assert "http://" in sent.get_content()


def test_a_letter_is_in_the_language_of_the_submission(place: World) -> None:
    mine = by_mail(place, language="zh-hans")
    run_once()
    notice = Notice.objects.select_related("submission__person").get(submission=mine)
    with translation.override("en"):
        told = letter(notice)
        assert "水务局" in told.text
        assert "Water" in sentence(notice)


def test_without_a_mail_server_the_answer_waits_on_the_page(place: World) -> None:
    mine = by_mail(place)
    run_once()
    letters()
    assert Notice.objects.get(submission=mine).delivery == "waiting"
    assert not Entry.objects.filter(verb="notice.deliver").exists()


def test_an_address_that_is_refused_is_noted_and_does_not_hold_up_others(place: World, mail: Mailbox) -> None:
    mail.refused["gone@"] = 550
    gone, there = by_mail(place, "gone@example.org"), by_mail(place, "there@example.org")
    run_once()
    letters()
    assert Notice.objects.get(submission=gone).delivery == "failed"
    assert Notice.objects.get(submission=there).delivery == "sent"


def test_a_busy_server_is_asked_again_until_patience_ends(
    place: World, mail: Mailbox, later: Callable[[timedelta], None]
) -> None:
    mail.refused["full@"] = 452
    mine = by_mail(place, "full@example.org")
    run_once()
    letters()
    assert Notice.objects.get(submission=mine).delivery == "waiting"
    later(timedelta(hours=25))
    letters()
    assert Notice.objects.get(submission=mine).delivery == "failed"


def test_a_server_that_is_away_delays_letters_and_loses_none(
    place: World, mail: Mailbox, settings: object
) -> None:
    mine = by_mail(place)
    run_once()
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    letters()
    assert Notice.objects.get(submission=mine).delivery == "waiting"
    settings.EMAIL_PORT = mail.port  # type: ignore[attr-defined]
    letters()
    assert len(mail.letters) == 1


def test_what_was_erased_is_written_to_nobody(place: World, mail: Mailbox) -> None:
    from gongzhi.governance.matters.acts import erase_person

    mine = by_mail(place)
    run_once()
    assert mine.person is not None
    erase_person(place.staff("administrator"), mine.person, reason="own request")
    letters()
    assert mail.letters == []


def test_a_matter_is_archived_when_its_time_has_come(
    place: World, later: Callable[[timedelta], None]
) -> None:
    file = store(anyone(), place.town, content=examine(b"a photo", "a.txt"))
    contact = Contact(phone="13912345678")
    mine = place.submission("Wang throws rubbish", contact=contact, attachments=[file])
    matter = close(place.staff("clerk"), answered(place, mine))
    assert matter.keep_until is not None
    later(timedelta(days=700))
    archive_what_is_due()
    assert Matter.objects.get().archived_at is None
    later(timedelta(days=732))
    archive_what_is_due()
    matter = Matter.objects.get()
    assert matter.archived_at is not None
    assert (matter.title, matter.answer) == ("", "")
    assert Submission.objects.get().text == ""
    assert not Private.objects.filter(text__contains="rubbish").exists()
    run_once()
    assert list(blobs.folder().glob("*/*/*")) == []
    assert verify().faults == []


def test_many_matters_are_archived_in_batches(
    place: World, later: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "BATCH", 2)
    handler, clerk = place.staff("handler", place.water), place.staff("clerk")
    for n in range(5):
        matter = place.submission(f"smell {n}").matter
        assert matter is not None
        close(clerk, answer(handler, matter, text="done"))
    later(timedelta(days=732))
    archive_what_is_due()
    assert Matter.objects.filter(archived_at=None).count() == 0


def test_files_that_were_never_attached_are_erased(place: World, later: Callable[[timedelta], None]) -> None:
    kept = store(anyone(), place.town, content=examine(b"kept", "a.txt"))
    store(anyone(), place.town, content=examine(b"left behind", "b.txt"))
    place.submission("smell", attachments=[kept])
    erase_what_was_never_attached()
    assert File.objects.filter(erased=None).count() == 2
    later(timedelta(hours=25))
    erase_what_was_never_attached()
    assert File.objects.get(erased=None).pk == kept.pk
