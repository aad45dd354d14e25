"""Rules at a desk: from a draft with a gap, through the sentence that shows it, into force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from gongzhi.foundation.parties.actors import Actor
    from tests.builders import World

Desk = Callable[..., Client]


def version(**told: Any) -> Any:
    from gongzhi.foundation.rulebooks.models import Version

    return Version.objects.get(**told)


def drafted(world: World, by: Actor, table: str = "") -> Any:
    from gongzhi.foundation.rulebooks.acts import draft
    from tests.builders import SOUND

    return draft(by, world.county, table=table or SOUND)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def filled(**more: str) -> dict[str, str]:
    """A table in the form: smells to the water bureau, and nothing for noise."""
    from tests.builders import SOUND

    return {
        "base": SOUND, "region": "310118", "subject": "matters.routing", "rows": "1", "hit": "U",
        "cell-1-0": "smell", "out-1-0": "water", "law-1": "test rule 1", "from-1": "1", "refinable": "on",
        "do": "save", **more,
    }  # fmt: skip


def test_the_list_shows_what_waits_for_its_reader(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.acts import verify

    author, reviewer = world.staff("rule_author"), world.staff("rule_reviewer")
    own = drafted(world, author)
    assert "Waiting for you" in text(at_desk(author).get(reverse("desk:rules")))
    client = at_desk(reviewer)
    assert "Waiting for you" not in text(client.get(reverse("desk:rules")))
    verify(author, own)
    assert "Waiting for you" in text(client.get(reverse("desk:rules")))


def test_rules_are_for_those_whose_post_reaches_them(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("clerk"))
    own = drafted(world, world.staff("rule_author"))
    for address in (reverse("desk:rules"), reverse("desk:rule", args=[own.pk]), reverse("desk:rule_new")):
        assert client.get(address).status_code == 404
    assert reverse("desk:rules") not in text(client.get(reverse("desk:mine")))


def test_a_new_version_begins_with_the_rule_in_force(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"))
    assert "Begin" in text(client.get(reverse("desk:rule_new")))
    page = text(client.get(reverse("desk:rule_new"), {"region": "310118", "subject": "matters.routing"}))
    assert 'value="water"' in page
    empty = text(
        client.get(reverse("desk:rule_new"), {"region": "310118110", "subject": "matters.retention"})
    )
    assert "Years kept" in empty


def test_the_verdict_follows_what_is_written(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"))
    said = text(client.post(reverse("desk:rule_check"), filled()))
    assert "If Category is Noise, no rule applies." in said
    more = filled(**{"rows": "2", "cell-2-0": "Noise", "out-2-0": "ecology", "law-2": "test rule 4"})
    assert "Sound" in text(client.post(reverse("desk:rule_check"), more))
    more["cell-2-0"] = "Smelling water; Noise"
    assert "rows 1, 2 contradict" in text(client.post(reverse("desk:rule_check"), more))
    more["cell-2-0"] = "dust"
    assert "not among the values" in text(client.post(reverse("desk:rule_check"), more))


def test_the_verdict_is_said_in_chinese(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"), "zh-hans")
    said = text(client.post(reverse("desk:rule_check"), filled()))
    assert "若事项类别为噪声，则无规则适用。" in said


def test_rows_are_added_moved_and_removed(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"))
    address = reverse("desk:rule_new")
    page = text(client.post(address, filled(do="add")))
    assert 'name="cell-2-0"' in page
    two = filled(**{"rows": "2", "cell-2-0": "Noise", "out-2-0": "ecology"})
    up = text(client.post(address, {**two, "do": "up-2"}))
    assert up.index('value="ecology"') < up.index('value="water"')
    assert 'name="cell-2-0"' not in text(client.post(address, {**two, "do": "remove-1"}))


def test_a_draft_is_saved_and_gone_on_with(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.queries import table_of

    client = at_desk(world.staff("rule_author"))
    answer = client.post(reverse("desk:rule_new"), filled(reason="noise had no door"))
    saved = version(state="draft")
    assert answer.headers["Location"] == reverse("desk:rule", args=[saved.pk])
    assert saved.reason == "noise had no door"
    page = text(client.get(reverse("desk:rule_edit", args=[saved.pk])))
    assert "Smelling water" in page
    more = filled(**{"rows": "2", "cell-2-0": "not(Smelling water)", "out-2-0": "ecology", "law-2": "rule 4"})
    client.post(reverse("desk:rule_edit", args=[saved.pk]), more)
    saved.refresh_from_db()
    assert table_of(saved.table).rules[1].when[0].text == 'not("smell")'


def test_what_cannot_be_read_comes_back_with_its_cell(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"))
    answer = client.post(reverse("desk:rule_new"), filled(**{"out-1-0": ""}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    assert "row 1" in text(answer)


def test_three_persons_bring_it_into_force(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.rulebooks.queries import decide
    from gongzhi.governance.matters.rules import ROUTING

    author = world.staff("rule_author")
    one, two, three = (
        at_desk(each) for each in (author, world.staff("rule_reviewer"), world.staff("rule_approver"))
    )
    own = drafted(world, author)

    def do(client: Client, name: str, **told: str) -> Any:
        return client.post(reverse("desk:rule_do", args=[own.pk, name]), told, follow=True)

    assert "Every case that the table knows has an answer" in text(do(one, "verify"))
    assert do(one, "review").status_code == 403
    assert "waits for approval" in text(do(two, "review", note="in line with the regulation"))
    page = text(two.get(reverse("desk:rule", args=[own.pk])))
    assert "You reviewed this version" in page
    assert "In force since" in text(do(three, "approve"))
    assert decide(ROUTING, world.town, {"category": "noise"}, now()).value == {"function": "ecology"}
    done = text(do(three, "file", number="7/2026", on="2026-11-30"))
    assert "7/2026" in done
    assert "rule_reviewer of q1" in done
    assert text(three.get(reverse("portal:rule", args=[own.digest]))).count("7/2026") == 1


def test_a_finding_is_accepted_under_ones_name(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.acts import verify
    from gongzhi.foundation.rulebooks.queries import open_faults
    from tests.builders import SOUND

    author = world.staff("rule_author")
    own = drafted(world, author, SOUND[: SOUND.rindex("  - {when")])
    verify(author, own)
    client = at_desk(world.staff("rule_reviewer"))
    page = text(client.get(reverse("desk:rule", args=[own.pk])))
    assert "If Category is Noise, no rule applies." in page
    assert "Accept it as it is, under my name" in page
    assert "Accept it as it is, under my name" not in text(
        at_desk(author).get(reverse("desk:rule", args=[own.pk]))
    )
    (fault,) = open_faults(own)
    told = {"finding": fault.key, "reason": ""}
    assert client.post(reverse("desk:rule_do", args=[own.pk, "accept"]), told).status_code == 422
    told["reason"] = "noise goes to the police by telephone"
    page = text(client.post(reverse("desk:rule_do", args=[own.pk, "accept"]), told, follow=True))
    assert "Accepted by rule_reviewer of q1: noise goes to the police by telephone" in page


def test_versions_stand_side_by_side(world: World, at_desk: Desk) -> None:
    from tests.builders import SOUND

    author = world.staff("rule_author")
    own = drafted(world, author, SOUND.replace("function: water", "function: town"))
    page = text(at_desk(author).get(reverse("desk:rule", args=[own.pk])))
    assert "Version 1 beside version 2" in page
    assert 'data-change="changed"' in page
    assert 'data-change="new"' in page
    assert '<td class="gz-rule-differs">town</td>' in page


def test_a_correction_is_drafted_from_its_page(world: World, at_desk: Desk) -> None:
    client = at_desk(world.staff("rule_author"))
    wrong = version(rule__subject="matters.routing")
    page = text(client.get(reverse("desk:rule", args=[wrong.pk])))
    assert f"corrects={wrong.pk}" in page
    client.post(reverse("desk:rule_new"), filled(corrects=str(wrong.pk)))
    assert version(state="draft").corrects_id == wrong.pk


def test_regions_are_compared_and_aligned(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.parties.actors import OPERATOR, person_actor
    from gongzhi.foundation.parties.acts import appoint, create_post
    from gongzhi.foundation.parties.queries import role
    from gongzhi.foundation.regions.acts import found_area
    from gongzhi.foundation.rulebooks.acts import enact
    from gongzhi.foundation.rulebooks.models import Version
    from tests.builders import SOUND

    area = found_area(
        OPERATOR,
        world.top,
        code="x1",
        name={"zh": "协作区", "en": "Area"},
        members=[world.county, world.neighbour],
    )
    post = create_post(OPERATOR, world.centre, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    person = world.person("coordinator")
    appoint(OPERATOR, post, person=person, area=area)
    client = at_desk(person_actor(person.pk))
    address = reverse("desk:rules_compare", args=["x1", "matters.routing"])
    assert "Wujiang has no rule on this." in text(client.get(address))
    enact(OPERATOR, world.county, table=SOUND)
    enact(OPERATOR, world.neighbour, table=SOUND.replace("function: water", "function: ecology"))
    for _ in range(3):
        world.submission()
    page = text(client.get(address))
    assert "If Category is Smelling water: Qingpu: " in page
    assert "3 submissions of the last year fall here." in page
    assert client.post(address, {"like": "310118", "reason": ""}).status_code == 422
    assert client.post(address, {"like": "310118", "reason": "one answer for the lake"}).status_code == 302
    assert Version.objects.filter(state="draft", alignment__isnull=False).count() == 2
    stranger = at_desk(world.staff("clerk"))
    assert stranger.get(address).status_code == 404


def test_a_joint_rule_is_adopted_for_ones_own_region(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.acts import found_area
    from gongzhi.foundation.rulebooks.acts import propose_jointly
    from gongzhi.foundation.rulebooks.models import Adoption
    from tests.builders import SOUND

    members = [world.county, world.neighbour]
    area = found_area(OPERATOR, world.top, code="x1", name={"zh": "协作区", "en": "Area"}, members=members)
    joint = propose_jointly(OPERATOR, area, table=SOUND)
    client = at_desk(world.staff("rule_approver"))
    page = text(client.get(reverse("desk:rule", args=[joint.pk])))
    assert "Proposed to the members" in page
    assert "Wujiang</option>" not in page
    told = {"region": "310118"}
    page = text(client.post(reverse("desk:rule_do", args=[joint.pk, "adopt"]), told, follow=True))
    assert Adoption.objects.get().region_id == world.county.pk
    assert "There is nothing for you to do here now." in page
    assert client.post(reverse("desk:rule_do", args=[joint.pk, "adopt"]), told).status_code == 422
    public = text(Client(HTTP_ACCEPT_LANGUAGE="en").get(reverse("portal:rules"), {"region": "310118"}))
    assert "Decided together with neighbours" in public
    author = at_desk(world.staff("rule_author"))
    gone = author.post(reverse("desk:rule_do", args=[joint.pk, "withdraw"]), {"reason": "not ours"})
    assert gone.status_code == 409


def test_a_law_that_changed_and_an_arrangement_are_put_on_record(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.ledger.clock import now

    client = at_desk(world.staff("rule_author"))
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    told = {"title": "test rule 1", "change": "repealed", "on": tomorrow, "region": "310118"}
    assert client.post(reverse("desk:rules_law"), told).status_code == 302
    assert client.post(reverse("desk:rules_law"), {**told, "title": ""}).status_code == 422
    agreed = {"region": "310118110", "title": "Quiet nights", "text": "No firecrackers after ten."}
    page = text(client.post(reverse("desk:rules_arrange"), agreed, follow=True))
    assert "shown and never enforced" in page
    assert client.post(reverse("desk:rules_arrange"), {**agreed, "text": ""}).status_code == 422
    public = text(Client(HTTP_ACCEPT_LANGUAGE="en").get(reverse("portal:rules"), {"region": "310118110"}))
    assert "No firecrackers after ten." in public


@pytest.mark.parametrize("base", ["", "table: [", "a" * 500_000])
def test_a_base_that_is_no_table_begins_anew(world: World, at_desk: Desk, base: str) -> None:
    client = at_desk(world.staff("rule_author"))
    assert client.post(reverse("desk:rule_check"), filled(base=base)).status_code == 200
