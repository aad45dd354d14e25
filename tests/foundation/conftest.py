"""Sentences are compared in English, whatever language a first visit gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _english(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.config.option.database == "none":
        yield
        return
    from django.utils import translation

    with translation.override("en"):
        yield
