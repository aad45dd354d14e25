"""Reads of accounts: by whoever signs in, and through reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from gongzhi.foundation.parties.reach import reach
from gongzhi.service.accounts.models import Account

__all__ = ["Account", "account_called", "account_of_session", "accounts"]


def accounts(by: Any) -> QuerySet[Account]:
    """The accounts that the actor looks after, by user name."""
    return Account.objects.filter(reach(by, "account.open", Account)).order_by("username")


def account_called(username: str) -> Account | None:
    """The account that somebody who is about to sign in names."""
    return Account.objects.filter(username=username.strip().lower(), is_active=True).first()


def account_of_session(key: Any) -> Account | None:
    """The account that a session was begun with."""
    rows = Account.objects.filter(pk=key, is_active=True)
    return rows.select_related("person__home").defer("person__home__outline").first()
