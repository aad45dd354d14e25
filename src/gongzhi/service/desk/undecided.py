"""Why no rule decided about a matter, as a sentence for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.governance.matters.rules import reasons_of
from gongzhi.methods import decision_tables as dt
from gongzhi.service.desk.forms import function_name
from gongzhi.service.portal.ruling import Words, title, title_of


def why_undecided(text: str) -> str:
    """The reasons that a matter keeps, in words; what was kept as a sentence stays one."""
    reasons = reasons_of(text)
    return text if reasons is None else " ".join(filter(None, (_sentence(each) for each in reasons)))


def _sentence(reason: list[Any]) -> str:
    code, told = (reason[0] if reason else ""), reason[1:]
    if code == "names_nobody":
        return _("It does not say whom it accuses: whoever takes it in decides who looks into it.")
    if code == "nobody":
        return _("Nobody here has the function “%(function)s”.") % {"function": function_name(told[0])}
    if code == "no_rule":
        return _("No rule on %(subject)s is in force here.") % {"subject": title_of(told[0])}
    if code == "conflict":
        rows = ", ".join(map(str, told[1]))
        said = {"subject": title_of(told[0]), "rows": rows}
        return _("Rows %(rows)s of the rule on %(subject)s contradict one another in this case.") % said
    if code == "uncovered":
        return _uncovered(title_of(told[0]), told[1])
    if code == "unknown":
        said = {"subject": title_of(told[0])}
        return _("The rule on %(subject)s asks for what is not known of this case.") % said
    return ""


def _uncovered(subject: str, inputs: Mapping[str, Any]) -> str:
    facts = _(", ").join(f"{title(each)} {_value(each, inputs[each.name])}" for each in _columns(inputs))
    if not facts:
        return _("The rule on %(subject)s has no row for this case.") % {"subject": subject}
    return _("The rule on %(subject)s has no row for this case: %(facts)s.") % {
        "subject": subject,
        "facts": facts,
    }


def _columns(inputs: Mapping[str, Any]) -> list[dt.Input]:
    return [dt.Input(name, "string") for name in inputs]


def _value(column: dt.Input, value: Any) -> str:
    return Words().of(column).get(str(value), str(value))
