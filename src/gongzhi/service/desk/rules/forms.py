"""What is asked about rules, besides their tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.queries import Law, Version
from gongzhi.foundation.rulebooks.subjects import subjects
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.forms import ActForm


class Day(forms.DateField):
    """A day, chosen or written as 2026-01-31."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def beginning(of: date | None, zone: str) -> datetime | None:
    """The first moment of a day in a zone."""
    return None if of is None else datetime.combine(of, time.min, ZoneInfo(zone)).astimezone(UTC)


class BeginForm(forms.Form):
    """Whose rule on what is to be written."""

    region = forms.ChoiceField(label=_("For which region?"))
    subject = forms.ChoiceField(label=_("On what?"))

    def __init__(self, *args: Any, regions: Iterable[Region] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        fields: Any = self.fields
        fields["region"].choices = [(r.code, name_of(r.name)) for r in self.regions.values()]
        fields["subject"].choices = [(each.name, each.title) for each in subjects()]


class FrameForm(ActForm):
    """What stands around a table: why it changes, and for when it is made."""

    reason = forms.CharField(
        label=_("Why this version?"),
        help_text=_("Whoever reviews and approves it reads this first."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    effective_from = Day(
        label=_("In force from"), required=False, help_text=_("Empty: from the approval on.")
    )
    effective_until = Day(
        label=_("Valid until"),
        required=False,
        help_text=_("Empty: without an end. After that day it lapses."),
    )
    review_on = Day(label=_("To be looked at again on"), required=False)
    refinable = forms.BooleanField(label=_("Regions below may decide otherwise"), required=False)

    @classmethod
    def of(cls, version: Version, zone: str) -> FrameForm:
        """As a version stands."""
        where = ZoneInfo(zone)
        until = version.effective_until
        return cls(
            initial={
                "reason": version.reason,
                "effective_from": version.effective_from.astimezone(where).date(),
                "effective_until": until.astimezone(where).date() if until else None,
                "review_on": version.review_on,
                "refinable": version.refinable,
            }
        )

    def told(self, zone: str) -> dict[str, Any]:
        """What an act is told."""
        said = self.cleaned_data
        return {
            "reason": said["reason"],
            "effective_from": beginning(said["effective_from"], zone),
            "effective_until": beginning(said["effective_until"], zone),
            "review_on": said["review_on"],
            "refinable": said["refinable"],
        }


class ReasonForm(ActForm):
    """An act with a reason."""

    reason = forms.CharField(
        label=_("Why?"), min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(ActForm):
    """An act with a note, if there is one."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class AcceptForm(ReasonForm):
    """Why a finding does not matter."""

    finding = forms.CharField(widget=forms.HiddenInput)


class FilingForm(ActForm):
    """Under which number, and when, a rule was filed."""

    number = forms.CharField(label=_("Number of the filing"), max_length=60)
    on = Day(label=_("Filed on"))


class RepealForm(ReasonForm):
    """Why a rule ends, and when."""

    at = Day(label=_("It ends at the beginning of"), required=False, help_text=_("Empty: it ends now."))


class LawForm(ActForm):
    """That a law has changed."""

    title = forms.CharField(
        label=_("Title of the law"), help_text=_("As the tables cite it."), max_length=200
    )
    article = forms.CharField(
        label=_("Article"), help_text=_("Empty: all of it."), max_length=60, required=False
    )
    change = forms.ChoiceField(label=_("What became of it"), choices=Law.Change.choices)
    on = Day(label=_("With effect from"))
    region = forms.ChoiceField(label=_("For the rules of"))

    def __init__(self, *args: Any, regions: Iterable[Region] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        fields: Any = self.fields
        fields["region"].choices = [(r.code, name_of(r.name)) for r in self.regions.values()]


class ArrangementForm(ActForm):
    """What people have agreed among themselves."""

    region = forms.ChoiceField(label=_("Where?"))
    title = forms.CharField(label=_("What is it called?"), max_length=100)
    text = forms.CharField(
        label=_("What was agreed?"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, regions: Iterable[Region] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        fields: Any = self.fields
        fields["region"].choices = [(r.code, name_of(r.name)) for r in self.regions.values()]


class AdoptForm(ActForm):
    """For which member a joint rule is adopted."""

    region = forms.ChoiceField(label=_("Adopted for"))

    def __init__(self, *args: Any, regions: Iterable[Region] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in regions}
        fields: Any = self.fields
        fields["region"].choices = [(r.code, name_of(r.name)) for r in self.regions.values()]


class AlignForm(ActForm):
    """Whose table the members of an area are asked to take, and why."""

    like = forms.ChoiceField(label=_("Whose rule is to be everybody's?"))
    reason = forms.CharField(
        label=_("Why?"), min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, members: Iterable[Region] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["like"].choices = [(r.code, name_of(r.name)) for r in members]
