"""The knowledge base at a desk: found and answered from, written and looked at again, asked what it lacks."""

from __future__ import annotations

from datetime import timedelta
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
from gongzhi.foundation.parties.queries import Organisation, organisations
from gongzhi.foundation.parties.reach import may, reach
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import State, knowledge
from gongzhi.governance.matters.queries.knowledge import Readers
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.forms import ActForm, TextForm

#: What is proposed as the time until an article is looked at again.
_A_YEAR = timedelta(days=365)


class ArticleForm(ActForm):
    """An article in both languages, for whom it is, and when to look again."""

    owner = forms.ChoiceField(label=gettext_lazy("Who answers for it"))
    readers = forms.ChoiceField(
        label=gettext_lazy("For whom"), choices=Readers.choices, widget=forms.RadioSelect, initial="public"
    )
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=120)
    text_zh = forms.CharField(
        label=gettext_lazy("Text in Chinese"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=120)
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    keywords = forms.CharField(
        label=gettext_lazy("Keywords"), required=False, max_length=300,
        help_text=gettext_lazy("As people say it, in either language, with commas between."),
    )  # fmt: skip
    review_on = forms.DateField(
        label=gettext_lazy("To be looked at again on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Holds until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, owners: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {each.code: each for each in owners}
        fields: Any = self.fields
        fields["owner"].choices = [(code, name_of(each.name)) for code, each in self.owners.items()]
        if len(owners) == 1:
            fields["owner"].widget, fields["owner"].initial = forms.HiddenInput(), owners[0].code

    @property
    def told(self) -> dict[str, Any]:
        """The arguments of the act."""
        said = self.cleaned_data
        words = said["keywords"].replace("，", ",").replace("、", ",").split(",")
        return {
            "title": {"zh": said["title_zh"], "en": said["title_en"]},
            "text": {"zh": said["text_zh"], "en": said["text_en"]},
            "keywords": [word.strip() for word in words if word.strip()],
            "readers": said["readers"],
            "review_on": said["review_on"],
            "expires_on": said["expires_on"],
        }


class AskForm(TextForm):
    """What nobody here knows, and who should."""

    owner = forms.ChoiceField(label=gettext_lazy("Who should know it"))

    def __init__(self, *args: Any, owners: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {each.code: each for each in owners}
        fields: Any = self.fields
        shown = [(code, f"{name_of(each.name)} · {name_of(each.region.name)}") for code, each in
                 self.owners.items()]  # fmt: skip
        fields["owner"].choices = [("", _("Choose a body")), *shown]


def _reached(by: Any, verb: str) -> list[Organisation]:
    """The bodies that the actor reaches with a verb."""
    return list(organisations().filter(reach(by, verb, Organisation))[:500])


@at_work
def articles(request: Any) -> HttpResponse:
    """What is known, found by words; what one's own body has to look at again, and was asked."""
    by = request.by
    if not may(by, "article.read"):
        raise NotAllowed(_("Your post does not read the knowledge base."))
    words = request.GET.get("words", "")[:200]
    shown = {
        "words_said": words,
        "matter_key": request.GET.get("matter", ""),
        "articles": knowledge.found(knowledge.articles(by, now()), words),
        "to_review": list(knowledge.to_review(by, now())[:50]) if may(by, "article.review") else [],
        "questions": list(knowledge.open_questions(by)[:50]) if may(by, "question.read") else [],
        "may_write": may(by, "article.write"),
        "may_ask": may(by, "question.raise"),
    }
    return render(request, "desk/knowledge.html", shown)


@at_work
def article(request: Any, key: UUID) -> HttpResponse:
    """An article; with a matter in hand, the person is answered from it at once."""
    by = request.by
    found = knowledge.article(by, key, now())
    if found is None:
        raise Http404
    matter = _matter(by, request.POST.get("matter") or request.GET.get("matter", ""))
    refusal = None
    if request.method == "POST":
        if matter is None:
            raise Http404
        form = TextForm(request.POST, label=_("What the person will read"))
        if form.is_valid():
            try:
                acts.answer_directly.once(form.cleaned_data.get("key") or None)(
                    by, matter, text=form.cleaned_data["text"], article=str(found.pk)
                )
            except Refusal as refused:
                form.refused(refused)
                refusal = refused
            else:
                messages.success(request, _("The person has been answered at once."))
                return redirect("desk:matter", matter.pk)
    else:
        form = TextForm(initial={"text": _in_words(found)}, label=_("What the person will read"))
    is_open = matter is not None and matter.state in (State.OPEN, State.DISPATCHED)
    shown = {
        "article": found,
        "matter": matter if is_open else None,
        "form": form,
        "refusal": refusal,
        "is_ours": found.owner_id in by.organisations and may(by, "article.review"),
        "retire": TextForm(label=_("Why it is no longer needed"), auto_id="retire_%s"),
    }
    return render(request, "desk/article.html", shown, status=refusal.status if refusal else 200)


def _in_words(found: Any) -> str:
    return name_of(found.text)


def _matter(by: Any, key: str) -> Any:
    try:
        return queries.matter(by, UUID(key)) if key else None
    except ValueError:
        return None


@at_work
def write(request: Any) -> HttpResponse:
    """Write a new article; where a question asked for it, the question is settled with it."""
    by = request.by
    asked = _question(by, request.POST.get("question") or request.GET.get("question", ""))
    owners = [each for each in _reached(by, "article.write") if each.pk in by.organisations]
    if not owners:
        raise NotAllowed(_("Your post does not write articles."), instead=_("Ask the body that should know."))
    said = {"review_on": (now() + _A_YEAR).date()}
    form = ArticleForm(request.POST or None, initial=said, owners=owners)
    if request.method == "POST" and form.is_valid():
        owner = form.owners[form.cleaned_data["owner"]]
        try:
            made = acts.write_article.once(form.cleaned_data.get("key") or None)(by, owner, **form.told)
            if asked is not None:
                acts.settle_question(by, asked, article=made)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("It was written, and can be found."))
            return redirect("desk:article", made.pk)
    return render(request, "desk/write_article.html", {"form": form, "question": asked})


@at_work
def review(request: Any, key: UUID) -> HttpResponse:
    """Say that an article is true, as it stands or as it is changed here."""
    by = request.by
    found = knowledge.owned(by, key)
    if found is None:
        raise Http404
    said = {
        "owner": found.owner.code, "readers": found.readers, "keywords": "、".join(found.keywords),
        "title_zh": found.title.get("zh"), "title_en": found.title.get("en"),
        "text_zh": found.text.get("zh"), "text_en": found.text.get("en"),
        "review_on": (now() + _A_YEAR).date(), "expires_on": found.expires_on,
    }  # fmt: skip
    form = ArticleForm(request.POST or None, initial=said, owners=[found.owner])
    if request.method == "POST" and form.is_valid():
        try:
            acts.review_article.once(form.cleaned_data.get("key") or None)(by, found, **form.told)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Noted that it is true."))
            return redirect("desk:article", found.pk)
    return render(request, "desk/write_article.html", {"form": form, "article": found})


@at_work
@require_POST
def retire(request: Any, key: UUID) -> HttpResponse:
    """Take an article out of the knowledge base."""
    found = knowledge.owned(request.by, key)
    if found is None:
        raise Http404
    try:
        acts.retire_article(request.by, found, reason=request.POST.get("text", ""))
    except Refusal as refusal:
        messages.error(request, f"{refusal.reason} {refusal.instead}".strip())
        return redirect("desk:article", key)
    messages.success(request, _("It was retired; what was answered from it stands."))
    return redirect("desk:knowledge")


@at_work
def ask(request: Any) -> HttpResponse:
    """Put what nobody could answer on the list of the body that should know."""
    by = request.by
    if not may(by, "question.raise"):
        raise NotAllowed(_("Your post does not ask owners."))
    form = AskForm(
        request.POST or None, owners=_reached(by, "question.raise"), label=_("What was asked"),
        help_text=_("Without saying who asked."), initial={"text": request.GET.get("words", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            acts.raise_question.once(told.get("key") or None)(
                by, form.owners[told["owner"]], text=told["text"], asker=_own_body(by)
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("It stands on their list now."))
            return redirect("desk:knowledge")
    return render(request, "desk/ask_owner.html", {"form": form})


def _own_body(by: Any) -> Organisation | None:
    return organisations().filter(pk__in=list(by.organisations)).first()


@at_work
def question(request: Any, key: UUID) -> HttpResponse:
    """What one's body was asked: answered by an article, or by saying why none is needed."""
    by = request.by
    asked = _question(by, str(key))
    if asked is None:
        raise Http404
    form = TextForm(
        request.POST or None, label=_("Why no article is needed"), help_text=_("Whoever asked reads it.")
    )
    if request.method == "POST" and form.is_valid():
        try:
            acts.settle_question(by, asked, reply=form.cleaned_data["text"])
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The question is settled."))
            return redirect("desk:knowledge")
    return render(request, "desk/question.html", {"form": form, "question": asked})


def _question(by: Any, key: str) -> Any:
    try:
        return knowledge.question(by, UUID(key)) if key else None
    except ValueError:
        return None
