"""What the public is asked, a few questions a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.parties.queries import Organisation
from gongzhi.foundation.regions.coordinates import to_wgs84
from gongzhi.foundation.regions.queries import Region
from gongzhi.governance.matters.acts import PLACE_LENGTH, TEXT_LENGTH, Accused, Contact, Needs
from gongzhi.governance.matters.queries import AnswerBy, Category, Kind, Thing, Urgency
from gongzhi.service.design.parts import name_of
from gongzhi.service.design.reading import size_of_type
from gongzhi.service.design.uploads import ManyFiles

#: Kinds of which it must be known where they are.
_SOMEWHERE = (Kind.COMPLAIN, Kind.REPORT, Kind.HELP)

_WISHES = {
    Kind.COMPLAIN: _("Put something right"),
    Kind.HELP: _("Give me help"),
    Kind.REPORT: _("Look into wrongdoing"),
    Kind.SUGGEST: _("Take up a suggestion"),
    Kind.PRAISE: _("Pass on praise"),
    Kind.CONSULT: _("Answer a question"),
}


#: So many photos or papers come with one submission.
MOST_FILES = 4


class What(forms.Form):
    """What it is about."""

    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("What have you seen or what do you need, and since when? A few words are enough."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    papers = ManyFiles(
        accept="image/*,application/pdf",
        label=_("Photos or papers"),
        help_text=_(
            "At most four. Where a photo was taken and with what is taken out of it before it is kept."
        ),
        required=False,
    )
    kind = forms.ChoiceField(label=_("What should we do?"), widget=forms.RadioSelect)
    region = forms.ChoiceField(label=_("Where are you?"))

    def __init__(self, *args: Any, regions: list[Region], kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(kind, _WISHES[Kind(kind)]) for kind in kinds]
        fields["region"].choices = [(each.code, name_of(each.name)) for each in regions]
        if not self.initial.get("kind"):
            self.initial["kind"] = kinds[0]
        if len(kinds) == 1:
            fields["kind"].widget = forms.HiddenInput()
            fields["kind"].initial = kinds[0]
        if len(regions) == 1:
            fields["region"].widget = forms.HiddenInput()


class Which(forms.Form):
    """Which category fits."""

    category = forms.ChoiceField(label=_("Which of these fits best?"))

    def __init__(self, *args: Any, categories: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["category"].choices = [(each.code, name_of(each.name)) for each in categories]
        fields["category"].error_messages = {
            "required": _("Choose the one that comes nearest; whoever reads it can change it.")
        }


class Where(forms.Form):
    """Where it is: in words, as a point, or by the grid."""

    words = forms.CharField(
        label=_("Address or description"),
        help_text=_("Such as: by the stone bridge, opposite the market."),
        max_length=PLACE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    grid = forms.ChoiceField(label=_("Village, community or grid, if you know it"), required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    datum = forms.ChoiceField(
        label=_("Coordinates taken from"),
        required=False,
        choices=[
            ("wgs84", _("the map above, or a satellite receiver (WGS-84)")),
            ("gcj02", _("a Chinese map application (GCJ-02)")),
            ("bd09", _("Baidu Maps (BD-09)")),
        ],
    )

    def __init__(self, *args: Any, grids: list[tuple[Any, Any]], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        fields: Any = self.fields
        fields["grid"].choices = [("", _("I do not know")), *grids]
        for name in ("lon", "lat"):
            fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}
        if not grids:
            del fields["grid"]

    def clean(self) -> dict[str, Any]:
        """A point has both coordinates; what is to be put right has a place."""
        told: dict[str, Any] = super().clean() or {}
        lon, lat = told.get("lon"), told.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat" if lat is None else "lon", _("A point needs longitude and latitude."))
        elif lon is not None and lat is not None:
            told["lon"], told["lat"] = to_wgs84(lon, lat, told.get("datum") or "wgs84")
        known = told.get("words") or told.get("grid") or lon is not None
        if not known and not self.errors and self.kind in _SOMEWHERE:
            self.add_error("words", _("Say in a few words where it is, so that somebody can go there."))
        return told


def begin_at(request: HttpRequest, form: forms.Form, name: str) -> None:
    """In large type, where every tap counts, a page begins in the field that it is about."""
    if size_of_type(request) == "large" and not form.is_bound:
        form.fields[name].widget.attrs["autofocus"] = True


ANONYMOUS, CONFIDENTIAL, CONTACT, MYSELF = "anonymous", "confidential", "contact", "myself"


class Who(forms.Form):
    """Who brings it in, and how to be answered."""

    identity = forms.ChoiceField(
        label=_("Do you want to say who you are?"),
        widget=forms.RadioSelect,
        choices=[
            (ANONYMOUS, _("No. Nobody learns who I am; I follow up with number and secret.")),
            (CONFIDENTIAL, _("Yes, in confidence. Whoever looks me up has to say why, and I can see it.")),
            (CONTACT, _("Yes. Those who handle it may contact me.")),
        ],
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    answer_by = forms.ChoiceField(
        label=_("How would you like to be answered?"),
        help_text=_("The answer always stands on the follow-up page as well."),
        widget=forms.RadioSelect,
        choices=[
            (AnswerBy.PAGE.value, _("On the follow-up page")),
            (AnswerBy.EMAIL.value, _("By e-mail")),
            (AnswerBy.PHONE.value, _("By telephone")),
        ],
        initial=AnswerBy.PAGE.value,
    )
    hide_number = forms.BooleanField(
        label=_("Hide my number from those who handle it: only the centre that took it in may ring me"),
        required=False,
    )
    accused = forms.ChoiceField(
        label=_("Which body is it about?"),
        help_text=_(
            "They will not see this report, nor will anybody under their orders. It goes to a body that they "
            "do not command. If you name none, it goes to whoever handles such things here."
        ),
        required=False,
    )
    urgency = forms.ChoiceField(
        label=_("Can it wait?"),
        required=False,
        choices=[
            (Urgency.ORDINARY.value, _("Yes, as long as it usually takes")),
            (Urgency.URGENT.value, _("No, it gets worse every day")),
        ],
        initial=Urgency.ORDINARY.value,
    )
    thing = forms.ChoiceField(
        label=_("Is it one of these?"),
        help_text=_("Whoever owns it gets to know at once. Its code often stands on it."),
        required=False,
    )
    people = forms.IntegerField(
        label=_("How many people is it about?"), required=False, min_value=1, max_value=100_000, initial=1
    )
    vulnerable = forms.BooleanField(
        label=_("A child, an old or ill person, or somebody with a disability suffers from it"),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        signed_in_as: str = "",
        bodies: Iterable[Organisation] = (),
        things: Mapping[str, tuple[Thing, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {each.code: each for each in bodies}
        self.things = things or {}
        if self.things:
            self._name_things()
        else:
            del self.fields["thing"]
        if self.bodies:
            self._name_bodies()
        else:
            del self.fields["accused"]
        if signed_in_as:
            fields: Any = self.fields
            fields["identity"] = deepcopy(fields["identity"])
            myself = (MYSELF, _("Yes, as %(name)s, with what my account says.") % {"name": signed_in_as})
            fields["identity"].choices = [myself, *fields["identity"].choices]

    def _name_bodies(self) -> None:
        """The bodies that can be named, by the region that each belongs to."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in self.bodies.values():
            groups.setdefault(name_of(each.region.name), []).append((each.code, name_of(each.name)))
        field: Any = deepcopy(self.fields["accused"])
        field.choices = [("", _("I name none")), *groups.items()]
        self.fields["accused"] = field

    def _name_things(self) -> None:
        """What stands near, the nearest first."""
        field: Any = deepcopy(self.fields["thing"])
        field.choices = [
            ("", _("I do not know")),
            *((code, told) for code, (_t, told) in self.things.items()),
        ]
        self.fields["thing"] = field

    @property
    def named_thing(self) -> Thing | None:
        """The thing that was chosen, if one was."""
        found = self.things.get(self.cleaned_data.get("thing") or "")
        return found[0] if found else None

    @property
    def is_about_a_body(self) -> bool:
        """Whether this report may name a body, so that nobody else is to see it."""
        return "accused" in self.fields

    @property
    def needs(self) -> Needs:
        """What whoever takes it in notes of it."""
        told = self.cleaned_data
        return Needs(
            urgency=told.get("urgency") or Urgency.ORDINARY.value,
            people=told.get("people") or 1,
            vulnerable=bool(told.get("vulnerable")),
            hide_number=bool(told.get("hide_number")),
        )

    @property
    def named(self) -> Accused:
        """Whom a report of wrongdoing accuses, as far as it was said."""
        body = self.bodies.get(self.cleaned_data.get("accused") or "")
        return Accused(bodies=[body]) if body is not None else Accused()

    def clean(self) -> dict[str, Any]:
        """Who is to be answered by e-mail or telephone has given it."""
        told: dict[str, Any] = super().clean() or {}
        identity, by = told.get("identity"), told.get("answer_by")
        if identity == ANONYMOUS and by in (AnswerBy.EMAIL, AnswerBy.PHONE):
            self.add_error(
                "answer_by",
                _("Without your name the answer waits on the follow-up page. Choose that, or say who."),
            )
        if identity in (CONFIDENTIAL, CONTACT) and not self.errors and not self.contact:
            self.add_error("phone", _("Give a telephone number, an e-mail address or a name."))
        return told

    @property
    def contact(self) -> Contact:
        """What was given; nothing for whoever wants to stay unknown."""
        told = self.cleaned_data
        if told.get("identity") not in (CONFIDENTIAL, CONTACT):
            return Contact()
        return Contact(name=told.get("name", ""), phone=told.get("phone", ""), email=told.get("email", ""))


class _Shared(dict[str, forms.Field]):
    """Fields that all forms of a kind share: whoever changes one takes a copy of it.

    Django copies each field, its widget and its choices for every form; here that took longer than to
    check what was sent.
    """

    def __deepcopy__(self, _memo: Any) -> dict[str, forms.Field]:
        return dict(self)


Who.base_fields = _Shared(Who.base_fields)


class FollowUp(forms.Form):
    """Number and secret."""

    number = forms.CharField(
        label=_("Number"),
        help_text=_("Capitals, spaces and hyphens do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "data-keep": "no"}
        ),
    )
