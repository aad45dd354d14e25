"""What an operator does to the node itself, and must not be able to do in silence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, record
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.regions.queries import Region


@act("ledger.rotate_keys", _("Change the ledger's signing key"), audience=PUBLIC)
def rotate_keys(by: Actor, top: Region, *, former: str, key: str) -> None:
    """Announce the key that signs from now on; the key before it signs this announcement."""
    record(facts={"former": former, "key": key}, region=top.pk)


@act("ledger.begin_anew", _("Begin the ledger anew"), audience=PUBLIC)
def begin_anew(
    by: Actor,
    top: Region,
    *,
    former: str,
    published_size: int,
    published_root: str,
    kept_size: int,
    name: str,
    key: str,
    reason: str,
) -> None:
    """Say that entries which were published are lost, and under which name the ledger goes on."""
    if len(reason.strip()) < 4:
        raise Invalid(_("Say why the ledger begins anew."), field="reason")
    record(
        facts={
            "former": former,
            "published_size": published_size,
            "published_root": published_root,
            "kept_size": kept_size,
            "name": name,
            "key": key,
        },
        private={"reason": reason},
        region=top.pk,
    )
