"""The pages of the desk: my work, one matter, taking something in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.foundation.ledger import receipts
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.governance.matters import acts, queries
from gongzhi.governance.matters.queries import Matter, Tab
from gongzhi.service.accounts.acts import keep_list
from gongzhi.service.accounts.queries import account_of_session
from gongzhi.service.accounts.views import safe_next
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import Pager, name_of
from gongzhi.service.desk import lists
from gongzhi.service.desk.access import at_work
from gongzhi.service.desk.evidence import evidence_of
from gongzhi.service.desk.forms import DispatchForm
from gongzhi.service.desk.matter_page import attempted, case_of, context_of, is_known
from gongzhi.service.desk.morning import morning_line
from gongzhi.service.desk.taking_in import take_in as take_in
from gongzhi.service.portal.decided import decided_about

__all__ = ["do", "export", "keep", "matter", "mine", "package", "proof", "take_in", "together"]

#: So many matters at most leave in one file; more is a matter for the analysts' store.
MOST_EXPORTED = 20_000


@require_safe
@at_work
def mine(request: Any, tab: str = "") -> HttpResponse:
    """My work: what binds first, first."""
    _known(request, tab)
    told = queries.morning_of_posts(request.by, now()) if not tab else None
    context = _list_context(request, tab) | {"morning": morning_line(told) if told else ""}
    return render(request, "desk/mine.html", context)


def _known(request: Any, tab: str) -> None:
    if tab and tab not in {each.value for each in queries.tabs(request.by)}:
        raise Http404


def _list_context(request: Any, named: str) -> dict[str, Any]:
    by, span = request.by, queries.days_from(now(), request.by.zone)
    narrowing = lists.narrowing_of(request.GET)
    is_search = named == Tab.ALL and bool(narrowing.words)  # whoever seeks waits for what is found alone
    counted = queries.Counted() if is_search else queries.counted(by, span)
    counts = counted.lists
    tab = lists.tab_of(named, counts)
    page = queries.page(by, tab, narrowing, span, request.GET.get("cursor", ""))
    here = lists.address(tab, narrowing)
    return {
        "on_duty": [] if named else counted.on_duty,
        "urgent_waiting": 0 if named else counted.urgent_waiting,
        "selectable": tab in (Tab.DISPATCH, Tab.CLOSE, Tab.OFFERED),
        "narrowed": narrowing != lists.WHOLE,
        "tab": tab.value,
        "tabs": lists.tab_links(counts, tab, queries.tabs(by)),
        "title": lists.TITLES[tab],
        "filters": lists.filters(by, tab, narrowing),
        "lines": lists.lines(by, page.rows, span),
        "empty": lists.empty(tab, narrowing, counts),
        "pager": Pager(
            lists.address(tab, narrowing, cursor=page.before) if page.before else "",
            lists.address(tab, narrowing, cursor=page.after) if page.after else "",
        ),
        "export_url": lists.address(tab, narrowing, "export"),
        "kept": request.user.lists,
        "kept_as": next((each["name"] for each in request.user.lists if each["address"] == here), ""),
        "here": here,
        "words": narrowing.words,
    }


@require_POST
@at_work
def keep(request: Any) -> HttpResponse:
    """Keep a list with its filters under a name, or give a name up."""
    back, gone = safe_next(request) or reverse("desk:mine"), request.POST.get("give_up")
    name = gone or request.POST.get("name", "")
    try:
        if (account := account_of_session(request.user.pk)) is not None:
            keep_list(request.actor, account, name=name, address="" if gone else back)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect(back)


@require_safe
@at_work
def export(request: Any, tab: str) -> StreamingHttpResponse:
    """A list as a file for a spreadsheet, with the same filters and the same reach."""
    span = queries.days_from(now(), request.by.zone)
    _known(request, tab)
    rows = queries.work(request.by, Tab(tab), lists.narrowing_of(request.GET), span)[:MOST_EXPORTED]
    response = StreamingHttpResponse(
        _csv(rows.iterator(chunk_size=500)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="gongzhi-{tab}.csv"'
    return response


class _Echo:
    """What a csv writer writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterator[Matter]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = [
        _("Number"), _("Title"), _("Category"), _("Region"), _("State"), _("Lead"), _("Brought in"), _("Due"),
        _("Answered"),
    ]  # fmt: skip
    yield "\ufeff" + writer.writerow(heads)  # so that spreadsheets read the Chinese
    for row in rows:
        zone = row.region.zone
        told = [
            row.number,
            row.title,
            name_of(row.category.name),
            name_of(row.region.name),
            str(row.get_state_display()),
            name_of(row.lead.name) if row.lead else "",
            *(
                Moment.of(at, zone).machine if at else ""
                for at in (row.opened_at, row.due_at, row.answered_at)
            ),
        ]
        yield writer.writerow([_harmless(each) for each in told])


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


@at_work
def together(request: Any) -> HttpResponse:
    """Do one thing to several matters: all of them, or none."""
    keys = _keys(request.POST.getlist("m") or request.GET.getlist("m"))
    rows = list(queries.matters(request.by).select_related("region", "category").filter(pk__in=keys))
    if not rows or len(rows) != len(keys):
        messages.warning(request, _("Choose at least one matter."))
        return redirect(safe_next(request) or reverse("desk:mine"))
    if request.POST.get("do") in _TOGETHER:
        return _done_together(request, rows, request.POST["do"])
    return _send_together(request, rows)


def _keys(told: list[str]) -> set[UUID]:
    found = set()
    for each in told[:200]:
        try:
            found.add(UUID(each))
        except ValueError:
            continue
    return found


def _done_together(request: Any, rows: list[Matter], name: str) -> HttpResponse:
    act, tab, said = _TOGETHER[name]
    try:
        act.many(request.by, rows)
    except Refusal as refusal:
        return _together_page(request, rows, DispatchForm(), refusal)
    messages.success(request, said(len(rows)) % {"n": len(rows)})
    return redirect(lists.address(tab))


#: What is done to several matters without asking anything more, and where it leads back.
_TOGETHER: dict[str, tuple[Any, Tab, Callable[[int], str]]] = {
    "close": (
        acts.close,
        Tab.CLOSE,
        lambda n: ngettext("%(n)d matter was closed.", "%(n)d matters were closed.", n),
    ),
    "accept": (
        acts.accept,
        Tab.OFFERED,
        lambda n: ngettext("%(n)d matter was taken over.", "%(n)d matters were taken over.", n),
    ),
}


def _send_together(request: Any, rows: list[Matter]) -> HttpResponse:
    bodies = queries.who_could_lead(request.by, rows)
    chosen = request.POST if request.method == "POST" and "to" in request.POST else None
    form = DispatchForm(chosen, bodies=bodies)
    if chosen is None or not form.is_valid():
        return _together_page(request, rows, form, None, status=200 if chosen is None else 422)
    try:
        acts.dispatch.many(request.by, rows, to=form.body)
    except Refusal as refusal:
        form.refused(refusal)
        return _together_page(request, rows, form, refusal)
    said = ngettext("%(n)d matter was sent to %(body)s.", "%(n)d matters were sent to %(body)s.", len(rows))
    messages.success(request, said % {"n": len(rows), "body": name_of(form.body.name)})
    return redirect(lists.address(Tab.DISPATCH))


def _together_page(
    request: Any, rows: list[Matter], form: DispatchForm, refusal: Refusal | None, status: int = 200
) -> HttpResponse:
    told = {"rows": rows, "form": form, "refusal": refusal, "do": request.POST.get("do", "send")}
    return render(request, "desk/together.html", told, status=refusal.status if refusal else status)


# -- one matter --------------------------------------------------------------------------------------


def _reached(request: Any, key: UUID) -> queries.AtDesk:
    desk = queries.at_desk(request.by, key)
    if desk is None:
        raise Http404  # the same whether it is out of reach or does not exist
    return desk


@require_safe
@at_work
def matter(request: Any, key: UUID) -> HttpResponse:
    """A matter on one page: left the story, right the duty."""
    return render(request, "desk/matter.html", context_of(request.by, _reached(request, key), now()))


@require_safe
@at_work
def decided(request: Any, key: UUID) -> HttpResponse:
    """Which rules decided about a matter: the rule, the row and its basis."""
    desk = _reached(request, key)
    told = decided_about(queries.story(desk, queries.brought_in(request.by, desk.matter)), desk.matter.region)
    return render(request, "desk/decided.html", {"matter": desk.matter, "decided": told})


@require_POST
@at_work
def do(request: Any, key: UUID, name: str) -> HttpResponse:
    """Do something to a matter; what is refused comes back on its page, in words."""
    desk = _reached(request, key)
    if not is_known(name):
        raise Http404
    attempt = attempted(case_of(request.by, desk, now()), name, request.POST)
    if attempt.done:
        messages.success(request, attempt.done)
        still = queries.matters(request.by).filter(pk=key).exists()  # whoever has no part left reads no more
        return redirect("desk:matter", key=key) if still else redirect("desk:mine")
    told = context_of(request.by, _reached(request, key), now(), attempt)
    return render(request, "desk/matter.html", told, status=attempt.status)


@require_safe
@at_work
def proof(request: Any, key: UUID, entry: int) -> HttpResponse:
    """The receipt of an entry of a matter's story, for whoever may read that entry."""
    desk = _reached(request, key)
    story = queries.story(desk, queries.brought_in(request.by, desk.matter))
    if entry not in {told.id for told in story}:
        raise Http404
    text = receipts.receipt(entry)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{desk.matter.number}-{entry}.receipt"'
    return response


@require_safe
@at_work
def package(request: Any, key: UUID) -> HttpResponse:
    """Everything that a reader may read of a matter, with the proofs, in one file."""
    desk = _reached(request, key)
    response = HttpResponse(evidence_of(request.by, desk, now()), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{desk.matter.number}.zip"'
    return response
