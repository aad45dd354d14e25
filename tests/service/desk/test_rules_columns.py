"""Which inputs a table reads, and the values of each, are changed in the editor."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse

from tests.service.desk.test_rules import filled, text

if TYPE_CHECKING:
    from tests.builders import World

Desk = Callable[..., Client]


def base_of(answer: object) -> str:
    found = re.search(r'<textarea name="base"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)  # type: ignore[attr-defined]
    assert found is not None
    return html.unescape(found[1]).strip()


def test_a_value_more_an_input_more_an_input_less(world: World, at_desk: Desk) -> None:
    from gongzhi.foundation.rulebooks.models import Version
    from gongzhi.methods import decision_tables as dt

    client = at_desk(world.staff("rule_author"))
    page = reverse("desk:rule_new") + "?region=310118&subject=matters.routing"
    told = client.post(
        page, filled(do="columns", input="kind", **{"values-0": "smell; noise; dust = Dust; dust"})
    )
    (base,) = dt.load(base_of(told))
    assert [column.name for column in base.inputs] == ["category", "kind"]
    assert base.inputs[0].values == ("smell", "noise", "dust")
    assert base.inputs[0].value_titles["dust"] == "Dust"
    assert 'name="cell-1-1"' in text(told)
    assert "water" in text(told)  # what stood in the row stands there still
    again = client.post(
        page,
        filled(do="columns", base=base_of(told), **{"cell-1-0": "dust", "cell-1-1": "help", "drop-0": "1"}),
    )
    (base,) = dt.load(base_of(again))
    assert [column.name for column in base.inputs] == ["kind"]
    saved = client.post(
        page, filled(base=base_of(told), rows="2", **{
            "cell-1-0": "dust", "cell-1-1": "", "cell-2-0": "smell; noise", "out-2-0": "ecology", "law-2": "x",
        })
    )  # fmt: skip
    version = Version.objects.get(state="draft")
    assert saved["Location"] == reverse("desk:rule", args=[version.pk])
    (table,) = dt.load(version.table)
    assert table.decide({"category": "dust", "kind": "help"}).value == "water"
