"""Findings of verification as sentences, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from gongzhi.methods import decision_tables as dt

Translate = Callable[[str], str]


class Teller:
    """Tells findings about a table, or about two.

    ``translate`` gives a text in the reader's language; ``language`` chooses among the titles that
    columns and tables have.
    """

    def __init__(self, tables: Sequence[dt.Table], translate: Translate, language: str) -> None:
        self.tables, self.translate, self.language = tables, translate, language
        self.names = {i.name: self._label(i.title, i.name) for i in tables[0].inputs}

    def sentence(self, finding: dt.Finding) -> str:
        """What was found, in one sentence."""
        tell = {
            "gap": self._gap,
            "overlap": self._overlap,
            "masked": self._masked,
            "unreachable": self._unreachable,
            "mergeable": self._mergeable,
            "difference": self._difference,
        }[finding.kind]
        return tell(finding)

    def example(self, finding: dt.Finding) -> str:
        """Facts that show it."""
        _ = self.translate
        facts = [f"{self.names[name]} = {dt.show(value)}" for name, value in finding.witness.items()]
        return _("For example: {facts}.").format(facts=_(", ").join(facts))

    def rest(self, findings: dt.Findings) -> str | None:
        """What a list of findings leaves out, if anything."""
        _ = self.translate
        if findings.is_cut_short:
            return _("The search was given up before its end; there may be more.")
        return _("And {n} more.").format(n=findings.more) if findings.more else None

    # ---- one kind after the other -----------------------------------------------------------

    def _gap(self, finding: dt.Finding) -> str:
        _ = self.translate
        if not self._narrowed(finding.region):
            return _("No rule ever applies.")
        return _("If {condition}, no rule applies.").format(condition=self._condition(finding.region))

    def _overlap(self, finding: dt.Finding) -> str:
        _ = self.translate
        if not self._narrowed(finding.region):
            return _("Rules {rows} always contradict one another.").format(rows=self._rows(finding.rows))
        return _("If {condition}, rules {rows} contradict one another.").format(
            condition=self._condition(finding.region), rows=self._rows(finding.rows)
        )

    def _masked(self, finding: dt.Finding) -> str:
        _ = self.translate
        first, second = finding.rows
        if not self._narrowed(finding.region):
            return _("Rule {first} is always preferred to rule {second}.").format(first=first, second=second)
        return _("If {condition}, rule {first} is preferred to rule {second}.").format(
            condition=self._condition(finding.region), first=first, second=second
        )

    def _unreachable(self, finding: dt.Finding) -> str:
        _ = self.translate
        row, *others = finding.rows
        return _("Rule {row} never has an effect, because of rules {rows}.").format(
            row=row, rows=self._rows(others)
        )

    def _mergeable(self, finding: dt.Finding) -> str:
        _ = self.translate
        if not self._narrowed(finding.region):
            return _("Rules {rows} could be one without any condition.").format(rows=self._rows(finding.rows))
        return _("Rules {rows} could be one: if {condition}.").format(
            rows=self._rows(finding.rows), condition=self._condition(finding.region)
        )

    def _difference(self, finding: dt.Finding) -> str:
        _ = self.translate
        a, b = self.tables
        names = (a.name, b.name) if a.name != b.name else (_("the first table"), _("the second table"))
        parts = {
            "condition": self._condition(finding.region),
            "a": names[0],
            "b": names[1],
            "answer": self._answer(finding.answers[0]),
            "other": self._answer(finding.answers[1]),
        }
        if not self._narrowed(finding.region):
            return _("Always: in {a} {answer}, in {b} {other}.").format(**parts)
        return _("If {condition}: in {a} {answer}, in {b} {other}.").format(**parts)

    # ---- pieces -----------------------------------------------------------------------------

    def _answer(self, answer: dt.Answer) -> str:
        _ = self.translate
        if answer is None:
            return _("these facts are refused")
        if isinstance(answer, dt.Undecidable):
            if answer.reason == "uncovered":
                return _("no rule applies")
            return _("rules {rows} conflict").format(rows=self._rows(answer.rows))
        value = _shown(answer.value)
        if answer.is_default:
            return _("{value} by default").format(value=value)
        if not answer.rows:
            return value
        basis = "; ".join(
            self._label(b.law, "") + (f" {b.article}" if b.article else "") for b in answer.basis
        )
        told = _("{value} by rule {rows}").format(value=value, rows=self._rows(answer.rows))
        return f"{told} ({basis})" if basis else told

    def _narrowed(self, region: Mapping[str, tuple[str, ...]]) -> bool:
        return any(tests != ("-",) for tests in region.values())

    def _condition(self, region: Mapping[str, tuple[str, ...]]) -> str:
        _ = self.translate
        parts = [
            _("{input} is {tests}").format(input=self.names[name], tests=_(" or ").join(tests))
            for name, tests in region.items()
            if tests != ("-",)
        ]
        if not parts:
            return ""
        return reduce(lambda a, b: _("{first} and {second}").format(first=a, second=b), parts)

    def _rows(self, rows: Sequence[int]) -> str:
        _ = self.translate
        shown = [str(r) for r in rows[:12]]
        if len(rows) > 12:
            shown.append(_("{n} others").format(n=len(rows) - 12))
        return _(", ").join(shown)

    def _label(self, label: dt.Label | None, name: str) -> str:
        if label is None:
            return name
        if isinstance(label, str):
            return label
        return label.get(self.language) or next(iter(label.values()))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {dt.show(v)}" for name, v in value.items())
    if isinstance(value, list):
        return "[" + "; ".join(map(_shown, value)) + "]"
    return dt.show(value)
