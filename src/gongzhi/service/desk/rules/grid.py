"""A decision table as cells of a form that a lawyer fills in, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.rulebooks.subjects import Subject
from gongzhi.governance.matters.queries import Channel, Kind
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.portal.ruling import THINGS, Words, title

#: Hit policies that the editor offers; a table with another keeps it.
POLICIES = ("U", "F", "A")
DEFAULT = "d"
MOST_ROWS = 400

_APART = re.compile(r"[;；\n]")
_COMMAS = re.compile(r"[,，、]")
_DAY = re.compile(r'(?<!")\b(\d{4}-\d\d-\d\d)\b(?!")')
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:\.\.|–|~|～)\s*(-?\d+(?:\.\d+)?)")
_NOT = re.compile(r"not\s*[(（](.*)[)）]", re.DOTALL)
_WIDE = str.maketrans({"≤": "<=", "≥": ">=", "＜": "<", "＞": ">", "（": "(", "）": ")", "“": '"', "”": '"'})


@dataclass(frozen=True)
class Shown:
    """One cell as the page shows it."""

    name: str
    value: str
    label: str
    wrong: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    values_of: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the editor."""

    number: str
    cells: list[Shown]
    outputs: list[Shown]
    basis: list[Shown]
    origin: str


class Unreadable(ValueError):
    """A cell that says nothing a table could hold."""


class Grid:
    """What stands in the form, the table that it makes, and what keeps it from making one."""

    def __init__(self, base: dt.Table, told: Mapping[str, str], words: Words) -> None:
        self.base, self.told, self.words = base, told, words
        self.wrong: dict[str, str] = {}
        self.table: dt.Table | None = None
        self._build()

    @classmethod
    def of(cls, table: dt.Table, words: Words) -> Grid:
        """The grid of a table as it stands."""
        return cls(table, written(table, words), words)

    @property
    def count(self) -> int:
        """How many rows there are, without the last, for all others."""
        return min(int(self.told.get("rows", "0") or 0), MOST_ROWS)

    # -- reading -----------------------------------------------------------------------------------

    def _build(self) -> None:
        rows = [self._row(number) for number in range(1, self.count + 1)]
        default = self._default()
        hit = self.told.get("hit") or str(self.base.hit)
        if self.wrong or any(row is None for row in rows):
            return
        try:
            self.table = replace(
                self.base,
                rules=tuple(row for row in rows if row is not None),
                hit=dt.Hit(hit),
                default=default,
                may_be_empty=self.base.may_be_empty and default is None,
            )
        except (dt.FormatError, ValueError) as error:
            self.wrong[""] = str(error)

    def _row(self, number: int) -> dt.Rule | None:
        when = []
        for place, column in enumerate(self.base.inputs):
            key = f"cell-{number}-{place}"
            try:
                when.append(dt.cell(column, self._read_cell(column, self.told.get(key, ""))))
            except Unreadable as error:
                self.wrong[key] = str(error)
            except dt.CellError as error:
                self.wrong[key] = _("cannot be read: %(why)s") % {"why": error}
        then = self._outputs(str(number))
        if then is None or len(when) != len(self.base.inputs):
            return None
        origin = self._origin(number)
        note = origin.note if origin else None
        return dt.Rule(tuple(when), then, self._basis(str(number), origin.basis if origin else None), note)

    def _default(self) -> dt.Default | None:
        keys = [f"out-{DEFAULT}-{place}" for place, _column in enumerate(self.base.outputs)]
        if not any(self.told.get(key, "").strip() for key in keys):
            return None
        then = self._outputs(DEFAULT)
        former = self.base.default
        basis = self._basis(DEFAULT, former.basis if former else None)
        return dt.Default(then, basis, former.note if former else None) if then is not None else None

    def _outputs(self, row: str) -> tuple[Any, ...] | None:
        values = []
        for place, column in enumerate(self.base.outputs):
            key = f"out-{row}-{place}"
            text = self.told.get(key, "").strip()
            try:
                values.append(self._read_value(column, text))
            except ValueError as error:
                self.wrong[key] = str(error) if isinstance(error, Unreadable) else _wanted(column)
        return tuple(values) if len(values) == len(self.base.outputs) else None

    def _read_value(self, column: dt.Column, text: str) -> Any:
        if not text:
            if column.nullable:
                return None
            raise Unreadable(_wanted(column))
        codes = {shown: code for code, shown in self.words.of(column).items()}
        value = column.kind.read(codes.get(text, text))
        if column.values and value not in column.values:
            raise Unreadable(_wanted(column))
        return value

    def _read_cell(self, column: dt.Column, text: str) -> str:
        text = text.strip()
        if text in ("", "-", _("any")):
            return "-"
        if column.type != "string" or '"' in text:
            return _as_test(column, text)
        if outside := _NOT.fullmatch(text):
            return f"not({self._texts(column, outside[1])})"
        return self._texts(column, text)

    def _texts(self, column: dt.Column, text: str) -> str:
        """Names or codes of values, one or several, as the texts that they stand for."""
        codes = {shown: code for code, shown in self.words.of(column).items()}
        known = {str(value) for value in column.values} or None
        found = []
        for piece in _APART.split(text):
            whole = codes.get(piece.strip(), piece.strip())
            single = whole in (known or codes.values()) or whole != piece.strip()
            for one in [whole] if single else _COMMAS.split(piece):
                code = codes.get(one.strip(), one.strip())
                if not code:
                    continue
                if known is not None and code not in known:
                    raise Unreadable(
                        _("“%(value)s” is not among the values of this column.") % {"value": code}
                    )
                found.append(column.kind.literal(code))
        if not found:
            raise Unreadable(_wanted(column))
        return ", ".join(found)

    def _basis(self, row: str, former: dt.Basis | None) -> dt.Basis | None:
        law, article, link = (
            self.told.get(f"{each}-{row}", "").strip() for each in ("law", "article", "link")
        )
        if not law:
            return None
        label = former.law if former is not None and name_of(former.law) == law else law
        note = former.note if former is not None else None
        return dt.Basis(label, article or None, link or None, note)

    def _origin(self, number: int) -> dt.Rule | None:
        told = self.told.get(f"from-{number}", "")
        place = int(told) if told.isdecimal() else 0
        return self.base.rules[place - 1] if 0 < place <= len(self.base.rules) else None

    # -- changing ----------------------------------------------------------------------------------

    def changed(self, do: str) -> Grid:
        """The grid with a row more, less, or one higher up."""
        what, _dash, told = do.partition("-")
        at = int(told) if told.isdecimal() else 0
        order: list[int] = list(range(1, self.count + 1))
        if what == "add":
            order.append(0)
        elif what == "remove" and at in order:
            order.remove(at)
        elif what == "up" and at > 1 and at in order:
            order[at - 2], order[at - 1] = order[at - 1], order[at - 2]
        rest = {key: value for key, value in self.told.items() if not _of_row(key)}
        for number, old in enumerate(order, 1):
            for key, value in self.told.items():
                if (found := _of_row(key)) and found[1] == str(old):
                    rest[f"{found[0]}-{number}{found[2]}"] = value
        return Grid(self.base, {**rest, "rows": str(len(order))}, self.words)

    # -- showing -----------------------------------------------------------------------------------

    @property
    def lines(self) -> list[Line]:
        """The rows as the page shows them; the last is for all others."""
        return [self._line(str(number)) for number in range(1, self.count + 1)]

    @property
    def last(self) -> Line:
        """What holds where no row applies."""
        return self._line(DEFAULT)

    def _line(self, row: str) -> Line:
        cells = [
            self._shown(f"cell-{row}-{place}", title(column), row, values_of=str(place))
            for place, column in enumerate(self.base.inputs)
            if row != DEFAULT
        ]
        outputs = [
            self._shown(
                f"out-{row}-{place}",
                title(column),
                row,
                choices=[(str(v), self.words.value(column, v)) for v in column.values],
            )
            for place, column in enumerate(self.base.outputs)
        ]
        basis = [
            self._shown(f"{name}-{row}", label, row)
            for name, label in (("law", _("Law or decision")), ("article", _("Article")), ("link", _("Link")))
        ]
        return Line(row, cells, outputs, basis, self.told.get(f"from-{row}", ""))

    def _shown(self, name: str, of: str, row: str, **more: Any) -> Shown:
        where = _("all others") if row == DEFAULT else _("row %(row)s") % {"row": row}
        label = _("%(column)s, %(where)s") % {"column": of, "where": where}
        return Shown(name, self.told.get(name, ""), label, self.wrong.get(name, ""), **more)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What keeps the form from being a table, each with the field it is about."""
        labels = {
            each.name: each.label
            for line in [*self.lines, self.last]
            for each in (*line.cells, *line.outputs, *line.basis)
        }
        return [
            (f"id_{key}" if key else "", f"{labels[key]}: {said}" if key in labels else said)
            for key, said in self.wrong.items()
        ]

    @property
    def columns(self) -> list[tuple[str, str, str, list[str]]]:
        """Of each input its place, title, hint, and the values to choose from."""
        return [
            (
                str(place),
                title(column),
                hint(column),
                list(self.words.of(column).values()) if column.values else [],
            )
            for place, column in enumerate(self.base.inputs)
        ]

    @property
    def heads(self) -> list[str]:
        """The titles of the outcomes."""
        return [title(column) for column in self.base.outputs]

    @property
    def policies(self) -> list[tuple[str, str]]:
        """How several rows that apply are settled, in words."""
        said = {
            "U": _("Exactly one row applies to each case"),
            "F": _("The first row that applies decides"),
            "A": _("Several rows may apply if they say the same"),
        }
        own = str(self.base.hit)
        others = {} if own in said else {own: own}
        return list({**said, **others}.items())

    @property
    def hit(self) -> str:
        """The policy that is chosen."""
        return self.told.get("hit") or str(self.base.hit)


def written(table: dt.Table, words: Words) -> dict[str, str]:
    """What the form says of a table."""
    told = {"rows": str(len(table.rules)), "hit": str(table.hit)}
    for number, rule in enumerate(table.rules, 1):
        told[f"from-{number}"] = str(number)
        for place, (column, cell) in enumerate(zip(table.inputs, rule.when, strict=True)):
            told[f"cell-{number}-{place}"] = "" if cell.is_any else _told_cell(column, cell.text, words)
        told.update(_told_reply(str(number), table, rule, words))
    if table.default is not None:
        told.update(_told_reply(DEFAULT, table, table.default, words))
    return told


def _told_reply(row: str, table: dt.Table, reply: dt.Rule | dt.Default, words: Words) -> dict[str, str]:
    told = {}
    for place, (column, value) in enumerate(zip(table.outputs, reply.then, strict=True)):
        plain = "" if value is None else str(value) if isinstance(value, str) else column.kind.write(value)
        told[f"out-{row}-{place}"] = plain
    if reply.basis is not None:
        told[f"law-{row}"] = name_of(reply.basis.law)
        told[f"article-{row}"] = reply.basis.article or ""
        told[f"link-{row}"] = reply.basis.link or ""
    return told


def _told_cell(column: dt.Column, text: str, words: Words) -> str:
    """A cell as a lawyer writes it: names of values, without quotation marks."""
    if column.type != "string" or "\\" in text:
        return text
    outside = re.fullmatch(r"not\((.*)\)", text)
    names = words.of(column)
    pieces = re.findall(r'"([^"]*)"', outside[1] if outside else text)
    shown = "; ".join(names.get(each, each) for each in pieces)
    return f"not({shown})" if outside else shown


def _as_test(column: dt.Column, text: str) -> str:
    """What somebody writes for a number or a day, as a table writes it."""
    text = text.translate(_WIDE)
    if column.type in ("integer", "number") and (span := _RANGE.fullmatch(text)):
        return f"[{span[1]}..{span[2]}]"
    if column.type == "date":
        return _DAY.sub(r'date("\1")', text) if "date(" not in text else text
    return text


def _of_row(key: str) -> tuple[str, str, str] | None:
    found = re.fullmatch(r"(cell|out|law|article|link|from)-(\d+)((?:-\d+)?)", key)
    return (found[1], found[2], found[3]) if found else None


def hint(column: dt.Column) -> str:
    """What may be written in a column."""
    if column.type == "string" and column.values:
        return _("Empty: any. One or several, apart by “;”. All but some: not(…)")
    if column.type in ("integer", "number"):
        return _("Empty: any. 5, < 5, >= 5, or 5..10")
    if column.type == "date":
        return _("Empty: any. A day as 2026-01-31, or > 2026-01-31")
    if column.type == "boolean":
        return _("Empty: any. true or false")
    return _("Empty: any. One or several, apart by “;”.")


def _wanted(column: dt.Column) -> str:
    if column.values:
        return _("choose one of the values")
    if column.type in ("integer", "number"):
        return _("write a number")
    return _("write what is to be done")


def skeleton(subject: Subject, words: Words) -> dt.Table:
    """A table with the columns of a subject and no row yet."""
    known: dict[str, dict[str, Any]] = {
        "category": dict(words.categories),
        "kind": dict.fromkeys(Kind.values),
        "channel": dict.fromkeys(Channel.values),
        "thing": dict.fromkeys(value for value, _label in THINGS),
    }
    inputs = []
    for name, type_ in subject.inputs.items():
        titles: dict[Any, Any] = {code: label for code, label in known.get(name, {}).items() if label}
        inputs.append(dt.Input(name, type_, values=tuple(known.get(name, ())), value_titles=titles))
    outputs = [dt.Output(name, type_) for name, type_ in subject.outputs.items()]
    return dt.Table(subject.name, tuple(inputs), tuple(outputs), ())
