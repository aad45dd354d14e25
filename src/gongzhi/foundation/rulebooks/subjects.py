"""What rules can be about: each room declares the subjects that its tables decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.methods import decision_tables as dt


@dataclass(frozen=True)
class Subject:
    """A subject of rules: its title, the facts a table may read and the outcomes it must give.

    ``inputs`` and ``outputs`` map names to types of decision tables; ``untold`` says what an input is where
    nobody told it. What is not ``consulted`` is cited and shown: nothing on the platform decides by it yet.
    """

    name: str
    title: Any
    inputs: dict[str, str]
    outputs: dict[str, str]
    consulted: bool = True
    untold: dict[str, Any] = field(default_factory=dict)

    def check(self, table: dt.Table) -> None:
        """Refuse a table that reads what nobody tells it, or does not say what is asked."""
        for columns, known, word in (
            (table.inputs, self.inputs, "inputs"),
            (table.outputs, self.outputs, "outputs"),
        ):
            for column in columns:
                if known.get(column.name) != column.type:
                    raise Invalid(
                        _("Rules on %(subject)s know %(known)s, not %(name)s of type %(type)s.")
                        % {
                            "subject": self.name,
                            "known": ", ".join(f"{n} ({t})" for n, t in known.items()),
                            "name": column.name,
                            "type": column.type,
                        },
                        field=word,
                    )
        if missing := set(self.outputs) - {column.name for column in table.outputs}:
            raise Invalid(_("The table does not say %(names)s.") % {"names": ", ".join(sorted(missing))})


_subjects: dict[str, Subject] = {}


def declare(
    name: str,
    title: Any,
    *,
    inputs: dict[str, str],
    outputs: dict[str, str],
    consulted: bool = True,
    untold: dict[str, Any] | None = None,
) -> Subject:
    """Declare a subject of rules."""
    _subjects[name] = Subject(name, title, inputs, outputs, consulted, untold or {})
    return _subjects[name]


def untold(name: str, column: str) -> Any:
    """What an input of a subject is where nobody told it; None where that is not known."""
    known = _subjects.get(name)
    return known.untold.get(column) if known else None


def subject(name: str) -> Subject:
    """The subject with a name."""
    if name not in _subjects:
        raise Invalid(
            _("There are no rules on %(name)s; known are %(known)s.")
            % {"name": name, "known": ", ".join(sorted(_subjects))}
        )
    return _subjects[name]


def subjects() -> list[Subject]:
    """All subjects, by name."""
    return [_subjects[name] for name in sorted(_subjects)]
