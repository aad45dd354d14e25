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

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Lookup, Q, QuerySet, UUIDField
from django.db.models.functions import Coalesce

from gongzhi.foundation.ledger import statements
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
        """What to order by."""
        return self.columns_of(backwards=False)

    def columns_of(self, *, backwards: bool, by_index: bool = True) -> list[Any]:
        """The same, or the other way round; or so that no index is followed: for rows known to be few."""
        descending = self.descending != backwards
        nulls = {} if self.always else {"nulls_first" if backwards else "nulls_last": True}
        column = F(self.field) if by_index else Coalesce(self.field, self.field)
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


@dataclass(frozen=True)
class Sought:
    """What is sought in a list: ways by which its rows are reached, what is asked of each, what an index has.

    The first rows of the list are looked at, a few and then more, before the index is followed: where they
    are all that the reader reaches, or where what is sought is frequent, that suffices.
    """

    ways: Sequence[QuerySet[Matter]]
    says: Q
    keys: QuerySet[Any]


#: So many rows of a list are looked at first; where at least so many of them fit, twice as many as would
#: make a page at that rate; and never more than so many.
FEW, SEVERAL, MOST = 500, 4, 12_000


def paged(rows: QuerySet[Matter], order: Order, cursor: str, size: int, sought: Sought | None = None) -> Page:
    """One page of rows that are in an order; ``cursor`` is one that an earlier page gave."""
    told = _read(cursor)
    if told is not None and told[0] is None and order.always:
        told = None
    backwards = told is not None and told[2]

    def next_of(rows: QuerySet[Matter]) -> QuerySet[Matter]:
        if told is not None:
            rows = rows.filter(order.beyond(told[0], told[1], backwards=told[2]))
        return rows.order_by(*order.columns_of(backwards=backwards))

    found = list(next_of(rows)[: size + 1]) if sought is None else []
    if sought is not None:
        found = _found(
            next_of(rows), [next_of(way) for way in sought.ways], size + 1, sought, order, backwards
        )
    more = len(found) > size
    shown = found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return Page([])
    before = _written(order, shown[0], backwards=True) if (more if backwards else told is not None) else ""
    after = _written(order, shown[-1], backwards=False) if backwards or more else ""
    return Page(shown, before, after)


def _found(
    rows: QuerySet[Matter],
    ways: list[QuerySet[Matter]],
    most: int,
    sought: Sought,
    order: Order,
    backwards: bool,
) -> list[Matter]:
    """The next rows that are sought; ``ways`` are what is reached, from there on."""
    keys = _keys(ways, order.field, order.columns_of(backwards=backwards))
    plain = rows.filter(sought.says).order_by(*order.columns_of(backwards=backwards, by_index=False))
    found, seen = list(plain.filter(pk__among=keys[:FEW])[:most]), FEW
    if SEVERAL <= len(found) < most and len(keys) > seen:
        at_this_rate = seen * most // max(len(found), 1)
        seen = min(2 * at_this_rate, MOST)
        found += plain.filter(pk__among=keys[FEW:seen])[:most]
    if len(found) < most and len(keys) > seen:
        found = list(rows.filter(pk__in=sought.keys)[:most])
    return found[:most]


def _keys(ways: list[QuerySet[Matter]], field: str, columns: list[Any]) -> list[str]:
    """The keys of the next rows that are reached, sought or not, as the database writes them."""
    first, *others = (way.values_list("pk", field)[: MOST + 1] for way in ways)
    reached = first.union(*others).order_by(*columns)[: MOST + 1] if others else first
    try:
        sql, values = reached.query.sql_with_params()
    except EmptyResultSet:
        return []
    told = statements.rows(f"WITH reached (pk, at) AS ({sql}) SELECT CAST(pk AS text) FROM reached", values)
    return [row[0] for row in told]


class AmongKeys(Lookup):
    """Whether a key is one of many, which go to PostgreSQL as one value."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A list of values."""
        column, values = compiler.compile(self.lhs)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*values, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """An array."""
        column, values = compiler.compile(self.lhs)
        return f"{column} = ANY(%s::uuid[])", [*values, "{" + ",".join(self.rhs) + "}"]


UUIDField.register_lookup(AmongKeys)


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
