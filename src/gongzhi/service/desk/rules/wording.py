"""Findings about rules as sentences, and how a version stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gongzhi.foundation.rulebooks.findings import Fault
from gongzhi.foundation.rulebooks.queries import Version
from gongzhi.methods import decision_tables as dt
from gongzhi.service.design.parts import State, name_of
from gongzhi.service.portal.ruling import Words, answer, title

#: A condition names so many values; the rest are counted.
MOST_VALUES = 4

ANY = ("-",)


def sentence_of(fault: Fault, table: dt.Table, words: Words) -> str:
    """One finding about a table, as somebody says it who does not write tables."""
    rows = ", ".join(map(str, fault.rows))
    if fault.kind == "basis":
        said = ngettext(
            "Row %(rows)s has no legal basis.", "Rows %(rows)s have no legal basis.", len(fault.rows)
        )
        return said % {"rows": rows}
    if fault.found is None:
        return _("There is more wrong than can be listed; mend what is named here first.")
    told: dict[str, Any] = {"conditions": condition(table, fault.found.region, words), "rows": rows}
    if fault.kind == "unreachable":
        return _("Row %(row)s is never applied: row %(others)s stands before it.") % {
            "row": fault.rows[0],
            "others": ", ".join(map(str, fault.rows[1:])),
        }
    if fault.kind == "mergeable":
        return _("Rows %(rows)s say the same and could be one.") % told
    if fault.kind == "masked":
        told.update(first=fault.rows[0], second=fault.rows[1])
        return _("If %(conditions)s, row %(first)s decides and row %(second)s does not.") % told
    if fault.kind == "overlap":
        return _("If %(conditions)s, rows %(rows)s contradict each other.") % told
    return _("If %(conditions)s, no rule applies.") % told


def condition(table: dt.Table, region: Mapping[str, Sequence[str]], words: Words) -> str:
    """Where a finding holds: each input that matters, and what it is there."""
    parts = []
    for column in table.inputs:
        tests = tuple(region.get(column.name, ANY))
        if tests == ANY:
            continue
        shown = [words.cell(column, each) for each in _singly(column, tests)]
        if len(shown) > MOST_VALUES:
            left = len(shown) - MOST_VALUES + 1
            shown = [*shown[: MOST_VALUES - 1], ngettext("%(n)d more", "%(n)d more", left) % {"n": left}]
        parts.append(
            _("%(input)s is %(values)s")
            % {"input": title(column), "values": pgettext("values", " or ").join(shown)}
        )
    return pgettext("conditions", " and ").join(parts) if parts else _("anything at all comes in")


def _singly(column: dt.Column, tests: Sequence[str]) -> list[str]:
    """Tests one by one, a list of texts taken apart."""
    if column.type != "string":
        return list(tests)
    return [one.strip() for each in tests for one in (each.split('", "') if each.startswith('"') else [each])]


def facts(table: dt.Table, witness: Mapping[str, Any], words: Words) -> str:
    """Concrete facts in words."""
    told = (
        _("%(input)s is %(values)s")
        % {"input": title(column), "values": words.value(column, witness[column.name])}
        for column in table.inputs
        if column.name in witness
    )
    return pgettext("conditions", " and ").join(told)


def difference(found: dt.Finding, tables: Sequence[dt.Table], names: Sequence[str], words: Words) -> str:
    """Where two authorities' rules differ: the facts, and what either decides."""
    said = [
        _("%(who)s: %(outcome)s") % {"who": who, "outcome": said_of(each, table, words)}
        for each, table, who in zip(found.answers, tables, names, strict=True)
    ]
    return _("If %(conditions)s: %(answers)s.") % {
        "conditions": condition(tables[0], found.region, words),
        "answers": pgettext("answers", "; ").join(said),
    }


def said_of(outcome: Any, table: dt.Table, words: Words) -> str:
    """What a table answers, with the basis of it."""
    if outcome is None:
        return _("does not know such a case")
    if isinstance(outcome, dt.Undecidable):
        return _("no rule applies") if outcome.reason == "uncovered" else _("its rows contradict each other")
    told = answer(table, outcome.value, words)
    bases = ", ".join(_cited(each) for each in outcome.basis if each)
    return _("%(outcome)s (%(basis)s)") % {"outcome": told, "basis": bases} if bases else told


def _cited(basis: dt.Basis) -> str:
    return " ".join(part for part in (name_of(basis.law), basis.article or "") if part)


STATES = {
    "draft": State.NEW,
    "verified": State.IN_HAND,
    "reviewed": State.IN_HAND,
    "approved": State.WAITING,
    "proposed": State.INFORMATION,
    "in_force": State.DONE,
    "lapsed": State.SUSPENDED,
    "repealed": State.REFUSED,
    "withdrawn": State.REFUSED,
    "superseded": State.SUSPENDED,
    "corrected": State.SUSPENDED,
}


def standing_word(standing: str) -> str:
    """How a version stands, in a word."""
    if standing == "in_force":
        return pgettext("rule", "in force")
    labels = {**dict(Version.State.choices), **dict(Version.Ending.choices)}
    return str(labels.get(standing, standing))
