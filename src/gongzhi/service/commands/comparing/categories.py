"""What a city's categories are called in the tables that are compared: a file that a person writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.governance.matters.queries import Category

_HERE = "gongzhi.service.commands.comparing"
_KEYS = {"mapping", "title", "city", "categories"}


@dataclass(frozen=True)
class Categories:
    """The compared tables' category of each of a city's, told by code or by name."""

    name: str
    city: str
    of: dict[str, str]

    def by_code(self, own: Collection[Category], known: Collection[str]) -> dict[str, str]:
        """The same by the codes of the city's own categories; ``known`` are those of the members."""
        if strange := sorted(set(self.of.values()) - set(known)):
            raise Invalid(
                _("No member of the area has the category %(codes)s.") % {"codes": ", ".join(strange)}
            )
        called = {}
        for each in own:
            for word in (each.code, *each.name.values()):
                if _key(word) in self.of:
                    called[each.code] = self.of[_key(word)]
        return called


def shipped() -> list[str]:
    """The names of the mappings of categories that come with the platform."""
    folder = resources.files(_HERE)
    return sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml"))


def text_of(name: str) -> str | None:
    """The text of a mapping: a file, or the name of a shipped one; None where there is neither."""
    path = Path(name)
    if path.is_file():
        return path.read_text("utf-8-sig")
    return (resources.files(_HERE) / f"{name}.yaml").read_text("utf-8") if name in shipped() else None


def read(text: str) -> Categories:
    """Read a mapping; `Invalid` says what is wrong with it."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid(_("The mapping of categories cannot be read: %(why)s") % {"why": error}) from None
    if not isinstance(told, dict) or not isinstance(told.get("categories"), dict):
        raise Invalid(
            _("A mapping of categories lists under “categories” what each one is called elsewhere.")
        )
    if strange := sorted(map(str, set(told) - _KEYS)):
        raise Invalid(_("A mapping of categories has no key %(names)s.") % {"names": ", ".join(strange)})
    of: dict[str, str] = {}
    for code, words in told["categories"].items():
        for word in words if isinstance(words, list) else [words]:
            if of.setdefault(_key(str(word)), str(code)) != str(code):
                raise Invalid(_("%(name)s is mapped to two categories.") % {"name": word})
    return Categories(str(told.get("mapping", "")), str(told.get("city", "")), of)


def _key(word: str) -> str:
    return " ".join(word.split()).casefold()
