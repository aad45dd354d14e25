"""Signed notes, checkpoints, cosignatures and proof files, as C2SP writes them.

c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof. Texts are read strictly, so that what has
been read is written again byte for byte. Nothing of a note's text is worth anything before ``open_note``,
``open_checkpoint`` or ``Proof.open`` has found a signature of a key that the caller brought along.
"""

from .checkpoints import Checkpoint, Cosigner, OpenedCheckpoint, open_checkpoint
from .keys import CHECKS, COSIGNATURE, COSIGNATURE_ML_DSA_44, ED25519, Signature, Signer, VerifierKey
from .proofs import Proof
from .reading import MAX_BYTES, MalformedError, NoteError, NotIncludedError, UntrustedError
from .signed import MAX_SIGNATURES, Note, OpenedNote, Verified, open_note

__all__ = [
    "CHECKS",
    "COSIGNATURE",
    "COSIGNATURE_ML_DSA_44",
    "ED25519",
    "MAX_BYTES",
    "MAX_SIGNATURES",
    "Checkpoint",
    "Cosigner",
    "MalformedError",
    "NotIncludedError",
    "Note",
    "NoteError",
    "OpenedCheckpoint",
    "OpenedNote",
    "Proof",
    "Signature",
    "Signer",
    "UntrustedError",
    "Verified",
    "VerifierKey",
    "open_checkpoint",
    "open_note",
]
