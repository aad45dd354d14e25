"""Who gets to a desk: whoever holds a post, acting with what the post gives and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from gongzhi.service.accounts.views import signed_in

View = Callable[..., HttpResponseBase]


def at_work(view: View) -> View:
    """Let in whoever is signed in and holds a post; ``request.by`` is the actor with their posts alone."""

    @never_cache
    @signed_in
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Any = request.actor  # type: ignore[attr-defined]
        if not actor.is_staff:
            return render(request, "desk/no_post.html", status=403)
        request.by = actor.at_work  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return checked
