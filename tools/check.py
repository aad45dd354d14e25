"""Everything that can be checked without running the platform; all steps run, then the failures are named.

python tools/check.py              every step
python tools/check.py mypy house   only these
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
PYTHON = sys.executable
BIN = Path(sys.executable).parent

STEPS: dict[str, list[str]] = {
    "lint": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "floors": [str(BIN / "lint-imports"), "--no-logo"],
    "house": [PYTHON, "tools/house.py"],
    "translations": [PYTHON, "tools/translations.py", "check"],
    "reference": [PYTHON, "tools/reference.py", "check"],
    "migrations": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "types": [str(BIN / "mypy")],
}


def run(name: str, environ: dict[str, str]) -> bool:
    """One step; its output is shown only when it fails."""
    started = time.monotonic()
    done = subprocess.run(STEPS[name], cwd=ROOT, env=environ, capture_output=True, text=True)
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<14}{word:<8}{time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main(words: Sequence[str]) -> int:
    if unknown := [word for word in words if word not in STEPS]:
        print(f"no step called {', '.join(unknown)}; there are {', '.join(STEPS)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"DJANGO_SETTINGS_MODULE": "gongzhi.settings", "GONGZHI_DATA_DIR": folder}
        failed = [name for name in words or STEPS if not run(name, environ)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
