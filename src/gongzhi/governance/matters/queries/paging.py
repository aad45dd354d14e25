"""Pages of matters by cursor, in an order by one moment."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongzhi.governance.matters.models import Matter


@dataclass(frozen=True)
class Page:
    """One page of a list, and the cursors to its neighbours; an empty cursor leads nowhere."""

    rows: list[Matter]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Order:
    """An order of matters by one moment, then by key; those without the moment, if any, come last.

    A moment that every matter has is ordered plainly, so that an index can give the order.
    """

    field: str
    descending: bool = False
    always: bool = False

    @property
    def columns(self) -> list[Any]:
        return self._columns(descending=self.descending, nulls={"nulls_last": True})

    @property
    def reversed_columns(self) -> list[Any]:
        return self._columns(descending=not self.descending, nulls={"nulls_first": True})

    def _columns(self, *, descending: bool, nulls: dict[str, Any]) -> list[Any]:
        column = F(self.field)
        if self.always:
            nulls = {}
        return [column.desc(**nulls) if descending else column.asc(**nulls), "-pk" if descending else "pk"]

    def beyond(self, moment: datetime | None, key: UUID, *, backwards: bool) -> Q:
        """The rows after a row in this order, or before it."""
        up = self.descending == backwards
        side = "gt" if up else "lt"
        same = Q(**{self.field: moment, f"pk__{side}": key})
        beyond = same | Q(**{f"{self.field}__{side}": moment})
        if self.always:
            return beyond
        missing = Q(**{self.field: None})
        if moment is None:
            return same | ~missing if backwards else same
        return beyond if backwards else beyond | missing


def paged(
    rows: QuerySet[Matter], order: Order, cursor: str, size: int, among: Sequence[QuerySet[Matter]] = ()
) -> Page:
    """One page of rows that are in an order; ``cursor`` is one that an earlier page gave.

    ``among`` are parts of the rows, to which they are narrowed: no more of each is read than fits a page.
    """
    told = _read(cursor)
    if told is not None and told[0] is None and order.always:
        told = None
    backwards = told is not None and told[2]

    def next_of(rows: QuerySet[Matter]) -> QuerySet[Matter]:
        if told is not None:
            rows = rows.filter(order.beyond(told[0], told[1], backwards=told[2]))
        return rows.order_by(*(order.reversed_columns if backwards else order.columns))[: size + 1]

    if among:
        first, *others = (next_of(each).values_list("pk", flat=True) for each in among)
        rows = rows.filter(pk__in=list(first.union(*others)))
    found = list(next_of(rows))
    more = len(found) > size
    shown = found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return Page([])
    before = _written(order, shown[0], backwards=True) if (more if backwards else told is not None) else ""
    after = _written(order, shown[-1], backwards=False) if backwards or more else ""
    return Page(shown, before, after)


def _written(order: Order, row: Matter, *, backwards: bool) -> str:
    moment = getattr(row, order.field)
    told = [moment.isoformat() if moment else None, row.pk.hex, int(backwards)]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime | None, UUID, bool] | None:
    """What a cursor says; one that was mangled on its way begins at the beginning."""
    if not cursor:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(told[0]) if told[0] else None
        return moment, UUID(told[1]), bool(told[2])
    except (ValueError, TypeError, LookupError, binascii.Error):
        return None
