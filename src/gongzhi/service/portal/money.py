"""A public account as pages show it: each line with what was left after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.governance.matters.queries import Account
from gongzhi.service.design import parts


@dataclass(frozen=True)
class Line:
    """Money in or out, what for, what proves it, who noted it, and what was left."""

    at: datetime
    what_for: str
    evidence: str
    body: str
    paid_in: Decimal | None
    paid_out: Decimal | None
    left: Decimal


def lines_of(account: Account, name: Callable[[Any], str]) -> list[Line]:
    """The lines of an account, the last first; ``name`` tells who noted one."""
    found, left = [], Decimal(0)
    for each in account.lines:
        left += each.amount
        paid_in, paid_out = (each.amount, None) if each.amount > 0 else (None, -each.amount)
        found.append(Line(each.at, each.what_for, each.evidence, name(each.body), paid_in, paid_out, left))
    return found[::-1]


def figures_of(account: Account) -> list[parts.Figure]:
    """What came in, what went out, and what is left."""
    yuan = _("yuan")
    told = ((_("In"), account.paid_in), (_("Out"), account.paid_out), (_("Left"), account.balance))
    return [parts.Figure(label, float(value), unit=yuan, decimals=2) for label, value in told]
