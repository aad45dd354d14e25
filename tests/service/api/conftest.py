"""A world to call about, and the public that calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.builders import World
    from tests.service.api.calling import Caller


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    from django.utils import translation

    from gongzhi.foundation.files import blobs
    from gongzhi.service.api import callers
    from gongzhi.service.api.limits import Buckets
    from tests.builders import world

    monkeypatch.setattr(blobs, "folder", lambda: tmp_path / "files")
    monkeypatch.setattr(callers, "BUCKETS", Buckets())
    with translation.override("en"):
        yield world()


@pytest.fixture
def public(place: World) -> Caller:
    from tests.service.api.calling import Caller

    return Caller()
