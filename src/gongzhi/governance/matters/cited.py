"""Subjects whose rooms are still to come: their rules are kept, cited and shown, and consulted by nothing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.rulebooks.subjects import declare

_TIME = {"amount": "integer", "unit": "string"}
_VOTE = {
    "quorum": "integer",
    "quorum_of": "integer",
    "quorum_above": "boolean",
    "agree": "integer",
    "agree_of": "integer",
    "agree_above": "boolean",
    "counted": "string",
}


def declare_all() -> None:
    """Declare them."""
    for name, title, inputs, outputs in (
        ("petitions.deadline", _("steps of a petition"), {"step": "string"}, _TIME),
        ("mediation.deadline", _("mediation and judicial confirmation"), {"step": "string"}, _TIME),
        ("owners.vote", _("owners' votes"), {"item": "string"}, _VOTE),
        ("villages.vote", _("votes in villages and collectives"), {"body": "string"}, _VOTE),
        ("duties.list", _("duty list"), {"duty": "string"}, {"standing": "string", "lead": "string"}),
        (
            "enforcement.discretion",
            _("discretion standards"),
            {"offence": "string", "gravity": "string"},
            {"measure": "string", "low": "number", "high": "number"},
        ),
    ):
        declare(name, title, inputs=inputs, outputs=outputs, consulted=False)
