"""Decision tables in words that somebody reads who does not write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.subjects import subject
from gongzhi.governance.matters.queries import Channel, Kind
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal.sentences import measure

_QUOTED = re.compile(r'"([^"]*)"')
_ANYTHING = "-"


@dataclass(frozen=True)
class Told:
    """A rule in force: its head, and its rows from the first to the last."""

    title: str
    region: Region
    number: int
    since: datetime
    digest: str
    head: list[str]
    rows: list[list[str]]
    note: str


def told(version: Any, categories: Mapping[str, Any]) -> Told:
    """A version of a rule in words; ``categories`` are names by code."""
    (table,) = dt.load(version.table)
    region = version.rule.rule_set.region
    words = {
        "category": {code: name_of(name) for code, name in categories.items()},
        "kind": {value: str(label) for value, label in Kind.choices},
        "channel": {value: str(label) for value, label in Channel.choices},
    }
    pairs = _pairs(table)
    rows = [
        [*_conditions(table, rule, words), *_outcomes(table, rule.then, pairs), _basis(rule.basis)]
        for rule in table.rules
    ]
    if table.default is not None:
        others = [_("all others"), *("" for _column in table.inputs[1:])]
        rows.append([*others, *_outcomes(table, table.default.then, pairs), _basis(table.default.basis)])
    head = [*(_title(column) for column in table.inputs), *_outcome_titles(table, pairs), _("Basis")]
    return Told(
        name_of(table.title) or f"{subject(version.rule.subject).title} · {name_of(region.name)}",
        region,
        version.number,
        version.effective_from,
        version.digest,
        head,
        rows,
        name_of(table.note),
    )


def _conditions(table: dt.Table, rule: dt.Rule, words: Mapping[str, Mapping[str, str]]) -> list[str]:
    told = zip(rule.when, table.inputs, strict=True)
    return [_cell(cell.text, {**words.get(column.name, {}), **_named(column)}) for cell, column in told]


def _named(column: dt.Column) -> dict[str, str]:
    """The values of a column that the table itself gives names."""
    return {str(value): name_of(title) for value, title in column.value_titles.items()}


def _basis(basis: dt.Basis | None) -> str:
    if basis is None:
        return ""
    return " ".join(part for part in (name_of(basis.law), basis.article or "") if part)


def _pairs(table: dt.Table) -> dict[str, str]:
    """Outputs that are an amount, with the output that is its unit."""
    names = {column.name for column in table.outputs}
    return {name: f"{name}_unit" for name in names if f"{name}_unit" in names}


def _outcomes(table: dt.Table, values: Any, pairs: Mapping[str, str]) -> list[str]:
    said = {column.name: value for column, value in zip(table.outputs, values, strict=True)}
    names = {column.name: _named(column) for column in table.outputs}
    units = set(pairs.values())
    return [
        measure(f"{said[name]} {said[pairs[name]]}")
        if name in pairs
        else names[name].get(str(said[name]), str(said[name]))
        for name in said
        if name not in units
    ]


def _outcome_titles(table: dt.Table, pairs: Mapping[str, str]) -> list[str]:
    units = set(pairs.values())
    return [_title(column) for column in table.outputs if column.name not in units]


def _title(column: dt.Column) -> str:
    known = {
        "category": _("Category"),
        "kind": _("Kind"),
        "channel": _("Channel"),
        "function": _("Handled by the body for"),
        "contact": _("First contact"),
        "finish": _("Finished and answered"),
        "years": _("Years kept"),
    }
    return name_of(column.title) or known.get(column.name) or column.name


def _cell(text: str, words: Mapping[str, str]) -> str:
    if text == _ANYTHING:
        return _("any")
    return _QUOTED.sub(lambda found: words.get(found[1], found[1]), text)
