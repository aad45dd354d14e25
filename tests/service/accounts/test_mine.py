"""What somebody who is signed in sees and sets about themselves."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import appoint, create_post
from gongzhi.foundation.parties.queries import role
from gongzhi.governance.matters.acts import reveal
from gongzhi.service.accounts import acts, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.models import Account
from tests.builders import World

PASSWORD = "a bridge over the Taipu"


@pytest.fixture
def account(house: World) -> Account:
    person = house.person("Wang")
    return acts.open_account(OPERATOR, person, username="wang", password=Hidden(PASSWORD))


@pytest.fixture
def insider(visitor: Client, account: Account) -> Client:
    visitor.post(reverse("accounts:sign_in"), {"username": "wang", "password": PASSWORD})
    return visitor


def test_who_looked_is_told_with_post_and_purpose(house: World, insider: Client, account: Account) -> None:
    made = house.submission(person=account.person)
    reveal(house.staff("clerk"), made, purpose="To call back about the river")
    page = insider.get(reverse("accounts:mine")).content.decode()
    assert "Reveal personal data" in page
    assert "Centre · clerk" in page
    assert "Purpose: To call back about the river" in page


def test_what_was_brought_in_while_signed_in_is_listed_and_opens(
    house: World, insider: Client, account: Account
) -> None:
    filed = house.submission(person=account.person)
    page = insider.get(reverse("accounts:mine")).content.decode()
    assert reverse("portal:followed", args=[filed.number]) in page
    assert insider.get(reverse("portal:followed", args=[filed.number])).status_code == 200


def test_a_new_password_signs_other_devices_out(insider: Client, account: Account) -> None:
    other = Client(headers={"accept-language": "en"})
    other.post(reverse("accounts:sign_in"), {"username": "wang", "password": PASSWORD})
    told = {"present": PASSWORD, "password": "three herons by the lock"}
    assert insider.post(reverse("accounts:password"), told)["Location"] == reverse("accounts:mine")
    assert insider.get(reverse("accounts:mine")).status_code == 200
    assert other.get(reverse("accounts:mine")).status_code == 302


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"present": "wrong", "password": "three herons by the lock"}, "This is not your present password"),
        ({"present": PASSWORD, "password": "short"}, "too short"),
    ],
)
def test_a_password_is_not_changed_lightly(insider: Client, told: dict[str, str], sentence: str) -> None:
    assert sentence in insider.post(reverse("accounts:password"), told).content.decode()


def test_a_second_factor_is_set_up_with_a_square_and_a_code_and_taken_off_with_the_password(
    insider: Client, account: Account
) -> None:
    address = reverse("accounts:second_factor")
    page = insider.get(address).content.decode()
    assert "<svg" in page
    secret = page.split('<code class="gz-secret">')[1].split("<")[0].replace(" ", "")
    assert "does not fit" in insider.post(address, {"code": "000000"}).content.decode()
    code = totp.code_at(secret, int(time.time()) // 30)
    assert "Your recovery codes" in insider.post(address, {"code": code}).content.decode()
    assert secret not in str(dict(insider.session))
    assert "A code is asked for at every sign-in" in insider.get(reverse("accounts:mine")).content.decode()
    told = {"present": "wrong", "do": "remove"}
    assert "not your present" in insider.post(address, told).content.decode()
    told = {"present": PASSWORD, "do": "remove"}
    assert insider.post(address, told)["Location"] == reverse("accounts:mine")
    assert not Account.objects.get(pk=account.pk).totp_secret


def test_the_session_does_not_hold_a_secret_in_plain_words(insider: Client, account: Account) -> None:
    page = insider.get(reverse("accounts:second_factor")).content.decode()
    secret = page.split('<code class="gz-secret">')[1].split("<")[0].replace(" ", "")
    assert secret not in str(dict(insider.session))


def test_somebody_with_two_posts_acts_as_one_of_them(house: World, insider: Client, account: Account) -> None:
    posts = [
        appoint(
            OPERATOR,
            create_post(OPERATOR, body, role=role(code), title={"zh": code, "en": code}),  # type: ignore[arg-type]
            person=account.person,
        )
        for body, code in ((house.centre, "clerk"), (house.water, "handler"))
    ]
    switch = reverse("accounts:switch")
    insider.post(switch, {"appointment": str(posts[1].pk), "next": "/account/"})
    request = insider.get(reverse("accounts:mine")).wsgi_request
    assert [h.appointment for h in request.actor.held if h.appointment] == [posts[1].pk]
    insider.post(switch, {"appointment": "00000000-0000-0000-0000-000000000000"})
    request = insider.get(reverse("accounts:mine")).wsgi_request
    assert len([h for h in request.actor.held if h.appointment]) == 2


def test_everything_here_needs_signing_in(visitor: Client, db: None) -> None:
    for name in ("mine", "password", "second_factor"):
        assert visitor.get(reverse(f"accounts:{name}")).status_code == 302
    assert visitor.post(reverse("accounts:switch")).status_code == 302


def test_the_page_asks_little_of_the_database_however_much_is_listed(
    house: World, insider: Client, account: Account, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        reveal(house.staff("clerk"), house.submission(person=account.person), purpose="To call back")
    insider.get(reverse("accounts:mine"))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        insider.get(reverse("accounts:mine"))
