"""The cells of a table: S-FEEL simple unary tests, read strictly.

tests     "-", or a list of tests, or not(list of tests)
test      literal, null, < <= > >= literal, or an interval [a..b] (a..b) ]a..b[
literal   5 -1.5 .5 "text" true false date("…") time("…") date and time("…") duration("…") @"…"

Everything else that FEEL knows (names, functions, arithmetic, …) is refused by name.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ._columns import LOWEST, NULL, Column, Interval, difference, intersection, union
from ._values import KINDS, NotOfType, read, unquote


class CellError(ValueError):
    """What is wrong with one cell."""


@dataclass(frozen=True, slots=True)
class Span:
    """One test: the values between two ends; None where there is no end."""

    low: Any
    low_open: bool
    high: Any
    high_open: bool

    def text(self, column: Column) -> str:
        low, high = (None if v is None else column.kind.literal(v) for v in (self.low, self.high))
        return test_text(low, high, self.low_open, self.high_open, is_one=self.low == self.high)


def test_text(low: str | None, high: str | None, low_open: bool, high_open: bool, *, is_one: bool) -> str:
    """A test between two literals; None where there is no end. `is_one` says that both are the same value."""
    if low is None:
        return f"{'<' if high_open else '<='} {high}"
    if high is None:
        return f"{'>' if low_open else '>='} {low}"
    if is_one:
        return low
    return f"{'(' if low_open else '['}{low}..{high}{')' if high_open else ']'}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text in canonical form, its tests (None for null) and the set they stand for."""

    text: str
    tests: tuple[Span | None, ...]
    is_any: bool
    is_negated: bool
    intervals: tuple[Interval, ...]


class Token(NamedTuple):
    kind: str
    text: str
    inside: str = ""


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<temporal>(?:date\s+and\s+time|date|time|duration)\s*\(\s*"(?P<of>(?:[^"\\]|\\.)*)"\s*\))
    |@"(?P<at>(?:[^"\\]|\\.)*)"
    |"(?P<string>(?:[^"\\]|\\.)*)"
    |(?P<number>-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![^\W_]))
    |(?P<mark>\.\.|<=|>=|[<>()\[\],-])
    |(?P<call>[^\W\d]\w*)\s*(?=\()
    |(?P<word>[^\W\d][\w.]*)
    |(?P<other>[0-9]\w*|!=|\*\*|.)""",
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = ("[", "(", "]"), ("]", ")", "[")
_MAX_LENGTH = 20_000
_MOST_KEPT = 10_000


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    if len(text) > _MAX_LENGTH:
        raise CellError(f"longer than {_MAX_LENGTH} characters")
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup) if match["of"] is None else "temporal"
        if kind == "temporal":
            constructor = re.sub(r"\s+", " ", match["temporal"].partition("(")[0].strip())
            tokens.append(Token(kind, constructor, match["of"]))
        elif kind in ("at", "string"):
            tokens.append(Token(kind, match.group(), match[kind]))
        elif kind == "other":
            raise CellError(_unreadable(match.group(), text))
        elif kind != "space":
            tokens.append(Token(kind, match[kind]))
    return tuple(tokens)


def _unreadable(mark: str, text: str) -> str:
    if mark == "=":
        return f"cannot read '=' in {text!r}; a value alone means equality"
    if mark in ("!=", "!"):
        return f"cannot read {mark!r} in {text!r}; write not(…)"
    if mark in ("+", "*", "/", "**", "^", "%"):
        return f"arithmetic ({mark!r}) in a cell is not supported; write the value itself"
    if mark == "?":
        return "an expression with '?' in a cell is not supported; write tests such as >= 5"
    if mark in ("\uff0c", "\u3001", "\u201c", "\u201d", "\uff08", "\uff09", "\uff1c", "\uff1e"):
        return f"cannot read the full-width {mark!r} in {text!r}; write the ASCII mark"
    return f"cannot read {mark!r} in {text!r}"


def cell(column: Column, text: str) -> Cell:
    """Read a cell of a column; CellError says what is wrong with it."""
    found: Cell | None = column.cells.get(text)
    if found is None:
        found = _read(column, text)
        if len(column.cells) < _MOST_KEPT:
            column.cells[text] = found
    return found


def _read(column: Column, text: str) -> Cell:
    tokens = _tokens(text)
    if not tokens:
        raise CellError("the cell is empty; write - for any value")
    if [t.text for t in tokens] == ["-"]:
        return anything(column)
    is_negated = tokens[0] == Token("call", "not")
    if is_negated:
        tokens = _inside_not(tokens, text)
    tests = _Reader(column, text, tokens).tests()
    found = [_interval_of(column, test, text) for test in tests]
    intervals = intersection(union(found), column.domain)
    if is_negated:
        intervals = difference(column.domain, intervals)
        if not intervals:
            raise CellError(f"{text!r} excludes every value; expected {column.expected}")
    canonical = ", ".join("null" if test is None else test.text(column) for test in tests)
    return Cell(f"not({canonical})" if is_negated else canonical, tests, False, is_negated, intervals)


def anything(column: Column) -> Cell:
    """The cell `-`."""
    return Cell("-", (), True, False, column.domain)


def _inside_not(tokens: Sequence[Token], text: str) -> tuple[Token, ...]:
    if len(tokens) < 4 or tokens[1].text != "(" or tokens[-1] != Token("mark", ")"):
        raise CellError(f"cannot read {text!r}; not(…) takes one or more tests and stands alone in its cell")
    return tuple(tokens[2:-1])


def _interval_of(column: Column, test: Span | None, text: str) -> Interval:
    if test is None:
        if not column.nullable:
            raise CellError(f"this input is never null; to allow it, declare it nullable (in {text!r})")
        return NULL, LOWEST
    interval = column.span(test.low, test.low_open, test.high, test.high_open)
    if not interval[0] < interval[1] and not column.is_listed:
        raise CellError(f"no value lies in {test.text(column)}")
    if not intersection((interval,), column.domain):
        raise CellError(f"{test.text(column)} can never hold; expected {column.expected}")
    return interval


def literal_types(texts: Iterable[str]) -> set[str]:
    """The types of the literals in some cells, for a column whose type is not declared."""
    found = set()
    for text in texts:
        try:
            tokens = _tokens(text)
        except CellError:
            continue
        for token in tokens:
            if token.kind in ("number", "string"):
                found.add(token.kind)
            elif token.kind == "word" and token.text in ("true", "false"):
                found.add("boolean")
            elif token.kind == "temporal":
                found.add(_constructed(token))
    return found


def _constructed(token: Token) -> str:
    """The type of a literal with a constructor; a date and time is local if it has no offset."""
    names = {k.constructor: k.name for k in KINDS.values() if k.constructor}
    if token.text == "date and time" and re.search(r"T.*(?:Z|[+-])", token.inside):
        return "datetime"
    return names[token.text]


class _Reader:
    """Reads a list of tests from tokens, left to right."""

    def __init__(self, column: Column, text: str, tokens: Sequence[Token]) -> None:
        self.column, self.text, self.rest = column, text, list(reversed(tokens))

    def tests(self) -> tuple[Span | None, ...]:
        found = [self._test()]
        while self.rest:
            comma = self.rest.pop()
            if comma != Token("mark", ","):
                raise CellError(f"expected a comma before {comma.text!r} in {self.text!r}")
            found.append(self._test())
        return tuple(found)

    def _take(self, wanted: str) -> Token:
        if not self.rest:
            raise CellError(f"{self.text!r} ends where {wanted} should follow")
        return self.rest.pop()

    def _test(self) -> Span | None:
        head = self._take("a test")
        if head.kind == "mark":
            if head.text in ("<", "<=", ">", ">="):
                return self._comparison(head.text)
            if head.text in _OPENING:
                return self._interval(head.text)
            raise CellError(f"{head.text!r} cannot stand where it does in {self.text!r}")
        if head == Token("word", "null"):
            return None
        value = self._value(head)
        return Span(value, False, value, False)

    def _comparison(self, operator: str) -> Span:
        self._need_order(operator)
        value = self._value(self._take("a value"))
        if operator[0] == "<":
            return Span(None, True, value, operator == "<")
        return Span(value, operator == ">", None, True)

    def _interval(self, opening: str) -> Span:
        self._need_order("an interval")
        low = self._value(self._take("a value"))
        if self._take("'..'").text != "..":
            raise CellError(f"an interval is written [low..high]; cannot read {self.text!r}")
        high = self._value(self._take("a value"))
        closing = self._take("']' or ')'")
        if closing.kind != "mark" or closing.text not in _CLOSING:
            raise CellError(f"the interval in {self.text!r} needs ']' or ')' at its end")
        test = Span(low, opening != "[", high, closing.text != "]")
        if low > high or (low == high and (test.low_open or test.high_open)):
            raise CellError(f"no value lies in the interval of {self.text!r}")
        return test

    def _need_order(self, what: str) -> None:
        if not self.column.kind.ordered:
            shown = what if what.startswith("an ") else repr(what)
            raise CellError(f"{shown} needs an order; {self.column.kind.noun} has none (in {self.text!r})")

    def _value(self, token: Token) -> Any:
        kind = self.column.kind
        try:
            if token.kind == "number" and kind.numeric:
                return read(kind, token.text)
            if token.kind == "string" and kind.name == "string":
                return self._listed(unquote(token.inside))
            if token.kind == "word" and kind.name == "boolean" and token.text in ("true", "false"):
                return token.text == "true"
            if token.kind == "at" and kind.constructor:
                return read(kind, unquote(token.inside))
            if token.kind == "temporal" and kind.constructor == token.text:
                return read(kind, unquote(token.inside))
        except NotOfType as error:
            raise CellError(str(error)) from None
        raise CellError(self._not_a_value(token))

    def _listed(self, value: str) -> str:
        if self.column.values and value not in self.column.place:
            raise CellError(f"{self.column.kind.literal(value)} is not {self.column.expected}")
        return value

    def _not_a_value(self, token: Token) -> str:
        kind = self.column.kind
        if token.kind == "call":
            return f"a function call, {token.text}(…), in a cell is not supported; write the value itself"
        if token.kind == "mark":
            return f"{token.text!r} cannot stand where it does in {self.text!r}"
        if token.kind == "word" and token.text not in ("true", "false", "null"):
            if kind.name == "string":
                return f"a text stands in quotes: {kind.literal(token.text)} instead of {token.text}"
            return f"a name, {token.text}, in a cell is not supported; write the value itself"
        if token.kind == "string" and kind.constructor:
            return f"{token.text} is a text; write {kind.constructor}({token.text})"
        shown = f'{token.text}("{token.inside}")' if token.kind == "temporal" else token.text
        return f"{shown} is not {kind.noun}"
