"""Runs commands in forks of a process that has imported the libraries already: most of a command's time.

What belongs to Gongzhi is imported by each fork anew, so each reads its own settings. Started by
`tests.service.commands.nodes`; a request is a line of JSON, and so is the answer.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any

LIBRARIES = (
    "cryptography.fernet", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "django.contrib.auth.hashers", "django.core.mail", "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base", "django.db.migrations.executor", "django.db.models", "django.forms",
    "django.http", "django.template.backends.django", "django.utils.translation.trans_real", "django_htmx",
    "holidays", "psycopg", "psycopg_pool", "pydantic", "rich.pretty", "sqlite3", "structlog", "tarfile",
    "typer", "urllib.request", "whitenoise.middleware", "yaml",
)  # fmt: skip


def serve() -> None:
    """Answer requests until nobody asks any more."""
    for name in LIBRARIES:
        importlib.import_module(name)
    if any(name.startswith("gongzhi") for name in sys.modules):
        raise RuntimeError("a library has imported the platform, with the settings of nobody")
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            _run(wanted)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(wanted: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(wanted["environ"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(wanted[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    code = 1
    try:
        if wanted["words"] is None:
            exec(wanted["code"], {"__name__": "__main__"})
            code = 0
        else:
            sys.argv = ["gongzhi", *wanted["words"]]
            from gongzhi.service.commands.main import main

            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
