"""Every page with few matters, places, bodies and handovers and with many: questions asked, and time taken.

    python bench/pages.py                        1,000 and 100,000 matters, 20 and 2,000 bodies on SQLite
    python bench/pages.py --postgres URL         … on the server of that address, in a database of its own
    python bench/pages.py --many 20000 --json

Fails when a page asks more than nine questions, or more of them when there is more. Matters are put in by
bulk insertion, so the pages show no ledger entries for them; what they ask is the same.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FEW, MOST_ASKED, TIMES = 1000, 9, 5


def main() -> int:
    """Measure, print a table, and say whether the pages hold."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as scratch:
        _begin(Path(scratch), options.postgres)
        found = _measured(options.many)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        _print(found, options.many)
    return 0 if all(_holds(row) for row in found) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _begin(scratch: Path, postgres: str | None) -> None:
    """Settings, and an empty database that is thrown away at the end."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    os.environ["GONGZHI_DATA_DIR"] = str(scratch)
    os.environ.pop("GONGZHI_DATABASE_URL", None)
    if postgres:
        os.environ["GONGZHI_DATABASE_URL"] = postgres
    import logging

    import django
    import structlog
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    from django.db import connection

    if postgres:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    else:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)


def _measured(many: int) -> list[dict[str, Any]]:
    from tests.builders import world
    from tests.crowds import crowd, handed_over

    made = world()
    filed = made.submission("Sewage smells at the bridge")
    clients = _clients(made, filed)
    pages = _pages(filed)
    crowd(made, FEW, towns=10, bodies=20)
    handed_over(made, 20)
    few = {name: _look(clients[who], address) for name, (who, address) in pages.items()}
    crowd(made, many - FEW, towns=20, bodies=1980, seed=2)
    handed_over(made, 180)
    _analyse()
    return [
        {"page": name, "few": few[name], "many": _look(clients[who], address)}
        for name, (who, address) in pages.items()
    ]


def _clients(made: Any, filed: Any) -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse

    from gongzhi.governance.matters.followup import secret_of
    from tests.desks import signed_in

    public = Client(HTTP_ACCEPT_LANGUAGE="en")
    public.post(reverse("portal:follow_up"), {"number": filed.number, "secret": secret_of(filed)})
    return {
        "public": public,
        "administrator": signed_in(made.staff("administrator")),
        "coordinator": signed_in(made.staff("coordinator")),
        "author": signed_in(made.staff("rule_author")),
        "steward": signed_in(made.staff("data_steward")),
        "handler": signed_in(made.staff("handler", made.water)),
    }


def _pages(filed: Any) -> dict[str, tuple[str, str]]:
    from django.urls import reverse

    matter = filed.matter
    public = ("home", "report", "ask", "near", "follow_up", "rules", "check")
    at_doors = {f"portal, {name}": ("public", reverse(f"portal:{name}")) for name in public}
    at_doors["portal, near a town"] = ("public", reverse("portal:near") + "?place=310118110")
    at_doors["portal, followed up"] = ("public", reverse("portal:followed", args=[filed.number]))
    at_doors["portal, public accounts"] = ("public", reverse("portal:accounts"))
    at_doors["account"] = ("coordinator", reverse("accounts:mine"))
    at_doors["people"] = ("administrator", reverse("accounts:people"))
    lists = ("today", "week", "later", "waiting", "dispatch", "close", "all")
    at_lists = {f"list {tab}": ("coordinator", reverse("desk:list", args=[tab])) for tab in lists}
    return (
        at_doors
        | at_lists
        | {
            "my work of a handler": ("handler", reverse("desk:mine")),
            "all of a handler": ("handler", reverse("desk:list", args=["all"])),
            "search by words": ("coordinator", reverse("desk:list", args=["all"]) + "?words=sewage+bridge"),
            "search by number": (
                "coordinator",
                reverse("desk:list", args=["all"]) + f"?words={matter.number}",
            ),
            "search by two characters": ("coordinator", reverse("desk:list", args=["all"]) + "?words=臭味"),
            "board": ("coordinator", reverse("desk:board")),
            "board, one column": ("coordinator", reverse("desk:column", args=["offered"])),
            "who holds what": ("coordinator", reverse("desk:holding")),
            "a matter": ("coordinator", reverse("desk:matter", args=[matter.pk])),
            "a matter of a handler": ("handler", reverse("desk:matter", args=[matter.pk])),
            "tasks of grids": ("coordinator", reverse("desk:tasks")),
            "a task to set": ("coordinator", reverse("desk:task_set")),
            "duty roster": ("coordinator", reverse("desk:roster")),
            "urgent reports": ("coordinator", reverse("desk:urgents")),
            "an urgent report to write": ("coordinator", reverse("desk:urgent_new")),
            "things and their owners": ("steward", reverse("desk:things")),
            "duties shared and missing": ("author", reverse("desk:rules_duties")),
            "taking in": ("coordinator", reverse("desk:take_in")),
            "picture since yesterday": ("coordinator", reverse("cockpit:today")),
            "picture of a town": ("coordinator", reverse("cockpit:region", args=["310118110"])),
            "picture of a month": ("coordinator", reverse("cockpit:today") + "?period=month"),
            "loop of a month": ("coordinator", reverse("cockpit:loop") + "?period=month"),
            "matters behind a figure": (
                "coordinator",
                reverse("cockpit:behind", args=["310118", "taken-in"]) + "?period=month",
            ),
        }
    )


def _look(client: Any, address: str) -> dict[str, float]:
    """The questions that a page asks, and the best of its times: others may be at work on the machine."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    asked = len(captured)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
    return {"asked": asked, "ms": round(min(times), 1)}


def _analyse() -> None:
    """What a database does by itself sooner or later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _holds(row: dict[str, Any]) -> bool:
    return row["many"]["asked"] <= MOST_ASKED and row["many"]["asked"] <= row["few"]["asked"]


def _print(found: list[dict[str, Any]], many: int) -> None:
    line = "{:<26} {:>8} {:>8} {:>10} {:>10} {:>7}\n"
    sys.stdout.write(line.format("page", "asked", "asked", f"ms {FEW:,}", f"ms {many:,}", "times"))
    for row in found:
        few, more = row["few"], row["many"]
        mark = "" if _holds(row) else "  asks too much"
        ratio = f"{more['ms'] / few['ms']:.1f}"
        told = line.format(row["page"], few["asked"], more["asked"], few["ms"], more["ms"], ratio)
        sys.stdout.write(told.rstrip("\n") + mark + "\n")


if __name__ == "__main__":
    sys.exit(main())
