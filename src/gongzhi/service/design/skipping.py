"""Lists page by page, counted from their beginning: for those that are worked from the top.

A list that moves while it is read is paged by cursors instead: `gongzhi.governance.matters.queries.page`.
"""

from __future__ import annotations

from typing import Any

from gongzhi.service.design.parts import Pager

_FURTHEST = 100_000


def skip_of(request: Any) -> int:
    """How many rows a reader has turned past; nonsense is the beginning."""
    told = request.GET.get("skip", "")
    return min(int(told), _FURTHEST) if told.isdecimal() else 0


def pager(request: Any, at: str, size: int, *, is_more: bool) -> Pager:
    """Back and on by a page of `size` rows at the address `at`, with what else the reader asked for."""

    def to(skip: int) -> str:
        asked = request.GET.copy()
        asked["skip"] = str(skip)
        return f"{at}?{asked.urlencode()}"

    skip = skip_of(request)
    return Pager(to(max(skip - size, 0)) if skip else "", to(skip + size) if is_more else "")
