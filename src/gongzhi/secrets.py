"""The secret key of sessions and follow-up secrets: given by a setting, or kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gongzhi.config import Config

_NAME = "secret-keys"


def secret_keys(config: Config) -> list[str]:
    """The key in use, then the former ones that are still honoured; makes one if there is none."""
    path = config.data_dir / "keys" / _NAME
    if config.secret_key:
        return [config.secret_key, *(_read(path) if path.exists() else [])]
    if not path.exists():
        _add(path, [])
    return _read(path)


def rotate(config: Config, *, forget: bool = False) -> None:
    """Put a new key in front.

    Former ones stay honoured, for follow-up secrets on paper and second factors depend on them; unless
    they are to be forgotten, because somebody else has seen them.
    """
    path = config.data_dir / "keys" / _NAME
    _add(path, _read(path) if path.exists() and not forget else [], replace=True)


def _read(path: Path) -> list[str]:
    return path.read_text().split()


def _add(path: Path, former: list[str], *, replace: bool = False) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join([secrets.token_urlsafe(50), *former]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if replace:
        partial.replace(path)
        return
    try:  # of two processes that start at once, the first one's key stands
        os.link(partial, path)
    except FileExistsError:
        pass
    partial.unlink()
