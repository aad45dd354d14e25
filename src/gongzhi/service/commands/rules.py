"""``gongzhi rules …``: decision tables verified and compared, without a node and without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, tell
from gongzhi.service.commands.words import _, language

if TYPE_CHECKING:
    from gongzhi.foundation.rulebooks.telling import Teller
    from gongzhi.methods import decision_tables as dt

AS_JSON = typer.Option(False, "--json", help=_("give the result as one JSON object"))
ONLY = typer.Option(None, "--table", help=_("name of the table wanted, where the file has several"))

#: What a table is asked; each is a function of decision tables.
CHECKS = ("gaps", "overlaps", "unreachable", "mergeable")
#: What is told and is no fault: the hit policy settles it, or the table is only longer than need be.
HINTS = {"masked", "mergeable"}


def verify(
    file: Path = typer.Argument(help=_("file with decision tables, DMN XML or YAML")),
    table: str | None = ONLY,
    as_json: bool = AS_JSON,
) -> None:
    """Find gaps, contradictions and rows without effect; exit 1 if there are any."""
    from gongzhi.methods import decision_tables as dt

    told = []
    is_sound = True
    for each in _tables(file, table):
        found = {name: _bounded(getattr(dt, name), each) for name in CHECKS}
        faults = [f for findings in found.values() for f in findings if f.kind not in HINTS]
        complete = not any(findings.is_cut_short for findings in found.values())
        is_sound = is_sound and not faults and complete
        if as_json:
            told.append(_verified(each, found, is_sound=not faults and complete))
        else:
            _tell_verified(each, found, faults)
    if as_json:
        console.give({"sound": is_sound, "tables": told})
    if not is_sound:
        raise typer.Exit(FAILED)


def diff(
    a: Path = typer.Argument(help=_("file with the one table, DMN XML or YAML")),
    b: Path = typer.Argument(help=_("file with the other")),
    table: str | None = ONLY,
    as_json: bool = AS_JSON,
) -> None:
    """Tell where two decision tables answer differently; exit 1 if they do anywhere."""
    from gongzhi.foundation.rulebooks.telling import Teller
    from gongzhi.methods import decision_tables as dt

    one, other = _one(a, table), _one(b, table)
    try:
        found = dt.difference(one, other)
    except (dt.Incomparable, dt.TooComplex) as error:
        raise Failed(_("The tables cannot be compared: {why}").format(why=error), code=MISUSED) from None
    same = not found and not found.is_cut_short
    if as_json:
        console.give({"same": same, "tables": [one.digest, other.digest], "differences": _content(found)})
    else:
        _tell_findings(Teller((one, other), _, language()), found)
        if same:
            tell(_("Both tables answer the same everywhere."))
    if not same:
        raise typer.Exit(FAILED)


def _tables(file: Path, only: str | None) -> list[dt.Table]:
    from gongzhi.methods import decision_tables as dt

    try:
        if file.stat().st_size > 2 * dt.MAX_LENGTH:
            raise Failed(_("{file} is too large for a decision table.").format(file=file), code=MISUSED)
        found = dt.load(file.read_bytes(), only=[only] if only else None)
    except OSError as error:
        raise Failed(
            _("{file} cannot be read: {why}").format(file=file, why=error.strerror), code=MISUSED
        ) from None
    except dt.FormatError as error:
        raise Failed(
            _("{file} is no decision table that can be used:").format(file=file) + f"\n{error}", code=MISUSED
        ) from None
    wanted = [t for t in found if only is None or only in (t.name, t.title)]
    if not wanted:
        raise Failed(_("{file} has no table {name}.").format(file=file, name=only), code=MISUSED)
    return wanted


def _one(file: Path, only: str | None) -> dt.Table:
    found = _tables(file, only)
    if len(found) > 1:
        names = ", ".join(t.name for t in found)
        raise Failed(
            _("{file} has several tables: {names}.").format(file=file, names=names),
            _("Name the one wanted with --table."),
            MISUSED,
        )
    return found[0]


def _bounded(check: Callable[[dt.Table], dt.Findings], table: dt.Table) -> dt.Findings:
    from gongzhi.methods import decision_tables as dt

    try:
        return check(table)
    except dt.TooComplex as error:
        raise Failed(_("{table} cannot be verified: {why}").format(table=table.name, why=error)) from None


# ---- telling ------------------------------------------------------------------------------


def _tell_verified(table: dt.Table, found: dict[str, dt.Findings], faults: list[dt.Finding]) -> None:
    from gongzhi.foundation.rulebooks.telling import Teller

    teller = Teller((table,), _, language())
    tell(
        _("{table}: {rules} rules over {inputs} inputs, hit policy {hit}.").format(
            table=table.name, rules=len(table.rules), inputs=len(table.inputs), hit=table.hit
        )
    )
    for findings in found.values():
        _tell_findings(teller, findings)
    if not faults and not any(f.is_cut_short for f in found.values()):
        tell(_("Complete and without contradiction; every rule has an effect."))


def _tell_findings(teller: Teller, findings: dt.Findings) -> None:
    for finding in findings:
        tell(f"- {teller.sentence(finding)}")
        if finding.kind not in HINTS:
            tell(f"  {teller.example(finding)}")
    if rest := teller.rest(findings):
        tell(f"  {rest}")


def _verified(table: dt.Table, found: dict[str, dt.Findings], *, is_sound: bool) -> dict[str, Any]:
    checks = {name: _content(findings) for name, findings in found.items()}
    return {"table": table.name, "digest": table.digest, "sound": is_sound, **checks}


def _content(findings: dt.Findings) -> dict[str, Any]:
    from gongzhi.methods import decision_tables as dt

    return {
        "found": [
            {
                "kind": f.kind,
                "rows": f.rows,
                "witness": {name: dt.plain(value) for name, value in f.witness.items()},
                "region": f.region,
                "answers": [_answered(a) for a in f.answers],
            }
            for f in findings
        ],
        "more": findings.more,
        "complete": not findings.is_cut_short,
    }


def _answered(answer: dt.Answer) -> Any:
    from gongzhi.methods import decision_tables as dt

    if isinstance(answer, dt.Outcome):
        told = answer.content()
        return {"value": told["value"], "rows": told["rows"], "is_default": told["is_default"]}
    return {"refused": "outside" if answer is None else answer.reason}
