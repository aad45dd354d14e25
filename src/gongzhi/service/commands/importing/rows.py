"""From a row to a case: what one line of a file says was brought in, and what was done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from gongzhi.foundation.regions.coordinates import to_wgs84
from gongzhi.governance.matters.queries import Channel, Kind
from gongzhi.service.commands.importing.fields import BadValue, Field, Row, tidy
from gongzhi.service.commands.importing.files import Read
from gongzhi.service.commands.importing.mapping import FILE, LINE, Done, Mapping
from gongzhi.service.commands.importing.times import Moment

#: How long texts may be; those of the database's columns, and of a submission.
TEXT, TITLE, PLACE, SAID, SOURCE = 4000, 120, 200, 200, 200


class Problem(NamedTuple):
    """Why a row was not taken."""

    line: int
    column: str
    value: str
    reason: str


class BadRow(Exception):
    """A row that cannot be taken, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(slots=True)
class Case:
    """One row, understood."""

    line: int
    source: str
    key: str
    digest: str
    places: tuple[str, ...]
    grid: str
    category: str
    organisation: str
    kind: str
    channel: str
    text: str
    title: str | None
    place: str
    point: tuple[float, float] | None
    answer: str
    outcome: str
    opened: Moment
    due: Moment | None
    dispatched: Moment | None
    answered: Moment | None
    closed: Moment | None
    said_by: tuple[str | None, str | None, str | None, str | None, str | None]


class Plan:
    """A mapping made ready for one file: a function for each value."""

    def __init__(self, mapping: Mapping, columns: list[str], file: str, now: datetime) -> None:
        self.mapping, self.file, self.now = mapping, file, now
        self.at = {name: place for place, name in enumerate(columns)}
        self.zone = ZoneInfo(mapping.opened.at.zone) if mapping.opened.at else ZoneInfo("UTC")
        said = (mapping.opened, mapping.promised, mapping.dispatched, mapping.answered, mapping.closed)
        self._by = [self._text(done.by if done else None, SAID) for done in said]
        self._places = [self._text(each.field) for each in mapping.regions]
        self._grid = self._text(mapping.grid.field if mapping.grid else None)
        self._category = self._text(mapping.category.field)
        self._organisation = self._text(mapping.organisation.field if mapping.organisation else None)
        self._kind = self._one_of(mapping.kind, Kind.values)
        self._channel = self._one_of(mapping.channel, Channel.values)
        self._words = self._text(mapping.text, TEXT)
        self._title = self._text(mapping.matter_title, TITLE)
        self._place = self._text(mapping.place, PLACE)
        self._lon, self._lat = self._number(mapping.lon, 180), self._number(mapping.lat, 90)
        self._answer, self._outcome = self._text(mapping.answer, TEXT), self._text(mapping.outcome, 40)
        self._opened = self._moment(mapping.opened)
        self._due = self._moment(mapping.promised, end_of_day=True)
        self._dispatched = self._moment(mapping.dispatched)
        self._at_once = self._is_dispatched_at_once(mapping.dispatched)
        self._answered, self._closed = self._moment(mapping.answered), self._moment(mapping.closed)

    def case(self, read: Read) -> Case:
        """What a row says; raises `BadRow`."""
        told = "\x1f".join(read.cells)
        try:
            digest = hashlib.sha256(told.encode()).hexdigest()
        except UnicodeEncodeError:
            self._refuse(read, _("is not written in %(encoding)s") % {"encoding": self.mapping.file.encoding})
        if read.fault:
            self._refuse(read, read.fault)
        if "\x00" in told:
            self._refuse(read, _("contains a character of code nought"))
        try:
            return self._case(read, digest)
        except BadValue as first:
            raise BadRow(self._problems(read, first)) from None

    def _refuse(self, read: Read, reason: str) -> None:
        shown = ",".join(read.cells)[:200].encode("utf-8", "replace").decode()
        raise BadRow([Problem(read.line, "", shown, reason)])

    def _problems(self, read: Read, first: BadValue) -> list[Problem]:
        """Every value of a row that cannot be taken."""
        found = [first]
        readers: list[Callable[[Row], Any]] = [
            *self._places, *self._by, self._grid, self._category, self._organisation, self._kind,
            self._channel, self._words, self._title, self._place, self._lon, self._lat, self._answer,
            self._outcome, self._opened, self._due, self._dispatched, self._answered, self._closed,
        ]  # fmt: skip
        for take in readers:
            try:
                take(read.cells)
            except BadValue as problem:
                found.append(problem)
        each = {(p.column, p.reason): Problem(read.line, p.column, p.value, p.reason) for p in found}
        return list(each.values())

    def _case(self, read: Read, digest: str) -> Case:
        row, mapping = read.cells, self.mapping
        opened = self._opened(row)
        if opened is None:
            raise BadValue(_column(mapping.opened), "", _("is empty, and every matter has a beginning"))
        closed, answered, dispatched = self._closed(row), self._answered(row), self._dispatched(row)
        if closed is not None and answered is None:
            answered = closed
        organisation = self._organisation(row)
        if dispatched is None and (answered is not None or self._at_once(row)):
            dispatched = opened
        if not organisation:
            if answered is not None:
                raise BadValue(
                    mapping.organisation.field.named if mapping.organisation else "organisation",
                    "",
                    _("is empty, but the matter was answered: somebody must have handled it"),
                )
            dispatched = None
        self._check_order(opened, dispatched, answered, closed)
        category = self._category(row)
        text = self._words(row)
        title = self._title(row) or (None if text else category[:TITLE])
        return Case(
            line=read.line,
            source=f"{self.file}:{read.line}"[-SOURCE:],
            key=self._key(read),
            digest=digest,
            places=tuple(take(row) for take in self._places),
            grid=self._grid(row),
            category=category,
            organisation=organisation,
            kind=self._kind(row),
            channel=self._channel(row),
            text=text,
            title=title,
            place=self._place(row),
            point=self._point(row),
            answer=self._answer(row) if answered else "",
            outcome=self._outcome(row) or "answered",
            opened=opened,
            due=self._due(row),
            dispatched=dispatched,
            answered=answered,
            closed=closed,
            said_by=tuple(take(row) or None for take in self._by),  # type: ignore[arg-type]
        )

    def _key(self, read: Read) -> str:
        """By what a row is known again, so that it lands once."""
        parts = [self.mapping.name]
        for part in self.mapping.key:
            if part == LINE:
                parts.append(str(read.line))
            elif part == FILE:
                parts.append(self.file)
            else:
                value = tidy(read.cells[self.at[part]])
                if not value:
                    raise BadValue(part, "", _("is empty, and rows are known by it"))
                parts.append(value)
        key = ":".join(parts)
        return key if len(key) <= SOURCE else f"{key[:120]}:{hashlib.sha256(key.encode()).hexdigest()}"

    def _check_order(
        self, opened: Moment, dispatched: Moment | None, answered: Moment | None, closed: Moment | None
    ) -> None:
        mapping, before = self.mapping, opened
        last = mapping.opened
        for moment, done in (
            (dispatched, mapping.dispatched),
            (answered, mapping.answered or mapping.closed),
            (closed, mapping.closed),
        ):
            if moment is None or done is None:
                continue
            if self._is_before(moment, before):
                raise BadValue(
                    _column(done),
                    self._shown(moment),
                    _("lies before %(column)s, %(moment)s")
                    % {"column": _column(last), "moment": self._shown(before)},
                )
            before, last = moment, done
        if before.at > self.now:
            raise BadValue(_column(last), self._shown(before), _("lies in the future"))

    def _is_before(self, one: Moment, other: Moment) -> bool:
        """Whether a moment lies before another, by days where one is known only to the day."""
        if one.at >= other.at:
            return False
        if one.precision == other.precision == "exact":
            return True
        return one.at.astimezone(self.zone).date() < other.at.astimezone(self.zone).date()

    def _shown(self, moment: Moment) -> str:
        local = moment.at.astimezone(self.zone)
        return local.date().isoformat() if moment.precision == "day" else local.isoformat(" ", "seconds")

    def _point(self, row: Row) -> tuple[float, float] | None:
        lon, lat = self._lon(row), self._lat(row)
        if lon is None and lat is None:
            return None
        if lon is None or lat is None:
            empty = self.mapping.lon if lon is None else self.mapping.lat
            raise BadValue(
                empty.named if empty else "", "", _("is empty where the other half of the point is not")
            )
        if (lon, lat) in self.mapping.nowhere:
            return None
        return to_wgs84(lon, lat, self.mapping.coordinates)

    def _text(self, field: Field | None, longest: int = 0) -> Callable[[Row], str]:
        return field.reader(self.at, longest) if field else _nothing

    def _one_of(self, field: Field, known: list[str]) -> Callable[[Row], str]:
        take = field.reader(self.at)

        def read(row: Row) -> str:
            value = take(row)
            if value not in allowed:
                raise BadValue(
                    field.named,
                    value,
                    _("%(what)s “%(value)s” is unknown; known are %(known)s")
                    % {"what": field.where, "value": value, "known": ", ".join(known)},
                )
            return value

        allowed = frozenset(known)
        return read

    def _number(self, field: Field | None, most: int) -> Callable[[Row], float | None]:
        if field is None:
            return lambda row: None
        take = field.reader(self.at)

        def read(row: Row) -> float | None:
            value = take(row)
            if not value:
                return None
            try:
                number = float(value.replace(",", "."))  # no coordinate has thousands to set apart
            except ValueError:
                raise BadValue(field.named, value, _("is no number")) from None
            if not isfinite(number) or abs(number) > most:
                raise BadValue(field.named, value, _("lies outside −%(most)d to %(most)d") % {"most": most})
            return number

        return read

    def _moment(self, done: Done | None, *, end_of_day: bool = False) -> Callable[[Row], Moment | None]:
        if done is None or done.at is None:
            return lambda row: None
        take = done.at.reader(self.at, end_of_day=end_of_day)
        if not done.only:
            return take
        holds = self._condition(done)
        return lambda row: take(row) if holds(row) else None

    def _is_dispatched_at_once(self, done: Done | None) -> Callable[[Row], bool]:
        """Without a time of its own, dispatching happens when a matter is opened."""
        if done is None:
            return lambda row: True
        return self._condition(done) if done.at is None else lambda row: False

    def _condition(self, done: Done) -> Callable[[Row], bool]:
        conditions = [(self.at[column], values) for column, values in done.only]
        return lambda row: all(tidy(row[place]) in values for place, values in conditions)


def _nothing(row: Row) -> str:
    return ""


def _column(done: Done) -> str:
    return done.at.field.named if done.at else ""
