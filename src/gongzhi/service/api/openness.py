"""What anybody may know of the platform itself: what it can do, and how far its ledger has come."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from gongzhi.foundation.ledger import keys
from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.queries import latest_checkpoint
from gongzhi.service.api import told

router = Router(tags=["platform"])
_TEXT = "text/plain; charset=utf-8"


@router.get("/acts", response=list[told.ActTold], summary="Everything that can be done")
def list_acts(request: HttpRequest) -> Any:
    """The registry of acts: verb, title in the reader's language, who may read its entries."""
    return [
        {
            "verb": verb,
            "title": str(act.title),
            "audience": act.audience.value,
            "description": " ".join((act.__doc__ or "").split()),
        }
        for verb, act in sorted(ACTS.items())
    ]


@router.get("/ledger/checkpoint", summary="The latest checkpoint", response={200: str})
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed statement of the ledger's size and root (C2SP tlog-checkpoint, text)."""
    found = latest_checkpoint()
    if found is None:
        raise Http404
    return HttpResponse(found.note, content_type=_TEXT)


@router.get("/ledger/keys", summary="The ledger's public keys", response={200: str})
def public_keys(request: HttpRequest) -> HttpResponse:
    """The keys that this node has signed with, the one in use first (C2SP signed-note, one a line).

    Compare the first with what the authority has published elsewhere before you trust it.
    """
    keys.signer()
    return HttpResponse("".join(f"{each}\n" for each in keys.verifiers()), content_type=_TEXT)
