"""The quick constructor makes what Django's constructor makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models

from gongzhi.foundation.regions.models import Region
from gongzhi.governance.matters.models import Category, Deadline, Matter, Part, State, Submission

AT = datetime(2026, 11, 23, tzinfo=UTC)
REGION = Region(code="r", name={"zh": "区"}, level="county", path="/r/")
CATEGORY = Category(code="c", name={"zh": "类"}, region=REGION)


def both(kind: type[models.Model], values: dict[str, Any]) -> tuple[models.Model, models.Model]:
    quick, slow = kind(**values), kind.__new__(kind)
    models.Model.__init__(slow, **values)
    return quick, slow


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Matter, {"number": "n", "kind": "help", "category": CATEGORY, "region": REGION, "opened_at": AT}),
        (
            Submission,
            {"number": "n", "category_id": CATEGORY.pk, "region": REGION, "person": None, "text": ""},
        ),
        (Deadline, {"due_at": AT}),
        (Part, {}),
    ],
)
def test_it_holds_the_same(kind: type[models.Model], values: dict[str, Any]) -> None:
    quick, slow = both(kind, values)
    own = {f.attname for f in kind._meta.concrete_fields} - {"id"}
    assert {n: quick.__dict__[n] for n in own} == {n: slow.__dict__[n] for n in own}
    assert quick._state.adding and quick._state.db is None
    assert quick._state.fields_cache == slow._state.fields_cache


def test_every_row_has_a_key_of_its_own_and_a_relation_its_row() -> None:
    first, second = Matter(category=CATEGORY), Matter(category=CATEGORY)
    assert first.pk != second.pk
    assert first.category is CATEGORY and first.category_id == CATEGORY.pk
    assert first.lead is None and first.state == State.OPEN


def test_what_it_does_not_know_django_judges() -> None:
    key = Matter(number="n").pk
    assert Matter(pk=key).pk == key
    with pytest.raises(TypeError, match="colour"):
        Matter(colour="red")
    with pytest.raises(ValueError, match="category is a Category"):
        Matter(category=REGION)
