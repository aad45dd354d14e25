"""The secret by which somebody follows up without an account: derived, never stored."""

from __future__ import annotations

import base64
import hmac

from django.conf import settings

from gongzhi.governance.matters.models import Submission

_LENGTH = 10


def secret_of(submission: Submission) -> str:
    """The secret that belongs to a submission's number."""
    return _derive(settings.SECRET_KEY, submission)


def is_secret_of(submission: Submission, told: str) -> bool:
    """Whether a secret is the submission's, under the key in use or one still honoured."""
    plain = told.upper().replace(" ", "").replace("-", "").replace("0", "O").replace("1", "I")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    found = [hmac.compare_digest(_derive(key, submission).encode(), plain.encode()) for key in keys]
    return any(found)


def _derive(key: str, submission: Submission) -> str:
    mac = hmac.digest(key.encode(), b"follow-up:" + submission.pk.bytes, "sha256")
    return base64.b32encode(mac).decode()[:_LENGTH]
