"""``gongzhi rules import | export | replay``: the rules of a node, in and out, and tried on its past."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, tell
from gongzhi.service.commands.rules import AS_JSON, ONLY, _one, _tables
from gongzhi.service.commands.words import _

#: So many decisions that come out otherwise are told one by one.
MOST_TOLD = 20


def import_(
    file: Path = typer.Argument(help=_("file with decision tables, DMN XML or YAML")),
    region: str = typer.Option(help=_("code of the region whose rules they are")),
    in_force: bool = typer.Option(
        False, "--in-force", help=_("bring them into force at once, instead of keeping them as drafts")
    ),
    table: str | None = ONLY,
    as_json: bool = AS_JSON,
) -> None:
    """Bring decision tables in as drafts that others review and approve at their desks; all or none."""
    found = _tables(file, table)
    console.start_django()
    from gongzhi.foundation.ledger.acts import together
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks.acts import draft, enact
    from gongzhi.methods import decision_tables as dt
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    where = _region(region)
    act = enact if in_force else draft
    with together():
        made = [act(OPERATOR, where, table=dt.dump(each)) for each in found]
    console.sequence()
    told = [
        {"subject": each.name, "number": version.number, "digest": version.digest, "state": version.state}
        for each, version in zip(found, made, strict=True)
    ]
    if as_json:
        console.give({"region": where.code, "versions": told})
        return
    for each in told:
        said = (
            _("{subject}: version {number}, in force")
            if in_force
            else _("{subject}: version {number}, a draft")
        )
        tell(said.format(**each))


def export(
    folder: Path = typer.Argument(help=_("folder to write into; made if it is not there")),
    region: str = typer.Option(help=_("code of the region whose rules are wanted, with those above it")),
    format: str = typer.Option("yaml", help=_("yaml or dmn")),
    as_json: bool = AS_JSON,
) -> None:
    """Write the rules in force for a region, one file for each, to be read by people or other programs."""
    if format not in ("yaml", "dmn"):
        raise Failed(_("The format is yaml or dmn, not {format}.").format(format=format), code=MISUSED)
    console.start_django()
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.rulebooks.queries import table_of, versions_in_force
    from gongzhi.methods import decision_tables as dt
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for version in versions_in_force(_region(region), now()):
        owner: Any = version.rule.rule_set.region
        path = folder / f"{owner.code}-{version.rule.subject}.{format}"
        path.write_text(dt.dump(table_of(version.table), format=format), encoding="utf-8")  # type: ignore[arg-type]
        written.append({"file": str(path), "number": version.number, "digest": version.digest})
    if as_json:
        console.give({"region": region, "files": written})
        return
    for each in written:
        tell(_("{file}: version {number}").format(**each))
    if not written:
        tell(_("No rule is in force there."))


def replay(
    file: Path | None = typer.Argument(
        None, help=_("file with the table to try; without one, nothing is changed")
    ),
    since: datetime | None = typer.Option(None, help=_("decisions from this day on")),
    until: datetime | None = typer.Option(None, help=_("decisions before this day")),
    table: str | None = ONLY,
    as_json: bool = AS_JSON,
) -> None:
    """Decide again what was decided: by a table, to see what it changes; without one, by the same versions.

    Exit 1 if the versions that decided do not give the recorded outcomes any more.
    """
    wanted = _one(file, table) if file is not None else None
    console.start_django()
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.rulebooks import queries
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    pasts = queries.decisions(
        OPERATOR, about=wanted.name if wanted else None, since=_utc(since), until=_utc(until)
    )
    found = queries.check(pasts) if wanted is None else queries.replay(wanted, pasts)
    if as_json:
        console.give(_content(found))
    else:
        _tell(found, is_check=wanted is None)
    if wanted is None and found.changed:
        raise typer.Exit(FAILED)


def _content(found: Any) -> dict[str, Any]:
    return {
        "decisions": found.count,
        "changed": len(found.changed),
        "cases": [
            {
                "entry": each.past.entry,
                "subject": each.past.about,
                "facts": each.past.read,
                "was": each.past.outcome,
                "would_be": each.outcome,
                "why": each.why,
            }
            for each in found.changed
        ],
    }


def _tell(found: Any, *, is_check: bool) -> None:
    if is_check and not found.changed:
        tell(_("{count} decisions made again; all came out as recorded.").format(count=found.count))
        return
    tell(
        _("{changed} of {count} decisions come out otherwise.").format(
            changed=len(found.changed), count=found.count
        )
    )
    ways = Counter((_shown(each.past.outcome), _shown(each.outcome) or each.why) for each in found.changed)
    for (was, would_be), count in ways.most_common(MOST_TOLD):
        tell(_("- {count} times {was}, now {would_be}").format(count=count, was=was, would_be=would_be))


def _shown(outcome: dict[str, Any] | None) -> str:
    return ", ".join(f"{name} = {value}" for name, value in outcome.items()) if outcome else ""


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _region(code: str) -> Any:
    from gongzhi.foundation.regions.queries import region

    found = region(code)
    if found is None:
        raise Failed(_("There is no region {code}.").format(code=code), code=MISUSED)
    return found
