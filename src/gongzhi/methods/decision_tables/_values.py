"""The types that inputs and outputs may have: what a fact, a literal and a written value look like."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Value = str | int | bool | Decimal | date | datetime | time | timedelta | None

DIGITS = 34  # on either side of the point: what decimal128 holds


class NotOfType(ValueError):
    """The value is not of the type asked for."""


@dataclass(frozen=True)
class Kind:
    """A type. `ordered` types have < and intervals; the values of one with a `step` lie that far apart,
    so each but the greatest has one that comes `after` it. `least` is the least value, if there is one.

    A fact whose class is `quick` needs no further look before it is accepted.
    """

    name: str
    noun: str
    quick: type | None
    ordered: bool
    constructor: str | None
    accept: Callable[[Any], Any]
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    step: Any = None
    least: Any = None
    numeric: bool = False
    summable: bool = False

    def after(self, value: Any) -> Any:
        """The next value; None where there is none."""
        return self._moved(value, self.step)

    def before(self, value: Any) -> Any:
        """The value before; None where there is none."""
        return self._moved(value, -self.step)

    def _moved(self, value: Any, step: Any) -> Any:
        if isinstance(value, time):
            moved = datetime.combine(_A_DAY, value) + step
            return moved.time() if moved.date() == _A_DAY else None
        try:
            return value + step
        except OverflowError:
            return None

    def literal(self, value: Any) -> str:
        """The S-FEEL literal of a value."""
        text = self.write(value)
        if self.name == "string":
            return quote(text)
        return f'{self.constructor}("{text}")' if self.constructor else text


# ---- facts: a Python value as handed in, or NotOfType ---------------------------------------


def _accept_number(value: Any) -> int | Decimal:
    if isinstance(value, bool):
        raise NotOfType
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, Decimal) and value.is_finite():
        if value and not -2 * DIGITS <= value.adjusted() <= 2 * DIGITS:
            raise NotOfType
        return value
    raise NotOfType


def _accept_integer(value: Any) -> int:
    number = _accept_number(value)
    if isinstance(number, int):
        return number
    whole = int(number)
    if whole != number:
        raise NotOfType
    return whole


def _accept_string(value: Any) -> str:
    if not isinstance(value, str):
        raise NotOfType
    return str.__str__(value)


def _accept_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotOfType
    return value


def _accept_date(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise NotOfType
    return value


def _accept_time(value: Any) -> time:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise NotOfType
    return value


def _accept_datetime(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise NotOfType
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise NotOfType from error


def _accept_local_datetime(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise NotOfType
    return value


def _accept_duration(value: Any) -> timedelta:
    if not isinstance(value, timedelta):
        raise NotOfType
    return value


# ---- written values -------------------------------------------------------------------------

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")
_OFFSET = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z")
_DURATION = re.compile(
    r"(-?)P(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]{1,6}))?S)?)?"
)


def _read_number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise NotOfType
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(whole.lstrip("0")) > DIGITS or len(fraction.rstrip("0")) > DIGITS:
        raise NotOfType(f"has more than {DIGITS} digits before or after the point")
    number = Decimal(text)
    return number if number else Decimal(0)


def _read_integer(text: str) -> int:
    number = _read_number(text)
    if number != number.to_integral_value():
        raise NotOfType
    return int(number)


def _read_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise NotOfType("is neither true nor false")
    return text == "true"


def _read_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise NotOfType("is not written as 2026-01-31")
    return date.fromisoformat(text)


def _read_time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise NotOfType("is not written as 09:00:00, without an offset")
    return time.fromisoformat(text)


def _read_datetime(text: str) -> datetime:
    offset = _OFFSET.search(text)
    if not offset:
        raise NotOfType("needs its offset, as in 2026-01-31T09:00:00+08:00 (or the type local_datetime)")
    local = _read_local_datetime(text[: offset.start()])
    try:
        moment = datetime.fromisoformat(local.isoformat() + offset.group())
        moment.astimezone(UTC)
    except OverflowError as error:
        raise NotOfType("lies outside the years 1 to 9999") from error
    return moment


def _read_local_datetime(text: str) -> datetime:
    day, t, clock = text.partition("T")
    if not t or not _DATE.fullmatch(day) or not _TIME.fullmatch(clock):
        raise NotOfType("is not written as 2026-01-31T09:00:00")
    return datetime.combine(_read_date(day), _read_time(clock))


def _read_duration(text: str) -> timedelta:
    parts = _DURATION.fullmatch(text)
    if not parts or not any(parts.groups()[1:]):
        if re.fullmatch(r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?.*", text):
            raise NotOfType("counts years or months, which have no fixed length; write days, as in P30D")
        raise NotOfType("is not written as P3D or P1DT12H or PT30M")
    sign, days, hours, minutes, seconds, fraction = parts.groups()
    try:
        length = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0").ljust(6, "0")),
        )
    except (OverflowError, ValueError) as error:
        raise NotOfType("is too long") from error
    return -length if sign else length


def _write_number(value: int | Decimal) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _write_boolean(value: bool) -> str:
    return "true" if value else "false"


def _write_moment(value: date | time) -> str:
    text = value.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _write_duration(value: timedelta) -> str:
    if value < timedelta(0):
        return "-" + _write_duration(-value)
    if not value:
        return "PT0S"
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{value.days}D" if value.days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or value.microseconds else ""
    return f"P{days}T{clock}" if clock else f"P{days}"


_A_DAY = date(2000, 1, 1)
_TICK = timedelta(microseconds=1)
_UTC_MIN, _LOCAL_MIN = datetime.min.replace(tzinfo=UTC), datetime.min  # noqa: DTZ901  local by its type

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("number", "a number", int, True, None, _accept_number, _read_number, _write_number,
             numeric=True, summable=True),
        Kind("integer", "a whole number", int, True, None, _accept_integer, _read_integer, _write_number,
             step=1, numeric=True, summable=True),
        Kind("string", "a text", str, False, None, _accept_string, str, str),
        Kind("boolean", "true or false", bool, False, None, _accept_boolean, _read_boolean, _write_boolean),
        Kind("date", "a date", date, True, "date", _accept_date, _read_date, _write_moment,
             step=timedelta(days=1), least=date.min),
        Kind("time", "a time of day without an offset", None, True, "time",
             _accept_time, _read_time, _write_moment, step=_TICK, least=time.min),
        Kind("datetime", "a date and time with an offset", None, True, "date and time",
             _accept_datetime, _read_datetime, _write_moment, step=_TICK, least=_UTC_MIN),
        Kind("local_datetime", "a date and time without an offset", None, True, "date and time",
             _accept_local_datetime, _read_local_datetime, _write_moment, step=_TICK, least=_LOCAL_MIN),
        Kind("duration", "a duration of days and time", timedelta, True, "duration",
             _accept_duration, _read_duration, _write_duration,
             step=_TICK, least=timedelta.min, summable=True),
    )
}  # fmt: skip


def read(kind: Kind, text: str) -> Any:
    """The value that a text stands for, or NotOfType with a message that says how to write one."""
    try:
        return kind.read(text)
    except NotOfType as error:
        raise NotOfType(f"{text!r} {error}" if str(error) else f"{text!r} is not {kind.noun}") from None
    except ValueError as error:
        raise NotOfType(f"{text!r} is not {kind.noun}: {error}") from None


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c, c) for c in text) + '"'


def unquote(inside: str) -> str:
    """The text between the quotes of an S-FEEL string, its escapes resolved."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1 and int(code[1:], 16) <= sys.maxunicode:
            return chr(int(code[1:], 16))
        if code not in _UNESCAPES:
            raise NotOfType(f"unknown escape \\{code} in a string")
        return _UNESCAPES[code]

    text = re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", one, inside, flags=re.DOTALL)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotOfType("half of a surrogate pair in a string") from error


def show(value: Any) -> str:
    """A value as an error message shows it: an S-FEEL literal where it has one, cut off if long."""
    if value is None:
        return "null"
    kind = _BY_CLASS.get(type(value))
    try:
        text = kind.literal(value) if kind and not _is_odd(value) else repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else text[:77] + "..."


def plain(value: Any) -> Any:
    """A value as YAML and JSON may hold it: numbers, booleans, null and texts."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    return _BY_CLASS[type(value)].write(value)


def _is_odd(value: Any) -> bool:
    return isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 2 * DIGITS)


_BY_CLASS = {
    bool: KINDS["boolean"],
    int: KINDS["integer"],
    Decimal: KINDS["number"],
    str: KINDS["string"],
    datetime: KINDS["datetime"],
    date: KINDS["date"],
    time: KINDS["time"],
    timedelta: KINDS["duration"],
}
