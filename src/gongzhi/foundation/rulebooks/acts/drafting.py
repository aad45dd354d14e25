"""What an author does: writes a draft, changes it, has it verified, takes it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import PUBLIC, STAFF, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.regions.queries import CooperationArea, Region, members
from gongzhi.foundation.rulebooks.acts.forces import _next_number, _rule_of
from gongzhi.foundation.rulebooks.findings import faults
from gongzhi.foundation.rulebooks.models import Alignment, Rule, Version
from gongzhi.foundation.rulebooks.reading import arrangement_digest, read

#: A reason has so many characters at most.
LONGEST = 500


@act("rule.draft", _("Draft a rule"), audience=STAFF, creates=True)
def draft(
    by: Actor,
    region: Region,
    *,
    table: str,
    reason: str = "",
    effective_from: datetime | None = None,
    effective_until: datetime | None = None,
    refinable: bool = True,
    review_on: date | None = None,
    corrects: Version | None = None,
) -> Version:
    """Write the draft of a version of a rule; it binds nobody until it was verified, reviewed and approved.

    ``corrects`` is a version that was wrong from the beginning: the new one will stand in its place for
    the whole of its time, and what was believed until then stays on record.
    """
    version = _drafted(
        by,
        _rule_of({"region": region}, region.name, read(table).name),
        table,
        reason=reason,
        effective_from=effective_from or moment(),
        effective_until=effective_until,
        refinable=refinable,
        review_on=review_on,
        corrects=corrects,
    )
    record(facts={"region": region.code, **_said(version)}, private=_why(reason))
    return version


def _drafted(by: Actor, rule: Rule, table: str, **more: Any) -> Version:
    wrong: Version | None = more.get("corrects")
    if wrong is not None:
        if wrong.rule_id != rule.pk or wrong.state != Version.State.APPROVED or wrong.recorded_until:
            raise Invalid(_("Only a version of the same rule that was in force can be corrected."))
        more["effective_from"], more["effective_until"] = wrong.effective_from, wrong.effective_until
    _check_span(more["effective_from"], more.get("effective_until"))
    if len(more.get("reason") or "") > LONGEST:
        raise Invalid(
            _("Give the reason in at most %(limit)d characters.") % {"limit": LONGEST}, field="reason"
        )
    version = Version(
        rule=rule,
        number=_next_number(rule),
        state=Version.State.DRAFT,
        table=table,
        digest=read(table).digest,
        recorded_from=moment(),
        authors=[str(by.id)],
        **more,
    )
    keep(version)
    return version


@act("rule.revise", _("Revise a draft"), audience=STAFF)
def revise(
    by: Actor,
    version: Version,
    *,
    table: str,
    reason: str | None = None,
    effective_from: datetime | None = None,
    effective_until: datetime | None = None,
    refinable: bool | None = None,
    review_on: date | None = None,
) -> Version:
    """Write a draft anew; what was verified, reviewed or accepted in it has to be so again."""
    if version.state not in (Version.State.DRAFT, Version.State.VERIFIED, Version.State.REVIEWED):
        raise NotPossible(
            _("This version stands as it is: it is no draft any more."),
            instead=_(
                "Draft a new version; to put right what was wrong from the beginning, as a correction."
            ),
        )
    wanted = read(table)
    if wanted.name != version.rule.subject:
        raise Invalid(
            _("This rule decides %(subject)s; a table named %(name)s belongs to another rule.")
            % {"subject": version.rule.subject, "name": wanted.name},
            field="table",
        )
    version.table, version.digest, version.state = table, wanted.digest, Version.State.DRAFT.value
    version.reviewer = None
    if version.corrects_id is None:
        version.effective_from = effective_from or version.effective_from
        version.effective_until = effective_until
        _check_span(version.effective_from, version.effective_until)
    if reason is not None:
        version.reason = reason[:LONGEST]
    if refinable is not None:
        version.refinable = refinable
    version.review_on = review_on
    if str(by.id) not in version.authors:
        version.authors = [*version.authors, str(by.id)]
    keep(
        version, "table", "digest", "state", "reviewer", "effective_from", "effective_until", "reason",
        "refinable", "review_on", "authors",
    )  # fmt: skip
    record(facts=_said(version), private=_why(version.reason))
    return version


@act("rule.verify", _("Verify a rule's table"), audience=STAFF)
def verify(by: Actor, version: Version) -> Version:
    """Have a draft's table verified; what is found is named, and has to be mended or accepted by somebody."""
    if version.state != Version.State.DRAFT:
        raise NotPossible(_("Only a draft is verified."))
    found = faults(read(version.table))
    version.state = Version.State.VERIFIED.value
    keep(version, "state")
    record(
        facts={
            **_said(version),
            "findings": [[each.kind, each.key] for each in found if each.is_blocking],
        }
    )
    return version


@act("rule.withdraw", _("Withdraw a draft"), audience=STAFF)
def withdraw(by: Actor, version: Version, *, reason: str = "") -> Version:
    """Take back a version that has not come into force; it stays on record."""
    if version.state not in (Version.State.DRAFT, Version.State.VERIFIED, Version.State.REVIEWED):
        raise NotPossible(_("Only what has not been approved can be withdrawn."))
    version.state = Version.State.WITHDRAWN.value
    keep(version, "state")
    record(facts=_said(version), private=_why(reason))
    return version


@act("rule.arrange", _("Put an informal arrangement on record"), audience=PUBLIC, creates=True)
def arrange(
    by: Actor,
    region: Region,
    *,
    topic: str,
    title: dict[str, str],
    text: str,
    effective_from: datetime | None = None,
    effective_until: datetime | None = None,
) -> Version:
    """Keep what people have agreed among themselves: shown and cited, never enforced by the platform.

    ``topic`` is a short name of the authority's own, such as ``covenant.parking``; said again, it is
    the next version.
    """
    if not text.strip():
        raise Invalid(_("Write down what was agreed."), field="text")
    since = effective_from or moment()
    _check_span(since, effective_until)
    rule = _rule_of({"region": region}, region.name, topic, Rule.Kind.INFORMAL)
    if rule.title != title:
        rule.title = title
        keep(rule, "title")
    for former in Version.objects.filter(rule=rule.pk, ending=""):
        former.ending = Version.Ending.SUPERSEDED.value
        former.effective_until = max(since, former.effective_from)
        if former.effective_until == former.effective_from:
            former.effective_until, former.recorded_until = None, moment()
        keep(former, "ending", "effective_until", "recorded_until")
    version = Version(
        rule=rule,
        number=_next_number(rule),
        state=Version.State.APPROVED,
        table=text,
        digest=arrangement_digest(topic, text),
        effective_from=since,
        effective_until=effective_until,
        recorded_from=moment(),
        authors=[str(by.id)],
    )
    keep(version)
    record(facts={"region": region.code, **_said(version)})
    return version


@act("rule.align", _("Propose to align rules"), audience=STAFF, creates=True)
def align(by: Actor, area: CooperationArea, *, tables: dict[str, str], reason: str) -> Alignment:
    """Draft a version for each of several members, to come into force together.

    ``tables`` has the table for each member by its region's code. Each member reviews and approves its
    own as any other; all of them take effect when the last has been approved.
    """
    inside = {each.code: each for each in members(area.pk, moment())}
    if strangers := sorted(set(tables) - set(inside)):
        raise Invalid(
            _("%(region)s is no member of %(area)s.") % {"region": ", ".join(strangers), "area": area.code},
            field="tables",
        )
    if len(tables) < 2:
        raise Invalid(_("Rules of at least two members are aligned."), field="tables")
    subjects = {read(text).name for text in tables.values()}
    if len(subjects) != 1:
        raise Invalid(_("The tables are about one subject."), field="tables")
    (subject,) = subjects
    alignment = Alignment(area=area, subject=subject, reason=reason[:LONGEST], proposed_at=moment())
    keep(alignment)
    made = []
    for code in sorted(tables):
        region = inside[code]
        rule = _rule_of({"region": region}, region.name, subject)
        more = {"reason": reason[:LONGEST], "effective_from": moment(), "alignment": alignment}
        made.append(_drafted(by, rule, tables[code], **more))
    record(
        facts={
            "area": area.code,
            "subject": subject,
            "drafts": [[code, each.pk, each.digest] for code, each in zip(sorted(tables), made, strict=True)],
        },
        private=_why(reason),
    )
    return alignment


def _check_span(since: datetime, until: datetime | None) -> None:
    if until is not None and until <= since:
        raise Invalid(_("A rule ends after it begins."), field="effective_until")


def _said(version: Version) -> dict[str, Any]:
    """What every entry about a version says, so that it can be held against the database."""
    return {
        "subject": version.rule.subject,
        "number": version.number,
        "digest": version.digest,
        "effective_from": version.effective_from,
    }


def _why(reason: str) -> dict[str, Any]:
    return {"reason": reason} if reason else {}
