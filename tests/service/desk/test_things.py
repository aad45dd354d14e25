"""The register of public things at the desk, and taking in what is about one of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.rulebooks.acts import enact
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.models import Matter, Thing
from tests.governance.matters.test_things import BY_OWNER, NEAR
from tests.service.desk.test_take_in import take_in


@pytest.fixture
def cover(world) -> Thing:
    enact(OPERATOR, world.county, table=BY_OWNER)
    enact(OPERATOR, world.county, table=NEAR)
    body = add_organisation(
        OPERATOR, world.county, code="s6", name={"zh": "供水", "en": "Supply"}, kind="enterprise"
    )
    told: dict[str, Any] = {"owner": body, "place": acts.Place("by the bridge", 120.95, 31.05)}
    return acts.add_thing(world.staff("coordinator"), world.town, code="P-1", kind="cover", **told)


def enter(client, **told):
    said = {"code": "P-2", "kind": "pipe", "region": "310118110", "owner": "s6", **told}
    return client.post(reverse("desk:things_bring_in"), said)


def test_one_is_entered_handed_over_and_taken_out(world, cover, at_desk):
    client = at_desk(world.staff("data_steward"))
    assert enter(client, keeper="Water").status_code == 302
    thing = Thing.objects.get(code="P-2")
    assert (thing.owner.code, thing.keeper) == ("s6", world.water)
    page = client.get(reverse("desk:things")).content.decode()
    assert "Belongs to Supply · kept in order by Water" in page
    change = reverse("desk:thing_change", args=[thing.pk])
    missing = client.post(change, {"what": "owner", "owner": "nobody", "reason": "minutes"})
    assert missing.status_code == 422
    assert "No body is called “nobody”" in missing.content.decode()
    client.post(change, {"what": "owner", "owner": "Water", "reason": "minutes"})
    assert Thing.objects.get(pk=thing.pk).owner == world.water
    client.post(change, {"what": "retire", "reason": "filled in"})
    assert "filled in" in client.get(reverse("desk:things"), {"words": "P-2"}).content.decode()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"code": "P-1"}, "is in the register already"),
        ({"region": ""}, "Say in which region it stands."),
        ({"owner": "nobody"}, "No body is called"),
        ({"owner": ""}, "id_owner"),
    ],
)
def test_what_is_wrong_is_told(world, cover, at_desk, told, said):
    answer = enter(at_desk(world.staff("coordinator")), **told)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()


def test_a_table_lands_once_and_tells_the_lines_that_did_not(world, cover, at_desk):
    lines = ["code,kind,region,owner,keeper", "P-1,cover,310118110,q3,", "P-3,lamp,310118110,s6,q3"]
    text = "\n".join([*lines, "P-4,moon,310118110,s6,", "P-5,lamp,310118110,nobody,", "P-6,lamp,320509,s6,"])
    client = at_desk(world.staff("coordinator"))

    def bring() -> str:
        told = {"table": SimpleUploadedFile("things.csv", text.encode())}
        return client.post(reverse("desk:things_bring_in"), told).content.decode()

    page = bring()
    assert "1 thing was entered; 1 changed hands, 0 were there already, 3 lines were not taken." in page
    assert [n in page for n in ("Line 4", "Line 5", "Line 6")] == [True] * 3
    assert Thing.objects.get(code="P-1").owner == world.water
    assert "0 things were entered; 0 changed hands, 2 were there already, 3 lines" in bring()
    assert Thing.objects.count() == 2


def test_a_table_of_another_kind_is_refused(world, cover, at_desk):
    client = at_desk(world.staff("coordinator"))
    for content in (b"a,b\n1,2", "井盖".encode("gb18030")):
        answer = client.post(
            reverse("desk:things_bring_in"), {"table": SimpleUploadedFile("things.csv", content)}
        )
        assert answer.status_code == 422


def test_whoever_does_not_keep_it_does_not_get_there(world, cover, at_desk):
    assert at_desk(world.staff("grid_worker")).get(reverse("desk:things")).status_code == 403
    clerk = at_desk(world.staff("clerk"))
    assert "Change" not in clerk.get(reverse("desk:things")).content.decode()
    assert enter(clerk).status_code == 403
    change = reverse("desk:thing_change", args=[cover.pk])
    assert clerk.post(change, {"what": "retire", "reason": "x"}).status_code == 403
    beside = at_desk(world.staff("coordinator", world.beside()))
    assert beside.post(change, {"what": "retire", "reason": "x"}).status_code == 404


def test_the_register_asks_no_more_for_more(world, cover, at_desk):
    client = at_desk(world.staff("coordinator"))
    asked = []
    for n in (1, 20):
        for each in range(n):
            enter(client, code=f"N-{n}-{each}")
        client.get(reverse("desk:things"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:things"))
        asked.append(len(captured))
    assert asked[0] == asked[1] < 10


def test_what_is_taken_in_about_a_cover_goes_to_its_owner_and_its_page_says_so(world, cover, at_desk):
    client = at_desk(world.staff("clerk"))
    assert "It went to Supply." in take_in(client, thing="P-1").content.decode()
    matter = Matter.objects.get()
    page = client.get(reverse("desk:matter", args=[matter.pk])).content.decode()
    assert "P-1 · by the bridge" in page and "Supply" in page


def test_a_code_that_nothing_has_and_one_of_elsewhere_are_told_at_the_field(world, cover, at_desk):
    client = at_desk(world.staff("clerk"))
    answer = take_in(client, thing="P-99")
    assert answer.status_code == 422
    assert "No thing has the code P-99." in answer.content.decode()
    acts.retire_thing(world.staff("coordinator"), cover, reason="gone")
    assert "taken out of the register" in take_in(client, thing="P-1").content.decode()
    assert not Matter.objects.exists()


def test_what_is_near_is_offered_while_the_clerk_writes(world, cover, at_desk):
    from gongzhi.foundation.regions.acts import add_grid

    ring = [[120.9, 31.0], [121.0, 31.0], [121.0, 31.1], [120.9, 31.1], [120.9, 31.0]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    add_grid(OPERATOR, world.town, code="310118110001001", name={"zh": "一"}, outline=outline)
    client = at_desk(world.staff("clerk"))
    address = reverse("desk:things_near")
    told = {"lon": "120.9501", "lat": "31.05", "kind": "complain", "category": "smell", "channel": "hotline"}
    assert '<option value="P-1">cover · P-1' in client.get(address, told).content.decode()
    assert "option" not in client.get(address, {**told, "category": "noise"}).content.decode()
    assert "option" not in client.get(address, {**told, "lon": "here"}).content.decode()


def test_a_table_may_name_one_twice_and_need_not_say_where_a_known_one_stands(world, cover, at_desk):
    lines = ["code,kind,region,owner,lon,lat", "P-7,lamp,310118110,s6,,", "P-7,lamp,310118110,q3,,"]
    text = "\n".join([*lines, "P-1,cover,,q3,,", "P-8,lamp,,s6,,", "P-9,lamp,310118110,s6,nan,31"])
    client = at_desk(world.staff("coordinator"))
    told = {"table": SimpleUploadedFile("things.csv", text.encode())}
    page = client.post(reverse("desk:things_bring_in"), told).content.decode()
    assert "1 thing was entered; 2 changed hands, 0 were there already, 2 lines were not taken." in page
    assert "Say in which region it stands." in page
    assert "This is no point." in page
    assert {each.owner for each in Thing.objects.all()} == {world.water}


def test_the_register_is_turned_page_by_page_and_keeps_what_was_sought(world, cover, at_desk, monkeypatch):
    monkeypatch.setattr("gongzhi.service.desk.things.MOST", 2)
    client = at_desk(world.staff("data_steward"))
    for n in range(2, 5):
        assert enter(client, code=f"P-{n}").url.endswith(f"?words=P-{n}")
    register = reverse("desk:things")
    page = client.get(register, {"words": "P-", "skip": "2"}).content.decode()
    assert re.findall(r'class="strong">\w+ (P-\d)', page) == ["P-3", "P-4"]
    assert f'rel="prev" href="{register}?words=P-&amp;skip=0"' in page
    assert 'rel="next"' not in page
    assert 'rel="next"' in client.get(register, {"skip": "nonsense"}).content.decode()
    beyond = client.get(register, {"skip": "40"}).content.decode()
    assert "Nothing in the register is like that" in beyond


def test_what_could_not_be_changed_is_said_beside_it_whatever_page_it_is_on(
    world, cover, at_desk, monkeypatch
):
    monkeypatch.setattr("gongzhi.service.desk.things.MOST", 1)
    client = at_desk(world.staff("data_steward"))
    enter(client)
    last = Thing.objects.get(code="P-2")
    refused = client.post(reverse("desk:thing_change", args=[last.pk]), {"what": "owner", "owner": "nobody"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "P-2" in page
    assert 'value="nobody"' in page
