"""The tools that run the suite: what is skipped is said and counts, and a server leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import postgres
from tools import test as runner

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("passed", "skipped", "in_ci", "code"),
    [
        (True, [], True, 0),
        (True, ["sqlite: a test: no browser"], False, 0),
        (True, ["sqlite: a test: no browser"], True, 1),
        (False, [], False, 1),
    ],
)
def test_a_skip_is_said_and_fails_in_ci(
    capsys: pytest.CaptureFixture[str], passed: bool, skipped: list[str], in_ci: bool, code: int
) -> None:
    assert runner.conclude(passed, skipped, in_ci=in_ci) == code
    said = capsys.readouterr().out
    assert all(line in said for line in skipped)
    assert ("skipped: nothing" in said) == (not skipped)


def test_a_run_writes_down_what_it_skipped_and_leaves_out_what_is_of_another_database(
    tmp_path: Path,
) -> None:
    planted = ROOT / "tests" / "house" / "planted" / f"test_{tmp_path.name}.py"
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(
        "import pytest\n\ndef test_it():\n    pytest.skip('for want of a reason')\n"
        "\n@pytest.mark.only_on('sqlite')\ndef test_other():\n    raise AssertionError\n"
    )
    skips = tmp_path / "skips"
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--database=none", f"--skips={skips}", str(planted)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
        )
    finally:
        planted.unlink()
        if not any(planted.parent.iterdir()):
            planted.parent.rmdir()
    assert b"1 skipped, 1 deselected" in ran.stdout
    assert "for want of a reason" in skips.read_text()


def test_a_throw_away_server_runs_answers_and_leaves_nothing() -> None:
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    import psycopg

    with postgres.running() as cluster:
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
        folder = Path(cluster.folder)
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url)
