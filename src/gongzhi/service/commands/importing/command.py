"""``gongzhi import``: a file of a city's requests, by a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import MISUSED, Failed, Progress, say
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.service.commands.importing.engine import Outcome
    from gongzhi.service.commands.importing.mapping import Mapping


def import_command(
    mapping: str = typer.Argument(
        ..., metavar="MAPPING", help=_("a mapping's file, or a shipped one's name")
    ),
    file: Path = typer.Argument(..., metavar="FILE", help=_("CSV, plain, gzipped or in a zip")),
    dry_run: bool = typer.Option(False, "--dry-run", help=_("check every row, land none")),
    report: Path | None = typer.Option(None, "--report", metavar="FILE", help=_("bad rows go here, as CSV")),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Bring in a city's requests of the past."""
    if not file.is_file():
        raise Failed(_("There is no file {name}.").format(name=file), code=MISUSED)
    console.start_django()
    read = _mapping(mapping)
    _make_ready()
    from gongzhi.service.commands.importing.engine import Import
    from gongzhi.service.commands.importing.report import reporting

    progress = Progress(quiet=as_json)
    with reporting(report) as bad:
        done = Import(
            read, file, bad, dry_run=dry_run, progress=lambda outcome: progress(_line(outcome))
        ).run()
    progress.end()
    if as_json:
        console.give(done.told())
    else:
        console.tell(_line(done))
        if done.rejected and report:
            say(_("The rejected rows and their reasons are in {file}.").format(file=report))


def _mapping(name: str) -> Mapping:
    from gongzhi.service.commands.importing.schema import read, shipped, text_of

    text = text_of(name)
    if text is None:
        raise Failed(
            _("There is no mapping {name}: neither a file nor one that is shipped.").format(name=name),
            _("Shipped are: {names}").format(names=", ".join(shipped())),
            code=MISUSED,
        )
    return read(text, Path(name).name if Path(name).is_file() else f"{name}.yaml")


def _make_ready() -> None:
    """An empty database gets its tables; one of another version is refused."""
    from gongzhi.service.commands.schema import Shape, demand_founded, migrate, reachable, schema

    reachable()
    found = schema()
    if found.shape is Shape.EMPTY:
        migrate()
    elif found.shape is not Shape.RIGHT:
        demand_founded()


def _line(outcome: Outcome) -> str:
    if outcome.dry_run:
        told = _("{read} rows read: {landed} would land, {unchanged} unchanged, {rejected} rejected")
    else:
        told = _("{read} rows read: {landed} landed, {unchanged} unchanged, {rejected} rejected")
    return told.format(**outcome.told())
