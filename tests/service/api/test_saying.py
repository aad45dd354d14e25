"""What the portal can do, the API can: ask, add, withdraw, rate, open again, and read what is known."""

from __future__ import annotations

from datetime import date
from typing import Any

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.followup import secret_of
from gongzhi.governance.matters.models import Matter, Submission
from gongzhi.governance.matters.queries import submissions
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World
from tests.service.api.calling import Caller


def ruled(place: World) -> World:
    for table in default_tables():
        enact(OPERATOR, place.top, table=table)
    return place


def say(filed: Submission, what: str, said: dict[str, Any], secret: str | None = None) -> Any:
    told = secret_of(filed) if secret is None else secret
    return Caller().post(f"submissions/{filed.number}/{what}", said, Submission_Secret=told)


def test_asked_added_and_withdrawn(place: World) -> None:
    filed = ruled(place).submission()
    assert say(filed, "chase", {"text": "how far?"}).status_code == 200
    assert say(filed, "supplement", {"text": "fish float"}).status_code == 200
    assert say(filed, "supplement", {"text": ""}).status_code == 422
    assert say(filed, "chase", {}, secret="WRONG").status_code == 404
    answered = say(filed, "withdraw", {}).json()
    assert answered["timeline"][-1]["verb"] == "submission.withdraw"
    assert say(filed, "chase", {}).status_code == 409


def test_rated_and_opened_again(place: World) -> None:
    filed = ruled(place).submission()
    assert say(filed, "rating", {"resolved": True, "satisfied": 5}).status_code == 409
    assert filed.matter is not None
    acts.answer(place.staff("handler", place.water), filed.matter, text="Done.")
    acts.verify(place.staff("verifier"), Matter.objects.get(pk=filed.matter_id), passed=True, text="Looked.")
    acts.close(place.staff("clerk"), Matter.objects.get(pk=filed.matter_id))
    assert say(filed, "rating", {"resolved": False, "satisfied": 9}).status_code == 422
    assert say(filed, "rating", {"resolved": False, "satisfied": 1}).status_code == 200
    assert say(filed, "reopen", {"text": "it smells still"}).status_code == 200
    assert Matter.objects.get(pk=filed.matter_id).reopenings == 1


def test_a_report_names_whom_it_accuses_and_they_never_see_it(place: World) -> None:
    said = {
        "region": place.town.code, "kind": "report", "category": "smell", "text": "They take envelopes",
        "accused": ["q3"], "needs": {"urgency": "urgent", "people": 3, "hide_number": True},
    }  # fmt: skip
    ruled(place)
    assert Caller().post("submissions", {**said, "accused": ["zz"]}).status_code == 422
    assert Caller().post("submissions", said).status_code == 201
    filed = Submission.objects.get()
    assert filed.sealed and filed.hide_number and filed.people == 3
    assert not submissions(place.staff("handler", place.water)).exists()


def test_what_is_known_and_what_is_unresolved_is_read_by_anybody(place: World) -> None:
    filed, handler = ruled(place).submission("Wang's wall"), place.staff("handler", place.water)
    words = {"zh": "河道保洁", "en": "Clean rivers"}
    made = acts.write_article(handler, place.water, title=words, text=words, review_on=date(2098, 1, 1))
    (found,) = Caller().get("articles?region=310118&words=保洁").json()
    assert found["id"] == str(made.pk)
    assert Caller().get(f"articles/{made.pk}").json()["title"] == words
    assert Caller().get("articles?region=nowhere").status_code == 422
    assert filed.matter is not None
    acts.stop(handler, filed.matter, kind="shelved", reason="Nobody owns it.")
    (listed,) = Caller().get("unresolved?region=310118").json()
    assert listed["reason"] == "Nobody owns it." and "Wang" not in str(listed)
