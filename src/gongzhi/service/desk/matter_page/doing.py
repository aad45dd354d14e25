"""What the reader may do on the page of a matter, and what comes of trying it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.foundation.ledger.refusals import NotAllowed, Refusal
from gongzhi.foundation.parties.reach import may
from gongzhi.governance.matters import acts
from gongzhi.governance.matters.queries import DESK_VERBS
from gongzhi.service.design import parts
from gongzhi.service.desk.forms import RevealForm
from gongzhi.service.desk.matter_page.asking import DeedForm
from gongzhi.service.desk.matter_page.case import Case
from gongzhi.service.desk.matter_page.deeds import DEEDS, Deed, Group, submission_of

#: What a reader of any post may wonder about, even if it is never theirs to do.
_ALWAYS_TOLD = ("answer", "close", "dispatch")

HEADINGS = {
    Group.HANDLE: gettext_lazy("Handle it"),
    Group.WHO: gettext_lazy("Who leads"),
    Group.TOGETHER: gettext_lazy("With other bodies"),
    Group.TIME: gettext_lazy("Its time"),
    Group.FILE: gettext_lazy("The file"),
}


@dataclass(frozen=True)
class Attempt:
    """What came of trying an act: what was done, or the form with what was refused."""

    name: str
    done: str = ""
    form: Form | None = None
    refusal: Refusal | None = None
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status of the page that tells it."""
        if self.refusal is not None:
            return self.refusal.status
        return 200 if self.shown else 422


@dataclass(frozen=True)
class Doing:
    """One act that the reader may do here, as a form."""

    name: str
    title: str
    button: str
    form: Form
    url: str
    is_first: bool
    is_grave: bool = False


@dataclass(frozen=True)
class Shelf:
    """Acts under one heading."""

    title: str
    doings: list[Doing]
    is_open: bool


def is_on_matter(deed: Deed) -> bool:
    """Whether a deed is done to the matter itself, rather than to something brought in."""
    return deed.verb in DESK_VERBS


def _is_granted(case: Case, deed: Deed) -> bool:
    """Whether the reader reaches this matter with the deed's verb, and it is for such matters."""
    if not deed.concerns(case):
        return False
    if is_on_matter(deed):
        return deed.verb in case.desk.may
    return bool(case.submissions) and may(case.by, deed.verb)


def doings(case: Case, attempt: Attempt | None) -> tuple[list[Doing], list[Shelf]]:
    """What is possible here: first what the reader is waited for, then the rest under its headings."""
    tried = attempt.name if attempt and attempt.form is not None else ""  # what was written is not lost
    possible = [
        deed
        for deed in DEEDS.values()
        if _is_granted(case, deed) and (deed.name == tried or not deed.against(case))
    ]
    asked = [deed for deed in possible if deed.asked(case) or deed.name == tried]
    first = tried or (asked[0].name if asked else "")
    rest = [deed for deed in possible if deed not in asked]

    def doing(deed: Deed) -> Doing:
        form = attempt.form if attempt and attempt.form and deed.name == tried else form_of(case, deed)
        url = reverse("desk:do", args=[case.matter.pk, deed.name])
        return Doing(
            deed.name, str(deed.title), str(deed.button), form, url, deed.name == first, deed.is_grave
        )

    shelves = [
        Shelf(str(HEADINGS[group]), [doing(deed) for deed in rest if deed.group is group], not asked)
        for group in Group
        if any(deed.group is group for deed in rest)
    ]
    return [doing(deed) for deed in asked], shelves


def form_of(case: Case, deed: Deed, data: QueryDict | None = None) -> DeedForm:
    """The form of a deed."""
    return DeedForm(case, deed.fields, data, auto_id=f"{deed.name}_%s")


def not_possible(case: Case) -> list[parts.Choice]:
    """What cannot be done here, why, and who decides otherwise."""
    found = []
    for deed in DEEDS.values():
        granted = _is_granted(case, deed)
        if not granted and deed.name not in _ALWAYS_TOLD:
            continue
        against = deed.against(case)
        if granted and not against:
            continue
        why = str(against or _("Your post does not give you this here."))
        found.append(
            parts.Choice(str(deed.title), why_not=why, decides=deed.decides(case) if not against else "")
        )
    return found


# -- trying --------------------------------------------------------------------------------------------


def is_known(name: str) -> bool:
    """Whether there is such a thing to do."""
    return name == "reveal" or name in DEEDS


def attempted(case: Case, name: str, told: QueryDict) -> Attempt:
    """Do something to a matter by what a form says, once for each key."""
    if name == "reveal":
        return _reveal(case, told)
    deed = DEEDS[name]
    form = form_of(case, deed, told)
    if not form.is_valid():
        return Attempt(name, form=form)
    said: Mapping[str, Any] = {key: value for key, value in form.cleaned_data.items() if key != "key"}
    key = form.cleaned_data.get("key") or None
    try:
        subject = case.matter if is_on_matter(deed) else submission_of(case, said)
        deed.act.once(key)(case.by, subject, **deed.told(case, said))
    except Refusal as refusal:
        form.refused(refusal)
        return Attempt(name, form=form, refusal=refusal)
    return Attempt(name, done=_done(deed, said))


def _done(deed: Deed, said: Mapping[str, Any]) -> str:
    if deed.name == "dispatch":
        return _("Sent to %(body)s.") % {"body": parts.name_of(said["to"].name)}
    return str(deed.done)


def _reveal(case: Case, told: QueryDict) -> Attempt:
    """Show whose submission it is; the purpose and the reader stand in the ledger, for that person too."""
    asked = told.get("submission", "")
    submission = next((each for each in case.submissions if str(each.pk) == asked), None)
    if submission is None or submission.person is None:
        refusal = NotAllowed(_("There is nobody to be shown here."))
        return Attempt("reveal", form=RevealForm(told), refusal=refusal)
    form = RevealForm(told, auto_id=f"id_{submission.pk}_%s")
    if not form.is_valid():
        return Attempt("reveal", form=form)
    try:
        contact = acts.reveal(case.by, submission, purpose=form.cleaned_data["purpose"])
    except Refusal as refusal:
        return Attempt("reveal", form=form, refusal=refusal)
    return Attempt("reveal", shown={"person": submission.person.pk, **contact})
