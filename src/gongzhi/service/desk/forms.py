"""What is asked at a desk. Forms check form; whether a thing can be done, the act says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.foundation.ledger.identity import uuid7
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts import CODE_LENGTH, Accused, Needs
from gongzhi.governance.matters.queries import AnswerBy, Category, Channel, Kind, Urgency
from gongzhi.service.design.parts import name_of


class ActForm(forms.Form):
    """A form that does one act; its key makes sending it twice the same as sending it once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = str(uuid7())

    def refused(self, refusal: Refusal) -> None:
        """Show a refusal at the field that it is about, if it is about one of this form."""
        if refusal.field in self.fields:
            self.add_error(refusal.field, str(refusal.reason))


class TextForm(ActForm):
    """An act that says something."""

    text = forms.CharField(label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label or self.fields["text"].label
        self.fields["text"].help_text = help_text


class DispatchForm(ActForm):
    """To whom something is sent: bodies by what they are there for, nearest first."""

    to = forms.ChoiceField(label=_("To"), required=True)

    def __init__(self, *args: Any, bodies: Iterable[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {body.code: body for body in bodies}
        self.fields["to"].choices = [("", _("Choose a body")), *_by_function(self.bodies.values())]  # type: ignore[attr-defined]

    @property
    def body(self) -> Organisation:
        """The body that was chosen."""
        return self.bodies[self.cleaned_data["to"]]


def _by_function(bodies: Iterable[Organisation]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for body in bodies:
        for function in body.functions or [""]:
            groups.setdefault(function, []).append((body.code, _shown(body)))
    others = groups.pop("", [])
    found = [(function_name(code), groups[code]) for code in sorted(groups)]
    return [*found, (str(_("without a function")), others)] if others else found


def _shown(body: Organisation) -> str:
    return f"{name_of(body.name)} · {name_of(body.region.name)}"


def functions_of(body: Organisation) -> str:
    """What a body is there for, in words."""
    return ", ".join(function_name(code) for code in body.functions)


def function_name(code: str) -> str:
    """What a function is called; one that a region made up itself is shown by its code."""
    return str(_FUNCTIONS.get(code, code))


_FUNCTIONS = {
    "agriculture": pgettext_lazy("function", "agriculture"),
    "basin": pgettext_lazy("function", "basin and gates"),
    "building_firm": pgettext_lazy("function", "building"),
    "bus": pgettext_lazy("function", "bus operator"),
    "centre": pgettext_lazy("function", "governance centre"),
    "city_order": pgettext_lazy("function", "city order"),
    "civil_affairs": pgettext_lazy("function", "civil affairs"),
    "coordination": pgettext_lazy("function", "coordination"),
    "counselling": pgettext_lazy("function", "counselling"),
    "court": pgettext_lazy("function", "court"),
    "culture_tourism": pgettext_lazy("function", "culture and tourism"),
    "delivery": pgettext_lazy("function", "delivery platform"),
    "disputes": pgettext_lazy("function", "disputes"),
    "ecology": pgettext_lazy("function", "ecology"),
    "education": pgettext_lazy("function", "education"),
    "emergency": pgettext_lazy("function", "emergency"),
    "fire": pgettext_lazy("function", "fire and rescue"),
    "government": pgettext_lazy("function", "government"),
    "government_services": pgettext_lazy("function", "government services"),
    "health": pgettext_lazy("function", "health"),
    "hotline": pgettext_lazy("function", "hotline"),
    "housing": pgettext_lazy("function", "housing"),
    "justice": pgettext_lazy("function", "justice"),
    "labour": pgettext_lazy("function", "labour"),
    "market": pgettext_lazy("function", "market"),
    "mediation": pgettext_lazy("function", "mediation"),
    "medical_insurance": pgettext_lazy("function", "medical insurance"),
    "planning": pgettext_lazy("function", "planning and land"),
    "police": pgettext_lazy("function", "police"),
    "statistics": pgettext_lazy("function", "statistics"),
    "town": pgettext_lazy("function", "town"),
    "transport": pgettext_lazy("function", "transport"),
    "utility": pgettext_lazy("function", "utilities"),
    "village": pgettext_lazy("function", "village and community"),
    "volunteers": pgettext_lazy("function", "volunteers"),
    "water": pgettext_lazy("function", "water"),
}


class RevealForm(forms.Form):
    """What somebody needs personal data for."""

    purpose = forms.CharField(
        label=_("What do you need it for?"),
        help_text=_("It is kept in the ledger, and the person can read it."),
        max_length=300,
    )


class TakeInForm(ActForm):
    """What somebody says on the telephone or at the counter, as a clerk writes it down."""

    channel = forms.ChoiceField(
        label=_("Door"),
        choices=[
            (c.value, c.label) for c in (Channel.HOTLINE, Channel.COUNTER, Channel.EMAIL, Channel.PATROL)
        ],
    )
    kind = forms.ChoiceField(label=_("What is wanted"), choices=Kind.choices)
    text = forms.CharField(
        label=_("What happened?"),
        help_text=_("In the person's own words as far as you can."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    category = forms.ChoiceField(label=_("Category"))
    region = forms.ChoiceField(label=_("Region"))
    place = forms.CharField(
        label=_("Where exactly?"), help_text=_("Address, landmark, or as it was said."), required=False
    )
    thing = forms.CharField(
        label=_("Cover, lamp, pole or pipe, if it is about one"),
        help_text=_("The code that stands on it. What is near the spot on the map is offered."),
        required=False,
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"list": "things", "autocomplete": "off"}),
    )
    lon = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)
    email = forms.EmailField(label=_("E-mail"), required=False)
    confidential = forms.BooleanField(
        label=_("Confidential: only those who handle it may know who it was"), required=False
    )
    hide_number = forms.BooleanField(
        label=_("Hide the number from those who handle it: we ring the person ourselves"), required=False
    )
    urgency = forms.ChoiceField(label=_("How urgent is it?"), choices=Urgency.choices, required=False)
    people = forms.IntegerField(
        label=_("How many people is it about?"), required=False, min_value=1, max_value=1_000_000, initial=1
    )
    vulnerable = forms.BooleanField(
        label=_("A child, an old or ill person, or somebody with a disability suffers from it"),
        required=False,
    )
    accused = forms.MultipleChoiceField(
        label=_("Only for a report of wrongdoing: whom does it accuse?"),
        help_text=_("They will not see it, nor will anybody under their orders."),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    answer_by = forms.ChoiceField(
        label=_("How would they like to be answered?"),
        choices=AnswerBy.choices,
        widget=forms.RadioSelect,
        initial=AnswerBy.PAGE.value,
    )

    def __init__(
        self,
        *args: Any,
        categories: Iterable[Category] = (),
        regions: Iterable[Region] = (),
        bodies: Iterable[Organisation] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        self.bodies = {each.code: each for each in bodies}
        choose: list[tuple[str, Any]] = [("", _("Choose"))]
        fields: Any = self.fields
        fields["category"].choices = choose + [(c.code, name_of(c.name)) for c in categories]
        fields["region"].choices = [(r.code, name_of(r.name)) for r in self.regions.values()]
        fields["accused"].choices = [(code, _shown(body)) for code, body in self.bodies.items()]
        if len(self.regions) > 1:
            fields["region"].choices.insert(0, choose[0])

    @property
    def needs(self) -> Needs:
        """What the clerk noted of haste, of how many people, and of who needs care."""
        told = self.cleaned_data
        return Needs(
            told.get("urgency") or Urgency.ORDINARY.value,
            told.get("people") or 1,
            bool(told.get("vulnerable")),
            bool(told.get("hide_number")),
        )

    @property
    def named(self) -> Accused:
        """Whom a report of wrongdoing accuses."""
        return Accused([self.bodies[code] for code in self.cleaned_data.get("accused") or ()])
