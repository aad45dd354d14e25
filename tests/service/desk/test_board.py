"""The coordinator's board and the director's view: what stands where, what speaks for whom, in few questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Any:
    from tests.borders import border

    return border()


def offered(place: Any, text: str = "The water smells", to: str = "w3") -> Any:
    from gongzhi.governance.matters.acts import accept, hand_over

    matter, handler = place.matter(text), place.staff("handler", "q3")
    accept(handler, matter)
    hand_over(handler, matter, to=place.body[to], reason=f"{text}: theirs")
    return matter


def returned(place: Any, text: str = "Back") -> Any:
    from gongzhi.governance.matters.acts import return_

    matter = offered(place, text)
    return_(place.staff("handler", "w3"), matter, reason="Not ours", proposal=place.body["j3"])
    return matter


def arbitrated(place: Any, text: str = "Disputed") -> Any:
    from gongzhi.governance.matters.acts import arbitrate

    matter = returned(place, text)
    arbitrate(place.staff("handler", "q3"), matter, arbiter=place.body["a1"])
    return matter


def bound(place: Any, text: str = "Bound") -> Any:
    from gongzhi.governance.matters.acts import designate

    matter = arbitrated(place, text)
    designate(place.staff("area_coordinator", "a1"), matter, to=place.body["w3"], reason="Memorandum")
    return matter


def test_each_handover_stands_in_its_column_with_both_sides_rules_and_like_cases(place, at_desk):
    for made in (offered, returned, arbitrated, bound):
        made(place, made.__name__.title())
    page = at_desk(place.staff("area_coordinator", "a1")).get(reverse("desk:board")).content.decode()
    columns = page.split('<section class="gz-stack-of"')[1:]
    for column, text in zip(columns, ("Offered", "Returned", "Arbitrated", "Bound"), strict=True):
        assert f"{text}: theirs" in column, text
    assert "Not ours" in columns[1]
    assert "Proposes: Jiashan Water" in columns[1]
    assert "Routing, row 1: water; speaks for Water" in columns[1]
    assert "Joint rule of Lake Area, row 1: a designation binds both" in columns[1]
    assert "Of 1 like cases between these two: Wujiang Water 1" in columns[1]
    assert "Area Committee designates who leads." in columns[2]


def test_without_a_joint_rule_the_card_says_so(at_desk):
    from tests.borders import border

    place = border(joint=False)
    returned(place)
    page = at_desk(place.staff("area_coordinator", "a1")).get(reverse("desk:board")).content.decode()
    assert "No joint rule that both have adopted" in page


def test_what_binds_first_is_on_top_and_the_rest_page_by_page(place, at_desk):
    from gongzhi.foundation.ledger import guard
    from gongzhi.governance.matters.models import Deadline

    matters = [offered(place, f"No. {n}") for n in range(30)]
    with guard.permitted():
        from gongzhi.foundation.ledger.clock import now

        Deadline.objects.filter(matter=matters[-1].pk, clock="take").update(due_at=now())
    client = at_desk(place.staff("director", "q1"))
    page = client.get(reverse("desk:board")).content.decode()
    assert page.index("No. 29") < page.index("No. 0:")
    assert page.count("gz-handover-due") == 6
    assert "Offered: all 30" in page
    first = client.get(reverse("desk:column", args=["offered"])).content.decode()
    assert first.count("gz-handover-due") == 24
    following = client.get(reverse("desk:column", args=["offered"]), {"skip": "24"}).content.decode()
    assert following.count("gz-handover-due") == 6
    assert client.get(reverse("desk:column", args=["nonsense"])).status_code == 404


def test_a_board_asks_the_same_few_questions_however_much_is_open(place, at_desk):
    assert connection.features.supports_json_field
    client = at_desk(place.staff("area_coordinator", "a1"))
    for made in (offered, returned, arbitrated, bound):
        made(place)

    def asked(view: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(view)).status_code == 200
        assert len(captured) < 10, "\n".join(each["sql"][:150] for each in captured)
        return len(captured)

    before = asked("desk:board"), asked("desk:holding")
    for made in (offered, returned, arbitrated):
        for _ in range(3):
            made(place)
    assert (asked("desk:board"), asked("desk:holding")) == before


def test_nobody_sees_a_handover_that_they_do_not_reach(place, at_desk):
    returned(place, "Secret to others")
    page = at_desk(place.staff("handler", "j3")).get(reverse("desk:board")).content.decode()
    assert "Secret to others" not in page


def test_the_director_sees_who_holds_what(place, at_desk):
    from gongzhi.governance.matters.acts import add_support

    returned(place)
    matter = place.matter()
    add_support(place.staff("handler", "q3"), matter, body=place.body["j3"], task="Close the gate")
    page = at_desk(place.staff("director", "q1")).get(reverse("desk:holding")).content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    rows = {row.split("</a>")[0].split(">")[-1]: row for row in body.split("<tr>")[1:]}
    assert set(rows) == {"Water", "Wujiang Water", "Jiashan Water"}
    figures = [part.split("</td>")[0] for part in rows["Jiashan Water"].split('<td class="text-end">')[1:]]
    assert figures == ["0", "0", "0", "0", "1", "0"]
    figures = [part.split("</td>")[0] for part in rows["Wujiang Water"].split('<td class="text-end">')[1:]]
    assert figures[3] == "1"


def test_the_lists_hold_what_each_body_is_asked(place, at_desk):
    from gongzhi.governance.matters.acts import add_support

    def count(role: str, code: str, tab: str) -> int:
        if (role, code) not in clients:
            clients[role, code] = at_desk(place.staff(role, code))
        page = clients[role, code].get(reverse("desk:list", args=[tab])).content.decode()
        return page.count('class="gz-line"')

    clients: dict[Any, Any] = {}
    offered(place)
    returned(place)
    arbitrated(place)
    matter = place.matter()
    add_support(place.staff("handler", "q3"), matter, body=place.body["j3"], task="Close the gate")
    assert count("handler", "w3", "offered") == 1
    assert count("handler", "q3", "returned") == 1
    assert count("area_coordinator", "a1", "decide") == 1
    assert count("handler", "j3", "supports") == 1
    today_or_later = [count("handler", "j3", tab) for tab in ("today", "week", "later")]
    assert sum(today_or_later) == 1, "what a support owes stands in its own list of work"
