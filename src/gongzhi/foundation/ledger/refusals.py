"""Why something was not done: few, typed, and each with a sentence for the person who asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """An act was refused; nothing has changed.

    ``reason`` is a sentence in the reader's language, ``code`` a word for machines, ``field`` the
    argument at fault, ``instead`` what to do or who decides otherwise.
    """

    code = "refused"
    status = 400

    def __init__(self, reason: object, *, field: str | None = None, instead: object = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.field = field
        self.instead = instead


class NotAllowed(Refusal):
    """The actor's reach does not go so far, or the thing does not exist: deliberately the same."""

    code = "not_allowed"
    status = 403


class NotPossible(Refusal):
    """The thing is not in a state in which this can be done."""

    code = "not_possible"
    status = 409


class Invalid(Refusal):
    """An argument is missing or wrong."""

    code = "invalid"
    status = 422


class Undecidable(Refusal):
    """No rule decides this case; ``why`` says it in codes, for a sentence in a later reader's language."""

    code = "undecidable"
    status = 422

    def __init__(self, reason: object, *, why: Sequence[Any] = (), **told: Any) -> None:
        super().__init__(reason, **told)
        self.why = list(why)


class Conflict(Refusal):
    """The same idempotency key came with other arguments, or somebody else was first."""

    code = "conflict"
    status = 409
