"""Taking something in for somebody on the telephone."""

from __future__ import annotations

import pytest
from django.urls import reverse

TOLD = {
    "channel": "hotline",
    "kind": "complain",
    "text": "Sewage smells at the bridge",
    "category": "smell",
    "region": "310118110",
    "place": "Bridge no. 3",
    "name": "王小明",
    "phone": "13912345678",
    "answer_by": "phone",
    "key": "one-call",
}


def take_in(client, **changes):
    return client.post(reverse("desk:take_in"), {**TOLD, **changes})


def test_a_clerk_reads_out_number_secret_and_what_happens_next(world, at_desk):
    from gongzhi.governance.matters.followup import secret_of
    from gongzhi.governance.matters.models import Submission

    answer = take_in(at_desk(world.staff("clerk")))
    page = answer.content.decode()
    submission = Submission.objects.get()
    assert answer.status_code == 200
    assert submission.number in page
    assert secret_of(submission) in page.replace("-", "").replace(" ", "")
    assert "It went to Water." in page
    assert "The answer is due by" in page
    assert (submission.channel, submission.region.code) == ("hotline", "310118110")
    assert submission.person.phone == "13912345678"


def test_a_call_that_is_sent_twice_is_taken_in_once(world, at_desk):
    from gongzhi.governance.matters.models import Submission

    client = at_desk(world.staff("clerk"))
    first, second = take_in(client), take_in(client)
    number = Submission.objects.get().number
    assert number in first.content.decode()
    assert number in second.content.decode()
    again = take_in(client, text="Something else under the same key")
    assert again.status_code == 409
    assert "This key was already used for something else." in again.content.decode()


def test_whoever_gives_no_contact_stays_anonymous(world, at_desk):
    from gongzhi.governance.matters.models import Submission

    take_in(at_desk(world.staff("clerk")), name="", phone="", answer_by="page")
    assert Submission.objects.get().person is None


@pytest.mark.parametrize(
    ("changes", "anchor"),
    [
        ({"text": ""}, "id_text"),
        ({"category": ""}, "id_category"),
        ({"region": "320509"}, "id_region"),
        ({"phone": ""}, "id_phone"),
        ({"answer_by": "email"}, "id_email"),
        ({"channel": "sensor"}, "id_channel"),
        ({"text": "x" * 4001}, "id_text"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(world, at_desk, changes, anchor):
    from gongzhi.governance.matters.models import Submission

    answer = take_in(at_desk(world.staff("clerk")), **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{anchor}"' in page
    assert "Bridge no. 3" in page
    assert not Submission.objects.exists()


def test_what_is_not_taken_in_here_is_told_with_the_right_door(world, at_desk):
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.governance.matters.acts import add_category

    add_category(
        OPERATOR,
        world.county,
        code="fraud",
        name={"en": "Fraud"},
        refer_to={"zh": "请拨打110", "en": "Call 110"},
    )
    answer = take_in(at_desk(world.staff("clerk")), category="fraud")
    assert answer.status_code == 409
    assert "This is not taken in here." in answer.content.decode()
    assert "110" in answer.content.decode()


def test_only_posts_that_take_in_have_the_page(world, at_desk):
    client = at_desk(world.staff("handler", world.water))
    answer = client.get(reverse("desk:take_in"))
    assert answer.status_code == 403
    assert "Your post does not take things in." in answer.content.decode()
    assert reverse("desk:take_in") not in client.get(reverse("desk:mine")).content.decode()


def test_a_point_on_the_map_finds_its_grid(world, at_desk):
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.acts import add_grid
    from gongzhi.governance.matters.models import Submission

    square = {
        "type": "Polygon",
        "coordinates": [[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31.1], [121, 31]]],
    }
    grid = add_grid(OPERATOR, world.town, code="310118110001", name={"en": "g"}, outline=square)
    take_in(at_desk(world.staff("clerk")), region="310118", lon="121.05", lat="31.05")
    submission = Submission.objects.get()
    assert (submission.grid, submission.region) == (grid, world.town)
