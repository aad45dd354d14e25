"""Money that residents handle themselves, noted on a public account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.governance.matters import acts, queries
from gongzhi.service.desk.matter_page.asking import Asked, either, line
from gongzhi.service.desk.matter_page.case import Case, Sentence
from gongzhi.service.desk.matter_page.deeds.deed import Deed, Group


def _amount(case: Case) -> forms.Field:
    return forms.DecimalField(
        label=_("Amount in yuan"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )


def _against(case: Case) -> Sentence:
    return case.handled() or case.speaks(case.matter.lead_id)


def _told(case: Case, said: Mapping[str, Any]) -> dict[str, Any]:
    amount = said["amount"] if said["is_in"] else -said["amount"]
    return {"amount": amount, "what_for": said["what_for"], "evidence": said["evidence"]}


_FIELDS: dict[str, Asked] = {
    "is_in": either(_("Which way"), _("Money in"), _("Money out")),
    "amount": _amount,
    "what_for": line(
        _("What for"),
        _("Everybody reads it. To put a mistake right, note the same the other way and say so."),
    ),
    "evidence": line(_("What proves it"), _("A receipt, a list of names, minutes: where it can be seen.")),
}

MONEY = [
    Deed(
        "money", acts.note_money, _("Note money on the public account"), _("Note it"), Group.HANDLE, _FIELDS,
        against=_against, told=_told, done=_("Noted, for everybody to see."),
        concerns=lambda case: queries.is_led_by_residents(case.matter.lead) and not case.matter.sealed,
    )
]  # fmt: skip
