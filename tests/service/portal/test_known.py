"""Pages that anybody may read, and what the report says of danger, borders, neighbours and the accused."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR, anyone
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.regions.acts import add_grid
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Contact, Place
from gongzhi.governance.matters.emergencies import numbers_for
from gongzhi.governance.matters.models import Article, Part, Rating, Role, Submission
from gongzhi.governance.matters.queries import submissions
from gongzhi.governance.matters.rules import default_tables
from tests.builders import World

WORDS = {"zh": "河道保洁由谁负责", "en": "Who keeps the rivers clean"}


@pytest.fixture
def ruled(house: World) -> World:
    for table in default_tables():
        enact(OPERATOR, house.top, table=table)
    return house


def square(lon: float, lat: float) -> dict[str, object]:
    ring = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat + 0.01], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def article(house: World, **more: object) -> Article:
    told = {"title": WORDS, "text": {"zh": "由水务局负责。", "en": "The water bureau."}, **more}
    told.setdefault("review_on", date(2098, 1, 1))
    return acts.write_article(house.staff("handler", house.water), house.water, **told)  # type: ignore[arg-type]


def read(visitor: Client, name: str, query: str = "") -> str:
    answered = visitor.get(reverse(name) + query)
    assert answered.status_code == 200
    return answered.content.decode()


def begun(visitor: Client, kind: str, text: str, **more: str) -> str:
    told = {"text": text, "kind": kind, "region": "310118", **more}
    answered = visitor.post(reverse("portal:report" if kind != "consult" else "portal:ask"), told)
    return str(answered["Location"])


def test_articles_are_found_by_chinese_and_english_words(visitor: Client, ruled: World) -> None:
    article(ruled, keywords=["打捞水草"])
    for words in ("保洁", "河道谁管", "rivers", "水草"):
        assert "Who keeps the rivers clean" in read(visitor, "portal:articles", f"?words={words}"), words
    assert "Nothing here answers that" in read(visitor, "portal:articles", "?words=passport")


def test_what_is_for_staff_or_retired_is_read_by_nobody_else(visitor: Client, ruled: World) -> None:
    inside = article(ruled, readers="staff")
    gone = article(ruled)
    acts.retire_article(ruled.staff("handler", ruled.water), gone, reason="no longer so")
    assert "Who keeps" not in read(visitor, "portal:articles")
    for each in (inside, gone):
        assert visitor.get(reverse("portal:article", args=[each.pk])).status_code == 404


def test_a_question_is_shown_what_answers_it(visitor: Client, ruled: World) -> None:
    found = article(ruled)
    page = visitor.get(begun(visitor, "consult", "谁负责河道保洁？")).content.decode()
    assert "Perhaps this answers it already" in page and str(found.pk) in page


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("隔壁着火了", ["119"]), ("A man with a knife", ["110"]), ("有人昏迷", ["120"]), ("河水发臭", [])],
)
def test_danger_is_told_whom_to_call_at_once(
    visitor: Client, ruled: World, text: str, numbers: list[str]
) -> None:
    page = visitor.get(begun(visitor, "help", text)).content.decode()
    assert [number for number in ("110", "119", "120") if f"tel:{number}" in page] == numbers
    assert numbers_for(text) == numbers


def test_both_sides_see_what_lies_near_the_border(visitor: Client, ruled: World) -> None:
    other = add_organisation(
        OPERATOR, ruled.neighbour, code="w1", name={"zh": "吴江中心", "en": "Wujiang centre"},
        kind="government", functions=["centre"],
    )  # fmt: skip
    add_grid(OPERATOR, ruled.town, code="g1", name={"zh": "一格"}, outline=square(120.90, 31.0))
    add_grid(OPERATOR, ruled.neighbour, code="g2", name={"zh": "二格"}, outline=square(120.91, 31.0))
    near = ruled.submission(place=Place(lon=120.9095, lat=31.005))
    far = ruled.submission(place=Place(lon=120.9050, lat=31.005))
    watching = Part.objects.filter(organisation=other, role=Role.WATCHER).values_list("matter", flat=True)
    assert list(watching) == [near.matter_id]
    clerk = ruled.staff("clerk", other)
    assert {near.pk} == set(submissions(clerk).values_list("pk", flat=True)) & {near.pk, far.pk}
    which = begun(visitor, "complain", "The river smells")
    where = visitor.post(which, {"category": "smell"})["Location"]
    who = visitor.post(where, {"lon": "120.9095", "lat": "31.005", "datum": "wgs84"})["Location"]
    page = visitor.get(who).content.decode()
    assert "This spot lies on the border of Qingpu and Wujiang. Both will see it." in page


def test_how_many_others_brought_in_the_same_is_told_from_three_on(visitor: Client, ruled: World) -> None:
    for n in range(3):
        which = begun(visitor, "complain", "The river smells")
        where = visitor.post(which, {"category": "smell"})["Location"]
        point = {"lon": "120.9001", "lat": "31.005", "datum": "wgs84", "words": "at the bridge"}
        who = visitor.post(where, point)["Location"]
        assert "others near there" not in visitor.get(who).content.decode()
        ruled.submission(f"Smell {n}", place=Place(lon=120.9 + n / 10_000, lat=31.005))
    assert "3 others near there have brought in the same." in visitor.get(who).content.decode()


def test_a_report_names_the_body_which_then_never_sees_it(visitor: Client, ruled: World) -> None:
    which = begun(visitor, "report", "They take envelopes")
    where = visitor.post(which, {"category": "smell"})["Location"]
    who = visitor.post(where, {"words": "at the sluice"})["Location"]
    page = visitor.get(who).content.decode()
    assert "They will not see this report" in page and 'value="q3"' in page
    told = {"identity": "anonymous", "answer_by": "page", "accused": "q3", "urgency": "urgent", "people": "4"}
    visitor.post(who, told)
    filed = Submission.objects.get()
    assert filed.sealed and filed.confidential and filed.urgency == "urgent" and filed.people == 4
    assert not submissions(ruled.staff("handler", ruled.water)).exists()
    assert submissions(ruled.staff("clerk")).exists()


def test_what_is_shelved_is_listed_without_anybody(visitor: Client, ruled: World) -> None:
    filed = ruled.submission("Wang's wall falls", contact=Contact(name="Wang", phone="13900000009"))
    assert filed.matter is not None
    handler = ruled.staff("handler", ruled.water)
    acts.stop(handler, filed.matter, kind="shelved", reason="The owner cannot be found.")
    page = read(visitor, "portal:unresolved", "?region=310118")
    assert "Smelling water" in page and "Jinze" in page and "The owner cannot be found." in page
    assert "Wang" not in page and filed.number not in page and filed.matter.number not in page
    acts.go_on(handler, filed.matter)
    assert "Nothing stands unresolved here" in read(visitor, "portal:unresolved", "?region=310118")


def test_rates_stand_with_what_they_are_of_and_too_few_say_nothing(visitor: Client, ruled: World) -> None:
    handler = ruled.staff("handler", ruled.water)
    for n in range(20):
        filed = ruled.submission(f"Smell {n}")
        assert filed.matter is not None
        acts.answer(handler, filed.matter, text="Done.")
        if n < 19:
            acts.rate(anyone([filed.pk]), filed, resolved=n > 0, satisfied=4)
    page = read(visitor, "portal:bodies", "?region=310118")
    assert "100.0 %" in page and "20 of 20" in page
    assert "insufficient" in page and "18 of 19" in page
    assert Rating.objects.count() == 19
