"""What others than the author do: review, accept, approve, file, repeal; and what the calendar does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, STAFF, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotAllowed, NotPossible
from gongzhi.foundation.regions.queries import Region
from gongzhi.foundation.rulebooks.acts.drafting import LONGEST, _said, _why
from gongzhi.foundation.rulebooks.acts.forces import _correct, _end, _supersede
from gongzhi.foundation.rulebooks.findings import faults
from gongzhi.foundation.rulebooks.models import Accepted, Law, Rule, Version
from gongzhi.foundation.rulebooks.queries import open_faults
from gongzhi.foundation.rulebooks.reading import read

#: A reason that deserves the name has so many characters at least.
SHORTEST = 4


@act("rule.accept_finding", _("Accept a finding about a rule"), audience=STAFF)
def accept_finding(by: Actor, version: Version, *, finding: str, reason: str) -> Accepted:
    """Take it upon oneself that a table comes into force with a gap or another finding, and say why."""
    _not_the_author(by, version, _("Whoever wrote a table does not accept what is wrong with it."))
    if version.state not in (Version.State.VERIFIED, Version.State.REVIEWED):
        raise NotPossible(_("Findings are accepted once the table has been verified."))
    _check_reason(reason)
    found = next((each for each in faults(read(version.table)) if each.key == finding), None)
    if found is None or not found.is_blocking:
        raise Invalid(_("Nothing of the kind was found about this table."), field="finding")
    if finding in _accepted(version):
        raise NotPossible(_("Somebody has accepted this finding already."))
    accepted = Accepted(
        version=version,
        digest=version.digest,
        finding=finding,
        by=by.id,
        reason=reason,
        at=moment(),
    )
    keep(accepted)
    facts = {**_said(version), "finding": finding, "kind": found.kind, "rows": list(found.rows)}
    record(facts=facts, private=_why(reason))
    return accepted


@act("rule.review", _("Review the legality of a rule"), audience=STAFF)
def review(by: Actor, version: Version, *, note: str = "") -> Version:
    """Say that a verified version is lawful; whoever wrote it cannot."""
    _not_the_author(by, version, _("Whoever wrote a version does not review it."))
    if version.state != Version.State.VERIFIED:
        raise NotPossible(_("A version is reviewed once it has been verified."))
    version.state, version.reviewer = Version.State.REVIEWED.value, by.id
    keep(version, "state", "reviewer")
    record(facts=_said(version), private={"note": note} if note else {})
    return version


@act("rule.send_back", _("Send a rule back to its author"), audience=STAFF)
def send_back(by: Actor, version: Version, *, reason: str) -> Version:
    """Make a version a draft again, with what has to be changed."""
    if version.state not in (Version.State.VERIFIED, Version.State.REVIEWED):
        raise NotPossible(_("Only what waits for review or approval is sent back."))
    _check_reason(reason)
    version.state, version.reviewer = Version.State.DRAFT.value, None
    keep(version, "state", "reviewer")
    record(facts=_said(version), private=_why(reason))
    return version


@act("rule.approve", _("Approve a rule"), audience=PUBLIC)
def approve(by: Actor, version: Version) -> Version:
    """Bring a reviewed version into force, from its day or at once.

    Author, reviewer and approver are three persons. A table that is not sound cannot come into force
    unless each finding was accepted by somebody. A version that is part of an alignment waits for the
    versions of the other members.
    """
    _not_the_author(by, version, _("Whoever wrote a version does not approve it."))
    if version.reviewer == by.id:
        raise _same_person(_("Whoever reviewed a version does not approve it."))
    if version.state != Version.State.REVIEWED:
        raise NotPossible(_("A version is approved once it has been verified and reviewed."))
    if left := open_faults(version):
        raise NotPossible(
            _("The table is not sound, and %(count)d findings were accepted by nobody.")
            % {"count": len(left)},
            instead=_("Mend the table, or have each finding accepted with a reason."),
        )
    version.state, version.approver = Version.State.APPROVED.value, by.id
    version.recorded_from = moment()
    keep(version, "state", "approver", "recorded_from")
    facts = _said(version)
    if version.alignment_id is not None:
        facts["in_force"] = _approved_with_others(version)
    else:
        facts.update(effective_from=version.effective_from, **_come_into_force(version))
    record(facts={**facts, "effective_from": version.effective_from})
    return version


def _accepted(version: Version) -> set[str]:
    rows = Accepted.objects.filter(version=version.pk, digest=version.digest)
    return set(rows.values_list("finding", flat=True))


def _come_into_force(version: Version) -> dict[str, Any]:
    """Let a version bind from its day, or from now where that is past; a correction from the old day."""
    if version.corrects is not None:
        force = _correct(version, version.corrects)
    else:
        version.effective_from = max(version.effective_from, moment())
        if version.effective_until is not None and version.effective_until <= version.effective_from:
            raise NotPossible(_("Its validity is over before it begins; send it back for another day."))
        keep(version, "effective_from")
        force = _supersede(version, version.effective_from)
    return {"rule": version.rule_id, "force": force}


def _approved_with_others(version: Version) -> list[Any]:
    """Once the last version of an alignment is approved, let all of them bind from the same moment."""
    others = Version.objects.filter(alignment=version.alignment_id).exclude(pk=version.pk)
    rows = [version, *others.select_for_update(of=("self",)).order_by("pk")]
    rows = [each for each in rows if each.state != Version.State.WITHDRAWN]
    if any(each.state != Version.State.APPROVED for each in rows):
        return []
    alignment: Any = version.alignment
    alignment.in_force_from = moment()
    keep(alignment, "in_force_from")
    told: list[Any] = []
    for each in rows:
        each.effective_from = moment()
        keep(each, "effective_from")
        told.append([each.rule_id, _supersede(each, each.effective_from)])
    return told


@act("rule.file", _("Put the filing of a rule on record"), audience=PUBLIC)
def file(by: Actor, version: Version, *, number: str, on: date) -> Version:
    """Note under which number, and when, a version was filed with the authority above."""
    if version.state != Version.State.APPROVED:
        raise NotPossible(_("What has not been approved is not filed."))
    if not number.strip():
        raise Invalid(_("Give the number under which it was filed."), field="number")
    version.filing_number, version.filed_on = number.strip()[:60], on
    keep(version, "filing_number", "filed_on")
    record(facts={**_said(version), "filing": version.filing_number, "on": on})
    return version


@act("rule.repeal", _("Repeal a rule"), audience=PUBLIC)
def repeal(by: Actor, version: Version, *, reason: str, at: datetime | None = None) -> Version:
    """Let a version bind no longer, from now or from a later day; nothing takes its place."""
    when = at or moment()
    is_over = version.effective_until is not None and version.effective_until <= when
    if version.state != Version.State.APPROVED or version.recorded_until is not None or is_over:
        raise NotPossible(_("Only a version in force can be repealed."))
    if when < moment():
        raise Invalid(_("A rule is not repealed for the past."), field="at")
    _check_reason(reason)
    force = _end(version, when, Version.Ending.REPEALED)
    record(
        facts={**_said(version), "rule": version.rule_id, "force": force, "at": when}, private=_why(reason)
    )
    return version


@act("rule.lapse", _("Let a rule lapse"), audience=PUBLIC)
def lapse(by: Actor, version: Version) -> Version:
    """Note that the time for which a version was made is over; it has not bound since then anyway."""
    is_over = version.effective_until is not None and version.effective_until <= moment()
    if version.state != Version.State.APPROVED or version.ending or not is_over:
        raise NotPossible(_("Only a version whose time is over lapses."))
    version.ending = Version.Ending.LAPSED.value
    keep(version, "ending")
    record(facts={**_said(version), "until": version.effective_until})
    return version


@act("law.note", _("Note that a law has changed"), audience=PUBLIC, creates=True)
def note_law(
    by: Actor,
    region: Region,
    *,
    title: str,
    change: str,
    on: date,
    article: str = "",
    link: str = "",
    note: str = "",
) -> Law:
    """Note that a law, or one article of it, was amended or repealed; rules that rest on it are listed."""
    if change not in Law.Change.values:
        raise Invalid(_("A law is amended or repealed."), field="change")
    if not title.strip():
        raise Invalid(_("Give the title of the law as the tables cite it."), field="title")
    law = Law(
        region=region,
        title=title.strip()[:200],
        article=article.strip()[:60],
        change=change,
        changed_on=on,
        link=link[:300],
        note=note[:LONGEST],
    )
    keep(law)
    record(facts={"title": law.title, "article": law.article, "change": change, "on": on})
    return law


def _check_reason(reason: str) -> None:
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        raise Invalid(_("Say why, in a sentence or two."), field="reason")


def _not_the_author(by: Actor, version: Version, why: Any) -> None:
    if version.rule.kind != Rule.Kind.BINDING:
        raise NotPossible(_("An informal arrangement binds nobody and is not approved."))
    if str(by.id) in version.authors:
        raise _same_person(why)


def _same_person(why: Any) -> NotAllowed:
    return NotAllowed(why, instead=_("Author, reviewer and approver are three different persons."))
