"""Whether the database has the shape that this version of the platform needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from gongzhi.service.commands.console import Failed
from gongzhi.service.commands.words import _

#: So long a database server may take to answer the first word.
_PATIENCE_SECONDS = 5


class Shape(Enum):
    """How the database's tables compare with this version."""

    EMPTY = "empty"
    OLDER = "older"
    RIGHT = "right"
    NEWER = "newer"


@dataclass(frozen=True)
class Schema:
    """The shape, and the migrations that are missing here or unknown here."""

    shape: Shape
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def schema() -> Schema:
    """Compare the database with this version."""
    executor = MigrationExecutor(connection)
    applied = {f"{app}.{name}" for app, name in executor.loader.applied_migrations}
    known = {f"{app}.{name}" for app, name in executor.loader.disk_migrations}
    rooms = {app for app, _name in executor.loader.disk_migrations}
    missing = tuple(sorted(known - applied))
    unknown = tuple(sorted(name for name in applied - known if name.split(".")[0] in rooms))
    if not applied:
        return Schema(Shape.EMPTY, missing)
    if unknown:
        return Schema(Shape.NEWER, missing, unknown)
    return Schema(Shape.OLDER if missing else Shape.RIGHT, missing)


def knock() -> None:
    """Reach the database; a `DatabaseError` says why not.

    Once without the pool of connections, which would go on trying for half a minute.
    """
    held: Any = connection
    if held.vendor == "postgresql":
        told = held.get_connection_params() | {"connect_timeout": _PATIENCE_SECONDS}
        with held.wrap_database_errors:
            held.Database.connect(**told).close()
    held.ensure_connection()


def reachable() -> None:
    """Fail with advice unless the database answers."""
    try:
        knock()
    except DatabaseError as error:
        raise Failed(
            _("The database does not answer: {why}").format(why=str(error).strip().splitlines()[-1]),
            _("Check GONGZHI_DATABASE_URL and that the server runs; gongzhi doctor tells more."),
        ) from None


def demand_founded() -> None:
    """Fail with advice unless the database is reachable, of the right shape, and the node was founded."""
    reachable()
    found = schema()
    if found.shape is Shape.NEWER:
        raise newer(found)
    if found.shape is Shape.EMPTY:
        raise not_founded()
    if found.shape is Shape.OLDER:
        raise Failed(
            _("The database is of an older version."),
            _("Make a backup, then run: gongzhi upgrade"),
        )
    from gongzhi.foundation.regions.queries import root

    if root() is None:
        raise not_founded()


def demand_agreeing() -> None:
    """Fail with advice unless the ledger continues what this node published last; nothing may be signed."""
    from gongzhi.foundation.ledger import notes, published
    from gongzhi.foundation.ledger.queries import latest_checkpoint

    try:
        published.agree(latest_checkpoint())
    except (published.Disagrees, notes.NoteError, FileNotFoundError) as error:
        raise Failed(
            str(error), _("Until then the node signs nothing and takes nothing in. See: gongzhi doctor")
        ) from None


def not_founded() -> Failed:
    """That there is no node here yet."""
    return Failed(
        _("There is no node here yet."),
        _("Found one with: gongzhi init, or look around with: gongzhi demo"),
    )


def newer(found: Schema) -> Failed:
    """That a newer version has been at work on this database."""
    return Failed(
        _("The database is of a newer version than this program: {names}.").format(
            names=", ".join(found.unknown)
        ),
        _("Install the newer version, or restore a backup made with this one."),
    )


def migrate() -> tuple[str, ...]:
    """Bring the database to this version; returns the migrations that were run."""
    from django.core.management import call_command

    found = schema()
    if found.shape is Shape.NEWER:
        raise newer(found)
    if found.missing:
        call_command("migrate", verbosity=0, interactive=False)
    return found.missing
