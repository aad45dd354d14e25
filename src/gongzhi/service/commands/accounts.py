"""``gongzhi accounts``: help at the console for whoever cannot sign in any more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import Failed, say
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.service.accounts.queries import Account

USERNAME = typer.Argument(help=_("user name of the account"))


def password(username: str = USERNAME) -> None:
    """Set a password, asked for twice or read from standard input; whoever is signed in is signed out."""
    console.start_django()
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.service.accounts import lockout
    from gongzhi.service.accounts.acts import Hidden, set_password

    account = _called(username)
    set_password(OPERATOR, account, password=Hidden(_told()))
    lockout.lift(account.username)
    console.sequence()
    say(_("The password of {name} was set; its sessions have ended.").format(name=account.username))


def reset_second_factor(username: str = USERNAME) -> None:
    """Let an account sign in with the password alone, until it sets up a second factor again."""
    console.start_django()
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.service.accounts import lockout
    from gongzhi.service.accounts.acts import clear_totp

    account = _called(username)
    clear_totp(OPERATOR, account)
    lockout.lift(account.username)
    console.sequence()
    say(_("{name} now signs in with the password alone.").format(name=account.username))


def _called(username: str) -> Account:
    from gongzhi.service.accounts.queries import account_called
    from gongzhi.service.commands.schema import demand_agreeing, demand_founded

    demand_founded()
    demand_agreeing()
    account = account_called(username)
    if account is None:
        raise Failed(_("There is no open account called {name}.").format(name=username))
    return account


def _told() -> str:
    """The password: typed twice unseen at a terminal, otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    told: str = typer.prompt(_("New password"), hide_input=True, confirmation_prompt=_("Once more"), err=True)
    return told
