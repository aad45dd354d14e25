"""What every row of the table of deeds has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from gongzhi.service.desk.matter_page.asking import Asked
from gongzhi.service.desk.matter_page.case import Case, Sentence


class Group(IntEnum):
    """Under which heading an act stands."""

    HANDLE = 1
    WHO = 2
    TOGETHER = 3
    TIME = 4
    FILE = 5


def _as_told(case: Case, told: Mapping[str, Any]) -> dict[str, Any]:
    return dict(told)


def always(case: Case) -> Sentence:
    """Nothing stands against it."""
    return ""


@dataclass(frozen=True)
class Deed:
    """One act on a matter as the page offers it.

    ``against`` says in a sentence what stands against it, or nothing. ``asked`` says whether it is what the
    reader's body is waited for, which comes first. ``told`` makes the act's arguments from the form's.
    """

    name: str
    act: Any
    title: Any
    button: Any
    group: Group
    fields: Mapping[str, Asked] = field(default_factory=dict)
    against: Callable[[Case], Sentence] = always
    asked: Callable[[Case], bool] = lambda case: False
    told: Callable[[Case, Mapping[str, Any]], dict[str, Any]] = _as_told
    done: Any = ""
    decides: Callable[[Case], str] = lambda case: ""
    is_grave: bool = False
    #: Whether a matter is of the sort that this is for; of any other the page does not speak of it.
    concerns: Callable[[Case], bool] = lambda case: True

    @property
    def verb(self) -> str:
        """The verb under which it is granted."""
        return str(self.act.verb)
