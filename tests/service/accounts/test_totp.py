"""One-time codes agree with the tables of RFC 6238, and each is good for once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", appendix B

#: Seconds, and the last six of the eight digits that appendix B gives for SHA-1.
TABLE = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), TABLE)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    from gongzhi.service.accounts.totp import code_at

    assert code_at(SECRET, seconds // 30) == code


@given(seconds=st.integers(min_value=90, max_value=2**40), drift=st.integers(min_value=-3, max_value=3))
def test_a_clock_may_be_one_period_off_and_no_more(seconds: int, drift: int) -> None:
    from gongzhi.service.accounts.totp import code_at, matching_step

    step = seconds // 30 + drift
    found = matching_step(SECRET, code_at(SECRET, step), seconds)
    assert (found is not None) or abs(drift) > 1
    if abs(drift) <= 1:
        assert found is not None and code_at(SECRET, found) == code_at(SECRET, step)


@given(seconds=st.integers(min_value=60, max_value=2**40))
def test_a_period_that_was_used_does_not_fit_again(seconds: int) -> None:
    from gongzhi.service.accounts.totp import code_at, matching_step

    code = code_at(SECRET, seconds // 30)
    used = matching_step(SECRET, code, seconds)
    assert used is not None
    again = matching_step(SECRET, code, seconds, after=used)
    assert again is None or code_at(SECRET, again) == code  # two periods may share a code by chance


@pytest.mark.parametrize("told", ["", "12345", "1234567", "abcdef", "２８７０８２", "287 083"])
def test_what_is_no_code_does_not_fit(told: str) -> None:
    from gongzhi.service.accounts.totp import matching_step

    assert matching_step(SECRET, told, 59) is None


def test_spaces_do_not_matter() -> None:
    from gongzhi.service.accounts.totp import matching_step

    assert matching_step(SECRET, " 287 082 ", 59) == 1


def test_a_stored_secret_tells_nothing_and_survives_a_change_of_the_key(settings: object) -> None:
    from gongzhi.service.accounts import totp

    before, sealed = settings.SECRET_KEY, totp.seal(SECRET)  # type: ignore[attr-defined]
    assert SECRET not in sealed and len(sealed) <= 200
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [before]  # type: ignore[attr-defined]
    assert totp.unseal(sealed) == SECRET
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert totp.unseal(sealed) is None


def test_an_app_reads_secret_and_names() -> None:
    from gongzhi.service.accounts.totp import address

    told = address(SECRET, "wang", "gov.example/ledger")
    assert told == (f"otpauth://totp/gov.example%2Fledger%3Awang?secret={SECRET}&issuer=gov.example%2Fledger")
