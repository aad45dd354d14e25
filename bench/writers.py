"""Sixteen writers at once on a served node, an import beside them, and a hundred kills: nothing may be lost.

    python bench/writers.py                          60 s each on SQLite, and a hundred kills
    python bench/writers.py --postgres URL           … and on the server of that address
    python bench/writers.py --seconds 10 --kills 5   a quick look

Each writer brings something in by the API, over one connection that it keeps, and waits for the answer.
What was acknowledged is counted in the database afterwards, and the ledger verified. The clients share the
machine with the node, so that times are upper bounds; compare them within one run.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.service.commands.nodes import GONGZHI, WORLD, Databases, Node, Serving  # noqa: E402

DATA = Path(os.environ.get("GONGZHI_TEST_DATA", ROOT.parent / "shared" / "data")) / "complaints"
BOSTON = DATA / "boston_2011.zip"


@dataclass
class Writer:
    """One client, and what it was told."""

    address: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    attempted: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop; what was not acknowledged is sent again under the same key."""
        link: http.client.HTTPConnection | None = None
        key = uuid.uuid4().hex
        while not stop.is_set():
            try:
                link = link or http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
                self.attempted.add(key)
                began = time.perf_counter()
                link.request("POST", "/api/v1/submissions", _body(key), _headers(key))
                answer = link.getresponse()
                content = answer.read()
                self.seconds.append(time.perf_counter() - began)
                if answer.status == 201:
                    self.acknowledged[key] = json.loads(content)["number"]
                else:
                    self.refused.append(f"{answer.status} {content[:200]!r}")
                key = uuid.uuid4().hex
            except (OSError, http.client.HTTPException, ValueError):
                if link is not None:
                    link.close()
                link = None
                stop.wait(0.05)
        if link is not None:
            link.close()


def _body(key: str) -> bytes:
    wanted = {"region": "310118110", "kind": "complain", "category": "smell", "text": f"Smells {key}"}
    return json.dumps(wanted).encode()


def _headers(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key}


@contextlib.contextmanager
def writing(writers: list[Writer]) -> Iterator[None]:
    """The writers at work."""
    stop = threading.Event()
    threads = [threading.Thread(target=each.run, args=(stop,)) for each in writers]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in threads:
            each.join()


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def check(node: Node, writers: list[Writer]) -> dict[str, Any]:
    """Compare what was acknowledged with what is there."""
    acknowledged = {key: number for each in writers for key, number in each.acknowledged.items()}
    attempted = {key for each in writers for key in each.attempted}
    rows = [
        (text.removeprefix("Smells "), number)
        for text, number in node.sql("SELECT text, number FROM matters_submission")
        if text.startswith("Smells ")
    ]
    kept = dict(rows)
    log = node.log()
    report = node.told("ledger", "verify")
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(kept.get(key) != number for key, number in acknowledged.items()),
        "doubled": len(rows) - len(kept),
        "unknown": len(set(kept) - attempted),
        "refused": [line for each in writers for line in each.refused][:3],
        "locked": log.count("database is locked"),
        "undone": node.sql("SELECT count(*) FROM ledger_undone")[0][0],
        "sound": report["sound"],
        "faults": report["faults"][:3],
    }


def sixteen(node: Node, count: int, seconds: float, beside: bool) -> dict[str, Any]:
    """Writers for a while, with an import beside them or without."""
    with node.serving() as served:
        writers = [Writer(served.address) for _ in range(count)]
        importing = start_import(node) if beside else None
        began = time.monotonic()
        with writing(writers):
            time.sleep(seconds)
        took = time.monotonic() - began
        rows = end_import(node, importing) if importing else None
        stop(served)
    times = [each for writer in writers for each in writer.seconds]
    return {
        "writers": count,
        "seconds": round(took, 1),
        "per_second": round(len(times) / took, 1),
        "p50_ms": round(quantile(times, 0.5) * 1000, 1),
        "p99_ms": round(quantile(times, 0.99) * 1000, 1),
        "worst_ms": round(max(times, default=float("nan")) * 1000, 1),
        "imported": rows,
        **check(node, writers),
    }


def stop(served: Serving) -> None:
    """Stop in good order."""
    if code := served.stop():
        raise SystemExit(f"the node ended with {code}")


def start_import(node: Node) -> subprocess.Popen[bytes]:
    """Begin to import Boston; it takes longer than the writers."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [str(GONGZHI), "import", "boston-2011", str(BOSTON), "--json"]
    return subprocess.Popen(command, env=node.environ, cwd=ROOT, **quiet)


def end_import(node: Node, importing: subprocess.Popen[bytes]) -> int:
    """How many rows it has brought in; it is ended, as by a power cut, if it has not."""
    if importing.poll() is None:
        importing.kill()
    importing.wait()
    return int(
        node.sql("SELECT count(*) FROM ledger_entry WHERE verb = 'submission.file' AND origin = 'imported'")[
            0
        ][0]
    )


def killed(node: Node, count: int, kills: int) -> dict[str, Any]:
    """Kill the node at random moments under load, and start it again each time."""
    chance = random.Random(count * 1000 + kills)
    writers = [Writer("http://127.0.0.1:1") for _ in range(count)]
    with writing(writers):
        for _ in range(kills):
            with node.serving() as served:
                for each in writers:
                    each.address = served.address
                time.sleep(chance.uniform(0.05, 3))
        with node.serving() as served:
            for each in writers:
                each.address = served.address
            goal = sum(len(each.acknowledged) for each in writers) + count
            while sum(len(each.acknowledged) for each in writers) < goal:
                time.sleep(0.1)
            behind = catch_up(node)
            stop(served)
    return {"kills": kills, "behind": behind, **check(node, writers)}


def catch_up(node: Node) -> int:
    """Wait until the consumers, too, go on; how far they are behind at last."""
    last = 0
    for _ in range(600):
        ((size,),) = node.sql("SELECT count(*) FROM ledger_position")
        rows = node.sql("SELECT position FROM ledger_cursor WHERE consumer NOT LIKE 'tick:%'")
        last = max((size - position for (position,) in rows), default=0)
        if last < 200:
            return last
        time.sleep(0.2)
    return last


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres", metavar="URL", default=os.environ.get("GONGZHI_TEST_POSTGRES_URL"))
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--no-import", action="store_true", help="leave the import out")
    wanted = parser.parse_args()
    bad = 0
    for server in [None, wanted.postgres] if wanted.postgres else [None]:
        name = "PostgreSQL" if server else "SQLite"
        databases = Databases(server)
        try:
            for what, run in _runs(wanted):
                with tempfile.TemporaryDirectory() as folder:
                    node = Node(Path(folder) / "node", databases.new())
                    node.python(WORLD, ready=False)
                    result = run(node)
                print(json.dumps({"database": name, "what": what, **result}, ensure_ascii=False), flush=True)
                bad += any(
                    result[each] for each in ("lost", "doubled", "unknown", "refused", "locked", "undone")
                )
                bad += not result["sound"]
        finally:
            databases.drop()
    return 1 if bad else 0


def _runs(wanted: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    count, seconds = wanted.writers, wanted.seconds
    if seconds:
        yield "writers", lambda node: sixteen(node, count, seconds, beside=False)
        if not wanted.no_import and BOSTON.exists():
            yield "writers beside an import", lambda node: sixteen(node, count, seconds, beside=True)
    if wanted.kills:
        yield "kills", lambda node: killed(node, count, wanted.kills)


if __name__ == "__main__":
    sys.exit(main())
