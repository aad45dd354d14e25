"""Clients that are signed in as somebody with a post."""

from __future__ import annotations

from django.test import Client

from gongzhi.foundation.parties.actors import OPERATOR, Actor
from gongzhi.foundation.parties.queries import person_reached
from gongzhi.service.accounts.acts import open_account


def signed_in(actor: Actor, language: str = "en") -> Client:
    """A client signed in as an actor, who reads English unless told otherwise."""
    person = person_reached(OPERATOR, actor.id)
    assert person is not None
    account = open_account(OPERATOR, person, username=f"u{actor.id.hex[-12:]}")
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(account)
    return client
