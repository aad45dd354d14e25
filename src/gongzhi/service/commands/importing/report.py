"""The report of bad rows: a line of the file, a column, its value, the reason."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from gongzhi.service.commands.importing.rows import Problem

_SHOWN = 20


class Report(Protocol):
    """Takes down why rows were not taken."""

    def add(self, problems: list[Problem]) -> None:
        """Take down what is wrong with one row."""


class _File:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["line", "column", "value", "reason"])

    def add(self, problems: list[Problem]) -> None:
        self._writer.writerows(problems)

    def close(self) -> None:
        self._file.close()


class _Screen:
    def __init__(self) -> None:
        self.count = 0

    def add(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.count += 1
            if self.count <= _SHOWN:
                told = _("line %(line)d: %(column)s “%(value)s” %(reason)s") % problem._asdict()
                sys.stderr.write(told + "\n")

    def close(self) -> None:
        if self.count > _SHOWN:
            more = _("… and %(count)d more; --report FILE lists them all") % {"count": self.count - _SHOWN}
            sys.stderr.write(more + "\n")


@contextmanager
def reporting(path: Path | None) -> Iterator[Report]:
    """A report into a file, or onto standard error where no file is given."""
    report = _File(path) if path else _Screen()
    try:
        yield report
    finally:
        report.close()
