"""XML in and out, as little of it as DMN needs.

A document type declaration is refused, so no entity can be declared and nothing outside is ever
read; depth and number of elements are bounded.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ._errors import FormatError, Problem

_MAX_DEPTH = 100
_MAX_ELEMENTS = 500_000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

XML = "http://www.w3.org/XML/1998/namespace"


@dataclass
class Element:
    """An element: its namespace and name, attributes, children and the text directly in it."""

    space: str
    name: str
    attributes: dict[str, str]
    line: int = 0
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def get(self, name: str, space: str = "") -> str | None:
        return self.attributes.get(f"{space} {name}" if space else name)

    def all(self, name: str, space: str | None = None) -> list["Element"]:
        wanted = self.space if space is None else space
        return [c for c in self.children if c.name == name and c.space == wanted]

    def first(self, name: str, space: str | None = None) -> "Element | None":
        return next(iter(self.all(name, space)), None)

    def walk(self) -> Iterator["Element"]:
        todo = [self]
        while todo:
            element = todo.pop()
            yield element
            todo += reversed(element.children)


class _Builder:
    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.root: Element | None = None
        self.open: list[Element] = []
        self.pieces: list[str] = []
        self.count = 0

    def refuse(self, text: str) -> FormatError:
        return FormatError([Problem(text, line=self.parser.CurrentLineNumber)])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        element = Element(space, local, attributes, self.parser.CurrentLineNumber)
        self.count += 1
        if self.count > _MAX_ELEMENTS:
            raise self.refuse(f"more than {_MAX_ELEMENTS:,} elements")
        if len(self.open) >= _MAX_DEPTH:
            raise self.refuse("nested too deeply")
        if self.open:
            self.open[-1].text += "".join(self.pieces)
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.pieces = []

    def end(self, name: str) -> None:
        element = self.open.pop()
        element.text += "".join(self.pieces)
        self.pieces = []

    def data(self, text: str) -> None:
        self.pieces.append(text)

    def doctype(self, *_: Any) -> None:
        raise self.refuse("a document type declaration (DOCTYPE) is not supported, and no entities")


def parse(text: str) -> Element:
    """The root element of a document; FormatError where it is not well-formed XML, or refused."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    builder = _Builder(parser)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise FormatError(
            [Problem(f"not XML: {expat.errors.messages[error.code]}", line=error.lineno)]
        ) from None
    except UnicodeError as error:
        raise FormatError([Problem(f"not XML: {error}")]) from None
    if builder.root is None:
        raise FormatError([Problem("not XML: no element")])
    return builder.root


# ---- writing ------------------------------------------------------------------------------


class Writer:
    """Writes elements line by line, indented."""

    def __init__(self) -> None:
        self.lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        self.depth = 0

    def element(self, tag: str, text: str | None = None, **attributes: str | None) -> None:
        """An element without children; `__` in the name of an attribute stands for a colon."""
        head = self._head(tag, {name.replace("__", ":"): value for name, value in attributes.items()})
        self._line(f"<{head}/>" if text is None else f"<{head}>{_escaped(text)}</{tag}>")

    def begin(self, tag: str, attributes: Mapping[str, str | None] | None = None) -> None:
        self._line(f"<{self._head(tag, attributes or {})}>")
        self.depth += 1

    def end(self, tag: str) -> None:
        self.depth -= 1
        self._line(f"</{tag}>")

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def _head(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        given = [(name, value) for name, value in attributes.items() if value is not None]
        return " ".join([tag, *(f'{n}="{_escaped(v, in_attribute=True)}"' for n, v in given)])


def _escaped(text: str, *, in_attribute: bool = False) -> str:
    if found := _NOT_XML.search(text):
        raise FormatError([Problem(f"the character {found.group()!r} cannot be written in XML")])
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    if in_attribute:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text
