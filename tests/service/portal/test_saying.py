"""What whoever brought something in says to it afterwards, and the one story that they are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR, PLATFORM
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Contact
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.models import CallBack, Matter, Rating, Submission
from gongzhi.governance.matters.queries import matter
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World


@pytest.fixture
def ruled(house: World) -> World:
    for table in default_tables():
        enact(OPERATOR, house.top, table=table)
    return house


def show(visitor: Client, filed: Submission) -> str:
    told = {"number": filed.number, "secret": secret_of(filed)}
    return visitor.post(reverse("portal:follow_up"), told, follow=True).content.decode()


def say(visitor: Client, filed: Submission, name: str, **told: str) -> Any:
    return visitor.post(reverse("portal:say", args=[filed.number, name]), told, follow=True)


def of(filed: Submission) -> Matter:
    found = matter(PLATFORM, filed.matter_id)  # type: ignore[arg-type]
    assert found is not None
    return found


def done(house: World, filed: Submission) -> None:
    acts.answer(house.staff("handler", house.water), of(filed), text="The pipe was mended.")
    acts.verify(house.staff("verifier"), of(filed), passed=True, text="Clean.")
    acts.close(house.staff("clerk"), of(filed))


def test_a_handover_is_told_as_one_story(visitor: Client, ruled: World) -> None:
    other = add_organisation(
        OPERATOR, ruled.neighbour, code="w3", name={"zh": "吴江水务局", "en": "Wujiang Water"},
        kind="government", functions=["water"],
    )  # fmt: skip
    filed = ruled.submission()
    assert "Until it has taken over, Centre goes on answering you." in show(visitor, filed)
    handler = ruled.staff("handler", ruled.water)
    acts.accept(handler, of(filed))
    acts.hand_over(handler, of(filed), to=other, reason="The outlet lies there.")
    page = show(visitor, filed)
    assert "Water has asked Wujiang Water to take over. Until it has, Water goes on answering you." in page
    assert "The outlet lies there." in page
    acts.return_(ruled.staff("handler", other), of(filed), reason="It does not.")
    page = show(visitor, filed)
    assert "Wujiang Water has returned it to Water. Water goes on answering you" in page
    assert "Wujiang Water returned it with a reason." in page


def test_what_stands_still_and_what_takes_longer_is_told_with_the_reason(
    visitor: Client, ruled: World
) -> None:
    filed, handler = ruled.submission(), ruled.staff("handler", ruled.water)
    asked = acts.ask_extension(handler, of(filed), days=2, reason="The laboratory is slow.", told=True)
    acts.sign_extension(ruled.staff("leader", ruled.water), of(filed), extension=asked, granted=True)
    assert "The deadline was extended by 2 working days: The laboratory is slow." in show(visitor, filed)
    acts.stop(handler, of(filed), kind="shelved", reason="The wall belongs to nobody.")
    page = show(visitor, filed)
    assert "stands on the public list of the unresolved" in page and "The wall belongs to nobody." in page
    assert "clock stopped" in page


def test_who_helps_is_shown_with_its_own_deadline(visitor: Client, ruled: World) -> None:
    filed = ruled.submission()
    other = add_organisation(
        OPERATOR, ruled.county, code="q8", name={"zh": "环保局", "en": "Ecology"}, kind="government"
    )
    lead = ruled.staff("handler", ruled.water)
    part = acts.add_support(lead, of(filed), body=other, task="take a sample")
    page = show(visitor, filed)
    assert "Ecology was asked to help." in page and "Its part:" in page
    acts.report(ruled.staff("handler", other), of(filed), part=part, text="Sample taken.")
    assert "has helped" in show(visitor, filed)


def test_asked_added_and_withdrawn(visitor: Client, ruled: World) -> None:
    filed = ruled.submission()
    show(visitor, filed)
    assert "You have asked." in say(visitor, filed, "chase", text="Three days now").content.decode()
    assert "It was added." in say(visitor, filed, "supplement", text="Fish float.").content.decode()
    filed.refresh_from_db()
    assert filed.chases == 1 and "Fish float." in filed.text
    refused = say(visitor, filed, "supplement", text="")
    assert refused.status_code == 422
    page = say(visitor, filed, "withdraw", text="").content.decode()
    assert "It was withdrawn, and it is closed." in page
    again = say(visitor, filed, "chase", text="")
    assert again.status_code == 409 and "This was withdrawn." in again.content.decode()


def test_rated_and_opened_again(visitor: Client, ruled: World) -> None:
    filed = ruled.submission()
    page = show(visitor, filed)
    assert "Rate what was done" not in page
    done(ruled, filed)
    page = show(visitor, filed)
    assert "Rate what was done" in page and "you can have it opened again until" in page
    assert say(visitor, filed, "rate", resolved="no").status_code == 422
    page = say(visitor, filed, "rate", resolved="no", satisfied="2", text="It smells still").content.decode()
    assert "You rated it: not resolved, satisfaction 2 of 5." in page
    assert "Rate what was done" not in page
    rating = Rating.objects.get()
    assert (rating.resolved, rating.satisfied, rating.by_call) == (False, 2, False)
    page = say(visitor, filed, "reopen", text="It smells still").content.decode()
    assert "It was opened again, and its clocks begin anew." in page
    assert "The answer before it was opened again" in page
    assert of(filed).reopenings == 1


def test_nobody_says_anything_without_the_secret(visitor: Client, ruled: World) -> None:
    filed = ruled.submission()
    assert "Secret" in say(visitor, filed, "chase", text="").content.decode()
    filed.refresh_from_db()
    assert filed.chases == 0
    assert visitor.post(reverse("portal:say", args=[filed.number, "burn"])).status_code == 404


def test_what_others_said_of_the_same_is_not_told(visitor: Client, ruled: World) -> None:
    mine = ruled.submission(contact=Contact(phone="13900000001"))
    theirs = ruled.submission("Foul water here too", contact=Contact(phone="13900000002"))
    acts.merge(ruled.staff("clerk"), of(theirs), into=of(mine))
    acts.answer(ruled.staff("handler", ruled.water), of(mine), text="Mended.")
    acts.verify(ruled.staff("verifier"), of(mine), passed=True, text="Clean.")
    caller = ruled.staff("caller")
    for call in CallBack.objects.filter(submission__in=[mine.pk, theirs.pk]):
        words = "mine" if call.submission_id == mine.pk else "their own trouble"
        acts.call_back(caller, of(mine), call=call, reply="reached", resolved=True, satisfied=4, text=words)
    page = show(visitor, mine)
    assert "You were called back." in page and "their own trouble" not in page
    assert "as you said on the telephone" in page


def test_few_questions_are_asked_of_the_database(
    visitor: Client, ruled: World, django_assert_max_num_queries: Any
) -> None:
    filed = ruled.submission()
    show(visitor, filed)
    handler = ruled.staff("handler", ruled.water)
    for code in ("q8", "q9"):
        body = add_organisation(OPERATOR, ruled.county, code=code, name={"zh": code}, kind="government")
        acts.add_support(handler, of(filed), body=body, task="help", due=None)
    with django_assert_max_num_queries(9):
        visitor.get(reverse("portal:followed", args=[filed.number]))
