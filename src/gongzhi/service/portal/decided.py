"""What rules decided about a matter: which rule, which row, on what basis, and which others spoke for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.queries import Told
from gongzhi.foundation.regions.queries import Region, regions
from gongzhi.foundation.rulebooks.queries import table_of, versions_called
from gongzhi.governance.matters.queries import categories
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal import ruling
from gongzhi.service.portal.ruling import Words


@dataclass(frozen=True)
class Decided:
    """One decision of a rule in words."""

    about: str
    said: str
    because: str
    rule: str
    url: str
    others: list[str]


def decided_about(entries: Iterable[Told], region: Region) -> list[Decided]:
    """The decisions that the entries of a matter hold, each once, in the order in which they were taken."""
    words = Words(dict(categories(region).values_list("code", "name")))
    every = [told for entry in entries for told in entry.facts.get("decided", ())]
    versions = versions_called(told["digest"] for told in every)
    codes = {_code(path) for told in every for path, _digest, _verdict in told.get("trace", ())}
    places = dict(regions().filter(code__in=codes).values_list("code", "name"))
    seen: dict[str, Decided] = {}
    for told in every:
        held = _version_of(told, versions.get(told["digest"], []))
        if held is not None:
            one = _decided(told, held, words, places)
            seen.setdefault(f"{one.url} {one.said}", one)
    return list(seen.values())


def _version_of(told: dict[str, Any], candidates: list[Any]) -> Any:
    """Of versions with one table, the one of the region whose rule decided."""
    trace = {digest: path for path, digest, _verdict in told.get("trace", ())}
    code = _code(trace.get(told["digest"], ""))
    owned = [each for each in candidates if _owner_code(each) == code]
    return next(iter(owned or candidates), None)


def _owner_code(version: Any) -> str:
    owner = version.rule.rule_set.region
    return owner.code if owner is not None else ""


def _decided(told: dict[str, Any], held: Any, words: Words, places: dict[str, Any]) -> Decided:
    table = table_of(held.table)
    row = next(iter(told["rows"]), 0)
    url = reverse("portal:rule", args=[told["digest"]])
    label = _("%(rule)s, version %(number)d") % {"rule": ruling.called(held), "number": held.number}
    if row:
        label = _("%(rule)s, version %(number)d, row %(row)d") % {
            "rule": ruling.called(held),
            "number": held.number,
            "row": row,
        }
    owner = held.rule.rule_set.region
    of = f"?of={owner.code}" if owner is not None else ""
    return Decided(
        ruling.title_of(told["subject"]),
        _answer(table, told["outcome"], words),
        _because(table, row, words),
        label,
        f"{url}{of}" + (f"#row-{row}" if row else ""),
        _others(told, places),
    )


def _answer(table: dt.Table, outcome: dict[str, Any], words: Words) -> str:
    try:
        return ruling.answer(table, outcome, words)
    except (KeyError, ValueError):
        return ", ".join(map(str, outcome.values()))


def _because(table: dt.Table, row: int, words: Words) -> str:
    """The conditions of a row and its basis."""
    if not 0 < row <= len(table.rules):
        return ruling.basis(table.default.basis) if table.default else ""
    rule = table.rules[row - 1]
    conditions = [
        _("%(input)s is %(values)s")
        % {"input": ruling.title(column), "values": words.cell(column, cell.text)}
        for column, cell in zip(table.inputs, rule.when, strict=True)
        if not cell.is_any
    ]
    return _(", ").join([*conditions, *filter(None, [ruling.basis(rule.basis)])])


def _others(told: dict[str, Any], places: dict[str, Any]) -> list[str]:
    """Other authorities' rules that spoke for the case, and why they did not decide."""
    said = {
        "gives_way": _("%(region)s has a rule, too, and lets its regions decide otherwise"),
        "overruled": _("%(region)s has a rule, too; one above lets nobody decide otherwise"),
    }
    found = []
    for path, _digest, verdict in told.get("trace", ()):
        if verdict in said:
            code = _code(path)
            found.append(said[verdict] % {"region": name_of(places[code]) if code in places else code})
    return found


def _code(path: str) -> str:
    return path.strip("/").rpartition("/")[2]
