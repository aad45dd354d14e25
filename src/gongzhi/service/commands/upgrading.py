"""``gongzhi upgrade``: the database, the shipped roles and the shipped rules as this version needs them."""

from __future__ import annotations

from typing import Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import tell
from gongzhi.service.commands.words import _


def upgrade(
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Bring the node to this version and say what changed."""
    console.start_django()
    from gongzhi.foundation.regions.queries import root
    from gongzhi.service.commands.schema import migrate, reachable

    reachable()
    migrated = migrate()
    roles = renew_roles() if root() is not None else {}
    rules = renew_rules()
    console.sequence()
    if as_json:
        console.give({"migrations": list(migrated), "roles": roles, "rules": rules})
        return
    for name in migrated:
        tell(_("Tables: {name}").format(name=name))
    for code, changes in roles.items():
        tell(_("Role {code}: {changes}").format(code=code, changes=", ".join(changes)))
    for subject in rules:
        tell(_("Rule {subject}: the shipped example is in force").format(subject=subject))
    if not migrated and not roles and not rules:
        tell(_("Everything is of this version already."))


def renew_roles() -> dict[str, list[str]]:
    """Give shipped roles the grants that they ship with now; returns what changed in each."""
    from gongzhi.foundation.parties.actors import OPERATOR, shipped_roles
    from gongzhi.foundation.parties.acts import set_role
    from gongzhi.foundation.parties.queries import role
    from gongzhi.foundation.regions.queries import root

    top = root()
    if top is None:
        return {}
    changed = {}
    for code, shipped in shipped_roles().items():
        held = role(code)
        changes = _changes(held.grants if held else {}, shipped["grants"])
        if held is None or changes or held.name != shipped["name"]:
            set_role(OPERATOR, top, code=code, name=shipped["name"], grants=shipped["grants"])
            changed[code] = changes
    return changed


def renew_rules() -> list[str]:
    """Bring shipped rules into force on subjects on which the top never had any; returns the subjects."""
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.queries import root
    from gongzhi.service.commands.shipped import enact_defaults

    top = root()
    return enact_defaults(OPERATOR, top) if top is not None else []


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    kinds = {verb: (set(before.get(verb, ())), set(after.get(verb, ()))) for verb in {*before, *after}}
    said = []
    for verb, (had, has) in sorted(kinds.items()):
        said += [f"+{verb} ({kind})" for kind in sorted(has - had)]
        said += [f"-{verb} ({kind})" for kind in sorted(had - has)]
    return said
