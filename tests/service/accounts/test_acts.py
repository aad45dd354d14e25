"""Acts on accounts: who may, what is refused, and that no password or secret is ever written down."""

from __future__ import annotations

import pytest

from gongzhi.foundation.ledger.models import Claim, Entry, Private
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.parties.actors import OPERATOR, anyone, person_actor
from gongzhi.service.accounts import acts, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.models import Account
from gongzhi.service.accounts.queries import account_called, accounts
from tests.builders import World

PASSWORD = "a bridge over the Taipu"


@pytest.fixture
def account(house: World) -> Account:
    person = house.person("Wang")
    return acts.open_account(OPERATOR, person, username="Wang", password=Hidden(PASSWORD))


def test_an_account_is_opened_once_for_a_person(house: World, account: Account) -> None:
    assert account_called(" WANG ") == account
    with pytest.raises(NotPossible, match="has an account already"):
        acts.open_account(OPERATOR, account.person, username="other")
    with pytest.raises(Invalid, match="taken"):
        acts.open_account(OPERATOR, house.person(), username="wang")


@pytest.mark.parametrize("username", ["", "ab", "-ab", "w ang", "王晓明", "a" * 61, "a\nb"])
def test_a_user_name_is_plain(house: World, username: str) -> None:
    with pytest.raises(Invalid, match="letters a to z"):
        acts.open_account(OPERATOR, house.person(), username=username)


@pytest.mark.parametrize("password", ["", "short", "password1234", "wangxiaoming1"])
def test_a_password_is_not_easily_guessed(house: World, password: str) -> None:
    with pytest.raises(Invalid):
        acts.open_account(OPERATOR, house.person(), username="wangxiaoming1", password=Hidden(password))


def test_passwords_are_kept_by_argon2(account: Account) -> None:
    assert account.password.startswith("argon2$argon2id$")


def test_the_public_opens_none_and_an_administrator_does_in_the_own_region(house: World) -> None:
    person = house.person()
    with pytest.raises(NotAllowed):
        acts.open_account(anyone(), person, username="nobody")
    acts.open_account(house.staff("administrator"), person, username="somebody")


def test_nobody_sets_the_password_of_somebody_else(house: World, account: Account) -> None:
    stranger = house.person()
    with pytest.raises(NotAllowed):
        acts.set_password(person_actor(stranger.pk), account, password=Hidden("quite another one"))
    with pytest.raises(NotAllowed):
        acts.set_password(house.staff("administrator"), account, password=Hidden("quite another one"))
    acts.set_password(person_actor(account.person_id), account, password=Hidden("quite another one"))


def test_no_password_and_no_secret_is_in_the_ledger_nor_can_be_guessed_from_a_claim(
    house: World, account: Account
) -> None:
    me, secret = person_actor(account.person_id), totp.new_secret()
    acts.set_password.once("a key")(me, account, password=Hidden(PASSWORD + "!"))
    step = int(__import__("time").time()) // 30
    code = totp.code_at(secret, step)
    acts.set_totp(me, account, secret=Hidden(secret), code=Hidden(code))
    written = "".join(
        str(row)
        for kind in (Entry, Private, Claim)
        for row in kind.objects.values_list()  # type: ignore[attr-defined]
    )
    assert PASSWORD not in written and secret not in written and f'"{code}"' not in written
    assert repr(Hidden(PASSWORD)) == repr(Hidden("another"))


def test_a_second_factor_is_set_up_by_a_code_that_fits(account: Account) -> None:
    with pytest.raises(Invalid, match="does not fit"):
        acts.set_totp(
            person_actor(account.person_id), account, secret=Hidden(totp.new_secret()), code=Hidden("000000x")
        )
    assert not account_called("wang").totp_secret  # type: ignore[union-attr]


def test_a_lost_device_is_taken_off_by_an_administrator_and_the_person_sees_it(
    house: World, account: Account
) -> None:
    me, secret = person_actor(account.person_id), totp.new_secret()
    code = totp.code_at(secret, int(__import__("time").time()) // 30)
    acts.set_totp(me, account, secret=Hidden(secret), code=Hidden(code))
    acts.clear_totp(house.staff("administrator"), account)
    assert not account_called("wang").totp_secret  # type: ignore[union-attr]
    with pytest.raises(NotPossible, match="no second factor"):
        acts.clear_totp(me, account)
    from gongzhi.foundation.ledger.queries import concerning

    assert "account.clear_totp" in [told.verb for told in concerning(account.person_id)]


def test_lists_of_accounts_end_where_reach_ends(house: World, account: Account) -> None:
    assert list(accounts(house.staff("administrator"))) == [account]
    assert not accounts(anyone()).exists()
    assert not accounts(person_actor(account.person_id)).exists()
