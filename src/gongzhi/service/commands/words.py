"""The command line's own words, in the operator's language and without Django.

The language is that of ``GONGZHI_LANGUAGE`` if it is set, else that of the terminal.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

_LOCALES = Path(__file__).parents[2] / "locale"


def language() -> str:
    """The language of whoever gives commands here: ``zh`` or ``en``."""
    names = ("GONGZHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    told = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if told.lower().startswith("zh") else "en"


_catalogue = gettext.translation(
    "django", _LOCALES, ["zh_Hans"] if language() == "zh" else ["en"], fallback=True
)


def _(text: str) -> str:
    """A text in the operator's language."""
    return _catalogue.gettext(text)


def count(singular: str, plural: str, number: int) -> str:
    """A text that depends on a number."""
    return _catalogue.ngettext(singular, plural, number)
