"""When what binds: every change of it closes what was known before and records what is known from now on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger import work
from gongzhi.foundation.ledger.acts import keep, moment
from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.rulebooks.models import Force, Rule, RuleSet, Version

Told = list[list[Any]]


def _supersede(version: Version, since: datetime) -> Told:
    """Let a version bind from a moment on, in the place of whatever else would."""
    held = _now_known(version.rule)
    if late := next((each for each in held if each.effective_from >= since), None):
        raise Invalid(
            _("Version %(number)d takes effect only after that; give a later day.")
            % {"number": late.version.number},
            field="effective_from",
        )
    open_ = [each for each in held if each.effective_until is None or each.effective_until > since]
    left = [_close(each, since, Version.Ending.SUPERSEDED) for each in open_]
    begun = [each for each in left if each is not None]
    return _changed(version.rule, held, [*begun, _begin(version, since, version.effective_until)])


def _correct(version: Version, wrong: Version) -> Told:
    """Let a version bind for exactly the time for which another was wrongly thought to."""
    held = _now_known(version.rule)
    spans = [each for each in held if each.version_id == wrong.pk]
    begun = []
    for each in spans:
        begun.append(_begin(version, each.effective_from, each.effective_until))
        each.recorded_until = moment()
        keep(each, "recorded_until")
    wrong = spans[0].version if spans else wrong
    wrong.ending, wrong.recorded_until = Version.Ending.CORRECTED.value, moment()
    keep(wrong, "ending", "recorded_until")
    return _changed(version.rule, held, begun)


def _end(version: Version, at: datetime, ending: Version.Ending) -> Told:
    """Let a version bind no longer than to a moment."""
    held = _now_known(version.rule, version)
    cut = [
        each
        for each in held
        if each.version_id == version.pk and (each.effective_until is None or each.effective_until > at)
    ]
    begun = [_close(each, at, ending) for each in cut]
    return _changed(version.rule, held, [each for each in begun if each is not None])


def _now_known(rule: Rule, held: Version | None = None) -> list[Force]:
    """What is known now to bind by a rule, its rule locked; ``held`` is the copy that the act has."""
    if not rule._state.adding:
        Rule.objects.select_for_update().filter(pk=rule.pk).first()
    found = Force.objects.filter(version__rule=rule.pk, recorded_until=None).select_related("version")
    rows = list(found.order_by("effective_from"))
    known = {} if held is None else {held.pk: held}
    for each in rows:
        each.version = known.setdefault(each.version_id, each.version)
    return rows


def _begin(version: Version, since: datetime, until: datetime | None) -> Force:
    force = Force(version=version, effective_from=since, effective_until=until, recorded_from=moment())
    keep(force)
    return force


def _close(force: Force, at: datetime, ending: Version.Ending) -> Force | None:
    """Know from now on that a version binds only to a moment; returns what is left of it, if anything is."""
    version = force.version
    force.recorded_until = moment()
    keep(force, "recorded_until")
    version.effective_until = max(at, version.effective_from)
    version.ending = ending.value
    if version.effective_until == version.effective_from:  # it never came to bind
        version.effective_until = None
        version.recorded_until = moment()
        keep(version, "ending", "recorded_until", "effective_until")
        return None
    keep(version, "effective_until", "ending")
    return _begin(version, force.effective_from, at)


def _changed(rule: Rule, held: Iterable[Force], begun: Iterable[Force]) -> Told:
    """Put down for the entry what binds by the rule from now on."""
    rows = [*(each for each in held if each.recorded_until is None), *begun]
    rows.sort(key=lambda each: each.effective_from)
    return [[each.version.number, each.effective_from, each.effective_until] for each in rows]


def _rule_of(owner: dict[str, Any], name: Any, subject: str, kind: str = Rule.Kind.BINDING) -> Rule:
    """The rule of a region or an area on a subject, made where there is none.

    What was made before in the same unit of work is not in the database yet, and is remembered.
    """
    known = work.current().known
    whose = next(iter(owner.values())).pk
    rule_set = known.get(f"rulebooks.set.{whose}") or RuleSet.objects.filter(**owner).first()
    if rule_set is None:
        rule_set = RuleSet(name=name, **owner)
        keep(rule_set)
    known[f"rulebooks.set.{whose}"] = rule_set
    place = f"rulebooks.rule.{rule_set.pk}.{kind}.{subject}"
    rule: Rule | None = (
        known.get(place) or Rule.objects.filter(rule_set=rule_set.pk, subject=subject, kind=kind).first()
    )
    if rule is None:
        rule = Rule(rule_set=rule_set, subject=subject, kind=kind)
        keep(rule)
    known[place] = rule
    return rule


def _next_number(rule: Rule) -> int:
    last = Version.objects.filter(rule=rule.pk).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _is(person: UUID | None, by: Any) -> bool:
    return person is not None and person == by.id
