"""What is read beside a row as JSON comes as Python's values, from either database."""

from __future__ import annotations

import pytest
from django.db.models import JSONField, Value
from django.db.models.functions import JSONObject

from gongzhi.foundation.parties.models import Organisation
from gongzhi.governance.matters.acts import dispatch
from gongzhi.governance.matters.queries import at_desk, binding, brought_in, clocks, story
from gongzhi.governance.matters.queries.nested import Parsed
from tests.builders import World, world


@pytest.fixture
def place(db: None) -> World:
    return world()


def test_a_rule_is_cited_with_the_name_of_its_region_as_it_is_kept(place: World) -> None:
    matter = place.submission().matter
    assert matter is not None
    for deadline in (binding([matter])[matter.pk], clocks(matter)[0]):
        assert deadline.cited["region"] == place.county.name  # type: ignore[attr-defined]
        assert deadline.cited["number"] == 1  # type: ignore[attr-defined]


def test_a_story_names_the_post_in_the_languages_in_which_it_is_kept(place: World) -> None:
    clerk = place.staff("coordinator")
    matter = place.submission("The river smells", category=place.noise).matter
    assert matter is not None
    dispatch(clerk, matter, to=place.water)
    desk = at_desk(clerk, matter.pk)
    assert desk is not None
    told = [each for each in story(desk, brought_in(clerk, matter)) if each.appointment]
    assert told
    for each in told:
        post = each.beside["post"]
        assert post["organisation"] == place.centre.name
        assert isinstance(post["title"], dict) and post["title"]["zh"]


@pytest.mark.parametrize("value", [None, {}, [], {"zh": '{"not": "json"}', "n": [1, None]}, "text", "{", 0.5])
def test_any_value_comes_back_as_it_was(place: World, value: object) -> None:
    whole = JSONObject(name=Parsed(Value(value, output_field=JSONField())))
    row = Organisation.objects.annotate(whole=whole).first()
    assert row is not None and row.whole == {"name": value}
