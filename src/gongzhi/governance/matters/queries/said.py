"""Search: the matters with a number, or whose title or submissions say some words.

PostgreSQL follows an index over every two characters that stand together, which serves Chinese words of
two and single characters too; what it finds is compared with the words. Elsewhere texts are read through.
"""

from __future__ import annotations

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


@CharField.register_lookup
@TextField.register_lookup
class Holds(Lookup):
    """Whether a text holds a word, in capitals or not."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A plain comparison."""
        return compiler.compile(IContains(self.lhs, self.rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """First what the index over pairs narrows it to.

        ``strpos … <> 0`` and no ``LIKE``: that one more comparison makes it rarer is then not expected.
        """
        column, _none = compiler.compile(self.lhs)
        pairs = ["".join(pair) for pair in pairwise(self.rhs)] or [self.rhs]
        wanted = ", ".join(["UPPER(%s)"] * len(pairs))
        narrowed = f"matters_pairs({column}) @> ARRAY[{wanted}]"
        return f"({narrowed} AND strpos(UPPER({column}), UPPER(%s)) <> 0)", [*pairs, self.rhs]


def said(by: Any, words: str) -> Q:
    """Matters with a number, or whose title or submissions hold all the words."""
    numbered, begun = _numbers(words)
    if numbered:
        return Q(numbered) | Q(pk__in=submissions(by).filter(numbered).values("matter"))
    titled, told = _all_in("title", words), _all_in("text", words)
    found = titled | Q(pk__in=submissions(by).filter(told).values("matter"))
    return found | begun | Q(pk__in=submissions(by).filter(begun).values("matter")) if begun else found


def places(by: Any, rows: QuerySet[Matter], words: str) -> list[QuerySet[Matter]]:
    """What of some matters says words, in parts of which each is found by an index; together they are all.

    A condition with an ``or`` between two tables, or between two ways of reach, is read through row by row;
    each way of reach goes with titles and with submissions by itself.
    """
    numbered, begun = _numbers(words)
    if numbered:
        return _each(by, rows, numbered, numbered)
    found = _each(by, rows, _all_in("title", words), _all_in("text", words))
    return [*found, *_each(by, rows, begun, begun)] if begun else found


def _each(by: Any, rows: QuerySet[Matter], matter: Q, submission: Q) -> list[QuerySet[Matter]]:
    to_matters = alternatives(reach(by, "matter.read", Matter))
    to_submissions = alternatives(reach(by, "submission.read", Submission))
    titles = (rows.filter(way, matter) for way in to_matters)
    texts = (
        rows.filter(way, pk__in=Submission.objects.filter(other, submission).values("matter"))
        for way, other in product(to_matters, to_submissions)
    )
    return [*titles, *texts]


def _numbers(words: str) -> tuple[Q, Q]:
    """What has the number that is told whole, or else one that begins so."""
    try:
        return Q(number=normalise_number(words)), Q()
    except ValueError:
        begun = beginning_of_number(words)
        return Q(), Q(number__startswith=begun) if begun else Q()


def _all_in(field: str, words: str) -> Q:
    return Q(*[(f"{field}__holds", word) for word in words.split()[:MOST_WORDS]])


def is_indexed() -> bool:
    """Whether the database has an index over what is said."""
    return connection.vendor == "postgresql"
