"""Logs: JSON lines for machines while serving, plain lines for the person who gave a command.

Messages of other libraries may hold paths, addresses and values; of those only the unfilled pattern is
written. Of an error, whoever logs it and however, its kind is written and the places it came through:
its message may quote what somebody wrote, and the values of variables are never asked for.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

#: Their messages are about the process, not about people.
_TRUSTED = ("_granian", "gongzhi")
#: Where a pattern is filled in; some consist of nothing else.
_FILLED = re.compile(r"%[a-z]")


def configure(level: str, *, machine: bool) -> None:
    """Send everything to standard error, as JSON for a machine or as plain lines for a person."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shape: list[Any] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False, default=_kind)] if machine else [_plain]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _error_without_values,
            *shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Forward()]
    root.setLevel(number)
    # Each request has a line of its own; Django's would repeat it with the path.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("django.security").setLevel(logging.ERROR)


class _Forward(logging.Handler):
    """Brings the lines of the standard library's logging into the same stream."""

    def emit(self, record: logging.LogRecord) -> None:
        trusted = record.name.split(".")[0] in _TRUSTED
        event = record.getMessage().partition("\n")[0] if trusted else str(record.msg)
        if not any(each.isalpha() for each in _FILLED.sub("", event)):
            event = record.name
        values: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            values["error"] = record.exc_info[1]
        structlog.get_logger(record.name).log(record.levelno, event, **values)


def _error_without_values(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say of an error its kind and its places."""
    error = _error(event.pop("exc_info", None)) or event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["through"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    elif error is not None:
        event["error"] = error
    return event


def _error(told: Any) -> BaseException | None:
    """The error that ``exc_info`` means: itself, the usual three, or the one being handled."""
    if isinstance(told, tuple):
        told = told[1]
    if told is True:
        told = sys.exc_info()[1]
    return told if isinstance(told, BaseException) else None


def _kind(value: Any) -> str:
    """What JSON has no form for, by its kind alone."""
    return str(value) if isinstance(value, UUID | datetime | Path) else type(value).__name__


def _plain(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    through = event.pop("through", [])
    said = {k: v for k, v in event.items() if k not in ("event", "level", "at", "logger")}
    values = " ".join(f"{k}={_kind(v) if isinstance(v, BaseException) else v}" for k, v in said.items())
    line = " ".join(part for part in (f"{event['level']}:", str(event["event"]), values) if part)
    return "\n  ".join([line, *through])
