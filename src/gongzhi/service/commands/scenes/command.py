"""``gongzhi scene list | check | install | export``: a scene's folder, tried, brought in, shared again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.regions.queries import Region
    from gongzhi.service.commands.scenes.reading import Scene

AS_JSON = typer.Option(False, "--json", help=_("give the result as one JSON object"))
SCENE = typer.Argument(metavar="FOLDER|NAME", help=_("a scene's folder, or a shipped one's name"))
REGION = typer.Option(help=_("code of the region whose authority it is for"))


def list_(as_json: bool = AS_JSON) -> None:
    """List the scenes that come with the platform."""
    console.start_django()
    from gongzhi.service.commands.scenes.reading import folder_of, read, shipped
    from gongzhi.service.design.parts import name_of

    scenes = [read(folder_of(name)) for name in shipped()]
    if as_json:
        console.give(
            {"scenes": [{"name": each.name, "title": each.title, "note": each.note} for each in scenes]}
        )
        return
    for each in scenes:
        tell(f"{each.name}: {name_of(each.title)}")
        tell(f"  {name_of(each.note)}")


def check(scene: str = SCENE, as_json: bool = AS_JSON) -> None:
    """Say what is wrong with a scene: shapes, rules, and samples decided otherwise; exit 1 if anything is."""
    console.start_django()
    found = _read(scene)
    if as_json:
        console.give({"scene": found.name, "sound": not found.wrong, "wrong": found.wrong, **_counts(found)})
    else:
        for each in found.wrong:
            tell(f"- {each}")
        if not found.wrong:
            tell(_("Sound: its rules decide every category, and each sample as it says."))
    if found.wrong:
        raise typer.Exit(FAILED)


def install(scene: str = SCENE, region: str = REGION, as_json: bool = AS_JSON) -> None:
    """Add a scene's categories and draft its rules; what is there already is left alone."""
    console.start_django()
    found = _read(scene)
    if found.wrong:
        raise Failed(
            _("The scene cannot be installed: {why}").format(why="; ".join(found.wrong[:3])),
            _("gongzhi scene check names everything that is wrong with it."),
        )
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    told = installed(found, _region(region))
    console.sequence()
    if as_json:
        console.give(told)
        return
    _tell(told)


def installed(scene: Scene, where: Region) -> dict[str, Any]:
    """Bring a scene in, all or nothing, through acts; what was done with each part."""
    from gongzhi.foundation.ledger.acts import together
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.queries import in_force
    from gongzhi.governance.matters.acts import add_category
    from gongzhi.governance.matters.queries import category
    from gongzhi.methods import decision_tables as dt
    from gongzhi.service.commands.defaults import drafted
    from gongzhi.service.commands.scenes.joining import joined

    with together():
        categories = []
        for order, each in enumerate(scene.categories):
            there = category(where, each["code"]) is not None
            if not there:
                more = {"hint": each.get("hint") or {}, "refer_to": each.get("refer_to") or {}}
                add_category(OPERATOR, where, code=each["code"], name=each["name"], order=order, **more)
            categories.append({"code": each["code"], "done": "there_already" if there else "added"})
        texts, standing = [], []
        for name, table in scene.rules.items():
            held = in_force(name, where.path, now())[0]
            whole = joined(table, held.table if held else None)
            if held is not None and whole == held.table:
                standing.append({"subject": name, "digest": held.digest, "done": "there_already"})
            else:
                texts.append(dt.dump(whole))
        rules = standing + drafted(where, texts, scene.title["zh"])
    kept = {name: len(entries) for name, entries in scene.lists.items()}
    return {
        "scene": scene.name,
        "region": where.code,
        "categories": categories,
        "rules": rules,
        "kept": kept,
        "samples": len(scene.matters),
    }


def export(
    folder: Path = typer.Argument(help=_("folder to write into; made if it is not there")),
    region: str = REGION,
    like: str = typer.Option(metavar="FOLDER|NAME", help=_("the scene that was installed and adapted")),
    name: str = typer.Option("", help=_("what the scene is to be called; the same if left out")),
    as_json: bool = AS_JSON,
) -> None:
    """Write an installed scene as the authority has adapted it: its categories, and the rows about them."""
    console.start_django()
    found = _read(like)
    from gongzhi.service.commands.scenes.writing import adapted, write
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    scene = adapted(found, _region(region), name or found.name)
    files = write(scene, folder)
    if as_json:
        console.give({"scene": scene.name, "files": files, **_counts(scene)})
        return
    for each in files:
        tell(each)


def _counts(scene: Scene) -> dict[str, Any]:
    return {
        "categories": len(scene.categories),
        "rules": sorted(scene.rules),
        "samples": len(scene.matters),
        **{name: len(entries) for name, entries in scene.lists.items()},
    }


def _tell(told: dict[str, Any]) -> None:
    from gongzhi.service.commands.defaults import done

    for each in told["categories"]:
        tell(f"{each['code']}: {done(each['done'])}")
    for each in told["rules"]:
        tell(f"{each['subject']}: {done(each['done'])}")
    names = {"indicators": _("indicators"), "watches": _("watches"), "pages": _("page texts")}
    for name, count in told["kept"].items():
        if count:
            tell(f"{names[name]} ({count}): {done('kept')}")


def _read(name: str) -> Scene:
    from gongzhi.foundation.ledger.refusals import Invalid
    from gongzhi.service.commands.scenes.reading import folder_of, read, shipped

    folder = folder_of(name)
    if folder is None:
        raise Failed(
            _("There is no scene {name}: neither a folder nor one that is shipped.").format(name=name),
            _("Shipped are: {names}").format(names=", ".join(shipped())),
            code=MISUSED,
        )
    try:
        return read(folder)
    except Invalid as error:
        raise Failed(str(error), code=MISUSED) from None


def _region(code: str) -> Region:
    from gongzhi.foundation.regions.queries import region

    found = region(code)
    if found is None:
        raise Failed(_("There is no region {code}.").format(code=code), code=MISUSED)
    return found
