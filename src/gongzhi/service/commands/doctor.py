"""``gongzhi doctor``: what is well with a node, what is not, and what to do about it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import typer

from gongzhi.config import Config
from gongzhi.service.commands import altered, console
from gongzhi.service.commands.console import FAILED, tell
from gongzhi.service.commands.words import _

OK, WARN, FAIL = "ok", "warn", "fail"
_SHOWN = {OK: _("ok  "), WARN: _("warn"), FAIL: _("fail")}
_GIB = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    about: str
    state: str
    found: str
    instead: str = ""


def doctor(
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Look at everything that a node needs."""
    config = console.start_django()
    findings = list(examine(config))
    if as_json:
        console.give(
            {
                "well": all(each.state != FAIL for each in findings),
                "findings": [asdict(each) for each in findings],
            }
        )
    else:
        for each in findings:
            tell(f"{_SHOWN[each.state]}  {each.about}: {each.found}")
            if each.instead:
                tell(f"      → {each.instead}")
    if any(each.state == FAIL for each in findings):
        raise typer.Exit(FAILED)


def examine(config: Config) -> Iterator[Finding]:
    """Everything in turn; what needs the database is left out where it does not answer."""
    yield from _folder(config)
    yield from _keys(config)
    database = list(_database(config))
    yield from database
    if all(each.state != FAIL for each in database):
        for look in (_founded, _published, _tail, _consumers, _rules, _clock):
            yield from look(config)
    yield from _address(config)
    yield from _mail(config)
    yield from _basemap(config)


def _folder(config: Config) -> Iterator[Finding]:
    about = _("data folder")
    free = shutil.disk_usage(config.data_dir).free
    said = _("{path}, {free:.1f} GiB free").format(path=config.data_dir, free=free / _GIB)
    if free < _GIB // 10:
        yield Finding(about, FAIL, said, _("Make room: without it nothing can be recorded."))
    elif free < _GIB:
        yield Finding(about, WARN, said, _("Make room soon."))
    else:
        yield Finding(about, OK, said)
    if config.data_dir.stat().st_mode & 0o007:
        yield Finding(
            _("data folder"),
            WARN,
            _("everybody on this machine may look into it"),
            f"chmod o-rwx {config.data_dir}",
        )


def _keys(config: Config) -> Iterator[Finding]:
    about = _("keys")
    folder = config.data_dir / "keys"
    open_to_others = [
        path
        for path in (folder, folder / "ledger.key", folder / "secret-keys")
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        names = " ".join(str(path) for path in open_to_others)
        yield Finding(about, FAIL, _("others may read {names}").format(names=names), f"chmod go-rwx {names}")
    if not (folder / "ledger.key").exists():
        yield Finding(
            about, WARN, _("there is no signing key yet"), _("gongzhi init makes it; restore brings it back.")
        )
        return
    yield from _key_name(config, about)
    if not open_to_others:
        yield Finding(about, OK, _("readable by their owner only"))


def _key_name(config: Config, about: str) -> Iterator[Finding]:
    from gongzhi.foundation.ledger import keys

    name = keys.signer().key.name
    if name != config.node_name and not name.startswith(f"{config.node_name}/"):
        yield Finding(
            about,
            WARN,
            _("the ledger signs as {name}, the settings say {wanted}").format(
                name=name, wanted=config.node_name
            ),
            _("A ledger keeps its name: set GONGZHI_NODE_NAME to {name}.").format(name=name),
        )


def _database(config: Config) -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    from gongzhi.service.commands.schema import Shape, knock, schema

    about = _("database")
    try:
        knock()
        with connection.cursor() as cursor:
            yield from _SERVER[connection.vendor](about, cursor)
        found = schema()
    except DatabaseError as error:
        yield Finding(
            about,
            FAIL,
            str(error).strip().splitlines()[-1],
            _("Check GONGZHI_DATABASE_URL, and that the server runs and lets this user in."),
        )
        return
    yield {
        Shape.RIGHT: Finding(_("tables"), OK, _("of this version")),
        Shape.EMPTY: Finding(_("tables"), FAIL, _("there are none"), "gongzhi init"),
        Shape.OLDER: Finding(
            _("tables"),
            FAIL,
            _("of an older version: {names} missing").format(names=", ".join(found.missing)),
            "gongzhi backup FILE; gongzhi upgrade",
        ),
        Shape.NEWER: Finding(
            _("tables"),
            FAIL,
            _("of a newer version: {names} unknown").format(names=", ".join(found.unknown)),
            _("Install the newer version."),
        ),
    }[found.shape]


def _sqlite(about: str, cursor: Any) -> Iterator[Finding]:
    cursor.execute("SELECT sqlite_version()")
    (version,) = cursor.fetchone()
    cursor.execute("PRAGMA journal_mode")
    (mode,) = cursor.fetchone()
    cursor.execute("PRAGMA synchronous")
    (synchronous,) = cursor.fetchone()
    if mode != "wal":
        yield Finding(
            about,
            FAIL,
            _("SQLite does not write ahead here (journal mode {mode})").format(mode=mode),
            _("Keep the data folder on a local disk, not on a network share."),
        )
    elif synchronous < 2:
        yield Finding(
            about,
            WARN,
            _("a power cut may lose what was acknowledged"),
            _("Use the settings as shipped (synchronous=FULL)."),
        )
    else:
        yield Finding(about, OK, f"SQLite {version}, WAL")


def _postgresql(about: str, cursor: Any) -> Iterator[Finding]:
    cursor.execute("SHOW server_version")
    (version,) = cursor.fetchone()
    cursor.execute("SHOW synchronous_commit")
    (synchronous,) = cursor.fetchone()
    if synchronous == "off":
        yield Finding(
            about,
            WARN,
            _("a power cut may lose what was acknowledged"),
            _("Set synchronous_commit to on."),
        )
    if int(version.split(".")[0]) < 14:
        yield Finding(about, FAIL, f"PostgreSQL {version}", _("Version 14 or newer is needed."))
    else:
        yield Finding(about, OK, f"PostgreSQL {version}")


_SERVER: dict[str, Callable[[str, Any], Iterator[Finding]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


def _founded(config: Config) -> Iterator[Finding]:
    from gongzhi.foundation.regions.queries import root

    top = root()
    if top is None:
        yield Finding(_("node"), FAIL, _("not founded yet"), "gongzhi init")
    else:
        yield Finding(_("node"), OK, f"{top} ({top.code})")


def _published(config: Config) -> Iterator[Finding]:
    from gongzhi.foundation.ledger import notes, published
    from gongzhi.foundation.ledger.queries import latest_checkpoint

    head = latest_checkpoint()
    about = _("ledger")
    try:
        published.agree(head)
    except (published.Disagrees, notes.NoteError, FileNotFoundError) as error:
        yield Finding(
            about,
            FAIL,
            str(error),
            _("Restore a newer backup. If there is none: gongzhi ledger begin-anew"),
        )
        return
    if head is None:
        yield Finding(about, OK, _("empty"))
    else:
        yield Finding(about, OK, _("{size} entries signed").format(size=head.size))


def _tail(config: Config) -> Iterator[Finding]:
    from gongzhi.foundation.ledger.clock import now
    from gongzhi.service.commands.measures import OLDEST_TAIL, tail

    waiting, oldest = tail()
    age = now() - oldest
    said = _("{waiting} entries wait for their place").format(waiting=waiting)
    if waiting and age > OLDEST_TAIL:
        yield Finding(
            _("sequencer"),
            FAIL,
            f"{said} ({age.total_seconds():.0f} s)",
            _("Start gongzhi serve or gongzhi worker, or run: gongzhi ledger sequence"),
        )
    else:
        yield Finding(_("sequencer"), OK, said)


def _consumers(config: Config) -> Iterator[Finding]:
    from gongzhi.service.commands.measures import lags, undone

    left = undone()
    about = _("consumers")
    if left:
        said = ", ".join(f"{name}: {number}" for name, number in sorted(left.items()))
        yield Finding(
            about, WARN, _("left undone: {what}").format(what=said), "gongzhi ledger undone [--retry]"
        )
    behind = {name: lag for name, lag in lags().items() if lag}
    if behind:
        said = ", ".join(f"{name}: {lag}" for name, lag in sorted(behind.items()))
        yield Finding(about, OK, _("entries not read yet: {what}").format(what=said))
    elif not left:
        yield Finding(about, OK, _("all entries read"))


def _rules(config: Config) -> Iterator[Finding]:
    about = _("rules")
    wrong = altered.sentences()
    for each in wrong:
        yield Finding(about, FAIL, each, _("Somebody wrote past the platform: bring a backup back."))
    if not wrong:
        yield Finding(about, OK, _("as the ledger has them"))


def _clock(config: Config) -> Iterator[Finding]:
    from django.db import connection

    from gongzhi.foundation.ledger.clock import now
    from gongzhi.service.commands.measures import as_moment

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(recorded) FROM (SELECT recorded FROM ledger_entry ORDER BY id DESC LIMIT 50) e"
        )
        (last,) = cursor.fetchone()
        ahead = 0.0
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            (server,) = cursor.fetchone()
            ahead = (server - now()).total_seconds()
    about = _("clock")
    if last is not None and (early := (as_moment(last) - now()).total_seconds()) > 5:
        yield Finding(
            about,
            FAIL,
            _("the newest entry is {seconds:.0f} s in the future").format(seconds=early),
            _("Set the clock of this machine and keep it by NTP: deadlines depend on it."),
        )
    elif abs(ahead) > 5:
        yield Finding(
            about,
            WARN,
            _("the database's clock differs by {seconds:.0f} s").format(seconds=ahead),
            _("Keep both clocks by NTP."),
        )
    else:
        yield Finding(about, OK, f"{now():%Y-%m-%d %H:%M:%S} UTC")


def _address(config: Config) -> Iterator[Finding]:
    from urllib.parse import urlsplit

    parts = urlsplit(config.base_url)
    about = _("address")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Finding(
            about,
            WARN,
            _("{url} is not encrypted").format(url=config.base_url),
            _("Put a gateway with HTTPS before the node and set GONGZHI_BASE_URL to its https address."),
        )
    else:
        yield Finding(about, OK, config.base_url)
    if config.debug:
        yield Finding(about, WARN, _("error details are shown in the browser"), _("Leave GONGZHI_DEBUG out."))


def _mail(config: Config) -> Iterator[Finding]:
    about = _("mail")
    if config.smtp_url is None:
        yield Finding(about, OK, _("none set; answers wait on the follow-up page"))
        return
    from django.core.mail import get_connection

    try:
        with get_connection(fail_silently=False, timeout=5):
            yield Finding(about, OK, _("the mail server answers"))
    except OSError as error:
        yield Finding(
            about,
            FAIL,
            _("the mail server does not answer: {why}").format(why=error),
            _("Check GONGZHI_SMTP_URL."),
        )


def _basemap(config: Config) -> Iterator[Finding]:
    about = _("base map")
    if config.basemap is None:
        yield Finding(about, OK, _("none set; maps show outlines alone"))
        return
    from gongzhi.service.design.basemap import BadBasemap, read

    try:
        number = len(read(config.basemap))
    except (OSError, BadBasemap) as error:
        yield Finding(about, FAIL, str(error), _("Correct the file, or leave GONGZHI_BASEMAP out."))
        return
    yield Finding(about, OK, _("{path}, {number} features").format(path=config.basemap, number=number))
