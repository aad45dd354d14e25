"""What each shared component is told: plain values, no models.

A tag takes the dataclass or a mapping with the same names. Sentences come in already translated; a
``Name`` is what data holds, ``{"zh": …, "en": …}`` or plain text, and is shown in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.foundation.ledger.clock import now as present
from gongzhi.service.design.moments import Moment, Precision, is_english, span

Name = Mapping[str, str] | str | None
When = datetime | date
Zone = str | tzinfo | None
Part = TypeVar("Part")


class State(StrEnum):
    """How something stands. A word and a shape say it; the colour only repeats it."""

    NEW = "new"
    IN_HAND = "in_hand"
    WAITING = "waiting"
    ATTENTION = "attention"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    DONE = "done"
    INFORMATION = "information"

    @property
    def word(self) -> str:
        """The state in one word."""
        return str(_WORDS[self])


_WORDS = {
    State.NEW: pgettext_lazy("state", "New"),
    State.IN_HAND: pgettext_lazy("state", "In hand"),
    State.WAITING: pgettext_lazy("state", "Waiting"),
    State.ATTENTION: pgettext_lazy("state", "Needs attention"),
    State.OVERDUE: pgettext_lazy("state", "Overdue"),
    State.SUSPENDED: pgettext_lazy("state", "Clock stopped"),
    State.REFUSED: pgettext_lazy("state", "Refused"),
    State.DONE: pgettext_lazy("state", "Done"),
    State.INFORMATION: pgettext_lazy("state", "For information"),
}


def name_of(value: Name) -> str:
    """A name in the reader's language, or in the other when that is all there is."""
    if value is None or isinstance(value, str):
        return value or ""
    order = ("en", "zh") if is_english() else ("zh", "en")
    return next((value[code] for code in order if value.get(code)), "")


def part(kind: type[Part], value: Any) -> Part:
    """``value`` as a ``kind``, if it is a mapping; an unknown name is an error that says which."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind.__name__} or a mapping is needed, not {type(value).__name__}")
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(value) - known)
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    return kind(**value)


@dataclass(frozen=True)
class Status:
    """A sentence that says how something stands, what it waits for and by when."""

    sentence: str
    state: State | str = State.INFORMATION
    large: bool = False


@dataclass(frozen=True)
class Rule:
    """What a deadline or a refusal rests on."""

    label: str
    url: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Deadline:
    """By when, and by which rule. ``met`` is when it was met; ``stopped`` that its clock stands."""

    due: When
    zone: Zone = None
    label: str = ""
    precision: Precision | None = None
    rule: Rule | str | None = None
    met: When | None = None
    stopped: bool = False
    soon: timedelta = timedelta(days=1)
    now: datetime | None = None

    @property
    def moment(self) -> Moment:
        """The due moment in the region's zone."""
        return Moment.of(self.due, self.zone, self.precision)

    @property
    def ends(self) -> datetime:
        """The last instant that is still in time: of a day, its end."""
        start = self.moment.local
        return start + timedelta(days=1) if self.moment.precision == "day" else start

    @property
    def state(self) -> State:
        """Done, late, overdue, nearly due or in hand."""
        if self.met is not None:
            return State.DONE if self._met_in_time else State.OVERDUE
        if self.stopped:
            return State.SUSPENDED
        left = self.ends - (self.now or present())
        if left < timedelta(0):
            return State.OVERDUE
        return State.ATTENTION if left <= self.soon else State.IN_HAND

    @property
    def _met_in_time(self) -> bool:
        return self.met is not None and Moment.of(self.met, self.zone).local <= self.ends

    @property
    def word(self) -> str:
        """``2 hours left``, ``3 days over``, ``met in time``, ``met late``, ``clock stopped``."""
        if self.met is not None:
            return _("met in time") if self._met_in_time else _("met late")
        if self.stopped:
            return _("clock stopped")
        left = self.ends - (self.now or present())
        if left < timedelta(0):
            return _("%(span)s over") % {"span": span(left)}
        return _("%(span)s left") % {"span": span(left)}

    @property
    def cited(self) -> Rule | None:
        """The rule, also when only its label was given."""
        return Rule(self.rule) if isinstance(self.rule, str) and self.rule else self.rule or None


@dataclass(frozen=True)
class Party:
    """Who: an organisation or a person, its region and its role in this matter."""

    name: Name
    role: str = ""
    region: Name = None
    series: int | None = None
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that happened or will: in plain words, by whom, when, with its proof."""

    sentence: str
    at: When | None = None
    by: Name = None
    zone: Zone = None
    precision: Precision | None = None
    state: State | str = State.DONE
    text: str = ""
    proof: str = ""
    position: int | None = None
    private: bool = False


@dataclass(frozen=True)
class Choice:
    """One act the reader may do here, or may not and why."""

    label: str
    url: str = ""
    method: Literal["get", "post"] = "get"
    style: Literal["primary", "plain", "danger"] = "plain"
    fields: Mapping[str, str] = field(default_factory=dict)
    why_not: str = ""
    decides: str = ""


@dataclass(frozen=True)
class Figure:
    """A value with its denominator, period and uncertainty; no value means "insufficient"."""

    label: str
    value: float | int | str | None
    unit: str = ""
    of: str = ""
    period: str = ""
    interval: tuple[float, float] | None = None
    change: str = ""
    decimals: int = 0
    needs: str = ""
    definition_url: str = ""
    matters_url: str = ""
    matters_label: str = ""
    state: State | str = ""


@dataclass(frozen=True)
class Point:
    """One spot on a map, in WGS-84."""

    lon: float
    lat: float
    label: str = ""
    url: str = ""
    state: State | str = ""


@dataclass(frozen=True)
class Area:
    """One surface on a map: a GeoJSON geometry; ``series`` 1 to 7 is the region's colour.

    ``mark`` stands on the map itself where the label is too long for it; empty for nothing. With a
    ``value`` the area is shaded by how much that is, and ``told`` stands under its mark.
    """

    geometry: Mapping[str, Any]
    label: str = ""
    url: str = ""
    series: int | None = None
    mark: str | None = None
    value: float | None = None
    told: str = ""


@dataclass(frozen=True)
class Flow:
    """So much went from one spot to another: ``(lon, lat)`` each."""

    start: tuple[float, float]
    end: tuple[float, float]
    value: float = 1
    label: str = ""


@dataclass(frozen=True)
class Place:
    """Where: in words, on a map, and in a list for whoever sees no map.

    ``scale`` says what shades count, in steps of ``least`` or more; ``around`` are areas beside these,
    for orientation, and ``frame`` is the border of what they are parts of.
    """

    words: str = ""
    points: Sequence[Point] = ()
    areas: Sequence[Area] = ()
    flows: Sequence[Flow] = ()
    border: str = ""
    title: str = ""
    short: bool = False
    centre: tuple[float, float] | None = None
    zoom: int | None = None
    pick_lon: str = ""
    pick_lat: str = ""
    around: Sequence[Area] = ()
    frame: Mapping[str, Any] | None = None
    scale: str = ""
    least: int = 1
    attribution: str = ""


@dataclass(frozen=True)
class Series:
    """One row of values of a chart; ``None`` is a gap."""

    name: str
    values: Sequence[float | None]
    series: int | None = None


@dataclass(frozen=True)
class Chart:
    """Bars, lines or a ring, with the same figures in a table beside it."""

    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bar", "line", "pie"] = "bar"
    unit: str = ""
    description: str = ""
    horizontal: bool = False
    stacked: bool = False
    target: float | None = None
    short: bool = False


@dataclass(frozen=True)
class Witness:
    """A finding as a sentence, and where it can be looked into."""

    sentence: str
    state: State | str = State.ATTENTION
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True)
class Empty:
    """Why there is nothing here, and what to do instead."""

    title: str
    text: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why something was not done, what to do instead, and who decides otherwise."""

    reason: str
    instead: str = ""
    decides: str = ""
    rule: Rule | str | None = None
    title: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the reader keeps: the number, the secret, and the proof that it stands in the ledger."""

    number: str
    secret: str = ""
    at: When | None = None
    zone: Zone = None
    url: str = ""
    download_url: str = ""
    position: int | None = None
    is_ready: bool = False
    poll_url: str = ""


@dataclass(frozen=True)
class Pager:
    """Where one is in a list: cursors, never page numbers over a moving list."""

    previous_url: str = ""
    next_url: str = ""
    first: int | None = None
    last: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Option:
    """One value of a filter."""

    value: str
    label: str
    count: int | None = None


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list."""

    name: str
    label: str
    options: Sequence[Option] = ()
    value: str = ""
    kind: Literal["select", "text", "date"] = "select"

    @property
    def shown(self) -> str:
        """The chosen value in words."""
        return next((one.label for one in self.options if one.value == self.value), self.value)


@dataclass(frozen=True)
class Progress:
    """How far something has come; without a total it only says that it goes on."""

    label: str
    done: int | None = None
    total: int | None = None
    sentence: str = ""
    poll_url: str = ""


DEFAULT_TITLE = gettext_lazy("This was not done")
