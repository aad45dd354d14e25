"""The columns of a table that is being written: which inputs it reads, and the values that each may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.rulebooks.subjects import Subject
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.rules.grid import Grid, skeleton
from gongzhi.service.portal.ruling import Words, title

#: A list of values has so many entries at most.
MOST_VALUES = 500
_APART = re.compile(r"[;；\n]")


@dataclass(frozen=True)
class Listed:
    """An input as the form shows it: its values one by one, each as “code = name”."""

    place: int
    name: str
    title: str
    values: str
    has_values: bool


def listed(table: dt.Table, words: Words) -> list[Listed]:
    """The inputs of a table, to be changed."""
    return [
        Listed(
            place,
            column.name,
            title(column),
            "; ".join(_written(column, value, words) for value in column.values),
            column.type == "string",
        )
        for place, column in enumerate(table.inputs)
    ]


def to_add(table: dt.Table, subject: Subject, words: Words) -> list[tuple[str, str]]:
    """The inputs that a subject knows and the table does not read yet."""
    read = {column.name for column in table.inputs}
    return [(c.name, title(c)) for c in skeleton(subject, words).inputs if c.name not in read]


def changed(grid: Grid, told: Mapping[str, str], subject: Subject) -> Grid:
    """The grid with the inputs and values that the form says; cells keep what stands in them."""
    inputs: list[dt.Input] = []
    kept: list[int] = []
    for place, column in enumerate(grid.base.inputs):
        if told.get(f"drop-{place}"):
            continue
        kept.append(place)
        inputs.append(_valued(column, told.get(f"values-{place}"), grid.words))
    wanted = told.get("input", "")
    inputs += [c for c in skeleton(subject, grid.words).inputs if c.name == wanted and c not in inputs]
    cells = {key: value for key, value in grid.told.items() if not key.startswith("cell-")}
    for row in range(1, grid.count + 1):
        for now, before in enumerate(kept):
            cells[f"cell-{row}-{now}"] = grid.told.get(f"cell-{row}-{before}", "")
    cells = {key: value for key, value in cells.items() if not key.startswith(("values-", "drop-"))}
    # rows are read again from the cells: those of the table before no longer fit its columns
    bare = tuple(replace(row, when=_any(inputs)) for row in grid.base.rules)
    base = replace(grid.base, inputs=tuple(inputs), rules=bare, hit=dt.Hit("F"))
    return Grid(base, {"hit": str(grid.base.hit), **cells}, grid.words)


def _any(inputs: list[dt.Input]) -> tuple[dt.Cell, ...]:
    return tuple(dt.cell(column, "-") for column in inputs)


def _valued(column: dt.Input, told: str | None, words: Words) -> dt.Input:
    """An input with the values of the form, if it has any there."""
    if told is None or column.type != "string":
        return column
    named = {shown: code for code, shown in words.of(column).items()}
    former = dict(column.value_titles)
    values: list[str] = []
    titles: dict[Any, Any] = {}
    for piece in _APART.split(told)[:MOST_VALUES]:
        code, _equals, label = (each.strip() for each in piece.partition("="))
        code = named.get(code, code)
        if not code or code in values:
            continue
        values.append(code)
        held = former.get(code)
        if held is not None and (not label or name_of(held) == label):
            titles[code] = held
        elif label:
            titles[code] = label
    return replace(column, values=tuple(values), value_titles=titles)


def _written(column: dt.Column, value: Any, words: Words) -> str:
    shown = words.value(column, value)
    return f"{value} = {shown}" if shown != str(value) else str(value)


def labels() -> dict[str, str]:
    """What the part of the editor about columns says."""
    return {
        "head": _("Conditions and their values"),
        "hint": _("One value after the other, apart by “;”, as code or as code = name. Empty: any text."),
    }
