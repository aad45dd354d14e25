"""What has been imported before."""

from __future__ import annotations

from collections.abc import Iterable

from gongzhi.governance.matters.models import Submission


def imported(sources: Iterable[str]) -> dict[str, str]:
    """Of the rows known by these keys, those that have landed, with the digest of what they said."""
    rows = Submission.objects.filter(source__in=list(sources)).values_list("source", "digest")
    return {source: digest for source, digest in rows if source is not None}
