"""Rules in the database that are not those of the ledger, in sentences."""

from __future__ import annotations

from gongzhi.service.commands.words import _


def sentences() -> list[str]:
    """One sentence for each rule that was changed, deleted, moved or put there without an act."""
    from gongzhi.foundation.rulebooks.proof import altered

    told = {
        "changed": _("rule {subject}, version {number}: the table is not the one of entry {entry}"),
        "deleted": _("rule {subject}, version {number}: entry {entry} made it, and it is gone"),
        "strange": _("rule {subject}, version {number}: no entry made it"),
        "moved": _("rule {subject}: the time for which it binds is not the one of entry {entry}"),
    }
    return [
        told[each.how].format(subject=each.subject, number=each.number, entry=each.entry)
        for each in altered()
    ]
