"""``gongzhi init``: the first authority, its first organisation and administrator, and the node's keys."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from gongzhi.service.commands import console
from gongzhi.service.commands.console import Failed, say, tell
from gongzhi.service.commands.words import _

if TYPE_CHECKING:
    from gongzhi.foundation.parties.queries import Organisation
    from gongzhi.foundation.regions.queries import Region


@dataclass(frozen=True)
class First:
    """Whom and what a node begins with."""

    code: str
    name: dict[str, str]
    level: str = "county"
    zone: str = "Asia/Shanghai"
    calendar: str = "CN"
    organisation_code: str = ""
    organisation: dict[str, str] | None = None
    administrator: str = ""
    username: str = "admin"
    password: str = ""
    invented: bool = False


@dataclass(frozen=True)
class Founded:
    """What was founded."""

    region: Region
    organisation: Organisation
    verifier: str

    @property
    def fingerprint(self) -> str:
        """The verifier key's digest, short enough to compare over the telephone."""
        return fingerprint(self.verifier)


def fingerprint(verifier: str) -> str:
    """Eight groups of four hexadecimal digits."""
    digest = hashlib.sha256(verifier.encode()).hexdigest()
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def above_all() -> Region:
    """A top under which regions of any country fit, each with a zone and a calendar of its own."""
    from gongzhi.foundation.regions.queries import Region

    name = {"zh": "全部", "en": "All regions"}
    return Region(code="all", name=name, level="state", path="/all/", zone="UTC", calendar="WEEKDAYS")


def found(first: First) -> Founded:
    """Found a node in an empty database, all of it or nothing."""
    from gongzhi.foundation.ledger import guard, keys
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.parties.acts import (
        add_organisation,
        add_person,
        appoint,
        create_post,
        found_node,
    )
    from gongzhi.foundation.parties.queries import role
    from gongzhi.foundation.regions.queries import Region
    from gongzhi.service.accounts.acts import Hidden, open_account
    from gongzhi.service.commands.shipped import enact_defaults

    with guard.writing():
        top = found_node(
            OPERATOR,
            Region(
                code=first.code,
                name=first.name,
                level=first.level,
                zone=first.zone,
                calendar=first.calendar,
                path=f"/{first.code}/",
                invented=first.invented,
            ),
        )
        enact_defaults(OPERATOR, top)
        body = add_organisation(
            OPERATOR,
            top,
            code=first.organisation_code or f"{first.code}-centre",
            name=first.organisation or first.name,
            kind="government",
            functions=["centre"],
            invented=first.invented,
        )
        person = add_person(OPERATOR, top, name=first.administrator, invented=first.invented)
        administrator = role("administrator")
        if administrator is None:
            raise LookupError("administrator: found_node lays down the shipped roles")
        post = create_post(OPERATOR, body, role=administrator, title=administrator.name)
        appoint(OPERATOR, post, person=person)
        open_account(OPERATOR, person, username=first.username, password=Hidden(first.password))
    console.sequence()
    return Founded(top, body, str(keys.verifiers()[0]))


def _names(name: str, name_en: str) -> dict[str, str]:
    return {"zh": name, "en": name_en} if name_en else {"zh": name}


def init(
    code: str = typer.Option(
        ..., prompt=_("Code of the region (GB/T 2260, such as 310118)"), help=_("code of the region")
    ),
    name: str = typer.Option(..., prompt=_("Name of the region"), help=_("name of the region")),
    name_en: str = typer.Option("", help=_("its name in English")),
    level: str = typer.Option("county", help=_("state, province, prefecture, county, township or village")),
    zone: str = typer.Option("Asia/Shanghai", help=_("time zone by its IANA name")),
    calendar: str = typer.Option("CN", help=_("working calendar: a country's code, as CN or US-IL")),
    organisation: str = typer.Option(
        ..., prompt=_("Name of the first organisation"), help=_("name of the first organisation")
    ),
    organisation_en: str = typer.Option("", help=_("its name in English")),
    administrator: str = typer.Option(
        ..., prompt=_("Name of the first administrator"), help=_("name of the first administrator")
    ),
    username: str = typer.Option("admin", help=_("user name of the first administrator")),
    password_file: str = typer.Option(
        "", help=_("file with the password; without it one is generated and shown once")
    ),
    as_json: bool = typer.Option(False, "--json", help=_("give the result as one JSON object")),
) -> None:
    """Found a node."""
    console.start_django()
    from gongzhi.foundation.regions.queries import Level, root
    from gongzhi.service.commands.schema import migrate, reachable

    _demand(level in Level.values, _("There is no level called {name}.").format(name=level))
    _demand_zone(zone, calendar)
    reachable()
    migrate()
    if (already := root()) is not None:
        raise Failed(
            _("This node was founded already, for {name} ({code}).").format(name=already, code=already.code),
            _("Start it with: gongzhi serve. For another node choose another GONGZHI_DATA_DIR."),
        )
    password, generated = chosen_password(password_file)
    founded = found(
        First(
            code=code,
            name=_names(name, name_en),
            level=level,
            zone=zone,
            calendar=calendar,
            organisation=_names(organisation, organisation_en),
            administrator=administrator,
            username=username,
            password=password,
        )
    )
    if as_json:
        result: dict[str, Any] = {
            "region": code,
            "username": username,
            "verifier": founded.verifier,
            "fingerprint": founded.fingerprint,
        }
        console.give(result | ({"password": password} if generated else {}))
        return
    _report(founded, username, password if generated else None)


def _demand(condition: bool, why: str) -> None:
    if not condition:
        raise Failed(why, code=console.MISUSED)


def _demand_zone(zone: str, calendar: str) -> None:
    from gongzhi.foundation.regions.calendars import WorkingCalendar

    try:
        WorkingCalendar(calendar, zone)
    except (KeyError, ValueError, OSError, NotImplementedError) as error:
        raise Failed(
            _("Zone or calendar are not known: {why}").format(why=error), code=console.MISUSED
        ) from None


def chosen_password(file: str) -> tuple[str, bool]:
    """The password in a file, or a new one; whether it is new."""
    if not file:
        return secrets.token_urlsafe(12), True
    from pathlib import Path

    return Path(file).read_text(encoding="utf-8").strip(), False


def _report(founded: Founded, username: str, password: str | None) -> None:
    say(_("The node is founded."))
    tell(_("Region:         {name} ({code})").format(name=founded.region, code=founded.region.code))
    tell(_("Administrator:  {username}").format(username=username))
    if password is not None:
        tell(_("Password:       {password}   (shown this once)").format(password=password))
    tell(_("Verifier key:   {key}").format(key=founded.verifier))
    tell(_("Fingerprint:    {fingerprint}").format(fingerprint=founded.fingerprint))
    say(
        _(
            "Publish the verifier key where people trust it: with it anyone checks receipts of this node.\n"
            "Start the node with: gongzhi serve"
        )
    )
