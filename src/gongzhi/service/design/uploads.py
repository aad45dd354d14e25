"""Several files in one field of a form."""

from __future__ import annotations

from typing import Any

from django import forms


class _ManyFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files, each of them looked at by the files room rather than here.

    ``camera`` lets a telephone take the picture at once.
    """

    def __init__(self, *, accept: str, camera: bool = False, **told: Any) -> None:
        attrs = {"accept": accept, **({"capture": "environment"} if camera else {})}
        super().__init__(widget=_ManyFiles(attrs=attrs), **told)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that came, as a list."""
        return [super(ManyFiles, self).clean(each, initial) for each in data or () if each]
