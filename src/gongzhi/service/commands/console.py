"""What every command needs: words to the person, an object to the program, Django when it is wanted."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from gongzhi.config import Config
from gongzhi.service.commands.words import language

#: Exit codes of every command.
DONE, FAILED, MISUSED = 0, 1, 2


class Failed(Exception):
    """A command could not do what was asked: why, and what to do about it."""

    def __init__(self, why: str, instead: str = "", code: int = FAILED) -> None:
        super().__init__(why)
        self.instead = instead
        self.code = code


def say(text: str = "") -> None:
    """Tell the person something, on standard error, where it does not disturb a program's reading."""
    print(text, file=sys.stderr, flush=True)


def tell(text: str = "") -> None:
    """Give the result, on standard output."""
    print(text, flush=True)


def give(result: dict[str, Any]) -> None:
    """Give the result to a program: one object on the last line of standard output."""
    print(json.dumps(result, ensure_ascii=False, default=str), flush=True)


class Progress:
    """How far a long command has come: one line that is rewritten, or a line now and then in a log."""

    def __init__(self, quiet: bool = False) -> None:
        self._live = sys.stderr.isatty()
        self._quiet = quiet
        self._last = 0.0 if self._live else time.monotonic()
        self._width = 0

    def __call__(self, text: str, *, important: bool = False) -> None:
        """Say where things stand; most calls are swallowed so that it costs nothing."""
        at = time.monotonic()
        if self._quiet or (not important and at - self._last < (0.1 if self._live else 5)):
            return
        self._last = at
        if not self._live:
            say(text)
            return
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        """Leave the line."""
        if self._live and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


def start_django(*, machine_logs: bool = False) -> Config:
    """Make Django ready; reads the settings, which may be wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
    config = Config.read()
    from gongzhi import logs

    logs.configure(config.log_level if machine_logs else _for_people(config), machine=machine_logs)
    import django
    from django.utils import translation

    django.setup()
    translation.activate("zh-hans" if language() == "zh" else "en")
    return config


def _for_people(config: Config) -> str:
    return config.log_level if config.log_level != "info" else "warning"


def sequence() -> int:
    """Give what was done its place in the ledger, before the command ends."""
    from gongzhi.foundation.ledger import sequencer

    return sequencer.sequence()
