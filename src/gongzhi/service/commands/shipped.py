"""What every node starts with besides its roles: rules to work by, until its authorities replace them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gongzhi.foundation.regions.queries import Region


def enact_defaults(
    by: Any,
    top: Region,
    *,
    since: datetime | None = None,
    within: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> list[str]:
    """Bring the shipped tables into force at the top where it never had a rule on their subject.

    What an authority has put in their place, or taken out of force, stays as it is; returns the subjects.
    ``within`` makes what surrounds each of the acts.
    """
    from gongzhi.foundation.rulebooks.acts import enact
    from gongzhi.foundation.rulebooks.queries import ruled
    from gongzhi.foundation.rulebooks.reading import read
    from gongzhi.governance.matters.rules import default_tables

    has, enacted = ruled(top), []
    for table in default_tables():
        subject = read(table).name
        if subject not in has:
            with within():
                enact(by, top, table=table, effective_from=since)
            enacted.append(subject)
    return enacted
