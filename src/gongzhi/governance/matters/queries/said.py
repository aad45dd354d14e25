"""Search: the matters with a number, or whose title or submissions say some words.

PostgreSQL follows an index over every two characters that stand together, which serves Chinese words of
two and single characters too; what it finds is compared with the words. What is common is sought among
the newest matters instead, for the index would find hundreds of thousands. Elsewhere texts are read through.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

from django.db import connection
from django.db.models import CharField, Lookup, Q, QuerySet, TextField
from django.db.models.lookups import IContains

from gongzhi.foundation.ledger.reach import alternatives
from gongzhi.foundation.parties.reach import reach
from gongzhi.foundation.regions.divisions import beginning_of_number, normalise_number
from gongzhi.governance.matters.models import Matter, Submission
from gongzhi.governance.matters.queries.single import submissions

MOST_WORDS = 8
#: What is said more often than this is common: the newest matters that one reaches soon say it.
COMMON = 60_000


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


def said(by: Any, words: str) -> Q:
    """Matters with a number, or whose title or submissions hold all the words."""
    found = Q()
    for matter, submission in _asked(words, "holds"):
        found |= Q(matter) | Q(pk__in=submissions(by).filter(submission).values("matter"))
    return found


def is_common(words: str) -> bool:
    """Whether very many say it, whoever reads them."""
    return _keys(Submission.objects.all(), words)[: COMMON + 1].count() > COMMON


def keys_of(by: Any, words: str) -> QuerySet[Any]:
    """The keys of matters that say words, as the index finds them."""
    return _keys(submissions(by), words)


def _keys(told: QuerySet[Submission], words: str) -> QuerySet[Any]:
    every = [
        rows
        for matter, submission in _asked(words, "holds")
        for rows in (
            Matter.objects.filter(matter).values_list("pk", flat=True),
            told.filter(submission).values_list("matter", flat=True),
        )
    ]
    return every[0].union(*every[1:], all=True)


def places(by: Any, rows: QuerySet[Matter], words: str) -> list[QuerySet[Matter]]:
    """What of some matters says common words, in parts of which each has an order to follow.

    A condition with an ``or`` between two ways of reach is read through row by row; so each way by which
    matters are reached goes with titles, and with each way to submissions, by itself.
    """
    to_matters = alternatives(reach(by, "matter.read", Matter))
    to_submissions = alternatives(reach(by, "submission.read", Submission))
    found = []
    for matter, submission in _asked(words, "says"):
        found += [rows.filter(way, matter) for way in to_matters]
        found += [
            rows.filter(way, pk__in=Submission.objects.filter(other, submission).values("matter"))
            for way, other in product(to_matters, to_submissions)
        ]
    return found


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
