"""Urgent reports at the desk: written on one side, acknowledged on the other, seen by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation, put_under
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.acts import Needs
from gongzhi.governance.matters.models import Urgent
from gongzhi.governance.matters.rules import default_tables


class Sides:
    """A centre, the government above it, and an emergency."""

    def __init__(self, world: Any) -> None:
        for table in default_tables():
            enact(OPERATOR, world.top, table=table)
        self.world = world
        self.above = add_organisation(
            OPERATOR, world.county, code="q0", name={"zh": "区政府", "en": "District Government"},
            kind="government", functions=["government"],
        )  # fmt: skip
        world.centre = put_under(OPERATOR, world.centre, superior=self.above)
        self.clerk, self.leader = world.staff("clerk"), world.staff("leader", self.above)
        self.matter = world.submission("water in the house", needs=Needs(urgency="emergency")).matter

    def report(self, **more: Any) -> Urgent:
        told = {"title": "A dike leaks", "text": "sandbags are on their way", **more}
        return acts.report_urgent(self.clerk, self.world.centre, **told)


@pytest.fixture
def sides(world):
    return Sides(world)


def text(client, name: str, *args: Any, status: int = 200) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args))
    assert answer.status_code == status
    return answer.content.decode()


def do(client, urgent, name: str, **told: str):
    return client.post(reverse("desk:urgent_do", args=[urgent.pk, name]), told)


def test_a_matter_is_reported_from_its_page(sides, at_desk):
    client = at_desk(sides.clerk)
    page = text(client, "matter", sides.matter.pk)
    address = reverse("desk:urgent_new") + f"?matter={sides.matter.number}"
    assert address in page
    assert "First report to the superior" in page
    assert "District Government" in client.get(address).content.decode()
    assert client.post(address, {"title": "Flood"}).status_code == 422
    done = client.post(address, {"title": "Flood", "text": "two out of a house"})
    (urgent,) = Urgent.objects.all()
    assert done["Location"] == reverse("desk:urgent", args=[urgent.pk])
    assert urgent.matter_id == sides.matter.pk
    page = text(client, "matter", sides.matter.pk)
    assert "reported it to District Government as urgent, in time" in page
    assert "two out of a house" in page
    assert client.post(address, {"title": "Flood", "text": "again"}).status_code == 409


def test_the_superior_reads_acknowledges_and_instructs(sides, at_desk):
    urgent, client = sides.report(), at_desk(sides.leader)
    assert "An urgent report waits for you" in text(client, "mine")
    assert "A dike leaks" in text(client, "urgents")
    page = text(client, "urgent", urgent.pk)
    assert "sandbags are on their way" in page
    assert "I have read it" in page
    assert "Write a further report" not in page
    assert do(client, urgent, "acknowledge").status_code == 302
    assert "An urgent report waits for you" not in text(client, "mine")
    assert do(client, urgent, "acknowledge").status_code == 409
    past = f"{now() - timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert do(client, urgent, "instruct", text="people first", due=past).status_code == 422
    assert do(client, urgent, "instruct", text="people first").status_code == 302
    assert "people first" in text(at_desk(sides.clerk), "urgent", urgent.pk)


def test_further_reports_follow_until_the_final_one(sides, at_desk):
    urgent, client = sides.report(), at_desk(sides.clerk)
    assert do(client, urgent, "report_further").status_code == 422
    assert do(client, urgent, "report_further", text="the water falls").status_code == 302
    assert do(client, urgent, "report_finally", text="mended").status_code == 302
    assert "The final report has been written." in text(client, "urgent", urgent.pk)
    assert do(client, urgent, "report_further", text="more").status_code == 409
    assert do(client, urgent, "acknowledge").status_code == 403
    assert do(client, urgent, "nonsense").status_code == 404


def test_without_a_superior_the_page_says_what_to_do(sides, at_desk):
    sides.world.centre = put_under(OPERATOR, sides.world.centre, superior=None)
    client = at_desk(sides.clerk)
    assert "Report by telephone now" in text(client, "urgent_new")
    answer = client.post(reverse("desk:urgent_new"), {"title": "Flood", "text": "two out"})
    assert answer.status_code == 409
    assert "No superior of" in answer.content.decode()


def test_nobody_else_finds_a_report_or_hears_of_it(sides, world, at_desk):
    urgent = sides.report(matter=sides.matter)
    handler = at_desk(world.staff("handler", world.water))
    assert handler.get(reverse("desk:urgent", args=[urgent.pk])).status_code == 404
    text(handler, "urgents", status=403)
    text(handler, "urgent_new", status=403)
    page = text(handler, "matter", sides.matter.pk)
    assert "sandbags" not in page
    assert "as urgent" not in page
    bureau = at_desk(world.staff("leader", world.water))
    assert "A dike leaks" not in text(bureau, "urgents")
    assert do(bureau, urgent, "acknowledge").status_code == 404
    clerk = at_desk(world.staff("clerk", world.water))
    assert clerk.get(reverse("desk:urgent_new") + "?matter=nonsense").status_code == 404


def test_the_superior_is_led_to_no_matter_that_it_does_not_read(sides, at_desk):
    urgent = sides.report(matter=sides.matter)
    address = reverse("desk:matter", args=[sides.matter.pk])
    assert address in text(at_desk(sides.clerk), "urgent", urgent.pk)
    leader = at_desk(sides.leader)
    assert address not in text(leader, "urgent", urgent.pk)
    assert leader.get(address).status_code == 404


def test_pages_ask_no_more_for_more(sides, at_desk):
    clients = {name: at_desk(by) for name, by in (("clerk", sides.clerk), ("leader", sides.leader))}

    def asked() -> list[int]:
        found = []
        for client in clients.values():
            for address in (
                reverse("desk:mine"),
                reverse("desk:urgents"),
                reverse("desk:urgent", args=[urgent.pk]),
            ):
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address).status_code == 200
                found.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            clients["clerk"].get(reverse("desk:urgent_new"))
        return [*found, len(captured)]

    urgent = sides.report()
    few = asked()
    for n in range(6):
        sides.report(title=f"Report {n}")
        acts.report_further(sides.clerk, urgent, text=f"{n}")
    assert asked() == few
    assert max(few) <= 9


def test_the_list_is_turned_page_by_page(sides, at_desk, monkeypatch):
    monkeypatch.setattr("gongzhi.service.desk.urgent.MOST", 2)
    for n in range(3):
        sides.report(title=f"Dike {n}")
    client, seen = at_desk(sides.clerk), []
    page = text(client, "urgents")
    seen += re.findall(r"Dike \d", page)
    (onward,) = re.findall(r'rel="next" href="([^"]+)"', page)
    page = client.get(onward).content.decode()
    seen += re.findall(r"Dike \d", page)
    assert seen == ["Dike 2", "Dike 1", "Dike 0"]
    assert 'rel="prev"' in page
    assert 'rel="next"' not in page
