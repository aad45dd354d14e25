"""Following up: number and secret open one submission, and nothing else does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.ledger import receipts, sequencer
from gongzhi.foundation.parties.actors import PLATFORM
from gongzhi.governance.matters.acts import Contact, answer, close, dispatch, erase_person, note
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import Submission, matter
from gongzhi.service.accounts import lockout
from tests.builders import World


@pytest.fixture
def filed(house: World) -> Submission:
    return house.submission()


def show(visitor: Client, filed: Submission) -> str:
    """Tell number and secret, and read the page."""
    told = {"number": filed.number, "secret": secret_of(filed)}
    return visitor.post(reverse("portal:follow_up"), told, follow=True).content.decode()


def test_number_and_secret_open_it(visitor: Client, filed: Submission) -> None:
    page = show(visitor, filed)
    assert "Waiting for Water to answer by" in page
    assert "The river smells" in page
    assert "Centre took it in, and answers for it until another body has." in page
    assert "It was sent to Water." in page
    assert "test rule 2" in page


def test_it_tells_which_rules_decided_with_row_and_basis(visitor: Client, filed: Submission) -> None:
    assert reverse("portal:decided", args=[filed.number]) in show(visitor, filed)
    answer = visitor.get(reverse("portal:decided", args=[filed.number]))
    decided = " ".join(answer.content.decode().split())
    assert "Handled by the body for: water" in decided
    assert "test rule 1" in decided
    assert "version 1, row 1" in decided


@pytest.mark.parametrize(
    "typed", ["{n}", " {n} ", "{l}", "{plain}", "{wide}"], ids=["as is", "spaces", "small", "plain", "wide"]
)
def test_however_it_is_typed(visitor: Client, filed: Submission, typed: str) -> None:
    number, secret = filed.number, secret_of(filed)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in number)
    told = typed.format(n=number, l=number.lower(), plain=number.replace("-", ""), wide=wide)
    spaced = f"{secret[:5].lower()} {secret[5:].lower()}"
    answered = visitor.post(reverse("portal:follow_up"), {"number": told, "secret": spaced})
    assert answered["Location"] == reverse("portal:followed", args=[number])


@pytest.mark.parametrize(
    "told", [{"number": "R8C9-NRCT-Y", "secret": "x"}, {"number": "nonsense", "secret": "AAAAAAAAAA"}]
)
def test_what_does_not_fit_is_not_told_apart(
    visitor: Client, filed: Submission, told: dict[str, str]
) -> None:
    page = visitor.post(reverse("portal:follow_up"), told).content.decode()
    assert "There is nothing with this number and this secret." in page


def test_the_secret_of_another_does_not_open_it(visitor: Client, house: World, filed: Submission) -> None:
    other = house.submission("Something else")
    told = {"number": filed.number, "secret": secret_of(other)}
    assert "There is nothing with" in visitor.post(reverse("portal:follow_up"), told).content.decode()
    assert visitor.get(reverse("portal:followed", args=[filed.number]))["Location"].startswith(
        "/follow-up/?number="
    )


def test_without_the_secret_neither_page_nor_proof_nor_receipt_opens(
    visitor: Client, filed: Submission
) -> None:
    assert visitor.get(reverse("portal:followed", args=[filed.number])).status_code == 302
    for name in ("proof", "receipt"):
        assert visitor.get(reverse(f"portal:{name}", args=[filed.number])).status_code == 404


def test_guessing_secrets_is_slowed_down(visitor: Client, filed: Submission) -> None:
    for _ in range(lockout.NAME_LIMIT):
        visitor.post(reverse("portal:follow_up"), {"number": filed.number, "secret": "AAAAAAAAAA"})
    right = {"number": filed.number.lower(), "secret": secret_of(filed)}
    assert "Too many attempts failed" in visitor.post(reverse("portal:follow_up"), right).content.decode()


def test_guessing_secrets_does_not_lock_anybody_out_of_signing_in(
    visitor: Client, filed: Submission, rf: object
) -> None:
    for _ in range(lockout.ADDRESS_LIMIT):
        visitor.post(reverse("portal:follow_up"), {"number": "R8C9-NRCT-Y", "secret": "AAAAAAAAAA"})
    page = visitor.post(reverse("accounts:sign_in"), {"username": "wang", "password": "x"}).content.decode()
    assert "do not fit together" in page


def test_the_answer_is_shown_and_when_it_came(visitor: Client, house: World, filed: Submission) -> None:
    answer(house.staff("handler", house.water), filed.matter, text="The pipe was mended.")
    page = show(visitor, filed)
    assert "Water has answered." in page
    assert "The pipe was mended." in page
    assert "It was answered, in time." in page and "met in time" in page


def test_what_colleagues_note_is_not_shown(visitor: Client, house: World, filed: Submission) -> None:
    note(house.staff("handler", house.water), filed.matter, text="He has called five times.")
    assert "five times" not in show(visitor, filed)


def test_who_acts_by_hand_is_named_by_body_and_never_by_name(visitor: Client, house: World) -> None:
    filed = house.submission(category=house.noise)
    dispatch(house.staff("coordinator"), filed.matter, to=house.water)
    page = show(visitor, filed)
    story = page[page.index("It was sent to Water.") :]
    assert '<div class="gz-step-by">Centre' in story
    assert "coordinator of q1" not in page


def test_a_closed_matter_says_so(visitor: Client, house: World, filed: Submission) -> None:
    answer(house.staff("handler", house.water), filed.matter, text="Done.")
    close(house.staff("clerk"), matter(PLATFORM, filed.matter_id))  # type: ignore[arg-type]
    assert "Water has answered, and it is closed." in show(visitor, filed)


def test_what_was_erased_says_so_where_it_stood(visitor: Client, house: World) -> None:
    filed = house.submission(contact=Contact(name="Wang"))
    answer(house.staff("handler", house.water), filed.matter, text="The pipe was mended.")
    assert filed.person is not None
    erase_person(house.staff("administrator"), filed.person, reason="The person's own request")
    page = show(visitor, filed)
    assert "The river smells" not in page and "The pipe was mended" not in page
    assert "The text was erased on" in page
    assert "The text of the answer was erased." in page
    assert "The proof that it stood here still holds." in page


def test_the_promise_comes_at_once_and_the_receipt_when_the_ledger_has_ordered_it(
    visitor: Client, filed: Submission
) -> None:
    address = reverse("portal:receipt", args=[filed.number])
    assert "We have signed for it." in show(visitor, filed)
    promise = visitor.get(address)
    assert ".promise" in promise["Content-Disposition"] and b"promise within" in promise.content
    sequencer.sequence()
    receipt = visitor.get(address)
    assert ".receipt" in receipt["Content-Disposition"]
    from gongzhi.foundation.ledger import keys

    checked = receipts.check(receipt.content.decode(), keys.verifiers())
    assert checked.entry["verb"] == "submission.file"
    assert checked.private == {"text": "The river smells"}
    proof = visitor.get(reverse("portal:proof", args=[filed.number])).content.decode()
    assert "It stands in the ledger at position" in proof and "hx-get" not in proof


def test_the_page_asks_little_of_the_database_however_long_the_story(
    visitor: Client, house: World, django_assert_max_num_queries: object
) -> None:
    filed = house.submission(category=house.noise)
    show(visitor, filed)
    coordinator = house.staff("coordinator")
    for to in (house.water, house.centre, house.water):
        dispatch(coordinator, matter(PLATFORM, filed.matter_id), to=to)  # type: ignore[arg-type]
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        visitor.get(reverse("portal:followed", args=[filed.number]))


def test_the_page_is_not_kept_by_browsers(visitor: Client, filed: Submission) -> None:
    show(visitor, filed)
    answered = visitor.get(reverse("portal:followed", args=[filed.number]))
    assert "no-store" in answered["Cache-Control"]
