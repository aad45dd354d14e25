"""A submission in the making: kept in the session under a key that also makes it land only once."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from uuid import UUID

from django.http import HttpRequest

_DRAFTS = "drafts"
#: So many unfinished submissions one visitor keeps; the oldest goes.
_MOST = 5


@dataclass
class Draft:
    """What has been said so far."""

    key: str
    region: str = ""
    kind: str = ""
    text: str = ""
    category: str = ""
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    grid: str = ""
    located: str = ""
    into: str = ""
    authority: str = ""
    close_by: list[str] = field(default_factory=list)
    placed: bool = False
    files: list[dict[str, str]] = field(default_factory=list)
    filed: str = ""

    @property
    def has_point(self) -> bool:
        """Whether a point is known."""
        return self.lon is not None and self.lat is not None

    @property
    def submission(self) -> UUID | None:
        """What became of it, once it was filed."""
        return UUID(self.filed) if self.filed else None


def new_draft() -> Draft:
    """A draft that nobody has seen yet; it is kept when something is said."""
    return Draft(secrets.token_urlsafe(16))


def draft_of(request: HttpRequest, key: str) -> Draft | None:
    """The visitor's draft with a key."""
    held: dict[str, Any] | None = request.session.get(_DRAFTS, {}).get(key)
    if held is None:
        return None
    known = {each.name for each in fields(Draft)}
    return Draft(**{name: value for name, value in held.items() if name in known})


def keep_draft(request: HttpRequest, draft: Draft) -> None:
    """Keep what has been said so far."""
    drafts = {key: each for key, each in request.session.get(_DRAFTS, {}).items() if key != draft.key}
    drafts[draft.key] = asdict(draft)
    request.session[_DRAFTS] = dict(list(drafts.items())[-_MOST:])


def finish_draft(request: HttpRequest, draft: Draft, submission: UUID) -> None:
    """Remember what became of a draft, and nothing of what was said in it."""
    keep_draft(request, Draft(draft.key, filed=str(submission)))
