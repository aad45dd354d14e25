"""Somebody at a cockpit: a small world, and clients that are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from gongzhi.foundation.parties.actors import Actor
    from tests.builders import World


@pytest.fixture
def world(db: None) -> World:
    from tests.builders import world as founded

    return founded()


@pytest.fixture
def at_desk() -> Callable[[Actor], Client]:
    """A client signed in as an actor: `at_desk(world.staff("clerk"))`."""
    from tests.desks import signed_in

    return signed_in
