"""Tables as YAML, for people to write and to review as a diff.

Read strictly: what YAML would guess (`no`, `1.10`, `12:30`) is taken as the text it is and read by
the declared type of its column; unknown and repeated keys, anchors, aliases and tags are errors.
All problems of a text are reported together. Written in one canonical form, a rule a few lines.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from ._cells import Cell, CellError, anything, cell
from ._columns import Column, Input, Label, Output, column_faults
from ._errors import FormatError, Problem
from ._table import Basis, Default, Hit, Rule, Table
from ._values import KINDS, NotOfType, Value, read, show

_MAX_DEPTH = 12
_MAX_EVENTS = 500_000
_TONGUES = ("zh", "en")


# ---- a tree of texts ----------------------------------------------------------------------


@dataclass
class Node:
    """A piece of YAML: a text, a list, or a mapping as pairs."""

    line: int
    kind: str
    text: str = ""
    is_plain: bool = False
    items: list["Node"] = field(default_factory=list)
    pairs: list[tuple["Node", "Node"]] = field(default_factory=list)

    @property
    def is_null(self) -> bool:
        return self.kind == "text" and self.is_plain and self.text in ("null", "~")

    @property
    def is_blank(self) -> bool:
        return self.kind == "text" and self.is_plain and not self.text


def _documents(text: str) -> list[Node]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = _bounded(yaml.parse(text, Loader=loader))
        return [_node(event, events, 0) for event in events if isinstance(event, yaml.NodeEvent)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = "cells stand in quotes, as in '>= 5' or '-'"
        line = mark.line + 1 if mark else None
        raise _refusal(f"not YAML: {error.problem or error.context}; {hint}", line) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise _refusal(f"not YAML: {error}") from None


def _bounded(events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
    for count, event in enumerate(events):
        if count > _MAX_EVENTS:
            raise _refusal(f"more than {_MAX_EVENTS:,} keys and values")
        yield event


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
    line = event.start_mark.line + 1 if event.start_mark else 0
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _refusal("anchors and aliases are not supported; write the text out", line)
    tag = getattr(event, "tag", None)
    if tag not in (None, "!"):
        raise _refusal(f"the tag {tag} is not supported", line)
    if depth > _MAX_DEPTH:
        raise _refusal("nested too deeply", line)
    if isinstance(event, yaml.ScalarEvent):
        return Node(line, "text", event.value, is_plain=not event.style)
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(line, "list", items=list(_until(yaml.SequenceEndEvent, events, depth)))
    flat = list(_until(yaml.MappingEndEvent, events, depth))
    return Node(line, "mapping", pairs=list(zip(flat[::2], flat[1::2], strict=True)))


def _until(end: type, events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
    for event in events:
        if isinstance(event, end):
            return
        yield _node(event, events, depth + 1)


def _refusal(text: str, line: int | None = None) -> FormatError:
    return FormatError([Problem(text, line=line)])


# ---- reading ------------------------------------------------------------------------------


def load_yaml(text: str) -> list[Table]:
    """All tables of a YAML text, one a document."""
    documents = _documents(text)
    if not documents:
        raise _refusal("no table in the text")
    tables: list[Table] = []
    problems: list[Problem] = []
    for document in documents:
        reader = _Reader()
        try:
            tables.append(reader.table(document))
        except FormatError as error:
            problems += reader.problems or error.problems
    if problems:
        raise FormatError(problems)
    return tables


class _Reader:
    """Reads one table, collecting what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.name: str | None = None
        self.row: int | None = None
        self.column: str | None = None

    def wrong(self, node: Node, text: str) -> None:
        self.problems.append(Problem(text, self.name, self.row, self.column, node.line))

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise FormatError(self.problems)

    def table(self, node: Node) -> Table:
        parts = self.mapping(
            node,
            ("table", "inputs", "outputs", "rules"),
            ("title", "note", "hit", "may_be_empty", "default"),
        )
        self.stop_if_wrong()
        self.name = self.text(parts["table"])
        hit = self.hit(parts["hit"]) if "hit" in parts else Hit.UNIQUE
        inputs = [self.a_column(n, Input) for n in self.items(parts["inputs"])]
        outputs = [self.a_column(n, Output) for n in self.items(parts["outputs"])]
        self.column = None
        self.stop_if_wrong()
        rules = list(self.rules(parts["rules"], inputs, outputs))
        default = self.default(parts["default"], outputs) if "default" in parts else None
        title, note = self.label(parts.get("title")), self.label(parts.get("note"))
        may_be_empty = self.boolean(parts.get("may_be_empty"))
        self.stop_if_wrong()
        return Table(
            self.name, tuple(inputs), tuple(outputs), tuple(rules), hit, title, note, default, may_be_empty
        )

    def hit(self, node: Node) -> Hit:
        text = self.text(node)
        if text not in list(Hit):
            self.wrong(node, f"{text!r} is not a hit policy; expected one of {', '.join(Hit)}")
            return Hit.UNIQUE
        return Hit(text)

    def a_column(self, node: Node, make: Callable[..., Any]) -> Any:
        self.column = None
        bounds = ("low", "above", "high", "below")
        parts = self.mapping(node, ("name", "type"), ("title", "values", "nullable", *bounds))
        if not {"name", "type"} <= parts.keys():
            return None
        self.column = self.text(parts["name"])
        bare = Column(self.column, self.text(parts["type"]))
        if bare.type not in KINDS:
            self.wrong(parts["type"], column_faults(bare)[0])
            return None
        values, titles = self.values(bare, parts.get("values"))
        column = make(
            bare.name,
            bare.type,
            title=self.label(parts.get("title")),
            values=values,
            value_titles=titles,
            nullable=self.boolean(parts.get("nullable")),
            **{b: self.value(bare, parts[b]) for b in bounds if b in parts},
        )
        if not self.problems:
            for fault in column_faults(column):
                self.wrong(node, fault)
        return column

    def values(self, column: Column, node: Node | None) -> tuple[tuple[Value, ...], dict[Value, Label]]:
        if node is None:
            return (), {}
        if node.kind == "mapping":
            read = [(self.value(column, k), self.label(v)) for k, v in node.pairs]
            return tuple(v for v, _ in read), {v: title for v, title in read if title is not None}
        found = self.items(node)
        if not found:
            self.wrong(node, "the list of values is empty")
        return tuple(self.value(column, n) for n in found), {}

    def rules(self, node: Node, inputs: list[Input], outputs: list[Output]) -> Iterator[Rule]:
        for number, item in enumerate(self.items(node), 1):
            self.row = number
            parts = self.mapping(item, ("when", "then"), ("basis", "note"))
            if {"when", "then"} <= parts.keys():
                cells = self.cells(parts["when"], inputs)
                then = self.then(parts["then"], outputs)
                yield Rule(cells, then, self.basis(parts.get("basis")), self.label(parts.get("note")))
        self.row = None

    def cells(self, node: Node, inputs: list[Input]) -> tuple[Cell, ...]:
        parts = self.mapping(node, (), tuple(i.name for i in inputs))
        cells = tuple(self.cell(i, parts[i.name]) if i.name in parts else anything(i) for i in inputs)
        self.column = None
        return cells

    def cell(self, column: Input, node: Node) -> Cell:
        self.column = column.name
        if node.kind != "text":
            self.wrong(node, "a cell is a text; put it in quotes, as in '[1..3]'")
            return anything(column)
        try:
            return cell(column, node.text)
        except CellError as error:
            hint = ""
            if not node.is_plain and column.type == "string" and node.text in column.values:
                hint = f" (in YAML, quotes within quotes: '{column.kind.literal(node.text)}')"
            self.wrong(node, f"{error}{hint}")
            return anything(column)

    def default(self, node: Node, outputs: list[Output]) -> Default | None:
        parts = self.mapping(node, ("then",), ("basis", "note"))
        if "then" not in parts:
            return None
        then = self.then(parts["then"], outputs)
        return Default(then, self.basis(parts.get("basis")), self.label(parts.get("note")))

    def then(self, node: Node, outputs: list[Output]) -> tuple[Value, ...]:
        parts = self.mapping(node, tuple(o.name for o in outputs))
        found = []
        for output in outputs:
            if output.name not in parts:
                continue
            self.column = output.name
            before = len(self.problems)
            value = self.value(output, parts[output.name])
            if len(self.problems) == before and not output.admits(value):
                self.wrong(parts[output.name], f"{show(value)} is not {output.expected}")
            found.append(value)
        self.column = None
        return tuple(found)

    def basis(self, node: Node | None) -> Basis | None:
        if node is None or node.is_null:
            return None
        if node.kind == "text":
            return Basis(self.text(node))
        parts = self.mapping(node, (), ("law", "article", "link", "note", *_TONGUES))
        if parts.keys() & set(_TONGUES):
            return Basis(self.label(node) or "")
        law = self.label(parts.get("law"))
        if law is None:
            self.wrong(node, "a basis names its law: law: …")
            return None
        article, link = (self.text(parts[k]) if k in parts else None for k in ("article", "link"))
        return Basis(law, article, link, self.label(parts.get("note")))

    # ---- pieces ---------------------------------------------------------------------------

    def mapping(self, node: Node, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Node]:
        known = (*required, *optional)
        if node.kind != "mapping":
            self.wrong(node, f"expected keys with values: {', '.join(known)}")
            return {}
        parts: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text in parts:
                self.wrong(key, f"{key.text} is written twice")
            elif key.kind != "text" or key.text not in known:
                self.wrong(key, f"unknown key {key.text!r}; expected one of {', '.join(known)}")
            parts[key.text] = value
        for missing in (k for k in required if k not in parts):
            self.wrong(node, f"{missing} is missing")
        return {k: v for k, v in parts.items() if k in known}

    def items(self, node: Node) -> list[Node]:
        if node.kind != "list":
            self.wrong(node, "expected a list")
        return node.items

    def text(self, node: Node) -> str:
        if node.kind != "text" or node.is_blank or node.is_null or not node.text.strip():
            self.wrong(node, "expected a text")
        return node.text

    def boolean(self, node: Node | None) -> bool:
        if node is not None and node.text not in ("true", "false"):
            self.wrong(node, "expected true or false")
        return node is not None and node.text == "true"

    def label(self, node: Node | None) -> Label | None:
        if node is None or node.is_null:
            return None
        if node.kind == "text":
            return self.text(node)
        return {k: self.text(n) for k, n in self.mapping(node, (), _TONGUES).items()}

    def value(self, column: Column, node: Node) -> Any:
        if node.kind != "text" or node.is_blank:
            self.wrong(node, f"expected {column.expected}")
            return None
        if node.is_null:
            if not column.nullable:
                self.wrong(node, f"null is not {column.expected}")
            return None
        try:
            return read(column.kind, node.text)
        except NotOfType as error:
            self.wrong(node, str(error))
            return None


# ---- writing ------------------------------------------------------------------------------


def dump_yaml(table: Table) -> str:
    """The canonical text of a table."""
    node = _written(table.content(), ())
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.serialize(node, Dumper=dumper, allow_unicode=True, width=1_000_000)
    return text


def _written(value: Any, path: tuple[str, ...]) -> yaml.Node:
    if isinstance(value, Mapping):
        pairs = [(_written(str(k), ()), _written(v, (*path, str(k)))) for k, v in value.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=_is_short(value, path))
    if isinstance(value, list):
        items = [_written(v, (*path, "")) for v in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=path[-1] == "values")
    style = "'" if "when" in path[:-1] else None
    if isinstance(value, str):
        if "\n" in value and style is None:
            style = "|"
        return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)
    return _number(value)


def _is_short(value: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a mapping stands on one line."""
    if not path or path[-1] == "default" or path == ("rules", ""):
        return False
    if path[-1] == "values" or path[-1] == "basis":
        return False
    return not isinstance(value.get("values"), Mapping)


def _number(value: Any) -> yaml.Node:
    if value is None:
        return yaml.ScalarNode("tag:yaml.org,2002:null", "null")
    if isinstance(value, bool):
        return yaml.ScalarNode("tag:yaml.org,2002:bool", "true" if value else "false")
    if isinstance(value, Decimal):
        return yaml.ScalarNode("tag:yaml.org,2002:float", KINDS["number"].write(value))
    return yaml.ScalarNode("tag:yaml.org,2002:int", str(value))
