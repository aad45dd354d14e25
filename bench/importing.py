"""Import a city's file, and beside it insert the very same rows raw, in one run: the ratio is what counts.

    python bench/importing.py                       Boston and Chicago on SQLite
    python bench/importing.py --postgres URL        … and on the server of that address
    python bench/importing.py --rows 6000 boston    only the first rows of one of them

Raw is `executemany` on SQLite and COPY on PostgreSQL, all tables in one transaction, from tuples that
are ready in memory, into the same schema with its indexes, keys and triggers. Each measurement has a
process and a database of its own. Processor time is given too, for a busy machine distorts the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import json
import os
import pickle
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GONGZHI_TEST_DATA", ROOT.parent / "shared" / "data")) / "complaints"
CITIES = {
    "boston": ("boston-2011", DATA / "boston_2011.zip"),
    "chicago": ("chicago-2011-2014", DATA / "chicago_sanitation_2011_2014.csv.gz"),
}
#: What an import writes besides positions and tiles, which only sequencing writes.
TABLES = (
    *("regions_region", "regions_grid", "parties_organisation", "parties_charge", "parties_role"),
    *("matters_category", "matters_matter", "matters_part", "matters_deadline", "matters_submission"),
    *("ledger_entry", "ledger_private", "ledger_concern"),
)


def processor_seconds() -> float:
    """What this process has used, of the processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Clock:
    """Elapsed and processor seconds of a block."""

    def __enter__(self) -> Clock:
        self._at, self._used = time.perf_counter(), processor_seconds()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._at
        self.processor = processor_seconds() - self._used


def ready() -> None:
    """Django, and the schema in an empty database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def native() -> Any:
    """The driver's own connection."""
    from django.db import connection

    connection.ensure_connection()
    return connection.connection


def shortened(path: Path, rows: int, folder: Path) -> Path:
    """A file with only the first rows."""
    from gongzhi.service.commands.importing.files import Format, opened

    if not rows:
        return path
    import csv

    short = folder / f"{path.stem}-{rows}.csv"
    with opened(path, Format()) as table, short.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(table.columns)
        for number, read in enumerate(table.rows()):
            if number == rows:
                break
            writer.writerow(read.cells)
    return short


def step_import(city: str, rows: int, folder: Path) -> dict[str, Any]:
    """Import by the acts, then sequence; leaves the rows for the raw insert in a file."""
    ready()
    from gongzhi.foundation.ledger.sequencer import sequence
    from gongzhi.service.commands.importing import engine
    from gongzhi.service.commands.importing.report import reporting
    from gongzhi.service.commands.importing.schema import read, text_of

    name, path = CITIES[city]
    path = shortened(path, rows, folder)
    mapping = read(text_of(name) or "", name)
    engine.sequence = lambda limit=None: 0  # type: ignore[assignment]  measured apart
    with reporting(folder / "rejected.csv") as report, Clock() as whole:
        outcome = engine.Import(mapping, path, report).run()
    with Clock() as order:
        entries = sequence()
    cursor = native().cursor()
    taken = {}
    for table in TABLES:
        cursor.execute(f'SELECT * FROM "{table}"')
        taken[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    (folder / "rows.pickle").write_bytes(pickle.dumps(taken))
    return {
        **outcome.told(),
        "entries": entries,
        "import": (whole.seconds, whole.processor),
        "sequence": (order.seconds, order.processor),
    }


def step_verify() -> dict[str, Any]:
    """Verify what the step before has imported, and compute the same digests in memory."""
    ready()
    from django.db import connection

    from gongzhi.foundation.ledger.verify import verify

    if connection.vendor == "postgresql":  # which does so itself within a minute, beside what is measured
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    with Clock() as verified:
        report = verify()
    if not report.sound:
        raise SystemExit(f"not sound: {report.faults}")
    compute = digests_ready()
    with Clock() as digests:
        compute()
    return {
        "verify": (verified.seconds, verified.processor),
        "digests": (digests.seconds, digests.processor),
    }


def digests_ready() -> Callable[[], None]:
    """What computes every leaf, commitment and tree hash, from rows that lie in memory already."""
    from django.db import connection

    from gongzhi.foundation.ledger.canonical import COLUMNS, canonical, leaf
    from gongzhi.foundation.ledger.reading import leaf_sql
    from gongzhi.methods import merkle

    rows = []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {leaf_sql()} FROM ledger_position p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE p.position >= %s ORDER BY p.position",
            [0],
        )
        for (content,) in cursor.fetchall():
            told = json.loads(content)
            told |= {name: canonical(told[name]) for name in ("facts", "rules")}
            rows.append([told[name] for name in COLUMNS])
    cursor = native().cursor()
    cursor.execute("SELECT salt, text FROM ledger_private")
    privates = [(bytes(salt), text) for salt, text in cursor.fetchall()]

    def compute() -> None:
        for salt, text in privates:
            hmac.digest(salt, text.encode(), "sha256").hex()
        tree = merkle.Frontier()
        tree.extend(merkle.leaf_hash(leaf(row)) for row in rows)
        tree.root()

    return compute


def step_raw(folder: Path) -> dict[str, Any]:
    """Insert the same rows as they are."""
    ready()
    taken = pickle.loads((folder / "rows.pickle").read_bytes())
    held = native()
    with Clock() as raw:
        _insert_sqlite(held, taken) if "sqlite3" in type(held).__module__ else _insert_postgres(held, taken)
    return {"raw": (raw.seconds, raw.processor), "rows": sum(len(rows) for _names, rows in taken.values())}


def _insert_sqlite(held: Any, taken: dict[str, tuple[list[str], Sequence[Any]]]) -> None:
    held.execute("BEGIN IMMEDIATE")
    for table, (names, rows) in taken.items():
        columns = ", ".join(f'"{n}"' for n in names)
        held.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})', rows)
    held.commit()


def _insert_postgres(held: Any, taken: dict[str, tuple[list[str], Sequence[Any]]]) -> None:
    with held.transaction(), held.cursor() as cursor:
        for table, (names, rows) in taken.items():
            columns = ", ".join(f'"{n}"' for n in names)
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)


@contextlib.contextmanager
def place(postgres: str | None) -> Iterator[dict[str, str]]:
    """The settings of a database that is made for one measurement."""
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as folder:
        if postgres is None:
            yield {"GONGZHI_DATA_DIR": folder}
            return
        import psycopg

        name = f"bench_{secrets.token_hex(4)}"
        with psycopg.connect(postgres, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {
                "GONGZHI_DATA_DIR": folder,
                "GONGZHI_DATABASE_URL": f"{postgres.rsplit('/', 1)[0]}/{name}",
            }
        finally:
            with psycopg.connect(postgres, autocommit=True) as server:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measured(postgres: str | None, *steps: list[str]) -> dict[str, Any]:
    """Steps on one new database, each in a process of its own."""
    result: dict[str, Any] = {}
    with place(postgres) as settings:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")} | settings
        for words in steps:
            command = [sys.executable, __file__, "--step", *words]
            done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True)
            result |= json.loads(done.stdout.splitlines()[-1])
    return result


def compare(city: str, rows: int, postgres: str | None) -> None:
    """Both ways once, and a line of the table for each clock."""
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as folder:
        acts = measured(postgres, ["import", city, str(rows), folder], ["verify"])
        raw = measured(postgres, ["raw", folder])
    read = acts["read"]
    database = "PostgreSQL" if postgres else "SQLite"
    for clock, kind in enumerate(("elapsed", "processor")):
        whole, order, bare = acts["import"][clock], acts["sequence"][clock], raw["raw"][clock]
        if kind == "processor" and postgres:
            continue  # the server's share is not seen from here
        print(
            f"| {city} | {database} | {kind} | {read:,} | {acts['entries'] / read:.2f} | {read / whole:,.0f} "
            f"| {read / (whole + order):,.0f} | {read / bare:,.0f} | {bare / whole:.2f} "
            f"| {bare / (whole + order):.2f} | {acts['entries'] / acts['verify'][clock]:,.0f} "
            f"| {acts['entries'] / acts['digests'][clock]:,.0f} "
            f"| {acts['digests'][clock] / acts['verify'][clock]:.2f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cities", nargs="*", default=[])
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--postgres", default=os.environ.get("GONGZHI_TEST_POSTGRES_URL"))
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    wanted = parser.parse_args()
    print("| city | database | clock | rows | entries a row | import, rows/s | with sequencing ", end="")
    print("| raw, rows/s | ratio | with sequencing | verify, entries/s | digests in memory | ratio |")
    print("| --- " * 13 + "|", flush=True)
    for city in wanted.cities or CITIES:
        if wanted.only != "postgres":
            compare(city, wanted.rows, None)
        if wanted.postgres and wanted.only != "sqlite":
            compare(city, wanted.rows, wanted.postgres)


def step(words: list[str]) -> None:
    if words[0] == "import":
        result = step_import(words[1], int(words[2]), Path(words[3]))
    elif words[0] == "verify":
        result = step_verify()
    else:
        result = step_raw(Path(words[1]))
    print(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        step(sys.argv[2:])
    else:
        main()
