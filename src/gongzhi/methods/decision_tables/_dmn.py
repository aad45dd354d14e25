"""Decision tables out of DMN XML, versions 1.1 to 1.5, so far as their cells are S-FEEL.

A name that is none of ours ("Years of Service") becomes one ("Years_of_Service") and its title. What
lies outside S-FEEL is refused where it stands; a table is read as a whole or not at all. Types that a
model leaves out are taken from the literals in the column. Decisions that are no tables are left alone.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ._cells import Cell, CellError, anything, cell, literal_types
from ._columns import Column, Input, Label, Output, is_name
from ._errors import FormatError, Problem
from ._table import Basis, Default, Hit, Rule, Table
from ._values import KINDS, Value
from ._xml import XML, Element, parse

OWN = "urn:gongzhi:decision-tables:1"
WRITTEN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
SPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    WRITTEN: "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
HIT_WORDS = {
    "UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F",
    "COLLECT": "C", "RULE ORDER": "R", "OUTPUT ORDER": "O",
}  # fmt: skip
AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
TYPES = {
    "number": "number", "string": "string", "boolean": "boolean", "date": "date", "time": "time",
    "date and time": "datetime", "dateTime": "datetime",
    "days and time duration": "duration", "dayTimeDuration": "duration",
    # as some tools write them
    "integer": "integer", "long": "integer", "double": "number",
}  # fmt: skip
BASIS_WORDS = {"basis", "legal basis", "依据", "法律依据"}  # house: untranslated: as files name it
_WORD = re.compile(r"[^\W\d]\w*")
_FEEL_WORDS = {
    *("and", "between", "else", "every", "external", "for", "function", "if", "in", "instance", "not"),
    *("of", "or", "return", "satisfies", "some", "then"),
}


def load_dmn(text: str, only: Collection[str] | None) -> list[Table]:
    """The tables of a model, or those of them that are asked for by name."""
    root = parse(text)
    if root.name != "definitions" or root.space not in SPACES:
        known = ", ".join(f"{space} ({version})" for space, version in SPACES.items())
        raise FormatError(
            [Problem(f"not a DMN model: expected <definitions> in one of {known}", line=root.line)]
        )
    model = _Model(root)
    wanted = [place for place in model.places() if only is None or place.name in only]
    if not wanted:
        raise FormatError([Problem("no decision table in the model")])
    tables: list[Table] = []
    problems: list[Problem] = []
    for place in wanted:
        reader = _Reader(model, place)
        try:
            tables.append(reader.table())
        except FormatError as error:
            problems += reader.problems or error.problems
    if problems:
        raise FormatError(problems)
    return tables


def own_name(text: str) -> str:
    """A DMN name as one of ours: the same if it is one."""
    if is_name(text):
        return text
    parts = ["_".join(re.findall(r"\w+", part)) for part in text.split(".")]
    return ".".join(part if part.isidentifier() else f"_{part}" for part in parts)


@dataclass
class _Place:
    """A table, the decision or knowledge model it is of, and the boxed expression around it, if any."""

    element: Element
    name: str
    owner: Element
    within: str | None


class _Model:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.items = {e.get("name"): e for e in root.all("itemDefinition")}
        named = (
            "inputData",
            "decision",
            "variable",
            "formalParameter",
            "parameter",
            "businessKnowledgeModel",
        )
        self.types: dict[str, str] = {}
        self.names: set[str] = set()
        for element in root.walk():
            name, type_ = element.get("name"), element.get("typeRef")
            if element.name in named and name:
                self.names.add(name)
                if type_:
                    self.types[name] = type_

    def places(self) -> Iterator[_Place]:
        for owner in (*self.root.all("decision"), *self.root.all("businessKnowledgeModel")):
            direct = [owner, *owner.all("encapsulatedLogic")]
            inside = [(e, t) for e in owner.walk() for t in e.all("decisionTable")]
            for parent, table in inside:
                is_direct = any(parent is d for d in direct)
                name = owner.get("name") or table.get("outputLabel") or ""
                if not is_direct:
                    name = table.get("outputLabel") or name
                yield _Place(table, name, owner, None if is_direct else _boxed(parent))

    def base(self, reference: str | None) -> tuple[str | None, str | None, bool]:
        """A type reference as one of ours, the allowed values on the way to it, and whether it is a list."""
        allowed: str | None = None
        is_list = False
        for _ in range(20):
            if reference is None:
                return None, allowed, is_list
            reference = reference.rpartition(":")[2] if reference not in self.items else reference
            if reference not in self.items:
                return TYPES.get(reference, reference), allowed, is_list
            item = self.items[reference]
            is_list = is_list or item.get("isCollection") == "true"
            values = item.first("allowedValues")
            allowed = allowed or (_text(values) if values else None)
            inner = item.first("typeRef")
            reference = inner.text.strip() if inner else None
        return None, None, False


def _boxed(element: Element) -> str:
    names = {"contextEntry": "context", "binding": "invocation"}
    return names.get(element.name, element.name)


def _text(element: Element) -> str:
    inner = element.first("text")
    return (inner.text if inner else element.text).strip()


class _Reader:
    """Reads one table, collecting what is wrong with it."""

    def __init__(self, model: _Model, place: _Place) -> None:
        self.model, self.place, self.element = model, place, place.element
        self.problems: list[Problem] = []
        self.row: int | None = None
        self.column: str | None = None

    def wrong(self, element: Element, text: str) -> None:
        self.problems.append(Problem(text, self.place.name, self.row, self.column, element.line))

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise FormatError(self.problems)

    def table(self) -> Table:
        element = self.element
        if self.place.within:
            within = self.place.within
            self.wrong(element, f"a table inside a boxed {within} is not supported; make it a decision")
        self._known(element, "input", "output", "rule", "annotation")
        if element.get("preferredOrientation") == "CrossTable" and not element.all("rule"):
            self.wrong(element, "a cross table without rules is not supported")
        hit = self._hit()
        rules = element.all("rule")
        inputs = [
            self._input(e, [self._entry(r, "inputEntry", i) for r in rules])
            for i, e in enumerate(element.all("input"))
        ]
        outputs = [
            self._output(e, [self._entry(r, "outputEntry", i) for r in rules])
            for i, e in enumerate(element.all("output"))
        ]
        self.column = None
        self.stop_if_wrong()
        made = [self._rule(number, e, inputs, outputs) for number, e in enumerate(rules, 1)]
        self.row = None
        default = self._default(outputs)
        self.stop_if_wrong()
        name = own_name(self.place.name)
        title = _own_label(element, "title") or (self.place.name if name != self.place.name else None)
        return Table(
            name,
            tuple(inputs),
            tuple(outputs),
            tuple(made),
            hit,
            title,
            self._note(element, self.place.owner),
            default,
            element.get("mayBeEmpty", OWN) == "true",
        )

    def _known(self, element: Element, *names: str) -> None:
        for child in element.children:
            if child.space == element.space and child.name not in (
                *names,
                "description",
                "extensionElements",
            ):
                self.wrong(child, f"<{child.name}> in <{element.name}> is not supported")

    def _hit(self) -> Hit:
        word = self.element.get("hitPolicy") or "UNIQUE"
        aggregation = self.element.get("aggregation")
        if word not in HIT_WORDS:
            self.wrong(self.element, f"{word!r} is not a hit policy; expected one of {', '.join(HIT_WORDS)}")
            return Hit.UNIQUE
        if aggregation is None:
            return Hit(HIT_WORDS[word])
        if word != "COLLECT" or aggregation not in AGGREGATIONS:
            self.wrong(self.element, f"the aggregation {aggregation!r} of {word} is not supported")
            return Hit.UNIQUE
        return Hit("C" + AGGREGATIONS[aggregation])

    # ---- columns --------------------------------------------------------------------------

    def _entry(self, rule: Element, name: str, place: int) -> str:
        entries = rule.all(name)
        return _text(entries[place]) if place < len(entries) else ""

    def _input(self, element: Element, texts: Sequence[str]) -> Input:
        self._known(element, "inputExpression", "inputValues")
        expression = element.first("inputExpression")
        text = _text(expression) if expression else element.get("label") or ""
        self.column = text
        if not self._is_name(text):
            self.wrong(element, f"an input is a name; the expression {text!r} is not supported")
        reference = (expression and expression.get("typeRef")) or self.model.types.get(text)
        values = element.first("inputValues")
        made = self._column(element, Input, text, reference, values, texts)
        if any(re.search(r"\bnull\b", re.sub(r'"(?:[^"\\]|\\.)*"', "", t)) for t in texts):
            made = replace(made, nullable=True)
        return made  # type: ignore[no-any-return]

    def _output(self, element: Element, texts: Sequence[str]) -> Output:
        self._known(element, "outputValues", "defaultOutputEntry")
        name = element.get("name") or self.place.name
        self.column = name
        reference = element.get("typeRef")
        if reference is None and len(self.element.all("output")) == 1:
            reference = self.element.get("typeRef") or self.model.types.get(self.place.name)
        default = element.first("defaultOutputEntry")
        if default is not None:
            texts = [*texts, _text(default)]
        return self._column(element, Output, name, reference, element.first("outputValues"), texts)  # type: ignore[no-any-return]

    def _is_name(self, text: str) -> bool:
        if text in self.model.names:
            return True
        for part in text.split("."):
            words = part.split(" ")
            if part not in self.model.names and not all(map(_WORD.fullmatch, words)):
                return False
            if part not in self.model.names and _FEEL_WORDS & set(words):
                return False
        return bool(text)

    def _column(
        self,
        element: Element,
        make: Callable[..., Any],
        text: str,
        reference: str | None,
        values: Element | None,
        texts: Sequence[str],
    ) -> Any:
        found, allowed, is_list = self.model.base(reference)
        type_ = self._type(element, found, texts)
        if is_list and make is Input:
            self.wrong(element, f"the type {reference} is a list; lists are not supported")
        name = own_name(text)
        title = _own_label(element, "title") or element.get("label") or (text if name != text else None)
        column = make(name, type_, title=title, nullable=element.get("nullable", OWN) == "true")
        if type_ not in KINDS:
            return column
        domain = _text(values) if values else (allowed if make is Input or not is_list else None)
        if domain and domain != "-":
            column = self._with_domain(values or element, column, domain)
        return replace(column, value_titles=self._value_titles(element, column))

    def _type(self, element: Element, found: str | None, texts: Sequence[str]) -> str:
        own = element.get("type", OWN)
        if own:
            found = own
        literals = literal_types(texts)
        if found in (None, "Any") and len(literals) == 1:
            (found,) = literals
        if found == "datetime" and literals == {"local_datetime"}:
            found = "local_datetime"
        if found in KINDS:
            return str(found)
        if found in (None, "Any") and not literals and any(t != "-" for t in texts):
            return "string"  # whose reader says of each cell what is wrong with it
        if found in (None, "Any"):
            seen = ", ".join(sorted(literals)) or "nothing"
            self.wrong(element, f"no type is declared, and its cells hold {seen}; write a typeRef")
        else:
            self.wrong(element, f"the type {found!r} is not supported; expected one of {', '.join(TYPES)}")
        return "string" if found is None else found

    def _with_domain(self, element: Element, column: Any, text: str) -> Any:
        """The column with what its allowed values say: a list, or one interval; and null."""
        try:
            tests = cell(Column(column.name, column.type, nullable=True), text)
        except CellError as error:
            self.wrong(element, f"its allowed values cannot be read: {error}")
            return column
        spans = [t for t in tests.tests if t is not None]
        if None in tests.tests:
            column = replace(column, nullable=True)
        if tests.is_negated:
            self.wrong(element, "allowed values written with not(…) are not supported")
        elif len(spans) == 1 and spans[0].low != spans[0].high:
            (one,) = spans
            ends = {
                "above" if one.low_open else "low": one.low,
                "below" if one.high_open else "high": one.high,
            }
            return replace(column, **{k: v for k, v in ends.items() if v is not None})
        elif all(s.low == s.high for s in spans):
            if column.type != "boolean":
                return replace(column, values=tuple(s.low for s in spans))
        else:
            self.wrong(element, f"allowed values are a list or one interval; {text!r} is not supported")
        return column

    def _value_titles(self, element: Element, column: Column) -> dict[Value, Label]:
        titles: dict[Value, Label] = {}
        for each in _own(element, "value"):
            label = _label_of(each, "title")
            value = self._literal(each, column, each.get("of") or "")
            if label is not None:
                titles[value] = label
        return titles

    # ---- rows -----------------------------------------------------------------------------

    def _rule(
        self, number: int, element: Element, inputs: Sequence[Input], outputs: Sequence[Output]
    ) -> Rule:
        self.row = number
        self._known(element, "inputEntry", "outputEntry", "annotationEntry")
        entries, answers = element.all("inputEntry"), element.all("outputEntry")
        if len(entries) != len(inputs) or len(answers) != len(outputs):
            self.wrong(
                element,
                f"{len(entries)} input and {len(answers)} output entries"
                f" for {len(inputs)} inputs and {len(outputs)} outputs",
            )
            return Rule((), ())
        cells = tuple(self._cell(e, i) for e, i in zip(entries, inputs, strict=True))
        then = tuple(self._answer(e, o) for e, o in zip(answers, outputs, strict=True))
        self.column = None
        return Rule(cells, then, self._basis(element), self._note(element, element))

    def _cell(self, element: Element, column: Input) -> Cell:
        self.column = column.name
        text = _text(element)
        try:
            return cell(column, text)
        except CellError as error:
            self.wrong(element, str(error))
            return anything(column)

    def _answer(self, element: Element, column: Output) -> Value:
        self.column = column.name
        value = self._literal(element, column, _text(element))
        if value is not None and not column.admits(value):
            self.wrong(element, f"{_text(element)} is not {column.expected}")
        return value

    def _literal(self, element: Element, column: Column, text: str) -> Value:
        try:
            found = cell(Column(column.name, column.type, nullable=True), text)
        except CellError as error:
            self.wrong(element, f"{error}; only a literal stands here")
            return None
        tests = found.tests
        if len(tests) == 1 and not found.is_negated:
            (test,) = tests
            if test is None or test.low == test.high:
                return None if test is None else test.low
        self.wrong(element, f"{text!r} is not a value; only a literal stands here")
        return None

    def _default(self, outputs: Sequence[Output]) -> Default | None:
        entries = [e.first("defaultOutputEntry") for e in self.element.all("output")]
        if not any(e is not None for e in entries):
            return None
        then = []
        for entry, output in zip(entries, outputs, strict=True):
            self.column = output.name
            if entry is None:
                self.wrong(self.element, "has no default where other outputs have one")
            else:
                then.append(self._answer(entry, output))
        self.column = None
        for own in _own(self.element, "default"):
            return Default(tuple(then), _basis_of(own), _label_of(own, "note"))
        return Default(tuple(then))

    def _annotations(self, rule: Element) -> Iterator[tuple[str, str]]:
        names = [a.get("name") or "" for a in self.element.all("annotation")]
        for place, entry in enumerate(rule.all("annotationEntry")):
            yield names[place] if place < len(names) else "", _text(entry)

    def _basis(self, rule: Element) -> Basis | None:
        own = _basis_in(rule)
        if own is not None:
            return own
        found = [text for name, text in self._annotations(rule) if name.lower() in BASIS_WORDS and text]
        return Basis("; ".join(found)) if found else None

    def _note(self, element: Element, described: Element) -> Label | None:
        own = _own_label(element, "note")
        if own is not None or _own(element, "basis"):
            return own
        texts = [
            text for name, text in self._annotations(element) if name.lower() not in BASIS_WORDS and text
        ]
        description = described.first("description")
        texts += [description.text.strip()] if description and description.text.strip() else []
        return "\n".join(texts) or None


# ---- our own elements ---------------------------------------------------------------------


def _own(element: Element, name: str) -> list[Element]:
    extension = element.first("extensionElements")
    return extension.all(name, OWN) if extension else []


def _own_label(element: Element, name: str) -> Label | None:
    extension = element.first("extensionElements")
    return _label_of(extension, name) if extension else None


def _label_of(element: Element, name: str) -> Label | None:
    """A label: one element without a language, or one for each language."""
    found = element.all(name, OWN)
    labels = {e.get("lang", XML): e.text for e in found}
    if None in labels:
        return labels[None]
    return {tongue: labels[tongue] for tongue in ("zh", "en") if tongue in labels} or None


def _basis_in(element: Element) -> Basis | None:
    extension = element.first("extensionElements")
    return _basis_of(extension) if extension else None


def _basis_of(element: Element) -> Basis | None:
    own = element.first("basis", OWN)
    if own is None:
        return None
    return Basis(_label_of(own, "law") or "", own.get("article"), own.get("link"), _label_of(own, "note"))
