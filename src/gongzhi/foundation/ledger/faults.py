"""What may be kept of an error: its kind and its place in our code, never what its message quotes."""

from __future__ import annotations

import traceback

from django.utils import translation
from django.utils.functional import Promise

from gongzhi.foundation.ledger.refusals import Refusal

#: So much of a fault is kept.
LENGTH = 300


def fault(error: BaseException) -> str:
    """An error in one line; of a refusal also its sentence, unless something was filled in."""
    told = type(error).__name__
    if (place := place_of(error)) is not None:
        told += f" at {place}"
    if isinstance(error, Refusal) and isinstance(error.reason, Promise):
        with translation.override(None):
            told += f": {error.reason}"
    return told[:LENGTH]


def place_of(error: BaseException) -> str | None:
    """The innermost place in our code that an error came through: module and line."""
    frames = traceback.walk_tb(error.__traceback__)
    ours = [(str(f.f_globals.get("__name__", "")), line) for f, line in frames]
    return next((f"{name}:{line}" for name, line in reversed(ours) if name.startswith("gongzhi.")), None)
