"""What a city's words stand for here: regions, grids, organisations and categories, found or added."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.foundation.parties.actors import IMPORTER, OPERATOR
from gongzhi.foundation.parties.acts import add_organisation, found_node
from gongzhi.foundation.parties.queries import Organisation, organisation
from gongzhi.foundation.regions.acts import add_grid, add_region
from gongzhi.foundation.regions.queries import Grid, Region, grid, region, root
from gongzhi.governance.matters.acts import add_category
from gongzhi.governance.matters.queries import Category, categories
from gongzhi.service.commands.founding import above_all
from gongzhi.service.commands.importing.mapping import Listed, Mapping, Named
from gongzhi.service.commands.importing.schema import name_key

_CODE_LENGTH = {"region": 30, "grid": 30, "organisation": 60, "category": 60}


class Catalogue:
    """Finds what a value stands for, adding it when it is met for the first time.

    What a transaction has added is forgotten when it is rolled back.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self._kept: dict[Any, Any] = {}
        self._new: dict[Any, Any] = {}
        self._founded = False
        self._key = name_key(mapping.language)

    def found(self) -> None:
        """A node that has no region yet begins with one under which those of any country fit."""
        if self._founded or root() is not None:
            self._founded = True
            return
        found_node(OPERATOR, above_all())

    def keep(self) -> None:
        """The transaction was committed: remember what it added."""
        self._kept.update(self._new)
        self._new.clear()

    def forget(self) -> None:
        """The transaction was rolled back, perhaps because somebody else has added the same."""
        self._new.clear()
        self._kept.pop("categories", None)

    def city(self) -> Region:
        """The last of the regions that the mapping names: the home of organisations and categories."""
        found: Region | None = self._held("city")
        return found if found is not None else self._put("city", self._fixed())

    def region(self, values: tuple[str, ...]) -> Region:
        """The region that a row's values lead to; an empty value leads no further."""
        found: Region | None = self._held(values)
        if found is not None:
            return found
        here = self.city()
        for listed, value in zip(self.mapping.regions, values, strict=True):
            if value:
                here = self._listed_region(here, listed, value)
        return self._put(values, here)

    def grid(self, value: str) -> Grid | None:
        """The grid that a value names."""
        if not value or self.mapping.grid is None:
            return None
        found: Grid | None = self._held(("grid", value))
        if found is not None:
            return found
        code, name = self._named("grid", self.mapping.grid, value)
        made = grid(code) or add_grid(IMPORTER, self.city(), code=code, name=name.name)
        return self._put(("grid", value), made)

    def organisation(self, value: str) -> Organisation:
        """The organisation that a value names."""
        found: Organisation | None = self._held(("organisation", value))
        if found is not None:
            return found
        listed = self.mapping.organisation
        assert listed is not None  # noqa: S101  the mapping was checked
        code, name = self._named("organisation", listed, value)
        made = organisation(code) or add_organisation(
            IMPORTER,
            self.city(),
            code=code,
            name=name.name,
            kind=listed.kind,
            functions=name.functions or listed.functions,
        )
        return self._put(("organisation", value), made)

    def category(self, value: str) -> Category:
        """The category that a value names."""
        found: Category | None = self._held(("category", value))
        if found is not None:
            return found
        city = self.city()
        code, name = self._named("category", self.mapping.category, value)
        known = self._known_categories(city)
        made = known.get(code) or self._put(
            ("code", code), add_category(IMPORTER, city, code=code, name=name.name)
        )
        return self._put(("category", value), made)

    def _known_categories(self, city: Region) -> dict[str, Category]:
        if "categories" not in self._kept:
            own = categories(city).filter(region=city.pk)
            self._kept["categories"] = {each.code: each for each in own}
        added = {key[1]: each for key, each in (self._kept | self._new).items() if key[0] == "code"}
        return {**self._kept["categories"], **added}

    def _fixed(self) -> Region:
        here = root()
        if here is None:
            raise Invalid(_("This node has no region yet."))
        for each in self.mapping.fixed:
            made = region(each.code)
            if made is None:
                made = add_region(
                    IMPORTER,
                    here,
                    code=each.code,
                    name=each.name,
                    level=each.level,
                    zone=each.zone,
                    calendar=each.calendar,
                )
            here = made
        return here

    def _listed_region(self, parent: Region, listed: Listed, value: str) -> Region:
        code, name = self._named("region", listed, value)
        found: Region | None = self._held(("region", code)) or region(code)
        if found is None:
            found = add_region(IMPORTER, parent, code=code, name=name.name, level=listed.level)
        return self._put(("region", code), found)

    def _named(self, what: str, listed: Listed, value: str) -> tuple[str, Named]:
        """The code of a value, and its names: the city's word, what all of its kind are called, its own."""
        called = {key: form.replace("{}", value) for key, form in listed.called.items()}
        told = listed.names.get(value) or Named({})
        named = replace(told, name={self._key: value} | called | told.name)
        if named.code:
            return named.code, named
        prefix = listed.prefix or ("" if what == "category" else f"{self.mapping.fixed[-1].code}-")
        return coded(prefix, value, _CODE_LENGTH[what]), named

    def _held(self, key: Any) -> Any:
        found = self._kept.get(key)
        return found if found is not None else self._new.get(key)

    def _put(self, key: Any, made: Any) -> Any:
        self._new[key] = made
        return made


def coded(prefix: str, value: str, longest: int) -> str:
    """A code made of a value: its letters and digits in lower case, with hyphens.

    Where letters get lost, or the code would be too long, some digits of a hash keep it apart.

    >>> coded("boston-", "Allston / Brighton", 30), coded("", "Straße", 30)
    ('boston-allston-brighton', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", value).casefold()
    kept = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in plain if not unicodedata.combining(c))
    if not lost and kept and len(prefix) + len(kept) <= longest:
        return prefix + kept
    mark = hashlib.sha256(plain.encode()).hexdigest()[:6]
    room = longest - len(prefix) - len(mark) - 1
    return prefix + (f"{kept[:room].strip('-')}-{mark}" if kept and room > 0 else mark)
