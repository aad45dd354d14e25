"""At the desk: answered at once from what is known, asked of who should know, and found for whoever rings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from gongzhi.foundation.ledger import consumers as machinery
from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.models import Concern, Entry
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Contact, Place
from gongzhi.governance.matters.consumers import knowledge as ticking
from gongzhi.governance.matters.models import Article, Matter, Question, Submission
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World, world
from tests.desks import signed_in

TOLD = {
    "title_zh": "河道保洁", "title_en": "Clean rivers", "text_zh": "由水务局负责。",
    "text_en": "The water bureau keeps them clean.", "keywords": "水草，垃圾", "readers": "public",
    "review_on": "2098-01-01", "owner": "q3",
}  # fmt: skip


@pytest.fixture
def house(db: None) -> World:
    found = world()
    for table in default_tables():
        enact(OPERATOR, found.top, table=table)
    return found


def test_what_nobody_knew_becomes_an_article_and_answers_the_next(house: World) -> None:
    clerk, handler = signed_in(house.staff("clerk")), signed_in(house.staff("handler", house.water))
    clerk.post(reverse("desk:ask_owner"), {"text": "Who cleans the river?", "owner": "q3"})
    asked = Question.objects.get()
    assert "Who cleans the river?" in handler.get(reverse("desk:knowledge")).content.decode()
    page = handler.get(reverse("desk:write_article") + f"?question={asked.pk}").content.decode()
    assert "Who cleans the river?" in page
    handler.post(reverse("desk:write_article"), {**TOLD, "question": str(asked.pk)})
    article = Article.objects.get()
    asked.refresh_from_db()
    assert asked.article_id == article.pk and article.keywords == ["水草", "垃圾"]

    filed = house.submission("谁负责河道保洁")
    address = reverse("desk:article", args=[article.pk])
    page = clerk.get(f"{address}?matter={filed.matter_id}").content.decode()
    assert "The water bureau keeps them clean." in page
    clerk.post(address, {"matter": str(filed.matter_id), "text": "The water bureau does."})
    matter = Matter.objects.get(pk=filed.matter_id)
    assert (matter.state, matter.outcome, matter.answer) == ("closed", "direct", "The water bureau does.")
    assert article.pk.hex in Entry.objects.get(verb="matter.answer_directly").facts.replace("-", "")


def test_only_the_owner_reviews_and_retires(house: World) -> None:
    handler = signed_in(house.staff("handler", house.water))
    handler.post(reverse("desk:write_article"), TOLD)
    article = Article.objects.get()
    other = signed_in(house.staff("handler"))
    assert other.get(reverse("desk:review_article", args=[article.pk])).status_code == 404
    handler.post(reverse("desk:review_article", args=[article.pk]), {**TOLD, "title_en": "Clean ponds"})
    article.refresh_from_db()
    assert article.title["en"] == "Clean ponds" and article.number == 2
    handler.post(reverse("desk:retire_article", args=[article.pk]), {"text": "no longer so"})
    article.refresh_from_db()
    assert article.retired_at is not None


def test_owners_are_reminded_once_when_the_day_has_passed(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "TICKERS", {})
    tomorrow = now().date() + timedelta(days=2)
    words = {"zh": "河道", "en": "River"}
    by = house.staff("handler", house.water)
    acts.write_article(by, house.water, title=words, text=words, review_on=tomorrow)
    ticking.remind_of_review()
    assert not Entry.objects.filter(verb="article.remind").exists()
    later = now() + timedelta(days=4)
    monkeypatch.setattr(ticking, "now", lambda: later)
    monkeypatch.setattr(work, "now", lambda: later)
    ticking.remind_of_review()
    ticking.remind_of_review()
    assert Entry.objects.filter(verb="article.remind").count() == 1


def test_whoever_rings_is_found_by_the_whole_number_and_can_see_who_looked(house: World) -> None:
    filed = house.submission("mine", contact=Contact(name="Li", phone="139 1234 5678"))
    house.submission("another", contact=Contact(name="Wu", phone="139 1234 5679"))
    clerk, address = signed_in(house.staff("clerk")), reverse("desk:telephone")
    for told in ({"phone": "5678"}, {"number": "nonsense"}, {}, {"phone": "139 1234 5678", "purpose": ""}):
        said = {"region": house.county.code, "purpose": "the caller asks", **told}
        assert clerk.post(address, said).status_code == 422
    told = {"region": house.county.code, "phone": "13912345678", "purpose": "the caller asks"}
    page = clerk.post(address, told).content.decode()
    assert filed.number in page and "1 found" in page and "1234" not in page.replace("13912345678", "")
    entry = Entry.objects.get(verb="submission.find")
    assert Concern.objects.filter(entry=entry.pk, person=filed.person_id).exists()
    assert "139" not in entry.facts
    clerk.post(reverse("desk:on_behalf", args=[filed.pk, "chase"]), {"text": ""})
    clerk.post(reverse("desk:on_behalf", args=[filed.pk, "supplement"]), {"text": "Fish float."})
    filed.refresh_from_db()
    assert filed.chases == 1 and "Fish float." in filed.text


def test_neighbours_who_reported_it_before_are_joined(house: World) -> None:
    earlier = house.submission("It smells", place=Place(lon=120.9, lat=31.0))
    clerk = signed_in(house.staff("clerk"))
    told = {
        "channel": "hotline", "kind": "complain", "text": "Foul water", "category": "smell",
        "region": house.town.code, "lon": "120.9005", "lat": "31.0", "answer_by": "page", "people": "3",
        "urgency": "urgent", "vulnerable": "on",
    }  # fmt: skip
    page = clerk.post(reverse("desk:take_in"), told).content.decode()
    assert "One neighbour reported this before: join them?" in page
    new = Submission.objects.exclude(pk=earlier.pk).get()
    assert (new.people, new.urgency, new.vulnerable) == (3, "urgent", True)
    clerk.post(reverse("desk:join", args=[new.matter_id]), {"into": str(earlier.matter_id)})
    new.refresh_from_db()
    assert new.matter_id == earlier.matter_id


def test_a_report_taken_in_at_the_desk_is_kept_from_whom_it_accuses(house: World) -> None:
    clerk = signed_in(house.staff("clerk"))
    told = {
        "channel": "hotline", "kind": "report", "text": "They take envelopes", "category": "smell",
        "region": house.town.code, "answer_by": "page", "accused": ["q3"],
    }  # fmt: skip
    assert "Taken in" in clerk.post(reverse("desk:take_in"), told).content.decode()
    filed = Submission.objects.get()
    assert filed.sealed and filed.matter is not None and filed.matter.lead is None
