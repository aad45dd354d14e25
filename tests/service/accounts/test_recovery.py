"""Recovery codes: shown once, kept as digests, each good for one sign-in, and ended with what they stand in for."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.foundation.ledger.models import Claim, Entry, Private
from gongzhi.foundation.ledger.queries import concerning
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.service.accounts import acts, recovery, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.models import Account
from tests.builders import World

PASSWORD = "a bridge over the Taipu"
FACTOR = "/account/second-factor/"


@pytest.fixture
def account(house: World) -> Account:
    person = house.person("Wang")
    return acts.open_account(OPERATOR, person, username="wang", password=Hidden(PASSWORD))


@pytest.fixture
def codes(account: Account) -> list[str]:
    """The account's recovery codes."""
    made, secret = recovery.new_codes(), totp.new_secret()
    code = totp.code_at(secret, int(time.time()) // 30)
    me = person_actor(account.person_id)
    acts.set_totp(me, account, secret=Hidden(secret), code=Hidden(code), spare=Hidden(" ".join(made)))
    return made


def left(account: Account) -> int:
    return len(Account.objects.get(pk=account.pk).recovery_codes)


def enter(told: str, name: str = "wang") -> Client:
    """Somebody who knows the password, and types this at the second step."""
    visitor = Client(headers={"accept-language": "en"})
    visitor.post(reverse("accounts:sign_in"), {"username": name, "password": PASSWORD})
    visitor.post(reverse("accounts:code"), {"code": told})
    return visitor


def is_in(visitor: Client) -> bool:
    return visitor.get(reverse("accounts:mine")).status_code == 200


@given(st.text(max_size=30))
def test_what_cannot_be_a_code_is_none(told: str) -> None:
    code = recovery.plain(told)
    assert code is None or (code.isascii() and len(code) == recovery.DIGITS)


@given(st.integers(0, 10**recovery.DIGITS - 1))
def test_a_code_is_read_as_it_is_written(number: int) -> None:
    code = f"{number:012d}"
    assert recovery.plain(recovery.in_groups(code)) == recovery.plain(f" {code} ") == code


def test_ten_are_made_and_no_two_alike() -> None:
    first, second = recovery.new_codes(), recovery.new_codes()
    assert len(set(first) | set(second)) == 2 * recovery.COUNT
    assert all(recovery.plain(code) == code for code in first)


def test_what_is_kept_belongs_to_one_account_and_to_keys_that_are_honoured(settings: object) -> None:
    account, (code, *_) = uuid4(), recovery.new_codes()
    (kept,) = recovery.kept(account, [code])
    assert code not in kept
    assert recovery.matching(account, [kept], code) == kept
    assert recovery.matching(uuid4(), [kept], code) is None
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another key than the former one"  # type: ignore[attr-defined]
    assert recovery.matching(account, [kept], code) == kept
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert recovery.matching(account, [kept], code) is None


def test_each_gets_in_once_and_the_rest_stay_good(account: Account, codes: list[str]) -> None:
    assert is_in(enter(recovery.in_groups(codes[3])))
    assert not is_in(enter(codes[3]))
    assert is_in(enter(codes[4]))
    assert left(account) == 8


def test_the_ledger_tells_that_one_was_used_and_not_which(account: Account, codes: list[str]) -> None:
    visitor = enter(codes[0])
    used = next(told for told in concerning(account.person_id) if told.verb == "account.use_recovery_code")
    assert used.facts == {"left": 9}
    assert used.cause is not None and Entry.objects.get(pk=used.cause).verb == "account.sign_in"
    page = visitor.get(reverse("accounts:mine")).content.decode()
    assert "You signed in with a recovery code; 9 are left." in page and "Use a recovery code" in page


def test_one_of_somebody_else_does_not_fit(house: World, account: Account, codes: list[str]) -> None:
    other = acts.open_account(OPERATOR, house.person("Li"), username="li.hua", password=Hidden(PASSWORD))
    secret = totp.new_secret()
    code = totp.code_at(secret, int(time.time()) // 30)
    acts.set_totp(person_actor(other.person_id), other, secret=Hidden(secret), code=Hidden(code))
    assert not is_in(enter(codes[0], "li.hua"))
    assert is_in(enter(codes[0]))


def test_guessing_them_is_slowed_down(account: Account, codes: list[str]) -> None:
    visitor = enter("000000000000")
    for _ in range(10):
        page = visitor.post(reverse("accounts:code"), {"code": "0000-0000-0000"}).content.decode()
    assert "Too many attempts" in page
    assert not is_in(enter(codes[0])) and left(account) == 10


def test_they_are_in_no_entry_and_no_row(account: Account, codes: list[str]) -> None:
    enter(codes[0])
    written = "".join(
        str(row)
        for kind in (Entry, Private, Claim, Account)
        for row in kind.objects.values_list()  # type: ignore[attr-defined]
    )
    assert not any(code in written for code in codes)


def test_new_ones_end_the_former_and_only_the_holder_makes_them(
    house: World, account: Account, codes: list[str]
) -> None:
    made = Hidden(" ".join(recovery.new_codes()))
    with pytest.raises(NotAllowed):
        acts.set_recovery_codes(house.staff("administrator"), account, codes=made)
    acts.set_recovery_codes(person_actor(account.person_id), account, codes=made)
    assert not is_in(enter(codes[0])) and is_in(enter(made.value.split()[0]))


@pytest.mark.parametrize("told", ["", "123456789012", " ".join(["123456789012"] * 10), "a b c d e f g h i j"])
def test_ten_different_ones_are_wanted(account: Account, codes: list[str], told: str) -> None:
    with pytest.raises(Invalid):
        acts.set_recovery_codes(person_actor(account.person_id), account, codes=Hidden(told))
    assert left(account) == 10


def test_without_a_second_factor_there_are_none(account: Account, codes: list[str]) -> None:
    me = person_actor(account.person_id)
    acts.clear_totp(me, account)
    assert left(account) == 0
    with pytest.raises(NotPossible):
        acts.set_recovery_codes(me, account, codes=Hidden(" ".join(recovery.new_codes())))


def test_they_are_shown_once_when_the_second_factor_is_set_up(visitor: Client, account: Account) -> None:
    visitor.post(reverse("accounts:sign_in"), {"username": "wang", "password": PASSWORD})
    secret = shown(visitor.get(FACTOR))[0].replace(" ", "")
    answer = visitor.post(FACTOR, {"code": totp.code_at(secret, int(time.time()) // 30)})
    codes = shown(answer)
    assert len(codes) == 10 and "no-store" in answer["Cache-Control"]
    assert not any(code in str(dict(visitor.session)) for code in codes)
    for address in (FACTOR, reverse("accounts:mine")):
        page = visitor.get(address).content.decode()
        assert "10 left" in page and codes[0] not in page
    assert is_in(enter(codes[0]))


def test_new_ones_are_made_on_the_page_with_the_password(account: Account, codes: list[str]) -> None:
    visitor = enter(codes[0])
    assert not shown(visitor.post(FACTOR, {"present": "wrong", "do": "renew"}))
    assert left(account) == 9
    made = shown(visitor.post(FACTOR, {"present": PASSWORD, "do": "renew"}))
    assert len(made) == 10 and left(account) == 10
    assert not is_in(enter(codes[1])) and is_in(enter(made[1]))


def shown(answer: object) -> list[str]:
    """What a page shows to be copied."""
    parts = answer.content.decode().split('<code class="gz-secret">')[1:]  # type: ignore[attr-defined]
    return [part.split("<")[0] for part in parts]
