"""Signing in: what fits gets in, what does not is slowed down, and no page leads astray."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.foundation.ledger.queries import concerning
from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.service.accounts import acts, lockout, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.models import Account, Failure
from tests.builders import World

PASSWORD = "a bridge over the Taipu"
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def account(house: World) -> Account:
    person = house.person("Wang")
    return acts.open_account(OPERATOR, person, username="wang", password=Hidden(PASSWORD))


@pytest.fixture
def secret(account: Account) -> str:
    """The account's second factor, set up some minutes ago."""
    made = totp.new_secret()
    code = totp.code_at(made, int(time.time()) // 30)
    acts.set_totp(person_actor(account.person_id), account, secret=Hidden(made), code=Hidden(code))
    return made


def next_code(secret: str) -> str:
    """A code that was not used for setting up."""
    return totp.code_at(secret, int(time.time()) // 30 + 1)


def sign_in(visitor: Client, password: str = PASSWORD, **more: str) -> Any:
    return visitor.post(SIGN_IN, {"username": "wang", "password": password, **more})


def is_in(visitor: Client) -> bool:
    return visitor.get(reverse("accounts:mine")).status_code == 200


def test_name_and_password_get_in_and_the_ledger_tells_it(visitor: Client, account: Account) -> None:
    answer = sign_in(visitor)
    assert answer["Location"] == reverse("accounts:mine")
    assert is_in(visitor)
    told = concerning(account.person_id)[0]
    assert told.verb == "account.sign_in" and told.facts == {"second_factor": False}


def test_what_does_not_fit_is_said_without_saying_which(visitor: Client, account: Account) -> None:
    wrong = sign_in(visitor, "wrong").content.decode()
    unknown = visitor.post(SIGN_IN, {"username": "nobody", "password": "wrong"}).content.decode()
    sentence = "User name and password do not fit together."
    assert sentence in wrong and sentence in unknown
    assert not is_in(visitor)


def test_the_session_has_another_key_after_signing_in(
    visitor: Client, house: World, account: Account
) -> None:
    visitor.post(reverse("portal:report"), {"text": "x", "kind": "complain", "region": house.county.code})
    before = visitor.cookies["sessionid"].value
    sign_in(visitor)
    assert visitor.cookies["sessionid"].value != before
    assert visitor.session["drafts"], "what was begun before signing in is kept"


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/rules/", "/rules/"),
        ("https://evil.example/", "/account/"),
        ("//evil.example/", "/account/"),
        ("\\\\evil.example", "/account/"),
        ("javascript:alert(1)", "/account/"),
        ("", "/account/"),
    ],
)
def test_after_signing_in_only_own_pages_follow(
    visitor: Client, account: Account, wanted: str, led_to: str
) -> None:
    assert sign_in(visitor, next=wanted)["Location"] == led_to


def test_a_page_that_needs_signing_in_comes_after_it(visitor: Client, account: Account) -> None:
    answer = visitor.get(reverse("accounts:password"))
    assert answer["Location"] == f"{SIGN_IN}?next=%2Faccount%2Fpassword%2F"
    page = visitor.get(answer["Location"]).content.decode()
    assert 'name="next" value="/account/password/"' in page


def test_a_code_is_asked_for_and_nothing_opens_before_it(
    visitor: Client, account: Account, secret: str
) -> None:
    answer = sign_in(visitor, next="/rules/")
    assert answer["Location"] == "/account/sign-in/code/?next=%2Frules%2F"
    assert not is_in(visitor)
    answer = visitor.post(answer["Location"], {"code": next_code(secret)})
    assert answer["Location"] == "/rules/"
    assert is_in(visitor)


def test_a_password_set_meanwhile_ends_the_second_step_and_all_sessions(
    visitor: Client, account: Account, secret: str
) -> None:
    inside, code = Client(), next_code(secret)
    sign_in(inside)
    inside.post(reverse("accounts:code"), {"code": code})
    assert is_in(inside)
    sign_in(visitor)
    acts.set_password(OPERATOR, account, password=Hidden("another river than the Taipu"))
    assert not is_in(inside)
    assert visitor.get(reverse("accounts:code"))["Location"] == SIGN_IN


def test_an_account_is_let_in_again_by_whoever_helps(visitor: Client, account: Account) -> None:
    for _ in range(lockout.NAME_LIMIT + 1):
        sign_in(visitor, "wrong")
    assert "Too many attempts" in sign_in(visitor).content.decode()
    lockout.lift("wang")
    sign_in(visitor)
    assert is_in(visitor)


def test_a_code_gets_in_once(visitor: Client, account: Account, secret: str) -> None:
    code = next_code(secret)
    for client, inside in ((visitor, True), (Client(headers={"accept-language": "en"}), False)):
        sign_in(client)
        client.post(reverse("accounts:code"), {"code": code})
        assert is_in(client) is inside


def test_the_code_page_alone_opens_nothing(visitor: Client, account: Account, secret: str) -> None:
    answer = visitor.post(reverse("accounts:code"), {"code": next_code(secret)})
    assert answer["Location"] == SIGN_IN


def test_the_second_step_does_not_wait_for_ever(visitor: Client, account: Account, secret: str) -> None:
    sign_in(visitor)
    session = visitor.session
    session["signing_in"] = {**session["signing_in"], "at": "2020-01-01T00:00:00+00:00"}
    session.save()
    assert visitor.post(reverse("accounts:code"), {"code": next_code(secret)})["Location"] == SIGN_IN


def test_guessing_locks_the_name_and_says_until_when(visitor: Client, account: Account) -> None:
    for _ in range(lockout.NAME_LIMIT):
        assert "do not fit" in sign_in(visitor, "wrong").content.decode()
    page = sign_in(visitor).content.decode()
    assert "Too many attempts failed. You can try again in 1 minute." in page
    assert not is_in(visitor)


def test_each_further_failure_doubles_the_wait(account: Account, rf: Any) -> None:
    attempt = lockout.Attempt.of(rf.post("/"), "sign-in", "wang")
    waits = []
    for _ in range(lockout.NAME_LIMIT + 3):
        attempt.failed()
        until = attempt.locked_until()
        last = Failure.objects.order_by("-at").values_list("at", flat=True)[0]
        waits.append((until - last) // timedelta(minutes=1) if until else 0)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8]


def test_a_lock_ends_by_itself_and_success_clears_it(visitor: Client, account: Account) -> None:
    for _ in range(lockout.NAME_LIMIT):
        sign_in(visitor, "wrong")
    rows = list(Failure.objects.all())
    for row in rows:
        row.at -= timedelta(minutes=2)
        row.save()
    sign_in(visitor)
    assert is_in(visitor)
    assert not Failure.objects.exists()


def test_many_names_from_one_address_lock_the_address(visitor: Client, account: Account) -> None:
    attempt_of = lockout.Attempt("-", lockout._digest("sign-in:address:127.0.0.1"))
    for _ in range(lockout.ADDRESS_LIMIT):
        attempt_of.failed()
    assert "Too many attempts failed" in sign_in(visitor).content.decode()


def test_what_failed_is_kept_as_digests_and_for_a_day(visitor: Client, account: Account) -> None:
    sign_in(visitor, "wrong")
    (row,) = Failure.objects.all()
    assert "wang" not in row.name_hash and "127.0.0.1" not in row.address_hash
    row.at -= timedelta(days=2)
    row.save()
    sign_in(visitor, "wrong")
    assert Failure.objects.count() == 1


def test_guessing_codes_is_slowed_down_too(visitor: Client, account: Account, secret: str) -> None:
    sign_in(visitor)
    for _ in range(lockout.NAME_LIMIT):
        visitor.post(reverse("accounts:code"), {"code": "000000"})
    page = visitor.post(reverse("accounts:code"), {"code": next_code(secret)}).content.decode()
    assert "Too many attempts failed" in page


def test_signing_out_forgets_everything_and_needs_a_post(visitor: Client, account: Account) -> None:
    sign_in(visitor)
    assert visitor.get(reverse("accounts:sign_out")).status_code == 405
    assert visitor.post(reverse("accounts:sign_out"))["Location"] == reverse("portal:home")
    assert not is_in(visitor)


def test_a_form_from_elsewhere_signs_nobody_in(account: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


def test_a_closed_account_stays_outside(visitor: Client, account: Account) -> None:
    from gongzhi.foundation.ledger import guard

    with guard.permitted():
        Account.objects.filter(pk=account.pk).update(is_active=False)
    assert "do not fit" in sign_in(visitor).content.decode()


def test_pages_of_accounts_are_not_kept_by_browsers(visitor: Client, account: Account) -> None:
    assert "no-store" in visitor.get(SIGN_IN)["Cache-Control"]
