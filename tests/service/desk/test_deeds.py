"""Each act of joint handling through its form on the page of a matter: offered, done once, told in the story."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db


class Walk:
    """A matter, and whoever does something to it through pages."""

    def __init__(self, place: Any, at_desk: Any, matter: Any) -> None:
        self.place, self._at_desk, self.matter = place, at_desk, matter
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, role: str, code: str) -> Any:
        if (role, code) not in self._clients:
            self._clients[role, code] = self._at_desk(self.place.staff(role, code))
        return self._clients[role, code]

    def page(self, role: str, code: str) -> str:
        answer = self.client(role, code).get(reverse("desk:matter", args=[self.matter.pk]))
        assert answer.status_code == 200
        return answer.content.decode()

    def do(self, role: str, code: str, name: str, refused: int = 0, **data: Any) -> str:
        """Find the form on the page of this reader, fill it in with what it hides, and send it."""
        page = self.page(role, code)
        address = reverse("desk:do", args=[self.matter.pk, name])
        assert refused or f'action="{address}"' in page, f"{name} is not offered to {role} of {code}"
        found = re.search(rf'action="{address}".*?</form>', page, re.S)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0]) if found else []
        answer = self.client(role, code).post(address, dict(hidden) | data)
        text = answer.content.decode()
        assert answer.status_code == (refused or 302), text[text.find("gz-refusal") :][:1500]
        if refused or answer.url == reverse("desk:mine"):
            return text
        return self.page(role, code)


@pytest.fixture
def walk(world_of_border: Any, at_desk: Any) -> Walk:
    return Walk(world_of_border, at_desk, world_of_border.matter())


@pytest.fixture
def world_of_border(db: None) -> Any:
    from tests.borders import border

    return border()


def later(days: int = 1) -> str:
    from gongzhi.foundation.ledger.clock import now

    return (now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def state(walk: Walk) -> Any:
    from gongzhi.governance.matters.models import Matter

    return Matter.objects.select_related("lead", "answering").get(pk=walk.matter.pk)


def test_offered_returned_arbitrated_designated_with_support_and_verified(walk: Walk) -> None:
    walk.do("handler", "q3", "accept")
    page = walk.do("handler", "q3", "hand_over", to="Wujiang Water · Wujiang", reason="The outlet is theirs.")
    assert "Waiting for Wujiang Water to take over or return until" in page
    assert "No authority commands both" in page
    page = walk.page("handler", "w3")
    assert "The outlet is theirs." in page
    assert re.search(r"<details[^>]* open><summary class=\"strong\">Take over", page)
    page = walk.do("handler", "w3", "return", reason="The wind comes from Qingpu.", proposal="q3")
    assert "Wujiang Water returned it to Water and proposes Water" in page
    page = walk.page("handler", "q3")
    assert "The wind comes from Qingpu." in page
    page = walk.do("handler", "q3", "arbitrate", arbiter="Area Committee · China", reason="")
    assert "Waiting for Area Committee to designate who leads until" in page
    page = walk.do(
        "area_coordinator", "a1", "designate", to="w3", reason="The memorandum covers the lake.",
        who_1="Jiashan Water", what_1="Close the gate",
    )  # fmt: skip
    assert "designated Wujiang Water, by the joint rule that both sides had adopted (row 1)" in page
    assert "memorandum on the lake, article 4" in page
    assert state(walk).bound
    assert walk.do("handler", "w3", "return", refused=409, reason="No.")
    assert walk.do("handler", "w3", "answer", refused=409, text="Done.")
    assert "Jiashan Water have not reported yet." in walk.page("handler", "w3")
    page = walk.do("handler", "j3", "report", text="The gate is closed.")
    assert "Jiashan Water reported on its part, in time" in page
    walk.do("handler", "w3", "answer", text="The outlet was sealed.")
    assert walk.do("clerk", "q1", "close", refused=409)
    page = walk.do("verifier", "q1", "verify", passed="yes", text="No smell at noon.")
    assert "Verified: it was done" in page
    page = walk.do(
        "caller", "q1", "call_back", reply="reached", resolved="no", satisfied="2", text="It smells."
    )
    assert "Called back: not resolved, 2 of 5" in page
    walk.do("clerk", "q1", "close")
    page = walk.do("handler", "w3", "plead", reason="It was about the road.")
    page = walk.do("director", "q1", "decide_plea", granted="no", reason="It was about the water.")
    assert "The rating counts" in page
    page = walk.do("clerk", "q1", "reopen", reason="It smells again.")
    assert "Opened again (no. 1)" in page
    assert "reopened once" in page


def test_without_a_joint_rule_a_conference_and_then_the_superiors_decide(at_desk: Any) -> None:
    from tests.borders import border

    place = border(joint=False)
    walk = Walk(place, at_desk, place.matter())
    walk.do("handler", "q3", "accept")
    walk.do("handler", "q3", "hand_over", to="w3", reason="The outlet is theirs.")
    walk.do("handler", "w3", "return", reason="Ours is upstream.", proposal="")
    walk.do("handler", "q3", "arbitrate", arbiter="a1", reason="")
    refused = walk.do("area_coordinator", "a1", "designate", refused=409, to="w3", reason="Nearest.")
    assert "no rule that both had adopted covers this" in refused
    assert "Call a conference" in refused
    walk.do(
        "area_coordinator", "a1", "confer", about="Who closes the outlet", meets_at=later(), body_1="q3",
        body_2="w3",
    )  # fmt: skip
    page = walk.do(
        "area_coordinator", "a1", "minute", minutes="Both close theirs.", who_1="q3", what_1="Close the east",
        who_2="w3", what_2="Close the west", lead="",
    )  # fmt: skip
    assert "The conference gave duties to Water / Wujiang Water" in page
    assert "Waiting for the superiors" in page
    assert state(walk).answering.code == "q3"
    walk.do("handler", "q3", "ask_superiors", reason="We still differ.")
    walk.do("leader", "q0", "opine", names="w3", reason="")
    walk.do("leader", "w0", "opine", names="w3", reason="")
    page = walk.page("handler", "w3")
    assert "both superiors agree, and it is bound" in page
    assert state(walk).lead.code == "w3"


def test_joint_work_on_the_spot_instructions_time_and_stops(walk: Walk) -> None:
    walk.do("handler", "q3", "accept")
    walk.do("handler", "q3", "contact", text="Rang; will look at four.")
    walk.do("handler", "q3", "answer_interim", text="We wait for the laboratory.")
    walk.do("handler", "q3", "muster", grounds="Three bodies dig here.", body_1="w3", body_2="j3")
    assert "Wujiang Water arrived in time" in walk.do("handler", "w3", "arrive")
    page = walk.do("handler", "q3", "conclude_muster", conclusion="One pipe for all.")
    assert "Jiashan Water did not come" in page
    who = re.search(r'name="whom" value="([^"]+)"', page)
    options = re.findall(r'<option value="([0-9a-f-]{36} [0-9a-f-]{36})"', page)
    walk.do("handler", "q3", "judge_muster", whom=options[0] if options else who[1], mark="4", text="")
    walk.do("handler", "q3", "add_support", body="j3", task="Measure the flow", due="")
    walk.do("handler", "q3", "release", reason="We measured it.")
    walk.do("director", "q1", "instruct", to="q3", text="Finish before the feast.", due=later(2))
    walk.do("director", "q1", "supervise", refused=409, reason="It takes long.")
    walk.do("handler", "q3", "carry_out", text="Half done.")
    walk.do("handler", "q3", "ask_extension", refused=422, days="", reason="Rain.")
    page = walk.do("handler", "q3", "ask_extension", days="3", reason="Rain.", told="on")
    assert "3 working days more: to be decided" in page
    page = walk.do("leader", "q3", "sign_extension", granted="yes", reason="")
    assert "More time granted: 3 working days" in page
    page = walk.do("handler", "q3", "stop", kind="suspended", reason="A court looks at it.", until=later(3))
    assert "Suspended: its clocks stand still" in page
    assert "clock stopped" in page
    walk.do("handler", "q3", "go_on", reason="")
    page = walk.do("director", "q1", "escalate", reason="It takes too long.")
    assert "Handled one level up: Qingpu Government leads, Water supports" in page


def test_matters_are_joined_taken_apart_declined_and_answered_at_once(
    world_of_border: Any, at_desk: Any
) -> None:
    first, second, third = (world_of_border.matter(text) for text in ("One", "Two", "Three"))
    walk = Walk(world_of_border, at_desk, first)
    refused = walk.do("clerk", "q1", "merge", refused=422, number="310118-nothing", reason="")
    assert "You reach no matter with this number." in refused
    walk.do("clerk", "q1", "merge", number=second.number, reason="The same bridge")
    assert "Handled together with another matter" in walk.page("clerk", "q1")
    other = Walk(world_of_border, at_desk, second)
    other._clients = walk._clients
    page = other.page("clerk", "q1")
    assert f"{first.number} is handled together with this" in page
    choice = re.search(r'<option value="([0-9a-f-]{36})">[^<]*speaks for themselves', page)
    other.do("clerk", "q1", "represent", submission=choice[1])
    walk.do("clerk", "q1", "unmerge", reason="")
    assert state(walk).state == "dispatched"
    walk.do("clerk", "q1", "chase", text="When?")
    walk.do("clerk", "q1", "supplement", text="Under the east pillar.")
    walk.do("clerk", "q1", "answer_directly", text="The gate opens at four.")
    assert state(walk).outcome == "direct"
    other.do("clerk", "q1", "decline", reason="Not ours.", right_door="110")
    last = Walk(world_of_border, at_desk, third)
    last._clients = walk._clients
    last.do("clerk", "q1", "withdraw", reason="Solved.", sure="on")
    assert state(last).outcome == "withdrawn"


def test_a_page_with_everything_on_it_asks_as_few_questions_as_any(walk: Walk) -> None:
    walk.do("handler", "q3", "accept")
    walk.do("handler", "q3", "add_support", body="j3", task="Close the gate", due="")
    walk.do("handler", "q3", "hand_over", to="w3", reason="Theirs.")
    walk.do("handler", "w3", "return", reason="Not ours.", proposal="j3")
    walk.do("handler", "q3", "arbitrate", arbiter="a1", reason="")
    assert connection.features.supports_json_field
    for reader in (("handler", "w3"), ("area_coordinator", "a1"), ("coordinator", "q1"), ("clerk", "q1")):
        client = walk.client(*reader)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("desk:matter", args=[walk.matter.pk])).status_code == 200
        assert len(captured) <= 9, "\n".join(each["sql"][:120] for each in captured)


def test_the_evidence_of_a_matter_is_one_file_with_proofs_that_hold(walk: Walk) -> None:
    from gongzhi.foundation.ledger import receipts
    from gongzhi.foundation.ledger.keys import verifiers
    from gongzhi.foundation.ledger.sequencer import sequence

    walk.do("handler", "q3", "note", text="For colleagues.")
    sequence()
    answer = walk.client("auditor", "q1").get(reverse("desk:package", args=[walk.matter.pk]))
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = set(archive.namelist())
    assert {"story.json", "story.txt", "files.json", "checkpoint.txt", "README.txt"} <= names
    story = json.loads(archive.read("story.json"))
    assert "matter.note" in {each["verb"] for each in story}
    assert "For colleagues." in archive.read("story.txt").decode()
    proofs = sorted(name for name in names if name.startswith("receipts/"))
    assert len(proofs) == len(story)
    for name in proofs:
        receipts.check(archive.read(name).decode(), verifiers())
    outsider = walk.client("handler", "j3").get(reverse("desk:package", args=[walk.matter.pk]))
    assert outsider.status_code == 404
