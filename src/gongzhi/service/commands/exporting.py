"""``gongzhi export``: everything a node keeps, in open formats, to be read without Gongzhi."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

import gongzhi
from gongzhi.service.commands import console
from gongzhi.service.commands.console import MISUSED, Failed, Progress, say, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.config import Config

FORMAT = "gongzhi-export/1"
#: Secrets that are worth something only to the node itself.
WITHHELD = {("accounts_account", name) for name in ("password", "totp_secret", "recovery_codes")}
#: Tables that are told under ``ledger/`` in a better form, or hold nothing that outlives the node.
_TOLD_ELSEWHERE = {
    *("ledger_entry", "ledger_private", "ledger_position", "ledger_erasure", "ledger_tile"),
    *("ledger_checkpoint", "ledger_pending", "ledger_cursor", "ledger_undone", "ledger_claim"),
    "accounts_failure",
}


def export(
    folder: Path = typer.Argument(help=_("folder to write into; made if it is not there")),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Write tables, files and the ledger as JSON lines and plain files."""
    config = console.start_django()
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    if folder.exists() and any(folder.iterdir()):
        raise Failed(_("{folder} is not empty.").format(folder=folder), code=MISUSED)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    console.sequence()
    progress = Progress(quiet=as_json)
    manifest = write_export(config, folder, progress)
    progress.end()
    if as_json:
        console.give({"folder": str(folder), "rows": manifest["rows"], "entries": manifest["entries"]})
        return
    tell(
        _("{folder}: {rows} rows, {entries} entries of the ledger, {files} files").format(
            folder=folder, rows=manifest["rows"], entries=manifest["entries"], files=manifest["files"]
        )
    )
    say(_("It holds personal data. README.md in it says how to read and check it."))


def write_export(config: Config, folder: Path, progress: Progress) -> dict[str, Any]:
    """Write the export; returns its manifest."""
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.service.commands.portable import snapshot, tables

    every = {table.name: table for table in tables()}
    rows = 0
    with snapshot() as held:
        for name, table in every.items():
            if name not in _TOLD_ELSEWHERE:
                progress(name)
                shown = [column for column in table.columns if (name, column) not in WITHHELD]
                rows += _objects(folder / "tables" / f"{name}.jsonl", table.columns, shown, held.rows(table))
        entries = _ledger(folder / "ledger", every, held, progress)
    files = _files(config.data_dir, folder, progress)
    shutil.copyfile(config.data_dir / "keys" / "ledger.pub", folder / "ledger" / "key")
    manifest = {
        "format": FORMAT,
        "made": now().isoformat(timespec="seconds"),
        "version": gongzhi.__version__,
        "node": config.node_name,
        "rows": rows,
        "entries": entries,
        "files": files,
    }
    (folder / "README.md").write_text(_readme(manifest), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    _digests(folder)
    return manifest


def _objects(path: Path, columns: dict[str, str], shown: Sequence[str], rows: Iterator[list[Any]]) -> int:
    names = list(columns)
    wanted = [(name, names.index(name)) for name in shown]
    number = 0
    with _opened(path) as lines:
        for row in rows:
            _line(lines, {name: row[place] for name, place in wanted})
            number += 1
    return number


def _opened(path: Path) -> TextIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("w", encoding="utf-8", newline="\n")


def _line(lines: TextIO, value: Any) -> None:
    lines.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def _ledger(folder: Path, every: dict[str, Any], held: Any, progress: Progress) -> int:
    """The entries as they are hashed, the private texts beside them, tiles and checkpoints."""

    def rows(name: str) -> Iterator[dict[str, Any]]:
        table = every[name]
        for row in held.rows(table):
            yield dict(zip(table.columns, row, strict=True))

    progress(_("ledger"), important=True)
    place = {row["entry_id"]: row["position"] for row in rows("ledger_position")}
    number = _entries(folder / "entries.jsonl", rows("ledger_entry"), place)
    with _opened(folder / "private.jsonl") as lines:
        for row in rows("ledger_private"):
            salt = _hex(row["salt"])
            _line(lines, {"entry": row["entry_id"], "salt": salt, "text": row["text"]})
    with _opened(folder / "erased.jsonl") as lines:
        for row in rows("ledger_erasure"):
            _line(lines, {"entry": row["entry_id"], "by": row["by_id"]})
    _tiles(folder, rows("ledger_tile"))
    newest = ""
    for row in rows("ledger_checkpoint"):
        newest = row["note"]
        path = folder / "checkpoints" / str(row["size"])
        with _opened(path) as lines:
            lines.write(newest)
    with _opened(folder / "checkpoint") as lines:
        lines.write(newest)
    return number


def _entries(path: Path, rows: Iterator[dict[str, Any]], place: dict[int, int]) -> int:
    """The canonical JSON of each entry, a line each, in the order of the ledger.

    Entries mostly come in that order already; the few that do not wait for their turn.
    """
    from gongzhi.foundation.ledger.canonical import COLUMNS, leaf

    waiting: dict[int, bytes] = {}
    turn = 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as lines:
        for row in rows:
            if row["id"] not in place:
                continue
            values = [_as_leaf(name, row[name]) for name in COLUMNS]
            waiting[place[row["id"]]] = leaf(values)
            while turn in waiting:
                lines.write(waiting.pop(turn) + b"\n")
                turn += 1
    return turn


_KEYS = {"actor", "appointment", "subject", "made", "region"}


def _as_leaf(name: str, value: Any) -> Any:
    return value.replace("-", "") if name in _KEYS and value is not None else value


def _hex(encoded: str) -> str:
    from base64 import b64decode

    return b64decode(encoded).hex()


def _tiles(folder: Path, rows: Iterator[dict[str, Any]]) -> None:
    from base64 import b64decode

    for row in rows:
        hashes = b64decode(row["hashes"])
        width = len(hashes) // 32
        name = tile_name(row["number"]) + (f".p/{width}" if width < 256 else "")
        path = folder / "tile" / str(row["level"]) / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(hashes)


def tile_name(number: int) -> str:
    """A tile's number as c2sp.org/tlog-tiles writes it: 1234067 is x001/x234/067."""
    groups = []
    while True:
        number, rest = divmod(number, 1000)
        groups.append(f"{rest:03d}")
        if not number:
            return "/".join([*(f"x{group}" for group in reversed(groups[1:])), groups[0]])


def _files(source: Path, folder: Path, progress: Progress) -> int:
    number = 0
    for path in sorted((source / "files").rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            progress(path.name)
            target = folder / "files" / path.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            number += 1
    return number


def _digests(folder: Path) -> None:
    """SHA256SUMS, as ``sha256sum -c`` reads it."""
    with (folder / "SHA256SUMS").open("w", encoding="utf-8") as lines:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != "SHA256SUMS":
                with path.open("rb") as content:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()
                lines.write(f"{digest}  {path.relative_to(folder).as_posix()}\n")


def _readme(manifest: dict[str, Any]) -> str:
    text = Path(__file__).with_name("export_readme.md").read_text(encoding="utf-8")
    return text.replace("NODE", manifest["node"]).replace("MADE", manifest["made"])
