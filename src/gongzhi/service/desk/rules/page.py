"""One version of a rule on one page: what it says, what is wrong with it, who did what, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import chain
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.acts import ACTS
from gongzhi.foundation.ledger.clock import now
from gongzhi.foundation.ledger.refusals import Refusal
from gongzhi.foundation.parties.queries import appointments_called, names_of
from gongzhi.foundation.regions.queries import Region, members
from gongzhi.foundation.rulebooks import acts, queries
from gongzhi.foundation.rulebooks.queries import Judged, Rule, Version
from gongzhi.governance.matters.queries import categories
from gongzhi.service.design import parts
from gongzhi.service.design.moments import Moment
from gongzhi.service.design.parts import State, name_of
from gongzhi.service.desk.forms import ActForm
from gongzhi.service.desk.matter_page import Attempt, Doing
from gongzhi.service.desk.rules import wording
from gongzhi.service.desk.rules.forms import (
    AcceptForm,
    AdoptForm,
    FilingForm,
    NoteForm,
    ReasonForm,
    RepealForm,
    beginning,
)
from gongzhi.service.portal import ruling
from gongzhi.service.portal.ruling import Words


@dataclass(frozen=True)
class FindingShown:
    """A finding as a sentence, with who accepted it, or the form to accept it by."""

    witness: parts.Witness
    key: str
    accepted: str = ""
    form: Form | None = None


def words_for(region: Region | None) -> Words:
    """What codes are called in a region."""
    return Words(dict(categories(region).values_list("code", "name")) if region else {})


def context_of(
    by: Any, version: Version, at: datetime, attempt: Attempt | None = None, beside: str = ""
) -> dict[str, Any]:
    """Everything that the page of a version shows."""
    home = ruling.home_of(version)
    words, zone = words_for(home), home.zone if home else "UTC"
    siblings = queries.versions_of(by, version.rule_id)
    other = _beside(siblings, version, beside, at)
    may = queries.may_do(by, version, VERBS)
    judged = queries.judged(version)
    story = queries.story(by, version)
    people = names_of({each.actor for each in story} | {j.accepted.by for j in judged if j.accepted})
    return {
        "version": version,
        "title": ruling.called(version),
        "whose": ruling.whose(version),
        "about": ruling.title_of(version.rule.subject),
        "zone": zone,
        "standing": version.standing(at),
        "status": status_of(version, at, zone),
        "told": ruling.told(version, words.categories),
        "sides": _sides(version, other, words) if other else None,
        "other": other,
        "siblings": [
            (each, each.standing(at), wording.standing_word(each.standing(at))) for each in siblings
        ],
        "findings": _findings(by, version, judged, may, words, people, attempt),
        "steps": _steps(story, people, zone),
        "adoptions": queries.adoptions([version]),
        "aligned": list(queries.alignment_versions(version.alignment)) if version.alignment else [],
        "doings": _doings(version, at, may, by, attempt),
        "not_possible": _not_possible(version, by, may),
        "may_draft": bool(queries.regions_to_write(by).filter(pk=home.pk).exists()) if home else False,
        "may_revise": "rule.revise" in may and version.state in ("draft", "verified", "reviewed"),
        "refusal": attempt.refusal if attempt else None,
        "attempt": attempt,
    }


# -- how it stands -----------------------------------------------------------------------------------


def status_of(version: Version, at: datetime, zone: str) -> parts.Status:
    """The status sentence: what is waited for, or since when it binds."""
    standing = version.standing(at)
    told = {
        "since": Moment.of(version.effective_from, zone, "day").exact(at),
        "until": Moment.of(version.effective_until, zone, "day").exact(at) if version.effective_until else "",
    }
    if standing == "in_force" and version.rule.kind == Rule.Kind.INFORMAL:
        sentence = _("Kept on record since %(since)s; it is shown and never enforced")
    elif standing == "in_force":
        sentence = (
            _("In force since %(since)s, until %(until)s") if told["until"] else _("In force since %(since)s")
        )
    else:
        sentence = _sentences().get(standing, "")
        if (
            standing == "approved"
            and version.alignment is not None
            and version.alignment.in_force_from is None
        ):
            sentence = _("Approved here; it takes effect when the last member has approved")
    return parts.Status(sentence % told, wording.STATES.get(standing, State.INFORMATION), large=True)


def _sentences() -> dict[str, str]:
    return {
        "draft": _("A draft: its author goes on writing, or has it verified"),
        "verified": _("Verified: it waits for the review of its legality"),
        "reviewed": _("Reviewed: it waits for approval"),
        "approved": _("Approved: it takes effect on %(since)s"),
        "proposed": _("Proposed to the members: it binds each that adopts it"),
        "superseded": _("Superseded: it was in force from %(since)s to %(until)s"),
        "lapsed": _("Lapsed: it was made for the time from %(since)s to %(until)s"),
        "repealed": _("Repealed: it binds nobody any more"),
        "corrected": _("Corrected: another version stands for the whole of its time"),
        "withdrawn": _("Withdrawn: it never came into force"),
    }


# -- what is wrong with it ---------------------------------------------------------------------------


def _findings(
    by: Any,
    version: Version,
    judged: list[Judged],
    may: set[str],
    words: Words,
    people: dict[UUID, str],
    attempt: Attempt | None,
) -> list[FindingShown]:
    if version.rule.kind == Rule.Kind.INFORMAL:
        return []
    table = queries.table_of(version.table)
    can = "rule.accept_finding" in may and version.state in ("verified", "reviewed")
    can = can and str(by.id) not in version.authors
    found = []
    for each in judged:
        form: Form | None = None
        if each.is_open and can:
            form = AcceptForm(initial={"finding": each.fault.key}, auto_id=f"accept_{each.fault.key}_%s")
            tried = attempt.form if attempt is not None and attempt.name == "accept" else None
            if tried is not None and tried.data.get("finding") == each.fault.key:
                form = tried
        state = State.ATTENTION if each.is_open else State.DONE if each.accepted else State.INFORMATION
        accepted = ""
        if each.accepted is not None:
            accepted = _("Accepted by %(who)s: %(reason)s") % {
                "who": people.get(each.accepted.by, _("somebody")),
                "reason": each.accepted.reason,
            }
        sentence = wording.sentence_of(each.fault, table, words)
        found.append(FindingShown(parts.Witness(sentence, state), each.fault.key, accepted, form))
    return found


# -- two versions side by side -----------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One version's rows, each with what became of it: same, changed, gone or new."""

    version: Version
    head: list[str]
    rows: list[tuple[str, int, list[tuple[str, bool]]]]


def _beside(siblings: list[Version], version: Version, beside: str, at: datetime) -> Version | None:
    """The version that is shown beside another: the one asked for, the one in force, or the one before."""
    if version.rule.kind == Rule.Kind.INFORMAL:
        return None
    others = [each for each in siblings if each.pk != version.pk]
    asked = (each for each in others if str(each.pk) == beside)
    in_force = (each for each in others if each.standing(at) == "in_force" and version.state != "approved")
    before = (
        each for each in others if each.number < version.number and each.state != Version.State.WITHDRAWN
    )
    return next(chain(asked, in_force, before), None)


def _sides(version: Version, other: Version, words: Words) -> tuple[Side, Side]:
    """An older and a newer version, row against row."""
    older, newer = sorted((version, other), key=lambda each: (each.state != "approved", each.number))
    tables = [queries.table_of(each.table) for each in (older, newer)]
    old, new = (ruling.rows_of(table, words) for table in tables)
    left: list[tuple[str, int, list[tuple[str, bool]]]] = []
    right: list[tuple[str, int, list[tuple[str, bool]]]] = []
    pairs = SequenceMatcher(None, [tuple(row) for row in old], [tuple(row) for row in new], autojunk=False)
    for what, a, b, c, d in pairs.get_opcodes():
        for place in range(max(b - a, d - c)):
            before = old[a + place] if a + place < b else None
            after = new[c + place] if c + place < d else None
            word = "same" if what == "equal" else "changed"
            if before is not None:
                left.append((word if after is not None else "gone", a + place + 1, _marked(before, after)))
            if after is not None:
                right.append((word if before is not None else "new", c + place + 1, _marked(after, before)))
    return (
        Side(older, ruling.head_of(tables[0]), left),
        Side(newer, ruling.head_of(tables[1]), right),
    )


def _marked(row: list[str], against: list[str] | None) -> list[tuple[str, bool]]:
    """The cells of a row, each with whether it is otherwise in the other version."""
    if against is None or len(against) != len(row):
        return [(cell, against is not None) for cell in row]
    return [(cell, cell != other) for cell, other in zip(row, against, strict=True)]


# -- who did what ------------------------------------------------------------------------------------


def _steps(story: list[Any], people: dict[UUID, str], zone: str) -> list[parts.Step]:
    posts = appointments_called({each.appointment for each in story if each.appointment})
    steps = []
    for each in story:
        post = posts.get(each.appointment) if each.appointment else None
        who = [people.get(each.actor, "")]
        if post is not None:
            who += [name_of(post.post.organisation.name), name_of(post.post.title)]
        private = each.private or {}
        steps.append(
            parts.Step(
                sentence=str(ACTS[each.verb].title) if each.verb in ACTS else each.verb,
                at=each.occurred,
                by=" · ".join(part for part in who if part)
                or _("the platform itself, without anybody's doing"),
                zone=zone,
                text=private.get("reason", "") or private.get("note", ""),
                position=each.position,
            )
        )
    return steps


# -- what can be done --------------------------------------------------------------------------------

_ACTS: dict[str, Any] = {
    "verify": acts.verify,
    "review": acts.review,
    "approve": acts.approve,
    "send-back": acts.send_back,
    "withdraw": acts.withdraw,
    "file": acts.file,
    "repeal": acts.repeal,
    "accept": acts.accept_finding,
    "adopt": acts.adopt,
}
VERBS = {each.verb for each in _ACTS.values()} | {"rule.revise"}

_FORMS: dict[str, Callable[..., Form]] = {
    "verify": ActForm,
    "review": NoteForm,
    "approve": ActForm,
    "send-back": ReasonForm,
    "withdraw": ReasonForm,
    "file": FilingForm,
    "repeal": RepealForm,
    "accept": AcceptForm,
}


def _words() -> dict[str, tuple[str, str]]:
    """Of each act the heading and the word on its button."""
    return {
        "verify": (_("Have the table verified"), _("Verify")),
        "review": (_("Review its legality"), _("It is lawful")),
        "approve": (_("Bring it into force"), _("Approve")),
        "send-back": (_("Send it back to its author"), _("Send back")),
        "withdraw": (_("Withdraw it"), _("Withdraw")),
        "file": (_("Put its filing on record"), _("Record the filing")),
        "repeal": (_("Repeal it"), _("Repeal")),
        "adopt": (_("Adopt a joint rule"), _("Adopt")),
    }


def _now_possible(version: Version, at: datetime) -> list[str]:
    standing = version.standing(at)
    if version.rule.kind == Rule.Kind.INFORMAL:
        return []
    return {
        "draft": ["verify", "withdraw"],
        "verified": ["review", "send-back", "withdraw"],
        "reviewed": ["approve", "send-back", "withdraw"],
        "approved": ["file", "repeal"],
        "in_force": ["file", "repeal"],
        "proposed": ["adopt"],
    }.get(standing, [])


def _doings(version: Version, at: datetime, may: set[str], by: Any, attempt: Attempt | None) -> list[Doing]:
    names = [
        name
        for name in _now_possible(version, at)
        if _ACTS[name].verb in may and not _same_person(name, version, by)
    ]
    if "adopt" in names and not _to_adopt_for(by, version):
        names.remove("adopt")
    tried = attempt.name if attempt and attempt.form is not None else ""
    return [
        Doing(
            name,
            *_words()[name],
            attempt.form if attempt and attempt.form and tried == name else _form(name, by, version),
            reverse("desk:rule_do", args=[version.pk, name]),
            is_first=name == (tried or names[0]),
        )
        for name in names
    ]


def _form(name: str, by: Any, version: Version, told: QueryDict | None = None) -> Form:
    """The form of an act, empty or as it was sent."""
    prefix = f"accept_{told.get('finding', '')}" if name == "accept" and told is not None else name
    if name == "adopt":
        return AdoptForm(told, regions=_to_adopt_for(by, version), auto_id=f"{prefix}_%s")
    return _FORMS[name](told, auto_id=f"{prefix}_%s")


def _to_adopt_for(by: Any, version: Version) -> list[Region]:
    """The members for which the reader can still adopt a joint rule."""
    area = version.rule.rule_set.area
    if area is None:
        return []
    mine = set(queries.regions_to_write(by, "rule.adopt").values_list("pk", flat=True))
    done = {each.region_id for each in queries.adoptions([version])}
    return [each for each in members(area.pk, now()) if each.pk in mine and each.pk not in done]


def _same_person(name: str, version: Version, by: Any) -> str:
    """Why somebody who has done one thing to a version may not do the next."""
    if name in ("review", "approve", "accept") and str(by.id) in version.authors:
        return _("You wrote this version; author, reviewer and approver are three different persons.")
    if name == "approve" and version.reviewer == by.id:
        return _("You reviewed this version; author, reviewer and approver are three different persons.")
    return ""


def _not_possible(version: Version, by: Any, may: set[str]) -> list[parts.Choice]:
    """What cannot be done here, why, and who decides otherwise."""
    waits = {"verified": "review", "reviewed": "approve"}.get(version.state)
    if waits is None or version.rule.kind == Rule.Kind.INFORMAL:
        return []
    decides = _("the legality reviewer") if waits == "review" else _("the approver of rules")
    why = _same_person(waits, version, by)
    if not why and _ACTS[waits].verb not in may:
        why = _("Your post does not give you this here.")
    return [parts.Choice(_words()[waits][0], why_not=why, decides=decides)] if why else []


def attempted(by: Any, version: Version, name: str, told: QueryDict, zone: str) -> Attempt | None:
    """Try an act; what is refused comes back with its form."""
    if name not in _ACTS:
        return None
    form = _form(name, by, version, told)
    if not form.is_valid():
        return Attempt(name, form=form)
    said = dict(form.cleaned_data)
    key = said.pop("key", "") or None
    if isinstance(form, AdoptForm):
        said["region"] = form.regions[said["region"]]
    if "at" in said:
        said["at"] = beginning(said["at"], zone)
    try:
        _ACTS[name].once(key)(by, version, **said)
    except Refusal as refusal:
        if isinstance(form, ActForm):
            form.refused(refusal)
        return Attempt(name, form=form, refusal=refusal)
    return Attempt(name, done=_done()[name])


def _done() -> dict[str, str]:
    return {
        "verify": _("The table was verified. What was found stands below."),
        "review": _("Reviewed. It waits for approval."),
        "approve": _("Approved."),
        "send-back": _("Sent back to its author."),
        "withdraw": _("Withdrawn."),
        "file": _("The filing is on record."),
        "repeal": _("Repealed."),
        "accept": _("The finding was accepted, under your name."),
        "adopt": _("Adopted. It binds as soon as the other members concerned have adopted it, too."),
    }
