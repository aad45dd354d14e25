"""The tags: what they render, and that they let nothing through."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.shortcuts import render
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from gongzhi.foundation.ledger.refusals import NotPossible
from gongzhi.service.design.parts import (
    Area,
    Chart,
    Choice,
    Deadline,
    Figure,
    Filter,
    Option,
    Pager,
    Place,
    Point,
    Series,
    State,
    Step,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"
NASTY = '<img src=x onerror=alert(1)></script>"'


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def show(source: str, **values: object) -> str:
    return Template("{% load design %}" + source).render(Context(values))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def island(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[1])


def test_a_status_is_a_sentence_with_its_state_in_a_word():
    html = show('{% status "Waiting for the bureau" state="waiting" %}')
    assert words(html) == "Waiting: Waiting for the bureau"
    assert 'data-state="waiting"' in html


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_shape_that_is_not_read_aloud(state):
    html = show("{% tag state %}", state=state)
    assert 'aria-hidden="true"' in html
    assert state.word in words(html)


def test_no_two_states_look_the_same_without_colour():
    shapes = [re.sub(r'data-state="\w+"', "", show("{% shape state %}", state=state)) for state in State]
    assert len(set(shapes)) == len(shapes)


def test_a_deadline_shows_left_until_and_rule():
    deadline = Deadline(NOW + timedelta(hours=2), SHANGHAI, "Answer", rule="rule 4.2", now=NOW)
    assert words(show("{% deadline one %}", one=deadline)) == (
        "Answer: 2 hours left until Mon 23 Nov 15:00 by rule 4.2"
    )


def test_a_party_shows_name_region_and_role():
    one = {"name": {"zh": "水务局", "en": "Water Bureau"}, "region": {"en": "Wujiang"}, "role": "lead"}
    assert words(show("{% party one %}", one=one)) == "Water Bureau Wujiang lead"


def test_a_timeline_keeps_its_order_and_what_is_known_of_time():
    steps = [
        Step("Brought in", NOW, "a resident", SHANGHAI, proof="/proof/1"),
        Step("Visited", date(2026, 11, 21), zone=SHANGHAI),
    ]
    html = show("{% timeline steps %}", steps=steps)
    assert words(html).startswith("Brought in a resident · Mon 23 Nov 13:00 · Proof Visited Sat 21 Nov")
    assert 'datetime="2026-11-21"' in html


def test_acts_are_sent_by_post_with_a_token_and_what_is_not_possible_says_why():
    request = RequestFactory().get("/")
    context = RequestContext(
        request,
        {
            "acts_here": [
                Choice("Answer", "/answer/", "post", fields={"key": "k1"}),
                Choice("Close", why_not="Nobody called back.", decides="the coordinator"),
            ]
        },
    )
    with context.bind_template(Template("")):
        html = Template("{% load design %}{% acts acts_here %}").render(context)
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{20,}"', html)
    assert 'name="key" value="k1"' in html
    assert "Close Nobody called back. Decided by: the coordinator." in words(html)
    assert "1 thing is not possible here" in words(html)


def test_without_acts_it_says_so():
    assert "There is nothing for you to do here now." in words(show("{% acts none %}", none=[]))


def test_a_figure_never_stands_without_what_it_is_of():
    figure = Figure("In time", 96.58, "%", "198 of 205 due", "yesterday", (93.1, 98.4), decimals=1)
    assert words(show("{% figure one %}", one=figure)) == (
        "In time 96.6 % 198 of 205 due 95% interval 93.1 to 98.4 % yesterday"
    )


def test_too_small_a_sample_is_a_value():
    figure = Figure("Resolved", None, "%", needs="3 call-backs; at least 10 are needed")
    assert words(show("{% figure one %}", one=figure)) == (
        "Resolved insufficient 3 call-backs; at least 10 are needed"
    )


def test_a_place_has_the_same_in_a_list_as_on_the_map():
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    one = Place(
        "At the bridge", [Point(120.9, 31.0, "Smell", "/m/1", State.OVERDUE)], [Area(square, "Qingpu")]
    )
    html = show("{% place one %}", one=one)
    content = island(html)
    assert content["points"][0] == {
        "lon": 120.9,
        "lat": 31.0,
        "label": "Smell",
        "url": "/m/1",
        "state": "overdue",
    }
    assert content["areas"][0]["geometry"] == square
    assert "2 places as a list Overdue Smell Qingpu" in words(html)


def test_a_place_that_is_only_words_draws_no_map():
    assert "gz-map" not in show("{% place one %}", one={"words": "behind the school"})


def test_a_chart_has_its_figures_in_a_table_and_says_where_there_are_none():
    one = Chart("In time", ["Mon", "Tue"], [Series("Qingpu", [92, None])], "line", "%")
    html = show("{% chart one %}", one=one)
    assert "Mon 92 Tue insufficient" in words(html)
    assert island(html)["series"] == [{"name": "Qingpu", "values": [92, None], "series": None}]


def test_a_refusal_of_an_act_says_what_to_do_instead():
    refusal = NotPossible("It is closed.", instead="Ask for it to be opened again.")
    assert words(show("{% refusal one %}", one=refusal)) == (
        "This was not done It is closed. What you can do instead: Ask for it to be opened again."
    )


def test_a_receipt_that_waits_for_its_proof_asks_again_and_a_proved_one_does_not():
    waiting = show("{% receipt one %}", one={"number": "7", "poll_url": "/r/7"})
    ready = show(
        "{% receipt one %}", one={"number": "7", "poll_url": "/r/7", "is_ready": True, "position": 12345}
    )
    assert 'hx-get="/r/7"' in waiting and "hx-get" not in ready
    assert "at position 12,345" in words(ready)


def test_filters_stand_in_the_address_and_each_can_be_taken_away():
    filters = [
        Filter("region", "Region", [Option("310118", "Qingpu", 41)], "310118"),
        Filter("words", "Words", value="bridge", kind="text"),
    ]
    context = Context({"filters": filters, "request": RequestFactory().get("/desk/?region=310118")})
    html = Template("{% load design %}{% filters filters %}").render(context)
    assert 'method="get" action="/desk/"' in html
    assert '<option value="310118" selected>Qingpu (41)</option>' in html
    assert 'href="/desk/?words=bridge"' in html and 'href="/desk/?region=310118"' in html


def test_a_pager_goes_both_ways_and_vanishes_when_there_is_nowhere_to_go():
    assert words(show("{% pager one %}", one=Pager("?a", "?b", 51, 100, 1204))) == (
        "Previous 51 to 100 of 1,204 Next"
    )
    assert not show("{% pager one %}", one=Pager()).strip()


class AskForm(forms.Form):
    what = forms.CharField(label="What", help_text="In your words")
    who = forms.ChoiceField(label="Who", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("The two do not go together")


def test_a_field_ties_label_help_and_mistake_to_its_control():
    html = show("{% field form.what %}", form=AskForm({}))
    assert '<label class="gz-label" for="id_what">' in html
    assert 'aria-describedby="id_what-help id_what-wrong"' in html
    assert 'aria-invalid="true"' in html


def test_choices_are_a_group_with_a_legend():
    html = show("{% field form.who %}", form=AskForm({}))
    assert "<fieldset" in html and "<legend>Who" in html
    assert 'aria-describedby="id_who-wrong"' in html


def test_the_summary_names_the_fields_and_leads_to_them():
    html = show("{% error_summary form %}", form=AskForm({}))
    assert "3 things are not right yet" in words(html)
    assert '<a href="#id_what">What: This field is required.</a>' in html
    assert '<a href="#id_who_0">Who: This field is required.</a>' in html
    assert "The two do not go together" in words(html)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{% status one %}", {"sentence": NASTY}),
        ("{% party one %}", {"name": NASTY, "role": NASTY, "region": NASTY, "note": NASTY}),
        ("{% timeline one %}", [{"sentence": NASTY, "by": NASTY, "text": NASTY}]),
        ("{% figure one %}", {"label": NASTY, "value": NASTY, "of": NASTY}),
        ("{% place one %}", {"words": NASTY, "points": [Point(0, 0, NASTY, NASTY)]}),
        (
            "{% chart one %}",
            {"title": NASTY, "categories": [NASTY], "series": [{"name": NASTY, "values": [1]}]},
        ),
        ("{% witness one %}", {"sentence": NASTY}),
        ("{% empty one %}", {"title": NASTY, "text": NASTY}),
        ("{% refusal one %}", {"reason": NASTY, "instead": NASTY, "rule": NASTY}),
        ("{% receipt one %}", {"number": NASTY, "secret": NASTY}),
        ("{% progress one %}", {"label": NASTY}),
        ("{% deadline one %}", {"due": NOW, "label": NASTY, "rule": NASTY}),
        ("{{ one|name }}", {"zh": NASTY}),
    ],
)
def test_what_people_wrote_is_never_taken_for_markup(source, value):
    html = show(source, one=value)
    assert "<img" not in html
    assert html.count("</script>") == html.count("<script")


def test_the_screen_of_the_hall_is_dark_and_other_pages_are_not(rf: RequestFactory):
    def theme(template: str) -> str:
        html = render(rf.get("/"), template).content.decode()
        return re.search(r'data-theme="(\w+)"', html)[1]

    assert [theme(f"design/{kind}_base.html") for kind in ("portal", "desk", "hall")] == [
        "light",
        "light",
        "dark",
    ]


def test_filters_for_times_and_numbers():
    assert show('{{ t|moment:"Asia/Shanghai" }} {{ t|day:"Asia/Shanghai" }}', t=NOW).startswith("Mon 23 Nov")
    assert show(
        "{{ n|number }} {{ m|number:1 }}{{ none|number }}{{ none|moment }}", n=58251, m=0.5, none=None
    ) == ("58,251 0.5")
