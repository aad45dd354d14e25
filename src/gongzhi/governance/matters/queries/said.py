"""Search: the matters with a number, or whose title or submissions say some words.

PostgreSQL follows an index over every two characters that stand together, which serves Chinese words of
two and single characters too; what it finds is compared with the words. Of what is common it would find
hundreds of thousands, so the first matters of a list are looked at before (`paging.Sought`), which are all of
them for most readers. Elsewhere texts are read through.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, Lookup, OuterRef, Q, QuerySet, TextField
from django.db.models.lookups import IContains

from gongzhi.foundation.regions.divisions import beginning_of_number, normalise_number
from gongzhi.governance.matters.models import Matter
from gongzhi.governance.matters.queries.single import submissions

MOST_WORDS = 8


class Says(Lookup):
    """Whether a text holds a word, in capitals or not."""

    lookup_name = "says"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A plain comparison."""
        return compiler.compile(IContains(self.lhs, self.rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """``strpos … <> 0`` and no ``LIKE``, which PostgreSQL would expect to be rare."""
        column, _none = compiler.compile(self.lhs)
        return f"strpos(UPPER({column}), UPPER(%s)) <> 0", [self.rhs]


class Holds(Says):
    """The same, narrowed first by the index over pairs."""

    lookup_name = "holds"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """What has all pairs of the word may hold it."""
        compared, values = super().as_postgresql(compiler, connection)
        column, _none = compiler.compile(self.lhs)
        pairs = ["".join(pair) for pair in pairwise(self.rhs)] or [self.rhs]
        wanted = ", ".join(["UPPER(%s)"] * len(pairs))
        return f"(matters_pairs({column}) @> ARRAY[{wanted}] AND {compared})", [*pairs, *values]


for _field, _lookup in product((CharField, TextField), (Says, Holds)):
    _field.register_lookup(_lookup)


def is_indexed() -> bool:
    """Whether the database has an index over what is said."""
    return connection.vendor == "postgresql"


def is_number(words: str) -> bool:
    """Whether words are a number, or the beginning of one rather than a word."""
    try:
        return bool(normalise_number(words))
    except ValueError:
        return bool(beginning_of_number(words)) and any(letter.isdigit() for letter in words)


def said(by: Any, words: str) -> Q:
    """Matters with a number, or whose title or submissions hold all the words."""
    found = Q()
    for matter, submission in _asked(words, "holds"):
        found |= Q(matter) | Q(pk__in=submissions(by).filter(submission).values("matter"))
    return found


def says(by: Any, words: str) -> Q:
    """The same, to be asked of few matters: each is looked at by itself."""
    found = Q()
    for matter, submission in _asked(words, "says"):
        found |= Q(matter) | Q(Exists(submissions(by).filter(submission, matter=OuterRef("pk"))))
    return found


def keys_of(by: Any, words: str) -> QuerySet[Any]:
    """The keys of matters that say words, as the index finds them."""
    told = submissions(by)
    every = [
        rows
        for matter, submission in _asked(words, "holds")
        for rows in (
            Matter.objects.filter(matter).values_list("pk", flat=True),
            told.filter(submission).values_list("matter", flat=True),
        )
    ]
    return every[0].union(*every[1:], all=True)


def _asked(words: str, how: str) -> Iterator[tuple[Q, Q]]:
    """What is asked of a matter, or of a submission: the number told, or its beginning, or the words."""
    try:
        number = Q(number=normalise_number(words))
    except ValueError:
        pass
    else:
        yield number, number
        return
    each = words.split()[:MOST_WORDS]
    yield Q(*[(f"title__{how}", word) for word in each]), Q(*[(f"text__{how}", word) for word in each])
    if begun := beginning_of_number(words):
        yield Q(number__startswith=begun), Q(number__startswith=begun)
