"""A matter on one page: the story, the duty, and what can be done."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

CALLER = "13912345678"


@pytest.fixture
def contact():
    from gongzhi.governance.matters.acts import Contact

    return Contact(name="王小明", phone=CALLER)


def page_of(client, matter, **data):
    return client.get(reverse("desk:matter", args=[matter.pk]), data)


def do(client, matter, name, **data):
    return client.post(reverse("desk:do", args=[matter.pk, name]), data)


def told(answer) -> str:
    """A page without what differs at every request."""
    return re.sub(r"[A-Za-z0-9]{64}|/desk/matter/[0-9a-f-]{36}/", "", answer.content.decode())


def test_it_tells_who_is_waited_for_by_which_rule(world, at_desk):
    matter = world.submission().matter
    page = page_of(at_desk(world.staff("handler", world.water)), matter).content.decode()
    assert "Waiting for Water to make contact until" in page
    assert "the rule of Qingpu on deadlines, version 1, row 1" in page
    assert "test rule 2" in page


def test_a_body_without_a_part_does_not_learn_that_it_exists(world, at_desk):
    matter = world.submission(category=world.noise).matter  # no rule routes noise to anybody
    client = at_desk(world.staff("handler", world.water))
    assert page_of(client, matter).status_code == 404
    invented = client.get(reverse("desk:matter", args=[uuid4()]))
    assert told(page_of(client, matter)) == told(invented)
    for name in ("answer", "note", "dispatch", "close", "reveal"):
        assert do(client, matter, name, text="x", to="q3").status_code == 404
    assert matter.number not in client.get(reverse("desk:list", args=["all"])).content.decode()
    assert matter.number not in client.get(reverse("desk:export", args=["all"])).getvalue().decode()
    found = client.get(reverse("desk:list", args=["all"]), {"words": matter.number})
    assert "Nothing here fits these filters." in found.content.decode()


def test_whoever_holds_no_post_is_told_so(world, client):
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.service.accounts.acts import open_account

    client.force_login(open_account(OPERATOR, world.person("Ann"), username="ann"))
    answer = client.get(reverse("desk:mine"), HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 403
    assert "for those who hold a post" in answer.content.decode()


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(world, client):
    answer = client.get(reverse("desk:list", args=["all"]), {"state": "open"})
    assert answer.status_code == 302
    assert answer.url == reverse("accounts:sign_in") + "?next=%2Fdesk%2Flist%2Fall%2F%3Fstate%3Dopen"


def test_contact_is_masked_until_it_is_revealed_for_a_purpose(world, at_desk, contact):
    from gongzhi.foundation.ledger.queries import concerning

    submission = world.submission(contact=contact)
    client = at_desk(world.staff("handler", world.water))
    page = page_of(client, submission.matter).content.decode()
    assert CALLER not in page
    assert "王＊＊" in page

    refused = do(client, submission.matter, "reveal", submission=submission.pk, purpose="ab")
    assert refused.status_code == 422
    assert CALLER not in refused.content.decode()

    shown = do(client, submission.matter, "reveal", submission=submission.pk, purpose="to ask where exactly")
    assert shown.status_code == 200
    assert CALLER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    looks = [told for told in concerning(submission.person_id) if told.verb == "person.reveal"]
    assert [told.private["purpose"] for told in looks] == ["to ask where exactly"]

    assert CALLER not in page_of(client, submission.matter).content.decode()


def test_nobody_is_revealed_through_a_matter_of_somebody_else(world, at_desk, contact):
    mine = world.submission().matter
    other = world.submission(category=world.noise, contact=contact)
    client = at_desk(world.staff("handler", world.water))
    answer = do(client, mine, "reveal", submission=other.pk, purpose="curiosity")
    assert answer.status_code == 403
    assert CALLER not in answer.content.decode()


def test_a_confidential_caller_is_not_even_shown_masked(world, at_desk, contact):
    matter = world.submission(contact=contact, confidential=True).matter
    page = page_of(at_desk(world.staff("handler", world.water)), matter).content.decode()
    assert "somebody who asked to stay confidential" in page
    assert "王" not in page


def test_photos_and_papers_are_opened_by_whoever_handles_the_matter_and_nobody_else(world, at_desk, client):
    from gongzhi.foundation.files.acts import store
    from gongzhi.foundation.files.queries import examine
    from gongzhi.foundation.parties.actors import anyone

    paper = store(anyone(), world.town, content=examine(b"As I saw it", "seen.txt"))
    matter = world.submission(attachments=[paper]).matter
    handler = at_desk(world.staff("handler", world.water))
    (address,) = re.findall(
        r'<a href="(/files/[^"]+)">seen.txt</a>', page_of(handler, matter).content.decode()
    )
    assert b"".join(handler.get(address).streaming_content) == b"As I saw it"
    assert client.get(address).status_code == 404


def test_answering_ends_the_clocks_and_says_so(world, at_desk):
    matter = world.submission().matter
    client = at_desk(world.staff("handler", world.water))
    answer = do(client, matter, "answer", text="The outlet was closed.", key="k1")
    assert answer.status_code == 302
    page = page_of(client, matter).content.decode()
    assert "Answered in time" in page
    assert "The outlet was closed." in page
    assert "still to be closed" in page


def test_a_form_sent_twice_is_done_once(world, at_desk):
    from gongzhi.governance.matters.queries import timeline

    matter = world.submission().matter
    actor = world.staff("handler", world.water)
    client = at_desk(actor)
    for _ in range(2):
        assert do(client, matter, "note", text="Rang the village.", key="k1").status_code == 302
    assert [told.verb for told in timeline(actor, matter)].count("matter.note") == 1


def test_a_refusal_says_why_and_what_to_do_instead_and_keeps_what_was_written(world, at_desk):
    matter = world.submission().matter
    handler = at_desk(world.staff("handler", world.water))
    assert do(handler, matter, "answer", text="Done.", key="a").status_code == 302
    late = do(handler, matter, "answer", text="Done again.", key="b")
    assert late.status_code == 409
    assert "This matter has been answered." in late.content.decode()

    refused = do(handler, matter, "close", key="c")
    assert refused.status_code == 403
    assert "outside your reach" in refused.content.decode()
    assert "Ask the coordinator of your organisation" in refused.content.decode()

    other = world.submission().matter
    empty = do(handler, other, "answer", text="   ", key="d")
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.content.decode()


def test_what_no_rule_decides_is_sent_by_a_person_functions_first(world, at_desk):
    matter = world.submission(category=world.noise).matter
    client = at_desk(world.staff("coordinator"))
    page = page_of(client, matter).content.decode()
    assert "No rule decided:" in page
    assert '<option value="Water · Qingpu">water</option>' in page
    assert do(client, matter, "dispatch", to="q3", key="k").status_code == 302
    page = page_of(client, matter).content.decode()
    assert "Sent to Water" in page
    assert "Sent to Water, by rule" not in page


def test_a_body_that_cannot_be_chosen_is_refused_at_its_field(world, at_desk):
    matter = world.submission(category=world.noise).matter
    client = at_desk(world.staff("coordinator"))
    for to in ("", "nobody"):
        answer = do(client, matter, "dispatch", to=to, key="k")
        assert answer.status_code == 422
        assert 'id="dispatch_to"' in answer.content.decode()


def test_what_is_not_possible_is_told_with_who_decides(world, at_desk):
    matter = world.submission().matter
    page = page_of(at_desk(world.staff("handler", world.water)), matter).content.decode()
    assert "What you cannot do here, and why" in page
    assert "Your post does not give you this here." in page
    assert "Decided by: Centre." in page


def test_the_proof_of_an_entry_can_be_taken_home_by_who_may_read_it(world, at_desk):
    from gongzhi.foundation.ledger.sequencer import sequence
    from gongzhi.governance.matters.queries import timeline

    matter = world.submission().matter
    actor = world.staff("handler", world.water)
    client = at_desk(actor)
    assert "Proof" not in page_of(client, matter).content.decode()
    sequence()
    entry = timeline(actor, matter)[0]
    assert "Proof no." in page_of(client, matter).content.decode()
    receipt = client.get(reverse("desk:proof", args=[matter.pk, entry.id]))
    assert receipt.status_code == 200
    assert receipt["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("desk:proof", args=[matter.pk, entry.id + 1000])).status_code == 404


def test_the_page_reads_in_chinese(world, at_desk):
    matter = world.submission().matter
    client = at_desk(world.staff("handler", world.water))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    page = page_of(client, matter).content.decode()
    assert "水务局" in page
    assert "Waiting for" not in page


def test_why_no_rule_decided_is_a_sentence_in_the_readers_language(world, at_desk):
    """The reason is kept in codes, whoever brought it in and in whatever language."""
    from django.utils import translation

    from gongzhi.service.desk.undecided import why_undecided

    matter = world.submission(category=world.noise).matter
    client = at_desk(world.staff("clerk"))
    page = client.get(reverse("desk:matter", args=[matter.pk])).content.decode()
    assert "The rule on routing has no row for this case: Category noise." in page
    with translation.override("zh-hans"):
        said = why_undecided(matter.undecided)
        assert "派单" in said and not any(word in said for word in ("rule", "row", "matters."))
        assert why_undecided('[["nobody","water"],["no_rule","matters.deadline"]]').isascii() is False
    assert why_undecided("An older sentence.") == "An older sentence."
    assert "1, 2" in why_undecided('[["conflict","matters.routing",[1,2]]]')
    assert why_undecided('[["unknown","matters.routing",{"kind":null}]]')
    assert why_undecided('[["names_nobody"],["later"]]').startswith("It does not say")
