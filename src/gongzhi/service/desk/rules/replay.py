"""The page on which a draft is tried on the past before anybody approves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks import queries
from gongzhi.foundation.rulebooks.queries import Rule, Version
from gongzhi.governance.matters.queries.replayed import GROUPS, WAYS, Report, Turned, group_of, report
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import name_of
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.rules.forms import Day, beginning
from gongzhi.service.desk.rules.page import words_for
from gongzhi.service.portal import ruling
from gongzhi.service.portal.ruling import Words

#: Without a period it is tried on so long; so many matters are listed.
QUARTER = timedelta(days=90)
MOST_LISTED = 50


class PeriodForm(forms.Form):
    """The matters of which time."""

    since = Day(label=gettext_lazy("From"))
    until = Day(label=gettext_lazy("Until the end of"))

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            raise forms.ValidationError(_("It ends before it begins."))
        return said


@require_safe
@at_work
def rule_replay(request: Any, key: UUID) -> HttpResponse:
    """What a version would have changed: counts by group, each opening its matters."""
    version = queries.version_reached(request.by, key)
    if version is None or version.rule.kind == Rule.Kind.INFORMAL:
        raise Http404
    home = ruling.home_of(version)
    if home is None:
        raise Http404
    form = _period(request, home)
    told: Report | None = None
    table = queries.table_of(version.table)
    if form.is_valid():
        since = beginning(form.cleaned_data["since"], home.zone)
        until = beginning(form.cleaned_data["until"] + timedelta(days=1), home.zone)
        if since is not None and until is not None:
            told = report(request.by, table, home, since, until)
    context = {
        "version": version,
        "title": ruling.called(version),
        "form": form,
        "report": told,
        "zone": home.zone,
        **(_told(request, version, told, table, words_for(home)) if told else {}),
    }
    return render(request, "desk/rules/replay.html", context, status=200 if form.is_valid() else 422)


def _period(request: Any, home: Region) -> PeriodForm:
    today = now().astimezone(ZoneInfo(home.zone)).date()
    first = {"since": str(today - QUARTER), "until": str(today)}
    return PeriodForm({**first, **{name: request.GET[name] for name in first if name in request.GET}})


def _told(request: Any, version: Version, told: Report, table: dt.Table, words: Words) -> dict[str, Any]:
    """Tables of counts, and the matters behind the count that was chosen."""
    chosen = {name: request.GET.get(name, "") for name in ("group", "of", "way")}
    period = {name: request.GET[name] for name in ("since", "until") if name in request.GET}

    def link(count: int, **more: str) -> tuple[int, str]:
        return count, "?" + urlencode({**period, **more}) + "#matters" if count else ""

    groups = [
        (
            group,
            _titles()[group],
            [
                (
                    _name(tally.of),
                    tally.count,
                    [link(tally.ways[way], group=group, of=_key(tally.of), way=way) for way in _used(told)],
                )
                for tally in told.by[group]
            ],
        )
        for group in GROUPS
    ]
    shown = [each for each in told.turned if _is_chosen(each, chosen)]
    return {
        "ways": [(_words()[way], *link(told.ways[way], way=way)) for way in _used(told)],
        "heads": [_words()[way] for way in _used(told)],
        "groups": groups,
        "shown": [_line(each, table, words) for each in shown[:MOST_LISTED]],
        "shown_count": len(shown),
        "is_chosen": bool(chosen["way"]),
        "chosen": _words().get(chosen["way"], ""),
    }


def _used(told: Report) -> list[str]:
    """The ways that occur; all of them where none does."""
    return [way for way in WAYS if told.ways[way]]


def _is_chosen(each: Turned, chosen: dict[str, str]) -> bool:
    if chosen["way"] and each.way != chosen["way"]:
        return False
    return chosen["group"] not in GROUPS or _key(group_of(each.matter, chosen["group"])) == chosen["of"]


def _line(each: Turned, table: dt.Table, words: Words) -> dict[str, Any]:
    changed = each.changed
    was = dict(changed.past.outcome)
    return {
        "matter": each.matter,
        "way": _words()[each.way],
        "was": _answer(table, was, words),
        "would": _answer(table, changed.outcome, words) if changed.outcome else _("a person decides"),
    }


def _answer(table: dt.Table, outcome: dict[str, Any], words: Words) -> str:
    if set(outcome) != {column.name for column in table.outputs}:
        return ", ".join(map(str, outcome.values()))
    return ruling.answer(table, outcome, words)


def _key(one: Any) -> str:
    return str(one.pk) if one is not None else "none"


def _name(one: Any) -> str:
    return name_of(one.name) if one is not None else _("nobody yet")


def _titles() -> dict[str, str]:
    return {"category": _("Category"), "region": _("Region"), "organisation": _("Leading body")}


def _words() -> dict[str, str]:
    return {
        "elsewhere": pgettext("replay", "elsewhere"),
        "earlier": pgettext("replay", "due earlier"),
        "later": pgettext("replay", "due later"),
        "otherwise": pgettext("replay", "otherwise"),
        "open": pgettext("replay", "left to a person"),
    }
