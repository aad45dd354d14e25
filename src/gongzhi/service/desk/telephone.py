"""Somebody rings up without the secret: found by number, told how it stands, asked and added to for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import NotAllowed, Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Submission
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm, TextForm
from gongzhi.service.desk.words import status_of


class FindForm(ActForm):
    """Number or telephone, and what for."""

    region = forms.ChoiceField(label=gettext_lazy("Region"))
    number = forms.CharField(
        label=gettext_lazy("Number of the submission"), required=False, max_length=40,
        help_text=gettext_lazy("Capitals, spaces and hyphens do not matter."),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Or the telephone number that was given"), required=False, max_length=30,
        help_text=gettext_lazy("The whole number; nobody is listed by a part of one."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What do you need it for?"), max_length=300,
        help_text=gettext_lazy("It is kept in the ledger, and the person can read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, regions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        fields: Any = self.fields
        fields["region"].choices = [(each.code, name_of(each.name)) for each in regions]
        if len(regions) == 1:
            fields["region"].widget = forms.HiddenInput()
            fields["region"].initial = regions[0].code


@at_work
def find(request: Any) -> HttpResponse:
    """A clerk's page for whoever rings: what they brought in, and how it stands."""
    by = request.by
    if not may(by, "submission.find"):
        raise NotAllowed(
            _("Your post does not look up what callers brought in."),
            instead=_("Give the person the number of the hotline."),
        )
    told = request.POST if request.method == "POST" else None
    form = FindForm(told, regions=list(queries.within_reach(by, "submission.find").order_by("path")[:200]))
    shown: dict[str, Any] = {"form": form, "found": None}
    status = 200
    if told is not None:
        status = 422
        if form.is_valid():
            try:
                shown["found"] = [_shown(each) for each in _find(by, form)]
                status = 200
            except Refusal as refusal:
                form.refused(refusal)
                shown["refusal"] = None if refusal.field in form.fields else refusal
                status = refusal.status
    return render(request, "desk/telephone.html", shown, status=status)


def _find(by: Any, form: FindForm) -> list[Submission]:
    told = form.cleaned_data
    region = form.regions[told["region"]]
    return acts.find(by, region, purpose=told["purpose"], number=told["number"], phone=told["phone"])


def _shown(one: Submission) -> dict[str, Any]:
    matter = one.matter
    return {
        "submission": one,
        "matter": matter,
        "status": status_of(matter, queries.clocks(matter), now()) if matter is not None else None,
        "forms": [
            (name, title, button, _form(name, one)) for name, (title, button) in _titles().items()
        ],
    }  # fmt: skip


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "chase": (_("They ask how far it is"), _("Note that they asked")),
        "supplement": (_("They add something"), _("Add it")),
    }


def _form(name: str, one: Submission, data: Any = None) -> TextForm:
    labels = {"chase": _("What they say"), "supplement": _("What they add, in their own words")}
    form = TextForm(data, label=labels[name], auto_id=f"{name}_{one.pk}_%s")
    form.fields["text"].required = name == "supplement"
    return form


@at_work
@require_POST
def say(request: Any, key: UUID, name: str) -> HttpResponse:
    """Ask or add something as the person who rings wants it."""
    one = queries.submission(request.by, key)
    if one is None or name not in _titles():
        raise Http404
    form = _form(name, one, request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down what they add."))
        return redirect("desk:telephone")
    text, once = form.cleaned_data["text"], form.cleaned_data.get("key") or None
    try:
        if name == "chase":
            acts.chase.once(once)(request.by, one, text=text)
        else:
            acts.supplement.once(once)(request.by, one, text=text)
    except Refusal as refusal:
        messages.error(request, f"{refusal.reason} {refusal.instead}".strip())
    else:
        messages.success(request, _("Noted for %(number)s.") % {"number": one.number})
    return redirect("desk:telephone")
