"""What the pages of accounts ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=200)


def _code(label: Any, **more: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "gz-code"}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label=label, widget=widget, max_length=20, **more)


class SignIn(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _password(_("Password"), "current-password")


class Code(forms.Form):
    """A code of the second factor."""

    code = _code(_("Six-digit code"))


class SecondStep(forms.Form):
    """A code of the second factor, or a recovery code in its place."""

    code = _code(_("Code"), help_text=_("Six digits from the app, or the twelve of a recovery code."))


class NewPassword(forms.Form):
    """The present password and the next one."""

    present = _password(_("Present password"), "current-password")
    password = _password(_("New password"), "new-password")


class Confirmed(forms.Form):
    """The present password, for what should not happen on a screen left open."""

    present = _password(_("Present password"), "current-password")
