"""What whoever brought something in may still say to it, each as one small form that does one act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.queries import Submission
from gongzhi.governance.matters.queries.own import Own


class Say(forms.Form):
    """A form of the follow-up page; its key makes sending it twice the same as sending it once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = str(uuid7())

    def refused(self, refusal: Refusal) -> None:
        """Show a refusal at the field that it is about, or above all of them."""
        said = f"{refusal.reason} {refusal.instead}".strip()
        self.add_error(refusal.field if refusal.field in self.fields else None, said)


class Words(Say):
    """Something said in words."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, label: Any, help_text: Any = "", required: bool = True, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["text"]
        field.label, field.help_text, field.required = label, help_text, required


class Rate(Say):
    """Whether it was resolved, and how satisfied one is."""

    resolved = forms.ChoiceField(
        label=gettext_lazy("Is it done?"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("Yes, it is done")), ("no", gettext_lazy("No, it is not done"))],
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("How satisfied are you?"),
        widget=forms.RadioSelect,
        choices=[
            ("5", gettext_lazy("5 · very satisfied")),
            ("4", gettext_lazy("4 · satisfied")),
            ("3", gettext_lazy("3 · so-so")),
            ("2", gettext_lazy("2 · dissatisfied")),
            ("1", gettext_lazy("1 · very dissatisfied")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Saying:
    """One thing that may be said: its heading, its button, and the form."""

    name: str
    title: str
    button: str
    form: Say
    url: str
    is_open: bool = False
    note: str = ""


@dataclass(frozen=True)
class Tried:
    """What somebody wanted to say, with what is wrong with it."""

    name: str
    form: Say


def form_for(name: str, data: Any = None) -> Say | None:
    """The empty or filled form of something that may be said; None where there is no such thing."""
    auto_id = f"{name}_%s"
    if name == "rate":
        return Rate(data, auto_id=auto_id)
    said = {
        "chase": (_("Is there something new that they should know?"), "", False),
        "supplement": (_("What do you want to add?"), _("Whoever handles it reads it."), True),
        "withdraw": (_("Why? You need not say."), "", False),
        "reopen": (_("What was not done?"), _("Whoever handles it reads it. The clocks begin anew."), True),
    }
    if name not in said:
        return None
    label, help_text, required = said[name]
    return Words(data, label=label, help_text=help_text, required=required, auto_id=auto_id)


def _titles() -> dict[str, tuple[str, str, str]]:
    """Of each the heading, the word on the button, and what it does."""
    return {
        "rate": (_("Rate what was done"), _("Send the rating"), ""),
        "reopen": (_("Not done? Have it opened again"), _("Open it again"), ""),
        "chase": (
            _("Ask how far it is"),
            _("Ask now"),
            _("Whoever answers for it sees at once that you asked."),
        ),
        "supplement": (_("Add something"), _("Add it"), ""),
        "withdraw": (
            _("Withdraw it"),
            _("Withdraw it for good"),
            _("Nobody goes on with it for you. It stays in the ledger that it was brought in."),
        ),
    }


def sayings_of(own: Own, filed: Submission, tried: Tried | None = None) -> list[Saying]:
    """What may be said now, what is most wanted first; a form that was tried stands open."""
    found = []
    names = own.sayings if tried is None or tried.name in own.sayings else (tried.name, *own.sayings)
    for name in names:
        form = tried.form if tried is not None and tried.name == name else form_for(name)
        if form is None:
            continue
        title, button, note = _titles()[name]
        url = reverse("portal:say", args=[filed.number, name])
        is_open = name == "rate" or (tried is not None and tried.name == name)
        found.append(Saying(name, title, button, form, url, is_open, note))
    return found


def say(by: Any, filed: Submission, name: str, form: Say) -> str:
    """Do the one act that a form is for; tells what was done."""
    told = form.cleaned_data
    return _DOING[name](by, filed, told, told.get("key") or None)


def _chase(by: Any, filed: Submission, told: dict[str, Any], key: str | None) -> str:
    acts.chase.once(key)(by, filed, text=told["text"])
    return _("You have asked. Whoever answers for it sees it.")


def _supplement(by: Any, filed: Submission, told: dict[str, Any], key: str | None) -> str:
    acts.supplement.once(key)(by, filed, text=told["text"])
    return _("It was added.")


def _withdraw(by: Any, filed: Submission, told: dict[str, Any], key: str | None) -> str:
    acts.withdraw.once(key)(by, filed, reason=told["text"])
    return _("It was withdrawn.")


def _rate(by: Any, filed: Submission, told: dict[str, Any], key: str | None) -> str:
    acts.rate.once(key)(
        by, filed, resolved=told["resolved"] == "yes", satisfied=int(told["satisfied"]), text=told["text"]
    )
    return _("Thank you. Your rating counts for whoever handled it.")


def _reopen(by: Any, filed: Submission, told: dict[str, Any], key: str | None) -> str:
    if filed.matter is not None:
        acts.reopen.once(key)(by, filed.matter, reason=told["text"])
    return _("It was opened again.")


_DOING: dict[str, Callable[[Any, Submission, dict[str, Any], str | None], str]] = {
    "chase": _chase,
    "supplement": _supplement,
    "withdraw": _withdraw,
    "rate": _rate,
    "reopen": _reopen,
}
