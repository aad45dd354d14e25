"""Fields: how one value is taken from a row's columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml
from django.utils.translation import gettext as _

from gongzhi.service.commands.importing.reading import Section

Row = Sequence[str]

#: Values that are remembered per field, for most columns hold few different ones.
_REMEMBERED = 5_000


class BadValue(Exception):
    """A value that cannot be taken, and why."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


@dataclass(frozen=True)
class Field:
    """Where a value comes from and what is made of it, in this order: columns (or a constant), removed
    parts, the part that matches, what counts as empty, words replaced, others, default."""

    line: int
    where: str
    columns: tuple[str, ...] = ()
    join: str | None = None
    constant: str | None = None
    remove: re.Pattern[str] | None = None
    match: re.Pattern[str] | None = None
    empty: frozenset[str] = frozenset()
    values: dict[str, str] | None = None
    others: str | None = None
    default: str = ""
    required: bool = False
    cut: bool = False

    @property
    def named(self) -> str:
        """What the report calls the field's columns."""
        return " + ".join(self.columns) or self.where

    def reader(self, places: dict[str, int], longest: int = 0) -> Callable[[Row], str]:
        """A function that takes the value from a row of a file with these columns.

        It raises `BadValue`. A value longer than ``longest`` is cut if the mapping says so.
        """
        if not self.columns:
            constant = self.constant or ""
            return lambda row: constant
        held: dict[str, str] = {}
        raw = self._raw([places[column] for column in self.columns])

        def read(row: Row) -> str:
            found = raw(row)
            made = held.get(found)
            if made is None:
                made = self._made(tidy(found), longest)
                if len(held) < _REMEMBERED:
                    held[found] = made
            return made

        return read

    def _raw(self, at: list[int]) -> Callable[[Row], str]:
        if len(at) == 1:
            (only,) = at
            return lambda row: row[only]
        if self.join is None:
            return lambda row: next((row[i] for i in at if row[i].strip()), "")
        joint = self.join
        return lambda row: joint.join(row[i].strip() for i in at if row[i].strip())

    def _made(self, value: str, longest: int) -> str:
        told = value
        if self.remove is not None:
            value = self.remove.sub("", value).strip()
        if value in self.empty:
            value = ""
        if value and self.match is not None:
            found = self.match.fullmatch(value)
            if found is None:
                raise BadValue(
                    self.named, told, _("does not match “%(pattern)s”") % {"pattern": self.match.pattern}
                )
            value = (found[1] if self.match.groups else found[0]) or ""
            if value in self.empty:
                value = ""
        if value and self.values is not None:
            value = self.values.get(value, self.others if self.others is not None else value)
        value = value or self.default
        if not value and self.required:
            raise BadValue(self.named, told, _("is empty, and %(what)s is needed") % {"what": self.where})
        if longest and len(value) > longest:
            if not self.cut:
                raise BadValue(
                    self.named,
                    told,
                    _("has %(length)d characters; at most %(longest)d fit (or say “cut: true”)")
                    % {"length": len(value), "longest": longest},
                )
            value = value[: longest - 1] + "…"
        return value


def tidy(value: str) -> str:
    """The value without white space at its ends and doubled within; lines stay apart."""
    if "\n" not in value:
        return " ".join(value.split())
    return "\n".join(" ".join(line.split()) for line in value.strip().splitlines())


def field(section: Section, key: str, *, required: bool = False) -> Field | None:
    """Take a field: the name of a column, or a block that says more."""
    line, where = section.line_of(key), section.below(key)
    if not section.has(key):
        section.node(key)
        if required:
            section.wrong(line, _("“%(key)s” is missing") % {"key": key})
        return None
    if isinstance(section.held[key], yaml.ScalarNode):
        return Field(line, where, columns=(section.text(key),), required=required)
    inner = section.section(key)
    found = field_within(inner, required=required)
    inner.finish()
    return found


def field_within(section: Section, *, required: bool = False) -> Field:
    """Take a field's keys out of a block that may hold others."""
    columns = [*section.texts("column"), *section.texts("columns")]
    constant = section.optional("constant")
    if bool(columns) == (constant is not None):
        section.wrong(section.line, _("say either “column”, “columns” or “constant”"))
    return Field(
        line=section.line,
        where=section.where,
        columns=tuple(columns),
        join=section.optional("join"),
        constant=constant,
        remove=section.pattern("remove"),
        match=section.pattern("match"),
        empty=frozenset(section.texts("empty")),
        values=section.table("values"),
        others=section.optional("others"),
        default=section.text("default"),
        required=section.flag("required") or required,
        cut=section.flag("cut"),
    )
