"""Tables in and out, whatever the format."""

from typing import Literal

from ._errors import FormatError, Problem
from ._table import Table
from ._yaml import dump_yaml, load_yaml

MAX_LENGTH = 10_000_000


def load(text: str | bytes) -> list[Table]:
    """All tables in a text; FormatError with every problem found, and then no table at all."""
    if len(text) > MAX_LENGTH:
        raise FormatError([Problem(f"longer than {MAX_LENGTH:,} characters")])
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError([Problem(f"not UTF-8: {error}")]) from None
    return load_yaml(text)


def dump(table: Table, format: Literal["yaml"] = "yaml") -> str:
    """The table as text in canonical form; `load` gives an equal table back."""
    if format != "yaml":
        raise ValueError(f"{format!r} is not a format; expected yaml")
    return dump_yaml(table)
