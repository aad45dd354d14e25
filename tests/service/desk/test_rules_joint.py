"""A joint rule is proposed at the desk of an area's coordinator; the trace of a decision is shown to all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from tests.service.desk.test_rules import filled, text

if TYPE_CHECKING:
    from tests.builders import World

Desk = Callable[..., Client]


def coordinator(world: World) -> Any:
    from gongzhi.foundation.parties.actors import OPERATOR, person_actor
    from gongzhi.foundation.parties.acts import appoint, create_post
    from gongzhi.foundation.parties.queries import role
    from gongzhi.foundation.regions.acts import found_area

    area = found_area(
        OPERATOR, world.top, code="x1", name={"zh": "协作区"}, members=[world.county, world.neighbour]
    )
    post = create_post(OPERATOR, world.centre, role=role("area_coordinator"), title={"zh": "协调员"})  # type: ignore[arg-type]
    person = world.person("coordinator")
    appoint(OPERATOR, post, person=person, area=area)
    return person_actor(person.pk)


def test_a_coordinator_proposes_a_joint_rule(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.models import Version

    client = at_desk(coordinator(world))
    compared = reverse("desk:rules_compare", args=["x1", "matters.routing"])
    page = reverse("desk:rule_joint", args=["x1", "matters.routing"])
    assert page in text(client.get(compared))
    assert "A joint rule for" in text(client.get(page, {"like": "310118"}))
    more = text(client.post(page, filled(do="add")))
    assert 'name="cell-2-0"' in more
    check = {"region": "310118", "subject": "matters.routing"}
    assert "no rule applies" in text(client.post(reverse("desk:rule_check"), filled(**check)))
    assert client.post(page, filled(**{"out-1-0": ""})).status_code == 422
    answered = client.post(page, filled())
    saved = Version.objects.get(state="proposed")
    assert answered["Location"] == reverse("desk:rule", args=[saved.pk])
    assert saved.rule.rule_set.area is not None
    assert saved.rule.rule_set.area.code == "x1"
    assert client.get(reverse("desk:rule_joint", args=["x1", "matters.weather"])).status_code == 404
    assert at_desk(world.staff("rule_author")).get(page).status_code == 404


def test_a_matter_tells_which_rule_decided_and_why(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.models import Version

    matter = world.submission().matter
    assert matter is not None
    shown = text(at_desk(world.staff("clerk")).get(reverse("desk:decided", args=[matter.pk])))
    assert "What rules decided" in shown
    for subject, basis in (("matters.routing", "test rule 1"), ("matters.deadline", "test rule 2")):
        digest = Version.objects.get(rule__subject=subject, state="approved").digest
        assert reverse("portal:rule", args=[digest]) in shown
        assert basis in shown
