"""How long a search takes among a million submissions on PostgreSQL, for clerks of different reach.

    python bench/search.py --postgres URL                    a million, in a database of its own there
    python bench/search.py --postgres URL --submissions 100000 --times 5
    python bench/search.py --postgres URL --keep searched    … in a database that stays, and is filled once

Texts are those of the demonstration's generator in both languages, each with a place and a house number,
from a seed; some words are put among them as often as `PLANTED` says. Submissions spread over three years
and a hundred counties, and the index is built when they are there, by the migration. Asked is the page of
the desk itself, again and again, and the look-up by telephone. Fails where the 95th percentile of any kind
of term, for any reader, is over 300 ms. The server should be as one that is run for this: `make postgres
BUFFERS=4GB`.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
COUNTIES, TOWNS, BODIES, LIMIT_MS = 100, 20, 20, 300
UNTIL, SPAN = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=3 * 365)
#: What is younger than this is not closed yet.
OPEN = timedelta(days=16)
BEFORE_THE_INDEX = "0004_knowledge"

#: So many in a million say this.
PLANTED = {
    "我要投诉": 300_000, "广场舞": 10_000, "窨井盖": 1_000, "野猪": 20,
    "please hurry": 100_000, "manhole": 10_000, "raccoon": 20,
}  # fmt: skip
#: Said by every twentieth in one week two years ago, and by nobody since.
LONG_AGO = "台风烟花"

_TONGUES = {"zh": 0.8, "en": 0.2}

TERMS = {
    "common": ["投诉", "请", "社区", "please", "我要投诉"],
    "middle": ["广场舞", "广场", "井盖", "manhole", "信号灯 停车"],
    "rare": ["野猪", "猪", "raccoon", "野猪 社区", "please raccoon"],
    "absent": ["恐龙", "狒", "zeppelin", "恐龙 投诉", "please zeppelin"],
    "long ago": ["烟花", "台风烟花", "台风"],
    "place": ["路123号", "桥头", "河埠头"],
    "number": [],
}


def main() -> int:
    """Fill, ask, print a table, and say whether it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postgres", metavar="URL", default=os.environ.get("GONGZHI_TEST_POSTGRES_URL"))
    parser.add_argument("--submissions", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="each term, for each reader")
    parser.add_argument("--keep", metavar="DATABASE")
    options = parser.parse_args()
    if not options.postgres:
        sys.stderr.write("This needs a PostgreSQL server: --postgres URL\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as scratch, _database(options) as is_new:
        _begin(Path(scratch))
        if is_new:
            _fill(options.submissions)
        return _report(_measured(options.times))


@contextlib.contextmanager
def _database(options: argparse.Namespace) -> Iterator[bool]:
    """A database of its own, and whether it is new."""
    import psycopg

    name = options.keep or f"search_{os.getpid()}"
    with psycopg.connect(options.postgres, autocommit=True) as server:
        is_new = not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if is_new:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        os.environ["GONGZHI_DATABASE_URL"] = urlsplit(options.postgres)._replace(path=f"/{name}").geturl()
        try:
            yield is_new
        finally:
            if not options.keep:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _begin(scratch: Path) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "gongzhi.settings", "GONGZHI_DATA_DIR": str(scratch)}
    import logging

    import django
    import structlog
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


# -- a million submissions -----------------------------------------------------------------------------


def _fill(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from gongzhi.foundation.ledger import guard
    from tests.builders import world

    call_command("migrate", verbosity=0)
    made = world()
    like = made.submission("Like this one", region=made.county)
    made.person("Somebody")
    call_command("migrate", "matters", BEFORE_THE_INDEX, verbosity=0)
    with guard.permitted(), guard.writing(), connection.cursor() as cursor:
        _add_places(made)
        _tell(cursor, count)
        for name, changed in _ROWS.items():
            table = name.partition("/")[0]
            _like(cursor, table, _key_in(table, like), changed)
    _timed("the migration, with its index", lambda: call_command("migrate", verbosity=0))
    with connection.cursor() as cursor:
        _timed("VACUUM ANALYZE", lambda: cursor.execute("VACUUM ANALYZE"))


def _timed(what: str, do: Any) -> None:
    begun = time.perf_counter()
    do()
    sys.stdout.write(f"{what}: {time.perf_counter() - begun:.0f} s\n")
    sys.stdout.flush()


def _add_places(made: Any) -> None:
    """Counties with their towns, and bodies in each."""
    from gongzhi.foundation.parties.models import Organisation
    from gongzhi.foundation.regions.models import Region

    named = {"zh": "某地", "en": "Somewhere"}
    counties = [
        Region(code=f"9{n:05}", name=named, level="county", parent=made.top, path=f"/cn/9{n:05}/")
        for n in range(COUNTIES)
    ]
    towns = [
        Region(
            code=f"{county.code}{n:03}", name=named, level="township", parent=county,
            path=f"{county.path}{county.code}{n:03}/",
        )
        for county in counties
        for n in range(TOWNS)
    ]  # fmt: skip
    Region.objects.bulk_create([*counties, *towns], batch_size=1000)
    Organisation.objects.bulk_create(
        Organisation(code=f"b{county.code}{n:02}", name=named, kind="government", region=county)
        for county in counties
        for n in range(BODIES)
    )


def _tell(cursor: Any, count: int) -> None:
    """A table of what is said, when and where, from which all other rows are made."""
    from gongzhi.foundation.ledger.identity import uuid7
    from gongzhi.foundation.regions.divisions import readable_number

    cursor.execute(
        "CREATE TABLE told (n int, submission uuid, matter uuid, person uuid, first uuid, lead uuid,"
        " sign text, other text, said text, place text, title text, filed timestamptz, county int, town int)"
    )
    with cursor.copy(
        "COPY told (n, submission, matter, person, first, lead, sign, other, said, place, title, filed,"
        " county, town) FROM STDIN"
    ) as copy:
        numbers: set[str] = set()
        while len(numbers) < 2 * count:
            numbers.add(readable_number())
        for n, (said, place, title, filed) in enumerate(_said(count)):
            chance = random.Random(n)
            where = chance.randrange(COUNTIES), chance.randrange(TOWNS)
            keys = [uuid7() for _ in range(5)]
            copy.write_row([n, *keys, numbers.pop(), numbers.pop(), said, place, title, filed, *where])
    cursor.execute("ANALYZE told")


def _said(count: int) -> Iterator[tuple[str, str, str, datetime]]:
    from gongzhi.service.commands.demonstration.generator import generate

    chance = random.Random(1)
    pool = list(generate(seed=1, until=UNTIL, days=365, count=4000))
    step = SPAN / count
    for n in range(count):
        one, other = chance.choice(pool), chance.choice(pool)
        (tongue,) = chance.choices([*_TONGUES], [*_TONGUES.values()])
        house = chance.randrange(1, 400)
        place = f"{other.place['zh']}，{house}号" if tongue == "zh" else f"{house}, {other.place['en']}"
        filed = UNTIL - SPAN + n * step
        said = "".join(
            (" " if word.isascii() else "，") + word
            for word, often in PLANTED.items()
            if word.isascii() == (tongue == "en") and chance.random() < often / 1e6 / _TONGUES[tongue]
        )
        if abs(filed - UNTIL + timedelta(days=730)) < timedelta(days=4) and chance.random() < 0.05:
            said += f"，{LONG_AGO}"
        text = f"{one.text[tongue]}{said}（{place}）"
        yield text, place, text[:60], filed


#: Table, and which rows of it → its columns that differ from row to row, as expressions over `told`.
_ROWS = {
    "parties_person": {
        "id": "person", "name": "'王小明'",
        "phone": "'100' || lpad(mod(n * 7919::bigint, 99999999)::text, 8, '0')",
    },
    "matters_matter": {
        "id": "matter", "number": "told.sign", "title": "told.title", "region_id": "town.id",
        "opened_at": "filed",
        "state": f"CASE WHEN filed < '{UNTIL - OPEN}' THEN 'closed' ELSE 'dispatched' END",
        "first_receiver_id": "first.id", "answering_id": "first.id", "lead_id": "lead.id",
        "due_at": "filed + interval '7 days'",
    },
    "matters_part": {
        "id": "told.lead", "matter_id": "matter", "organisation_id": "lead.id", "since": "filed",
        "role": "'lead'",
    },
    "matters_part/first": {
        "id": "told.first", "matter_id": "matter", "organisation_id": "first.id", "since": "filed",
        "role": "'first_receiver'",
    },
    "matters_submission": {
        "id": "submission", "number": "other", "text": "said", "place": "told.place", "region_id": "town.id",
        "person_id": "told.person", "matter_id": "matter", "filed_at": "filed", "received_by_id": "first.id",
    },
}  # fmt: skip


def _key_in(table: str, like: Any) -> Any:
    """The row of a table that belongs to the submission made by the acts."""
    from gongzhi.governance.matters.models import Part

    return {
        "parties_person": None,
        "matters_matter": like.matter_id,
        "matters_part": Part.objects.filter(matter=like.matter_id).values_list("pk", flat=True).first(),
        "matters_submission": like.pk,
    }[table]


def _like(cursor: Any, table: str, key: Any, changed: dict[str, str]) -> None:
    """As many rows as were told, each like a row that there is, but for what changes."""
    from django.apps import apps

    app, model = table.split("_")
    fields = apps.get_model(app, model)._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(changed.get(field.column, f'kept."{field.column}"') for field in fields)
    where = "kept.id = %s" if key else f"kept.id = (SELECT id FROM {table} LIMIT 1)"
    _timed(
        table,
        lambda: cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} kept, told"
            " JOIN regions_region town"
            " ON town.code = '9' || lpad(county::text, 5, '0') || lpad(told.town::text, 3, '0')"
            " JOIN parties_organisation first ON first.code = 'b9' || lpad(county::text, 5, '0') || '00'"
            " JOIN parties_organisation lead ON lead.code = 'b9' || lpad(county::text, 5, '0')"
            f" || lpad((1 + mod(n, {BODIES - 1}))::text, 2, '0') WHERE {where} ORDER BY n",
            [key] if key else [],
        ),
    )


# -- asking --------------------------------------------------------------------------------------------


def _measured(times: int) -> list[dict[str, Any]]:
    """What each kind of term takes for each reader; the page is asked once before it counts."""
    from django.urls import reverse

    address = reverse("desk:list", args=["all"])
    clients = _readers()
    found = []
    for (reader, client), (kind, terms) in itertools.product(clients.items(), _terms().items()):
        asked = [f"{address}?{urlencode({'words': term})}" for term in terms]
        lines = [client.get(at).content.count(b'<li class="gz-line"') for at in asked]
        took = [_ms(partial(client.get, at)) for at in asked for _turn in range(times)]
        found.append({"reader": reader, "kind": kind, "ms": took, "lines": lines})
    ring = partial(clients["a county"].post, reverse("desk:telephone"))
    rung = {"region": "900007", "phone": "10000007919", "purpose": "the caller asks"}
    ringing = [_ms(partial(ring, rung)) for _ in range(times)]
    return [*found, {"reader": "a county", "kind": "telephone", "ms": ringing, "lines": []}]


def _ms(ask: Any) -> float:
    begun = time.perf_counter()
    answer = ask()
    took = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"answered {answer.status_code}")
    return took


def _terms() -> dict[str, list[str]]:
    from gongzhi.governance.matters.models import Matter, Submission

    numbers = [Matter.objects.order_by("pk")[1000].number, Submission.objects.order_by("pk")[2000].number]
    return TERMS | {"number": [*numbers, numbers[0][:6], numbers[1][:4].lower()]}


def _readers() -> dict[str, Any]:
    """A clerk of one county of a hundred, one of all, and a handler who reads what their body has."""
    from gongzhi.foundation.parties.actors import OPERATOR, person_actor
    from gongzhi.foundation.parties.acts import add_organisation, add_person, appoint, create_post
    from gongzhi.foundation.parties.queries import organisation, role
    from gongzhi.foundation.regions.queries import regions
    from tests.desks import signed_in

    top = regions().get(code="cn")
    above = organisation("above") or add_organisation(
        OPERATOR, top, code="above", name={"zh": "总"}, kind="government"
    )
    posts = {
        "a county": (organisation("b90000700"), "clerk"),
        "everything": (above, "clerk"),
        "one body": (organisation("b90000703"), "handler"),
    }
    found = {}
    for name, (body, code) in posts.items():
        person = add_person(OPERATOR, top, name=name)
        post = create_post(OPERATOR, body, role=role(code), title={"zh": code})
        appoint(OPERATOR, post, person=person)
        found[name] = signed_in(person_actor(person.pk))
    return found


def _report(found: list[dict[str, Any]]) -> int:
    from django.db import connection

    line = "{:<12} {:<10} {:>9} {:>9} {:>9}  {}\n"
    sys.stdout.write(line.format("reader", "term", "p50 ms", "p95 ms", "max ms", "lines on the page"))
    for row in found:
        times = [f"{each:.0f}" for each in (*_percentiles(row["ms"]), max(row["ms"]))]
        sys.stdout.write(line.format(row["reader"], row["kind"], *times, " ".join(map(str, row["lines"]))))
    half, most = _percentiles([ms for row in found for ms in row["ms"]])
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cursor.fetchone()
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"all: p50 {half:.0f} ms, p95 {most:.0f} ms\n")
    sys.stdout.write(f"{os.cpu_count()} cores, PostgreSQL {version}, shared_buffers {buffers}, load {load}\n")
    return 0 if all(_percentiles(row["ms"])[1] < LIMIT_MS for row in found) else 1


def _percentiles(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
