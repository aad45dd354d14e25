"""A founded node, and somebody who reads English and has no account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.builders import World


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, settings: Any) -> None:
    """Hashing a password takes long on purpose; a test that is about it says so by its name."""
    if "argon2" not in request.node.name:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """What acts say is compared in English."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def house(db: None) -> World:
    """The world of `tests.builders`."""
    from tests.builders import world

    return world()


@pytest.fixture
def visitor() -> Client:
    """A member of the public."""
    from django.test import Client

    return Client(headers={"accept-language": "en"})
