"""Lists are read in pages: a cursor says where the next one begins, and means nothing to its bearer."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.utils.translation import gettext as _
from ninja import Query
from pydantic import BaseModel, Field

from gongzhi.foundation.ledger.refusals import Invalid

MOST, USUAL = 200, 50


class Paging(BaseModel):
    """Which part of a list is wanted."""

    cursor: str = Field("", description="`next` of the page before; nothing for the first")
    limit: int = Field(USUAL, ge=1, le=MOST, description="at most so many")


Wanted = Query(...)


def written(*key: Any) -> str:
    """A cursor that leads to the rows after a key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read(cursor: str) -> list[Any] | None:
    """The key that a cursor was written from; None for the first page."""
    if not cursor:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        told = None
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise Invalid(_("This cursor did not come from here."), field="cursor")
    return told
