"""The public accounts of what residents do themselves (民事民办): money in and out, for everybody to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts import RESIDENTS
from gongzhi.governance.matters.models import AccountLine, Kind, Matter
from gongzhi.governance.matters.queries.open_to_all import town_of

_MOST = 200


@dataclass(frozen=True)
class Account:
    """The money of a matter that residents handle, as everybody may see it, the first line first."""

    lines: Sequence[Any]
    paid_in: Decimal
    paid_out: Decimal

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.paid_in - self.paid_out


def account_of(lines: Iterable[Any]) -> Account | None:
    """Lines added up; None where there are none."""
    rows = sorted(lines, key=lambda line: (line.at, line.id))
    if not rows:
        return None
    paid_in = sum((line.amount for line in rows if line.amount > 0), Decimal(0))
    paid_out = -sum((line.amount for line in rows if line.amount < 0), Decimal(0))
    return Account(rows, paid_in, paid_out)


def is_led_by_residents(body: Organisation | None) -> bool:
    """Whether a body keeps a public account of the matters that it leads."""
    return body is not None and body.kind in RESIDENTS


def public_account(matter: Matter) -> Account | None:
    """The account of a matter, for everybody; None where there is none, as for all that is sealed."""
    return account_of(_public().filter(matter=matter.pk).select_related("body"))


def _public() -> QuerySet[AccountLine]:
    """The lines that everybody may see: of nothing sealed, and of no report of wrongdoing."""
    return AccountLine.objects.filter(matter__sealed=False).exclude(matter__kind=Kind.REPORT)


@dataclass(frozen=True)
class Kept:
    """A matter with a public account: what it is about, in which town, who keeps it, and what is left."""

    key: UUID
    category: dict[str, str]
    town: dict[str, str]
    body: dict[str, str]
    paid_in: Decimal
    paid_out: Decimal
    last: datetime

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.paid_in - self.paid_out


def accounts_kept(top: Region) -> list[Kept]:
    """The matters with an account in a region and below, the last noted first; told to the town."""
    rows = _public().filter(matter__region__path__startswith=top.path).order_by().values("matter")
    counted = rows.annotate(
        paid_in=Sum("amount", filter=Q(amount__gt=0), default=Decimal(0)),
        paid_out=Sum("amount", filter=Q(amount__lt=0), default=Decimal(0)),
        last=Max("at"),
    )
    told = {row["matter"]: row for row in counted.order_by("-last", "matter")[:_MOST]}
    found = Matter.objects.filter(pk__in=list(told)).select_related("category", "region", "lead")
    matters = {each.pk: each for each in found}
    return [_kept(matters[key], row) for key, row in told.items()]


def _kept(matter: Matter, row: Mapping[str, Any]) -> Kept:
    return Kept(
        matter.pk, matter.category.name, town_of(matter.region),
        matter.lead.name if matter.lead is not None else {},
        row["paid_in"], -row["paid_out"], row["last"],
    )  # fmt: skip


def matter_with_account(key: UUID) -> tuple[Matter, Account | None] | None:
    """A matter that residents lead, or led, with its account as far as there is one, for everybody."""
    rows = Matter.objects.filter(pk=key, sealed=False).exclude(kind=Kind.REPORT)
    matter = rows.select_related("category", "region", "lead__region").first()
    if matter is None:
        return None
    account = public_account(matter)
    return (matter, account) if account is not None or is_led_by_residents(matter.lead) else None
