"""Which region the visitor is in: chosen, or the first that takes things in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.queries.public import taking_in
from gongzhi.service.design.reading import remember

_COOKIE = "gongzhi_region"


@dataclass(frozen=True)
class Here:
    """The region in which the visitor is, and those to choose from."""

    region: Region
    regions: list[Region]

    def called(self, code: str) -> Region:
        """The region with a code; the visitor's own if none of these has it."""
        return next((each for each in self.regions if each.code == code), self.region)

    def around(self, path: str) -> Region | None:
        """The nearest of these regions that a path lies in."""
        holding = [each for each in self.regions if path.startswith(each.path)]
        return max(holding, key=lambda each: len(each.path), default=None)


def here(request: HttpRequest) -> Here | None:
    """Where the visitor is; None while this node has no regions."""
    choices = taking_in()
    if not choices:
        return None
    told = request.GET.get("region") or request.COOKIES.get(_COOKIE)
    chosen = next((each for each in choices if each.code == told), choices[0])
    return Here(chosen, choices)


def remember_region(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    """Keep the visitor's choice for a year."""
    remember(response, _COOKIE, code, secure=request.is_secure())
