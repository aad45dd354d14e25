"""Slowing down whoever guesses: names and addresses are kept as keyed digests only, and for a day."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from gongzhi.foundation.ledger.clock import now
from gongzhi.service.accounts.models import Failure

WINDOW = timedelta(minutes=15)
MEMORY = timedelta(days=1)
#: So many failures are let pass in a window; each further one doubles the wait.
NAME_LIMIT, ADDRESS_LIMIT = 5, 50
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)


@dataclass(frozen=True)
class Attempt:
    """Somebody tries a secret, for a name, from an address."""

    name_hash: str
    address_hash: str

    @classmethod
    def of(cls, request: HttpRequest, purpose: str, name: str) -> Attempt:
        """The attempt behind a request; a purpose keeps sign-in and follow-up apart."""
        address = request.META.get("REMOTE_ADDR", "")
        return cls(_digest(f"{purpose}:name:{name.strip().lower()}"), _digest(f"{purpose}:address:{address}"))

    def locked_until(self) -> datetime | None:
        """When the next attempt is heard; None if it is now."""
        at = now()
        mine = Q(name_hash=self.name_hash) | Q(address_hash=self.address_hash)
        rows = _failures().filter(mine, at__gt=at - MEMORY)
        times = list(rows.order_by("-at").values_list("name_hash", "address_hash", "at")[:500])
        by_name = [t for name, _address, t in times if name == self.name_hash]
        by_address = [t for _name, address, t in times if address == self.address_hash]
        ends = [_end(by_name, NAME_LIMIT), _end(by_address, ADDRESS_LIMIT)]
        latest = max((end for end in ends if end), default=None)
        return latest if latest and latest > at else None

    def failed(self) -> None:
        """Remember that it failed, and forget what is older than a day."""
        at = now()
        _failures().filter(at__lt=at - MEMORY).delete()  # house: write-outside-acts: technical table
        one = Failure(name_hash=self.name_hash, address_hash=self.address_hash, at=at)
        one.save(force_insert=True)  # house: write-outside-acts: technical table

    def succeeded(self) -> None:
        """Forget the failures of the name; those of the address stand."""
        mine = _failures().filter(name_hash=self.name_hash)
        mine.delete()  # house: write-outside-acts: technical table


def lift(username: str) -> None:
    """Let an account sign in at once, however often it failed before."""
    names = [_digest(f"{purpose}:name:{username}") for purpose in ("sign-in", "code")]
    theirs = _failures().filter(name_hash__in=names)
    theirs.delete()  # house: write-outside-acts: technical table


def too_often(until: datetime) -> str:
    """Says when the next attempt is heard."""
    minutes = max(1, ceil((until - now()) / timedelta(minutes=1)))
    return ngettext(
        "Too many attempts failed. You can try again in %(n)d minute.",
        "Too many attempts failed. You can try again in %(n)d minutes.",
        minutes,
    ) % {"n": minutes}


def _failures() -> QuerySet[Failure]:
    return Failure.objects.all()  # house: queryset-in-service: technical table, without reach


def _end(times: list[datetime], limit: int) -> datetime | None:
    """When the wait ends that failures, newest first, have earned."""
    if not times:
        return None
    recent = [t for t in times if t > times[0] - WINDOW]
    if len(recent) < limit:
        return None
    doublings = min(len(recent) - limit, 10)
    return times[0] + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def _digest(text: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), b"attempt:" + text.encode(), "sha256").hex()
