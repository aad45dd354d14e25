"""The node's signing key: in the data folder, mode 0600, and the keys it had before."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from django.conf import settings

from gongzhi.foundation.ledger.notes import Signer, VerifierKey

_SECRET, _PUBLIC = "ledger.key", "ledger.pub"


def folder() -> Path:
    """Where keys lie; only their owner may look."""
    path: Path = settings.CONFIG.data_dir / "keys"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def signer() -> Signer:
    """The key in use; made when there is none."""
    path = os.path.join(settings.CONFIG.data_dir, "keys", _SECRET)  # noqa: PTH118  asked at every promise
    try:
        told = os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        use(Signer.generate(settings.CONFIG.node_name))
        told = os.stat(path)  # noqa: PTH116
    stamp = (told.st_ino, told.st_mtime_ns)
    if path not in _signers or _signers[path][0] != stamp:
        _signers[path] = stamp, Signer.parse(Path(path).read_text().strip())
    return _signers[path][1]


#: The key as it was read last, and the file's stamp then.
_signers: dict[str, tuple[tuple[int, int], Signer]] = {}


def verifiers(path: Path | None = None) -> list[VerifierKey]:
    """The public keys that this node has signed with, the one in use first."""
    file = path or folder() / _PUBLIC
    return [VerifierKey.parse(line) for line in file.read_text().splitlines() if line.strip()]


def make(name: str | None = None) -> Signer:
    """A new key, not yet in use; under the name of the one in use unless another is given."""
    return Signer.generate(name or signer().key.name)


def use(new: Signer) -> None:
    """Sign with a new key from now on; what former keys signed still verifies."""
    public = folder() / _PUBLIC
    former = public.read_text() if public.exists() else ""
    write_privately(public, f"{new.key}\n{former}", 0o644)
    write_privately(folder() / _SECRET, new.secret() + "\n")


def rotate() -> VerifierKey:
    """Make a new key and use it."""
    new = make()
    use(new)
    return new.key


def write_privately(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file at once, readable as its mode says from its first byte."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
