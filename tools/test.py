"""Run the suite once per database, and say last what was skipped. Further words go to pytest.

    python tools/test.py                 everything
    python tools/test.py -k receipt      only what names receipts

With CI=true anything skipped is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import postgres  # noqa: E402

NOTHING_COLLECTED = 5


def run(database: str, skips: Path, words: Sequence[str], environ: dict[str, str]) -> bool:
    """One run of pytest; True when it passed."""
    print(f"\n=== {database} ===", flush=True)
    workers = os.environ.get("JOBS") or str(os.cpu_count() or 1)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--numprocesses", workers, "--dist", "worksteal"),
        *("--durations", "10"),
        # With a space, pytest would take these for places of tests before it knows the options.
        *(f"--database={database}", f"--skips={skips}", *words),
    ]
    # Hundreds of processes are started: what one of them has compiled, the others need not.
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run(command, cwd=ROOT, env=known | environ).returncode
    return code in (0, NOTHING_COLLECTED) if words else code == 0


def run_postgres(skips: Path, words: Sequence[str]) -> bool:
    """The tests that touch the database, on the server that is named or one started for them.

    Of those in a browser only the journeys: how a page looks does not depend on the database.
    """
    only = [*words, "-m", "database and (journey or not browser)"]
    if os.environ.get("GONGZHI_TEST_POSTGRES_URL"):
        return run("postgres", skips, only, {})
    if postgres.binaries() is None:
        with skips.open("a") as out:
            out.write("postgres: the whole run: PostgreSQL is not installed\n")
        return True
    with postgres.running() as cluster:
        return run("postgres", skips, only, {"GONGZHI_TEST_POSTGRES_URL": cluster.url})


def main(words: Sequence[str]) -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        skips = Path(folder) / "skips"
        skips.touch()
        passed = [run("sqlite", skips, words, {}), run_postgres(skips, words)]
        skipped = skips.read_text().splitlines()
    print(f"\n{time.monotonic() - started:.0f} s")
    return conclude(all(passed), skipped, in_ci=os.environ.get("CI") == "true")


def conclude(passed: bool, skipped: Sequence[str], *, in_ci: bool) -> int:
    """Say last what was skipped; in CI, where everything is installed, that is a failure."""
    print(f"skipped: {len(skipped) or 'nothing'}")
    for line in skipped:
        print(f"  {line}")
    if skipped and in_ci:
        print("In CI nothing may be skipped.")
    return 0 if passed and not (skipped and in_ci) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
