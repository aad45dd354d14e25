"""Decision tables in words that somebody reads who does not write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.foundation.regions.queries import Region, members
from gongzhi.foundation.rulebooks.queries import Rule, Version
from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.governance.matters.queries import Channel, Kind, ThingKind
from gongzhi.governance.matters.rules import KEEPER, NO_THING, OWNER
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal.sentences import measure

_QUOTED = re.compile(r'"([^"]*)"')
_ANYTHING = "-"


@dataclass(frozen=True)
class Told:
    """A rule: its head, and its rows from the first to the last; or the text of an arrangement."""

    title: str
    whose: str
    zone: str
    number: int
    since: datetime
    digest: str
    head: list[str]
    rows: list[list[str]]
    note: str
    text: str = ""


#: What a rule may read of a thing that was named, and what it may say instead of a function.
THINGS = [(NO_THING, gettext_lazy("none, or none that anybody owns")), *ThingKind.choices]
WHOSE = [
    (OWNER, gettext_lazy("the owner of the thing")),
    (KEEPER, gettext_lazy("who keeps the thing in order")),
]


@dataclass(frozen=True)
class Words:
    """What codes are called: of inputs that every table may read, and of whatever a table names itself."""

    categories: Mapping[str, Any] = field(default_factory=dict)

    def of(self, column: dt.Column) -> dict[str, str]:
        """What the values of a column are called, by their codes."""
        shared: dict[str, dict[str, str]] = {
            "category": {code: name_of(name) for code, name in self.categories.items()},
            "kind": {value: str(label) for value, label in Kind.choices},
            "channel": {value: str(label) for value, label in Channel.choices},
            "thing": {value: str(label) for value, label in THINGS},
            "function": {value: str(label) for value, label in WHOSE},
        }
        return {**shared.get(column.name, {}), **named_by(column)}

    def cell(self, column: dt.Column, text: str) -> str:
        """A cell, or some of the tests in it, with names in the place of codes."""
        if text == _ANYTHING:
            return _("any")
        words = self.of(column)
        return _QUOTED.sub(lambda found: words.get(found[1], found[1]), text)

    def value(self, column: dt.Column, value: Any) -> str:
        """A value of a column by its name."""
        if value is None:
            return _("nothing")
        told = str(value) if isinstance(value, str | int) else column.kind.write(value)
        return self.of(column).get(told, told)


def title_of(subject: str) -> str:
    """What a subject of rules is called; an arrangement's own name is its title."""
    return next((str(each.title) for each in subjects() if each.name == subject), subject)


def whose(version: Version) -> str:
    """The authority or the cooperation area whose rule it is."""
    rule_set: Any = version.rule.rule_set
    return name_of((rule_set.region or rule_set.area).name)


def home_of(version: Version) -> Region | None:
    """The region whose days and categories a rule is told in: for an area, its first member."""
    rule_set: Any = version.rule.rule_set
    return rule_set.region or next(iter(members(rule_set.area.pk, version.recorded_from)), None)


def called(version: Version) -> str:
    """A version's rule by the title that its authority gave it, or by subject and authority."""
    if version.rule.kind == Rule.Kind.INFORMAL:
        return name_of(version.rule.title)
    (table,) = dt.load(version.table)
    return name_of(table.title) or f"{title_of(version.rule.subject)} · {whose(version)}"


def told(version: Version, categories: Mapping[str, Any]) -> Told:
    """A version of a rule in words; ``categories`` are names by code."""
    home = home_of(version)
    head: list[str] = []
    rows: list[list[str]] = []
    note = text = ""
    if version.rule.kind == Rule.Kind.INFORMAL:
        text = version.table
    else:
        (table,) = dt.load(version.table)
        head, rows, note = head_of(table), rows_of(table, Words(categories)), name_of(table.note)
    return Told(
        called(version),
        whose(version),
        home.zone if home else "UTC",
        version.number,
        version.effective_from,
        version.digest,
        head,
        rows,
        note,
        text,
    )


def head_of(table: dt.Table) -> list[str]:
    """The titles over a table's rows."""
    return [*(title(column) for column in table.inputs), *_outcome_titles(table, _pairs(table)), _("Basis")]


def rows_of(table: dt.Table, words: Words) -> list[list[str]]:
    """A table's rows in words: conditions, outcomes, basis; last what holds for all others."""
    pairs = _pairs(table)
    rows = [
        [
            *(words.cell(column, cell.text) for cell, column in zip(rule.when, table.inputs, strict=True)),
            *outcomes(table, rule.then, words),
            basis(rule.basis),
        ]
        for rule in table.rules
    ]
    if table.default is not None:
        others = [_("all others"), *("" for _column in table.inputs[1:])]
        last = table.default
        rows.append([*others, *outcomes(table, last.then, words, pairs), basis(last.basis)])
    return rows


def named_by(column: dt.Column) -> dict[str, str]:
    """The values of a column that the table itself gives names."""
    return {str(value): name_of(title) for value, title in column.value_titles.items()}


def basis(of: dt.Basis | None) -> str:
    """A legal basis as it is cited."""
    if of is None:
        return ""
    return " ".join(part for part in (name_of(of.law), of.article or "") if part)


def _pairs(table: dt.Table) -> dict[str, str]:
    """Outputs that are an amount, with the output that is its unit."""
    names = {column.name for column in table.outputs}
    return {name: f"{name}_unit" for name in names if f"{name}_unit" in names}


def outcomes(
    table: dt.Table, values: Iterable[Any], words: Words, pairs: Mapping[str, str] | None = None
) -> list[str]:
    """What a row answers, an amount with its unit."""
    pairs = _pairs(table) if pairs is None else pairs
    said = {column.name: value for column, value in zip(table.outputs, values, strict=True)}
    columns = {column.name: column for column in table.outputs}
    units = set(pairs.values())
    return [
        measure(f"{said[name]} {said[pairs[name]]}")
        if name in pairs
        else words.value(columns[name], said[name])
        for name in said
        if name not in units
    ]


def answer(table: dt.Table, value: Any, words: Words) -> str:
    """What a table answers, with the title of each outcome."""
    if isinstance(value, list):
        return "; ".join(answer(table, each, words) for each in value)
    if not isinstance(value, dict):
        value = {table.outputs[0].name: value}
    if set(value) != {column.name for column in table.outputs}:
        return str(value)
    told_values = outcomes(table, [value[column.name] for column in table.outputs], words)
    titles = _outcome_titles(table, _pairs(table))
    return "; ".join(
        _("%(what)s: %(value)s") % {"what": a, "value": b} for a, b in zip(titles, told_values, strict=True)
    )


def _outcome_titles(table: dt.Table, pairs: Mapping[str, str]) -> list[str]:
    units = set(pairs.values())
    return [title(column) for column in table.outputs if column.name not in units]


def title(column: dt.Column) -> str:
    """What a column is called."""
    known = {
        "category": _("Category"),
        "kind": _("Kind"),
        "channel": _("Channel"),
        "thing": _("Thing that was named"),
        "function": _("Handled by the body for"),
        "contact": _("First contact"),
        "finish": _("Finished and answered"),
        "years": _("Years kept"),
    }
    return name_of(column.title) or known.get(column.name) or column.name
