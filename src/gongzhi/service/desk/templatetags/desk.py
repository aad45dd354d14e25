"""What pages of the desk ask of the actor in passing."""

from __future__ import annotations

from typing import Any

from django import template

from gongzhi.foundation.parties.reach import may as has_grant
from gongzhi.service.desk.undecided import why_undecided

register = template.Library()


@register.filter
def may(by: Any, verb: str) -> bool:
    """``{% if request.by|may:"submission.file" %}``: whether the actor has any grant of a verb."""
    return has_grant(by, verb)


@register.filter
def sees_regions(by: Any) -> bool:
    """Whether the actor reads matters of whole regions, and so can be shown a region's picture."""
    return any({"region", "area"} & set(held.grants.get("matter.read", ())) for held in by.held)


@register.filter
def settles(by: Any) -> bool:
    """Whether the actor has a say in who leads beyond what is their own body's."""
    verbs = ("matter.designate", "matter.opine", "matter.dispatch")
    kinds = {"region", "area"}
    return any(kinds & set(held.grants.get(verb, ())) for held in by.held for verb in verbs)


@register.filter
def undecided(told: str) -> str:
    """Why no rule decided about a matter, in the reader's language."""
    return why_undecided(told)


@register.filter
def shown_precision(told: str) -> str:
    """How exactly a moment is shown."""
    return "day" if told == "day" else "minute"
