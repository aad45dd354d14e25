"""``gongzhi rules defaults``: rule sets that come with the platform, listed and installed as drafts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import MISUSED, Failed, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.regions.queries import Region
    from gongzhi.governance.matters.library import Shipped


def defaults(
    names: list[str] | None = typer.Argument(None, metavar="[NAME]...", help=_("rule sets to install")),
    region: str | None = typer.Option(None, help=_("code of the region whose drafts they become")),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """List the rule sets that come with the platform, or install some as drafts of a region's authority."""
    console.start_django()
    from gongzhi.governance.matters.library import shipped

    known = {each.name: each for each in shipped()}
    if unknown := [name for name in names or () if name not in known]:
        raise Failed(
            _("There is no rule set {name}.").format(name=", ".join(unknown)),
            _("Shipped are: {names}").format(names=", ".join(known)),
            code=MISUSED,
        )
    if bool(names) != bool(region):
        raise Failed(_("To install, name both the rule sets and the region."), code=MISUSED)
    if not names or not region:
        _list(list(known.values()), as_json=as_json)
        return
    told = _install([known[name] for name in names], region)
    if as_json:
        console.give({"region": region, "versions": told})
        return
    for each in told:
        tell(f"{each['subject']}: {done(each['done'])}")
    tell(_("Drafts bind nobody: they are verified, reviewed and approved at the desk."))


def drafted(where: Region, texts: Iterable[str], reason: str) -> list[dict[str, Any]]:
    """Tables as drafts of a region; a table that the region has already, in whatever state, is left alone."""
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.acts import draft
    from gongzhi.foundation.rulebooks.queries import versions_reached
    from gongzhi.methods import decision_tables as dt

    own = versions_reached(OPERATOR).filter(rule__rule_set__region=where.pk).exclude(state="withdrawn")
    told = []
    for text in texts:
        (table,) = dt.load(text)
        held = own.filter(digest=table.digest).first()
        version = held or draft(OPERATOR, where, table=text, reason=reason)
        told.append(
            {
                "subject": table.name,
                "number": version.number,
                "digest": version.digest,
                "done": "there_already" if held else "drafted",
            }
        )
    return told


def done(word: str) -> str:
    """What was done with something that a folder brings, in words."""
    return {
        "drafted": _("drafted"),
        "added": _("added"),
        "there_already": _("there already"),
        "kept": _("kept for rooms to come"),
    }[word]


def _install(wanted: list[Shipped], code: str) -> list[dict[str, Any]]:
    from gongzhi.foundation.ledger.acts import together
    from gongzhi.foundation.regions.queries import region
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    where = region(code)
    if where is None:
        raise Failed(_("There is no region {code}.").format(code=code), code=MISUSED)
    with together():
        told = [
            {"set": each.name, **one}
            for each in wanted
            for one in drafted(where, each.texts, each.title.get("zh", each.name))
        ]
    console.sequence()
    return told


def _list(sets: list[Shipped], *, as_json: bool) -> None:
    from gongzhi.service.design.parts import name_of

    told: list[dict[str, Any]] = [
        {
            "name": each.name,
            "title": name_of(each.title),
            "note": name_of(each.note),
            "subjects": [table.name for table in each.tables],
            "rows": {word: each.checked[word] for word in ("checked", "number", "unchecked", "example")},
        }
        for each in sets
    ]
    if as_json:
        console.give({"sets": told})
        return
    for each in told:
        tell(f"{each['name']}: {each['title']}")
        tell(f"  {each['note']}")
        rows = _(
            "rows: {checked} checked in the text, {number} by number, {unchecked} not, {example} examples"
        )
        tell("  " + rows.format(**each["rows"]))
