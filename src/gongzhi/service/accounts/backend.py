"""How Django learns who is signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from gongzhi.service.accounts.queries import Account, account_called, account_of_session


class AccountBackend:
    """Checks names and passwords; never writes, for signing in is an act."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = ""
    ) -> Account | None:
        """The account that name and password belong to; a name that does not exist takes as long."""
        account = account_called(username)
        if account is None:
            make_password(password)
            return None
        return account if check_password(password, account.password) else None

    def get_user(self, key: Any) -> Account | None:
        """The account of a session."""
        return account_of_session(key)
