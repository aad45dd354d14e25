"""A mapping: everything that is known of a city's columns before its file is opened."""

from __future__ import annotations

from dataclasses import dataclass

from gongzhi.foundation.regions.coordinates import Datum
from gongzhi.service.commands.importing.fields import Field
from gongzhi.service.commands.importing.files import Format
from gongzhi.service.commands.importing.times import When

#: What may stand in ``key`` besides columns.
LINE, FILE = "$line", "$file"


@dataclass(frozen=True)
class Named:
    """What the mapping says of one value: its names, its code, and for an organisation its functions."""

    name: dict[str, str]
    code: str = ""
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fixed:
    """A region that the mapping names."""

    code: str
    name: dict[str, str]
    level: str
    zone: str | None
    calendar: str | None


@dataclass(frozen=True)
class Listed:
    """Regions, grids, organisations or categories, one for each value of a column."""

    field: Field
    names: dict[str, Named]
    called: dict[str, str]
    level: str = ""
    kind: str = ""
    prefix: str = ""
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """One thing that was done: when, by whom it is said to have been done, and under which condition."""

    at: When | None
    by: Field | None
    only: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(frozen=True)
class Mapping:
    """What a city's columns mean."""

    name: str
    title: dict[str, str]
    language: str
    file: Format
    key: tuple[str, ...]
    fixed: tuple[Fixed, ...]
    regions: tuple[Listed, ...]
    grid: Listed | None
    organisation: Listed | None
    category: Listed
    kind: Field
    channel: Field
    text: Field
    matter_title: Field | None
    place: Field | None
    lon: Field | None
    lat: Field | None
    coordinates: Datum
    nowhere: frozenset[tuple[float, float]]
    opened: Done
    promised: Done | None
    dispatched: Done | None
    answered: Done | None
    answer: Field | None
    closed: Done | None
    outcome: Field | None

    def columns(self) -> set[str]:
        """Every column that the mapping asks for."""
        listed = [*self.regions, self.grid, self.organisation, self.category]
        fields = [
            *(each.field for each in listed if each),
            *(self.kind, self.channel, self.text, self.matter_title, self.place, self.lon, self.lat),
            *(self.answer, self.outcome),
        ]
        asked: set[str] = {part for part in self.key if not part.startswith("$")}
        for done in (self.opened, self.promised, self.dispatched, self.answered, self.closed):
            if done is not None:
                fields += [done.by, done.at.field if done.at else None]
                asked.update(column for column, _values in done.only)
        for each in fields:
            asked.update(each.columns if each else ())
        return asked
