"""``gongzhi rules compare``: an area's members side by side, with the matters in each difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import MISUSED, Failed, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.regions.queries import CooperationArea, Region
    from gongzhi.foundation.rulebooks.queries import Pair
    from gongzhi.service.portal.ruling import Words

#: Matters of so long are counted where no period is given: up to the last one that came in.
YEAR = timedelta(days=365)


def compare(
    area: str = typer.Argument(help=_("code of the cooperation area")),
    subject: str = typer.Argument(help=_("what the rules decide, such as matters.deadline")),
    cases: str | None = typer.Option(
        None, metavar="REGION", help=_("count the matters of this region instead of the members’ own")
    ),
    categories: str | None = typer.Option(
        None,
        metavar="MAPPING",
        help=_("which of the compared categories each of that region’s is: a file, or a shipped one's name"),
    ),
    since: datetime | None = typer.Option(None, help=_("matters from this day on")),
    until: datetime | None = typer.Option(None, help=_("matters before this day")),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Tell where the members of an area decide the same case differently, and how many matters fall there."""
    console.start_django()
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    found = compared(area, subject, cases=cases, categories=categories, since=_utc(since), until=_utc(until))
    if as_json:
        console.give(found)
    else:
        _tell(found)


def compared(
    area: str,
    subject: str,
    *,
    cases: str | None = None,
    categories: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """All pairs of an area's members on a subject, each difference as a sentence and with its matters."""
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.regions.queries import members
    from gongzhi.foundation.rulebooks import queries
    from gongzhi.foundation.rulebooks.subjects import subject as declared
    from gongzhi.governance.matters.queries import categories as in_use
    from gongzhi.service.portal.ruling import Words

    at = now()
    where = _area(area)
    about = declared(subject).name
    inside = members(where.pk, at)
    names = {code: name for each in inside for code, name in in_use(each).values_list("code", "name")}
    counted, told = _counted(inside, names, cases, categories, since, until)
    pairs = queries.compare(where, about, at, counted)
    return {
        "area": where.code,
        "subject": about,
        "members": [each.code for each in inside],
        "cases": told,
        "pairs": [_pair(each, Words(names)) for each in pairs],
    }


def _counted(
    inside: list[Region],
    names: dict[str, Any],
    cases: str | None,
    categories: str | None,
    since: datetime | None,
    until: datetime | None,
) -> tuple[Any, dict[str, Any]]:
    """The matters to count, and what is told of them: whose, of when, how many, what was left out."""
    from gongzhi.foundation.ledger.acts import PLATFORM
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.foundation.regions.queries import region
    from gongzhi.governance.matters.queries import cases as of_matters
    from gongzhi.governance.matters.queries import categories as in_use

    mapping = _mapping(categories) if categories else None
    code = cases or (mapping.city if mapping else "")
    other = region(code) if code else None
    if code and other is None:
        raise Failed(_("There is no region {code}.").format(code=code), code=MISUSED)
    regions = [other] if other is not None else inside
    paths = [each.path for each in regions]
    end = until or (of_matters.newest(PLATFORM, paths) or now()) + timedelta(seconds=1)
    begin = since or end - YEAR
    # counted by the platform: an operator is told numbers, and reads no matter
    found = of_matters.cases(PLATFORM, paths, begin, end)
    left: dict[str, int] = {}
    if mapping is not None and other is not None:
        below = in_use(other)
        found, left = of_matters.mapped(found, mapping.by_code(list(below), names.keys()))
    told = {
        "of": [each.code for each in regions],
        "since": begin.isoformat(),
        "until": end.isoformat(),
        "counted": sum(count for _facts, count in found),
        "left_out": dict(sorted(left.items(), key=lambda one: -one[1])),
    }
    return found, told


def _pair(pair: Pair, words: Words) -> dict[str, Any]:
    from gongzhi.methods import decision_tables as dt
    from gongzhi.service.design.parts import name_of
    from gongzhi.service.desk.rules import wording

    told: dict[str, Any] = {
        "a": pair.a.code,
        "b": pair.b.code,
        "names": [name_of(pair.a.name), name_of(pair.b.name)],
        "cases": pair.cases,
        "more": pair.more,
        "why_not": pair.why_not,
        "differences": [],
    }
    if pair.of_a is None or pair.of_b is None or pair.why_not:
        return told
    tables = (pair.of_a.table, pair.of_b.table)
    told["tables"] = [pair.of_a.digest, pair.of_b.digest]
    told["differences"] = [
        {
            "sentence": wording.difference(each.found, tables, told["names"], words),
            "example": wording.facts(tables[0], each.found.witness, words),
            "witness": {name: dt.plain(value) for name, value in each.found.witness.items()},
            "region": each.found.region,
            "rows": each.found.rows,
            "cases": each.cases,
        }
        for each in sorted(pair.differences, key=lambda one: -one.cases)
    ]
    return told


def _tell(found: dict[str, Any]) -> None:
    cases = found["cases"]
    tell(
        _("{count} matters of {regions}, {since} to {until}").format(
            count=cases["counted"],
            regions=", ".join(cases["of"]),
            since=cases["since"][:10],
            until=cases["until"][:10],
        )
    )
    if cases["left_out"]:
        count = sum(cases["left_out"].values())
        tell(_("{count} more are of categories that have no counterpart").format(count=count))
    for pair in found["pairs"]:
        tell()
        tell(" · ".join(pair["names"]))
        if pair["why_not"]:
            why = _("one has no rule on it") if pair["why_not"] == "missing" else pair["why_not"]
            tell(_("cannot be compared: {why}").format(why=why))
        elif not pair["differences"]:
            tell(_("Both tables answer the same everywhere."))
        for each in pair["differences"]:
            tell(f"- {each['sentence']}")
            tell("  " + _("{count} matters fall here.").format(count=each["cases"]))


def _area(code: str) -> CooperationArea:
    from gongzhi.foundation.regions.queries import area

    found = area(code)
    if found is None:
        raise Failed(_("There is no cooperation area {code}.").format(code=code), code=MISUSED)
    return found


def _mapping(name: str) -> Any:
    from gongzhi.service.commands.comparing.categories import read, shipped, text_of

    text = text_of(name)
    if text is None:
        raise Failed(
            _("There is no mapping {name}: neither a file nor one that is shipped.").format(name=name),
            _("Shipped are: {names}").format(names=", ".join(shipped())),
            code=MISUSED,
        )
    return read(text)


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)
