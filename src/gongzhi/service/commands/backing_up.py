"""``gongzhi backup`` and ``restore``: database, files and keys in one archive that either database reads.

The archive is a tar file, compressed with gzip: ``tables/NAME.jsonl``, ``data/…`` as it lies in the data
folder, and at the end ``manifest.json`` with the digest of each.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

import gongzhi
from gongzhi.service.commands import console
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, Progress, say, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.config import Config
    from gongzhi.service.commands.portable import Table

FORMAT = "gongzhi-backup/1"
_MANIFEST = "manifest.json"
#: What lies at the top of the data folder and is no part of a node, or is in the tables already.
_LEFT_OUT = ("gongzhi.sqlite3", "demo", "demonstration.begun", "static", "restoring-", ".")
_STAGE = "restoring-"
_PUBLISHED = Path("ledger/published")


@dataclass(frozen=True)
class Kept:
    """What a backup holds."""

    rows: int
    files: int
    size: int
    bytes: int


def backup(
    file: Path = typer.Argument(help=_("file to write, as node.tar.gz; it will hold keys and personal data")),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Write database, files and keys, as they stand at one moment, to one file."""
    config = console.start_django()
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    if file.exists():
        raise Failed(_("{file} exists already.").format(file=file), code=MISUSED)
    progress = Progress(quiet=as_json)
    kept = write_backup(config, file, progress)
    progress.end()
    if config.secret_key:
        say(_("GONGZHI_SECRET_KEY is not in the backup: keep it yourself, in another place."))
    if as_json:
        console.give({"file": str(file), "rows": kept.rows, "files": kept.files, "bytes": kept.bytes})
        return
    tell(
        _("{file}: {rows} rows, {files} files, ledger of {size} entries, {mib:.1f} MiB").format(
            file=file, rows=kept.rows, files=kept.files, size=kept.size, mib=kept.bytes / 2**20
        )
    )
    say(_("It holds the node's keys and personal data. Keep it encrypted, and not on this machine."))


def write_backup(config: Config, file: Path, progress: Progress) -> Kept:
    """Write the archive; a broken one is never left under its name."""
    from gongzhi.service.commands.portable import snapshot, tables

    partial = file.with_name(f".{file.name}.partial")
    manifest = _head(config)
    # Whatever was published lies in the database by now; read the other way round it might not.
    published = _read_if_there(config.data_dir / _PUBLISHED)
    try:
        with _private(partial) as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=4) as archive:
            with snapshot() as held:
                manifest["migrations"] = applied_migrations()
                for table in tables():
                    progress(table.name)
                    manifest["tables"][table.name] = _add_table(archive, table, held.rows(table))
            for path in _files(config.data_dir):
                progress(str(path))
                _add_file(archive, config.data_dir, path, manifest)
            if published is not None:
                _add_bytes(archive, "data/ledger/published", published, manifest)
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            archive.addfile(_member(_MANIFEST, len(text)), BytesIO(text))
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return Kept(
        rows=sum(each["rows"] for each in manifest["tables"].values()),
        files=len(manifest["files"]),
        size=manifest["tables"]["ledger_position"]["rows"],
        bytes=file.stat().st_size,
    )


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        yield raw
        raw.flush()
        os.fsync(raw.fileno())


def _head(config: Config) -> dict[str, Any]:
    from django.db import connection

    from gongzhi.foundation.ledger.clock import now

    return {
        "format": FORMAT,
        "made": now().isoformat(timespec="seconds"),
        "version": gongzhi.__version__,
        "node": config.node_name,
        "database": connection.vendor,
        "migrations": [],
        "tables": {},
        "files": {},
    }


def applied_migrations() -> list[str]:
    """The shape of the database, as the migrations that made it."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _files(folder: Path) -> Iterator[Path]:
    """What is kept of the data folder, relative to it."""
    for top in sorted(folder.iterdir()):
        if top.name.startswith(_LEFT_OUT) or top.is_symlink():
            continue
        within = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in within:
            relative = path.relative_to(folder)
            own = path.is_file() and not path.is_symlink() and not path.name.startswith(".")
            if own and relative != _PUBLISHED:
                yield relative


def _add_table(archive: tarfile.TarFile, table: Table, rows: Iterator[list[Any]]) -> dict[str, Any]:
    number = 0
    with tempfile.TemporaryFile() as spool:
        head = {"table": table.name, "columns": table.columns}
        spool.write(json.dumps(head).encode() + b"\n")
        for row in rows:
            spool.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            number += 1
        length = spool.tell()
        spool.seek(0)
        digest = hashlib.file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        archive.addfile(_member(f"tables/{table.name}.jsonl", length), spool)
    return {"rows": number, "sha256": digest, "bytes": length}


def _add_file(archive: tarfile.TarFile, folder: Path, path: Path, manifest: dict[str, Any]) -> None:
    try:
        content = (folder / path).open("rb")
    except FileNotFoundError:  # erased meanwhile
        return
    with content:
        length = os.fstat(content.fileno()).st_size
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        name = f"data/{path.as_posix()}"
        archive.addfile(_member(name, length), content)
    manifest["files"][name] = {"sha256": digest, "bytes": length}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes, manifest: dict[str, Any]) -> None:
    archive.addfile(_member(name, len(content)), BytesIO(content))
    manifest["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _member(name: str, length: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = length, 0o600
    return member


def _read_if_there(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def restore(
    file: Path = typer.Argument(help=_("file that gongzhi backup wrote")),
    published: Path | None = typer.Option(
        None, help=_("checkpoint of this node kept elsewhere, if it is newer than the backup's")
    ),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Bring a node back into an empty database, and verify it."""
    if not file.is_file():
        raise Failed(_("There is no file {file}.").format(file=file), code=MISUSED)
    config = console.start_django()
    progress = Progress(quiet=as_json)
    stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=config.data_dir))
    try:
        manifest = _unpack(file, stage, progress)
        read_backup(config, stage, manifest, progress)
        if published is not None:
            _publish(config, published)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    _verify(manifest, progress, as_json)


def _unpack(file: Path, stage: Path, progress: Progress) -> dict[str, Any]:
    """Lay the archive out beside the data folder, every digest checked."""
    digests: dict[str, str] = {}
    try:
        with tarfile.open(file, "r:*") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if not member.isreg() or name.is_absolute() or ".." in name.parts:
                    raise _broken(file, member.name)
                progress(member.name)
                target = stage / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                content = archive.extractfile(member)
                if content is None:
                    raise _broken(file, member.name)
                with _private(target) as raw:
                    shutil.copyfileobj(content, raw)
                with target.open("rb") as written:
                    digests[member.name] = hashlib.file_digest(written, "sha256").hexdigest()
        manifest: dict[str, Any] = json.loads((stage / _MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise _broken(file, str(error)) from None
    if manifest.get("format") != FORMAT:
        raise _broken(file, str(manifest.get("format")))
    expected = {f"tables/{name}.jsonl": each["sha256"] for name, each in manifest["tables"].items()}
    expected |= {name: each["sha256"] for name, each in manifest["files"].items()}
    digests.pop(_MANIFEST)
    for each in sorted({*expected, *digests}):
        if expected.get(each) != digests.get(each):
            raise _broken(file, each)
    return manifest


def _broken(file: Path, what: str) -> Failed:
    return Failed(
        _("{file} is not a whole backup: {what}").format(file=file, what=what),
        _("Nothing was changed. Take another copy of the backup."),
    )


def read_backup(config: Config, stage: Path, manifest: dict[str, Any], progress: Progress) -> None:
    """Put what was unpacked where it belongs."""
    from gongzhi.service.commands.schema import migrate, reachable

    reachable()
    _demand_empty(config, manifest)
    _shape_as(manifest["migrations"])
    _load_tables(stage, manifest, progress)
    _place_files(stage / "data", config.data_dir)
    migrate()


def _demand_empty(config: Config, manifest: dict[str, Any]) -> None:
    from django.db import connection

    from gongzhi.service.commands.schema import Shape, schema

    if unknown := sorted(set(manifest["migrations"]) - _known_migrations()):
        raise Failed(
            _("The backup is of a newer version than this program: {names}.").format(
                names=", ".join(unknown)
            ),
            _("Install the version that made it ({version}) or a newer one.").format(
                version=manifest["version"]
            ),
        )
    if (config.data_dir / "keys" / "ledger.key").exists() and not _same_key(config, manifest):
        raise Failed(
            _("The data folder holds the keys of another node."),
            _("Restore into an empty folder: set GONGZHI_DATA_DIR."),
        )
    if schema().shape is Shape.EMPTY:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry")
        (entries,) = cursor.fetchone()
    if entries or set(applied_migrations()) != set(manifest["migrations"]):
        raise Failed(
            _("The database is not empty."),
            _("Restore into an empty one: move gongzhi.sqlite3 away, or create a new PostgreSQL database."),
        )


def _same_key(config: Config, manifest: dict[str, Any]) -> bool:
    """Whether the node that lies here is the one that was backed up."""
    held = hashlib.sha256((config.data_dir / "keys" / "ledger.key").read_bytes()).hexdigest()
    known = manifest["files"].get("data/keys/ledger.key", {}).get("sha256")
    return bool(held == known)


def _known_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _shape_as(migrations: list[str]) -> None:
    """Give an empty database the shape that the backed-up one had, by the migrations that made that."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    from gongzhi.foundation.ledger import guard

    class Loader(MigrationLoader):
        """Knows those alone: neither what came after them nor what replaces them since."""

        def load_disk(self) -> None:
            super().load_disk()
            self.disk_migrations = {
                (app, name): migration
                for (app, name), migration in self.disk_migrations.items()
                if f"{app}.{name}" in migrations
            }

    executor = MigrationExecutor(connection)
    executor.loader = Loader(connection)
    with guard.permitted():
        executor.migrate(executor.loader.graph.leaf_nodes())


def _load_tables(stage: Path, manifest: dict[str, Any], progress: Progress) -> None:
    from gongzhi.foundation.ledger import guard
    from gongzhi.service.commands.portable import insert, number_on, without_triggers

    with guard.permitted(), without_triggers():
        for name, told in manifest["tables"].items():
            progress(name)
            with (stage / "tables" / f"{name}.jsonl").open(encoding="utf-8") as lines:
                head = json.loads(next(lines))
                done = insert(name, head["columns"], (json.loads(line) for line in lines))
            if done != told["rows"]:
                raise Failed(_("{table}: {n} rows are missing.").format(table=name, n=told["rows"] - done))
        number_on(manifest["tables"])


def _place_files(source: Path, folder: Path) -> None:
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        relative = path.relative_to(source)
        target = folder / relative
        if relative == _PUBLISHED and target.exists() and _size(target) > _size(path):
            continue  # this machine remembers more than the backup
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(path, target)
        target.chmod(0o644 if relative in _PUBLIC else 0o600)


_PUBLIC = {Path("keys/ledger.pub"), _PUBLISHED}


def _size(checkpoint: Path) -> int:
    return int(checkpoint.read_text(encoding="utf-8").split("\n")[1])


def _publish(config: Config, given: Path) -> None:
    """Remember a checkpoint that this node published after the backup was made."""
    from gongzhi.foundation.ledger import keys, notes, published

    text = given.read_text(encoding="utf-8")
    try:
        notes.open_checkpoint(text, keys.verifiers())
    except notes.NoteError as error:
        raise Failed(_("The given checkpoint is not this node's: {why}").format(why=error)) from None
    published.tell(text)


def _verify(manifest: dict[str, Any], progress: Progress, as_json: bool) -> None:
    from gongzhi.foundation.ledger.verify import verify

    progress(_("verifying"), important=True)
    report = verify()
    progress.end()
    if as_json:
        console.give(
            {
                "rows": sum(each["rows"] for each in manifest["tables"].values()),
                "files": len(manifest["files"]),
                "size": report.size,
                "sound": report.sound,
                "faults": report.faults,
            }
        )
    else:
        for fault in report.faults:
            tell(fault)
        tell(
            _("Restored as of {made}: {size} entries in the ledger.").format(
                made=manifest["made"], size=report.size
            )
        )
    if not report.sound:
        say(
            _(
                "The node signs nothing until its ledger agrees with what it last published.\n"
                "Restore a newer backup. If there is none: gongzhi ledger begin-anew"
            )
        )
        raise typer.Exit(FAILED)
