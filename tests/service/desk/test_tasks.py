"""A grid's tasks in one list: what binds first, done with one thumb or not possible, set and refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.foundation.parties.acts import add_organisation, appoint, create_post
from gongzhi.foundation.parties.queries import role
from gongzhi.foundation.regions.acts import add_grid
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Task


class Town:
    """A town with a grid, its worker, and a bureau that sets tasks."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.grid = add_grid(OPERATOR, world.town, code="310118110001001", name={"zh": "一", "en": "One"})
        self.body = add_organisation(
            OPERATOR, world.town, code="q10", name={"zh": "镇", "en": "Town"}, kind="government",
            functions=["town"],
        )  # fmt: skip
        person = world.person("Shen")
        post = create_post(OPERATOR, self.body, role=role("grid_worker"), title={"zh": "网格员"})  # type: ignore[arg-type]
        appoint(OPERATOR, post, person=person, grids=[self.grid])
        self.worker = person_actor(person.pk)
        self.setter = world.staff("handler", world.water)

    def set(self, text: str, *lines: str, hours: float | None = None) -> Task:
        due = now() + timedelta(hours=hours) if hours else None
        told: dict[str, Any] = {"grid": self.grid, "body": self.body, "asker": self.world.water}
        return acts.set_task(
            self.setter, self.world.town, lines=lines or ("water",), text=text, due=due, **told
        )


@pytest.fixture
def town(world):
    return Town(world)


def show(client, status: int = 200) -> str:
    answer = client.get(reverse("desk:tasks"))
    assert answer.status_code == status
    return answer.content.decode()


def say(client, task, what: str, text: str = ""):
    return client.post(reverse("desk:task_do", args=[task.pk]), {"what": what, "text": text})


def test_the_list_is_one_and_what_binds_first_comes_first(town, at_desk):
    for text, hours in (("whenever", None), ("tomorrow", 20), ("next week", 150)):
        town.set(text, "water", "ecology", hours=hours)
    page = show(at_desk(town.worker))
    assert "3 tasks to do, 1 due within a day" in page
    assert page.index("tomorrow") < page.index("next week") < page.index("whenever")
    assert "water · ecology" in page or "ecology · water" in page


def test_done_needs_no_words_and_not_possible_does(town, at_desk):
    client = at_desk(town.worker)
    first, second = town.set("walk the bank"), town.set("open the gate")
    assert say(client, first, "done").status_code == 302
    assert Task.objects.get(pk=first.pk).result == "Done, nothing to remark."
    refused = say(client, second, "not_possible")
    assert refused.status_code == 422
    assert "why it could not be" in refused.content.decode()
    say(client, second, "not_possible", "it is locked")
    kept = Task.objects.get(pk=second.pk)
    assert (kept.possible, kept.result) == (False, "it is locked")
    page = show(client)
    assert "Nothing is left to do in your grids" in page
    assert "1 task done in the last 30 days" in page
    assert "Not possible" in page


def test_what_is_done_already_is_said_on_the_page(town, at_desk):
    client, task = at_desk(town.worker), town.set("walk the bank")
    say(client, task, "done")
    again = say(client, task, "done", "once more")
    assert again.status_code == 409
    assert "This task has ended." in again.content.decode()


def test_out_of_reach_is_not_found_and_no_post_no_page(town, world, at_desk):
    task = town.set("walk the bank")
    assert say(at_desk(world.staff("grid_worker", world.water)), task, "done").status_code == 404
    show(at_desk(world.staff("clerk")), status=403)


def test_the_town_refuses_what_nobody_admitted(town, world, at_desk):
    client, task = at_desk(world.staff("coordinator", town.body)), town.set("fill in a form")
    assert "Refuse it" in show(client)
    say(client, task, "refuse", "never admitted")
    assert Task.objects.get(pk=task.pk).reason == "never admitted"


def test_a_task_is_set_for_the_town_that_keeps_the_grid(town, at_desk):
    client = at_desk(town.setter)
    address = reverse("desk:task_set")
    assert town.grid.code in client.get(address).content.decode()
    wrong = client.post(address, {"grid": "nowhere", "lines": "water", "text": "look"})
    assert wrong.status_code == 409
    done = client.post(
        address, {"grid": f"{town.grid.code} One", "lines": "Water, water，ecology", "text": "look"}
    )
    assert done.status_code == 302
    (task,) = Task.objects.all()
    assert (task.body, task.asker, set(task.lines)) == (town.body, town.world.water, {"water", "ecology"})


def test_the_list_asks_no_more_for_more(town, at_desk):
    client = at_desk(town.worker)
    asked = []
    for n in (1, 12):
        for each in range(n):
            town.set(f"task {n} {each}")
        client.get(reverse("desk:tasks"))
        with CaptureQueriesContext(connection) as captured:
            show(client)
        asked.append(len(captured))
    assert asked[0] == asked[1] < 10


def picture(name: str = "a.jpg"):
    """A photo that tells by what it was taken."""
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    image = Image.new("RGB", (40, 30), "green")
    hidden = image.getexif()
    hidden[0x010F] = "SecretCamera"
    told = BytesIO()
    image.save(told, "JPEG", exif=hidden)
    return SimpleUploadedFile(name, told.getvalue(), "image/jpeg")


def test_a_photo_shows_what_was_done_to_whoever_reads_the_task(town, world, at_desk):
    from gongzhi.governance.matters.models import TaskPhoto

    client, task = at_desk(town.worker), town.set("walk the bank")
    page = show(client)
    assert 'accept="image/*"' in page and 'capture="environment"' in page
    told = {"what": "done", "text": "clean now", "photos": [picture(), picture("b.jpg")]}
    assert client.post(reverse("desk:task_do", args=[task.pk]), told).status_code == 302
    first, _second = TaskPhoto.objects.filter(task=task)
    address = reverse("desk:task_photo", args=[first.pk])
    assert address in show(client)
    for reader in (client, at_desk(town.setter)):
        answer = reader.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert b"SecretCamera" not in b"".join(answer.streaming_content)
    for stranger in (world.staff("grid_worker", world.water), world.staff("clerk")):
        assert at_desk(stranger).get(address).status_code == 404


@pytest.mark.parametrize("name", ["a.txt", "many"])
def test_what_is_no_photo_or_too_many_is_refused_and_the_task_stays_open(town, at_desk, name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, task = at_desk(town.worker), town.set("walk the bank")
    photos = [picture() for _ in range(6)] if name == "many" else [SimpleUploadedFile(name, b"only words")]
    answer = client.post(reverse("desk:task_do", args=[task.pk]), {"what": "done", "photos": photos})
    assert answer.status_code == 422
    assert "photos" in answer.content.decode()
    assert Task.objects.get(pk=task.pk).is_open


def test_photos_of_a_task_are_not_erased_as_unattached(town, at_desk, monkeypatch):
    from gongzhi.foundation.files.models import File
    from gongzhi.governance.matters.consumers import correspondence

    client, task = at_desk(town.worker), town.set("walk the bank")
    client.post(reverse("desk:task_do", args=[task.pk]), {"what": "done", "photos": [picture()]})
    later = now() + 2 * correspondence.UNATTACHED
    monkeypatch.setattr(correspondence, "now", lambda: later)
    correspondence.erase_what_was_never_attached()
    assert File.objects.get().erased is None


def test_another_line_joins_a_task_and_what_stands_against_it_is_said(town, world, at_desk):
    from gongzhi.foundation.rulebooks.acts import enact
    from tests.governance.matters.test_tasks import LIST

    enact(OPERATOR, world.county, table=LIST)
    client, task = at_desk(town.setter), town.set("walk the bank")
    assert "Join another line to it" in show(client)
    worker = at_desk(town.worker)
    assert "Join another line to it" not in show(worker)
    address = reverse("desk:task_join", args=[task.pk])
    refused = client.post(address, {"lines": "Emergency"})
    assert refused.status_code == 409
    assert "taken back 3" in refused.content.decode()
    assert client.post(address, {"lines": "water"}).status_code == 409
    assert client.post(address, {"lines": ""}).status_code == 422
    assert client.post(address, {"lines": "Ecology"}).status_code == 302
    assert Task.objects.get(pk=task.pk).lines == ["ecology", "water"]
    assert worker.post(address, {"lines": "health"}).status_code == 403
    assert at_desk(world.staff("clerk")).post(address, {"lines": "health"}).status_code == 404


def test_what_is_too_long_is_said_and_not_lost(town, at_desk):
    client, task = at_desk(town.worker), town.set("walk the bank")
    refused = say(client, task, "done", "so long " * 1001)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Look at what is marked." in page
    assert "so long so long" in page
    assert Task.objects.get(pk=task.pk).done_at is None
