"""Shared and missing duties, shown to whoever writes the rule."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import add_organisation
from gongzhi.foundation.regions.acts import add_region
from gongzhi.foundation.rulebooks.acts import enact
from tests.builders import ROUTING

MORE = "  - {when: {category: '-'}, then: {function: lighthouse}, basis: \"test rule 4\"}\n"


def show(client, **data) -> str:
    answer = client.get(reverse("desk:rules_duties"), data)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_at_fault_is_said(world, at_desk):
    page = show(at_desk(world.staff("rule_author")))
    assert "Every duty is somebody's, and of one body alone" in page


def test_faults_stand_with_the_rows_that_send_there(world, at_desk):
    enact(OPERATOR, world.county, table=ROUTING + MORE)
    add_organisation(
        OPERATOR, world.county, code="q4", name={"zh": "生态局", "en": "Ecology"}, kind="government",
        functions=["water"],
    )  # fmt: skip
    client = at_desk(world.staff("rule_author"))
    assert reverse("desk:rules_duties") in client.get(reverse("desk:rules")).content.decode()
    page = show(client)
    assert "Nobody has “lighthouse” in Qingpu, Jinze." in page
    assert "belongs to Water, Ecology. All goes to Water" in page
    assert "#row-2" in page
    assert "region=310118&amp;subject=matters.routing" in page
    assert "in Jinze." in show(client, region="310118110")


def test_whoever_reads_no_rules_does_not_get_there(world, at_desk):
    assert at_desk(world.staff("clerk")).get(reverse("desk:rules_duties")).status_code == 404


def test_more_places_ask_no_more(world, at_desk):
    client = at_desk(world.staff("rule_author"))
    asked = []
    for n in (1, 9):
        for k in range(n):
            add_region(OPERATOR, world.county, code=f"3101182{n}{k}", name={"zh": "镇"}, level="township")
        show(client)
        with CaptureQueriesContext(connection) as captured:
            show(client)
        asked.append(len(captured))
    assert asked[0] == asked[1] < 10
