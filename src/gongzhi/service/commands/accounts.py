"""``gongzhi accounts``: let people in at the console, and help whoever cannot sign in any more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import Failed, say
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.parties.queries import Organisation, Role
    from gongzhi.service.accounts.queries import Account

USERNAME = typer.Argument(help=_("user name of the account"))


def open_for(
    username: str = typer.Argument(help=_("user name of the new account")),
    name: str = typer.Option(..., help=_("name of the person")),
    role: str = typer.Option(..., help=_("role of the post, such as administrator, director or clerk")),
    organisation: str = typer.Option(..., help=_("code of the organisation that has the post")),
    password_file: str = typer.Option(
        "", help=_("file with the password; without it one is generated and shown once")
    ),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Open an account for a person newly appointed to a post of an organisation."""
    console.start_django()
    from gongzhi.foundation.ledger import guard
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.parties.acts import add_person, appoint, create_post
    from gongzhi.service.accounts.acts import Hidden, open_account
    from gongzhi.service.commands.founding import chosen_password

    post_role, body = _role(role), _organisation(organisation)
    told, generated = chosen_password(password_file)
    with guard.writing():
        person = add_person(OPERATOR, body.region, name=name)
        post = create_post(OPERATOR, body, role=post_role, title=post_role.name)
        appoint(OPERATOR, post, person=person)
        account = open_account(OPERATOR, person, username=username, password=Hidden(told))
    console.sequence()
    if as_json:
        console.give({"username": account.username} | ({"password": told} if generated else {}))
        return
    say(_("{name} can sign in.").format(name=account.username))
    if generated:
        console.tell(_("Password:       {password}   (shown this once)").format(password=told))


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


def _role(code: str) -> Role:
    from gongzhi.foundation.parties.queries import role, staff_roles

    _demand_ready()
    found, known = role(code), ", ".join(each.code for each in staff_roles())
    if found is None or found.code not in known.split(", "):
        raise Failed(_("There is no role called {name}; there are {known}.").format(name=code, known=known))
    return found


def _organisation(code: str) -> Organisation:
    from gongzhi.foundation.parties.queries import organisation

    found = organisation(code)
    if found is None:
        raise Failed(_("There is no organisation with the code {code}.").format(code=code))
    return found


def _demand_ready() -> None:
    from gongzhi.service.commands.schema import demand_agreeing, demand_founded

    demand_founded()
    demand_agreeing()


def _called(username: str) -> Account:
    from gongzhi.service.accounts.queries import account_called

    _demand_ready()
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
