"""My work: who finds what in which list, and what can be done to several at once."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse


def text(answer) -> str:
    return answer.content.decode()


def show(client, tab: str = "all", **data) -> str:
    answer = client.get(reverse("desk:list", args=[tab]), data)
    assert answer.status_code == 200
    return text(answer)


def together(client, matters, **data):
    return client.post(reverse("desk:together"), {"m": [m.pk for m in matters], **data})


def test_a_handler_finds_what_their_body_leads(world, at_desk):
    matter = world.submission("Sewage smells at the bridge").matter
    page = show(at_desk(world.staff("handler", world.water)))
    assert "Sewage smells at the bridge" in page
    assert matter.number in page
    assert "rule 1.1 of Qingpu" in page


def test_the_first_page_opens_what_binds_first(world, at_desk):
    world.submission(category=world.noise)
    page = text(at_desk(world.staff("coordinator")).get(reverse("desk:mine")))
    assert "<title>My work: To dispatch" in page


def test_each_tab_says_how_many_it_holds(world, at_desk):
    world.submission(category=world.noise)
    page = show(at_desk(world.staff("coordinator")), "waiting")
    assert "To dispatch <strong>1</strong>" in page
    assert "Waiting for others <strong>0</strong>" in page


def test_a_list_that_the_post_does_not_have_is_not_found(world, at_desk):
    client = at_desk(world.staff("handler", world.water))
    for tab in ("dispatch", "close", "nonsense"):
        assert client.get(reverse("desk:list", args=[tab])).status_code == 404
        assert client.get(reverse("desk:export", args=[tab])).status_code == 404


def test_an_empty_list_says_so_and_where_something_is(world, at_desk):
    world.submission(category=world.noise)
    client = at_desk(world.staff("coordinator"))
    page = show(client, "waiting")
    assert "You are waiting for nobody." in page
    assert reverse("desk:list", args=["later"]) in page
    assert "Nothing here fits these filters." in show(client, words="nothing like it")


def test_a_reason_stands_with_what_no_rule_decided(world, at_desk):
    world.submission(category=world.noise)
    page = show(at_desk(world.staff("coordinator")), "dispatch")
    assert "gz-line-why" in page
    assert "noise" in page


def test_filters_stand_in_the_address_and_can_be_taken_off(world, at_desk):
    world.submission()
    page = show(at_desk(world.staff("coordinator")), state="overdue", category="smell")
    assert 'href="/desk/list/all/?state=overdue"' in page
    assert 'href="/desk/list/all/?category=smell"' in page


def test_several_matters_are_sent_together(world, at_desk):
    matters = [world.submission(category=world.noise).matter for _ in range(3)]
    client = at_desk(world.staff("coordinator"))
    chosen = together(client, matters, do="send")
    assert chosen.status_code == 200
    assert "Send 3 matters to a handling body" in text(chosen)
    done = together(client, matters, do="send", to="q3")
    assert done.status_code == 302
    assert "3 matters were sent to Water." in text(client.get(done.url))
    assert all(lead_of(each) == "q3" for each in matters)


def lead_of(matter) -> str | None:
    from gongzhi.governance.matters.models import Matter

    found = Matter.objects.select_related("lead").get(pk=matter.pk)
    return found.lead.code if found.lead else None


def test_together_means_all_or_none(world, at_desk):
    from gongzhi.governance.matters.models import Matter

    answered, running = world.submission().matter, world.submission().matter
    from gongzhi.governance.matters.acts import answer

    answer(world.staff("handler", world.water), answered, text="Done.")
    client = at_desk(world.staff("coordinator"))
    refused = together(client, [answered, running], do="close")
    assert refused.status_code == 409
    assert "A matter is answered before it is closed." in text(refused)
    assert "Nothing was changed" in text(refused)
    assert Matter.objects.get(pk=answered.pk).state == "answered"
    assert together(client, [answered], do="close").status_code == 302
    assert Matter.objects.get(pk=answered.pk).state == "closed"


def test_what_is_out_of_reach_cannot_be_slipped_in(world, at_desk):
    inside = world.submission(category=world.noise).matter
    outside = world.submission(category=world.noise, region=world.neighbour).matter
    client = at_desk(world.staff("coordinator"))
    assert together(client, [inside, outside], do="send", to="q3").status_code == 302
    assert lead_of(inside) is None
    handler = at_desk(world.staff("handler", world.water))
    mine = world.submission().matter
    assert together(handler, [mine], do="close").status_code == 403


@pytest.mark.parametrize("chosen", [[], ["nonsense"]])
def test_nothing_chosen_is_said_and_leads_back(world, at_desk, chosen):
    client = at_desk(world.staff("coordinator"))
    back = client.post(
        reverse("desk:together"), {"m": chosen, "do": "send", "next": "https://elsewhere.example"}
    )
    assert back.url == reverse("desk:mine")
    assert "Choose at least one matter." in text(client.get(back.url))


def test_the_table_has_what_the_list_has(world, at_desk):
    matters = [world.submission(title).matter for title in ("=1+1", '二号桥, "旧"', "plain")]
    client = at_desk(world.staff("coordinator"))
    told = client.get(reverse("desk:export", args=["all"]), {"words": ""}).getvalue().decode()
    assert told.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(told[1:])))
    assert {row["Number"] for row in rows} == {m.number for m in matters}
    assert {row["Title"] for row in rows} == {"'=1+1", '二号桥, "旧"', "plain"}
    narrowed = client.get(reverse("desk:export", args=["all"]), {"words": "plain"}).getvalue().decode()
    assert narrowed.count("\r\n") == 2


def test_pages_follow_one_another(world, at_desk):
    from tests.crowds import crowd

    crowd(world, 120)
    client = at_desk(world.staff("coordinator"))
    page = show(client)
    assert page.count('class="gz-line"') == 50
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text(client.get(following))
    assert second.count('class="gz-line"') == 50
    assert 'rel="prev"' in second


def test_a_narrowed_list_begins_with_what_it_is_narrowed_by_and_its_matters(world, at_desk):
    world.submission("A bridge creaks")
    client = at_desk(world.staff("coordinator"))
    page = text(client.get(reverse("desk:list", args=["all"]), {"words": "bridge"}))
    before, form = page.split('<details class="gz-narrow">')
    assert "Number or words: bridge" in before
    assert 'name="words" type="text" value="bridge"' in form.split("</details>")[0]
    assert page.index("</details>") < page.index('class="gz-line"') < page.index("Keep this list as")


def test_a_list_is_kept_under_a_name_and_given_up_again(world, at_desk):
    world.submission()
    client = at_desk(world.staff("coordinator"))
    here = reverse("desk:list", args=["all"]) + "?state=overdue"
    assert "Keep this list as" in text(client.get(here))
    assert client.post(reverse("desk:keep"), {"name": "late ones", "next": here}).url == here
    page = text(client.get(reverse("desk:mine")))
    assert f'<a href="{here}">late ones</a>' in page
    assert "Do not keep “late ones” any more" in text(client.get(here))
    client.post(reverse("desk:keep"), {"give_up": "late ones", "next": here})
    assert "late ones" not in text(client.get(reverse("desk:mine")))
    outside = client.post(reverse("desk:keep"), {"name": "x", "next": "https://elsewhere.example"})
    assert outside.url == reverse("desk:mine")


def test_what_was_offered_is_taken_over_together(world, at_desk):
    matters = [world.submission().matter for _ in range(2)]
    client = at_desk(world.staff("handler", world.water))
    assert "Take over those chosen" in show(client, "offered")
    done = together(client, matters, do="accept")
    assert "2 matters were taken over." in text(client.get(done.url))
