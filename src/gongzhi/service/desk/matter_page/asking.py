"""What forms on the page of a matter ask: words, bodies, moments, one thing out of some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.governance.matters import queries
from gongzhi.governance.matters.acts import Duty
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.forms import ActForm
from gongzhi.service.desk.matter_page.case import Case

#: A field of a form, made for a case.
Asked = Callable[[Case], forms.Field]

#: The list of bodies from which fields on the page of a matter are completed.
BODIES = "bodies"
ROWS = 3


def shown(body: Organisation) -> str:
    """A body as it is written in a field and found again."""
    return f"{name_of(body.name)} · {name_of(body.region.name)}"


class BodyField(forms.CharField):
    """A body, by name or code: completed while it is written, and found among all there are."""

    def __init__(self, case: Case, **more: Any) -> None:
        attributes = {"list": BODIES, "autocomplete": "off"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attributes), **more)
        self.case = case

    def clean(self, value: Any) -> Organisation | None:
        said = super().clean(value)
        if not said:
            return None
        for body in self.case.offered:
            if said in (body.code, shown(body)):
                return body
        found = queries.body_called(said)
        if found is None:
            raise forms.ValidationError(
                _("No body is called this, or several are. Choose one from the list, with its region.")
            )
        return found


class MomentField(forms.CharField):
    """A moment in the zone of the matter's region."""

    def __init__(self, zone: str, **more: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **more)
        self.zone = ZoneInfo(zone)

    def clean(self, value: Any) -> datetime | None:
        said = super().clean(value)
        if not said:
            return None
        try:
            return datetime.fromisoformat(said).replace(tzinfo=self.zone)
        except ValueError:
            raise forms.ValidationError(_("Write a day and a time, such as 2026-11-26 17:30.")) from None


class DeedForm(ActForm):
    """The form of one act on one matter."""

    def __init__(self, case: Case, asked: Mapping[str, Asked], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, make in asked.items():
            self.fields[name] = make(case)

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Rows of a body and what it is to do, as `duties` asks them."""
        names = [(f"who_{n}", f"what_{n}") for n in range(1, ROWS + 1)]
        return [(self[who], self[what]) for who, what in names if who in self.fields]

    @property
    def plain(self) -> list[Any]:
        """What is asked besides the rows."""
        paired = {each.name for pair in self.pairs for each in pair}
        return [each for each in self.visible_fields() if each.name not in paired]


# -- the fields ----------------------------------------------------------------------------------------


def words(label: Any, help_text: Any = "", *, required: bool = True, rows: int = 3) -> Asked:
    """Something said in one or more sentences."""
    return lambda case: forms.CharField(
        label=label, help_text=help_text, required=required, max_length=8000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def line(label: Any, help_text: Any = "", *, required: bool = True) -> Asked:
    """Something said in a few words."""
    return lambda case: forms.CharField(label=label, help_text=help_text, required=required, max_length=300)


def body(
    label: Any,
    help_text: Any = "",
    *,
    required: bool = True,
    likely: Callable[[Case], Organisation | None] | None = None,
) -> Asked:
    """One body; ``likely`` is the one that is written there already."""

    def make(case: Case) -> forms.Field:
        found = likely(case) if likely else None
        initial = shown(found) if found else None
        return BodyField(case, label=label, help_text=help_text, required=required, initial=initial)

    return make


def moment(label: Any, help_text: Any = "", *, required: bool = False) -> Asked:
    """A day and a time."""
    return lambda case: MomentField(case.zone, label=label, help_text=help_text, required=required)


def number(label: Any, least: int, most: int, help_text: Any = "") -> Asked:
    """A whole number between two others."""
    return lambda case: forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


def agreed(label: Any) -> Asked:
    """Something that is so, or not."""
    return lambda case: forms.BooleanField(label=label, required=False)


def one_of(
    label: Any, choices: Callable[[Case], Sequence[tuple[Any, Any]]], *, required: bool = True
) -> Asked:
    """One of some things that the case has; where it has one alone, nothing is asked."""

    def make(case: Case) -> forms.Field:
        found = [(str(value), told) for value, told in choices(case)]
        if len(found) == 1 and required:
            return forms.ChoiceField(
                label=label, choices=found, initial=found[0][0], widget=forms.HiddenInput
            )
        return forms.ChoiceField(label=label, choices=[("", _("Choose")), *found], required=required)

    return make


def either(label: Any, yes: Any, no: Any) -> Asked:
    """One of two things, neither chosen beforehand."""
    return lambda case: forms.TypedChoiceField(
        label=label, choices=[("yes", yes), ("no", no)], widget=forms.RadioSelect,
        coerce=lambda told: told == "yes",
    )  # fmt: skip


def several_bodies(prefix: str, first: Any, more: Any, rows: int = ROWS) -> dict[str, Asked]:
    """Some bodies, one field for each; the first has to be named."""
    return {f"{prefix}_{n}": body(first if n == 1 else more, required=n == 1) for n in range(1, rows + 1)}


def bodies_told(prefix: str, told: Mapping[str, Any], rows: int = ROWS) -> list[Organisation]:
    """The bodies named in fields of `several_bodies`."""
    found = (told.get(f"{prefix}_{n}") for n in range(1, rows + 1))
    return list({each.pk: each for each in found if each is not None}.values())


def duties(rows: int = ROWS) -> dict[str, Asked]:
    """Rows of a body and what it is to do."""
    found: dict[str, Asked] = {}
    for n in range(1, rows + 1):
        found[f"who_{n}"] = body(_("Body"), required=False)
        found[f"what_{n}"] = line(_("What it does"), required=False)
    return found


def duties_told(told: Mapping[str, Any], rows: int = ROWS) -> list[Duty]:
    """The duties written in fields of `duties`."""
    pairs = ((told.get(f"who_{n}"), told.get(f"what_{n}") or "") for n in range(1, rows + 1))
    return [Duty(who, what) for who, what in pairs if who is not None]
