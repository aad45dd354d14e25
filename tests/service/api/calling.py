"""Callers of the API, in English, with and without a name."""

from __future__ import annotations

import base64
from typing import Any

from django.test import Client

from gongzhi.foundation.parties.actors import OPERATOR
from gongzhi.foundation.parties.acts import appoint, create_post
from gongzhi.foundation.parties.queries import role as role_called
from gongzhi.service.accounts.acts import Hidden, open_account
from tests.builders import World

PASSWORD = "lotus-pond-7431"


class Caller:
    """Somebody who calls the API in English."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.client = Client(headers={"Accept-Language": "en", **(headers or {})})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def post(self, path: str, said: object, **headers: str) -> Any:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", said, content_type="application/json", headers=told)


def named(username: str, password: str = PASSWORD) -> Caller:
    """Somebody who calls with a name and a password."""
    told = base64.b64encode(f"{username}:{password}".encode()).decode()
    return Caller({"Authorization": f"Basic {told}"})


def account(place: World, role: str, username: str, body: Any = None) -> Caller:
    """An account whose holder has a post with a role."""
    person = place.person(username)
    title = {"zh": role, "en": role}
    post = create_post(OPERATOR, body or place.centre, role=role_called(role), title=title)  # type: ignore[arg-type]
    appoint(OPERATOR, post, person=person)
    open_account(OPERATOR, person, username=username, password=Hidden(PASSWORD))
    return named(username)


def said(**more: object) -> dict[str, object]:
    """A submission as it is sent."""
    told: dict[str, object] = {
        "region": "310118110",
        "kind": "complain",
        "category": "smell",
        "text": "The river smells behind the school",
    }
    return told | more
