"""Administrators help whoever lost the device with the codes, and nobody else does."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.foundation.parties.acts import add_person, appoint, create_post
from gongzhi.foundation.parties.queries import role
from gongzhi.service.accounts import acts, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.models import Account
from tests.builders import World

PASSWORD = "a bridge over the Taipu"


def account_of(house: World, username: str, post: str = "", region: object = None) -> Account:
    person = add_person(OPERATOR, region or house.county, name=username)  # type: ignore[arg-type]
    if post:
        made = create_post(OPERATOR, house.centre, role=role(post), title={"zh": post})  # type: ignore[arg-type]
        appoint(OPERATOR, made, person=person)
    return acts.open_account(OPERATOR, person, username=username, password=Hidden(PASSWORD))


def with_codes(account: Account) -> Account:
    secret = totp.new_secret()
    code = totp.code_at(secret, int(time.time()) // 30)
    me = person_actor(account.person_id)
    return acts.set_totp(me, account, secret=Hidden(secret), code=Hidden(code))


def sign_in(visitor: Client, username: str) -> Client:
    visitor.post(reverse("accounts:sign_in"), {"username": username, "password": PASSWORD})
    return visitor


@pytest.fixture
def boss(house: World, visitor: Client) -> Client:
    account_of(house, "boss", "administrator")
    return sign_in(visitor, "boss")


def test_an_administrator_finds_accounts_of_the_region_and_removes_a_second_factor(
    house: World, boss: Client
) -> None:
    lost = with_codes(account_of(house, "wang"))
    account_of(house, "next-door", region=house.neighbour)
    page = boss.get(reverse("accounts:people")).content.decode()
    assert "wang" in page and "next-door" not in page
    boss.post(reverse("accounts:people"), {"account": str(lost.pk)})
    assert not Account.objects.get(pk=lost.pk).totp_secret


def test_the_search_narrows(house: World, boss: Client) -> None:
    account_of(house, "wang")
    page = boss.get(reverse("accounts:people"), {"q": "BOS"}).content.decode()
    assert "wang" not in page and "boss" in page
    assert (
        "No account has such a name." in boss.get(reverse("accounts:people"), {"q": "zzz"}).content.decode()
    )


@pytest.mark.parametrize("told", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_account_out_of_reach_is_as_if_there_were_none(house: World, boss: Client, told: str) -> None:
    assert boss.post(reverse("accounts:people"), {"account": told}).status_code == 404


def test_an_account_of_another_region_is_out_of_reach(house: World, boss: Client) -> None:
    far = with_codes(account_of(house, "next-door", region=house.neighbour))
    assert boss.post(reverse("accounts:people"), {"account": str(far.pk)}).status_code == 404
    assert Account.objects.get(pk=far.pk).totp_secret


def test_others_are_told_whom_to_ask(house: World, visitor: Client) -> None:
    account_of(house, "clerk", "clerk")
    answer = sign_in(visitor, "clerk").get(reverse("accounts:people"))
    assert answer.status_code == 403
    assert "Looking after accounts is for administrators." in answer.content.decode()
    assert "Accounts you look after" not in visitor.get(reverse("accounts:mine")).content.decode()
