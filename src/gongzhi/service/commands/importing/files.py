"""Opening what cities publish: comma-separated text, plain, gzipped or in a zip, row by row with lines."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid

#: A single field may have this many characters; more is a quotation mark that nobody closed.
LONGEST_FIELD = 1_000_000


@dataclass(frozen=True)
class Format:
    """How the text is written."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    quote: str = '"'
    member: str = "*"
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """One row with the line on which it begins; ``fault`` says why it cannot even be read."""

    line: int
    cells: list[str]
    fault: str = ""


class Table:
    """An open file: its name, its columns and its rows."""

    def __init__(self, name: str, stream: IO[str], form: Format) -> None:
        self.name = name
        csv.field_size_limit(LONGEST_FIELD)
        self._reader = csv.reader(
            stream,
            delimiter=form.delimiter,
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        )
        self.columns = list(form.columns) or self._header()

    def _header(self) -> list[str]:
        try:
            return [name.strip() for name in next(self._reader)]
        except StopIteration:
            raise Invalid(_("%(file)s is empty.") % {"file": self.name}, field="file") from None
        except csv.Error as error:
            raise Invalid(
                _("The first line of %(file)s cannot be read: %(why)s") % {"file": self.name, "why": error},
                field="file",
            ) from None

    def rows(self) -> Iterator[Read]:
        """Every row that is not blank."""
        width, reader = len(self.columns), self._reader
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Read(line, [], str(error))
                continue
            if not cells:
                continue
            if len(cells) != width:
                yield Read(
                    line,
                    cells,
                    _("has %(found)d columns where the first line has %(width)d")
                    % {"found": len(cells), "width": width},
                )
                continue
            yield Read(line, cells)


@contextmanager
def opened(path: Path, form: Format) -> Iterator[Table]:
    """Open a file, a gzipped file, or the one file in a zip that is meant.

    Bytes that do not fit the encoding come through as lone surrogates, so that only their row is bad.
    """
    with _bytes(path, form) as (name, raw):
        text = io.TextIOWrapper(raw, encoding=form.encoding, errors="surrogateescape", newline="")
        yield Table(name, text, form)


@contextmanager
def _bytes(path: Path, form: Format) -> Iterator[tuple[str, IO[bytes]]]:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive, archive.open(_member(archive, path, form)) as inner:
            yield Path(inner.name).name, inner
    elif magic[:2] == b"\x1f\x8b":
        with gzip.open(path, "rb") as inner:
            yield path.name.removesuffix(".gz"), inner  # type: ignore[misc]
    else:
        with path.open("rb") as inner:
            yield path.name, inner


def _member(archive: zipfile.ZipFile, path: Path, form: Format) -> str:
    names = [
        i.filename for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX")
    ]
    fitting = [name for name in names if fnmatch(name, form.member)]
    if len(fitting) != 1:
        raise Invalid(
            _("%(file)s holds %(names)s; say with “file.member” which one is meant.")
            % {"file": path.name, "names": ", ".join(names) or "–"},
            field="file",
        )
    return fitting[0]
