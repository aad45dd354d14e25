"""What whoever brought something in says to it afterwards, with number and secret."""

from __future__ import annotations

from typing import Any

from ninja import Header, Router
from pydantic import BaseModel, ConfigDict, Field

from gongzhi.governance.matters import acts
from gongzhi.service.api import told
from gongzhi.service.api.submitting import reached, whole

router = Router(tags=["submissions"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WordsIn(_Strict):
    """Something said in words."""

    text: str = ""


class RatingIn(_Strict):
    """Whether it was resolved, and how satisfied one is."""

    resolved: bool
    satisfied: int = Field(ge=1, le=5)
    text: str = ""


@router.post("/submissions/{number}/chase", response=told.SubmissionFollowed, summary="Ask how far it is")
def chase(request: Any, number: str, said: WordsIn, submission_secret: Header[str] = "") -> Any:
    """Ask how far it is; whoever answers for it sees that it was asked."""
    by, filed = reached(request, number, submission_secret)
    acts.chase(by, filed, text=said.text)
    return _again(request, number, submission_secret)


@router.post("/submissions/{number}/supplement", response=told.SubmissionFollowed, summary="Add something")
def supplement(request: Any, number: str, said: WordsIn, submission_secret: Header[str] = "") -> Any:
    """Add something for whoever handles it."""
    by, filed = reached(request, number, submission_secret)
    acts.supplement(by, filed, text=said.text)
    return _again(request, number, submission_secret)


@router.post("/submissions/{number}/withdraw", response=told.SubmissionFollowed, summary="Withdraw it")
def withdraw(request: Any, number: str, said: WordsIn, submission_secret: Header[str] = "") -> Any:
    """Withdraw it; that it was brought in stays in the ledger."""
    by, filed = reached(request, number, submission_secret)
    acts.withdraw(by, filed, reason=said.text)
    return _again(request, number, submission_secret)


@router.post("/submissions/{number}/rating", response=told.SubmissionFollowed, summary="Rate it")
def rate(request: Any, number: str, said: RatingIn, submission_secret: Header[str] = "") -> Any:
    """Say whether it was resolved and how satisfied one is (1 to 5); once for each time it was handled."""
    by, filed = reached(request, number, submission_secret)
    acts.rate(by, filed, resolved=said.resolved, satisfied=said.satisfied, text=said.text)
    return _again(request, number, submission_secret)


@router.post("/submissions/{number}/reopen", response=told.SubmissionFollowed, summary="Have it opened again")
def reopen(request: Any, number: str, said: WordsIn, submission_secret: Header[str] = "") -> Any:
    """Have a closed matter opened again, within the time that the rule gives."""
    by, filed = reached(request, number, submission_secret)
    if filed.matter is not None:
        acts.reopen(by, filed.matter, reason=said.text)
    return _again(request, number, submission_secret)


def _again(request: Any, number: str, secret: str) -> Any:
    by, filed = reached(request, number, secret)
    return whole(by, filed)
