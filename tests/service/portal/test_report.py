"""Bringing something in: three steps, one landing, and nothing lost between."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from gongzhi.foundation.ledger import keys, notes
from gongzhi.foundation.ledger.models import Entry
from gongzhi.foundation.ledger.receipts import leaf_of
from gongzhi.foundation.parties.actors import OPERATOR, PLATFORM
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.queries import Submission, submissions
from gongzhi.methods import merkle
from tests.builders import DEADLINES, World

OTHERWISE = """\
default:
  then: {contact: 1, contact_unit: working_days, finish: 9, finish_unit: working_days}
  basis: "test rule 5"
"""
ANONYMOUS = {"identity": "anonymous", "answer_by": "page"}


def filed() -> list[Submission]:
    return list(submissions(PLATFORM).select_related("matter", "person", "region", "category"))


def begin(visitor: Client, house: World, text: str = "The river smells", kind: str = "complain") -> str:
    """Say what it is about; returns the key of the draft."""
    said = {"text": text, "kind": kind, "region": house.county.code}
    answer = visitor.post(reverse("portal:report"), said)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"].split("/")[2])


def to_the_last_step(visitor: Client, house: World, category: str = "smell", **place: Any) -> str:
    key = begin(visitor, house)
    answer = visitor.post(reverse("portal:which", args=[key]), {"category": category})
    assert answer["Location"] == reverse("portal:where", args=[key])
    answer = visitor.post(reverse("portal:where", args=[key]), place or {"words": "By the stone bridge"})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == reverse("portal:who", args=[key])
    return key


@pytest.fixture
def last_step(visitor: Client, house: World) -> str:
    return reverse("portal:who", args=[to_the_last_step(visitor, house)])


def test_three_steps_without_a_name_end_in_a_number_a_secret_and_a_deadline(
    visitor: Client, house: World, last_step: str
) -> None:
    answer = visitor.post(last_step, ANONYMOUS, follow=True)
    (one,) = filed()
    page = answer.content.decode()
    assert one.number in page
    assert secret_of(one)[:5] in page
    assert "Waiting for Water to answer by" in page
    assert "5 working days" in page and "test rule 2" in page
    assert one.person is None and one.place == "By the stone bridge" and one.language == "en"


def test_the_answer_to_the_form_carries_a_promise_that_the_next_page_shows(
    visitor: Client, house: World, last_step: str
) -> None:
    answer = visitor.post(last_step, ANONYMOUS)
    cookie = answer.cookies["promise"]
    assert cookie["path"] == answer["Location"] and cookie["httponly"] and cookie["samesite"] == "Strict"
    promise = urlsafe_b64decode(cookie.value).decode()
    (entry,) = Entry.objects.filter(verb="submission.file")
    content = leaf_of(entry.pk)
    assert content is not None
    name, kind, number, digest, _at = notes.open_note(promise, keys.verifiers()).text.splitlines()
    assert (name, kind, int(number)) == (keys.signer().key.name, "promise within 60 s", entry.pk)
    assert b64decode(digest) == merkle.leaf_hash(content)
    page = visitor.get(answer["Location"]).content.decode()
    assert escape(promise) in page
    visitor.cookies["promise"] = "no promise"
    assert "promise within" not in visitor.get(answer["Location"]).content.decode()


def test_sending_twice_files_once(visitor: Client, house: World, last_step: str) -> None:
    first = visitor.post(last_step, ANONYMOUS)
    second = visitor.post(last_step, ANONYMOUS)
    assert first["Location"] == second["Location"]
    assert len(filed()) == 1


def test_sending_again_with_something_else_leaves_what_was_sent_first(
    visitor: Client, house: World, last_step: str
) -> None:
    visitor.post(last_step, ANONYMOUS)
    answer = visitor.post(last_step, {"identity": "contact", "name": "Wang", "answer_by": "page"})
    (one,) = filed()
    assert answer.status_code == 302 and one.person is None
    assert one.number in visitor.get(answer["Location"]).content.decode()


def test_the_number_is_found_although_the_answer_to_sending_was_lost(
    visitor: Client, house: World, last_step: str
) -> None:
    """The session hears of it only afterwards: whatever breaks between, the page of the number finds it."""
    before = dict(visitor.session["drafts"])
    where = visitor.post(last_step, ANONYMOUS)["Location"]
    assert visitor.session["drafts"] == before
    (one,) = filed()
    for _ in range(2):
        assert one.number in visitor.get(where).content.decode()


def test_the_session_forgets_the_text_once_it_is_filed(visitor: Client, house: World, last_step: str) -> None:
    visitor.post(last_step, ANONYMOUS, follow=True)
    assert "The river smells" not in str(dict(visitor.session))


def test_contact_is_kept_and_confidence_noted(visitor: Client, house: World, last_step: str) -> None:
    visitor.post(last_step, {"identity": "confidential", "phone": "139 0000 0000", "answer_by": "phone"})
    (one,) = filed()
    assert one.person is not None and one.person.phone == "139 0000 0000"
    assert one.confidential and one.answer_by == "phone"


def test_what_an_anonymous_person_typed_as_contact_is_not_kept(
    visitor: Client, house: World, last_step: str
) -> None:
    visitor.post(last_step, {**ANONYMOUS, "phone": "139 0000 0000"})
    (one,) = filed()
    assert one.person is None


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"answer_by": "page"}, "Do you want to say who you are?: This field is required"),
        ({"identity": "anonymous", "answer_by": "email"}, "Without your name the answer waits"),
        (
            {"identity": "contact", "answer_by": "page"},
            "Give a telephone number, an e-mail address or a name",
        ),
        (
            {"identity": "contact", "name": "Wang", "answer_by": "email"},
            "To be answered by e-mail, give an address",
        ),
        (
            {"identity": "contact", "name": "Wang", "answer_by": "phone"},
            "To be answered by telephone, give a number",
        ),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    visitor: Client, house: World, last_step: str, told: dict[str, str], sentence: str
) -> None:
    answer = visitor.post(last_step, told)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert filed() == []


def test_a_complaint_needs_a_place_and_a_suggestion_does_not(visitor: Client, house: World) -> None:
    for kind, status in (("complain", 200), ("suggest", 302)):
        key = begin(visitor, house, kind=kind)
        visitor.post(reverse("portal:which", args=[key]), {"category": "smell"})
        answer = visitor.post(reverse("portal:where", args=[key]), {"words": ""})
        assert answer.status_code == status, kind


def test_nothing_said_is_not_a_report(visitor: Client, house: World) -> None:
    said = {"text": "  ", "kind": "complain", "region": house.county.code}
    answer = visitor.post(reverse("portal:report"), said)
    assert answer.status_code == 200 and not visitor.session.keys()


def test_what_no_rule_decides_is_taken_in_all_the_same(visitor: Client, house: World) -> None:
    key = to_the_last_step(visitor, house, category="noise")
    page = visitor.post(reverse("portal:who", args=[key]), ANONYMOUS, follow=True).content.decode()
    assert "Waiting for Centre" in page
    assert "No rule sets a deadline" in page


def test_every_step_can_be_seen_again_with_what_was_said(visitor: Client, house: World) -> None:
    key = to_the_last_step(visitor, house)
    assert "The river smells" in visitor.get(reverse("portal:what", args=[key])).content.decode()
    assert 'value="smell" checked' in visitor.get(reverse("portal:which", args=[key])).content.decode()
    assert "By the stone bridge" in visitor.get(reverse("portal:where", args=[key])).content.decode()


def test_a_step_of_somebody_elses_report_leads_to_a_new_one(visitor: Client, house: World) -> None:
    key = to_the_last_step(visitor, house)
    stranger = Client(headers={"accept-language": "en"})
    for name in ("what", "which", "where", "who", "done"):
        answer = stranger.get(reverse(f"portal:{name}", args=[key]))
        assert answer["Location"] == reverse("portal:report"), name


def test_a_form_from_elsewhere_is_refused(house: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    said = {"text": "x", "kind": "complain", "region": house.county.code}
    assert strict.post(reverse("portal:report"), said).status_code == 403


def test_a_node_without_regions_says_so(visitor: Client, db: None) -> None:
    page = visitor.get(reverse("portal:home")).content.decode()
    assert "This node is being set up" in page
    assert visitor.get(reverse("portal:report"))["Location"] == reverse("portal:home")


def test_a_deadline_that_a_default_sets_is_told_without_a_row(
    visitor: Client, house: World, last_step: str
) -> None:
    enact(OPERATOR, house.county, table=DEADLINES.replace('"smell"', '"fire"') + OTHERWISE)
    page = visitor.post(last_step, ANONYMOUS, follow=True).content.decode()
    assert "the deadline rule of Qingpu, version 2: 9 working days" in page


class TestNamingAThing:
    """What stands near the spot is offered, where a rule sends by its owner, and costs nothing elsewhere."""

    @pytest.fixture
    def cover(self, house: World) -> Any:
        from gongzhi.foundation.parties.acts import add_organisation
        from gongzhi.governance.matters import acts
        from tests.governance.matters.test_things import BY_OWNER, NEAR

        enact(OPERATOR, house.county, table=BY_OWNER)
        enact(OPERATOR, house.county, table=NEAR)
        body = add_organisation(
            OPERATOR, house.county, code="s6", name={"zh": "供水", "en": "Supply"}, kind="enterprise"
        )
        told: dict[str, Any] = {"owner": body, "place": acts.Place("by the bridge", 120.95, 31.05)}
        return acts.add_thing(house.staff("coordinator"), house.county, code="P-1", kind="cover", **told)

    def at(self, visitor: Client, house: World, category: str = "smell") -> str:
        point = {"lon": "120.9501", "lat": "31.05", "datum": "wgs84"}
        return reverse("portal:who", args=[to_the_last_step(visitor, house, category, **point)])

    def test_it_is_offered_chosen_and_sent_to_its_owner(
        self, visitor: Client, house: World, cover: Any
    ) -> None:
        address = self.at(visitor, house)
        assert "cover · P-1 · by the bridge · 10 m away" in visitor.get(address).content.decode()
        visitor.post(address, {**ANONYMOUS, "thing": "P-1"})
        (one,) = filed()
        assert one.thing == cover
        assert one.matter is not None and one.matter.lead == cover.owner

    def test_it_may_be_left_open(self, visitor: Client, house: World, cover: Any) -> None:
        visitor.post(self.at(visitor, house), {**ANONYMOUS, "thing": ""})
        (one,) = filed()
        assert one.thing is None
        assert one.matter is not None and one.matter.lead == house.water

    def test_it_is_offered_only_where_the_rule_sends_by_owner(
        self, visitor: Client, house: World, cover: Any
    ) -> None:
        assert "P-1" not in visitor.get(self.at(visitor, house, "noise")).content.decode()

    def test_sending_asks_for_nothing_more_where_no_rule_sends_by_owner(
        self, visitor: Client, house: World, cover: Any
    ) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        address = self.at(visitor, house, "noise")
        with CaptureQueriesContext(connection) as captured:
            visitor.post(address, ANONYMOUS)
        assert len(filed()) == 1
        assert not [each for each in captured if "matters_thing" in each["sql"]]
