"""The register of public things (部件): who owns what stands in a place, so that rules can send there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts.filing import PLACE_LENGTH, Place
from gongzhi.governance.matters.models import Thing, ThingKind

#: The code on a thing has at most so many characters.
CODE_LENGTH = 40


@act("thing.add", _("Enter a public thing in the register"), audience=PUBLIC, creates=True)
def add_thing(
    by: Actor,
    region: Region,
    *,
    code: str,
    kind: str,
    owner: Organisation,
    keeper: Organisation | None = None,
    place: Place | None = None,
) -> Thing:
    """Enter what stands in a region: its code, where it is, whose it is and who keeps it in order."""
    code, place = code.strip(), place or Place()
    if not code or len(code) > CODE_LENGTH:
        raise Invalid(_("Give its code, of at most %(n)d characters.") % {"n": CODE_LENGTH}, field="code")
    if kind not in ThingKind.values:
        raise Invalid(_("There is no kind of thing called %(kind)s.") % {"kind": kind}, field="kind")
    if place.grid is not None and not place.grid.region.path.startswith(region.path):
        raise Invalid(_("This grid lies elsewhere."), field="grid")
    if Thing.objects.filter(code=code).exists():
        raise NotPossible(
            _("%(code)s is in the register already.") % {"code": code},
            field="code",
            instead=_("Change its owner there, or put the code of the region before it."),
        )
    _standing(owner, keeper)
    thing = Thing(
        code=code,
        kind=kind,
        region=place.grid.region if place.grid is not None else region,
        grid=place.grid,
        lon=place.lon,
        lat=place.lat,
        place=place.words[:PLACE_LENGTH],
        owner=owner,
        keeper=_if_another(owner, keeper),
        since=moment(),
    )
    keep(thing)
    record(
        facts={"code": code, "kind": kind, "grid": place.grid.code if place.grid else None, **_whose(thing)}
    )
    return thing


@act("thing.change_owner", _("Say who owns a public thing now"), audience=PUBLIC)
def change_owner(
    by: Actor, thing: Thing, *, owner: Organisation, keeper: Organisation | None = None, reason: str
) -> Thing:
    """Say who owns a thing from now on and who keeps it in order, and by what it was handed over."""
    _in_use(thing)
    _standing(owner, keeper)
    keeper = _if_another(owner, keeper)
    if (thing.owner_id, thing.keeper_id) == (owner.pk, keeper.pk if keeper else None):
        raise NotPossible(_("That is what the register says already."), field="owner")
    if not reason.strip():
        raise Invalid(_("Say by what it was handed over."), field="reason")
    before = _whose(thing)
    thing.owner, thing.keeper = owner, keeper
    keep(thing, "owner", "keeper")
    record(facts={"code": thing.code, **_whose(thing), "before": before}, private={"reason": reason[:300]})
    return thing


@act("thing.retire", _("Take a public thing out of the register"), audience=PUBLIC)
def retire_thing(by: Actor, thing: Thing, *, reason: str) -> Thing:
    """Take out what is no longer there; matters that name it go on naming it."""
    _in_use(thing)
    if not reason.strip():
        raise Invalid(_("Say why it is no longer there."), field="reason")
    thing.retired_at, thing.reason = moment(), reason[:300]
    keep(thing, "retired_at", "reason")
    record(facts={"code": thing.code}, private={"reason": thing.reason})
    return thing


def _in_use(thing: Thing) -> None:
    if thing.retired_at is not None:
        raise NotPossible(_("%(code)s was taken out of the register.") % {"code": thing.code}, field="thing")


def _standing(owner: Organisation, keeper: Organisation | None) -> None:
    for field, body in (("owner", owner), ("keeper", keeper)):
        if body is not None and body.dissolved is not None:
            raise NotPossible(_("%(body)s has been dissolved.") % {"body": body}, field=field)


def _if_another(owner: Organisation, keeper: Organisation | None) -> Organisation | None:
    return None if keeper is not None and keeper.pk == owner.pk else keeper


def _whose(thing: Thing) -> dict[str, str | None]:
    return {"owner": thing.owner.code, "keeper": thing.keeper.code if thing.keeper else None}
