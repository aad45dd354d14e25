"""Logs: JSON lines for machines while serving, plain lines for the person who gave a command.

Messages of other libraries may hold paths, addresses and values; of those only the unfilled pattern is
written, with the kind of an error and the places it came through.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog

#: Their messages are about the process, not about people.
_TRUSTED = ("_granian", "gongzhi")


def configure(level: str, *, machine: bool) -> None:
    """Send everything to standard error, as JSON for a machine or as plain lines for a person."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shape: list[Any] = (
        [_error_without_values, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if machine
        else [_plain]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
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
        values: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            values["error"] = record.exc_info[1]
        structlog.get_logger(record.name).log(record.levelno, event, **values)


def _error_without_values(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Say of an error its kind and its places; its message may quote what somebody wrote."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["through"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    elif error is not None:
        event["error"] = error
    return event


def _plain(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    error = event.pop("error", None)
    said = {k: v for k, v in event.items() if k not in ("event", "level", "at", "logger")}
    values = " ".join(f"{k}={v}" for k, v in said.items())
    line = " ".join(part for part in (f"{event['level']}:", str(event["event"]), values) if part)
    if isinstance(error, BaseException):
        line += "\n" + "".join(traceback.format_exception(error)).rstrip()
    return line
