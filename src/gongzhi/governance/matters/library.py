"""Rule sets that come with the platform: tables with their sources, each row with how far it was checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from gongzhi.methods import decision_tables as dt

_FOLDER = resources.files("gongzhi.governance.matters") / "library"

#: How far the figure of a row was checked, by how the English note of its basis begins.
MARKS = {
    "checked in the text": "checked",
    "number checked": "number",
    "not checked": "unchecked",
    "example": "example",
}
HEAD = "set.yaml"


@dataclass(frozen=True)
class Shipped:
    """A folder of tables: one authority's rules on something, or an example."""

    name: str
    title: dict[str, str]
    note: dict[str, str]
    texts: tuple[str, ...]

    @property
    def tables(self) -> list[dt.Table]:
        """Its tables, by the names of their files."""
        return [table for text in self.texts for table in dt.load(text)]

    @property
    def checked(self) -> Counter[str]:
        """How many rows were checked how far."""
        return Counter(certainty(row.basis) for table in self.tables for row in table.rules)


def shipped() -> list[Shipped]:
    """All rule sets that come with the platform, by name."""
    folders = sorted((each for each in _FOLDER.iterdir() if each.is_dir()), key=lambda each: each.name)
    return [_read(each) for each in folders if (each / HEAD).is_file()]


def rule_set(name: str) -> Shipped | None:
    """The rule set with a name."""
    return next((each for each in shipped() if each.name == name), None)


def certainty(basis: dt.Basis | None) -> str:
    """How far a row was checked: ``checked`` in the text, only its ``number``, ``unchecked``, ``example``."""
    if basis is None:
        return "unchecked"
    note, law = _english(basis.note), _english(basis.law)
    found = next((word for mark, word in MARKS.items() if note.startswith(mark)), None)
    return found or ("example" if law.startswith("Example") else "unchecked")


def _english(label: dt.Label | None) -> str:
    return label or "" if isinstance(label, str | None) else label.get("en", "")


def _read(folder: Any) -> Shipped:
    head = yaml.safe_load((folder / HEAD).read_text("utf-8"))
    files = sorted((each for each in folder.iterdir() if each.name != HEAD), key=lambda each: each.name)
    texts = tuple(each.read_text("utf-8") for each in files if each.name.endswith(".yaml"))
    return Shipped(folder.name, head["title"], head["note"], texts)
