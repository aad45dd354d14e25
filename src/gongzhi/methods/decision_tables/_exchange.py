"""Tables in and out, whatever the format."""

from collections.abc import Collection
from typing import Literal

from ._dmn import load_dmn
from ._dmn_writing import dump_dmn
from ._errors import FormatError, Problem
from ._table import Table
from ._yaml import dump_yaml, load_yaml

MAX_LENGTH = 10_000_000


def load(text: str | bytes, *, only: Collection[str] | None = None) -> list[Table]:
    """All tables in a text, DMN XML or YAML; FormatError with every problem, and then no table at all.

    `only` names those wanted of a DMN model that holds others too.
    """
    if len(text) > MAX_LENGTH:
        raise FormatError([Problem(f"longer than {MAX_LENGTH:,} characters")])
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError([Problem(f"not UTF-8: {error}")]) from None
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "<":
        return load_dmn(text, only)
    return load_yaml(text)


def dump(table: Table, format: Literal["yaml", "dmn"] = "yaml") -> str:
    """The table as text in canonical form; `load` gives an equal table back.

    FormatError for a text with a character that XML cannot hold.
    """
    if format not in ("yaml", "dmn"):
        raise ValueError(f"{format!r} is not a format; expected yaml or dmn")
    return dump_yaml(table) if format == "yaml" else dump_dmn(table)
