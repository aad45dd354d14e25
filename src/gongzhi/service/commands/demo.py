"""``gongzhi demo``: an invented region to look around in, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from gongzhi.config import Config
from gongzhi.service.commands import console
from gongzhi.service.commands.console import Failed, Progress, say, tell
from gongzhi.service.commands.words import _

#: Says that the demonstration is complete, and with which accounts.
_DONE = "demonstration.json"
#: Says that the folder is the demonstration's, so that a broken start may clear it.
_BEGUN = "demonstration.begun"


def demo(
    port: int = typer.Option(8000, min=1, max=65535, help=_("port to listen at")),
    anew: bool = typer.Option(False, "--anew", help=_("forget what was done in it, and load it again")),
) -> None:
    """Load the demonstration region where it is not there yet, and serve it."""
    folder = Config.read().data_dir / "demo"
    os.environ["GONGZHI_DATA_DIR"] = str(folder)
    os.environ.setdefault("GONGZHI_BASE_URL", f"http://127.0.0.1:{port}")
    _prepare(folder, anew)
    os.environ.setdefault("GONGZHI_BASEMAP", str(_waters(folder)))
    console.start_django(machine_logs=True)
    from gongzhi.service.commands.running import run_server
    from gongzhi.service.commands.schema import demand_agreeing, migrate, reachable
    from gongzhi.service.commands.upgrading import renew_roles, renew_rules

    reachable()
    migrate()
    accounts = _loaded(folder) or _load(folder)
    demand_agreeing()
    renew_roles()
    renew_rules()
    console.sequence()
    _table(accounts)
    run_server("127.0.0.1", port)


def _prepare(folder: Path, anew: bool) -> None:
    """Clear what a broken start left behind; only in a folder that a demonstration began."""
    if (folder / _BEGUN).exists() and (anew or not (folder / _DONE).exists()):
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / _BEGUN).touch()


def _waters(folder: Path) -> Path:
    """The rivers and lakes of the demonstration, to be drawn under its maps."""
    from gongzhi.service.commands.demonstration.waters import drawn

    path = folder / "waters.geojson"
    path.write_text(json.dumps(drawn(), ensure_ascii=False), encoding="utf-8")
    return path


def _loaded(folder: Path) -> list[dict[str, Any]] | None:
    """The accounts of a demonstration that is there already."""
    from gongzhi.foundation.regions.queries import regions, root

    done = folder / _DONE
    if root() is None:
        return None
    if not done.exists() or not regions().filter(invented=True).exists():
        raise Failed(
            _("The database holds something else than a complete demonstration."),
            _("Leave GONGZHI_DATABASE_URL unset, or name an empty database."),
        )
    accounts: list[dict[str, Any]] = json.loads(done.read_text(encoding="utf-8"))["accounts"]
    return accounts


def _load(folder: Path) -> list[dict[str, Any]]:
    progress = Progress()
    say(_("Making the demonstration region. Everybody and everything in it is invented."))
    accounts = _loader()(progress)
    progress.end()
    console.sequence()
    partial = folder / f"{_DONE}.partial"
    partial.write_text(json.dumps({"accounts": accounts}, ensure_ascii=False), encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(folder / _DONE)
    return accounts


def _loader() -> Callable[[Progress], list[dict[str, Any]]]:
    name = "gongzhi.service.commands.demonstration.load"
    if find_spec(name) is None:
        return _smallest
    load: Callable[[Progress], list[dict[str, Any]]] = import_module(name).load
    return load


def _smallest(progress: Progress) -> list[dict[str, Any]]:
    """A region without anything in it."""
    from gongzhi.service.commands.founding import First, found

    progress("…")
    password = "gongzhi-demo"  # noqa: S105
    found(First("990000", {"en": "Demonstration"}, administrator="A", password=password, invented=True))
    return [{"username": "admin", "password": password, "role": {"en": "administrator"}}]


def _table(accounts: list[dict[str, Any]]) -> None:
    """The accounts, one for each kind of user."""
    from gongzhi.service.commands.tables import table

    rows = [
        [a["username"], a["password"], _said(a.get("role", "")), _said(a.get("who", ""))] for a in accounts
    ]
    tell(table([_("user name"), _("password"), _("role"), _("who")], rows))
    if any(account["username"].startswith("qingpu.") for account in accounts):
        tell(_("The other two counties have the same posts: put wujiang or jiashan in the place of qingpu."))


def _said(name: Any) -> str:
    from gongzhi.service.commands.words import language

    if isinstance(name, dict):
        return str(name.get(language()) or name.get("en") or name.get("zh") or "")
    return str(name)
